"""A copy believes nothing of the bus: who has a service's password there tells what they like."""

from dataclasses import replace
from typing import Any

import pytest
from libs.events.tests.delivery.harness import COPY, Stock, eventually

from events.envelope import Entry

Refused = list[tuple[str, Entry, Entry | None]]


@pytest.fixture
def refused(stock: Stock) -> Refused:
    """What the copy, which now asks the owner for each entry, was told of."""
    seen: Refused = []

    async def forged(source: str, told: Entry, owners: Entry | None, _connection: Any) -> None:
        if (source, told, owners) not in seen:
            seen.append((source, told, owners))

    [copy] = stock.service.copies
    stock.service = replace(stock.service, copies=(replace(copy, forged=forged),))
    return seen


async def forge(stock: Stock, position: int) -> Entry:
    """In its place, and sound in itself: as a thief of the password would."""
    first = (await stock.orders.store.read(0, 1))[0]
    raw = first.raw.replace(b'"position":"1"', f'"position":"{position}"'.encode())
    forged = Entry(position, raw.replace(b'"loaves":1', b'"loaves":9'))
    assert forged.raw != first.raw
    await stock.bus.publish("orders", [forged])
    return forged


async def has_taken(stock: Stock, position: int) -> None:
    async def taken() -> bool:
        return await stock.tracking.last(COPY, "orders") == position

    await eventually(taken)


async def test_what_is_told_before_its_owner_is_refused_and_the_true_one_taken(
    stock: Stock, refused: Refused
) -> None:
    await stock.place(1, 2)
    await stock.carry()
    forged = await forge(stock, 3)
    async with stock.running():

        async def told() -> bool:
            return refused == [("orders", forged, None)]

        await eventually(told)
        await has_taken(stock, 2)
        await stock.place(3, 4)
        await has_taken(stock, 4)
    assert await stock.log() == await stock.orders.store.read(0, 10)


async def test_the_owner_has_the_last_word_where_both_have_one(
    stock: Stock, refused: Refused
) -> None:
    await stock.place(1, 2)
    await stock.carry()
    forged = await forge(stock, 3)
    await stock.place(3)
    true = (await stock.orders.store.read(2, 1))[0]
    async with stock.running():
        await has_taken(stock, 3)
    assert refused == [("orders", forged, true)]
    assert (await stock.log())[-1] == true


async def test_while_the_owner_does_not_answer_what_it_told_waits(
    stock: Stock, refused: Refused
) -> None:
    await stock.place(1, 2)
    await stock.carry()
    stock.feed_is_down = True
    async with stock.running():
        await stock.handler.clock.sleep(0.5)
        assert await stock.log() == []
        stock.feed_is_down = False
        await has_taken(stock, 2)
    assert refused == []
