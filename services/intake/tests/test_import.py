"""Imports: every row has its result, nothing is taken twice, and one that was stopped goes on."""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from services.intake.tests.conftest import BLIND_INDEX_KEY, EPOCH_KEY, World
from services.intake.tests.files import (
    BESNIK,
    CSV,
    HEADINGS,
    JSON,
    MONA,
    SUBMISSION,
    XLSX,
    ZAHRA,
    csv_of,
    xlsx_of,
)
from services.intake.tests.people import NGO, PAPER, TERMS

from events.handler import Handler
from events.io.http.trial import Caller, forged
from events.io.postgres import PostgresTracking
from events.memory import FixedClock
from events.ports import Append, Unavailable
from events.roles import Role
from events.values import ImportId
from intake.domain import registry
from intake.domain.programme import ReturnType
from intake.duplicates.keeping import Keeper
from intake.gateways import Gateways
from intake.importing.work import Importer

WHERE = f"programme={TERMS.programme}&office=baghdad"


@pytest.fixture
def lina(world: World) -> Caller:
    return world.intake.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


@pytest.fixture
def importer(world: World) -> Importer:
    return importer_of(world)


def importer_of(world: World, store: Any = None, key: bytes = EPOCH_KEY) -> Importer:
    handler = Handler(registry, store or world.store, FixedClock(), world.intake.ids)
    return Importer.of(handler, world.store.pool, Gateways(key, BLIND_INDEX_KEY))


async def send(
    who: Caller,
    content: str | bytes,
    media: str = CSV,
    *,
    path: str = "/v1/imports",
    where: str = WHERE,
    key: str | None = None,
) -> httpx.Response:
    headers = {"authorization": f"Bearer {who.token}", "content-type": media}
    if path == "/v1/imports":
        headers["idempotency-key"] = key or who.ids.event_id()
    return await who.client.post(f"{path}?{where}", content=content, headers=headers)


async def results(world: World, who: Caller, path: str) -> list[tuple[int, str, Any]]:
    """What became of each row: its number, the result, the faults."""
    await world.catch_up()
    said = await who.get(f"{path}/rows?limit=200")
    assert said.status_code == 200, said.text
    return [
        (row["row"], row["result"], {fault["field"]: fault["reason"] for fault in row["faults"]})
        for row in said.json()["items"]
    ]


async def works(
    world: World, who: Caller, importer: Importer, content: str | bytes, *more: str, **how: Any
) -> tuple[str, list[tuple[int, str, Any]]]:
    """Sent and worked off: its path, and what became of the rows."""
    said = await send(who, content, *more, **how)
    assert said.status_code == 202, said.text
    await importer.work_all()
    path = said.headers["location"]
    return path, await results(world, who, path)


async def test_people_are_registered_by_whoever_sent_the_file(
    world: World, lina: Caller, importer: Importer
) -> None:
    path, rows = await works(world, lina, importer, csv_of(HEADINGS, ZAHRA, BESNIK, MONA))
    assert rows == [(2, "taken", {}), (3, "taken", {}), (4, "taken", {})]
    stands = (await lina.get(path)).json()
    assert (stands["rows"], stands["taken"], stands["completed"]) == (3, 3, True)
    entries = await world.store.read(0, 100)
    told = [entry.envelope for entry in entries]
    assert [each.type.split(".")[1] for each in told] == [
        "import_received",
        "import_rows_worked",
        "import_completed",
        *["returnee_registered"] * 3,
    ]
    assert {each.actorid for each in told} == {"per_lina"}
    (first, *_) = (await lina.get("/v1/cases")).json()["items"]
    assert (first["office"], first["country_of_return"]) == ("baghdad", "IQ")


@pytest.mark.parametrize("key", ["x", "1/2", "-1", "1.5", "9" * 40, ""])
async def test_no_cursor_of_another_form_reads_the_rows(
    world: World, lina: Caller, importer: Importer, key: str
) -> None:
    path, _ = await works(world, lina, importer, csv_of(HEADINGS, ZAHRA, BESNIK))
    url = f"{path}/rows?limit=1"
    cursor = (await lina.get(url)).json()["next"]
    said = await lina.get(f"{url}&cursor={forged(cursor, key)}")
    assert (said.status_code, said.json()["code"]) == (400, "query_invalid")


async def test_a_row_names_no_case_that_the_reader_need_not_know_of(
    world: World, lina: Caller, importer: Importer
) -> None:
    path, _ = await works(world, lina, importer, csv_of(HEADINGS, ZAHRA))
    petra = world.intake.sign_in("per_petra", Role.PROGRAMME_MANAGER)
    (row,) = (await petra.get(f"{path}/rows")).json()["items"]
    case = row["case"]
    restricted = await world.says(lina, f"/v1/cases/{case}/restrict", {"basis": "threat"})
    assert restricted.status_code == 200, restricted.text
    for who, named in ((lina, case), (petra, None)):
        (row,) = (await who.get(f"{path}/rows")).json()["items"]
        assert (row["result"], row["case"]) == ("taken", named)


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (csv_of(HEADINGS, ZAHRA, mark=";").encode("utf-8-sig"), CSV),
        (xlsx_of(HEADINGS, ZAHRA), XLSX),
        (json.dumps([SUBMISSION]), JSON),
    ],
    ids=["csv", "xlsx", "kobo"],
)
async def test_a_person_is_the_same_in_every_format(
    world: World, lina: Caller, importer: Importer, content: str | bytes, media: str
) -> None:
    _, rows = await works(world, lina, importer, content, media)
    assert [result for _, result, _ in rows] == ["taken"]
    (case,) = (await lina.get("/v1/cases")).json()["items"]
    shown = await lina.get(
        f"/v1/cases/{case['case']}/people/{case['returnee']}?purpose=own_request"
    )
    assert shown.json()["values"]["name"] == "زهراء حسين"


async def test_what_is_wrong_with_a_row_is_its_own_result(
    world: World, lina: Caller, importer: Importer
) -> None:
    sly = ("4", "=HYPERLINK(1)", *MONA[2:])
    nobody = ("5", "", "1988-02-30", "", "yes", "call me", "Iraq", "voluntary", "ar")
    child = ("6", "Ali", "2020", "37", *MONA[4:])
    ageless = ("7", "Sara", "", "", *MONA[4:])
    content = csv_of(HEADINGS, ZAHRA, sly, nobody, child, ageless, MONA)
    _, rows = await works(world, lina, importer, content)
    assert rows == [
        (2, "taken", {}),
        (3, "refused", {"name": "formula"}),
        (4, "refused", {"date_of_birth": "not_a_date", "name": "missing", "sex": "not_a_choice"}),
        (5, "refused", {None: "AgeContradictsDateOfBirth"}),
        (6, "refused", {"age": "missing"}),
        (7, "taken", {}),
    ]
    _, rows = await works(
        world, lina, importer, csv_of(HEADINGS, (*MONA[:5], "call me", "Iraq", *MONA[7:]))
    )
    assert rows == [
        (
            2,
            "refused",
            {"country_of_return": "string_pattern_mismatch", "phone": "string_pattern_mismatch"},
        )
    ]


@pytest.mark.parametrize(
    ("said", "meant"),
    [(str(each), each) for each in ReturnType] + [("Nhân đạo", ReturnType.HUMANITARIAN)],
)
async def test_every_type_of_return_has_its_words(
    world: World, lina: Caller, importer: Importer, said: str, meant: ReturnType
) -> None:
    _, rows = await works(world, lina, importer, csv_of(HEADINGS, (*MONA[:7], said, "ar")))
    assert rows == [(2, "taken", {})]
    (case,) = (await lina.get("/v1/cases")).json()["items"]
    assert case["return_type"] == meant


async def test_a_dry_run_says_the_same_and_registers_nobody(
    world: World, lina: Caller, importer: Importer
) -> None:
    content = csv_of(HEADINGS, ZAHRA, ("2", "", *MONA[2:]), MONA)
    _, dry = await works(world, lina, importer, content, where=f"{WHERE}&dry_run=true")
    assert "returnee_registered" not in await world.told()
    _, real = await works(world, lina, importer, content)
    assert dry == real == [(2, "taken", {}), (3, "refused", {"name": "missing"}), (4, "taken", {})]


class TestNothingTwice:
    @pytest.mark.parametrize("numbers", [("1", "2", "3"), ("", "", "")])
    async def test_the_same_file_again(
        self, world: World, lina: Caller, importer: Importer, numbers: Sequence[str]
    ) -> None:
        people = zip(numbers, (ZAHRA, BESNIK, MONA), strict=True)
        content = csv_of(HEADINGS, *((number, *row[1:]) for number, row in people))
        path, first = await works(world, lina, importer, content)
        taken = (await lina.get(f"{path}/rows")).json()["items"]
        path, again = await works(world, lina, importer, content)
        assert [result for _, result, _ in first] == ["taken"] * 3
        assert [result for _, result, _ in again] == ["already"] * 3
        shown = (await lina.get(f"{path}/rows?result=already")).json()["items"]
        assert [row["case"] for row in shown] == [row["case"] for row in taken]
        assert (await world.told()).count("returnee_registered") == 3

    async def test_a_longer_list_takes_only_what_is_new(
        self, world: World, lina: Caller, importer: Importer
    ) -> None:
        await works(world, lina, importer, csv_of(HEADINGS, ZAHRA, BESNIK))
        _, rows = await works(world, lina, importer, xlsx_of(HEADINGS, MONA, BESNIK, ZAHRA), XLSX)
        assert [result for _, result, _ in rows] == ["taken", "already", "already"]

    async def test_a_reference_twice_in_one_file(
        self, world: World, lina: Caller, importer: Importer
    ) -> None:
        content = csv_of(HEADINGS, ZAHRA, ("1", *MONA[1:]))
        for how in (f"{WHERE}&dry_run=true", WHERE):
            _, rows = await works(world, lina, importer, content, where=how)
            assert [result for _, result, _ in rows] == ["taken", "already"]

    async def test_a_row_is_an_organisations_own(
        self, world: World, lina: Caller, importer: Importer
    ) -> None:
        arben = world.intake.sign_in("per_arben", Role.COUNSELLOR, organisation=NGO)
        await works(world, lina, importer, csv_of(HEADINGS, ZAHRA))
        path, rows = await works(world, arben, importer, csv_of(HEADINGS, ZAHRA))
        assert rows == [(2, "taken", {})]
        assert (await lina.get(path)).status_code == 404
        assert (await lina.get(f"{path}/rows")).status_code == 404

    async def test_the_same_request_again(self, lina: Caller, importer: Importer) -> None:
        content = csv_of(HEADINGS, ZAHRA)
        first, again = [await send(lina, content, key="one") for _ in range(2)]
        assert first.json() == again.json()
        assert len(await importer.spool.waiting()) == 1
        await importer.work_all()
        assert await importer.spool.waiting() == []


async def test_who_may_be_known_is_registered_and_waits_for_a_person(
    world: World, lina: Caller, importer: Importer
) -> None:
    await works(world, lina, importer, csv_of(HEADINGS, ZAHRA))
    store, given = world.store, importer.given
    tracking = PostgresTracking(store.pool)
    await Keeper(importer.handler, tracking, store.pool, given.blind, given.made_with).take()
    again = csv_of(HEADINGS, ("77", "Zahra Hussein", *ZAHRA[2:]), MONA)
    _, dry = await works(world, lina, importer, again, where=f"{WHERE}&dry_run=true")
    _, rows = await works(world, lina, importer, again)
    assert rows == dry == [(2, "suspected", {}), (3, "taken", {})]
    (pair,) = (await lina.get("/v1/duplicates?stage=suspected")).json()["items"]
    assert len(pair["sides"]) == 2
    assert (await world.told()).count("returnee_registered") == 3


async def test_no_row_tells_that_somebody_is_in_a_restricted_case(
    world: World, lina: Caller, importer: Importer
) -> None:
    path, _ = await works(world, lina, importer, csv_of(HEADINGS, ZAHRA))
    (row,) = (await lina.get(f"{path}/rows")).json()["items"]
    case = f"/v1/cases/{row['case']}"
    agreed = {"scopes": ["assistance"], "method": "signature", "language": "ar", "document": PAPER}
    restricted = {"basis": "trafficking", "words": "she knows the man"}
    for act, body in (("give-consent", agreed), ("restrict", restricted)):
        assert (await world.says(lina, f"{case}/{act}", body)).status_code == 200
    store, given = world.store, importer.given
    tracking = PostgresTracking(store.pool)
    keeper = Keeper(importer.handler, tracking, store.pool, given.blind, given.made_with)
    await keeper.take()
    again = csv_of(HEADINGS, ("77", "Zahra Hussein", *ZAHRA[2:]))
    for where in (f"{WHERE}&dry_run=true", WHERE):
        _, rows = await works(world, lina, importer, again, where=where)
        assert rows == [(2, "taken", {})]
    await keeper.take()
    assert (await world.told())[-1] == "duplicate_suspected", "the pair waits all the same"


class DyingStore:
    """A store whose process dies at its third append: it is stored, and nobody hears of it."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._appends = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def append(self, append: Append) -> tuple[int, ...]:
        positions: tuple[int, ...] = await self._store.append(append)
        self._appends += 1
        if self._appends == 3:
            raise Unavailable("killed")
        return positions


def many(count: int) -> Sequence[Sequence[str]]:
    return [(str(n), f"Person {n}", *MONA[2:]) for n in range(count)]


class TestStopped:
    async def test_it_goes_on_where_the_history_stands(self, world: World, lina: Caller) -> None:
        said = await send(lina, csv_of(HEADINGS, *many(450)))
        with pytest.raises(Unavailable):
            await importer_of(world, DyingStore(world.store)).work_all()
        path = said.headers["location"]
        stands = (await lina.get(path)).json()
        assert (stands["worked"], stands["completed"]) == (300, False)
        await importer_of(world).work_all()
        stands = (await lina.get(path)).json()
        assert (stands["taken"], stands["already"], stands["completed"]) == (450, 0, True)
        told = [each.envelope.type for each in await world.store.read(0, 2_000)]
        assert told.count("intake.returnee_registered.v1") == 450

    async def test_killed_in_the_middle_nobody_is_missing_and_nobody_twice(
        self, world: World, lina: Caller
    ) -> None:
        said = await send(lina, csv_of(HEADINGS, *many(900)))
        path, module = said.headers["location"], "services.intake.tests.importing_process"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, world.database_url
        )
        worked = 0
        while not worked and process.returncode is None:
            worked = (await lina.get(path)).json()["worked"]
            await asyncio.sleep(0.01)
        process.kill()
        await process.wait()
        assert 0 < (await lina.get(path)).json()["worked"] < 900
        await importer_of(world).work_all()
        stands = (await lina.get(path)).json()
        assert (stands["taken"] + stands["suspected"], stands["completed"]) == (900, True)
        told = [each.envelope.type for each in await world.store.read(0, 5_000)]
        assert told.count("intake.returnee_registered.v1") == 900

    async def test_two_at_once_do_it_once(self, world: World, lina: Caller) -> None:
        said = await send(lina, csv_of(HEADINGS, *many(250)))
        await asyncio.gather(importer_of(world).work_all(), importer_of(world).work_all())
        stands = (await lina.get(said.headers["location"])).json()
        assert (stands["taken"], stands["already"], stands["completed"]) == (250, 0, True)

    async def test_rows_whose_key_is_gone_are_to_be_sent_again(
        self, world: World, lina: Caller, importer: Importer
    ) -> None:
        said = await send(lina, csv_of(HEADINGS, ZAHRA))
        await importer_of(world, key=b"another key of thirty-two bytes.").work_all()
        stands = (await lina.get(said.headers["location"])).json()
        assert (stands["abandoned"], stands["worked"]) == ("key_gone", 0)
        assert await importer.spool.waiting() == []

    async def test_rows_of_a_request_that_broke_off_are_dropped(
        self, world: World, importer: Importer
    ) -> None:
        now = world.intake.clock.now()
        await importer.spool.put(ImportId("imp_none"), [], now)
        await importer.work_all()
        assert await importer.spool.waiting() == ["imp_none"]
        await world.store.pool.execute(
            "update import_spool set received_at = received_at - interval '2 hours'"
        )
        await importer.work_all()
        assert await importer.spool.waiting() == []


async def test_what_people_are_called_is_in_the_vault_and_nowhere_else(
    world: World, lina: Caller, importer: Importer
) -> None:
    await send(lina, csv_of(HEADINGS, ZAHRA))
    tables = ("es_event", "es_claim", "es_disclosure", "import_spool", "import_row", "import_batch")
    for worked in (False, True):
        if worked:
            await importer.work_all()
            await world.catch_up()
        for table in tables:
            for row in await world.store.pool.fetch(f"select * from {table}"):
                held = b"".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
                assert "زهراء".encode() not in held, table
                assert b"770 000" not in held, table
    assert await importer.spool.waiting() == []


class TestKobo:
    async def test_a_submission_is_taken_once_however_often_it_is_posted(
        self, world: World, lina: Caller, importer: Importer
    ) -> None:
        posted = json.dumps(SUBMISSION)
        first, again = [
            await send(lina, posted, JSON, path="/v1/kobo-submissions") for _ in range(2)
        ]
        assert (first.status_code, again.status_code) == (202, 202)
        assert first.headers["location"] == again.headers["location"]
        _, rows = await works(world, lina, importer, f"[{posted}]", JSON)
        assert rows == [(1, "already", {})]
        assert (await world.told()).count("returnee_registered") == 1

    async def test_without_its_uuid_it_is_none(self, world: World, lina: Caller) -> None:
        without = {k: v for k, v in SUBMISSION.items() if k not in ("_uuid", "meta/instanceID")}
        said = await send(lina, json.dumps(without), JSON, path="/v1/kobo-submissions")
        assert (said.status_code, said.json()["errors"][0]["pointer"]) == (422, "/_uuid")
        assert await world.told() == []

    @pytest.mark.parametrize("path", ["/v1/kobo-submissions", "/v1/imports"])
    @pytest.mark.parametrize(
        "odd",
        [
            '"_uuid": "a\\u0000b"',
            '"_uuid": "\\ud83d"',
            f'"_uuid": "{"x" * 9_000}"',
            '"_uuid": "a", "returnee/name": "\\ud83d"',
            '"_uuid": "a", "\\ud83d": 1',
        ],
        ids=["nul", "surrogate", "long", "surrogate in an answer", "surrogate in a question"],
    )
    async def test_text_that_no_database_holds_is_refused(
        self, world: World, lina: Caller, path: str, odd: str
    ) -> None:
        said = await send(lina, f"[{{{odd}}}]", JSON, path=path)
        assert said.status_code == 422
        assert await world.told() == []

    async def test_the_longest_uuid_that_is_taken(self, lina: Caller) -> None:
        longest = json.dumps(SUBMISSION | {"_uuid": "é" * 100})
        said = await send(lina, longest, JSON, path="/v1/kobo-submissions")
        assert said.status_code == 202


class TestTheDoor:
    @pytest.mark.parametrize(
        ("content", "media", "status", "code"),
        [
            (b"\xff", CSV, 422, "not_utf8"),
            (b"", CSV, 422, "heading_needed"),
            (b"x", XLSX, 422, "not_xlsx"),
            (b"{", JSON, 422, "not_json"),
            (b"x", "application/pdf", 415, None),
            (b"x" * (10 * 1024 * 1024 + 1), CSV, 413, None),
        ],
        ids=lambda value: str(value)[:16],
    )
    async def test_a_bad_file_is_refused_whole_and_writes_nothing(  # noqa: PLR0917
        self,
        world: World,
        lina: Caller,
        importer: Importer,
        content: bytes,
        media: str,
        status: int,
        code: str | None,
    ) -> None:
        said = await send(lina, content, media)
        assert said.status_code == status, said.text
        assert said.headers["content-type"] == "application/problem+json"
        if code:
            assert code in [error["code"] for error in said.json()["errors"]]
        assert await world.told() == []
        assert await importer.spool.waiting() == []

    async def test_a_programme_that_nobody_published(self, world: World, lina: Caller) -> None:
        where = "programme=prg_other&office=baghdad"
        said = await send(lina, csv_of(HEADINGS, ZAHRA), where=where)
        assert said.status_code == 404
        assert await world.told() == []

    async def test_the_template_is_taken_as_it_is_once_it_is_filled_in(
        self, world: World, lina: Caller, importer: Importer
    ) -> None:
        template = await lina.get("/v1/import-template")
        columns = (await lina.get("/v1/import-columns")).json()["items"]
        example = csv_of([column["example"] for column in columns])
        path, rows = await works(world, lina, importer, template.content + example.encode())
        assert rows == [(2, "taken", {})]
        (line,) = (await lina.get("/v1/imports")).json()["items"]
        assert path.endswith(line["batch"])
