"""The bus on NATS JetStream. The promises are in `events.ports.Bus`.

Publishing: each entry says which sequence must stand before it, so the stream is the history or
a beginning of it, whoever publishes how often. Messages carry no `Nats-Msg-Id`: the server would
answer a repeat within its window as a duplicate even when the first one is lost from its disk.

Reading: a request for the batch after a position (a direct get), again when the publisher says on
`head.<service>` that there is more. The server keeps nothing about its readers.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import msgspec
from nats.aio.msg import Msg

from events.delivery.ports import Watch
from events.envelope import Entry
from events.io.bus.connection import Answers, Connection, next_answer, read_answer
from events.io.bus.permissions import head_subject
from events.io.bus.streams import stream_name
from events.ports import Unavailable, WrongSequence

BATCH = 2_000
"""So many are read at once by who is behind: a transaction for each batch is what that costs."""
BATCH_BYTES = 8 << 20
ATOMIC_FROM = 20
"""From how many entries on an atomic batch is faster than one by one."""
IDLE_SECONDS = 2.0
"""How long a reader waits for a word of the publisher before it looks by itself."""


class JetStreamBus:
    """Made by `open_bus`."""

    def __init__(self, service: str, watch: Watch) -> None:
        self._watch = watch
        self.connection = Connection(service, watch, {head_subject("*"): self._head})
        self._listeners: dict[str, set[asyncio.Event]] = {}

    async def last(self, source: str) -> int:
        subject = f"$JS.API.STREAM.INFO.{stream_name(source)}"
        async with self.connection.asking(subject) as (reply, answers):
            await self.connection.send(subject, b"", f"{reply}.0")
            answer = read_answer(await next_answer(answers))
        if answer.state is None:
            raise Unavailable(f"the bus does not know the stream of {source}")
        return answer.state.last_seq

    async def publish(self, source: str, entries: Sequence[Entry]) -> int:
        async with self.connection.asking(f"ev.{source}.") as (reply, answers):
            if len(entries) < ATOMIC_FROM:
                last = await self._publish_each(source, entries, reply, answers)
            else:
                last = await self._publish_as_one(source, entries, reply, answers)
        await self.connection.send(head_subject(source), str(last).encode())
        return last

    async def _publish_each(
        self, source: str, entries: Sequence[Entry], reply: str, answers: Answers
    ) -> int:
        """All on their way at once, each behind its predecessor or refused."""
        last = 0
        for entry in entries:
            headers = {"Nats-Expected-Last-Sequence": str(entry.position - 1)}
            await self._publish_one(source, entry, headers, f"{reply}.{entry.position}")
        for entry in entries:
            last = _acknowledged(await next_answer(answers), entry)
        return last

    async def _publish_as_one(
        self, source: str, entries: Sequence[Entry], reply: str, answers: Answers
    ) -> int:
        """An atomic batch: all of them or none, and one write to the disk instead of many."""
        batch, last = secrets.token_hex(8), entries[-1]
        for number, entry in enumerate(entries, start=1):
            headers = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}
            if number == 1:
                headers["Nats-Expected-Last-Sequence"] = str(entry.position - 1)
            if entry is last:
                headers["Nats-Batch-Commit"] = "1"
            await self._publish_one(source, entry, headers, f"{reply}.0" if entry is last else "")
        return _acknowledged(await next_answer(answers), last)

    async def _publish_one(
        self, source: str, entry: Entry, headers: dict[str, str], reply: str
    ) -> None:
        envelope = entry.envelope
        headers["Nats-Expected-Stream"] = stream_name(source)
        headers["Content-Type"] = "application/cloudevents+json"
        with self._watch.publishing(envelope) as traceparent:
            if traceparent is not None:
                headers["traceparent"] = traceparent
            await self.connection.send(f"ev.{envelope.type}", entry.raw, reply, headers)

    async def listen(self, source: str, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        more = asyncio.Event()
        self._listeners.setdefault(source, set()).add(more)
        try:
            while True:
                more.clear()
                batch = await self._get(source, after + 1)
                if batch:
                    if batch[0].position != after + 1:
                        raise WrongSequence(f"{source} begins at {batch[0].position}")
                    after = batch[-1].position
                else:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(IDLE_SECONDS):
                            await more.wait()
                        continue
                yield batch
        finally:
            self._listeners[source].discard(more)

    async def entry(self, source: str, position: int) -> Entry | None:
        found = await self._get(source, position, most=1)
        return found[0] if found and found[0].position == position else None

    async def _get(self, source: str, sequence: int, most: int = BATCH) -> list[Entry]:
        """The next entries from that sequence on, none when there are none yet."""
        question = msgspec.json.encode({"seq": sequence, "batch": most, "max_bytes": BATCH_BYTES})
        entries: list[Entry] = []
        subject = f"$JS.API.DIRECT.GET.{stream_name(source)}"
        async with self.connection.asking(subject) as (reply, answers):
            await self.connection.send(subject, question, f"{reply}.0")
            while True:
                message = await next_answer(answers)
                headers = message.headers or {}
                match headers.get("Status"):
                    case None:
                        entries.append(Entry(int(headers["Nats-Sequence"]), message.data))
                    case "204" | "404":  # the end of the batch; nothing there
                        return entries
                    case status:
                        raise Unavailable(f"the bus answers {status} {headers.get('Description')}")

    async def _head(self, message: Msg) -> None:
        for more in self._listeners.get(message.subject.partition(".")[2], ()):
            more.set()


def _acknowledged(message: Msg, entry: Entry) -> int:
    """The sequence that the entry got, which is its position."""
    answer = read_answer(message)
    if answer.seq != entry.position:
        raise WrongSequence(f"{answer.seq} instead of {entry.position}")
    return answer.seq


@asynccontextmanager
async def open_bus(
    url: str, service: str, password: str, watch: Watch | None = None
) -> AsyncIterator[JetStreamBus]:
    """A service's connection, kept up for as long as it is open. `url`: one or more, by comma.

    Opens without the server too: until it answers, everything on the bus is `Unavailable`.
    """
    bus = JetStreamBus(service, watch or Watch())
    async with bus.connection.kept_up(url, password):
        yield bus
