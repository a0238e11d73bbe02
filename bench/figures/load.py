"""A load of HTTP: so many connections, each sending the next request when the answer is there.

Its own process: `python -m bench.figures.load PORT SECONDS` reads the request's head and body from
standard input and prints how many answers were a success, and how many were not.
"""

import asyncio
import itertools
import sys
from time import perf_counter
from typing import cast

import uvloop

CONNECTIONS = 64


class Connection(asyncio.Protocol):
    """One keep-alive connection. `{key}` in the head is another number in each request."""

    numbers = itertools.count()

    def __init__(self, head: bytes, body: bytes, until: float) -> None:
        before, self._mark, after = head.partition(b"{key}")
        self._before, self._after = before, after + body
        self._until = until
        self._buffer = b""
        self._transport: asyncio.WriteTransport | None = None
        self.succeeded = 0
        self.failed = 0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's own class
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        number = b"%d" % next(self.numbers) if self._mark else b""
        self._transport.write(self._before + number + self._after)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        at = head.index(b"content-length: ") + 16
        if len(body) < int(head[at : at + 8].split(b"\r")[0]):
            return
        self._buffer = b""
        if head[9:10] == b"2":
            self.succeeded += 1
        else:
            self.failed += 1
            self.answer = head + body
        if perf_counter() < self._until:
            self._send()
        elif self._transport is not None:
            self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


async def load(port: int, seconds: float, head: bytes, body: bytes) -> tuple[int, int, float]:
    """Successes, failures, and how long it took."""
    loop = asyncio.get_running_loop()
    started = perf_counter()
    until = started + seconds
    connections: list[Connection] = []
    for _ in range(CONNECTIONS):
        _, connection = await loop.create_connection(
            lambda: Connection(head, body, until), "127.0.0.1", port
        )
        connections.append(connection)
    await asyncio.wait_for(asyncio.gather(*(c.ended for c in connections)), seconds + 30)
    passed = perf_counter() - started
    return sum(c.succeeded for c in connections), sum(c.failed for c in connections), passed


def main() -> None:
    head, _, body = sys.stdin.buffer.read().partition(b"\r\n\r\n")
    head += b"\r\n\r\n"
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(*runner.run(load(port, seconds, head, body)))


if __name__ == "__main__":
    main()
