"""Transfers and closure over HTTP: the package byte for byte, what blocks, who sees what."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date

import pytest
from services.intake.tests.conftest import World
from services.intake.tests.people import CASE, LINA, NGO, NOON, PAPER
from services.intake.tests.test_api import ALI, CONSENT, ZAHRA, done, registered

from events.decider import Event
from events.io.http.trial import Caller
from events.personal import Kind, digest_of, unb64url
from events.registry import Registry
from events.roles import Role
from events.values import (
    CaseId,
    CashId,
    CommitmentId,
    InvoiceId,
    PersonId,
    PlanId,
    ProjectId,
    VendorId,
)
from intake.domain import heard
from intake.domain.subject import heard as subject

ALL_PARTS = ["case", "household", "consents", "entitlement", "identity", "contact"]
AGREES = CONSENT | {"scopes": ["assistance", "partners"]}
OFFER = {"to_organisation": NGO, "to_office": "tirana", "parts": ALL_PARTS}
OVEN, BILL, STIPEND = CommitmentId("com_oven"), InvoiceId("inv_1"), CashId("csh_1")


class PaidInFull(Event, frozen=True, tag="disbursement.vendor_paid.v1"):
    """All that any part of this service reads of it."""

    invoice: InvoiceId
    commitment: CommitmentId
    value_date: date


in_full = Registry.of("disbursement", [PaidInFull], foreign=True)


@pytest.fixture
def lina(world: World) -> Caller:
    return world.intake.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


@pytest.fixture
def arben(world: World) -> Caller:
    return world.intake.sign_in("per_arben", Role.COUNSELLOR, organisation=NGO, office="tirana")


@pytest.fixture
def petra(world: World) -> Caller:
    return world.intake.sign_in("per_petra", Role.PROGRAMME_MANAGER)


@pytest.fixture
def juraj(world: World) -> Caller:
    return world.intake.sign_in("per_juraj", Role.PROGRAMME_MANAGER)


async def a_case(world: World, who: Caller, consent: Mapping[str, object] = AGREES) -> str:
    path = await registered(world, who)
    await done(world, who, f"{path}/give-consent", consent)
    await done(world, who, f"{path}/add-member", ALI)
    return path


async def offered(world: World, who: Caller, path: str, **changed: object) -> str:
    offer = OFFER | {"case": path.rpartition("/")[2]} | changed
    answer = await world.says(who, "/v1/transfers", offer)
    assert answer.status_code == 201, answer.text
    where: str = answer.headers["location"]
    return where


async def test_a_case_goes_to_another_organisation_with_its_package(
    world: World, lina: Caller, arben: Caller
) -> None:
    path = await a_case(world, lina)
    transfer = await offered(world, lina, path)
    assert (await arben.get(path)).status_code == 404
    (line,) = (await arben.get("/v1/transfers?stage=offered")).json()["items"]
    assert line["parts"] == sorted(ALL_PARTS)
    answer = await done(world, arben, f"{transfer}/accept")
    case = (await arben.get(path)).json()
    assert (case["organisation"], case["office"], case["counsellor"]) == (
        NGO,
        "tirana",
        "per_arben",
    )
    package = await arben.get(f"{transfer}/package")
    assert hashlib.sha256(package.content).hexdigest() == answer["package"]
    assert package.headers["cache-control"] == "no-store"
    told = package.json()
    mother, child = told["people"]
    assert mother["values"] == {
        "name": ZAHRA["name"],
        "date_of_birth": "1988",
        "phone": ZAHRA["phone"],
    }
    assert child["values"] == {"name": ALI["name"]}
    assert (told["case"]["country_of_return"], told["consents"]) == (
        "IQ",
        ["assistance", "partners"],
    )
    assert (await world.told())[-4:] == [
        "case_transfer_offered",
        "case_transfer_accepted",
        "case_transferred",
        "transfer_package_read",
    ]


async def test_each_value_of_a_package_is_provable_against_the_log(
    world: World, lina: Caller, arben: Caller
) -> None:
    path = await a_case(world, lina)
    transfer = await offered(world, lina, path)
    await done(world, arben, f"{transfer}/accept")
    entries = {e.envelope.id: e.raw for e in await world.store.read(0, 100)}
    people = (await arben.get(f"{transfer}/package")).json()["people"]
    disclosures = [each for person in people for each in person["disclosures"]]
    assert len(disclosures) == 4
    for each in disclosures:
        assert digest_of(each["disclosure"]).encode() in entries[each["event"]]


async def test_what_is_no_longer_held_true_does_not_go_along(
    world: World, lina: Caller, arben: Caller
) -> None:
    path = await a_case(world, lina)
    returnee = (await lina.get(path)).json()["returnee"]
    bare = {"sex": "female", "age_bracket": "25_59", "name": "Zahra H."}
    await done(world, lina, f"{path}/record-identity", {"person": returnee} | bare)
    await done(
        world,
        lina,
        f"{path}/record-contact",
        {"person": returnee, "language": "ar", "address": "Erbil"},
    )
    transfer = await offered(world, lina, path)
    await done(world, arben, f"{transfer}/accept")
    package = await arben.get(f"{transfer}/package")
    told = {each["person"]: each for each in package.json()["people"]}[returnee]
    assert told["values"] == {"name": "Zahra H.", "address": "Erbil"}
    disclosed = [json.loads(unb64url(each["disclosure"])) for each in told["disclosures"]]
    assert {(name, value) for _, name, value in disclosed} == set(told["values"].items())


async def test_without_consent_nobodys_name_goes_along(
    world: World, lina: Caller, arben: Caller
) -> None:
    path = await a_case(world, lina, CONSENT)
    body = OFFER | {"case": path.rpartition("/")[2]}
    for parts in (ALL_PARTS, ["case"]):
        refused = await world.says(lina, "/v1/transfers", body | {"parts": parts})
        assert (refused.status_code, refused.json()["code"]) == (422, "ConsentMissing")
    transfer = await offered(world, lina, path, parts=["case", "household"], outside=True)
    await done(world, arben, f"{transfer}/accept")
    returnee = (await lina.get(path)).json()["returnee"]
    assert (await arben.get(f"{path}/people/{returnee}?purpose=assistance")).status_code == 404
    package = await arben.get(f"{transfer}/package")
    assert "people" not in package.json()
    for value in (ZAHRA["name"], ZAHRA["phone"], ALI["name"]):
        assert value not in package.text
    last = (await world.store.read(0, 100))[-1].raw
    assert b'"kinds":[]' in last
    assert b'"people":[]' in last


async def test_what_was_erased_since_is_in_no_package(
    world: World, lina: Caller, arben: Caller
) -> None:
    path = await a_case(world, lina)
    returnee = (await lina.get(path)).json()["returnee"]
    transfer = await offered(world, lina, path)
    await done(world, arben, f"{transfer}/accept")
    await world.store.erase(returnee, list(Kind))
    package = await arben.get(f"{transfer}/package")
    assert package.status_code == 404
    assert ZAHRA["name"] not in package.text


async def test_others_neither_see_the_transfer_nor_its_package(
    world: World, lina: Caller, arben: Caller
) -> None:
    path = await a_case(world, lina)
    transfer = await offered(world, lina, path)
    nosy = world.intake.sign_in("per_x", Role.COUNSELLOR, organisation="ngo_other")
    for who, where in ((nosy, transfer), (nosy, f"{transfer}/package")):
        assert (await who.get(where)).status_code == 404
    assert (await nosy.get("/v1/transfers")).json()["items"] == []
    answer = await nosy.post(f"{transfer}/accept", {}, if_match=1)
    assert answer.status_code == 404
    assert (await arben.get(f"{transfer}/package")).status_code == 422
    await done(world, arben, f"{transfer}/accept")
    assert (await lina.get(f"{transfer}/package")).status_code == 404


async def test_consent_taken_back_meanwhile_keeps_even_a_nameless_case_here(
    world: World, lina: Caller, arben: Caller
) -> None:
    path = await a_case(world, lina)
    transfer = await offered(world, lina, path, parts=["case"])
    await done(world, lina, f"{path}/withdraw-consent", {"scopes": ["partners"]})
    refused = await world.says(arben, f"{transfer}/accept")
    assert (refused.status_code, refused.json()["code"]) == (422, "ConsentMissing")
    assert (await arben.get(path)).status_code == 404


async def test_an_offer_of_a_case_that_was_restricted_since_is_as_if_it_were_never_made(
    world: World, lina: Caller, arben: Caller, petra: Caller
) -> None:
    path = await a_case(world, lina)
    transfer = await offered(world, lina, path)
    assert (await arben.get(transfer)).status_code == 200
    await done(world, lina, f"{path}/restrict", {"basis": "trafficking"})
    nowhere = "/v1/transfers/trf_nowhere"
    for who in (arben, petra):
        assert (await who.get("/v1/transfers")).json()["items"] == []
        for act in ("", "/package"):
            told = [await who.get(f"{each}{act}") for each in (transfer, nowhere)]
            assert [each.status_code for each in told] == [404, 404]
            assert told[0].json()["detail"] == told[1].json()["detail"]
        for act in ("accept", "decline", "withdraw"):
            told = [await who.post(f"{each}/{act}", {}, if_match=1) for each in (transfer, nowhere)]
            assert [each.status_code for each in told] == [404, 404]
            assert told[0].json()["detail"] == told[1].json()["detail"]
    await done(world, lina, f"{transfer}/withdraw")
    assert (await arben.get(path)).status_code == 404


async def test_a_restricted_case_goes_to_one_person_only(
    world: World, lina: Caller, arben: Caller
) -> None:
    path = await a_case(world, lina)
    await done(world, lina, f"{path}/restrict", {"basis": "trafficking"})
    body = OFFER | {"case": path.rpartition("/")[2], "to_person": "per_arben"}
    refused = await world.says(lina, "/v1/transfers", body)
    assert refused.json()["code"] == "AgreementNeeded"
    transfer = await offered(world, lina, path, to_person="per_arben", agreed_on=PAPER)
    blerta = world.intake.sign_in("per_blerta", Role.COUNSELLOR, organisation=NGO)
    karim = world.intake.sign_in("per_karim", Role.COUNSELLOR, office="baghdad")
    for who in (blerta, karim):
        assert (await who.get(transfer)).status_code == 404
        assert (await who.get("/v1/transfers")).json()["items"] == []
    await done(world, arben, f"{transfer}/accept")
    assert (await arben.get(path)).status_code == 200
    assert (await lina.get(path)).status_code == 404
    assert (await blerta.get(path)).status_code == 404


async def test_to_a_government_service_the_case_is_closed_as_transferred(
    world: World, lina: Caller, petra: Caller
) -> None:
    path = await a_case(world, lina)
    transfer = await offered(
        world, lina, path, to_organisation="state_social_service", outside=True
    )
    elira = world.intake.sign_in(
        "per_elira", Role.COUNSELLOR, organisation="state_social_service", office="tirana"
    )
    await done(world, elira, f"{transfer}/accept")
    case = (await lina.get(path)).json()
    assert (case["stage"], case["closed_for"]) == ("closed", "transferred")
    assert (await elira.get(path)).status_code == 404
    assert (await elira.get(f"{transfer}/package")).status_code == 200
    body = {"reason": "appeal"}
    refused = await world.says(petra, f"{path}/propose-reopening", body)
    assert refused.json()["code"] == "ClosedForGood"


class Others:
    """What the other services say about a case."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.streams: dict[str, int] = {}

    async def say(self, registry: Registry, stream: str, fact: Event) -> None:
        self.streams[stream] = self.streams.get(stream, 0) + 1
        await self.world.hears(registry, fact, stream=stream, version=self.streams[stream])


async def test_what_other_services_still_owe_blocks_and_is_named(
    world: World, lina: Caller, petra: Caller, juraj: Caller
) -> None:
    path = await a_case(world, lina)
    case = CaseId(path.rpartition("/")[2])
    assert case != CASE
    others, money = Others(world), heard.from_disbursement
    plan = PlanId("pla_1")
    await others.say(
        heard.from_plans, plan, heard.PlanDrafted(by=LINA, at=NOON, plan=plan, case=case)
    )
    hana = PersonId("per_hana")
    asked = subject.CommitmentRequested(
        by=hana, at=NOON, commitment=OVEN, case=case, vendor=VendorId("ven_1")
    )
    billed = heard.InvoiceReceived(
        by=hana, at=NOON, commitment=OVEN, invoice=BILL, pro_forma=False, replaces=None
    )
    await others.say(subject.money, OVEN, asked)
    await others.say(money, OVEN, billed)
    refused = await world.says(lina, f"{path}/close", {"ground": "completed"})
    assert (refused.status_code, refused.json()["code"]) == (409, "StillOpen")
    assert refused.json()["facts"] == {
        "commitments": [OVEN],
        "invoices": [BILL],
        "cash": [],
        "plans": [plan],
        "shared": [],
        "in_confidence": False,
    }
    seen = (await lina.get(f"{path}/open-matters")).json()
    assert seen == {"case": case} | refused.json()["facts"], "and could be read before"
    paid = PaidInFull(by=hana, at=NOON, invoice=BILL, commitment=OVEN, value_date=NOON.date())
    back = heard.PaymentReturned(by=hana, at=NOON, invoice=BILL)
    used = heard.CommitmentLiquidated(by=hana, at=NOON, commitment=OVEN)
    await others.say(in_full, "pay_1", paid)
    await others.say(money, OVEN, used)
    await others.say(money, "pay_1", back)
    refused = await world.says(lina, f"{path}/close", {"ground": "deceased"})
    assert refused.json()["facts"]["invoices"] == [BILL]
    assert refused.json()["facts"]["commitments"] == []
    await done(world, petra, f"{path}/write-off", {"ground": "deceased"})
    refused = await world.says(petra, f"{path}/close", {"ground": "deceased"})
    assert refused.json()["code"] == "WriterOffCannotClose"
    closed = await done(world, lina, f"{path}/close", {"ground": "deceased"})
    assert (closed["stage"], closed["closed_for"]) == ("closed", "deceased")
    await done(world, petra, f"{path}/propose-reopening", {"reason": "closed_in_error"})
    refused = await world.says(petra, f"{path}/reopen")
    assert refused.json()["code"] == "ProposerCannotReopen"
    again = await done(world, juraj, f"{path}/reopen")
    assert (again["stage"], again["closed_for"]) == ("registered", None)


@pytest.mark.parametrize(
    "ended",
    [
        heard.CashHandOverConfirmed(by=LINA, at=NOON, cash=STIPEND),
        heard.CashCancelled(by=LINA, at=NOON, cash=STIPEND),
    ],
    ids=["confirmed", "given up"],
)
async def test_no_case_is_closed_over_cash_until_it_is_confirmed_or_given_up(
    world: World, lina: Caller, ended: Event
) -> None:
    path = await a_case(world, lina)
    case = CaseId(path.rpartition("/")[2])
    others, money = Others(world), heard.from_disbursement
    asked = heard.CashRequested(by=LINA, at=NOON, cash=STIPEND, case=case)
    await others.say(money, STIPEND, asked)
    assert (await lina.get(f"{path}/open-matters")).json()["cash"] == [STIPEND]
    refused = await world.says(lina, f"{path}/close", {"ground": "withdrawn"})
    assert (refused.status_code, refused.json()["code"]) == (409, "StillOpen")
    facts = refused.json()["facts"]
    assert {name: named for name, named in facts.items() if named} == {"cash": [STIPEND]}
    await others.say(money, STIPEND, ended)
    assert (await done(world, lina, f"{path}/close", {"ground": "withdrawn"}))["stage"] == "closed"


async def test_what_is_owed_for_a_project_keeps_its_participants_from_being_completed(
    world: World, lina: Caller
) -> None:
    path = await a_case(world, lina)
    case, project = CaseId(path.rpartition("/")[2]), ProjectId("prj_1")
    others, money = Others(world), heard.from_disbursement
    shares = (heard.AgreedShare(case), heard.AgreedShare(CaseId("cas_other")))
    approved = heard.ProjectApproved(by=LINA, at=NOON, project=project, shares=shares)
    ordered = subject.CommitmentRequested(
        by=LINA, at=NOON, commitment=OVEN, case=CaseId(project), vendor=VendorId("ven_1")
    )
    await others.say(heard.of_projects, project, approved)
    await others.say(subject.money, OVEN, ordered)
    refused = await world.says(lina, f"{path}/close", {"ground": "completed"})
    assert (refused.status_code, refused.json()["code"]) == (409, "StillOpen")
    facts = refused.json()["facts"]
    assert {name: named for name, named in facts.items() if named} == {"shared": [OVEN]}
    used = heard.CommitmentLiquidated(by=LINA, at=NOON, commitment=OVEN)
    await others.say(money, OVEN, used)
    assert (await done(world, lina, f"{path}/close", {"ground": "completed"}))["stage"] == "closed"


async def test_who_left_a_project_is_not_kept_by_it(world: World, lina: Caller) -> None:
    path = await a_case(world, lina)
    case, project = CaseId(path.rpartition("/")[2]), ProjectId("prj_1")
    others = Others(world)
    approved = heard.ProjectApproved(
        by=LINA, at=NOON, project=project, shares=(heard.AgreedShare(case),)
    )
    left = heard.ProjectShareWithdrawn(by=LINA, at=NOON, project=project, case=case)
    ordered = subject.CommitmentRequested(
        by=LINA, at=NOON, commitment=OVEN, case=CaseId(project), vendor=VendorId("ven_1")
    )
    await others.say(heard.of_projects, project, approved)
    await others.say(subject.money, OVEN, ordered)
    await others.say(heard.of_projects, project, left)
    assert (await done(world, lina, f"{path}/close", {"ground": "completed"}))["stage"] == "closed"


async def test_a_case_rests_and_goes_on(
    world: World, lina: Caller, petra: Caller, juraj: Caller
) -> None:
    path = await a_case(world, lina)
    rests = await done(world, lina, f"{path}/suspend", {"reason": "not_reachable"})
    assert rests["stage"] == "suspended"
    refused = await world.says(lina, f"{path}/give-consent", CONSENT)
    assert (refused.status_code, refused.json()["code"]) == (409, "CaseIsAt")
    await done(world, petra, f"{path}/resume")
    await done(world, petra, f"{path}/suspend", {"reason": "review"})
    refused = await world.says(petra, f"{path}/resume")
    assert (refused.status_code, refused.json()["code"]) == (422, "SuspenderCannotResume")
    goes_on = await done(world, juraj, f"{path}/resume")
    assert goes_on["stage"] == "registered"
    assert (await world.told())[-2:] == ["case_suspended", "case_resumed"]
