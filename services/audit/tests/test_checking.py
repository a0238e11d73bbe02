"""Each service's own store against the log: whatever is done to a row is found in the next pass."""

import re
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.stores import OwnStore, own_store
from specimens.histories import NOON, history

from audit.checking import view as checking
from audit.checking.indexes import OwnIndexes
from audit.checking.keep import Checker
from audit.checking.stores import STORES, read_stores
from audit.checking.telling import Teller
from audit.checking.views import OwnViews
from audit.domain import registry
from audit.domain.difference import (
    ClearDifference,
    DifferenceCleared,
    DifferenceFound,
    DifferenceRepaired,
    FindDifference,
    Kind,
    NoSuchDifference,
    RepairDifference,
    difference,
)
from audit.domain.finding import FindingRaised
from audit.findings import view as findings_view
from events.delivery.consume import Ear, Projection
from events.envelope import Entry
from events.handler import Handler
from events.io.http.trial import Trial
from events.io.postgres import PostgresTracking
from events.io.settings import BadSettings
from events.memory import FixedClock, SeededIds
from events.roles import Role
from events.scenario import scenario
from events.values import SYSTEM, Code, DifferenceId
from homeward.postgres import Database

ALL = history(2)
TOLD = [entry for source, entry in ALL if source == "disbursement"]
ONE = DifferenceId("dif_1")
VIEWS = (checking.view, findings_view.view)


# The rules


find = FindDifference(
    by=SYSTEM, at=NOON, difference=ONE, service=Code("plans"), kind=Kind.EDITED, position=3, last=3
)
found = DifferenceFound(
    by=SYSTEM,
    at=NOON,
    difference=ONE,
    service=Code("plans"),
    kind=Kind.EDITED,
    position=3,
    last=3,
    entry=None,
)
cleared = DifferenceCleared(by=SYSTEM, at=NOON, difference=ONE, service=Code("plans"))
clear = ClearDifference(by=SYSTEM, at=NOON)


def test_it_is_told_once_while_it_stands_and_again_when_it_comes_back() -> None:
    scenario(difference).given().when(find).then(found)
    scenario(difference).given(found).when(find).then()
    scenario(difference).given(found).when(clear).then(cleared)
    scenario(difference).given(found, cleared).when(clear).then()
    scenario(difference).given(found, cleared).when(find).then(found)
    scenario(difference).given().when(clear).then_rejected(NoSuchDifference())


def test_what_differed_and_was_written_anew_is_told_so() -> None:
    repair = RepairDifference(by=SYSTEM, at=NOON)
    repaired = DifferenceRepaired(by=SYSTEM, at=NOON, difference=ONE, service=Code("plans"))
    scenario(difference).given(found).when(repair).then(repaired)
    scenario(difference).given(found, repaired).when(repair).then()
    scenario(difference).given(found, repaired).when(find).then(found)
    scenario(difference).given().when(repair).then_rejected(NoSuchDifference())


# The passes


class Watch:
    """The check over one service's store, and what came of it."""

    def __init__(self, desk: Desk, store: OwnStore) -> None:
        self.clock = FixedClock()
        handler = Handler(registry, desk.store, self.clock, SeededIds())
        self.desk, self.store = desk, store
        self.checker = Checker(
            Teller(handler, desk.store.pool), {"disbursement": store.database.auditor}, share=1
        )
        self.own = OwnViews(desk.database.app, desk.store, VIEWS)
        self.indexes = OwnIndexes(desk.database.app)
        self._read = 0

    async def passes(self) -> list[object]:
        """One pass; what became known by it."""
        await self.checker.check_all()
        await self.checker.check_log(self.desk.files)
        await self.checker.check_indexes(self.indexes)
        await self.checker.check_views(self.own)
        entries = await self.desk.store.read(self._read, 1000)
        tracking = PostgresTracking(self.desk.store.pool)
        for view in VIEWS:
            if entries:
                await Projection(view, Ear("audit", registry), tracking).take(entries)
        self._read += len(entries)
        return [registry.read(entry.envelope) for entry in entries]

    async def differences(self) -> list[tuple[Kind, int | None, int | None]]:
        """What becomes known by one pass, of differences."""
        return [
            (each.kind, each.position, each.last)
            for each in await self.passes()
            if isinstance(each, DifferenceFound)
        ]


@pytest.fixture
async def store(make_migrated: Callable[..., Database]) -> OwnStore:
    return await own_store(make_migrated(), TOLD)


@pytest.fixture
async def watch(desk: Desk, store: OwnStore) -> AsyncIterator[Watch]:
    await desk.keep(ALL)
    watch = Watch(desk, store)
    yield watch
    watch.own.close()
    watch.indexes.close()


async def test_a_store_that_nobody_touched_is_what_the_log_has(watch: Watch) -> None:
    assert await watch.passes() == []
    [check] = await checking.checks(watch.desk.store.pool)
    assert (check.rows, check.head, check.logged) == (len(TOLD),) * 3
    assert check.passed_at is not None
    assert not check.differences


async def test_what_is_not_in_the_log_yet_is_no_difference(watch: Watch, store: OwnStore) -> None:
    _, new = next(e for e in history(3)[len(ALL) :] if e[0] == "disbursement")
    await store.append([new])
    assert await watch.passes() == []


EDITED = "convert_to(replace(convert_from(entry, 'UTF8'), '2423500.500', '2423500.501'), 'UTF8')"
LATER = "convert_to(replace(convert_from(entry, 'UTF8'), '2026-11-21T', '2026-10-02T'), 'UTF8')"
BILLED = next(e.position for e in TOLD if e.envelope.type == "disbursement.invoice_received.v1")
OTHER_EVENT = (
    "convert_to(replace(convert_from(entry, 'UTF8'), event_id::text, gen_random_uuid()::text),"
    " 'UTF8')"
)
LAST = TOLD[-1].position


@pytest.mark.parametrize(
    ("statement", "kind", "first", "last"),
    [
        (f"update es_event set entry = {EDITED} where pos = {BILLED}", Kind.EDITED, BILLED, BILLED),
        ("update es_event set entry = '{}' where pos = 7", Kind.EDITED, 7, 7),
        ("update es_event set entry = '\\x00ff' where pos = 7", Kind.EDITED, 7, 7),
        ("delete from es_event where pos = 9", Kind.DELETED, 9, 9),
        ("delete from es_event where pos between 9 and 11", Kind.DELETED, 9, 11),
        (
            "update es_event set pos = case pos when 4 then 5 else 4 end where pos in (4, 5)",
            Kind.REORDERED,
            4,
            5,
        ),
        (f"update es_event set entry = {LATER} where pos = 6", Kind.BACK_DATED, 6, 6),
        (
            "update es_event set recorded_at = recorded_at - interval '1 day' where pos = 6",
            Kind.BACK_DATED,
            6,
            6,
        ),
        ("update es_event set stream = 'pay_other' where pos = 12", Kind.MISFILED, 12, 12),
        ("update es_event set type = 'disbursement.x.v1' where pos = 12", Kind.MISFILED, 12, 12),
        ("update es_event set version = 90 where pos = 12", Kind.MISFILED, 12, 12),
        (
            "update es_event set event_id = gen_random_uuid() where pos = 12",
            Kind.MISFILED,
            12,
            12,
        ),
        (f"delete from es_event where pos > {LAST - 8}", Kind.ROLLED_BACK, LAST - 7, LAST),
        (
            f"update es_event set entry = {OTHER_EVENT} where pos > {LAST - 8}",
            Kind.REPLACED,
            LAST - 7,
            LAST,
        ),
    ],
)
async def test_whatever_is_done_to_a_row_is_found_in_one_pass(
    watch: Watch, store: OwnStore, *, statement: str, kind: Kind, first: int, last: int
) -> None:
    assert await watch.passes() == []
    if "set pos = case" in statement:  # a unique key is in the way of swapping two at once
        swap = "update es_event set pos = pos + {} where pos = {}"
        await store.tamper(swap.format(1000, 4), swap.format(-1, 5), swap.format(-999, 1004))
    else:
        await store.tamper(statement)
    assert await watch.differences() == [(kind, first, last)]
    assert await watch.passes() == []  # told once


async def test_what_stands_before_the_first_position_is_found(
    watch: Watch, store: OwnStore
) -> None:
    copied = (
        "insert into es_event select {0}, 'del_forged', 100 + {0}, type, gen_random_uuid(),"
        " entry, recorded_at from es_event where pos = 4"
    )
    await store.tamper(copied.format(-5), copied.format(-4))
    assert await watch.differences() == [(Kind.MISFILED, -5, -4)]
    assert await watch.passes() == []
    await store.tamper("delete from es_event where pos < 1")
    assert [type(each) for each in await watch.passes()] == [DifferenceCleared]


async def test_reordered_with_its_position_written_anew_is_found_too(
    watch: Watch, store: OwnStore
) -> None:
    a, b = TOLD[3], TOLD[4]
    moved = [
        re.sub(rb'"position":"\d+"', f'"position":"{other.position}"'.encode(), each.raw)
        for each, other in ((a, b), (b, a))
    ]
    swap = "update es_event set pos = pos + {} where pos = {}"
    await store.tamper(
        swap.format(1000, a.position),
        swap.format(-1, b.position),
        swap.format(-999, a.position + 1000),
        *(
            f"update es_event set entry = '\\x{raw.hex()}' where pos = {other.position}"
            for raw, other in zip(moved, (b, a), strict=True)
        ),
    )
    assert await watch.differences() == [(Kind.REORDERED, a.position, b.position)]


async def test_an_old_backup_that_is_restored_and_worked_on_is_found(
    watch: Watch, store: OwnStore
) -> None:
    await watch.passes()
    await store.tamper(f"delete from es_event where pos > {LAST - 3}")
    assert await watch.differences() == [(Kind.ROLLED_BACK, LAST - 2, LAST)]
    anew = [
        Entry(e.position, e.raw.replace(e.envelope.id.encode(), SeededIds(7).event_id().encode()))
        for e in TOLD[-3:-1]
    ]
    await store.append(anew)
    assert await watch.differences() == [
        (Kind.REPLACED, LAST - 2, LAST - 1),
        (Kind.ROLLED_BACK, LAST, LAST),
    ]


async def test_what_is_put_right_again_is_told_and_what_was_found_stays_on_record(
    watch: Watch, store: OwnStore
) -> None:
    right = TOLD[6].raw.hex()
    await store.tamper("update es_event set entry = '{}' where pos = 7")
    await watch.passes()
    await store.tamper(f"update es_event set entry = '\\x{right}' where pos = 7")
    [told] = await watch.passes()
    assert isinstance(told, DifferenceCleared)
    [shown] = await checking.differences(watch.desk.store.pool, after=None, limit=10)
    assert (shown.difference.stands, shown.difference.kind) == (False, Kind.EDITED)


# The log's own table


@pytest.mark.parametrize(
    ("done", "found"),
    [
        ("update log_entry set entry = '{}' where index = 7", (Kind.EDITED, 7, 7)),
        ("delete from log_entry where index = 7", (Kind.DELETED, 7, 7)),
        (
            "update log_entry set entry = '{}', leaf = sha256('\\x007b7d') where index = 7",
            (Kind.EDITED, 7, 7),
        ),
    ],
)
async def test_whoever_owns_the_logs_table_does_not_change_it_unseen(
    watch: Watch, done: str, found: tuple[Kind, int, int]
) -> None:
    await watch.desk.publisher().publish()
    assert await watch.passes() == []
    owner = await asyncpg.connect(watch.desk.database.owner)
    await owner.execute("alter table log_entry disable trigger user")
    await owner.execute(done)
    await owner.close()
    told = await watch.passes()
    differs = [each for each in told if isinstance(each, DifferenceFound) and each.service == "log"]
    assert [(each.kind, each.position, each.last) for each in differs] == [found]
    assert [each.rule for each in told if isinstance(each, FindingRaised)]


async def test_it_is_a_finding_too_that_names_the_entry_and_the_payment(
    watch: Watch, store: OwnStore
) -> None:
    paid = next(e for e in TOLD if e.envelope.type == "disbursement.vendor_paid.v1")
    await store.tamper(f"update es_event set entry = '{{}}' where pos = {paid.position}")
    [raised] = [each for each in await watch.passes() if isinstance(each, FindingRaised)]
    assert (raised.rule, raised.severity) == ("store_differs", "high")
    assert raised.payment == paid.envelope.subject
    [index] = raised.entries
    assert ALL[index][1] == paid


async def test_a_store_that_cannot_be_read_is_told_after_a_while(
    watch: Watch, store: OwnStore
) -> None:
    auditor = urlsplit(store.database.auditor).username
    await store.tamper(f"revoke select on es_event from {auditor}")
    assert await watch.passes() == []
    [check] = await checking.checks(watch.desk.store.pool)
    assert check.failing_with == "InsufficientPrivilegeError"
    watch.clock.advance(180)
    assert await watch.differences() == [(Kind.UNREADABLE, None, None)]
    await store.tamper(f"grant select on es_event to {auditor}")
    assert [type(each) for each in await watch.passes()] == [DifferenceCleared]


async def test_the_identity_that_checks_reads_the_events_and_counts_values_and_does_nothing_else(
    store: OwnStore,
) -> None:
    """The library tries each table and each way in; here that it is this one which is used."""
    reader = await asyncpg.connect(store.database.auditor)
    assert await reader.fetchval("select count(*) from es_event") == len(TOLD)
    tables = await reader.fetch("select tablename from pg_tables where schemaname = 'public'")
    for table in {row["tablename"] for row in tables} - {"es_event"}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reader.execute(f"select * from {table}")
    for what in ("sealed", "name", "key"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reader.execute(f"select {what} from es_disclosure")
    for statement in (
        "delete from es_event",
        "update es_event set pos = pos",
        "insert into es_event select * from es_event",
        "select es_append('{}', '{}', '{}')",
        "set role disbursement_owner",
    ):
        with pytest.raises(
            (asyncpg.InsufficientPrivilegeError, asyncpg.InvalidParameterValueError)
        ):
            await reader.execute(statement)
    await reader.close()


async def test_auditors_read_how_the_stores_stand(
    watch: Watch, store: OwnStore, audit: Trial
) -> None:
    elif_ = audit.sign_in("per_elif", Role.AUDITOR)
    await watch.passes()
    assert (await elif_.get("/v1/checks")).json()["whole"] is True
    await store.tamper("delete from es_event where pos = 9")
    await watch.passes()
    said = (await elif_.get("/v1/checks")).json()
    assert said["whole"] is False
    assert [each["differences"] for each in said["stores"]] == [1]
    [item] = (await elif_.get("/v1/differences?stands=true")).json()["items"]
    assert (item["kind"], item["position"]) == ("deleted", 9)
    assert [each["rule"] for each in (await elif_.get("/v1/findings")).json()["items"]] == [
        "store_differs"
    ]
    hana = audit.sign_in("per_hana", Role.FINANCE_OFFICER)
    assert (await hana.get("/v1/log")).json()["differences"] == 1
    for path in ("/v1/checks", "/v1/differences", "/v1/gaps"):
        assert (await hana.get(path)).status_code == 403


async def test_the_whole_is_not_whole_while_the_logs_own_table_differs(
    watch: Watch, audit: Trial
) -> None:
    elif_ = audit.sign_in("per_elif", Role.AUDITOR)
    await watch.desk.publisher().publish()
    await watch.passes()
    assert (await elif_.get("/v1/checks")).json()["whole"] is True
    owner = await asyncpg.connect(watch.desk.database.owner)
    await owner.execute("alter table log_mention disable trigger user")
    await owner.execute("delete from log_mention where index = 7")
    await owner.close()
    await watch.passes()
    assert (await elif_.get("/v1/checks")).json()["whole"] is False
    [item] = (await elif_.get("/v1/differences?stands=true")).json()["items"]
    assert (item["service"], item["kind"], item["position"]) == ("log:mentions", "deleted", 7)


def test_the_addresses_are_told_by_the_environment() -> None:
    assert read_stores({}) == {}
    assert read_stores({STORES: '{"plans": "postgresql://x"}'}) == {"plans": "postgresql://x"}
    with pytest.raises(BadSettings, match=STORES):
        read_stores({STORES: "plans"})
