"""Settings: one frozen object, read once from the environment."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec

KEY_BYTES = 32
OWNERS = "HOMEWARD_MIGRATION_"
"""What the variables begin with that no service may be told."""


class BadSettings(ValueError):
    """The environment does not say what a service needs. The message says what and where."""


EARLIER = "HOMEWARD_EARLIER_EPOCH_KEYS"
"""Epoch keys that values may still be under, with commas between; while an epoch is changed."""

_MEANINGS = {
    "HOMEWARD_BIND": "where to listen, such as 127.0.0.1:8471",
    "HOMEWARD_CLIENT_SECRET": "the service's own secret at the issuer",
    "HOMEWARD_DATA": "a folder for the service's files",
    "HOMEWARD_DATABASE_URL": "its Postgres database, under the role that may only add",
    "HOMEWARD_EPOCH_KEY": "32 bytes in base64 that seal the personal data vault",
    "HOMEWARD_ISSUER_URL": "the identity provider, as its tokens name it",
    "HOMEWARD_NATS_PASSWORD": "the service's password at NATS",
    "HOMEWARD_NATS_URL": "where NATS is, such as nats://127.0.0.1:4222",
    "HOMEWARD_NATS_USER": "the service's user at NATS",
    "HOMEWARD_SERVICE_URLS": "a JSON object of the services' addresses by name",
}


@dataclass(frozen=True)
class Settings:
    """What one service is told by its environment."""

    service: str
    host: str
    port: int
    database_url: str = field(repr=False)
    nats_url: str
    nats_user: str
    nats_password: str = field(repr=False)
    issuer_url: str
    client_secret: str = field(repr=False)
    epoch_key: bytes = field(repr=False)
    earlier_epoch_keys: tuple[bytes, ...] = field(repr=False)
    """Of epochs that are being retired."""
    service_urls: Mapping[str, str]
    data: Path
    documents: str | None
    """`s3://bucket/prefix` or `file:///folder`; without it they are kept in NATS."""
    otlp_endpoint: str | None
    """Where traces and metrics go; nowhere without it."""
    trace_ratio: float
    """Which part of the traces that begin here is sent, from 0 to 1."""

    @property
    def client_id(self) -> str:
        return f"svc_{self.service}"

    @classmethod
    def read(cls, service: str, environment: Mapping[str, str]) -> Self:
        """From the environment; `BadSettings` names all that is missing, and what is too much."""
        if owners := [name for name in environment if name.startswith(OWNERS)]:
            raise BadSettings(
                f"{service} does not start with {', '.join(owners)} in its environment:"
                " who owns the tables can rewrite history. Leave it to events.io.migration."
            )
        missing = [name for name in _MEANINGS if not environment.get(name)]
        if missing:
            told = "; ".join(f"{name} ({_MEANINGS[name]})" for name in missing)
            raise BadSettings(f"{service} cannot start without {told}.")
        said = {name: environment[name] for name in _MEANINGS}
        host, port = _address(said["HOMEWARD_BIND"])
        return cls(
            service=service,
            host=host,
            port=port,
            database_url=said["HOMEWARD_DATABASE_URL"],
            nats_url=said["HOMEWARD_NATS_URL"],
            nats_user=said["HOMEWARD_NATS_USER"],
            nats_password=said["HOMEWARD_NATS_PASSWORD"],
            issuer_url=said["HOMEWARD_ISSUER_URL"].rstrip("/"),
            client_secret=said["HOMEWARD_CLIENT_SECRET"],
            epoch_key=epoch_key(said["HOMEWARD_EPOCH_KEY"]),
            earlier_epoch_keys=earlier_keys(environment),
            service_urls=_urls(said["HOMEWARD_SERVICE_URLS"]),
            data=Path(said["HOMEWARD_DATA"]),
            documents=_documents(environment.get("HOMEWARD_DOCUMENTS") or None),
            otlp_endpoint=environment.get("HOMEWARD_OTLP_ENDPOINT") or None,
            trace_ratio=_ratio(environment.get("HOMEWARD_TRACE_RATIO") or "1"),
        )


def _address(bind: str) -> tuple[str, int]:
    host, _, port = bind.rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port) < 2**16:
        raise BadSettings(f"HOMEWARD_BIND is {bind!r}; it should be like 127.0.0.1:8471.")
    return host.strip("[]"), int(port)


def earlier_keys(environment: Mapping[str, str]) -> tuple[bytes, ...]:
    """Those that the environment tells; as a rule none. `BadSettings`."""
    told = environment.get(EARLIER, "")
    return tuple(epoch_key(each, EARLIER) for each in told.split(",") if each)


def epoch_key(text: str, name: str = "HOMEWARD_EPOCH_KEY") -> bytes:
    """The key as the environment has it. `BadSettings`."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise BadSettings(f"{name} should be {KEY_BYTES} bytes in base64.")
    return key


def _ratio(text: str) -> float:
    try:
        ratio = float(text)
    except ValueError:
        ratio = -1.0
    if not 0.0 <= ratio <= 1.0:
        raise BadSettings("HOMEWARD_TRACE_RATIO should be between 0 and 1, such as 0.1.")
    return ratio


def _documents(text: str | None) -> str | None:
    if text is not None and not text.startswith(("s3://", "file:///")):
        raise BadSettings("HOMEWARD_DOCUMENTS should be like s3://bucket/prefix or file:///folder.")
    return text


def _urls(text: str) -> Mapping[str, str]:
    try:
        urls = msgspec.json.decode(text, type=dict[str, str])
    except msgspec.MsgspecError:
        raise BadSettings(
            'HOMEWARD_SERVICE_URLS should be like {"intake": "http://127.0.0.1:8471"}.'
        ) from None
    return {name: url.rstrip("/") for name, url in urls.items()}
