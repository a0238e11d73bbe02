"""The last position of a history, and waiting for the next one."""

import asyncio
from contextlib import suppress


class Head:
    """The last position that this process knows of. It only grows."""

    def __init__(self) -> None:
        self.known = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def grown(self, head: int) -> None:
        """Wake who waits for it."""
        if head > self.known:
            self.known = head
            for waiter in self._waiting:
                if not waiter.done():
                    waiter.set_result(None)

    async def above(self, after: int, timeout_seconds: float) -> None:
        """Return when the head is above, or at the latest after the time-out."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                while self.known <= after:
                    waiter = asyncio.get_running_loop().create_future()
                    self._waiting.add(waiter)
                    try:
                        await waiter
                    finally:
                        self._waiting.discard(waiter)
