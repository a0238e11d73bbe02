"""One user's connection to the NATS server, kept up, and questions with their answers on it.

An own window of acknowledgements, because nats-py's `publish_async` (2.16) never answers for a
message that the server rejects.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import count

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from events.delivery.ports import Watch
from events.io.bus.permissions import inbox
from events.ports import Unavailable, WrongSequence

ANSWER_SECONDS = 3.0
"""How long the server may be silent before we take it for gone."""
CONNECT_SECONDS = 3
RECONNECT_SECONDS = 0.25
PING_SECONDS = 5
AGAIN_SECONDS = 0.5
"""Then it is told to end again: Python 3.11 loses a cancellation that meets a lost connection."""
WRONG_LAST_SEQUENCE = 10071
"""JetStream's error code for a broken `Nats-Expected-Last-Sequence`."""


class Refused(Exception):
    """The server's permissions say no. We are wrong, or somebody has changed them."""


Answers = asyncio.Queue[Msg | Refused]
Hearing = Mapping[str, Callable[[Msg], Awaitable[None]]]


class _Error(msgspec.Struct):
    code: int = 0
    err_code: int = 0
    description: str = ""


class _State(msgspec.Struct):
    last_seq: int
    subjects: dict[str, int] = {}


class Answer(msgspec.Struct):
    """Of JetStream, to a publication or to a question about a stream."""

    seq: int = 0
    error: _Error | None = None
    state: _State | None = None


class Connection:
    """Asks, publishes and listens as one user."""

    def __init__(self, user: str, watch: Watch, hearing: Hearing | None = None) -> None:
        """`hearing`: by subject, who is told what is published there."""
        self._user = user
        self._watch = watch
        self._hearing = hearing or {}
        self._client: Client | None = None
        self._inbox = f"{inbox(user)}.{secrets.token_hex(8)}"
        self._numbers = count(1)
        self._waiting: dict[str, tuple[str, Answers]] = {}
        """By the number of the request: the subject it went to, and what was answered."""

    @asynccontextmanager
    async def kept_up(self, url: str, password: str) -> AsyncIterator[None]:
        """For as long as it is needed. `url`: one or more servers, by comma."""
        keeping = asyncio.create_task(self._keep_connected(url.split(","), password), name="nats")
        try:
            yield
        finally:
            while not keeping.done():  # nats-py may take it for one more server that is away
                keeping.cancel()
                await asyncio.wait({keeping}, timeout=AGAIN_SECONDS)
            with suppress(asyncio.CancelledError):
                await keeping

    async def _keep_connected(self, servers: list[str], password: str) -> None:
        """For ever. nats-py connects again by itself; when it gives up, we begin anew."""
        while True:
            closed = asyncio.Event()
            client = Client()

            async def gave_up(closed: asyncio.Event = closed) -> None:
                closed.set()

            try:
                await client.connect(
                    servers,
                    user=self._user,
                    password=password,
                    name=self._user,
                    inbox_prefix=inbox(self._user),
                    error_cb=self._report,
                    closed_cb=gave_up,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=RECONNECT_SECONDS,  # type: ignore[arg-type]
                    connect_timeout=CONNECT_SECONDS,
                    ping_interval=PING_SECONDS,
                )
                await client.subscribe(f"{self._inbox}.*.*", cb=self._answered)
                for subject, told in self._hearing.items():
                    await client.subscribe(subject, cb=told)
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

    @asynccontextmanager
    async def asking(self, subject: str) -> AsyncIterator[tuple[str, Answers]]:
        """A place where the answers to what goes to this subject arrive, in order."""
        number = str(next(self._numbers))
        answers: Answers = asyncio.Queue()
        self._waiting[number] = subject, answers
        try:
            yield f"{self._inbox}.{number}", answers
        finally:
            del self._waiting[number]

    async def send(
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


async def next_answer(answers: Answers) -> Msg:
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


def read_answer(message: Msg) -> Answer:
    status = (message.headers or {}).get("Status")
    if status is not None:
        raise Unavailable(f"the bus has no such stream, or no leader for it ({status})")
    answer = msgspec.json.decode(message.data, type=Answer)
    if answer.error is not None:
        if answer.error.err_code == WRONG_LAST_SEQUENCE:
            raise WrongSequence(answer.error.description)
        raise Unavailable(f"the bus says: {answer.error.description}")
    return answer
