"""A process that appends as fast as it can and notes what was acknowledged.

python -m tests.faults.writer URL NOTES SEED SECONDS
"""

import asyncio
import os
import random  # noqa: TID251  seeded
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from libs.events.tests.bakery import ANA, AS_ANA, BEN, PRICE, LoafAdded, OrderPlaced, bakery

from events.decider import Event
from events.io.postgres import EpochKeys, PostgresStore, open_store
from events.io.system import SystemClock, SystemIds
from events.ports import Append, Conflict, Unavailable
from events.registry import Draft
from events.values import ItemId

CLIENTS = 24
HOT_STREAMS = 4
"""Streams that all writers append to, so that they get in each other's way."""
HOT_SHARE = 0.3

T = TypeVar("T")

clock, ids = SystemClock(), SystemIds()


async def write(url: str, notes: Path, seed: int, seconds: float) -> None:
    file = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    async with open_store(url, EpochKeys(b"k" * 32)) as store, asyncio.TaskGroup() as group:
        until = perf_counter() + seconds
        for client in range(CLIENTS):
            dice = random.Random(seed * CLIENTS + client)
            group.create_task(_client(store, dice, until, file))


async def _client(store: PostgresStore, dice: random.Random, until: float, file: int) -> None:
    while perf_counter() < until:
        hot = dice.random() < HOT_SHARE
        stream = f"itm_hot_{dice.randrange(HOT_STREAMS)}" if hot else ids.new("itm")
        count = dice.randint(1, 3)
        try:
            version = len(await _insist(lambda: store.load(stream))) if hot else 0  # noqa: B023
            drafts = tuple(_draft(stream, version + n) for n in range(1, count + 1))
            positions = await _insist(lambda: store.append(Append(drafts)))  # noqa: B023
        except Conflict:
            os.write(file, b"conflict\n")
            continue
        assert list(positions) == list(range(positions[0], positions[0] + len(drafts)))
        for draft, position in zip(drafts, positions, strict=True):
            os.write(file, f"{position} {draft.event_id}\n".encode())


async def _insist(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask again, under the same ids, for as long as the outcome is not known."""
    while True:
        try:
            return await ask()
        except Unavailable:
            await asyncio.sleep(0.1)


def _draft(stream: str, version: int) -> Draft:
    event: Event = LoafAdded(by=ANA, at=clock.now(), price=PRICE)
    if version == 1:
        event = OrderPlaced(by=ANA, at=clock.now(), order=ItemId(stream), person=BEN)
    return bakery.draft(
        event,
        stream=stream,
        version=version,
        event_id=ids.event_id(),
        recorded=clock.now(),
        context=AS_ANA,
        salt=ids.salt,
    )


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
