"""Who may do what on the NATS server: a service publishes its own events and reads everybody's.

The server's configuration language takes JSON, so these are plain dicts.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from events.io.bus.streams import bucket, documents_name, stream_name

ADMIN = "admin"
"""The only user who may make, change or delete streams. No service has its password."""


def inbox(service: str) -> str:
    """Where answers to this service arrive. Nobody else may listen there."""
    return f"_INBOX_{service}"


def head_subject(service: str) -> str:
    """Where a service says how far its stream has come. Carried, not kept."""
    return f"head.{service}"


def grants(service: str, services: Sequence[str]) -> dict[str, Any]:
    """What one service may do.

    Reading is by `STREAM.INFO` and `DIRECT.GET` alone: they make nothing on the server, unlike
    consumers, whose settings a permission cannot look into. Its sealed documents a service writes,
    reads and removes by itself, and no other's.
    """
    reading = [
        f"$JS.API.{request}.{stream_name(each)}"
        for each in services
        for request in ("STREAM.INFO", "DIRECT.GET")
    ]
    own = documents_name(service)
    documents = [
        f"$O.{bucket(service)}.>",
        *(f"$JS.API.{each}.{own}" for each in ("STREAM.INFO", "DIRECT.GET", "STREAM.PURGE")),
    ]
    return {
        "publish": {"allow": [f"ev.{service}.>", head_subject(service), *reading, *documents]},
        "subscribe": {"allow": [f"{inbox(service)}.>", head_subject("*")]},
    }


def account(hashes: Mapping[str, str], services: Sequence[str]) -> dict[str, Any]:
    """The account that all of it lives in: `admin` and the services.

    `hashes`: bcrypt hashes (`$2a$…`) by user.
    """
    users = [
        {"user": user, "password": hashed}
        | ({} if user == ADMIN else {"permissions": grants(user, services)})
        for user, hashed in hashes.items()
    ]
    return {"jetstream": "enabled", "users": users}


def jetstream(folder: str) -> dict[str, Any]:
    """JetStream's settings: an acknowledged event is on the disk, whatever happens next.

    The default writes to the disk every two minutes and acknowledges at once.
    """
    return {"store_dir": folder, "sync_interval": "always"}
