"""What a source told and did not come, came twice, or came in disorder."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.stores import own_store
from services.audit.tests.test_broken import tamper
from specimens import histories
from specimens.histories import NOON, VENDOR, history, told

from audit.checking import forged, gaps
from audit.checking.forged import Forgeries
from audit.checking.gaps import UNHEALED, Gaps
from audit.checking.keep import Checker
from audit.checking.order import Order
from audit.checking.stores import opened
from audit.checking.telling import Teller
from audit.domain import registry
from audit.domain.finding import FindingRaised
from audit.domain.forgery import ForgedEntryRefused
from audit.domain.gap import (
    FindGap,
    HealGap,
    NoSuchGap,
    SourceGapFound,
    SourceGapHealed,
    gap,
)
from audit.main import service
from events.delivery.consume import Keeping
from events.delivery.memory import MemoryBus
from events.delivery.ports import Watch
from events.delivery.sources import ForeignHistory
from events.delivery.worker import Delivery, Worker
from events.envelope import Entry
from events.handler import Handler
from events.io.postgres import PostgresTracking
from events.memory import FixedClock, SeededIds
from events.scenario import scenario
from events.values import SYSTEM, Code, GapId
from homeward.postgres import Database

TOLD = [entry for source, entry in history(2) if source == "disbursement"]
ONE = GapId("gap_plans_5")
find = FindGap(by=SYSTEM, at=NOON, gap=ONE, service=Code("plans"), after=5, last=7)
found = SourceGapFound(by=SYSTEM, at=NOON, gap=ONE, service=Code("plans"), after=5, last=7)
heal = HealGap(by=SYSTEM, at=NOON)
healed = SourceGapHealed(by=SYSTEM, at=NOON, gap=ONE, service=Code("plans"))


def test_it_is_told_once_and_its_end_once() -> None:
    scenario(gap).given().when(find).then(found)
    scenario(gap).given(found).when(find).then()
    scenario(gap).given(found).when(heal).then(healed)
    scenario(gap).given(found, healed).when(heal).then()
    scenario(gap).given(found, healed).when(find).then()
    scenario(gap).given().when(heal).then_rejected(NoSuchGap())


@dataclass
class Source:
    """A service as the log hears of it: a bus that lost something, and the feed that has it."""

    entries: Sequence[Entry]
    lost: frozenset[int] = frozenset()
    its_own_too: bool = False
    """The feed has not what the bus lost, either."""
    forged: Sequence[Entry] = ()
    """What stands on the bus in the place of its own, or before it."""

    async def listen(self, _source: str, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        while True:
            told = {each.position: each for each in (*self.entries, *self.forged)}
            batch = [e for at, e in told.items() if at > after and at not in self.lost]
            after = max((e.position for e in batch), default=after)
            yield batch
            await asyncio.sleep(0)

    async def feed(self, _source: str, after: int, limit: int) -> Sequence[Entry]:
        lost = self.lost if self.its_own_too else frozenset()
        return [e for e in self.entries[after : after + limit] if e.position not in lost]


class Listening:
    """The log's consumer of one source, on a real database, and what is told of it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.clock = FixedClock()
        handler = Handler(registry, desk.store, self.clock, SeededIds())
        self.teller = Teller(handler, desk.store.pool)
        self.gaps, self.forgeries = Gaps(self.teller), Forgeries(self.teller)
        self._read = 0

    async def hears(self, source: Source, until: int) -> None:
        """Up to that position, or as far as it comes."""
        tracking = PostgresTracking(self.desk.store.pool)
        worker = Worker(
            replace(service, views=(), tasks=()),
            Delivery(self.teller.handler, MemoryBus(), source.feed, tracking, leader=None),  # type: ignore[arg-type]
        )
        missed = worker._noting(gaps.note, "log", "disbursement")
        refused = worker._noting(forged.note, "log", "disbursement")
        bus = MemoryBus()
        bus.listen = source.listen  # type: ignore[method-assign, assignment]
        foreign = ForeignHistory(
            "disbursement", bus, source.feed, self.clock, Watch(), missed, refused
        )
        keeping = Keeping(service.copies[0], "disbursement", tracking)
        tries = 0
        async with aclosing(foreign.listen(0)) as batches:
            async for batch in batches:
                tries += 1
                at = await keeping.take(batch) if batch else 0
                if at >= until or tries > 20:
                    return

    async def told(self) -> list[object]:
        """What became known since the last time."""
        await self.gaps.tell()
        await self.forgeries.tell()
        entries = await self.desk.store.read(self._read, 1000)
        self._read += len(entries)
        return [registry.read(entry.envelope) for entry in entries]


@pytest.fixture
def listening(desk: Desk) -> Listening:
    return Listening(desk)


async def test_a_hole_on_the_bus_is_healed_from_the_feed_and_both_are_told_once(
    desk: Desk, listening: Listening
) -> None:
    await listening.hears(Source(TOLD, frozenset({6, 7})), len(TOLD))
    assert await desk.size() == len(TOLD)
    first, second = await listening.told()
    assert isinstance(first, SourceGapFound)
    assert (first.service, first.after, first.last) == ("disbursement", 5, 7)
    assert isinstance(second, SourceGapHealed)
    assert await listening.told() == []


async def test_what_the_bus_tells_twice_or_in_disorder_is_logged_once_and_in_order(
    desk: Desk, listening: Listening
) -> None:
    shuffled = [*TOLD[:4], *TOLD[:6], TOLD[7], TOLD[6], *TOLD[6:]]
    source = Source(TOLD, frozenset())
    batches = iter([shuffled])

    async def listen(name: str, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        yield next(batches, [e for e in TOLD if e.position > after])

    source.listen = listen  # type: ignore[method-assign, assignment]
    await listening.hears(source, len(TOLD))
    kept = await desk.store.pool.fetch("select entry from log_entry order by index")
    assert [bytes(row["entry"]) for row in kept] == [entry.raw for entry in TOLD]


def as_if(entry: Entry) -> Entry:
    """What somebody with the service's password puts on the bus in its place."""
    raw = entry.raw.replace(b'"actorid":"per_', b'"actorid":"per_x')
    assert raw != entry.raw
    return Entry(entry.position, raw)


async def test_of_what_stands_forged_on_the_bus_the_log_has_the_true_one(
    desk: Desk, listening: Listening
) -> None:
    true = TOLD[4]
    source = Source(TOLD, forged=[as_if(true)])
    await listening.hears(source, len(TOLD))
    assert await desk.entries() == [entry.raw for entry in TOLD]
    refused, raised = await listening.told()
    assert isinstance(refused, ForgedEntryRefused)
    assert (refused.service, refused.position) == ("disbursement", true.position)
    assert (refused.told, refused.stored) == (as_if(true).digest.hex(), true.digest.hex())
    assert isinstance(raised, FindingRaised)
    assert (raised.rule, raised.severity, raised.entries) == ("forged_on_the_bus", "high", ())
    assert raised.payment == (s if (s := true.envelope.subject).startswith("pay_") else None)
    await desk.store.pool.execute("delete from source_forged")
    await listening.hears(source, len(TOLD))
    assert await listening.told() == []


async def test_what_is_told_behind_all_that_the_service_has_is_not_logged_and_told(
    desk: Desk, listening: Listening
) -> None:
    source = Source(TOLD[:-1], forged=[as_if(TOLD[-1])])
    await listening.hears(source, len(TOLD))
    assert await desk.entries() == [entry.raw for entry in TOLD[:-1]]
    refused, _ = await listening.told()
    assert isinstance(refused, ForgedEntryRefused)
    assert (refused.position, refused.stored) == (len(TOLD), None)
    source.entries = TOLD
    await listening.hears(source, len(TOLD))
    assert await desk.entries() == [entry.raw for entry in TOLD]


@pytest.mark.parametrize("tracked", [0, 3, 9, 1_000_000])
async def test_who_says_that_the_log_has_come_elsewhere_changes_nothing(
    desk: Desk, listening: Listening, tracked: int
) -> None:
    """Neither as it goes on nor after a restart: its own table says how far it has come."""
    await listening.hears(Source(TOLD[:6]), 6)
    tracking = PostgresTracking(desk.store.pool)
    keeping = Keeping(service.copies[0], "disbursement", tracking)
    move = "update es_tracking set pos = $1 where source = 'disbursement'"
    await desk.store.pool.execute(move, tracked)
    assert await keeping.take(TOLD[6:8]) == 8
    await desk.store.pool.execute(move, tracked)
    assert await keeping.last() == 8
    assert await tracking.last("log", "disbursement") == 8
    await listening.hears(Source(TOLD), len(TOLD))
    assert await desk.entries() == [entry.raw for entry in TOLD]


async def test_what_is_taken_out_of_the_log_itself_is_not_taken_twice(
    desk: Desk, listening: Listening
) -> None:
    await listening.hears(Source(TOLD), len(TOLD))
    await tamper(desk, f"update log_entry set position = 1000 where index = {len(TOLD) - 1}")
    keeping = Keeping(service.copies[0], "disbursement", PostgresTracking(desk.store.pool))
    assert await keeping.last() == len(TOLD)


async def test_a_hole_that_nobody_heals_is_a_finding(desk: Desk, listening: Listening) -> None:
    holed = Source(TOLD, frozenset({6}), its_own_too=True)
    await listening.hears(holed, len(TOLD))
    assert await desk.size() == 5
    [told] = await listening.told()
    assert isinstance(told, SourceGapFound)
    await desk.store.pool.execute("update source_gap set found_at = $1", listening.clock.now())
    listening.clock.advance((UNHEALED + timedelta(seconds=1)).total_seconds())
    [raised] = await listening.told()
    assert isinstance(raised, FindingRaised)
    assert (raised.rule, raised.entries) == ("source_gap", (4,))
    assert await listening.told() == []
    await listening.hears(Source(TOLD, frozenset({6})), len(TOLD))
    assert [type(each) for each in await listening.told()] == [SourceGapHealed]


@pytest.mark.parametrize("done", ["select", "update source_gap set closed = true"])
async def test_what_stands_in_the_store_and_does_not_reach_the_log_is_a_gap(
    desk: Desk, listening: Listening, make_migrated: Callable[..., Database], done: str
) -> None:
    """The bus and the feed keep silent, so only the store knows; whatever was noted of it."""
    store = await own_store(make_migrated(), TOLD)
    await desk.keep([("disbursement", entry) for entry in TOLD[:-1]])
    async with opened(store.database.auditor) as reading:
        listening.clock.at = TOLD[-1].envelope.recordedtime + timedelta(seconds=30)
        await listening.gaps.look_into("disbursement", reading)
        assert await listening.told() == []
        listening.clock.advance(60)
        await listening.gaps.look_into("disbursement", reading)
        await desk.store.pool.execute(done)
        await listening.gaps.look_into("disbursement", reading)
    [told] = await listening.told()
    assert isinstance(told, SourceGapFound)
    assert (told.after, told.last) == (len(TOLD) - 1, len(TOLD))


async def raised(listening: Listening) -> list[tuple[str, tuple[int, ...]]]:
    await Order(listening.teller).look()
    return [
        (each.rule, each.entries)
        for each in await listening.told()
        if isinstance(each, FindingRaised)
    ]


async def test_order_is_looked_at_once_and_is_in_order(desk: Desk, listening: Listening) -> None:
    await desk.keep(history(2))
    assert await raised(listening) == []


async def test_one_event_at_two_positions_is_found(desk: Desk, listening: Listening) -> None:
    first, second = told(VENDOR)[:2]
    again = second[1].raw.replace(second[1].envelope.id.encode(), first[1].envelope.id.encode())
    await desk.keep([first, (second[0], Entry(second[1].position, again))])
    assert await raised(listening) == [("event_twice", (1,))]
    assert await raised(listening) == []


async def test_a_source_whose_clock_goes_back_is_found(desk: Desk, listening: Listening) -> None:
    first, second = told(VENDOR)[:2]
    back = second[1].raw.replace(b'"recordedtime":"2026-11-21', b'"recordedtime":"2026-11-20')
    await desk.keep([first, (second[0], Entry(second[1].position, back))])
    assert await raised(listening) == [("time_went_back", (1,))]


@pytest.mark.parametrize(
    "done", ["truncate event_id_seen", "update event_id_seen set index = 1000000"]
)
async def test_who_changes_what_was_noted_of_the_order_hides_nothing_from_the_next_pass(
    desk: Desk, listening: Listening, done: str
) -> None:
    first, second = told(VENDOR)[:2]
    again = second[1].raw.replace(second[1].envelope.id.encode(), first[1].envelope.id.encode())
    coming = await Order.of_what_comes(listening.teller)
    await desk.keep([first])
    await coming.look()
    await desk.store.pool.execute(done)
    await desk.keep([(second[0], Entry(second[1].position, again))])
    await coming.look()
    assert await listening.told() == []
    await Checker(listening.teller, {}, share=1).check_log(desk.files)
    assert [each.rule for each in await listening.told() if isinstance(each, FindingRaised)] == [
        "event_twice"
    ]


async def test_no_event_is_there_twice_because_a_note_says_so(
    desk: Desk, listening: Listening
) -> None:
    await desk.keep(history(2))
    assert await raised(listening) == []
    await desk.store.pool.execute("update event_id_seen set index = 0")
    assert await raised(listening) == []
    seen = await desk.store.pool.fetchval("select count(distinct index) from event_id_seen")
    assert seen == len(history(2))


async def test_what_comes_is_held_against_the_clock_of_what_was_there(
    desk: Desk, listening: Listening
) -> None:
    first, second = told(VENDOR)[:2]
    await desk.keep([first])
    coming = await Order.of_what_comes(listening.teller)
    back = second[1].raw.replace(b'"recordedtime":"2026-11-21', b'"recordedtime":"2026-11-20')
    await desk.keep([(second[0], Entry(second[1].position, back))])
    await coming.look()
    [found] = await listening.told()
    assert isinstance(found, FindingRaised)
    assert (found.rule, found.entries) == ("time_went_back", (1,))


async def test_two_services_number_streams_of_one_name_each_for_itself(
    desk: Desk, listening: Listening
) -> None:
    teller = histories.Teller()
    kinds = ("intake.x", "plans.x", "intake.x", "intake.x", "plans.x")
    for kind in kinds:
        await desk.keep([teller.tell("per_a", kind, "cas_1", {})])
    assert await raised(listening) == []


async def test_a_broken_stream_is_raised_where_other_findings_are(
    desk: Desk, listening: Listening
) -> None:
    first, (source, second), _ = told(VENDOR)[:3]
    spoilt = second.raw.replace(b'"sequence":"2"', b'"sequence":"3"')
    await desk.keep([first, (source, Entry(second.position, spoilt))])
    assert await raised(listening) == [("stream_broken", (1,))]
