"""Documents in NATS's Object Store, in its own layout (ADR-20): `nats object get` reads them too.

nats-py's object store makes a consumer for each reading, which a service is not let do. Here a part
is asked for by its subject, and the server keeps nothing about its readers. Parts come before what
they make up: what a crash left half of is not there for a reader, and is removed in time.
"""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec
from nats.aio.msg import Msg

from events.delivery.ports import Watch
from events.documents import Missing
from events.io.bus.connection import Connection, next_answer, read_answer
from events.io.bus.streams import bucket, documents_name
from events.ports import Unavailable
from events.values import Digest

PART_BYTES = 128 * 1024
ON_THE_WAY = 8
"""So many parts are unanswered at a time, either way."""


class _Options(msgspec.Struct):
    max_chunk_size: int


class _Info(msgspec.Struct):
    """What the parts make up, as ADR-20 spells it. `nuid` is where they are: here, the name."""

    name: str
    bucket: str
    nuid: str
    size: int
    chunks: int
    digest: str
    options: _Options


class NatsDocuments:
    """One service's documents. Made by `open_nats_documents`."""

    def __init__(self, service: str, connection: Connection) -> None:
        self._on = connection
        self._bucket = bucket(service)
        self._stream = documents_name(service)

    async def put(self, name: Digest, parts: AsyncIterator[bytes], size: int) -> None:
        await self.remove(name)  # what a crash left of it
        written = 0
        subject = self._parts_at(name)
        async with self._on.asking(subject) as (reply, answers):
            async for part in _of_one_size(parts):
                await self._on.send(subject, part, f"{reply}.0")
                written += 1
                if written >= ON_THE_WAY:
                    _acknowledged(await next_answer(answers))
            for _ in range(min(written, ON_THE_WAY - 1)):
                _acknowledged(await next_answer(answers))
        info = _Info(
            name=name,
            bucket=self._bucket,
            nuid=name,
            size=size,
            chunks=written,
            digest="SHA-256=" + base64.urlsafe_b64encode(bytes.fromhex(name)).decode(),
            options=_Options(PART_BYTES),
        )
        subject = self._info_at(name)
        async with self._on.asking(subject) as (reply, answers):
            data, headers = msgspec.json.encode(info), {"Nats-Rollup": "sub"}
            await self._on.send(subject, data, f"{reply}.0", headers)
            _acknowledged(await next_answer(answers))

    async def get(self, name: Digest) -> AsyncIterator[bytes]:
        told = await self._direct({"last_by_subj": self._info_at(name)})
        if not told or not told[0].data:
            raise Missing(name)
        left, after = msgspec.json.decode(told[0].data, type=_Info).chunks, 0
        while left > 0:
            batch = await self._direct(
                {
                    "seq": after + 1,
                    "next_by_subj": self._parts_at(name),
                    "batch": min(left, ON_THE_WAY),
                    "max_bytes": 2 * ON_THE_WAY * PART_BYTES,
                }
            )
            if not batch:
                raise Missing(name)
            for message in batch:
                yield message.data
            after = int((batch[-1].headers or {})["Nats-Sequence"])
            left -= len(batch)

    async def remove(self, name: Digest) -> None:
        subject = f"$JS.API.STREAM.PURGE.{self._stream}"
        for filtered in (self._info_at(name), self._parts_at(name)):
            await self._ask(subject, msgspec.json.encode({"filter": filtered}))

    async def names(self) -> AsyncIterator[Digest]:
        parts = f"$O.{self._bucket}.C."
        question = msgspec.json.encode({"subjects_filter": parts + ">"})
        answer = await self._ask(f"$JS.API.STREAM.INFO.{self._stream}", question)
        state = read_answer(answer).state
        for subject in state.subjects if state else ():
            yield Digest(subject.removeprefix(parts))

    async def since(self, name: Digest) -> datetime | None:
        last = await self._direct({"last_by_subj": self._parts_at(name)})
        if not last:
            return None
        told = (last[0].headers or {})["Nats-Time-Stamp"]
        return datetime.fromisoformat(told).astimezone(UTC)

    def _parts_at(self, name: Digest) -> str:
        return f"$O.{self._bucket}.C.{name}"

    def _info_at(self, name: Digest) -> str:
        return f"$O.{self._bucket}.M.{base64.urlsafe_b64encode(name.encode()).decode()}"

    async def _ask(self, subject: str, question: bytes) -> Msg:
        async with self._on.asking(subject) as (reply, answers):
            await self._on.send(subject, question, f"{reply}.0")
            return await next_answer(answers)

    async def _direct(self, question: dict[str, str | int]) -> list[Msg]:
        """What is asked for, message by message; nothing where there is none."""
        subject = f"$JS.API.DIRECT.GET.{self._stream}"
        found: list[Msg] = []
        async with self._on.asking(subject) as (reply, answers):
            await self._on.send(subject, msgspec.json.encode(question), f"{reply}.0")
            while True:
                message = await next_answer(answers)
                match (message.headers or {}).get("Status"):
                    case None:
                        found.append(message)
                        if "batch" not in question:
                            return found
                    case "204" | "404":  # the end of the batch; nothing there
                        return found
                    case status:
                        raise Unavailable(f"the document store answers {status}")


async def _of_one_size(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    left = bytearray()
    async for part in parts:
        left += part
        while len(left) >= PART_BYTES:
            yield bytes(left[:PART_BYTES])
            del left[:PART_BYTES]
    if left:
        yield bytes(left)


def _acknowledged(message: Msg) -> None:
    read_answer(message)


@asynccontextmanager
async def open_nats_documents(
    url: str, service: str, password: str, watch: Watch | None = None
) -> AsyncIterator[NatsDocuments]:
    """A service's documents on a connection of its own; until that is up they are `Unavailable`."""
    connection = Connection(service, watch or Watch())
    async with connection.kept_up(url, password):
        yield NatsDocuments(service, connection)
