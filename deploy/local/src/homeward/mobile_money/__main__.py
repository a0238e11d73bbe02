"""`python -m homeward.mobile_money`: the simulated provider as a process of its own."""

import asyncio
import os
from pathlib import Path

import httpx
import uvicorn

from events.io.system import SystemClock
from homeward.mobile_money.book import Book
from homeward.mobile_money.counter import Counter, Pace

LOOK_EVERY_SECONDS = 0.1


async def main() -> None:
    """Serve until told to stop. `HOMEWARD_BIND`, `HOMEWARD_DATA` and the one client's id and key
    in `HOMEWARD_CLIENT` (`id:key`).
    """
    host, _, port = os.environ["HOMEWARD_BIND"].rpartition(":")
    client, _, key = os.environ["HOMEWARD_CLIENT"].partition(":")
    book = Book(Path(os.environ["HOMEWARD_DATA"]) / "book.sqlite")
    async with httpx.AsyncClient(timeout=5.0) as calls:
        counter = Counter(book, SystemClock(), {client: key}, Pace(), calls)
        config = uvicorn.Config(
            counter.app(), host=host, port=int(port), log_config=None, access_log=False
        )
        server = uvicorn.Server(config)
        ticking = asyncio.create_task(_tick(counter))
        await server.serve()
        ticking.cancel()
    book.close()


async def _tick(counter: Counter) -> None:
    while True:
        await counter.tick()
        await asyncio.sleep(LOOK_EVERY_SECONDS)


if __name__ == "__main__":
    asyncio.run(main())
