"""The audit service reads what the others tell and can change none of it: each way is tried."""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg
import nats
import pytest
from nats.aio.client import Client
from nats.errors import TimeoutError as Unanswered

from audit.main import SOURCES
from events.io.bus.permissions import ADMIN, head_subject, inbox
from events.io.bus.streams import bucket, documents_name, stream_name
from events.io.postgres import migrate
from homeward.nats import Nats
from homeward.postgres import Database

OTHERS = tuple(source for source in SOURCES if source != "audit")
PATIENCE_SECONDS = 0.3


@pytest.mark.parametrize("other", OTHERS)
async def test_no_role_of_it_enters_the_store_of_another(
    make_database: Callable[[str], Database], other: str
) -> None:
    ours, theirs = make_database("audit"), make_database(other)
    await migrate(theirs.owner)
    for role in (ours.app, ours.owner, ours.auditor):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await asyncpg.connect(role, database=theirs.name)
        inside = await asyncpg.connect(role)
        try:
            for whose in ("owner", "app", "auditor"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await inside.execute(f"set role {theirs.name}_{whose}")
        finally:
            await inside.close()


@pytest.fixture
async def bus(nats_server: Nats) -> AsyncIterator[Callable[[str], Client]]:
    """Connections of users of the bus."""
    made: dict[str, Client] = {}

    async def quiet(_: Exception) -> None: ...

    for user in ("audit", ADMIN):
        made[user] = await nats.connect(
            nats_server.url,
            user=user,
            password=nats_server.passwords[user],
            inbox_prefix=inbox(user),
            error_cb=quiet,
        )
    yield made.__getitem__
    for each in made.values():
        await each.close()


@pytest.mark.parametrize("other", OTHERS)
async def test_it_publishes_under_the_subject_of_no_other(
    bus: Callable[[str], Client], other: str
) -> None:
    streams = bus(ADMIN).jetstream()
    before = [(await streams.stream_info(name)).state for name in _streams(other)]
    heard: list[str] = []

    async def hear(message: object) -> None:
        heard.append(repr(message))

    await bus(ADMIN).subscribe(head_subject(other), cb=hear)
    await bus(ADMIN).flush()
    for subject in (
        f"ev.{other}.vendor_paid.v1",
        head_subject(other),
        f"$O.{bucket(other)}.C.x",
        *(
            f"$JS.API.STREAM.{act}.{name}"
            for act in ("DELETE", "PURGE", "UPDATE", "MSG.DELETE", "CREATE")
            for name in _streams(other)
        ),
    ):
        await bus("audit").publish(subject, b"{}")
    await bus("audit").flush()
    await asyncio.sleep(PATIENCE_SECONDS)
    after = [(await streams.stream_info(name)).state for name in _streams(other)]
    assert after == before
    assert heard == []
    with pytest.raises(Unanswered):
        await bus("audit").request(f"ev.{other}.vendor_paid.v1", b"{}", timeout=PATIENCE_SECONDS)


async def test_its_own_it_publishes(bus: Callable[[str], Client]) -> None:
    """So it was the permission, and nothing else, that kept it from those."""
    told = await bus("audit").jetstream().publish("ev.audit.bundle_exported.v1", b"{}")
    assert told.stream == stream_name("audit")


def _streams(service: str) -> tuple[str, str]:
    return stream_name(service), documents_name(service)
