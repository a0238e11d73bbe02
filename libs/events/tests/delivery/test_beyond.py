"""A consumer that is said to have come further than its source has would hear nothing for good: it
stands still, for all to see, until an operator lets it go on; then it lacks nothing.
"""

import pytest
from libs.events.tests.delivery.harness import COPY, EFFECT, POLICY, VIEW, Stock, eventually
from libs.events.tests.delivery.test_consumers import PLACED, RESERVED, rest, stops

from events.io.readiness import told

FAR = 1_000_000


async def put(stock: Stock, consumer: str, source: str, position: int) -> None:
    """What one statement does, by who has the service's password."""
    async with stock.tracking.batch(consumer, source) as batch:
        await batch.advance(position)


CONSUMERS = [(VIEW, "orders"), (VIEW, "stock"), (POLICY, "orders"), (EFFECT, "stock")]


@pytest.mark.parametrize(("consumer", "source"), [*CONSUMERS, (COPY, "orders")])
async def test_put_beyond_it_stands_still_and_goes_on_where_it_was(
    stock: Stock, consumer: str, source: str
) -> None:
    await stock.place(1, 2)
    await stock.carry()
    async with stock.running():
        await rest(stock)
        await put(stock, consumer, source, FAR)
        [stop] = await stops(stock)
        assert (stop.consumer, stop.source, stop.position) == (consumer, source, FAR)
        assert stop.error.startswith("it stands beyond the newest event there is")
        await stock.place(3)
        await stock.carry()
        said = await told("stock", stock.bus, stock.tracking, dict)["consumers"]()
        assert said is not None
        assert "beyond the newest event" in said
        await stock.tracking.resume(consumer, source, by="per_omar")
        await rest(stock)
    assert await stock.demand() == {PLACED: 3, RESERVED: 3, "loaves": 6}
    assert len(await stock.log()) == 3
    assert len(set(stock.labels)) == len(stock.labels) == 3


@pytest.mark.parametrize(("consumer", "source"), CONSUMERS)
async def test_put_there_while_nobody_looked_it_goes_on_from_the_beginning(
    stock: Stock, consumer: str, source: str
) -> None:
    await stock.place(1, 2)
    await stock.carry()
    async with stock.running():
        await rest(stock)
    await put(stock, consumer, source, FAR)
    await stock.place(3)
    await stock.carry()
    async with stock.running():
        await stops(stock)
        await stock.tracking.resume(consumer, source, by="per_omar")
        await rest(stock)
    assert await stock.demand() == {PLACED: 3, RESERVED: 3, "loaves": 6}
    assert await stock.handler.store.head() == 3, "what was answered stays answered"


async def test_where_a_person_has_put_it_meanwhile_it_goes_on(stock: Stock) -> None:
    """A copy has no beginning to go back to: what it took stays taken."""
    await stock.place(1, 2)
    await stock.carry()
    async with stock.running():
        await rest(stock)
    await put(stock, COPY, "orders", FAR)
    await stock.place(3)
    await stock.carry()
    async with stock.running():
        await stops(stock)
        await put(stock, COPY, "orders", 2)
        await stock.tracking.resume(COPY, "orders", by="per_omar")
        await rest(stock)
    assert len(await stock.log()) == 3


async def test_a_bus_that_was_made_anew_is_behind_and_nobody_beyond_it(stock: Stock) -> None:
    await stock.place(1, 2)
    await stock.carry()
    async with stock.running():
        await rest(stock)
        stock.bus.__init__()  # type: ignore[misc]
    async with stock.running():
        await stock.place(3)
        await rest(stock)
    assert await stock.tracking.stops() == []


async def test_an_owner_that_does_not_answer_may_have_come_so_far(stock: Stock) -> None:
    await stock.place(1, 2)
    async with stock.running():
        await rest(stock)  # by the feed: the bus has none of them
        stock.feed_is_down = True
        await stock.handler.clock.sleep(1)
        assert await stock.tracking.stops() == []

        async def heard() -> bool:
            return len(await stock.log()) == 3

        await stock.place(3)
        stock.feed_is_down = False
        await eventually(heard)
