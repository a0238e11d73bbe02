"""A copy's next batch is made ready while the one before is being taken."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import pytest

from events.delivery.consume import Keeping, Poison, Ready
from events.delivery.memory import MemoryTracking
from events.delivery.sources import Ahead
from events.envelope import Entry
from events.service import Copy

LETTERS = [Entry(number, letter.encode()) for number, letter in enumerate("abcd", start=1)]


async def upper(_: str, entries: Sequence[Entry]) -> list[tuple[int, bytes]]:
    """What this copy makes of entries; `!` is nothing that it can take."""
    if any(entry.raw == b"!" for entry in entries):
        raise ValueError("!")
    return [(entry.position, entry.raw.upper()) for entry in entries]


async def keep(made: list[tuple[int, bytes]], table: Any) -> None:
    """Each batch under the position of its first."""
    table[made[0][0]] = [letter for _, letter in made]


@dataclass(frozen=True)
class Pairs:
    """A history that comes two at a time."""

    entries: Sequence[Entry]

    async def listen(self, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        for at in range(after, len(self.entries), 2):
            yield self.entries[at : at + 2]
        await asyncio.Event().wait()

    async def owners(self, position: int) -> Entry | None:  # noqa: ARG002
        return None

    async def reaches(self, position: int) -> bool:  # noqa: ARG002
        return True


def keeping() -> tuple[Keeping, MemoryTracking]:
    tracking = MemoryTracking()
    return Keeping(Copy("letters", ("post",), upper, keep), "post", tracking), tracking


async def test_the_next_batch_is_made_ready_while_one_is_being_taken() -> None:
    keeper, _ = keeping()
    ready: list[int] = []

    async def note(entries: Sequence[Entry]) -> Sequence[Entry]:
        ready.append(entries[0].position)
        return await keeper.ready(entries)

    async with aclosing(Ahead(Pairs(LETTERS), note).listen(0)) as batches:
        first = await anext(batches)
        assert isinstance(first, Ready)
        await asyncio.sleep(0)  # as long as whoever takes it waits for its tables
        assert ready == [1, 3]
        assert list(await anext(batches)) == LETTERS[2:]


async def test_the_sources_of_a_copy_make_ready_one_after_the_other() -> None:
    """The first is taken while the second is made: were they made side by side, both were late."""
    begun: list[str] = []
    given = asyncio.Event()

    async def make(source: str, entries: Sequence[Entry]) -> list[tuple[int, bytes]]:
        begun.append(source)
        await given.wait()
        return await upper(source, entries)

    turns, copy = asyncio.Lock(), Copy("letters", ("post", "radio"), make, keep)
    keepers = [Keeping(copy, source, MemoryTracking(), turns) for source in copy.sources]
    made = [asyncio.create_task(keeper.ready(LETTERS)) for keeper in keepers]
    await asyncio.sleep(0.01)
    assert begun == ["post"]
    given.set()
    await asyncio.gather(*made)
    assert begun == ["post", "radio"]


async def test_what_was_taken_before_is_left_out_of_what_is_ready() -> None:
    keeper, tracking = keeping()
    assert await keeper.take(LETTERS[:3]) == 3
    assert await keeper.take(await keeper.ready(LETTERS)) == 4
    assert tracking.tables["letters"] == {1: [b"A", b"B", b"C"], 4: [b"D"]}


async def test_an_entry_of_which_nothing_can_be_made_stops_at_its_place() -> None:
    keeper, tracking = keeping()
    ready = await keeper.ready([*LETTERS[:2], Entry(3, b"!"), LETTERS[3]])
    with pytest.raises(Poison) as stopped:
        await keeper.take(ready)
    assert stopped.value.position == 3
    assert tracking.tables["letters"] == {1: [b"A"], 2: [b"B"]}
