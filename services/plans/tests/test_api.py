"""Plans over HTTP: what is answered, what becomes fact, and what others may not see."""

import asyncio
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
from services.plans.tests.conftest import World
from services.plans.tests.people import CASE, IOM, LINA, NGO, PROGRAMME_FILE, ZAHRA, entitled, eur

from events.io.http.trial import Caller
from events.roles import Role
from events.values import Code, PersonId, ProgrammeId
from plans.domain import heard

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
PROGRAMME = ProgrammeId("prg_iom_slovakia")

registered = heard.ReturneeRegistered(
    by=LINA,
    at=NOON,
    case=CASE,
    returnee=ZAHRA,
    programme=PROGRAMME,
    run_by=IOM,
    organisation=IOM,
    office=Code("baghdad"),
    counsellor=LINA,
    is_child=False,
)
consented = heard.ConsentGiven(by=LINA, at=NOON, case=CASE, scopes=(Code("assistance"),))
eligible = heard.EligibilityConfirmed(by=LINA, at=NOON, case=CASE, programme_version=1)
granted = heard.EntitlementGranted(
    by=LINA,
    at=NOON,
    case=CASE,
    total=eur(3000),
    cash_cap=eur(0),
    shares=entitled(eur(3000)).shares,
    claim_by=None,
    use_by=None,
)
OVEN: dict[str, Any] = {
    "type": "micro_business",
    "spec": "bread_oven",
    "ceiling": {"amount": "1850.00", "currency": "EUR"},
    "own_words": "فرن خبز لمخبز صغير في الحي",
}


@pytest.fixture
def lina(world: World) -> Caller:
    return world.plans.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


@pytest.fixture
def omar(world: World) -> Caller:
    return world.plans.sign_in("per_omar", Role.RECEIVING_OFFICER, office="baghdad")


def member(world: World, name: str) -> Caller:
    return world.plans.sign_in(f"per_{name}", Role.COMMITTEE_MEMBER)


async def drafted(world: World, lina: Caller) -> str:
    """A plan with an oven in it; its path."""
    await world.intake_says(registered, consented, eligible, granted)
    answer = await world.says(lina, "/v1/plans", {"case": CASE})
    assert answer.status_code == 201, answer.text
    path: str = answer.headers["location"]
    answer = await world.says(lina, f"{path}/propose-item", OVEN)
    assert answer.status_code == 200, answer.text
    return path


async def submitted(world: World, lina: Caller) -> str:
    """The same, signed and submitted."""
    path = await drafted(world, lina)
    await world.papers(lina, path)
    digest = (await lina.get(path)).json()["digest"]
    signature = {"signed_by": ZAHRA, "method": "signature", "language": "ar", "digest": digest}
    answer = await world.says(lina, f"{path}/sign", signature)
    assert answer.status_code == 200, answer.text
    answer = await world.says(lina, f"{path}/submit")
    assert answer.status_code == 200, answer.text
    return path


async def test_from_a_draft_to_the_committees_yes(world: World, lina: Caller, omar: Caller) -> None:
    path = await submitted(world, lina)
    answer = await world.says(omar, f"{path}/confirm-feasibility")
    assert answer.json()["stage"] == "feasible"
    answer = await world.says(member(world, "zuzana"), f"{path}/approve")
    assert (answer.json()["stage"], answer.json()["approvers"]) == ("feasible", ["per_zuzana"])
    answer = await world.says(member(world, "peter"), f"{path}/approve")
    assert answer.status_code == 200
    assert answer.json()["stage"] == "approved"
    assert answer.json()["total"] == {"amount": "1850.00", "currency": "EUR"}
    assert await world.told() == [
        "programme_proposed",
        "programme_published",
        "vendor_rules_published",
        "budget_lines_named",
        "finding_rules_published",
        "plan_drafted",
        "assistance_item_proposed",
        *["document_recorded"] * 3,
        "plan_signed_by_returnee",
        "plan_submitted",
        "answer_expected",
        "feasibility_confirmed",
        "approval_recorded",
        "approval_recorded",
        "plan_approved",
        "entitlement_drawn",
    ]


async def test_the_same_key_again_is_the_same_vote(
    world: World, lina: Caller, omar: Caller
) -> None:
    path = await submitted(world, lina)
    await world.says(omar, f"{path}/confirm-feasibility")
    zuzana = member(world, "zuzana")
    tag = (await zuzana.get(path)).headers["etag"]
    first = await world.says(zuzana, f"{path}/approve", if_match=tag, key="one-vote")
    again = await world.says(zuzana, f"{path}/approve", if_match=tag, key="one-vote")
    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == first.content
    assert (await world.told()).count("approval_recorded") == 1


async def test_an_act_on_a_version_that_has_passed_is_refused(world: World, lina: Caller) -> None:
    path = await drafted(world, lina)
    answer = await world.says(lina, f"{path}/propose-item", OVEN, if_match=1)
    assert (answer.status_code, answer.json()["code"]) == (412, "version_stale")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"type": "yacht"}, "NotInProgramme"),
        ({"ceiling": {"amount": "1150.01", "currency": "EUR"}}, "AboveEntitlement"),
        ({"ceiling": {"amount": "0.00", "currency": "EUR"}}, "NotAnAmount"),
        ({"ceiling": {"amount": "1.000", "currency": "IQD"}}, "OtherCurrency"),
    ],
)
async def test_a_refusal_has_the_rules_name_and_leaves_nothing(
    world: World, lina: Caller, change: dict[str, Any], rule: str
) -> None:
    path = await drafted(world, lina)
    before = await world.told()
    answer = await world.says(lina, f"{path}/propose-item", OVEN | change)
    assert (answer.status_code, answer.json()["code"]) == (422, rule), answer.text
    assert await world.told() == before


async def test_a_second_plan_of_a_case_waits_for_the_first_to_be_rejected(
    world: World, lina: Caller, omar: Caller
) -> None:
    path = await submitted(world, lina)
    second = await world.says(lina, "/v1/plans", {"case": CASE})
    assert (second.status_code, second.json()["code"]) == (409, "CaseHasPlan")
    await world.says(omar, f"{path}/confirm-feasibility")
    reason = {"reason": "not_sustainable"}
    answer = await world.says(member(world, "zuzana"), f"{path}/reject", reason)
    assert (answer.json()["stage"], answer.json()["opponents"]) == ("feasible", ["per_zuzana"])
    answer = await world.says(member(world, "peter"), f"{path}/reject", reason)
    assert answer.json()["stage"] == "rejected"
    third = await world.says(lina, "/v1/plans", {"case": CASE})
    assert third.status_code == 201


async def test_two_plans_at_once_for_one_case_are_one_plan_even_when_the_view_is_behind(
    world: World, lina: Caller
) -> None:
    await world.intake_says(registered, consented, eligible, granted)
    first = await lina.post("/v1/plans", {"case": CASE})
    second = await lina.post("/v1/plans", {"case": CASE})
    assert (first.status_code, second.status_code) == (201, 409)
    assert (await world.told()).count("plan_drafted") == 1


async def test_withdrawn_consent_stops_the_plan(world: World, lina: Caller, omar: Caller) -> None:
    path = await submitted(world, lina)
    await world.says(omar, f"{path}/confirm-feasibility")
    await world.intake_says(
        heard.ConsentWithdrawn(by=LINA, at=NOON, case=CASE, scopes=(Code("assistance"),))
    )
    answer = await world.says(member(world, "zuzana"), f"{path}/approve")
    assert (answer.status_code, answer.json()["code"]) == (422, "ConsentMissing")


async def test_the_guardian_signs_for_a_child(world: World, lina: Caller) -> None:
    guardian = PersonId("per_yusuf")
    child = heard.ReturneeRegistered(
        by=LINA,
        at=NOON,
        case=CASE,
        returnee=ZAHRA,
        programme=PROGRAMME,
        run_by=IOM,
        organisation=IOM,
        office=Code("baghdad"),
        counsellor=LINA,
        is_child=True,
    )
    await world.intake_says(child, consented, eligible, granted)
    path = (await world.says(lina, "/v1/plans", {"case": CASE})).headers["location"]
    digest = (await world.says(lina, f"{path}/propose-item", OVEN)).json()["digest"]
    signature = {"signed_by": ZAHRA, "method": "signature", "language": "ar", "digest": digest}
    answer = await world.says(lina, f"{path}/sign", signature)
    assert answer.json()["code"] == "NotTheirsToSign"
    await world.intake_says(
        heard.GuardianAppointed(by=LINA, at=NOON, case=CASE, child=ZAHRA, guardian=guardian)
    )
    answer = await world.says(lina, f"{path}/sign", signature | {"signed_by": guardian})
    assert (answer.status_code, answer.json()["signed"]) == (200, True)


async def test_a_partner_sees_its_own_plans_and_no_other(world: World, lina: Caller) -> None:
    path = await drafted(world, lina)
    arben = world.plans.sign_in("per_arben", Role.COUNSELLOR, organisation=NGO, office="tirana")
    assert (await arben.get(path)).status_code == 404
    assert (await arben.get("/v1/plans")).json()["items"] == []
    assert (await arben.get(f"/v1/entitlements/{CASE}")).status_code == 404
    assert (await arben.post(f"{path}/submit", if_match=2)).status_code == 404
    elif_ = world.plans.sign_in("per_elif", Role.AUDITOR, organisation="external")
    assert (await elif_.get(path)).status_code == 200
    assert len((await elif_.get("/v1/plans")).json()["items"]) == 1


async def test_the_committee_sees_what_waits_and_who_has_a_vote(
    world: World, lina: Caller, omar: Caller
) -> None:
    path = await submitted(world, lina)
    await world.says(omar, f"{path}/confirm-feasibility")
    zuzana = member(world, "zuzana")
    (line,) = (await zuzana.get("/v1/committee")).json()["items"]
    assert (line["you_may_vote"], line["because"]) == (True, None)
    await world.says(zuzana, f"{path}/approve")
    (line,) = (await zuzana.get("/v1/committee")).json()["items"]
    assert (line["you_may_vote"], line["because"]) == (False, "VotedAlready")
    (line,) = (await member(world, "omar").get("/v1/committee")).json()["items"]
    assert line["because"] == "AssessorCannotApprove"


async def test_what_is_left_of_an_entitlement(world: World, lina: Caller) -> None:
    await drafted(world, lina)
    await world.intake_says(
        heard.ArrivalConfirmed(
            by=LINA, at=NOON, case=CASE, claim_by=date(2026, 4, 1), use_by=date(2027, 1, 1)
        )
    )
    answer = (await lina.get(f"/v1/entitlements/{CASE}")).json()
    assert answer["total"]["amount"] == "3000.00"
    assert answer["planned"]["amount"] == "1850.00"
    assert answer["remaining"]["amount"] == "1150.00"
    assert answer["use_by"] == "2027-01-01"


async def test_plans_are_listed_by_case_and_stage_page_by_page(world: World, lina: Caller) -> None:
    path = await drafted(world, lina)
    page = (await lina.get(f"/v1/plans?case={CASE}&stage=draft&limit=1")).json()
    assert [f"/v1/plans/{line['plan']}" for line in page["items"]] == [path]
    assert (await lina.get("/v1/plans?stage=approved")).json()["items"] == []


async def test_her_own_words_are_in_the_vault_and_nowhere_else(world: World, lina: Caller) -> None:
    await drafted(world, lina)
    entries = await world.store.read(0, 100)
    assert not any("خبز".encode() in entry.raw for entry in entries)
    proposed = next(e.envelope for e in entries if "item_proposed" in e.envelope.type)
    (kept,) = (await world.store.disclosures([proposed.id]))[proposed.id]
    assert kept.value == OVEN["own_words"]


async def test_her_own_words_are_read_by_her_office_and_that_is_recorded(
    world: World, lina: Caller
) -> None:
    path = await drafted(world, lina)
    item = (await lina.get(path)).json()["items"][0]["item"]
    answer = await lina.get(f"{path}/own-words")
    assert answer.json()["words"] == {item: OVEN["own_words"]}
    assert (await world.told())[-1] == "personal_data_read"
    tirana = world.plans.sign_in("per_x", Role.COUNSELLOR, office="tirana")
    assert (await tirana.get(f"{path}/own-words")).json()["code"] == "NotYourOffice"
    arben = world.plans.sign_in("per_arben", Role.COUNSELLOR, organisation=NGO, office="tirana")
    assert (await arben.get(f"{path}/own-words")).status_code == 404
    await world.intake_says(
        heard.ConsentWithdrawn(by=LINA, at=NOON, case=CASE, scopes=(Code("assistance"),))
    )
    assert (await lina.get(f"{path}/own-words")).json()["code"] == "ConsentMissing"
    assert (await world.told()).count("personal_data_read") == 1


class TestProgrammes:
    async def test_the_same_page_again_stays_version_1(self, world: World) -> None:
        petra = world.plans.sign_in("per_petra", Role.PROGRAMME_MANAGER)
        text = PROGRAMME_FILE.read_text(encoding="utf-8")
        again = await world.says(petra, "/v1/programmes", {"text": text})
        assert (again.status_code, again.json()["version"]) == (200, 1)
        longer = text.replace("90 days after arrival", "120 days after arrival")
        second = await world.publishes(longer)
        assert second.json()["version"] == 2
        first = await petra.get(f"/v1/programmes/{PROGRAMME}/versions/1")
        assert first.json()["policy"]["claim_within_days"] == 90
        (line,) = (await petra.get("/v1/programmes")).json()["items"]
        assert (line["version"], line["policy"]["claim_within_days"]) == (2, 120)
        assert (await petra.get(f"/v1/programmes/{PROGRAMME}/versions/3")).status_code == 404

    async def test_nobody_changes_the_rules_alone(self, world: World) -> None:
        petra, juraj = (
            world.plans.sign_in(person, Role.PROGRAMME_MANAGER)
            for person in ("per_petra", "per_juraj")
        )
        text = PROGRAMME_FILE.read_text(encoding="utf-8")
        laxer = {"text": text.replace("90 days after arrival", "120 days after arrival")}
        alone = await world.says(petra, "/v1/programmes", laxer)
        assert (alone.status_code, alone.json()["code"]) == (422, "PageNotProposed")
        proposed = await world.says(petra, "/v1/programme-proposals", laxer)
        assert proposed.json()["proposed_by"] == "per_petra"
        own = await world.says(petra, "/v1/programmes", laxer)
        assert (own.status_code, own.json()["code"]) == (422, "PageNotProposed")
        another = {"text": text.replace("90 days after arrival", "150 days after arrival")}
        other = await world.says(juraj, "/v1/programmes", another)
        assert (other.status_code, other.json()["code"]) == (422, "PageNotProposed")
        stands = await petra.get(f"/v1/programmes/{PROGRAMME}")
        assert (stands.json()["version"], stands.json()["policy"]["claim_within_days"]) == (1, 90)
        agreed = await world.says(juraj, "/v1/programmes", laxer)
        assert (agreed.status_code, agreed.json()["version"]) == (200, 2)
        read = await juraj.get(f"/v1/programme-proposals/{PROGRAMME}")
        assert read.json()["digest"] == agreed.json()["digest"]

    async def test_mistakes_come_back_with_their_lines(self, world: World) -> None:
        petra = world.plans.sign_in("per_petra", Role.PROGRAMME_MANAGER)
        text = PROGRAMME_FILE.read_text(encoding="utf-8").replace("below: 1500 EUR", "below: 1500")
        answer = await world.says(petra, "/v1/programmes", {"text": text})
        assert (answer.status_code, answer.json()["code"]) == (422, "ProgrammeMistaken")
        (error,) = answer.json()["errors"]
        assert error["pointer"] == "/buying/bands/1/below"
        assert 'write it as "1500 EUR"' in error["detail"]
        assert (await world.told()).count("programme_published") == 1

    async def test_a_long_page_keeps_nobody_else_waiting(self, world: World) -> None:
        petra = world.plans.sign_in("per_petra", Role.PROGRAMME_MANAGER)
        long = "title:\n" + "- {a: 1}\n" * 12_000
        begun = ticked = time.monotonic()
        longest = 0.0
        answer = asyncio.create_task(petra.post("/v1/programmes", {"text": long}))
        while not answer.done():
            await asyncio.sleep(0.01)
            longest, ticked = max(longest, time.monotonic() - ticked), time.monotonic()
        assert answer.result().status_code == 422
        assert longest < (ticked - begun) / 2, "who else is served by this loop was kept waiting"

    async def test_only_its_organisation_publishes_it(self, world: World) -> None:
        petra = world.plans.sign_in("per_x", Role.PROGRAMME_MANAGER, organisation=NGO)
        text = PROGRAMME_FILE.read_text(encoding="utf-8")
        answer = await world.says(petra, "/v1/programmes", {"text": text})
        assert (answer.status_code, answer.json()["code"]) == (409, "NotYourProgramme")

    @pytest.mark.parametrize("body", [{}, {"text": "a: 1", "page": {}}])
    async def test_one_of_text_and_page(self, world: World, body: dict[str, Any]) -> None:
        petra = world.plans.sign_in("per_petra", Role.PROGRAMME_MANAGER)
        answer = await world.says(petra, "/v1/programmes", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "body_invalid")
