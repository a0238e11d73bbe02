"""Patience: at the start of a process the world may not be ready yet."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from events.cancelling import heed_cancellation
from events.io.postgres.faults import LOST
from events.ports import Unavailable

T = TypeVar("T")

PATIENCE_SECONDS = 120.0
"""How long a process waits for its database before it gives up."""
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 1.0


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try until the world is ready, for two minutes at most. `Unavailable`."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + PATIENCE_SECONDS
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return await attempt()
        except (Unavailable, *LOST) as error:
            heed_cancellation(error)
            if loop.time() + pause > give_up_at:
                raise Unavailable(str(error)) from error
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
