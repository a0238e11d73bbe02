"""What is generated from the registries: the event catalogue, JSON Schemas, a sample of each event.

All of it follows from the classes alone, so a file that differs from what is generated here is out
of date and a test says so.
"""

import types
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any, NewType, Union, get_args, get_origin, get_type_hints

import msgspec

from events.decider import Event
from events.envelope import ENTRY_MAX_BYTES, Actor, Context, Envelope
from events.money import MONEY_SCHEMA, Money
from events.registry import EventType, Registry
from events.values import DIGEST, ID, SYSTEM, Code, PersonId

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SAMPLE_CONTEXT = Context(
    actor=Actor(id=SYSTEM, role=Code("service"), organisation=Code("example")),
    correlation="01934b00-0000-7000-8000-000000000001",
)


def markdown(registries: Iterable[Registry]) -> str:
    """The event catalogue, for people."""
    return "\n".join(_lines(registries)) + "\n"


def _lines(registries: Iterable[Registry]) -> Iterator[str]:
    yield "# Events"
    yield ""
    yield "Generated from the registries by `./homeward generate`. Every event is a CloudEvents 1.0"
    yield f"event in canonical JSON of at most {ENTRY_MAX_BYTES:,} bytes. A *personal* field is not"
    yield "in the entry: its salted digest is, under `_sd`, and its value is in the service's vault"
    yield "until the person is erased."
    for registry in registries:
        yield ""
        yield f"## {registry.name}"
        for kind in sorted(registry, key=lambda kind: kind.name):
            yield ""
            yield f"### `{kind.name}`"
            if kind.cls.__doc__:
                yield ""
                yield " ".join(kind.cls.__doc__.split())
            yield ""
            yield "| field | type | |"
            yield "|---|---|---|"
            for name, hint in kind.public.items():
                yield f"| `{name}` | {_spell(hint)} | public |"
            for name, mark in kind.personal.items():
                yield f"| `{name}` | text | personal, {mark.kind}, about `{kind.cls.about}` |"


def _spell(hint: Any) -> str:
    if isinstance(hint, NewType):
        return str(hint.__name__)
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _spell(args[0])
    if origin is tuple:
        return f"list of {_spell(args[0])}"
    if origin in (Union, types.UnionType):
        return " or ".join(_spell(a) if a is not type(None) else "nothing" for a in args)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return ", ".join(f"`{member.value}`" for member in hint)
    return str(getattr(hint, "__name__", hint))


def schema(registry: Registry) -> dict[str, Any]:
    """One JSON Schema (2020-12) for all events of a service: what stands in an entry."""
    definitions: dict[str, Any] = {}
    for kind in sorted(registry, key=lambda kind: kind.name):
        definitions |= _definitions(kind)
    envelope = _envelope_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Entries of {registry.name}",
        "type": "object",
        **envelope,
        "oneOf": [
            {
                "properties": {
                    "type": {"const": kind.name},
                    "data": {"$ref": f"#/$defs/{kind.name}"},
                }
            }
            for kind in sorted(registry, key=lambda kind: kind.name)
        ],
        "$defs": definitions,
    }


def _envelope_schema() -> dict[str, Any]:
    (_, parts) = msgspec.json.schema_components([Envelope])
    whole = parts["Envelope"]
    return {"properties": whole["properties"] | {"data": {}}, "required": whole["required"]}


def _definitions(kind: EventType) -> dict[str, Any]:
    (_, parts) = msgspec.json.schema_components(
        [kind.cls], schema_hook=_hook, ref_template="#/$defs/{name}"
    )
    own = parts.pop(kind.cls.__name__)
    properties = {name: own["properties"][name] for name in kind.public}
    required = [name for name in own.get("required", []) if name in properties]
    if kind.personal:
        digests = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}
        properties["_sd"] = {
            "type": "array",
            "items": digests,
            "minItems": 1,
            "$comment": "one for each of these that has a value",
            "x-about": kind.cls.about,
            "x-kinds": {name: mark.kind.value for name, mark in kind.personal.items()},
        }
    data = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    return {kind.name: data} | parts


def _hook(cls: type) -> dict[str, Any]:
    if cls is Money:
        return MONEY_SCHEMA
    raise NotImplementedError


def sample(kind: EventType) -> Event:
    """One event of the class, every field filled with an example of its type."""
    values = {name: _example(hint, name) for name, hint in kind.public.items()}
    values |= {name: f"example {name}" for name in kind.personal}
    return kind.cls(by=SYSTEM, at=NOON, **values)


def sample_entry(registry: Registry, kind: EventType) -> bytes:
    """The entry of the sample, as it would stand at position 1."""
    draft = registry.draft(
        sample(kind),
        stream="str_example",
        version=1,
        event_id="01934b00-0000-7000-8000-000000000002",
        recorded=NOON,
        context=SAMPLE_CONTEXT,
        salt=lambda: bytes(16),
    )
    return draft.at(1)


_EXAMPLES: dict[Any, Any] = {
    Money: Money(123_450, "EUR"),
    date: date(2026, 1, 1),
    datetime: NOON,
    int: 1,
    bool: True,
}


def _example(hint: Any, name: str) -> Any:
    if isinstance(hint, NewType):
        return _example_of_shape(hint.__supertype__, hint.__name__)
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _EXAMPLES.get(args[0]) or _example_of_shape(hint, name)
    if origin in (Union, types.UnionType):
        return _example(next(a for a in args if a is not type(None)), name)
    if origin is tuple:
        return (_example(args[0], name),)
    if issubclass(hint, Enum):
        return next(iter(hint))
    if issubclass(hint, msgspec.Struct):
        hints = get_type_hints(hint, include_extras=True)
        return hint(**{part: _example(inner, part) for part, inner in hints.items()})
    return _EXAMPLES[hint]


def _example_of_shape(hint: Any, name: str) -> str:
    meta = next((m for m in get_args(hint)[1:] if isinstance(m, msgspec.Meta)), msgspec.Meta())
    if meta.examples:
        return str(meta.examples[0])
    pattern = meta.pattern
    if pattern == ID:
        return PersonId(f"{name.removesuffix('Id').lower()[:3]}_example")
    if pattern == DIGEST:
        return "0" * 64
    return "example"
