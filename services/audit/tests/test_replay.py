"""Views made again from the log alone, as of any instant, held against those that stand."""

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.logs import write_bundle
from specimens.histories import NOON, Teller

from audit.domain import registry
from audit.domain.finding import Outcome, RaiseFinding, ReviewFinding, finding
from audit.domain.findings import Severity
from audit.domain.happened import happened
from audit.main import service
from audit.replay.command import arguments, instant, views
from audit.replay.digest import TableDigest, digest_of, view_digest
from audit.replay.history import BadHistory, Cut, FolderHistory, Told, running_log
from audit.replay.live import compare, standing
from audit.replay.rebuild import Replayed, rebuilt
from audit.replay.report import Report
from events.delivery.consume import Ear, Projection
from events.envelope import Actor, Context, Entry, open_entry
from events.handler import Act, Handler
from events.io.postgres import PostgresTracking
from events.memory import FixedClock, MemoryStore, SeededIds
from events.values import SYSTEM, Code, FindingId, PersonId
from homeward.postgres import Database

ELIF = PersonId("per_elif")
HOUR = timedelta(hours=1)


class Findings:
    """A short history: findings that are raised and reviewed, each hour something."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOON)
        self.store = MemoryStore()
        self.handler = Handler(registry, self.store, self.clock, SeededIds())

    async def raised(self, name: str, *, told_later: timedelta = timedelta(0)) -> None:
        at = self.clock.now()
        self.clock.at += told_later
        command = RaiseFinding(
            by=SYSTEM,
            at=at,
            finding=FindingId(name),
            rule=Code("invoice_twice"),
            severity=Severity.LOW,
            entries=(1,),
            people=(),
            review_by=NOON,
        )
        await self._do(name, command)

    async def reviewed(self, name: str) -> None:
        await self._do(name, ReviewFinding(by=ELIF, at=self.clock.now(), outcome=Outcome.EXPLAINED))

    async def _do(self, name: str, command: Any) -> None:
        actor = Actor(id=command.by, role=Code("auditor"), organisation=Code("iom"))
        context = Context(actor=actor, correlation=name)
        await self.handler.do(Act(finding, name, command), context=context)
        self.clock.at += HOUR

    async def entries(self) -> list[Entry]:
        return list(await self.store.read(0, 100))


@pytest.fixture
async def told() -> list[Entry]:
    """12:00 one, 13:00 two; 14:00 one is reviewed; three, of 15:00, is told at 18:00."""
    story = Findings()
    await story.raised("fnd_1")
    await story.raised("fnd_2")
    await story.reviewed("fnd_1")
    await story.raised("fnd_3", told_later=3 * HOUR)
    return await story.entries()


@pytest.fixture
def copy(told: list[Entry], tmp_path: Path) -> Path:
    return write_bundle(tmp_path, [entry.raw for entry in told]).folder


@pytest.fixture
def scratch(make_database: Callable[[str], Database]) -> str:
    return make_database("scratch").owner


async def replayed(copy: Path, scratch: str, cut: Cut | None = None) -> tuple[Replayed, list[str]]:
    """What was made, and the findings that stand open in it."""
    opened = FolderHistory.open(copy)
    async with rebuilt([service], opened, cut or Cut(), scratch) as (made, pools):
        rows = await pools["audit"].fetch(
            "select finding_id from finding_view where is_open order by finding_id"
        )
    return made, [row["finding_id"] for row in rows]


# Two clocks


async def test_all_of_the_history_makes_the_view_as_it_stands(copy: Path, scratch: str) -> None:
    made, are_open = await replayed(copy, scratch)
    assert are_open == ["fnd_2", "fnd_3"]
    assert made.entries == 4
    assert made.speed.startswith("4 entries")


@pytest.mark.parametrize(
    ("as_of", "known_at", "are_open"),
    [
        (NOON + 0.5 * HOUR, None, ["fnd_1"]),
        (NOON + 1.5 * HOUR, None, ["fnd_1", "fnd_2"]),
        (NOON + 2.5 * HOUR, None, ["fnd_2"]),
        (NOON + 3.5 * HOUR, None, ["fnd_2", "fnd_3"]),
        (NOON + 3.5 * HOUR, NOON + 4 * HOUR, ["fnd_2"]),
        (None, NOON + 1.5 * HOUR, ["fnd_1", "fnd_2"]),
        (None, NOON + 6 * HOUR, ["fnd_2", "fnd_3"]),
        (NOON - HOUR, None, []),
    ],
)
async def test_as_of_when_it_happened_and_as_of_when_it_was_known(
    copy: Path,
    scratch: str,
    *,
    as_of: datetime | None,
    known_at: datetime | None,
    are_open: list[str],
) -> None:
    assert (await replayed(copy, scratch, Cut(as_of, known_at)))[1] == are_open


def test_a_day_that_is_told_is_when_it_happened_and_never_later_than_the_act() -> None:
    teller = Teller()
    _, paid = teller.tell(
        "per_a", "disbursement.vendor_paid", "pay_1", {"value_date": "2026-11-19"}
    )
    assert happened(paid.envelope) == datetime(2026, 11, 19, 23, 59, 59, 999999, UTC)
    _, today = teller.tell(
        "per_a", "disbursement.vendor_paid", "pay_2", {"value_date": "2026-11-21"}
    )
    assert happened(today.envelope) == today.envelope.time
    _, other = teller.tell("per_a", "disbursement.payment_signed", "pay_2", {})
    assert happened(other.envelope) == other.envelope.time


def cut_of(cut: Cut, entries: list[tuple[str, Entry]]) -> list[int]:
    opened = [Told(i, open_entry(each.raw), each.raw) for i, (_, each) in enumerate(entries)]
    return [each.index for each in opened if cut.takes(each)]


def test_no_stream_is_told_with_a_hole() -> None:
    """What was paid on the 19th was put into its file on the 21st: as of the 20th, neither."""
    teller = Teller()
    story = [
        teller.tell("per_a", "disbursement.payment_instructed", "pay_1", {}),
        teller.tell("per_a", "disbursement.vendor_paid", "pay_1", {"value_date": "2026-11-19"}),
        teller.tell("per_a", "disbursement.vendor_paid", "pay_2", {"value_date": "2026-11-19"}),
    ]
    cut = Cut(datetime(2026, 11, 20, tzinfo=UTC))
    assert cut_of(cut, story) == [2]
    assert (cut.later, cut.behind) == (1, 1)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"happened": NOON}, " (1 happened later, and 2 stand behind one of these in their "),
        ({"size": 9999}, "The log has 7 entries; 4 were replayed; it has no 9,999 entries, so "),
        ({"size": 7}, "The log has 7 entries; 4 were replayed.\n"),
    ],
)
def test_it_says_what_it_left_out_and_why(asked: dict[str, Any], said: str) -> None:
    cut = Cut(**asked)
    cut.later, cut.behind = 1, 2
    made = Replayed(views=(), entries=4, facts=4, seconds=1.0)
    assert said in Report(7, cut, made, None, (), None, ()).as_text()


def test_no_source_is_told_with_a_hole() -> None:
    """A clock that went back makes nothing known earlier than what stands before it."""
    teller = Teller()
    story = [
        teller.tell("per_a", "plans.x", "pla_1", {}, NOON + HOUR),
        teller.tell("per_a", "plans.x", "pla_1", {}, NOON),
        teller.tell("per_a", "vendors.x", "ven_1", {}, NOON),
    ]
    cut = Cut(known=NOON)
    assert cut_of(cut, story) == [2]
    assert cut.unknown == 2


def test_a_day_means_its_end_and_an_instant_needs_a_zone() -> None:
    assert instant("2026-10-31") == datetime(2026, 10, 31, 23, 59, 59, 999999, UTC)
    assert instant("2026-10-31T17:00:00+01:00") == datetime(2026, 10, 31, 16, tzinfo=UTC)
    for wrong in ("2026-10-31T17:00:00", "2026-10-32", "today", ""):
        with pytest.raises(Exception, match=r"zone|no day"):
            instant(wrong)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--as-of", "yesterday"], "yesterday is no day (2026-10-31) and no instant"),
        (["--known-at", "2026-10-31T12:00:00"], "has no zone: write 2026-10-31T12:00:00Z"),
        (["--period", "2026-13"], "2026-13 is no month"),
        (["--size", "none"], "a number of entries"),
        (["--service", "payments"], "invalid choice: 'payments'"),
    ],
)
def test_what_is_mistyped_is_told(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        arguments().parse_args(words)
    assert said in capsys.readouterr().err


def test_a_view_that_nobody_has_is_told_with_those_there_are() -> None:
    assert views(["findings"], [service]) == {"audit.findings"}
    with pytest.raises(ValueError, match=r"no view finding\. There is: audit\.findings"):
        views(["finding"], [service])


# Where the log comes from


def _zip(folder: Path, packed: Path) -> None:
    with zipfile.ZipFile(packed, "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, file.relative_to(folder))


async def test_a_folder_a_zip_and_the_running_log_come_to_the_same(
    copy: Path, scratch: str, told: list[Entry], desk: Desk, tmp_path: Path
) -> None:
    packed = tmp_path / "log.zip"
    _zip(copy, packed)
    await desk.keep([("audit", entry) for entry in told])
    digests = set()
    for each in (copy, packed):
        made, _ = await replayed(each, scratch)
        digests.add(tuple(view.digest for view in made.views))
    async with (
        running_log(desk.database.app) as running,
        rebuilt([service], running, Cut(), scratch) as (made, _),
    ):
        digests.add(tuple(view.digest for view in made.views))
    assert len(digests) == 1


async def test_a_copy_that_is_not_what_its_checkpoint_says_is_refused(
    copy: Path, scratch: str
) -> None:
    bundle = copy / "tile/entries/000.p/4"
    entries = bundle.read_bytes()
    bundle.write_bytes(entries.replace(b"invoice_twice", b"invoice_twixe"))
    with pytest.raises(BadHistory, match="not those that the checkpoint"):
        await replayed(copy, scratch)
    bundle.write_bytes(entries[:-1])
    with pytest.raises(BadHistory, match="cut off"):
        await replayed(copy, scratch)
    bundle.unlink()
    with pytest.raises(BadHistory, match="is missing"):
        await replayed(copy, scratch)


OTHER = "convert_to(replace(convert_from(entry, 'UTF8'), 'invoice_twice', 'invoice_twixe'), 'UTF8')"
LEAF = f"sha256('\\x00'::bytea || {OTHER})"


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (f"update log_entry set entry = {OTHER} where index = 1", "Entry 1 of the log is not the"),
        ("delete from log_entry where index = 1", "Entry 1 of the log is missing"),
        (
            f"update log_entry set entry = {OTHER}, leaf = {LEAF} where index = 1",
            "log's entries 0 to 3 one is not what was signed",
        ),
    ],
)
@pytest.mark.parametrize("size", [None, 2])
async def test_nothing_is_made_of_a_log_whose_table_was_changed(
    told: list[Entry], scratch: str, desk: Desk, *, done: str, said: str, size: int | None
) -> None:
    """Whether all of it is replayed, or what of it no checkpoint covers alone."""
    await desk.keep([("audit", entry) for entry in told])
    await desk.publisher().publish()
    owner = await asyncpg.connect(desk.database.owner)
    await owner.execute("alter table log_entry disable trigger user")
    await owner.execute(done)
    await owner.close()
    async with running_log(desk.database.app, size) as running:
        with pytest.raises(BadHistory, match=said):
            async with rebuilt([service], running, Cut(), scratch):
                raise AssertionError("a view was made of it")


def test_what_is_no_copy_is_told(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("nothing")
    for path, why in (
        (tmp_path, "no file `checkpoint`"),
        (tmp_path / "none", "no folder and no file"),
        (tmp_path / "note.txt", "neither a folder nor a zip"),
    ):
        with pytest.raises(BadHistory, match=why):
            FolderHistory.open(path)


# Digests


async def test_a_table_has_one_digest_whatever_the_order_of_its_rows(scratch: str) -> None:
    connection = await asyncpg.connect(scratch)
    for name, order in (("one", "asc"), ("other", "desc")):
        await connection.execute(
            f"create table {name} (id text, at timestamptz, day date, list text[], price numeric);"
            f" insert into {name} select n::text, '2026-01-01T00:00:00+02', '2026-01-01',"
            f" '{{a,b}}', 1.50 from generate_series(1, 5) n order by n {order}"
        )
    one, other = await digest_of(connection, "one"), await digest_of(connection, "other")
    assert (one.rows, one.digest) == (other.rows, other.digest)
    await connection.execute("update other set price = 1.51 where id = '3'")
    assert (await digest_of(connection, "other")).digest != one.digest
    await connection.close()


def test_the_digest_of_a_view_does_not_depend_on_how_its_tables_are_declared() -> None:
    a, b = TableDigest("a", 1, "00"), TableDigest("b", 2, "11")
    assert view_digest([a, b]) == view_digest([b, a]) != view_digest([a])


# Against what stands


ADDED = """insert into finding_view
    select 'fnd_9', rule, severity, null, null, null, review_by, true, false, state
    from finding_view where finding_id = 'fnd_2'"""


class Standing:
    """The live views of the audit service, as its worker would keep them."""

    def __init__(self, desk: Desk, told: list[Entry]) -> None:
        self.desk, self.told = desk, told

    async def take(self, entries: list[Entry]) -> None:
        tracking = PostgresTracking(self.desk.store.pool)
        for view in service.views:
            await Projection(view, Ear("audit", registry), tracking).take(entries)

    async def compared(self, scratch: str) -> dict[str, list[str]]:
        """The tables that differ, and what is told of it."""
        async with (
            running_log(self.desk.database.app) as running,
            standing({"audit": self.desk.database.app}) as live,
            rebuilt([service], running, Cut(), scratch, limit=live.limit) as (made, pools),
        ):
            found = await compare(made.views, pools, live)
        return {each.made.table: each.told() for each in found if not each.same}


@pytest.fixture
async def live(desk: Desk, told: list[Entry]) -> Standing:
    await desk.keep([("audit", entry) for entry in told])
    stands = Standing(desk, told)
    await stands.take(told)
    return stands


async def test_every_table_is_what_the_live_one_is(live: Standing, scratch: str) -> None:
    assert await live.compared(scratch) == {}


async def test_a_view_is_compared_as_far_as_it_has_come(
    desk: Desk, told: list[Entry], scratch: str
) -> None:
    await desk.keep([("audit", entry) for entry in told])
    behind = Standing(desk, told)
    await behind.take(told[:2])
    assert await behind.compared(scratch) == {}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("update finding_view set is_open = false where finding_id = 'fnd_2'", "fnd_2: is_open"),
        ("delete from finding_view where finding_id = 'fnd_2'", "fnd_2: is not among the live"),
        (ADDED, "fnd_9: the log makes no such row"),
    ],
)
async def test_whatever_was_done_to_a_view_is_told_by_row_and_column(
    live: Standing, scratch: str, statement: str, said: str
) -> None:
    await live.desk.store.pool.execute(statement)
    assert await live.compared(scratch) == {"finding_view": [said]}


async def test_nothing_is_written_to_what_stands(live: Standing) -> None:
    async with standing({"audit": live.desk.database.app}) as reading:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await reading.connections["audit"].execute("delete from finding_view")


async def test_a_view_that_cannot_take_an_entry_stands_still_and_says_where(
    told: list[Entry], tmp_path: Path, scratch: str
) -> None:
    review_of_nothing = told[2].raw.replace(b"fnd_1", b"fnd_7")
    copy = write_bundle(tmp_path, [told[0].raw, told[1].raw, review_of_nothing]).folder
    made, _ = await replayed(copy, scratch)
    [findings] = [each for each in made.views if each.view.name == "findings"]
    assert findings.stands_at == 2
    assert findings.because.startswith("AssertionError at finding.py")
    assert all(each.stands_at is None for each in made.views if each is not findings)


async def test_no_table_of_a_replay_stays(copy: Path, scratch: str) -> None:
    await replayed(copy, scratch)
    connection = await asyncpg.connect(scratch)
    left = "select count(*) from pg_tables where schemaname like 'replay%'"
    assert await connection.fetchval(left) == 0
    await connection.close()
