"""The bus on NATS JetStream. The promises are in `events.ports.Bus`.

Publishing: each entry says which sequence must stand before it, so the stream is the history or
a beginning of it, whoever publishes how often. Messages carry no `Nats-Msg-Id`: the server would
answer a repeat within its window as a duplicate even when the first one is lost from its disk.

Reading: a request for the batch after a position (a direct get), again when the publisher says on
`head.<service>` that there is more. The server keeps nothing about its readers.

An own window of acknowledgements, because nats-py's `publish_async` (2.16) never answers for a
message that the server rejects.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from events.delivery.ports import Watch
from events.envelope import Entry
from events.io.bus.permissions import head_subject, inbox
from events.io.bus.streams import stream_name
from events.ports import Unavailable, WrongSequence

BATCH = 500
BATCH_BYTES = 8 << 20
ATOMIC_FROM = 20
"""From how many entries on an atomic batch is faster than one by one."""
ANSWER_SECONDS = 3.0
"""How long the server may be silent before we take it for gone."""
CONNECT_SECONDS = 3
RECONNECT_SECONDS = 0.25
PING_SECONDS = 5
IDLE_SECONDS = 2.0
"""How long a reader waits for a word of the publisher before it looks by itself."""
WRONG_LAST_SEQUENCE = 10071
"""JetStream's error code for a broken `Nats-Expected-Last-Sequence`."""


class Refused(Exception):
    """The server's permissions say no. We are wrong, or somebody has changed them."""


Answers = asyncio.Queue[Msg | Refused]


class _Error(msgspec.Struct):
    code: int = 0
    err_code: int = 0
    description: str = ""


class _State(msgspec.Struct):
    last_seq: int


class _Answer(msgspec.Struct):
    """Of JetStream, to a publication or to a question about a stream."""

    seq: int = 0
    error: _Error | None = None
    state: _State | None = None


class JetStreamBus:
    """Made by `open_bus`."""

    def __init__(self, service: str, watch: Watch) -> None:
        self._service = service
        self._watch = watch
        self._client: Client | None = None
        self._inbox = f"{inbox(service)}.{secrets.token_hex(8)}"
        self._numbers = count(1)
        self._waiting: dict[str, tuple[str, Answers]] = {}
        """By the number of the request: the subject it went to, and what was answered."""
        self._listeners: dict[str, set[asyncio.Event]] = {}

    async def keep_connected(self, servers: list[str], password: str) -> None:
        """For ever. nats-py connects again by itself; when it gives up, we begin anew."""
        while True:
            closed = asyncio.Event()
            client = Client()

            async def gave_up(closed: asyncio.Event = closed) -> None:
                closed.set()

            try:
                await client.connect(
                    servers,
                    user=self._service,
                    password=password,
                    name=self._service,
                    inbox_prefix=inbox(self._service),
                    error_cb=self._report,
                    closed_cb=gave_up,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=RECONNECT_SECONDS,  # type: ignore[arg-type]
                    connect_timeout=CONNECT_SECONDS,
                    ping_interval=PING_SECONDS,
                )
                await client.subscribe(f"{self._inbox}.*.*", cb=self._answered)
                await client.subscribe(head_subject("*"), cb=self._head)
                self._client = client
                await closed.wait()
            except (nats.errors.Error, OSError) as error:
                self._watch.failed("bus", error)
            finally:
                self._client = None
                await client.close()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _report(self, error: Exception) -> None:
        """What the server says beside the answers, such as a broken permission."""
        said = str(error).lower()
        if "permissions violation" not in said:
            self._watch.failed("bus", error)
            return
        for subject, answers in self._waiting.values():
            if f'"{subject.lower()}' in said:
                answers.put_nowait(Refused(str(error)))

    async def last(self, source: str) -> int:
        subject = f"$JS.API.STREAM.INFO.{stream_name(source)}"
        async with self._asking(subject) as (reply, answers):
            await self._send(subject, b"", f"{reply}.0")
            answer = _read(await _next(answers))
        if answer.state is None:
            raise Unavailable(f"the bus does not know the stream of {source}")
        return answer.state.last_seq

    async def publish(self, source: str, entries: Sequence[Entry]) -> int:
        async with self._asking(f"ev.{source}.") as (reply, answers):
            if len(entries) < ATOMIC_FROM:
                last = await self._publish_each(source, entries, reply, answers)
            else:
                last = await self._publish_as_one(source, entries, reply, answers)
        await self._send(head_subject(source), str(last).encode())
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
            last = _acknowledged(await _next(answers), entry)
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
        return _acknowledged(await _next(answers), last)

    async def _publish_one(
        self, source: str, entry: Entry, headers: dict[str, str], reply: str
    ) -> None:
        envelope = entry.envelope
        headers["Nats-Expected-Stream"] = stream_name(source)
        headers["Content-Type"] = "application/cloudevents+json"
        with self._watch.publishing(envelope) as traceparent:
            if traceparent is not None:
                headers["traceparent"] = traceparent
            await self._send(f"ev.{envelope.type}", entry.raw, reply, headers)

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
        async with self._asking(subject) as (reply, answers):
            await self._send(subject, question, f"{reply}.0")
            while True:
                message = await _next(answers)
                headers = message.headers or {}
                match headers.get("Status"):
                    case None:
                        entries.append(Entry(int(headers["Nats-Sequence"]), message.data))
                    case "204" | "404":  # the end of the batch; nothing there
                        return entries
                    case status:
                        raise Unavailable(f"the bus answers {status} {headers.get('Description')}")

    @asynccontextmanager
    async def _asking(self, subject: str) -> AsyncIterator[tuple[str, Answers]]:
        """A place where the answers to what goes to this subject arrive, in order."""
        number = str(next(self._numbers))
        answers: Answers = asyncio.Queue()
        self._waiting[number] = subject, answers
        try:
            yield f"{self._inbox}.{number}", answers
        finally:
            del self._waiting[number]

    async def _send(
        self, subject: str, data: bytes, reply: str = "", headers: dict[str, str] | None = None
    ) -> None:
        if self._client is None or not self._client.is_connected:
            raise Unavailable("no connection to the bus")
        try:
            await self._client.publish(subject, data, reply=reply, headers=headers)
        except (nats.errors.Error, OSError) as error:
            raise Unavailable(f"the bus does not take it: {type(error).__name__}") from error

    async def _answered(self, message: Msg) -> None:
        number = message.subject.split(".")[-2]
        if number in self._waiting:
            self._waiting[number][1].put_nowait(message)

    async def _head(self, message: Msg) -> None:
        for more in self._listeners.get(message.subject.partition(".")[2], ()):
            more.set()


async def _next(answers: Answers) -> Msg:
    try:
        if answers.empty():
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await answers.get()
        else:
            answer = answers.get_nowait()
    except TimeoutError:
        raise Unavailable("the bus does not answer") from None
    if isinstance(answer, Refused):
        raise answer
    return answer


def _acknowledged(message: Msg, entry: Entry) -> int:
    """The sequence that the entry got, which is its position."""
    answer = _read(message)
    if answer.seq != entry.position:
        raise WrongSequence(f"{answer.seq} instead of {entry.position}")
    return answer.seq


def _read(message: Msg) -> _Answer:
    status = (message.headers or {}).get("Status")
    if status is not None:
        raise Unavailable(f"the bus has no such stream, or no leader for it ({status})")
    answer = msgspec.json.decode(message.data, type=_Answer)
    if answer.error is not None:
        if answer.error.err_code == WRONG_LAST_SEQUENCE:
            raise WrongSequence(answer.error.description)
        raise Unavailable(f"the bus says: {answer.error.description}")
    return answer


@asynccontextmanager
async def open_bus(
    url: str, service: str, password: str, watch: Watch | None = None
) -> AsyncIterator[JetStreamBus]:
    """A service's connection, kept up for as long as it is open. `url`: one or more, by comma.

    Opens without the server too: until it answers, everything on the bus is `Unavailable`.
    """
    bus = JetStreamBus(service, watch or Watch())
    keeping = asyncio.create_task(bus.keep_connected(url.split(","), password), name="bus")
    try:
        yield bus
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
