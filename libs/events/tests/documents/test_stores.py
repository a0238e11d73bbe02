"""What a store of documents promises, on all of them: memory, NATS, a folder, S3."""

import asyncio
import base64
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import boto3
import nats
import pytest
from moto.server import ThreadedMotoServer

from events.documents import DocumentStore, Missing
from events.io.bus import Refused
from events.io.documents.nats import NatsDocuments, open_nats_documents
from events.io.documents.objects import object_documents
from events.io.system import SystemClock
from events.memory import FixedClock, MemoryDocuments
from events.ports import Unavailable
from events.values import Digest
from homeward.nats import Nats
from homeward.nats import start as start_nats

LATER = 60.0
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    with start_nats(tmp_path_factory.mktemp("nats"), services=("bakery", "mill")) as server:
        yield server


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """An S3 server with one bucket, found by the usual variables."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    told = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "homeward",
        "AWS_SECRET_ACCESS_KEY": "homeward",
        "AWS_REGION": "us-east-1",
    }
    before = dict(os.environ)
    os.environ.update(told)
    boto3.client("s3", endpoint_url=told["AWS_ENDPOINT_URL"]).create_bucket(Bucket="papers")
    yield "s3://papers/homeward"
    os.environ.clear()
    os.environ.update(before)
    running.stop()


async def connected(documents: NatsDocuments) -> NatsDocuments:
    async with asyncio.timeout(LATER):
        while True:
            try:
                [_ async for _ in documents.names()]
            except Unavailable:
                await asyncio.sleep(0.02)
            else:
                return documents


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture(params=["memory", "nats", "folder", "s3"])
async def documents(
    request: pytest.FixtureRequest, stack: AsyncExitStack, tmp_path: Path
) -> DocumentStore:
    match request.param:
        case "nats":
            server = request.getfixturevalue("server")
            opened = open_nats_documents(server.url, "bakery", server.passwords["bakery"])
            return await connected(await stack.enter_async_context(opened))
        case "folder":
            return object_documents(f"file://{tmp_path}/papers", "bakery")
        case "s3":
            return object_documents(request.getfixturevalue("s3"), "bakery")
    return MemoryDocuments(FixedClock(SystemClock().now()))


def name_of(content: bytes) -> Digest:
    return Digest(hashlib.sha256(content).hexdigest())


async def in_parts(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def put(documents: DocumentStore, content: bytes) -> Digest:
    name = name_of(content)
    await documents.put(name, in_parts(content), len(content))
    return name


async def all_of(documents: DocumentStore, name: Digest) -> bytes:
    return b"".join([part async for part in documents.get(name)])


@pytest.mark.parametrize("size", [1, 131_072, 1_048_576, 9 * MEGABYTE + 7])
async def test_what_is_put_is_got_byte_for_byte(documents: DocumentStore, size: int) -> None:
    content = os.urandom(size)
    name = await put(documents, content)
    assert await all_of(documents, name) == content


async def test_it_comes_in_parts(documents: DocumentStore) -> None:
    if isinstance(documents, MemoryDocuments):
        pytest.skip("in memory it is whole anyway")
    name = await put(documents, os.urandom(3 * MEGABYTE))
    sizes = [len(part) async for part in documents.get(name)]
    assert max(sizes) <= MEGABYTE
    assert sum(sizes) == 3 * MEGABYTE


async def test_putting_it_again_changes_nothing(documents: DocumentStore) -> None:
    content = os.urandom(200_000)
    assert await put(documents, content) == await put(documents, content)
    assert await all_of(documents, name_of(content)) == content


async def test_what_is_not_there_is_missing(documents: DocumentStore) -> None:
    with pytest.raises(Missing):
        await all_of(documents, name_of(b"nothing"))
    assert await documents.since(name_of(b"nothing")) is None


async def test_what_is_removed_is_gone(documents: DocumentStore) -> None:
    name = await put(documents, os.urandom(300_000))
    await documents.remove(name)
    await documents.remove(name)
    with pytest.raises(Missing):
        await all_of(documents, name)
    assert name not in [each async for each in documents.names()]


async def test_it_tells_what_lies_there_since_when(documents: DocumentStore) -> None:
    names = {await put(documents, os.urandom(10)) for _ in range(3)}
    assert names <= {each async for each in documents.names()}
    since = await documents.since(min(names))
    assert since is not None
    assert abs(since - SystemClock().now()) < timedelta(minutes=1)


# What only a real server shows


@pytest.fixture
async def bakery(server: Nats, stack: AsyncExitStack) -> NatsDocuments:
    opened = open_nats_documents(server.url, "bakery", server.passwords["bakery"])
    return await connected(await stack.enter_async_context(opened))


async def test_any_client_of_nats_can_read_it_as_an_object(
    server: Nats, bakery: NatsDocuments
) -> None:
    content = os.urandom(300_000)
    name = await put(bakery, content)
    admin = await nats.connect(
        server.url, user="admin", password=server.passwords["admin"], inbox_prefix="_INBOX_admin"
    )
    bucket = await admin.jetstream().object_store("documents_bakery")
    found = await bucket.get(name)
    assert found.data == content
    assert found.info.digest == "SHA-256=" + base64.urlsafe_b64encode(bytes.fromhex(name)).decode()
    await admin.close()


async def test_what_a_crash_left_half_of_is_not_there_but_is_told(bakery: NatsDocuments) -> None:
    async def dies() -> AsyncIterator[bytes]:
        yield os.urandom(MEGABYTE)
        raise KeyboardInterrupt

    name = name_of(b"half")
    with pytest.raises(KeyboardInterrupt):
        await bakery.put(name, dies(), 2 * MEGABYTE)
    with pytest.raises(Missing):
        await all_of(bakery, name)
    assert name in [each async for each in bakery.names()]
    await bakery.remove(name)
    assert name not in [each async for each in bakery.names()]


async def test_another_services_documents_are_closed_to_it(
    server: Nats, stack: AsyncExitStack, bakery: NatsDocuments
) -> None:
    name = await put(bakery, b"flour")
    opened = open_nats_documents(server.url, "mill", server.passwords["mill"])
    mill = await connected(await stack.enter_async_context(opened))
    mill._stream, mill._bucket = bakery._stream, bakery._bucket
    for doing in (all_of(mill, name), mill.remove(name), put(mill, b"grain")):
        with pytest.raises(Refused):
            await doing
    assert await all_of(bakery, name) == b"flour"


async def test_without_the_server_it_is_unavailable(tmp_path: Path) -> None:
    async with open_nats_documents("nats://127.0.0.1:1", "bakery", "x") as documents:
        with pytest.raises(Unavailable):
            await all_of(documents, name_of(b"flour"))
