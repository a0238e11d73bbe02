"""What an item says in public: of a restricted case no more than the programme's neutral words."""

from typing import Any

from msgspec.structs import replace
from services.plans.tests.acts import propose, revise, submit
from services.plans.tests.conftest import World
from services.plans.tests.people import (
    BUSINESS,
    CASE,
    MEDICAL,
    OVEN,
    ZAHRA,
    an_oven,
    drafted,
    eur,
    expected,
    signed,
    standing,
    submitted,
)
from services.plans.tests.test_api import consented, eligible, granted, member, registered
from services.plans.tests.test_restricted import let_in, omar_is_assigned, restricted

from events.roles import Role
from events.scenario import scenario
from events.values import Code, PersonId
from plans.domain.plan import plan
from plans.domain.wording import NoNeutralWording, WordingTellsTooMuch

NEUTRAL = Code("health_service")
quiet = replace(standing, restricted=True)
surgery = replace(
    propose,
    standing=quiet,
    type=MEDICAL.type,
    assistance=MEDICAL,
    spec=Code("fistula_surgery"),
    ceiling=eur(500),
)


def test_a_restricted_cases_item_has_the_neutral_words_of_its_type() -> None:
    given = scenario(plan).given(drafted)
    given.when(surgery).then_rejected(WordingTellsTooMuch(NEUTRAL))
    assert given.when(replace(surgery, spec=NEUTRAL)).events


def test_a_type_without_such_words_is_not_for_a_restricted_case() -> None:
    given = scenario(plan).given(drafted)
    given.when(replace(propose, standing=quiet)).then_rejected(NoNeutralWording(BUSINESS.type))
    assert given.when(propose).events


def test_nor_is_an_item_revised_to_say_more() -> None:
    given = scenario(plan).given(drafted, an_oven)
    given.when(replace(revise, standing=quiet)).then_rejected(NoNeutralWording(BUSINESS.type))


def test_what_was_worded_before_the_case_was_restricted_is_not_submitted_so() -> None:
    worded = replace(BUSINESS, wording_for_others=Code("household_goods"))
    given = scenario(plan).given(drafted, an_oven, signed)
    again = replace(submit, standing=quiet, assistance=(worded,))
    given.when(again).then_rejected(WordingTellsTooMuch(Code("household_goods")))
    same = replace(submit, assistance=(worded,))
    given.when(same).then(submitted, expected)
    assert an_oven.item == OVEN


async def test_nothing_that_leaves_plans_says_what_it_truly_is(world: World) -> None:
    lina = world.plans.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")
    omar = world.plans.sign_in("per_omar", Role.RECEIVING_OFFICER, office="baghdad")
    await world.intake_says(registered, consented, eligible, granted)
    voters = [
        let_in(PersonId(f"per_{name}"), hours) for name, hours in (("zuzana", 1), ("peter", 2))
    ]
    await world.intake_says_who_knows(restricted, omar_is_assigned, *voters)
    truly = "fistula surgery after what the traffickers did"
    item: dict[str, Any] = {
        "type": "medical_help",
        "spec": "fistula_surgery",
        "ceiling": {"amount": "500.00", "currency": "EUR"},
        "own_words": truly,
    }
    path = (await world.says(lina, "/v1/plans", {"case": CASE})).headers["location"]
    refused = await world.says(lina, f"{path}/propose-item", item)
    assert (refused.status_code, refused.json()["code"]) == (422, "WordingTellsTooMuch")
    answer = await world.says(lina, f"{path}/propose-item", item | {"spec": NEUTRAL})
    assert answer.status_code == 200, answer.text
    await world.papers(lina, path)
    digest = (await lina.get(path)).json()["digest"]
    signature = {"signed_by": ZAHRA, "method": "signature", "language": "ar", "digest": digest}
    for who, act, body in (
        (lina, "sign", signature),
        (lina, "submit", None),
        (omar, "confirm-feasibility", None),
        (member(world, "zuzana"), "approve", None),
        (member(world, "peter"), "approve", None),
    ):
        answer = await world.says(who, f"{path}/{act}", body)
        assert answer.status_code == 200, answer.text
    assert "plan_approved" in await world.told()
    machine = world.plans.sign_in("per_svc_audit", Role.SERVICE)
    feed = (await machine.get("/v1/events?limit=500")).text
    rows: list[Any] = []
    for table in ("plan_state", "approved_item", "case_knowing", "case_reader", "es_claim"):
        rows += await world.store.pool.fetch(f"select * from {table}")
    pages = [
        (await lina.get(where)).text for where in (path, "/v1/plans", f"/v1/items?case={CASE}")
    ]
    for word in ("fistula", "surgery", "traffick", truly):
        assert word not in feed
        assert all(word not in str(tuple(row)) for row in rows)
        assert all(word not in page for page in pages)
    assert NEUTRAL in feed
    words = (await lina.get(f"{path}/own-words")).json()["words"]
    assert list(words.values()) == [truly]
