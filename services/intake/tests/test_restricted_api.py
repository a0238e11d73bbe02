"""Restricted cases over HTTP: not found for whoever need not know, and silent everywhere."""

import re
from typing import Any

import pytest
from msgspec.structs import replace
from services.intake.tests.conftest import World
from services.intake.tests.people import PAPER, TERMS
from services.intake.tests.test_api import CONSENT, ZAHRA, done, registered

from events.handler import Handler
from events.io.http.sample import a_body
from events.io.http.trial import Caller
from events.memory import FixedClock
from events.personal import Kind
from events.roles import Role
from intake.deadlines import Deadlines

WORDS = "she recognised the man who brought her here"
RESTRICT = {"basis": "trafficking", "words": WORDS}
ASK = {"reason": "danger_to_life", "words": "her brother called: he knows where she lives"}


@pytest.fixture
def lina(world: World) -> Caller:
    return world.intake.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


@pytest.fixture
def petra(world: World) -> Caller:
    return world.intake.sign_in("per_petra", Role.PROGRAMME_MANAGER)


@pytest.fixture
def omar(world: World) -> Caller:
    return world.intake.sign_in("per_omar", Role.RECEIVING_OFFICER, office="baghdad")


@pytest.fixture
def sofia(world: World) -> Caller:
    return world.intake.sign_in("per_sofia", Role.DATA_PROTECTION_OFFICER, office="geneva")


async def restricted(world: World, lina: Caller) -> str:
    path = await registered(world, lina)
    await done(world, lina, f"{path}/give-consent", CONSENT)
    case = await done(world, lina, f"{path}/restrict", RESTRICT)
    assert case["restricted"] is True
    return path


async def test_for_everybody_else_there_is_no_such_case(world: World, lina: Caller) -> None:
    """Whatever is asked of it is answered as for an id that nobody ever gave."""
    path = await restricted(world, lina)
    returnee = (await lina.get(path)).json()["returnee"]
    asked = 0
    for operation in world.intake.app.operations:
        if "{case" not in operation.path:
            continue
        for role in sorted(operation.allows):
            caller = world.intake.sign_in("per_nosy", role, office="baghdad")
            body = a_body(operation.body[1]) if operation.body else None
            answers = []
            for case in (path.rpartition("/")[2], "cas_nobody"):
                where = re.sub(r"\{case[^}]*\}", case, operation.path)
                where = where.replace("{person}", returnee)
                where += "?purpose=own_request" if "{person}" in operation.path else ""
                for version in (1, 3):
                    answer = (
                        await caller.get(where)
                        if operation.method == "GET"
                        else await caller.post(where, body, if_match=version)
                    )
                    said = answer.json()
                    assert said["code"] not in {"body_invalid", "query_invalid"}, (where, said)
                    said.pop("trace_id", None)
                    answers.append((answer.status_code, answer.headers.get("etag"), said))
            assert answers[0] == answers[1] == answers[2] == answers[3], operation.name
            assert answers[0][0] == 404, operation.name
            asked += 1
    assert asked > 20
    assert await world.told() == ["returnee_registered", "consent_given", "case_restricted"]


async def test_it_stands_in_the_lists_of_those_who_know_it_and_no_others(
    world: World, lina: Caller, petra: Caller, omar: Caller
) -> None:
    path = await restricted(world, lina)
    elif_ = world.intake.sign_in("per_elif", Role.AUDITOR, organisation="external")
    for other in (petra, omar, elif_):
        assert (await other.get("/v1/cases")).json()["items"] == []
    (line,) = (await lina.get("/v1/cases")).json()["items"]
    assert line["restricted"] is True
    await done(world, lina, f"{path}/assign", {"person": "per_petra"})
    (line,) = (await petra.get("/v1/cases")).json()["items"]
    assert (await petra.get(path)).status_code == 200
    await done(world, petra, f"{path}/unassign", {"person": "per_petra"})
    assert (await petra.get("/v1/cases")).json()["items"] == []
    assert (await omar.get("/v1/cases")).json()["items"] == []


async def test_a_programme_restricts_its_cases_from_registration_on(
    world: World, lina: Caller, petra: Caller
) -> None:
    await world.is_published(replace(TERMS, version=2, restricted_by_default=True))
    path = await registered(world, lina)
    assert await world.told() == ["returnee_registered", "case_restricted"]
    assert (await petra.get(path)).status_code == 404
    assert (await lina.get(path)).json()["restricted"] is True


class TestBreakGlass:
    async def asked(self, world: World, who: Caller, case: str) -> str:
        answer = await world.says(who, "/v1/accesses", {"case": case} | ASK)
        assert answer.status_code == 201, answer.text
        path: str = answer.headers["location"]
        return path

    async def test_a_second_person_lets_in_for_a_time_and_the_officer_sees_it(
        self, world: World, lina: Caller, omar: Caller, sofia: Caller, petra: Caller
    ) -> None:
        path = await restricted(world, lina)
        access = await self.asked(world, omar, path.rpartition("/")[2])
        assert (await omar.get(path)).status_code == 404
        (line,) = (await sofia.get("/v1/accesses?stage=asked")).json()["items"]
        assert (line["person"], line["reason"]) == ("per_omar", "danger_to_life")
        words = (await sofia.get(f"{access}/words")).json()["words"]
        assert words == ASK["words"]
        granted = await done(world, sofia, f"{access}/grant", {"hours": 8})
        assert (granted["stage"], granted["decided_by"]) == ("granted", "per_sofia")
        assert (await omar.get(path)).status_code == 200
        assert len((await omar.get("/v1/cases")).json()["items"]) == 1
        for officer in (sofia, petra):
            (line,) = (await officer.get("/v1/accesses?stage=granted")).json()["items"]
            assert line == granted
        await done(world, omar, f"{access}/end")
        assert (await omar.get(path)).status_code == 404
        assert (await omar.get("/v1/cases")).json()["items"] == []
        assert (await world.told())[3:] == [
            "access_requested",
            "access_words_read",
            "access_granted",
            "need_to_know_given",
            "access_ended",
            "need_to_know_ended",
        ]

    async def test_when_its_time_is_over_the_platform_ends_it(
        self, world: World, lina: Caller, omar: Caller, sofia: Caller
    ) -> None:
        path = await restricted(world, lina)
        access = await self.asked(world, omar, path.rpartition("/")[2])
        await done(world, sofia, f"{access}/grant", {"hours": 1})
        clock = FixedClock()
        trial = world.intake
        handler = Handler(trial.registry, world.store, clock, trial.ids)
        deadlines = Deadlines(handler, world.store.pool)
        before = await world.told()
        await deadlines.pass_all()
        assert await world.told() == before
        clock.advance(3600)
        for _ in range(2):
            await deadlines.pass_all()
            await world.catch_up()
        assert (await world.told())[len(before) :] == ["access_ended", "need_to_know_ended"]
        (line,) = (await sofia.get("/v1/accesses?stage=ended")).json()["items"]
        assert line["person"] == "per_omar"
        assert (await omar.get(path)).status_code == 404

    async def test_asking_tells_nothing_about_the_case(
        self, world: World, lina: Caller, omar: Caller, sofia: Caller
    ) -> None:
        path = await restricted(world, lina)
        for case in (path.rpartition("/")[2], "cas_nobody"):
            access = await self.asked(world, omar, case)
            seen = (await omar.get(access)).json()
            assert {seen[k] for k in ("stage", "decided_by", "until")} == {"asked", None}
        answer = await world.says(sofia, f"{access}/grant", {"hours": 8})
        assert (answer.status_code, answer.json()["code"]) == (404, "NoSuchCase")
        assert len((await sofia.get("/v1/accesses")).json()["items"]) == 2

    async def test_nobody_lets_themselves_in(self, world: World, lina: Caller) -> None:
        path = await restricted(world, lina)
        both = world.intake.sign_in(
            "per_x", Role.DATA_PROTECTION_OFFICER, Role.COUNSELLOR, office="baghdad"
        )
        access = await self.asked(world, both, path.rpartition("/")[2])
        answer = await world.says(both, f"{access}/grant", {"hours": 8})
        assert (answer.status_code, answer.json()["code"]) == (422, "AskerCannotGrant")
        assert (await both.get(path)).status_code == 404

    async def test_colleagues_see_no_access_of_others(
        self, world: World, lina: Caller, omar: Caller
    ) -> None:
        path = await restricted(world, lina)
        access = await self.asked(world, omar, path.rpartition("/")[2])
        dalia = world.intake.sign_in("per_dalia", Role.FIELD_OFFICER, office="baghdad")
        assert (await dalia.get(access)).status_code == 404
        assert (await dalia.get("/v1/accesses")).json()["items"] == []
        assert (await omar.get(f"{access}/words")).status_code == 403
        assert len((await omar.get("/v1/accesses")).json()["items"]) == 1


class TestReading:
    async def test_what_protects_somebody_is_read_apart_for_a_purpose(
        self, world: World, lina: Caller
    ) -> None:
        path = await restricted(world, lina)
        returnee = (await lina.get(path)).json()["returnee"]
        person = f"{path}/people/{returnee}"
        answer = await lina.get(f"{person}?purpose=assistance")
        assert set(answer.json()["values"]) == {"name", "date_of_birth", "phone"}
        answer = await lina.get(f"{person}/protection?purpose=protection")
        assert answer.json()["values"] == RESTRICT
        assert (await world.told())[-2:] == ["personal_data_read", "protected_data_read"]
        last = (await world.store.read(0, 100))[-1]
        assert b'"kinds":["health","protection"]' in last.raw
        assert b'"purpose":"protection"' in last.raw
        no_purpose = await lina.get(f"{person}/protection")
        assert no_purpose.status_code == 400

    async def test_without_consent_only_for_a_life_in_danger_or_the_persons_own_question(
        self, world: World, lina: Caller
    ) -> None:
        path = await restricted(world, lina)
        returnee = (await lina.get(path)).json()["returnee"]
        await done(world, lina, f"{path}/withdraw-consent", {"scopes": ["assistance"]})
        read = f"{path}/people/{returnee}/protection?purpose="
        refused = await lina.get(read + "health_care")
        assert (refused.status_code, refused.json()["code"]) == (422, "ConsentMissing")
        for purpose in ("vital_interests", "own_request"):
            assert (await lina.get(read + purpose)).status_code == 200

    async def test_another_office_reads_no_protected_value_of_an_unrestricted_case(
        self, world: World, lina: Caller
    ) -> None:
        path = await registered(world, lina)
        case = await done(world, lina, f"{path}/give-consent", CONSENT)
        tirana = world.intake.sign_in("per_x", Role.COUNSELLOR, office="tirana")
        read = f"{path}/people/{case['returnee']}/protection?purpose=protection"
        refused = await tirana.get(read)
        assert (refused.status_code, refused.json()["code"]) == (422, "NotYoursToRead")
        machine = world.intake.sign_in("per_svc_plans", Role.SERVICE, organisation="homeward")
        assert (await machine.get(read)).status_code == 403


async def test_who_was_let_in_changes_nothing_about_who_knows_and_two_lift_it(
    world: World, lina: Caller, petra: Caller, sofia: Caller
) -> None:
    path = await restricted(world, lina)
    juraj = world.intake.sign_in("per_juraj", Role.PROGRAMME_MANAGER)
    access = await TestBreakGlass().asked(world, juraj, path.rpartition("/")[2])
    await done(world, sofia, f"{access}/grant", {"hours": 8})
    words = {"words": "he is in prison now"}
    for act, body in (
        ("assign", {"person": "per_petra"}),
        ("unassign", {"person": "per_petra"}),
        ("propose-unrestricting", words),
        ("unrestrict", words),
    ):
        refused = await world.says(juraj, f"{path}/{act}", body)
        assert (refused.status_code, refused.json()["code"]) == (422, "OnlyLetIn"), act
    await done(world, lina, f"{path}/assign", {"person": "per_petra"})
    refused = await world.says(petra, f"{path}/unrestrict", words)
    assert (refused.status_code, refused.json()["code"]) == (409, "UnrestrictingNotProposed")
    await done(world, petra, f"{path}/propose-unrestricting", words)
    refused = await world.says(petra, f"{path}/unrestrict", words)
    assert refused.json()["code"] == "ProposerCannotUnrestrict"
    await done(world, lina, f"{path}/propose-unrestricting", words)
    assert (await done(world, petra, f"{path}/unrestrict", words))["restricted"] is False


async def test_a_case_is_restricted_also_after_what_protects_somebody_was_erased(
    world: World, lina: Caller, petra: Caller
) -> None:
    path = await registered(world, lina)
    returnee = (await lina.get(path)).json()["returnee"]
    await world.store.erase(returnee, list(Kind))
    case = await done(world, lina, f"{path}/restrict", RESTRICT)
    assert case["restricted"] is True
    assert (await petra.get(path)).status_code == 404
    await done(world, lina, f"{path}/assign", {"person": "per_petra"})
    await done(world, lina, f"{path}/propose-unrestricting", {"words": WORDS})
    await done(world, petra, f"{path}/unrestrict", {"words": WORDS})


async def test_asking_after_an_erased_persons_case_is_asking_after_any(
    world: World, lina: Caller, omar: Caller
) -> None:
    path = await restricted(world, lina)
    await world.store.erase((await lina.get(path)).json()["returnee"], list(Kind))
    for case in (path.rpartition("/")[2], "cas_nobody"):
        answer = await omar.post("/v1/accesses", {"case": case} | ASK)
        assert answer.status_code == 201, answer.text


async def test_nothing_that_leaves_intake_says_why_a_case_is_restricted(
    world: World, lina: Caller, omar: Caller, sofia: Caller, petra: Caller
) -> None:
    path = await restricted(world, lina)
    await done(world, lina, f"{path}/assign", {"person": "per_petra"})
    break_glass = TestBreakGlass()
    access = await break_glass.asked(world, omar, path.rpartition("/")[2])
    await done(world, sofia, f"{access}/grant", {"hours": 8})
    await done(world, lina, f"{path}/propose-unrestricting", {"words": "he is in prison"})
    await done(world, petra, f"{path}/unrestrict", {"words": "he is in prison now"})
    revealing = ("trafficking", WORDS, ASK["words"], "prison", ZAHRA["name"])
    machine = world.intake.sign_in("per_svc_audit", Role.SERVICE)
    feed = (await machine.get("/v1/events?limit=500")).text
    rows: list[Any] = []
    for table in ("case_file", "case_reader", "access_file", "open_matter", "es_claim"):
        rows += await world.store.pool.fetch(f"select * from {table}")
    answers = [await lina.get(path), await omar.get(access), await lina.get("/v1/cases")]
    for word in revealing:
        assert word not in feed
        assert all(word not in str(tuple(row)) for row in rows)
        assert all(word not in answer.text for answer in answers)
    assert PAPER in feed, "what is public stands there"
