"""Projects over HTTP: what is answered, what becomes fact, what others may not see."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from services.plans.tests.conftest import World
from services.plans.tests.people import (
    IOM,
    LINA,
    NGO,
    OTHER_NGO,
    PROGRAMME_FILE,
    ZAHRA,
    entitled,
    eur,
)
from services.plans.tests.projects import HASSAN, HERS, HIS, PROGRAMME, SARA
from services.plans.tests.test_funds import refused, told

from events import knowing
from events.io.http.trial import Caller
from events.roles import Role
from events.values import CaseId, Code, CommitmentId, ItemId, PersonId, PlanId
from plans.domain import heard

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
PAPER = "d" * 64
PUBLISHED = {
    "programme_proposed",
    "programme_published",
    "vendor_rules_published",
    "budget_lines_named",
    "finding_rules_published",
}
EXPECTED = [
    "project_proposed",
    "project_item_proposed",
    "project_shares_set",
    *["project_document_recorded"] * 2,
    *["project_share_signed"] * 2,
    "project_submitted",
    "project_feasibility_confirmed",
    *["project_approval_recorded"] * 2,
    "project_approved",
    *["entitlement_drawn"] * 2,
]
OVEN: dict[str, Any] = {
    "type": "income_generating_activity",
    "spec": "bread_oven",
    "ceiling": {"amount": "3000.01", "currency": "EUR"},
}


def arrived(case: CaseId, person: PersonId, counsellor: PersonId) -> tuple[heard.FromIntake, ...]:
    """All that intake has to tell of a case before it may have a share."""
    by: dict[str, Any] = {"by": LINA, "at": NOON, "case": case}
    return (
        heard.ReturneeRegistered(
            **by,
            returnee=person,
            programme=PROGRAMME,
            run_by=IOM,
            organisation=IOM,
            office=Code("baghdad"),
            counsellor=counsellor,
            is_child=False,
        ),
        heard.ConsentGiven(**by, scopes=(Code("assistance"),)),
        heard.EligibilityConfirmed(**by, programme_version=1),
        heard.EntitlementGranted(
            **by,
            total=eur(2400),
            cash_cap=eur(0),
            shares=entitled(eur(2400), of=person).shares,
            claim_by=None,
            use_by=None,
        ),
        heard.ArrivalConfirmed(**by, claim_by=date(2026, 6, 1), use_by=date(2027, 6, 1)),
    )


@pytest.fixture
async def lina(world: World) -> Caller:
    text = PROGRAMME_FILE.with_name("mrc-baghdad.yaml").read_text(encoding="utf-8")
    assert (await world.publishes(text)).status_code == 200
    await world.intake_says(*arrived(HERS, ZAHRA, LINA), *arrived(HIS, HASSAN, SARA))
    return world.plans.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


def omar(world: World) -> Caller:
    return world.plans.sign_in("per_omar", Role.RECEIVING_OFFICER, office="baghdad")


def member(world: World, name: str) -> Caller:
    return world.plans.sign_in(f"per_{name}", Role.COMMITTEE_MEMBER)


def shares(hers: int, his: int) -> dict[str, Any]:
    return {
        "shares": [
            {"case": HERS, "basis_points": hers},
            {"case": HIS, "basis_points": his},
        ]
    }


async def proposed(world: World, lina: Caller) -> str:
    """A project of two with an oven in it; its path."""
    body = {"programme": PROGRAMME, "level": "collective"}
    answer = await world.says(lina, "/v1/projects", body)
    assert answer.status_code == 201, answer.text
    path: str = answer.headers["location"]
    assert (await world.says(lina, f"{path}/propose-item", OVEN)).status_code == 200
    answer = await world.says(lina, f"{path}/set-shares", shares(5000, 5000))
    assert answer.status_code == 200, answer.text
    for kind in ("business_plan", "licence_or_reason_why_none"):
        paper = {"kind": kind, "digest": PAPER}
        assert (await world.says(lina, f"{path}/record-document", paper)).status_code == 200
    return path


async def signed(world: World, lina: Caller, path: str) -> None:
    digest = (await lina.get(path)).json()["digest"]
    for case, person in ((HERS, ZAHRA), (HIS, HASSAN)):
        body = {
            "case": case,
            "signed_by": person,
            "method": "signature",
            "language": "ar",
            "digest": digest,
        }
        answer = await world.says(lina, f"{path}/sign-share", body)
        assert answer.status_code == 200, answer.text


async def approved(world: World, lina: Caller) -> str:
    path = await proposed(world, lina)
    await signed(world, lina, path)
    await decided(world, lina, path)
    return path


async def decided(world: World, lina: Caller, path: str) -> None:
    for who, what in (
        (lina, "submit"),
        (omar(world), "confirm-feasibility"),
        (member(world, "zuzana"), "approve"),
        (member(world, "peter"), "approve"),
    ):
        answer = await world.says(who, f"{path}/{what}")
        assert answer.status_code == 200, answer.text


async def planned(lina: Caller, case: CaseId) -> object:
    return (await lina.get(f"/v1/entitlements/{case}")).json()


async def test_from_a_proposal_to_shares_drawn_from_each_entitlement(
    world: World, lina: Caller
) -> None:
    path = await approved(world, lina)
    project = (await lina.get(path)).json()
    assert project["stage"] == "approved"
    assert [share["amount"]["amount"] for share in project["shares"]] == ["1500.01", "1500.00"]
    assert project["counsellors"] == ["per_lina", "per_sara"]
    assert [type_ for type_ in await world.told() if type_ not in PUBLISHED] == EXPECTED
    mine = (await lina.get(f"/v1/projects?case={HIS}&stage=approved")).json()
    assert [line["project"] for line in mine["items"]] == [project["project"]]


async def test_it_tells_what_its_money_lacks(world: World, lina: Caller) -> None:
    path = await approved(world, lina)
    stands = (await lina.get(path)).json()
    assert stands["funds"] is None, "nothing was told yet"
    (item,) = stands["items"]
    await told(world, refused(Code(stands["project"]), item["item"]))
    waits = (await lina.get(path)).json()["funds"]
    assert (waits["earmarked"], waits["short"][0]["item"]) == (False, item["item"])
    (line,) = (await lina.get("/v1/projects?stage=approved")).json()["items"]
    assert line["funds"] == waits


async def test_the_same_person_has_a_plan_and_a_share_and_never_more_than_the_entitlement(
    world: World, lina: Caller
) -> None:
    await approved(world, lina)
    second = await proposed(world, lina)
    await signed(world, lina, second)
    for who, what in (
        (lina, "submit"),
        (omar(world), "confirm-feasibility"),
        (member(world, "zuzana"), "approve"),
    ):
        assert (await world.says(who, f"{second}/{what}")).status_code == 200
    before = await world.told()
    answer = await world.says(member(world, "peter"), f"{second}/approve")
    assert (answer.status_code, answer.json()["code"]) == (422, "AboveEntitlement")
    assert await world.told() == before
    assert (await lina.get(second)).json()["stage"] == "feasible"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("set-shares", shares(5000, 4999), "SharesNotWhole"),
        ("set-shares", shares(9000, 1000), "ShareOutOfBounds"),
        ("propose-item", OVEN | {"type": "vocational_course"}, "NotForProjects"),
        ("propose-item", OVEN | {"type": "microcredit"}, "NotInProgramme"),
        ("record-document", {"kind": "poem", "digest": PAPER}, "ProjectDocumentNotAskedFor"),
        ("submit", None, "ShareNotSigned"),
    ],
)
async def test_what_is_refused_and_writes_nothing(
    world: World, lina: Caller, path: str, body: object, code: str
) -> None:
    project = await proposed(world, lina)
    before = await world.told()
    answer = await world.says(lina, f"{project}/{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert await world.told() == before


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("set-shares", shares(-1, 5000), "/shares/0/basis_points"),
        ("set-shares", {"shares": "all"}, "/shares"),
        ("propose-item", OVEN | {"ceiling": {"amount": "1.001", "currency": "EUR"}}, "/ceiling"),
        ("record-document", {"kind": "business_plan", "digest": "x"}, "/digest"),
        ("withdraw-share", {"case": HIS, "reason": "bored", "document": PAPER}, "/reason"),
        ("sign-share", {"case": HIS}, "/signed_by"),
    ],
)
async def test_a_bad_body_is_told_by_its_field(
    world: World, lina: Caller, path: str, body: object, field: str
) -> None:
    project = await proposed(world, lina)
    before = await world.told()
    answer = await world.says(lina, f"{project}/{path}", body)
    assert answer.status_code in (400, 422), answer.text
    assert field in [fault["pointer"][: len(field)] for fault in answer.json()["errors"]]
    assert await world.told() == before


async def test_who_leaves_before_any_order_frees_what_was_drawn_and_stops_orders(
    world: World, lina: Caller
) -> None:
    path = await approved(world, lina)
    body = {"case": HIS, "reason": "own_wish", "document": PAPER}
    answer = await world.says(lina, f"{path}/withdraw-share", body)
    assert (answer.status_code, answer.json()["stage"]) == (200, "short")
    assert (await world.told())[-2:] == ["project_share_withdrawn", "entitlement_released"]


async def test_who_leaves_after_an_order_takes_nothing_out_of_the_project(
    world: World, lina: Caller
) -> None:
    path = await approved(world, lina)
    await ordered(world, path)
    body = {"case": HIS, "reason": "moved_away", "document": PAPER}
    answer = await world.says(lina, f"{path}/withdraw-share", body)
    assert (answer.status_code, answer.json()["stage"]) == (200, "approved")
    assert [share["withdrawn"] for share in answer.json()["shares"]] == [False, True]
    assert (await world.told())[-1] == "project_share_withdrawn"
    answer = await world.says(lina, f"{path}/cancel", {"reason": "no_longer_possible"})
    assert (answer.status_code, answer.json()["code"]) == (409, "OrderedAlready")


async def ordered(world: World, path: str) -> CommitmentId:
    project = path.rpartition("/")[2]
    commitment = CommitmentId("com_1")
    by: dict[str, Any] = {"by": PersonId("per_hana"), "at": NOON, "commitment": commitment}
    (item,) = (await omar(world).get(path)).json()["items"]
    await world.disbursement_says(
        heard.CommitmentRequested(**by, plan=PlanId(project), item=ItemId(item["item"])),
        heard.ItemCommitted(**by, amount=eur(2900)),
    )
    return commitment


async def test_what_was_paid_for_is_handed_over(world: World, lina: Caller) -> None:
    path = await approved(world, lina)
    commitment = await ordered(world, path)
    answer = await world.says(omar(world), f"{path}/hand-over", {"document": PAPER})
    assert (answer.status_code, answer.json()["code"]) == (422, "NotYetThere")
    await world.disbursement_says(
        heard.CommitmentLiquidated(by=PersonId("per_hana"), at=NOON, commitment=commitment)
    )
    answer = await world.says(omar(world), f"{path}/hand-over", {"document": PAPER})
    assert (answer.status_code, answer.json()["stage"]) == (200, "handed_over")


async def test_a_project_given_up_frees_every_entitlement(world: World, lina: Caller) -> None:
    path = await approved(world, lina)
    answer = await world.says(lina, f"{path}/cancel", {"reason": "participants_wish"})
    assert (answer.status_code, answer.json()["stage"]) == (200, "cancelled")
    assert (await world.told())[-3:] == ["project_cancelled", *["entitlement_released"] * 2]


async def test_another_organisation_does_not_know_of_it(world: World, lina: Caller) -> None:
    path = await proposed(world, lina)
    for organisation in (NGO, OTHER_NGO):
        stranger = world.plans.sign_in("per_arben", Role.COUNSELLOR, organisation=organisation)
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.get("/v1/projects")).json()["items"] == []
        answer = await world.says(stranger, f"{path}/submit", if_match='"5"')
        assert answer.status_code == 404
    body = {"programme": "prg_nothing", "level": "collective"}
    assert (await world.says(lina, "/v1/projects", body)).status_code == 404


async def test_a_line_added_once_a_participants_case_is_restricted_says_nothing_of_it(
    world: World, lina: Caller
) -> None:
    path = await proposed(world, lina)
    await world.intake_says(heard.CaseRestricted(by=LINA, at=NOON, case=HERS))
    before = await world.told()
    answer = await world.says(lina, f"{path}/propose-item", OVEN)
    assert (answer.status_code, answer.json()["code"]) == (422, "NoNeutralWording")
    assert await world.told() == before
    await world.intake_says(heard.CaseUnrestricted(by=LINA, at=NOON, case=HERS))
    assert (await world.says(lina, f"{path}/propose-item", OVEN)).status_code == 200


async def test_a_project_with_a_restricted_participant_is_known_to_who_knows_that_case(
    world: World, lina: Caller
) -> None:
    path, nosy = await proposed(world, lina), omar(world)
    assert (await nosy.get(path)).status_code == 200
    await world.intake_says_who_knows(knowing.CaseRestricted(by=LINA, at=NOON, case=HERS))
    nobody = (await nosy.get("/v1/projects/prj_nobody")).json()
    hidden = (await nosy.get(path)).json()
    assert {**hidden, "trace_id": None} == {**nobody, "trace_id": None}
    assert (await nosy.get("/v1/projects")).json()["items"] == []
    answers = [
        await nosy.post(f"{each}/confirm-feasibility", {}, if_match=1)
        for each in (path, "/v1/projects/prj_nobody")
    ]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(404, "NoSuchProject")] * 2
    assert len((await lina.get("/v1/projects")).json()["items"]) == 1
