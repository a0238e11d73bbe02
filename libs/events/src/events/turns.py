"""Taking turns at a stream that many write to at once, within this process.

Without turns all of them decide on the same version, one is stored and the rest decide anew, over
and over. In turn each decides on what the one before has left, which need not be read again.
Another process may still get in between: the store finds that out, as ever.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Turn:
    """At one stream."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    here: int = 0
    """How many wait for it or have it."""
    left: Any = None
    """What the one before has left; None when it has to be looked at."""


@dataclass
class Turns:
    _at: dict[str, Turn] = field(default_factory=dict)

    @asynccontextmanager
    async def at(self, streams: Sequence[str]) -> AsyncIterator[dict[str, Turn]]:
        """Within, nobody else of this process writes to the streams. They are taken in order."""
        mine = {stream: self._at.setdefault(stream, Turn()) for stream in sorted(set(streams))}
        for turn in mine.values():
            turn.here += 1
        try:
            async with AsyncExitStack() as stack:
                for turn in mine.values():
                    await stack.enter_async_context(turn.lock)
                yield mine
        finally:
            for stream, turn in mine.items():
                turn.here -= 1
                if not turn.here:
                    del self._at[stream]
