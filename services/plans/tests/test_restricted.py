"""Plans of restricted cases: there are none, for whoever need not know of the case."""

import re
from datetime import timedelta

import pytest
from services.plans.tests.conftest import World
from services.plans.tests.people import CASE, LINA, NGO
from services.plans.tests.test_api import NOON, drafted, member, submitted

from events import knowing
from events.io.http.sample import a_body
from events.io.http.trial import Caller
from events.memory import FixedClock
from events.roles import Role
from events.values import AccessId, PersonId

CLOCK = FixedClock()
OMAR, PETRA, ARBEN = PersonId("per_omar"), PersonId("per_petra"), PersonId("per_arben")

restricted = knowing.CaseRestricted(by=LINA, at=NOON, case=CASE)
unrestricted = knowing.CaseUnrestricted(by=PETRA, at=NOON, case=CASE)
omar_is_assigned = knowing.NeedToKnowGiven(
    by=LINA, at=NOON, case=CASE, person=OMAR, until=None, access=None
)
omar_is_unassigned = knowing.NeedToKnowEnded(by=LINA, at=NOON, case=CASE, person=OMAR, access=None)


def let_in(person: PersonId, hours: int) -> knowing.NeedToKnowGiven:
    return knowing.NeedToKnowGiven(
        by=PETRA,
        at=NOON,
        case=CASE,
        person=person,
        until=CLOCK.now() + timedelta(hours=hours),
        access=AccessId(f"acs_{hours + 100}"),
    )


@pytest.fixture
def lina(world: World) -> Caller:
    return world.plans.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


@pytest.fixture
def omar(world: World) -> Caller:
    return world.plans.sign_in("per_omar", Role.RECEIVING_OFFICER, office="baghdad")


async def test_for_everybody_else_a_plan_is_one_that_nobody_drafted(
    world: World, lina: Caller
) -> None:
    path = await drafted(world, lina)
    await world.intake_says_who_knows(restricted)
    before = await world.told()
    real = {"plan": path.rpartition("/")[2], "case": CASE}
    asked = 0
    for operation in world.plans.app.operations:
        names = set(re.findall(r"\{(\w+)", operation.path)) & set(real)
        if not names:
            continue
        for role in sorted(operation.allows):
            nosy = world.plans.sign_in("per_nosy", role, office="baghdad")
            body = a_body(operation.body[1]) if operation.body else None
            answers = []
            for name, version in [(n, v) for n in (*names, None) for v in (1, 2)]:
                where = operation.path
                for each in names:
                    where = where.replace(f"{{{each}}}", real[each] if name else "xxx_nobody")
                answer = (
                    await nosy.get(where)
                    if operation.method == "GET"
                    else await nosy.post(where, body, if_match=version)
                )
                said = answer.json()
                assert said["code"] not in {"body_invalid", "query_invalid"}, (where, said)
                said.pop("trace_id")
                answers.append((answer.status_code, answer.headers.get("etag"), said))
            assert all(answer == answers[0] for answer in answers), (operation.name, answers)
            assert answers[0][0] == 404, operation.name
            asked += 1
    assert asked > 20
    assert await world.told() == before


async def test_a_plan_is_drafted_by_who_knows_the_case(world: World, lina: Caller) -> None:
    await drafted(world, lina)
    await world.intake_says_who_knows(restricted)
    nosy = world.plans.sign_in("per_nosy", Role.COUNSELLOR, office="baghdad")
    answers = [await nosy.post("/v1/plans", {"case": case}) for case in (CASE, "cas_nobody")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["facts"] == answers[1].json()["facts"]


async def test_it_stands_in_the_lists_of_those_who_know_it_and_no_others(
    world: World, lina: Caller, omar: Caller
) -> None:
    path = await submitted(world, lina)
    zuzana = member(world, "zuzana")
    auditor = world.plans.sign_in("per_elif", Role.AUDITOR, organisation="external")
    everybody = (lina, omar, zuzana, auditor)
    assert [len((await who.get("/v1/plans")).json()["items"]) for who in everybody] == [1] * 4
    await world.intake_says_who_knows(restricted)
    assert [len((await who.get("/v1/plans")).json()["items"]) for who in everybody] == [1, 0, 0, 0]
    await world.intake_says_who_knows(omar_is_assigned)
    answer = await world.says(omar, f"{path}/confirm-feasibility")
    assert answer.status_code == 200
    assert (await zuzana.get("/v1/committee")).json()["items"] == []
    await world.intake_says_who_knows(let_in(PersonId("per_zuzana"), hours=1))
    assert len((await zuzana.get("/v1/committee")).json()["items"]) == 1
    await world.intake_says_who_knows(omar_is_unassigned)
    assert (await omar.get(path)).status_code == 404
    await world.intake_says_who_knows(unrestricted)
    assert [len((await who.get("/v1/plans")).json()["items"]) for who in everybody] == [1] * 4


async def test_who_was_let_in_is_so_until_the_time_is_over(
    world: World, lina: Caller, omar: Caller
) -> None:
    path = await drafted(world, lina)
    await world.intake_says_who_knows(restricted, let_in(OMAR, hours=0))
    assert (await omar.get(path)).status_code == 404
    await world.intake_says_who_knows(let_in(OMAR, hours=1))
    assert (await omar.get(path)).status_code == 200


async def test_being_let_in_opens_no_case_of_another_organisation(
    world: World, lina: Caller
) -> None:
    path = await drafted(world, lina)
    arben = world.plans.sign_in("per_arben", Role.COUNSELLOR, organisation=NGO, office="tirana")
    await world.intake_says_who_knows(restricted, let_in(ARBEN, hours=8))
    assert (await arben.get(path)).status_code == 404
