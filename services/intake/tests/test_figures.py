"""Figures of people come out of the events exactly, and tell nothing about a few of them.

Lao Cai, 2021 to 2025: 66 victims of trafficking received, 25 of them from the province, 16 of them
children (24.24%), more than 90% of ethnic minorities, Hmong and Thai above all (Báo Lào Cai).
"""

from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from services.intake.tests.conftest import World
from services.intake.tests.people import NGO, TERMS
from services.intake.tests.test_api import CONSENT

from events.decider import Event
from events.delivery.consume import Ear
from events.envelope import Actor, Context
from events.io.http.trial import Caller
from events.memory import NOON
from events.personal import Kind
from events.ports import Append
from events.roles import Role
from events.values import CaseId, Code, PairId, PersonId, ProgrammeId
from intake.domain import registry
from intake.domain.case import merging
from intake.domain.case.kinds import Source
from intake.domain.case.registering import ReturneeRegistered
from intake.domain.figures import Counted, ProtectedCounted, evolve_counted
from intake.domain.people import AgeBracket, Sex
from intake.domain.programme import ReturnType
from intake.views.figures import view as figures_view
from intake.views.rows import read

LAO_CAI = ProgrammeId("prg_lao_cai")
RECEIVED = 66
FROM_THE_PROVINCE = 25
CHILDREN = 16
NAMES = ("Lý", "Vàng", "Giàng", "Sùng", "Lò", "Hoàng", "Nông", "Thào", "Má", "Cư", "Hạng", "Tẩn")
GIVEN = ("Thị Mai", "Thị Dua", "Thị Chá", "Thị Say", "Văn Páo", "Thị Sua")


def victim(number: int) -> dict[str, Any]:
    return {
        "programme": LAO_CAI,
        "country_of_return": "VN",
        "return_type": "voluntary",
        "office": "laocai",
        "language": "vi",
        "sex": "male" if number % 11 == 0 else "female",
        "age_bracket": "12_17" if number < CHILDREN else "18_24",
        "name": f"{NAMES[number // 6]} {GIVEN[number % 6]}",
    }


def profile(number: int) -> dict[str, Any]:
    """61 Hmong or Thai, 5 Kinh; 25 from Lao Cai, 41 from elsewhere."""
    return {
        "province": "lao_cai" if number < FROM_THE_PROVINCE else ("ha_giang", "son_la")[number % 2],
        "ethnicity": "kinh" if number >= RECEIVED - 5 else ("hmong", "thai")[number % 2],
    }


@pytest.fixture
def petra(world: World) -> Caller:
    return world.intake.sign_in("per_petra", Role.PROGRAMME_MANAGER)


async def act(who: Caller, case: httpx.Response, what: str, body: object) -> httpx.Response:
    """One more act on a case, on the version that the last one answered with."""
    path = f"/v1/cases/{case.json()['case']}/{what}"
    answer = await who.post(path, body, if_match=case.headers["etag"])
    assert answer.status_code == 200, answer.text
    return answer


async def receive(linh: Caller, number: int, **particulars: str) -> None:
    """Registered, consented to by themselves or by a child's guardian, and the profile recorded."""
    case = await linh.post("/v1/cases", victim(number))
    assert case.status_code == 201, case.text
    person = case.json()["household"][0]["person"]
    consent: dict[str, Any] = dict(CONSENT)
    if number < CHILDREN:
        mother = {"relation": "parent", "sex": "female", "age_bracket": "25_59", "name": "Mẹ"}
        case = await act(linh, case, "add-member", mother)
        guardian = case.json()["household"][1]["person"]
        consent |= {"method": "guardian", "guardian": guardian}
        appointed = {"child": person, "guardian": guardian, "basis": "parent"}
        case = await act(linh, case, "appoint-guardian", appointed)
    case = await act(linh, case, "give-consent", consent)
    await act(linh, case, "record-profile", profile(number) | particulars | {"person": person})


@pytest.fixture
async def linh(world: World) -> Caller:
    await world.is_published(replace(TERMS, programme=LAO_CAI))
    return world.intake.sign_in("per_linh", Role.COUNSELLOR, office="laocai")


@pytest.fixture
async def lao_cai(world: World, linh: Caller) -> None:
    """Each of the 66, as it is done every day."""
    for number in range(RECEIVED):
        await receive(linh, number)
    await world.catch_up()


async def asked(who: Caller, by: str, more: str = "") -> dict[str, Any]:
    answer = await who.get(f"/v1/indicators?programme={LAO_CAI}&by={by}{more}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def lines(answer: dict[str, Any]) -> dict[str, tuple[int | None, str | None]]:
    return {line["value"]: (line["received"], line["percent"]) for line in answer["lines"]}


@pytest.mark.usefixtures("lao_cai")
async def test_the_figures_of_lao_cai_come_out_of_the_events_exactly(
    world: World, petra: Caller
) -> None:
    children = await asked(petra, "child")
    assert children["received"] == 66
    assert lines(children) == {"no": (50, "75.76"), "yes": (16, "24.24")}

    provinces = lines(await asked(petra, "province"))
    assert provinces["lao_cai"] == (25, "37.88")

    minorities = lines(await asked(petra, "ethnic_minority", "&majority=kinh"))
    assert minorities == {"no": (5, "7.58"), "yes": (61, "92.42")}
    entries = await world.store.read(0, 2000)
    counted = world.intake.registry.read(entries[-1].envelope)
    assert isinstance(counted, ProtectedCounted)
    assert (counted.by, counted.kinds) == ("per_petra", (Kind.PROTECTION,))
    assert not any(b"hmong" in entry.raw for entry in entries)


@pytest.mark.usefixtures("lao_cai")
async def test_two_people_from_one_province_are_not_told_and_what_was_erased_is_not_counted(
    world: World, petra: Caller, linh: Caller
) -> None:
    for number in (RECEIVED, RECEIVED + 1):
        await receive(linh, number, province="yen_bai")
    await world.catch_up()
    answer = await asked(petra, "province")
    assert answer["received"] == 68
    assert lines(answer) == {
        "ha_giang": (None, None),
        "lao_cai": (25, "36.76"),
        "son_la": (21, "30.88"),
        "yen_bai": (None, None),
    }, "one count alone that is not told would be what is left of 68"

    rows = await world.store.pool.fetch("select state from counted_person order by case_id limit 6")
    for row in rows:
        await world.store.erase(read(row["state"], Counted).person)
    minorities = lines(await asked(petra, "ethnic_minority", "&majority=kinh"))
    assert minorities["not_recorded"] == (6, "8.82")


@pytest.mark.usefixtures("linh")
async def test_who_may_count_and_what_must_be_named(world: World, petra: Caller) -> None:
    path = f"/v1/indicators?programme={LAO_CAI}&by=ethnic_minority"
    unnamed = await petra.get(path)
    assert (unnamed.status_code, unnamed.json()["code"]) == (422, "query_invalid")
    partner = world.intake.sign_in("per_x", Role.PROGRAMME_MANAGER, organisation=NGO)
    assert (await partner.get(f"{path}&majority=kinh")).status_code == 404
    nobody = await petra.get("/v1/indicators?programme=prg_none&by=sex")
    assert nobody.status_code == 404
    elif_ = world.intake.sign_in("per_elif", Role.AUDITOR, organisation="external")
    assert (await elif_.get(f"{path}&majority=kinh")).json()["received"] == 0
    unknown = await petra.get(f"/v1/indicators?programme={LAO_CAI}&by=shoe_size")
    assert unknown.status_code == 400


async def test_the_view_is_what_a_replay_makes_of_the_events_however_they_come(
    world: World, linh: Caller
) -> None:
    """Registered, their profiles written anew, one case merged into another and given back."""
    for number in (*range(0, RECEIVED, 13), 1):
        await receive(linh, number)
        await world.catch_up()
    rows = await world.store.pool.fetch("select case_id from counted_person order by case_id")
    one, other, third, *_ = [CaseId(row["case_id"]) for row in rows]
    by: dict[str, Any] = {"by": PersonId("per_petra"), "at": NOON}
    for case, into in ((one, other), (third, other)):
        merged = merging.CaseMerged(**by, case=case, into=into, pair=PairId("dup_1"))
        await happens(world, case, merged)
    await happens(world, third, merging.CaseUnmerged(**by, case=third, into=other))
    stands = await linh.get(f"/v1/cases/{other}")
    person = stands.json()["household"][0]["person"]
    await act(linh, stands, "record-profile", {"person": person, "province": "yen_bai"})
    await world.catch_up()
    stood = await counted(world)
    assert len(stood) == 7
    assert len({state for _, _, state in stood}) == 7

    entries = await world.store.read(0, 1000)
    heard = [found for each in entries if (found := Ear("intake", registry).hear(each))]
    for size in (1, 7, len(heard)):
        async with world.store.pool.acquire() as tables, tables.transaction():
            await tables.execute("delete from counted_person")
            for start in range(0, len(heard), size):
                await figures_view.project(heard[start : start + size], tables)
        assert await counted(world) == stood, f"{size} at a time"


async def counted(world: World) -> list[tuple[Any, ...]]:
    rows = await world.store.pool.fetch("table counted_person")
    return sorted(tuple(row) for row in rows)


async def happens(world: World, case: CaseId, fact: Event) -> None:
    """A fact of the case, as its stream would have it."""
    draft = registry.draft(
        fact,
        stream=case,
        version=len(await world.store.load(case)) + 1,
        event_id=world.ids.event_id(),
        recorded=NOON,
        context=Context(
            actor=Actor(id=fact.by, role=Code("programme_manager"), organisation=Code("iom")),
            correlation="test",
        ),
        salt=world.ids.salt,
    )
    await world.store.append(Append((draft,)))
    await world.catch_up()


def test_a_merged_case_is_counted_where_it_went() -> None:
    registered = ReturneeRegistered(
        by=PersonId("per_linh"),
        at=NOON,
        case=CaseId("cas_1"),
        returnee=PersonId("per_1"),
        programme=LAO_CAI,
        run_by=Code("iom"),
        organisation=Code("iom"),
        country_of_return=Code("VN"),
        return_type=ReturnType.VOLUNTARY,
        office=Code("laocai"),
        source=Source.BORDER,
        counsellor=PersonId("per_linh"),
        language=Code("vi"),
        sex=Sex.FEMALE,
        age_bracket=AgeBracket.UNDER_18,
        is_child=True,
        name="x",
    )
    merged = merging.CaseMerged(
        by=registered.by,
        at=NOON,
        case=registered.case,
        into=CaseId("cas_2"),
        pair=PairId("dup_1"),
    )
    unmerged = merging.CaseUnmerged(
        by=registered.by, at=NOON, case=registered.case, into=CaseId("cas_2")
    )
    person: Counted | None = None
    seen = []
    for event in (registered, merged, unmerged):
        person = evolve_counted(person, event, "e")
        assert person is not None
        seen.append(person.merged)
    assert seen == [False, True, False]
