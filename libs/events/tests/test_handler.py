"""The one handler, on every store."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from libs.events.tests.bakery import (
    ANA,
    AS_ANA,
    BEN,
    PRICE,
    AddLoaf,
    LoafAdded,
    NoSuchOrder,
    Order,
    OrderExists,
    OrderPlaced,
    PlaceOrder,
    bakery,
    decide,
    evolve,
    order,
)
from libs.events.tests.drafts import loaf

from events import handler as handling
from events.decider import Decider, Event, State
from events.envelope import EntryTooLarge
from events.handler import Act, Handler, KeyReused, Once, VersionMismatch
from events.memory import NOON, FixedClock, MemoryStore, SeededIds
from events.ports import Append, Claim, ClaimTaken, Conflict, Snapshot, Store
from events.values import ItemId

OrderAct = Act[Any, Order, Any]


@pytest.fixture
def handler(store: Store) -> Handler:
    return Handler(bakery, store, FixedClock(), SeededIds(1))


def place(stream: str, **more: Any) -> OrderAct:
    return Act(order, stream, PlaceOrder(by=ANA, at=NOON, order=ItemId(stream), person=BEN), **more)


def add(stream: str, times: int = 1, **more: Any) -> OrderAct:
    return Act(order, stream, AddLoaf(by=ANA, at=NOON, price=PRICE, times=times), **more)


def loaves(state: Order, version: int) -> bytes:
    return b"%d loaves at version %d" % (state.loaves, version)


class TestDeciding:
    async def test_the_answer_is_the_state_as_it_is_now(self, handler: Handler) -> None:
        await handler.do(place("itm_1"), context=AS_ANA)
        done = await handler.do(add("itm_1", 2), context=AS_ANA, answer=loaves)
        assert (done.state, done.version, done.position) == (Order(loaves=2), 3, 3)
        assert done.answer == b"2 loaves at version 3"
        assert done.events == ("bakery.loaf_added.v1", "bakery.loaf_added.v1")
        assert await handler.load(order, "itm_1") == (Order(loaves=2), 3)

    async def test_what_is_refused_stores_nothing(self, handler: Handler) -> None:
        with pytest.raises(NoSuchOrder):
            await handler.do(add("itm_1"), context=AS_ANA, once=Once("key", b"asked"))
        assert await handler.store.head() == 0
        assert await handler.store.claim("idempotency", "key") is None

    async def test_nothing_follows_from_what_is_so_already(self, handler: Handler) -> None:
        await handler.do(place("itm_1"), context=AS_ANA)
        done = await handler.do(add("itm_1", 0), context=AS_ANA)
        assert (done.version, done.position, done.events) == (1, 1, ())

    async def test_what_is_too_large_stores_nothing(self, handler: Handler) -> None:
        await handler.do(place("itm_1"), context=AS_ANA)
        huge = Act(order, "itm_1", AddLoaf(by=ANA, at=NOON, price=PRICE))
        wordy = AS_ANA.__class__(actor=AS_ANA.actor, correlation="c" * 70_000)
        with pytest.raises(EntryTooLarge):
            await handler.do(huge, context=wordy)
        assert await handler.store.head() == 1


class TestSeveralActs:
    async def test_they_are_stored_together(self, handler: Handler) -> None:
        done = await handler.do(place("itm_1"), place("itm_2"), add("itm_1"), context=AS_ANA)
        assert (done.state, done.version, done.position) == (Order(loaves=1), 2, 3)
        assert await handler.load(order, "itm_2") == (Order(), 1)

    async def test_or_none_of_them(self, handler: Handler) -> None:
        await handler.do(place("itm_1"), context=AS_ANA)
        with pytest.raises(OrderExists):
            await handler.do(place("itm_2"), place("itm_1"), context=AS_ANA)
        assert await handler.load(order, "itm_2") == (None, 0)


class Till(State, frozen=True):
    """Of another kind than an order."""


class TillOpened(Event, frozen=True, tag="bakery.till_opened.v1"):
    pass


def opened(_: Till | None, event: TillOpened) -> Till:
    return Till()


till: Decider[Any, Till, Any] = Decider(decide=lambda _command, _state: (), evolve=opened)


class TestKinds:
    async def test_an_id_of_another_kind_is_the_id_of_nothing(self, handler: Handler) -> None:
        """So that nobody learns by a guess in the wrong place that something is there."""
        await handler.do(place("itm_1"), context=AS_ANA)
        assert await handler.load(till, "itm_1") == (None, 0)
        assert till.facts == (TillOpened,)
        assert order.facts == (OrderPlaced, LoafAdded)


class TestVersions:
    async def test_an_act_on_what_has_changed_since_is_refused(self, handler: Handler) -> None:
        await handler.do(place("itm_1"), add("itm_1"), context=AS_ANA)
        with pytest.raises(VersionMismatch) as mismatch:
            await handler.do(add("itm_1"), context=AS_ANA, seen=1)
        assert (mismatch.value.seen, mismatch.value.stands) == (1, 2)
        assert (await handler.do(add("itm_1"), context=AS_ANA, seen=2)).version == 3

    async def test_rivals_who_saw_the_same_version_do_not_both_act(self, handler: Handler) -> None:
        await handler.do(place("itm_1"), context=AS_ANA)
        acts = [handler.do(add("itm_1"), context=AS_ANA, seen=1) for _ in range(10)]
        outcomes = await asyncio.gather(*acts, return_exceptions=True)
        assert sum(not isinstance(o, VersionMismatch) for o in outcomes) == 1
        assert await handler.load(order, "itm_1") == (Order(loaves=1), 2)


@dataclass
class Interloper(MemoryStore):
    """Somebody gets in before each of the first appends."""

    times: int
    refused: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    async def append(self, append: Append) -> tuple[int, ...]:
        if append.drafts[0].version > 1 and self.times:
            self.times -= 1
            version = len(await self.load("itm_1"))
            await super().append(Append((loaf("itm_1", version + 1),)))
        try:
            return await super().append(append)
        except Conflict:
            self.refused += 1
            raise


class TestConflicts:
    async def test_it_is_decided_anew(self) -> None:
        handler = Handler(bakery, Interloper(times=7), FixedClock(), SeededIds())
        await handler.do(place("itm_1"), context=AS_ANA)
        done = await handler.do(add("itm_1"), context=AS_ANA)
        assert (done.state, done.version) == (Order(loaves=8), 9)

    async def test_so_is_what_rests_on_a_stream_that_went_on(self) -> None:
        """An act that comes to no facts binds what it looked at all the same."""
        store = Interloper(times=1)
        handler = Handler(bakery, store, FixedClock(), SeededIds())
        await handler.do(place("itm_1"), place("itm_2"), context=AS_ANA)
        await handler.do(add("itm_2"), add("itm_1", times=0), context=AS_ANA)
        assert store.refused == 1

    async def test_but_not_for_ever(self) -> None:
        handler = Handler(bakery, Interloper(times=8), FixedClock(), SeededIds())
        await handler.do(place("itm_1"), context=AS_ANA)
        with pytest.raises(Conflict):
            await handler.do(add("itm_1"), context=AS_ANA)


class TestBelievedNew:
    async def test_a_stream_that_is_there_all_the_same_is_decided_on_as_it_stands(
        self, handler: Handler
    ) -> None:
        await handler.do(place("itm_1"), context=AS_ANA)
        with pytest.raises(OrderExists):
            await handler.do(place("itm_2"), place("itm_1", new=True), context=AS_ANA)
        done = await handler.do(place("itm_2"), place("itm_3", new=True), context=AS_ANA)
        assert done.position == 3


class TestOnce:
    once = Once("key", b"asked")

    async def test_a_repeat_gets_the_first_answer(self, handler: Handler) -> None:
        await handler.do(place("itm_1"), context=AS_ANA)
        first = await handler.do(add("itm_1"), context=AS_ANA, once=self.once, answer=loaves)
        await handler.do(add("itm_1"), context=AS_ANA)
        again = await handler.do(add("itm_1"), context=AS_ANA, once=self.once, answer=loaves)
        assert (again.replayed, again.answer) == (True, first.answer)
        assert (again.position, again.version, again.events) == (first.position, 3, ())
        assert await handler.store.head() == 3

    async def test_a_repeat_is_answered_though_it_would_be_refused_now(
        self, handler: Handler
    ) -> None:
        await handler.do(place("itm_1"), context=AS_ANA, once=self.once)
        assert (await handler.do(place("itm_1"), context=AS_ANA, once=self.once)).replayed

    async def test_the_key_is_for_one_request(self, handler: Handler) -> None:
        await handler.do(place("itm_1"), context=AS_ANA, once=self.once)
        with pytest.raises(KeyReused):
            await handler.do(place("itm_2"), context=AS_ANA, once=Once("key", b"other"))

    async def test_fifty_at_once_are_one(self, handler: Handler) -> None:
        await handler.do(place("itm_1"), context=AS_ANA)
        acts = [
            handler.do(add("itm_1"), context=AS_ANA, once=self.once, answer=loaves)
            for _ in range(50)
        ]
        done = await asyncio.gather(*acts)
        assert {each.answer for each in done} == {b"1 loaves at version 2"}
        assert sorted(each.replayed for each in done) == [False] + [True] * 49
        assert await handler.store.head() == 2

    async def test_it_is_remembered_that_nothing_followed(self, handler: Handler) -> None:
        await handler.do(place("itm_1"), context=AS_ANA)
        await handler.do(add("itm_1", 0), context=AS_ANA, once=self.once, answer=loaves)
        await handler.do(add("itm_1", 5), context=AS_ANA)
        again = await handler.do(add("itm_1", 0), context=AS_ANA, once=self.once, answer=loaves)
        assert again.answer == b"0 loaves at version 1"


class TestBusinessKeys:
    async def test_a_key_is_taken_once_whatever_the_stream(self, handler: Handler) -> None:
        invoice = (Claim("invoice_number", "ven_1:7"),)
        await handler.do(place("itm_1", claims=invoice), context=AS_ANA)
        with pytest.raises(ClaimTaken) as taken:
            await handler.do(place("itm_2", claims=invoice), context=AS_ANA)
        assert taken.value.held == Claim("invoice_number", "ven_1:7", position=1)

    async def test_the_same_act_twice_at_once_is_refused_by_its_rule_and_not_by_the_claim(
        self, handler: Handler
    ) -> None:
        once = (Claim("invoice", "17"),)
        acts = [handler.do(place("itm_1", claims=once), context=AS_ANA) for _ in range(2)]
        done = await asyncio.gather(*acts, return_exceptions=True)
        assert sorted(type(each).__name__ for each in done) == ["Done", "OrderExists"]


class TestSnapshots:
    @pytest.fixture
    def loads(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """How many entries each load of the store brought."""
        found: list[int] = []
        load = store.load

        async def counted(*args: Any, **named: Any) -> Sequence[Any]:
            entries = await load(*args, **named)
            found.append(len(entries))
            return entries

        monkeypatch.setattr(store, "load", counted)
        return found

    @pytest.mark.parametrize("length", [199, 200, 201, 399, 400, 650])
    async def test_a_long_stream_folds_alike_with_and_without(
        self, handler: Handler, length: int
    ) -> None:
        await handler.do(place("itm_1"), add("itm_1", length - 1), context=AS_ANA)
        for _ in range(3):
            assert await handler.load(order, "itm_1") == (Order(loaves=length - 1), length)

    async def test_only_what_came_after_it_is_read(
        self, handler: Handler, loads: list[int]
    ) -> None:
        await handler.do(place("itm_1"), add("itm_1", 999), context=AS_ANA)
        await handler.load(order, "itm_1")
        await handler.do(add("itm_1", 3), context=AS_ANA)
        loads.clear()
        assert await handler.load(order, "itm_1") == (Order(loaves=1002), 1003)
        assert loads == [handling.LONG, 3]

    async def test_a_short_stream_is_read_at_once(self, handler: Handler, loads: list[int]) -> None:
        await handler.do(place("itm_1"), context=AS_ANA)
        loads.clear()
        await handler.load(order, "itm_1")
        assert loads == [1]

    async def test_another_codes_snapshot_is_not_read(self, handler: Handler) -> None:
        await handler.do(place("itm_1"), add("itm_1", 299), context=AS_ANA)
        await handler.store.keep_snapshot(Snapshot("itm_1", 300, "other code", b'{"loaves":1}'))
        assert await handler.load(order, "itm_1") == (Order(loaves=299), 300)

    async def test_a_state_that_json_cannot_carry_is_folded_each_time(
        self, handler: Handler, loads: list[int]
    ) -> None:
        await handler.do(place("itm_1"), add("itm_1", 299), context=AS_ANA)
        odd = Decider(decide=decide, evolve=_evolve_oddly(evolve))
        for _ in range(2):
            assert (await handler.load(odd, "itm_1"))[1] == 300
        assert loads[-2:] == [handling.LONG, 100]


class Odd(Order, frozen=True):
    seen: object = None

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = None  # type: ignore[assignment]


def _evolve_oddly(evolve: Callable[[Any, Any], Order]) -> Callable[[Any, Any], Odd]:
    def oddly(state: Any, event: Event) -> Odd:
        return Odd(loaves=evolve(state, event).loaves)

    return oddly


class TestTurns:
    """A stream that many write to at once."""

    async def test_each_decides_on_what_the_one_before_has_left(self, handler: Handler) -> None:
        await handler.do(place("itm_1"), context=AS_ANA)
        acts = [handler.do(add("itm_1", shared=True), context=AS_ANA) for _ in range(50)]
        done = await asyncio.gather(*acts)
        assert sorted(each.version for each in done) == list(range(2, 52))
        assert await handler.load(order, "itm_1") == (Order(loaves=50), 51)

    async def test_another_process_may_get_in_between(self, handler: Handler) -> None:
        other = Handler(bakery, handler.store, handler.clock, SeededIds(2))
        await handler.do(place("itm_1"), context=AS_ANA)
        both = [
            each.do(add("itm_1", shared=True), context=AS_ANA)
            for each in (handler, other)
            for _ in range(5)
        ]
        await asyncio.gather(*both)
        assert await handler.load(order, "itm_1") == (Order(loaves=10), 11)

    async def test_a_refusal_lets_the_next_one_in(self, handler: Handler) -> None:
        acts = [handler.do(place("itm_1", shared=True), context=AS_ANA) for _ in range(5)]
        told = await asyncio.gather(*acts, return_exceptions=True)
        assert [type(each) for each in told if isinstance(each, Exception)] == [OrderExists] * 4
        assert await handler.load(order, "itm_1") == (Order(loaves=0), 1)


async def test_many_aggregates_are_decided_together(handler: Handler) -> None:
    names = [f"itm_{number}" for number in range(100)]
    first, *others = (place(name) for name in names)
    await handler.do(first, *others, context=AS_ANA)
    first, *others = (add(name, 2) for name in names)
    await handler.do(first, *others, context=AS_ANA)
    found = await handler.load_all(order, [*names, "itm_none"])
    assert found == dict.fromkeys(names, Order(loaves=2))
