"""Duplicates over HTTP: who is suspected, what is told of it, who decides, what merging does."""

from typing import Any

import pytest
from services.intake.tests.conftest import World
from services.intake.tests.people import NGO
from services.intake.tests.test_api import CONSENT, ZAHRA

from events.delivery.consume import Ear, follow
from events.handler import Handler
from events.io.http.trial import Caller
from events.io.postgres import PostgresTracking
from events.personal import Kind
from events.roles import Role
from events.values import PersonId
from intake.domain.case.state import Case
from intake.domain.duplicate import Known, pair_of
from intake.domain.matching.features import blinding, featured
from intake.domain.matching.weighing import weigh
from intake.duplicates import index, searching
from intake.duplicates.keeping import Keeper
from intake.gateways import Gateways
from intake.main import service
from intake.views.rows import read

IN_LATIN = {"name": "Zahra Hussein", "phone": "0770 000 0201", "date_of_birth": "1988-01-01"}
SOMEBODY_ELSE = {"name": "Amal Karim", "phone": "+964 771 111 1111", "date_of_birth": "1975-03-02"}


@pytest.fixture
def keeper(world: World) -> Keeper:
    return Keeper(
        Handler(service.registry, world.store, world.intake.clock, world.intake.ids),
        PostgresTracking(world.store.pool),
        world.store.pool,
        blinding(b"b" * 32),
        "the key of these tests",
    )


@pytest.fixture
def lina(world: World) -> Caller:
    return world.intake.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


@pytest.fixture
def rami(world: World) -> Caller:
    return world.intake.sign_in("per_rami", Role.COUNSELLOR, office="basra")


@pytest.fixture
def petra(world: World) -> Caller:
    return world.intake.sign_in("per_petra", Role.PROGRAMME_MANAGER)


@pytest.fixture
def arben(world: World) -> Caller:
    return world.intake.sign_in("per_arben", Role.COUNSELLOR, organisation=NGO, office="tirana")


async def registered(
    world: World, keeper: Keeper, who: Caller, **changed: object
) -> dict[str, Any]:
    answer = await world.says(who, "/v1/cases", ZAHRA | changed)
    assert answer.status_code == 201, answer.text
    await keeper.take()
    await world.catch_up()
    answered: dict[str, Any] = answer.json()
    return answered


async def paired(world: World, keeper: Keeper, one: Caller, other: Caller) -> tuple[str, str, str]:
    """The path of a suspected pair, and of the two cases."""
    first = await registered(world, keeper, one)
    second = await registered(world, keeper, other, **IN_LATIN)
    (suspected,) = second["suspected"]
    return (
        f"/v1/duplicates/{suspected['pair']}",
        f"/v1/cases/{first['case']}",
        f"/v1/cases/{second['case']}",
    )


async def restricted(world: World, who: Caller, case: str) -> None:
    await done(world, who, f"{case}/give-consent", CONSENT)
    words = {"basis": "trafficking", "words": "she knows the man"}
    await done(world, who, f"{case}/restrict", words)


def pair_path(one: str, other: str) -> str:
    return f"/v1/duplicates/{pair_of(PersonId(one), PersonId(other))}"


async def listed(who: Caller) -> set[str]:
    """The paths of the pairs that wait for somebody."""
    said = await who.get("/v1/duplicates?stage=suspected")
    return {f"/v1/duplicates/{line['pair']}" for line in said.json()["items"]}


async def refused(world: World, who: Caller, path: str, body: object = None) -> tuple[int, str]:
    answer = await world.says(who, path, body)
    assert answer.status_code >= 400, answer.text
    return answer.status_code, answer.json()["code"]


async def done(world: World, who: Caller, path: str, body: object = None) -> dict[str, Any]:
    answer = await world.says(who, path, body)
    assert answer.status_code == 200, answer.text
    answered: dict[str, Any] = answer.json()
    return answered


class TestRegistering:
    async def test_somebody_new_is_suspected_of_nothing(
        self, world: World, keeper: Keeper, lina: Caller
    ) -> None:
        await registered(world, keeper, lina)
        other = await registered(world, keeper, lina, **SOMEBODY_ELSE)
        assert other["suspected"] == []
        assert await world.told() == ["returnee_registered", "returnee_registered"]

    async def test_the_same_person_in_another_script_is_told_and_the_registration_stands(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller
    ) -> None:
        first = await registered(world, keeper, lina)
        answer = await world.says(rami, "/v1/cases", ZAHRA | IN_LATIN)
        assert answer.status_code == 201
        assert answer.headers["events"] == (
            "intake.returnee_registered.v1, intake.duplicate_suspected.v1"
        )
        (suspected,) = answer.json()["suspected"]
        assert suspected["agreeing"] == ["name", "date_of_birth", "phone"]
        assert suspected["other"] == {
            "person": first["returnee"],
            "case": first["case"],
            "known_elsewhere": False,
        }

    async def test_a_case_of_another_organisation_is_known_elsewhere_and_no_more(
        self, world: World, keeper: Keeper, lina: Caller, arben: Caller
    ) -> None:
        await registered(world, keeper, lina)
        theirs = await registered(world, keeper, arben, office="tirana", **IN_LATIN)
        (suspected,) = theirs["suspected"]
        elsewhere = {"person": None, "case": None, "known_elsewhere": True}
        assert suspected["other"] == elsewhere
        (line,) = (await arben.get("/v1/duplicates?stage=suspected")).json()["items"]
        assert (await arben.get(f"/v1/duplicates/{suspected['pair']}")).json() == line
        assert elsewhere in line["sides"]
        assert {s["case"] for s in line["sides"]} == {theirs["case"], None}

    async def test_that_somebody_is_in_a_restricted_case_is_told_to_nobody_else(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller, arben: Caller
    ) -> None:
        first = await registered(world, keeper, lina)
        await restricted(world, lina, f"/v1/cases/{first['case']}")
        await world.catch_up()
        said = await world.says(arben, "/v1/cases", ZAHRA | IN_LATIN | {"office": "tirana"})
        assert (said.status_code, said.json()["suspected"]) == (201, [])
        assert said.headers["events"] == "intake.returnee_registered.v1"
        await keeper.take()
        await world.catch_up()
        path = pair_path(first["returnee"], said.json()["returnee"])
        assert path in await listed(lina)
        assert (await lina.get(path)).status_code == 200
        auditor = world.intake.sign_in("per_otto", Role.AUDITOR)
        for who in (arben, rami, auditor):
            assert path not in await listed(who)
            assert (await who.get(path)).status_code == 404

    async def test_a_pair_is_hidden_from_when_one_of_its_cases_is_restricted(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller
    ) -> None:
        pair, first, _ = await paired(world, keeper, lina, rami)
        assert await listed(rami) == {pair}
        await restricted(world, lina, first)
        await world.catch_up()
        assert (await listed(rami), await listed(lina)) == (set(), {pair})

    async def test_nothing_of_a_name_leaves_the_vault_to_find_it(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller
    ) -> None:
        await paired(world, keeper, lina, rami)
        told = [entry.raw for entry in await world.store.read(0, 100)]
        for table in ("blind_person", "blind_key", "duplicate_pair"):
            told += [bytes(str(tuple(row)), "utf-8") for row in await _all(world, table)]
        told += [row["features"] for row in await _all(world, "blind_person")]
        for value in (ZAHRA["name"], *IN_LATIN.values(), "zahra", "zhr", "7700000201"):
            assert not any(str(value).encode() in each for each in told), value


class TestTheIndex:
    async def test_what_two_people_registered_in_one_second_is_found_when_it_is_indexed(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller
    ) -> None:
        for who, spelt in ((lina, {}), (rami, IN_LATIN)):
            answer = await world.says(who, "/v1/cases", ZAHRA | spelt)
            assert answer.json()["suspected"] == []
        await keeper.take()
        assert (await world.told())[2:] == ["duplicate_suspected"]
        last = (await world.store.read(0, 100))[-1].envelope
        assert last.actorid == "per_system"

    async def test_indexing_again_says_nothing_again(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller
    ) -> None:
        await paired(world, keeper, lina, rami)
        before = await world.told()
        await PostgresTracking(world.store.pool).reset("blind_index", ["blind_key", "blind_person"])
        await keeper.take()
        assert await world.told() == before
        assert len(await _all(world, "blind_person")) == 2

    async def test_another_key_makes_the_index_anew(
        self, world: World, keeper: Keeper, lina: Caller
    ) -> None:
        await registered(world, keeper, lina)
        other = Keeper(
            keeper.handler, keeper.tracking, keeper.pool, blinding(b"c" * 32), "another key"
        )
        before = {row["key"] for row in await _all(world, "blind_key")}
        await other.start()
        assert await _all(world, "blind_person") == []
        await other.take()
        assert not before & {row["key"] for row in await _all(world, "blind_key")}

    async def test_who_was_erased_is_not_found(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller
    ) -> None:
        first = await registered(world, keeper, lina)
        person = PersonId(first["returnee"])

        async def purge(tables: Any) -> None:
            await index.forget(tables, person)

        await world.store.erase(person, tuple(Kind), also=[purge])
        assert await _all(world, "blind_key") == []
        await PostgresTracking(world.store.pool).reset("blind_index", ["blind_key", "blind_person"])
        second = await registered(world, keeper, rami, **IN_LATIN)
        assert second["suspected"] == []
        assert {row["person_id"] for row in await _all(world, "blind_person")} == {
            second["returnee"]
        }


class TestSearching:
    async def test_a_search_of_all_books_says_what_the_look_up_would_have(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller, petra: Caller
    ) -> None:
        for who, spelt in ((lina, {}), (rami, IN_LATIN), (lina, SOMEBODY_ELSE)):
            await world.says(who, "/v1/cases", ZAHRA | spelt)
        async with world.store.pool.acquire() as tables:
            rows = await tables.fetch("select state from case_file order by case_id")
            files = [read(row["state"], Case) for row in rows]
            sides = [Known(case.returnee, case.id) for case in files]
            known = await keeper._known(sides)
            told = {side: featured(known[side], keeper.blind) for side in sides}
            assert len(told) == 3
            await index.put(tables, told, made_with="the key of these tests")

        answer = await world.says(petra, "/v1/duplicate-searches")
        assert answer.status_code == 201, answer.text
        assert answer.json()["completed"] is False
        await self.carried_out(world)

        search = (await petra.get(answer.headers["location"])).json()
        assert (search["compared"], search["suspected"], search["left"]) == (3, 1, 0)
        (found,) = (await petra.get("/v1/duplicates")).json()["items"]
        assert found["agreeing"] == ["name", "date_of_birth", "phone"]
        one, other = [f for side, f in told.items() if side.case in _cases(found)]
        assert found["score"] == weigh(one, other).score
        assert await world.told() == [
            *["returnee_registered"] * 3,
            "duplicate_search_started",
            "duplicate_search_completed",
            "duplicate_suspected",
        ]

        again = await world.says(petra, "/v1/duplicate-searches")
        await self.carried_out(world)
        assert (await petra.get(again.headers["location"])).json()["suspected"] == 0

    async def carried_out(self, world: World) -> None:
        """The effect takes what was started, as the worker would give it."""
        (name, registry), *_ = searching.effect.hears.items()
        handler = Handler(service.registry, world.store, world.intake.clock, world.intake.ids)
        entries = await world.store.read(0, 1000)
        given = Gateways(b"k" * 32, b"b" * 32, database_url=world.database_url)
        for entry in entries:
            fact = Ear(name, registry).hear(entry)
            if fact is not None:
                acts = await searching.effect.run(fact, given)
                await handler.do(*acts, context=follow(fact, None))
        await world.catch_up()

    async def test_only_who_runs_a_programme_starts_one(self, lina: Caller) -> None:
        assert (await lina.post("/v1/duplicate-searches")).status_code == 403


class TestDeciding:
    async def test_somebody_other_than_who_registered_both_decides(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller
    ) -> None:
        pair, *_ = await paired(world, keeper, lina, lina)
        namesake = {"reason": "namesake"}
        assert await refused(world, lina, f"{pair}/dismiss", namesake) == (422, "RegisteredBoth")
        assert (await done(world, rami, f"{pair}/dismiss", namesake))["stage"] == "dismissed"
        assert (await world.told())[-1] == "duplicate_dismissed"
        assert await refused(world, rami, f"{pair}/dismiss", namesake) == (409, "PairIs")

    async def test_a_partner_does_not_decide_on_a_case_that_it_cannot_see(
        self, world: World, keeper: Keeper, lina: Caller, arben: Caller, petra: Caller
    ) -> None:
        pair, *_ = await paired(world, keeper, lina, arben)
        said = {"reason": "entered_twice"}
        assert await refused(world, arben, f"{pair}/confirm", said) == (404, "NoSuchPair")
        assert (await done(world, petra, f"{pair}/confirm", said))["stage"] == "confirmed"

    async def test_a_pair_of_others_is_not_there(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller, arben: Caller
    ) -> None:
        pair, *_ = await paired(world, keeper, lina, rami)
        assert (await arben.get(pair)).status_code == 404
        assert (await arben.get("/v1/duplicates")).json()["items"] == []
        assert (await rami.get("/v1/duplicates/dup_none")).status_code == 404


class TestComparing:
    async def test_who_decides_sees_both_side_by_side_and_that_is_recorded_first(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller, petra: Caller
    ) -> None:
        pair, first, second = await paired(world, keeper, lina, rami)
        said = await petra.get(f"{pair}/values?purpose=decision")
        assert said.status_code == 200, said.text
        assert said.headers["cache-control"] == "no-store"
        shown = {f"/v1/cases/{side['case']}": side["values"] for side in said.json()["sides"]}
        told = ("name", "date_of_birth", "phone")
        assert shown[first] == {name: ZAHRA[name] for name in told}
        assert shown[second] == IN_LATIN
        assert (await world.told())[-1] == "pair_compared"
        entry = (await world.store.read(0, 100))[-1].raw
        assert b'"purpose":"decision"' in entry
        assert not any(str(value).encode() in entry for value in IN_LATIN.values())

    async def test_who_may_not_decide_sees_neither(
        self, world: World, keeper: Keeper, lina: Caller, arben: Caller
    ) -> None:
        both_by_lina, *_ = await paired(world, keeper, lina, lina)
        before = await world.told()
        said = await lina.get(f"{both_by_lina}/values?purpose=decision")
        assert (said.status_code, said.json()["code"]) == (422, "RegisteredBoth")
        for path in (both_by_lina, "/v1/duplicates/dup_none"):
            said = await arben.get(f"{path}/values?purpose=decision")
            assert (said.status_code, said.json()["code"]) == (404, "NoSuchPair")
        omar = world.intake.sign_in("per_omar", Role.RECEIVING_OFFICER, office="baghdad")
        assert (await omar.get(f"{both_by_lina}/values?purpose=decision")).status_code == 403
        assert await world.told() == before

    async def test_of_a_restricted_case_nothing_is_compared_but_by_who_needs_to_know(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller, petra: Caller
    ) -> None:
        pair, first, _ = await paired(world, keeper, lina, rami)
        await restricted(world, lina, first)
        before = await world.told()
        for who in (petra, rami):
            said = await who.get(f"{pair}/values?purpose=decision")
            assert (said.status_code, said.json()["code"]) == (404, "NoSuchPair")
        assert await world.told() == before
        assert (await lina.get(f"{pair}/values?purpose=decision")).status_code == 200

    async def test_what_was_decided_is_looked_at_again_for_that_purpose(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller, petra: Caller
    ) -> None:
        pair, *_ = await paired(world, keeper, lina, rami)
        await done(world, petra, f"{pair}/confirm", {"reason": "seen_in_person"})
        said = await rami.get(f"{pair}/values?purpose=decision")
        assert (said.status_code, said.json()["code"]) == (422, "PairIs")
        assert (await rami.get(f"{pair}/values?purpose=review")).status_code == 200
        for query in ("", "?purpose=curiosity"):
            said = await rami.get(f"{pair}/values{query}")
            assert (said.status_code, said.json()["errors"][0]["parameter"]) == (400, "purpose")

    async def test_what_was_erased_is_not_there_to_compare(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller, petra: Caller
    ) -> None:
        pair, first, _ = await paired(world, keeper, lina, rami)
        person = PersonId((await lina.get(first)).json()["returnee"])
        await world.store.erase(person, tuple(Kind))
        sides = (await petra.get(f"{pair}/values?purpose=decision")).json()["sides"]
        shown = {side["person"]: (side["values"], bool(side["erased"])) for side in sides}
        assert shown.pop(person) == ({}, True)
        assert list(shown.values()) == [(IN_LATIN, False)]


class TestMerging:
    async def merged(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller, petra: Caller
    ) -> tuple[str, str, str]:
        pair, into, case = await paired(world, keeper, lina, rami)
        await done(world, petra, f"{pair}/confirm", {"reason": "seen_in_person"})
        state = await done(world, petra, f"{case}/merge", {"into": into.rpartition("/")[2]})
        assert state["merged_into"] == into.rpartition("/")[2]
        return pair, into, case

    async def test_nothing_is_merged_that_nobody_confirmed(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller, petra: Caller
    ) -> None:
        _, into, case = await paired(world, keeper, lina, rami)
        body = {"into": into.rpartition("/")[2]}
        assert await refused(world, petra, f"{case}/merge", body) == (422, "NothingConfirmed")
        itself = {"into": case.rpartition("/")[2]}
        assert (await refused(world, petra, f"{case}/merge", itself))[0] == 422
        assert "case_merged" not in await world.told()

    async def test_a_merged_case_takes_no_other_act_and_the_other_names_it(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller, petra: Caller
    ) -> None:
        _, into, case = await self.merged(world, keeper, lina, rami, petra)
        assert (await world.told())[-2:] == ["case_merged", "case_took_in"]
        assert await refused(world, rami, f"{case}/give-consent", CONSENT) == (409, "CaseIsMerged")
        assert (await lina.get(into)).json()["took_in"] == [case.rpartition("/")[2]]
        await done(world, lina, f"{into}/give-consent", CONSENT)
        body = {"into": case.rpartition("/")[2]}
        assert (await refused(world, petra, f"{into}/merge", body))[0] in (409, 422)

    async def test_neither_names_the_other_to_who_need_not_know_of_it(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller, petra: Caller
    ) -> None:
        pair, into, case = await paired(world, keeper, lina, rami)
        await done(world, petra, f"{pair}/confirm", {"reason": "seen_in_person"})
        await done(world, rami, f"{case}/restrict", {"basis": "threat"})
        await done(world, rami, f"{case}/assign", {"person": "per_petra"})
        await done(world, petra, f"{case}/merge", {"into": into.rpartition("/")[2]})
        ours = await lina.get(into)
        assert ours.json()["took_in"] == []
        assert case.rpartition("/")[2] not in ours.text + (await lina.get("/v1/cases")).text
        assert (await petra.get(into)).json()["took_in"] == [case.rpartition("/")[2]]
        assert (await petra.get(case)).json()["merged_into"] == into.rpartition("/")[2]

    async def test_a_second_person_unmerges_and_both_have_their_whole_history(
        self, world: World, keeper: Keeper, lina: Caller, rami: Caller, petra: Caller
    ) -> None:
        juraj = world.intake.sign_in("per_juraj", Role.PROGRAMME_MANAGER)
        pair, into, case = await self.merged(world, keeper, lina, rami, petra)
        assert await refused(world, petra, f"{case}/unmerge") == (422, "MergedByYou")
        error = {"reason": "confirmed_in_error"}
        assert await refused(world, juraj, f"{pair}/dismiss", error) == (422, "StillMerged")
        assert (await done(world, juraj, f"{case}/unmerge"))["merged_into"] is None
        assert (await lina.get(into)).json()["took_in"] == []
        assert await refused(world, juraj, f"{case}/unmerge") == (409, "CaseIsNotMerged")
        await done(world, rami, f"{case}/give-consent", CONSENT)
        streams = [case.rpartition("/")[2], into.rpartition("/")[2]]
        histories = [
            [e.envelope.type.split(".")[1] for e in await world.store.load(stream)]
            for stream in streams
        ]
        assert histories == [
            ["returnee_registered", "case_merged", "case_unmerged", "consent_given"],
            ["returnee_registered", "case_took_in", "case_gave_back"],
        ]
        assert await refused(world, petra, f"{pair}/dismiss", error) == (422, "ConfirmedByYou")
        assert (await done(world, juraj, f"{pair}/dismiss", error))["stage"] == "dismissed"


def _cases(pair: dict[str, Any]) -> list[str]:
    return [side["case"] for side in pair["sides"]]


async def _all(world: World, table: str) -> list[Any]:
    return list(await world.store.pool.fetch(f"select * from {table}"))
