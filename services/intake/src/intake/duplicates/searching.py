"""A search that was started is carried out, in a process of its own, and its result told."""

import asyncio
import os
import sys
from collections.abc import Iterable
from typing import Any

import msgspec

from events.handler import Act
from events.ports import Unavailable
from events.registry import Registry
from events.service import Effect, Heard
from events.values import SYSTEM
from intake.domain.search import CompleteSearch, DuplicateSearchStarted
from intake.domain.search import search as searches
from intake.duplicates.batch import Found
from intake.duplicates.index import Suspicion
from intake.duplicates.keeping import suspecting

AT_MOST_SECONDS = 1800.0


async def carry_out(
    fact: Heard[DuplicateSearchStarted], given: Any
) -> Iterable[Act[Any, Any, Any]]:
    """The pairs that nobody had suspected before, and that the search is done.

    Doing it twice is doing it once: a pair's id follows from its people. `Unavailable`.
    """
    found = await in_a_process_of_its_own(given.database_url)
    who: dict[str, Any] = {"by": SYSTEM, "at": fact.event.at}
    done = CompleteSearch(
        compared=found.compared, suspected=len(found.pairs), left=found.left, **who
    )
    pairs = [suspecting(p.one, Suspicion(p.other, p.weighed), **who) for p in found.pairs]
    return [Act(searches, fact.event.search, done), *pairs]


async def in_a_process_of_its_own(database_url: str) -> Found:
    """What the batch finds in this database. `Unavailable` when it does not end well."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "intake.duplicates.batch",
        env=_without_secrets() | {"HOMEWARD_DATABASE_URL": database_url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(AT_MOST_SECONDS):
            told, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        raise Unavailable(f"the search for duplicates ended with {process.returncode}")
    return msgspec.json.decode(told, type=Found)


def _without_secrets() -> dict[str, str]:
    """It needs no key: it never opens a value."""
    return {name: told for name, told in os.environ.items() if not name.startswith("HOMEWARD_")}


effect = Effect(
    "duplicate_search", {"intake": Registry.of("intake", [DuplicateSearchStarted])}, carry_out
)
