"""The envelope: one event as one canonical byte string, a CloudEvents 1.0 event in JSON.

CloudEvents attributes are scalars (section 3.1), so the acting person is spread over `actor…`
attributes, integers beyond 32 bits are strings, and the digests of personal values stand inside
`data` as `_sd`, where SD-JWT puts them. `sequence` is the version within the stream, `position`
the place in the service's whole history; both count from 1 without a gap.
"""

import hashlib
from datetime import UTC, datetime

import msgspec

from events.values import Code, DelegationId, PersonId

ENTRY_MAX_BYTES = 65_535
"""An entry bundle of the transparency log carries each entry's length in 16 bits."""

POSITION = b'"position":""'


class EntryTooLarge(ValueError):
    """The entry would be over 65,535 bytes. Nothing was stored."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts, in which role, for whom, and how we know."""

    id: PersonId
    role: Code
    organisation: Code
    office: Code | None = None
    delegation: DelegationId | None = None
    authentication: Code = Code("token")


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What surrounds a command and goes into the envelope of each event that follows from it."""

    actor: Actor
    tenant: Code = Code("homeward")
    correlation: str
    """One id for all that follows from one request of a person, across services."""
    causation: str | None = None
    """The id of the event that this one was an answer to."""
    traceparent: str | None = None


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as read back: every attribute, `data` still as bytes."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    recordedtime: datetime
    sequence: str
    position: str
    actorid: PersonId
    actorrole: Code
    actororganisation: Code
    actoroffice: Code | None = None
    actordelegation: DelegationId | None = None
    actorauthentication: Code
    correlationid: str
    causationid: str | None = None
    traceparent: str | None = None
    tenant: Code
    datacontenttype: str
    data: msgspec.Raw

    @property
    def service(self) -> str:
        """The service that emitted it: the first part of the type."""
        return self.type.partition(".")[0]

    @property
    def actor(self) -> Actor:
        return Actor(
            id=self.actorid,
            role=self.actorrole,
            organisation=self.actororganisation,
            office=self.actoroffice,
            delegation=self.actordelegation,
            authentication=self.actorauthentication,
        )


class Entry(msgspec.Struct, frozen=True):
    """A stored event: its place in the service's history and its bytes, which are the event."""

    position: int
    raw: bytes

    @property
    def envelope(self) -> Envelope:
        return open_entry(self.raw)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.raw).digest()


_decoder = msgspec.json.Decoder(Envelope)


def open_entry(entry: bytes) -> Envelope:
    """Read the envelope. `msgspec.ValidationError` when it is not one."""
    return _decoder.decode(entry)


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC, always with microseconds, so that equal times are equal bytes."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    text = msgspec.json.encode(at if at.tzinfo is UTC else at.astimezone(UTC))[1:-2].decode()
    return f"{text}Z" if at.microsecond else f"{text}.000000Z"


class _Attributes(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The envelope as it is written. The fields stand in the order of their names: canonical."""

    actorauthentication: str
    actordelegation: str | None = None
    actorid: str
    actoroffice: str | None = None
    actororganisation: str
    actorrole: str
    causationid: str | None = None
    correlationid: str
    data: msgspec.Raw
    datacontenttype: str
    id: str
    position: str
    recordedtime: str
    sequence: str
    source: str
    specversion: str
    subject: str
    tenant: str
    time: str
    traceparent: str | None = None
    type: str


_encoder = msgspec.json.Encoder()


def write_entry(
    *,
    id: str,  # noqa: A002  CloudEvents' own name
    service: str,
    type: str,  # noqa: A002  CloudEvents' own name
    stream: str,
    version: int,
    at: datetime,
    recorded: datetime,
    context: Context,
    data: bytes,
) -> bytes:
    """The entry in canonical bytes, its `position` empty until the store assigns it.

    `data` is canonical JSON already.
    """
    actor = context.actor
    return _encoder.encode(
        _Attributes(
            actorauthentication=actor.authentication,
            actordelegation=actor.delegation,
            actorid=actor.id,
            actoroffice=actor.office,
            actororganisation=actor.organisation,
            actorrole=actor.role,
            causationid=context.causation,
            correlationid=context.correlation,
            data=msgspec.Raw(data),
            datacontenttype="application/json",
            id=id,
            position="",
            recordedtime=timestamp(recorded),
            sequence=str(version),
            source=f"/{context.tenant}/{service}",
            specversion="1.0",
            subject=stream,
            tenant=context.tenant,
            time=timestamp(at),
            traceparent=context.traceparent,
            type=type,
        )
    )


def split_at_position(entry: bytes) -> tuple[bytes, bytes]:
    """The bytes before and after the position's digits.

    The store, which alone knows the position, puts the digits in between. After `position` only
    attributes follow whose values are plain strings, so the last match is the right one.
    """
    at = entry.rindex(POSITION) + len(POSITION) - 1
    return entry[:at], entry[at:]
