"""The registry: which events a service emits, by their names on the wire, and how to read them.

A wire type is `service.event_name.vN`, written out beside the class, never derived from it. The
registry refuses a name twice, a field that is neither public nor personal, and a bare `str`.
A past version is read through upcasters: pure functions from the `data` of one version to the
`data` of the next.
"""

import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from events.canonical import canonical, decode_ours, plain, refuse_the_uncanonical
from events.decider import Event
from events.envelope import Context, Entry, Envelope, split_at_position, write_entry
from events.money import Money
from events.personal import Disclosure, PersonalMark

WIRE_TYPE = re.compile(r"([a-z]+)\.([a-z][a-z0-9_]*)\.v([1-9][0-9]*)")

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""From the `data` of version N to that of version N + 1. Pure: the argument is not changed."""


class BadEvent(TypeError):
    """An event class breaks a rule of the registry. Raised when the service is imported."""


class UnknownEvent(LookupError):
    """An entry of a type that this registry does not know."""


@dataclass(frozen=True)
class EventType:
    """One event class and what the registry read off it."""

    name: str
    """The wire type, `disbursement.vendor_paid.v1`."""
    cls: type[Event]
    public: Mapping[str, Any]
    personal: Mapping[str, PersonalMark]

    @property
    def service(self) -> str:
        return self.name.partition(".")[0]

    @property
    def version(self) -> int:
        return int(self.name.rpartition(".v")[2])

    def take(self, data: dict[str, Any], by: str, at: datetime) -> Event:
        """The event of which that is the public part. `msgspec.ValidationError`."""
        told = data | {"by": by, "at": at} | dict.fromkeys(self.personal)
        return msgspec.convert(told, self.cls, dec_hook=decode_ours)


class Draft(msgspec.Struct, frozen=True):
    """An event ready to be stored: everything but its position."""

    stream: str
    version: int
    type: str
    event_id: str
    before: bytes
    after: bytes
    person: str | None
    """Whom the disclosures are about."""
    disclosures: tuple[Disclosure, ...]

    def at(self, position: int) -> bytes:
        """The entry's bytes at that position."""
        return self.before + str(position).encode() + self.after


@dataclass(frozen=True)
class Registry:
    """The events of one service, or the events of others that it listens to."""

    name: str
    types: Mapping[str, EventType]
    upcasters: Mapping[str, Upcaster] = field(default_factory=dict)
    _by_class: Mapping[type[Event], EventType] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        name: str,
        events: Iterable[type[Event]],
        *,
        upcasters: Mapping[str, Upcaster] | None = None,
        foreign: bool = False,
    ) -> "Registry":
        """Take in the events of service `name`; `BadEvent` for a class that breaks a rule.

        `upcasters` is keyed by the wire type it reads *from*. `foreign`: the events of other
        services, of which only the fields that are of use here are declared.
        """
        known: dict[str, EventType] = {}
        for event in events:
            kind = examine(event)
            if not foreign and kind.service != name:
                raise BadEvent(f"{kind.name} is not an event of {name}")
            if kind.name in known:
                raise BadEvent(f"{kind.name} is declared twice")
            known[kind.name] = kind
        stems = [k.rpartition(".v")[0] for k in known]
        if len(set(stems)) != len(stems):
            raise BadEvent("two versions of one event: the older one is read by an upcaster")
        return cls(name, known, dict(upcasters or {}), {k.cls: k for k in known.values()})

    @cached_property
    def stems(self) -> frozenset[str]:
        """The events' names, whatever the version."""
        return frozenset(name.rpartition(".v")[0] for name in self.types)

    def __contains__(self, wire_type: str) -> bool:
        return wire_type in self.types or wire_type in self.upcasters

    def __iter__(self) -> typing.Iterator[EventType]:
        return iter(self.types.values())

    def kind(self, event: Event) -> EventType:
        try:
            return self._by_class[type(event)]
        except KeyError:
            raise UnknownEvent(f"{type(event).__name__} is not registered in {self.name}") from None

    def draft(
        self,
        event: Event,
        *,
        stream: str,
        version: int,
        event_id: str,
        recorded: datetime,
        context: Context,
        salt: Callable[[], bytes],
    ) -> Draft:
        """Make the entry, but for its position, and the disclosures that go into the vault.

        `msgspec.ValidationError` for what could not be read again: it would stop whoever reads on.
        """
        kind = self.kind(event)
        data = plain(event)
        for name in ("type", "by", "at"):
            del data[name]
        disclosures: tuple[Disclosure, ...] = ()
        if kind.personal:
            personal = {name: data.pop(name) for name in kind.personal}
            disclosures = tuple(
                Disclosure.make(name, kind.personal[name].kind, value, salt())
                for name, value in personal.items()
                if value is not None
            )
        refuse_the_uncanonical(data)
        kind.take(data, event.by, event.at)
        if disclosures:
            data["_sd"] = sorted(d.digest for d in disclosures)
        actor = context.actor
        if event.by != actor.id:
            raise BadEvent(f"{kind.name} is by {event.by}, but {actor.id} is acting")
        entry = write_entry(
            id=event_id,
            service=self.name,
            type=kind.name,
            stream=stream,
            version=version,
            at=event.at,
            recorded=recorded,
            context=context,
            data=canonical(data),
        )
        before, after = split_at_position(entry)
        person = str(getattr(event, event.about)) if event.about else None
        return Draft(stream, version, kind.name, event_id, before, after, person, disclosures)

    def read(self, envelope: Envelope) -> Event:
        """The event as its class, older versions brought up to date; personal fields are None.

        `UnknownEvent` for a type not declared here.
        """
        wire_type = envelope.type
        data: dict[str, Any] = msgspec.json.decode(envelope.data)
        while (upcast := self.upcasters.get(wire_type)) is not None:
            data = upcast(data)
            stem, _, number = wire_type.rpartition(".v")
            wire_type = f"{stem}.v{int(number) + 1}"
        kind = self.types.get(wire_type)
        if kind is None:
            raise UnknownEvent(wire_type)
        return kind.take(data, envelope.actorid, envelope.time)

    def read_all(self, entries: Sequence[Entry]) -> list[Event]:
        return [self.read(entry.envelope) for entry in entries]


def examine(event: type[Event]) -> EventType:
    """Read an event class: its wire type, its public and its personal fields. `BadEvent`."""
    config = event.__struct_config__
    name = str(config.tag)
    if config.tag_field != "type" or not WIRE_TYPE.fullmatch(name):
        raise BadEvent(f'{event.__name__} needs tag="service.event_name.v1"')
    public: dict[str, Any] = {}
    personal: dict[str, PersonalMark] = {}
    for field_name, hint in get_type_hints(event, include_extras=True).items():
        if field_name in ("about", "by", "at"):
            continue
        if field_name == "type" or not field_name.islower() or field_name.startswith("_"):
            raise BadEvent(f"{name}: {field_name!r} cannot be a field's name")
        mark = _mark(hint)
        if mark is not None:
            personal[field_name] = mark
        elif _is_public(hint):
            public[field_name] = hint
        else:
            raise BadEvent(
                f"{name}.{field_name} is neither public (an id, money, a date, a digest, an enum, "
                f"a code, a number) nor personal: {hint}"
            )
    if personal and (event.about not in public):
        raise BadEvent(f"{name} has personal fields: say in `about` which public field names whom")
    return EventType(name, event, public, personal)


def _mark(hint: object) -> PersonalMark | None:
    if get_origin(hint) is Annotated:
        return next((m for m in get_args(hint)[1:] if isinstance(m, PersonalMark)), None)
    return None


_PLAIN = (Money, date, datetime, int, bool, type(None))


def _is_public(hint: Any) -> bool:
    origin, args = get_origin(hint), get_args(hint)
    if isinstance(hint, typing.NewType):
        return hasattr(hint, "__supertype__") and get_origin(hint.__supertype__) is Annotated
    if origin is Annotated:
        return _is_public(args[0]) and args[0] is not str
    if origin in (Union, types.UnionType):
        return all(_is_public(arg) for arg in args)
    if origin is tuple:
        return len(args) == 2 and args[1] is Ellipsis and _is_public(args[0])  # noqa: PLR2004
    if isinstance(hint, type):
        if issubclass(hint, Enum):
            return True
        if issubclass(hint, msgspec.Struct):
            fields = get_type_hints(hint, include_extras=True)
            return all(_is_public(part) for part in fields.values())
        return hint in _PLAIN
    return False
