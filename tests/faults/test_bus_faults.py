"""What happens to NATS happens to nobody else: it is killed, paused, robbed of its data.

Every consumer arrives at the same state as in the run where nothing happens.
"""

import asyncio
import shutil
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, suppress
from pathlib import Path

import pytest

from events.envelope import Entry
from events.ports import Unavailable
from homeward.nats import Nats
from homeward.nats import start as start_nats
from homeward.postgres import Database
from tests.faults.shop import NAMES, Shop, open_shop
from tests.simulation.shop import LOAVES

ORDERS = 300
PER_SECOND = 100
UNDISTURBED = {
    "orders.progress": {
        "orders.order_placed.v1": ORDERS,
        "stock.loaves_reserved.v1": LOAVES,
        "bills.order_charged.v1": LOAVES,
        "loaves": ORDERS + LOAVES,
    },
    "stock.demand": {
        "orders.order_placed.v1": ORDERS,
        "stock.loaves_reserved.v1": LOAVES,
        "loaves": ORDERS + LOAVES,
    },
    "bills.turnover": {"bills.order_charged.v1": LOAVES, "loaves": 0},
}


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[Nats]:
    with start_nats(tmp_path, services=NAMES) as server:
        yield server


async def nothing(_nats: Nats) -> None:
    """The run to compare with."""


async def killed(nats: Nats) -> None:
    nats.stop(signal.SIGKILL)
    await asyncio.sleep(0.5)
    await asyncio.to_thread(nats.restart)


async def paused(nats: Nats) -> None:
    nats.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(4)
    nats.process.send_signal(signal.SIGCONT)


async def robbed(nats: Nats) -> None:
    """Killed, and its data deleted: the administrator makes the streams anew, empty."""
    nats.stop(signal.SIGKILL)
    shutil.rmtree(nats.folder / "jetstream")
    await asyncio.to_thread(nats.restart)


async def gone(nats: Nats) -> None:
    """Killed and never seen again: the feeds carry everything."""
    nats.stop(signal.SIGKILL)


@pytest.mark.parametrize("fault", [nothing, killed, paused, robbed, gone])
async def test_whatever_happens_to_nats(
    make_database: Callable[[str], Database], nats: Nats, fault: Callable[[Nats], Awaitable[None]]
) -> None:
    async with open_shop(make_database, nats) as shop:
        placing = asyncio.create_task(_place_all(shop))
        await asyncio.sleep(ORDERS / PER_SECOND / 3)
        await fault(nats)
        await placing
        await shop.settle()
        await _check(shop)
        if fault is not gone:
            await _check_the_bus_is_whole(shop)


async def _place_all(shop: Shop) -> None:
    async with asyncio.TaskGroup() as placing:
        for number in range(ORDERS):
            placing.create_task(shop.place(number))
            await asyncio.sleep(1 / PER_SECOND)


async def _check(shop: Shop) -> None:
    await shop.check_views()
    for each in shop.services.values():
        for view in each.service.views:
            assert await each.tables(view.name) == UNDISTURBED[view.name]
    placed, reserved, charged = [await shop.services[name].history() for name in NAMES]
    answers = Counter(entry.envelope.causationid for entry in reserved)
    refusals = await shop.services["stock"].store.pool.fetch("select event_id from es_refusal")
    answers.update(str(row["event_id"]) for row in refusals)
    assert answers == Counter(entry.envelope.id for entry in placed), "one answer to each order"
    charges = Counter(entry.envelope.causationid for entry in charged)
    assert charges == Counter(entry.envelope.id for entry in reserved), "one charge each"


async def _check_the_bus_is_whole(shop: Shop) -> None:
    """In the end the stream is the history again, to the byte."""
    async with asyncio.timeout(120):
        for name, each in shop.services.items():
            history = list(await each.history())
            carried: list[Entry] = []
            while len(carried) < len(history):
                with suppress(Unavailable):
                    async with aclosing(each.bus.listen(name, len(carried))) as batches:
                        carried.extend(await anext(batches))
            assert carried == history
