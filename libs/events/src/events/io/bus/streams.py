"""The streams: made by an administrator, never by a service."""

from collections.abc import Iterable
from contextlib import suppress

from nats.aio.client import Client
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError


def stream_name(service: str) -> str:
    """`EV_INTAKE`."""
    return f"EV_{service.upper()}"


def stream_config(service: str, *, replicas: int = 1) -> StreamConfig:
    """All events of the service, for ever: nothing is discarded, deleted or purged.

    `allow_direct`: readers ask the stream for what comes after a position and leave nothing
    behind on the server, so that they need no permission to make anything there.
    `allow_atomic`: the relay may write many events as one (NATS 2.12 or newer).
    """
    return StreamConfig(
        name=stream_name(service),
        subjects=[f"ev.{service}.>"],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.NEW,
        num_replicas=replicas,
        deny_delete=True,
        deny_purge=True,
        allow_direct=True,
        allow_atomic=True,
        max_consumers=-1,
        max_msgs=-1,
        max_bytes=-1,
        max_age=0,
    )


def bucket(service: str) -> str:
    """The Object Store bucket of the service's documents, as `nats object` calls it."""
    return f"documents_{service}"


def documents_name(service: str) -> str:
    """The stream behind the bucket."""
    return f"OBJ_{bucket(service)}"


def documents_config(service: str, *, replicas: int = 1) -> StreamConfig:
    """As NATS lays an Object Store out (its ADR-20): parts under C, what they make up under M."""
    return StreamConfig(
        name=documents_name(service),
        subjects=[f"$O.{bucket(service)}.C.>", f"$O.{bucket(service)}.M.>"],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.NEW,
        num_replicas=replicas,
        allow_rollup_hdrs=True,
        allow_direct=True,
        max_consumers=-1,
        max_msgs=-1,
        max_bytes=-1,
        max_age=0,
    )


async def remake_stream(admin: Client, service: str, *, replicas: int = 1) -> None:
    """Throw the stream away and make it anew, empty: its relay fills it from the store."""
    jetstream = admin.jetstream()
    with suppress(NotFoundError):
        await jetstream.delete_stream(stream_name(service))
    await jetstream.add_stream(stream_config(service, replicas=replicas))


async def make_streams(admin: Client, services: Iterable[str], *, replicas: int = 1) -> list[str]:
    """Make the streams that are missing; the names of those made. `admin`: a connection."""
    jetstream = admin.jetstream()
    made: list[str] = []
    for service in services:
        for config in (
            stream_config(service, replicas=replicas),
            documents_config(service, replicas=replicas),
        ):
            assert config.name is not None
            try:
                await jetstream.stream_info(config.name)
            except NotFoundError:
                await jetstream.add_stream(config)
                made.append(config.name)
    return made
