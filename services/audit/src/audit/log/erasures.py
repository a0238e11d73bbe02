"""Which personal values are gone for ever: by the log as it is kept, as `verify.py` finds it in a
copy.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from audit.log.logged import Logged
from events.service import Connection

SCHEMAS = Path(__file__).parent.parent / "exports" / "schemas"
"""What may stand in an entry and what is personal of it, a JSON Schema for each service
(`./homeward generate`)."""
_READ = "select index, source, position, type, stream, names, leaf, entry from logged"

Erasures = Mapping[str, Sequence[tuple[int, frozenset[str]]]]
"""Of each person, at which position of a service which kinds of value were erased."""


@dataclass(frozen=True)
class Sealed:
    """What an entry has digests of, and of what they may be."""

    digests: int
    person: str
    kinds: Mapping[str, str]
    """Of each value that such an event may have, how sensitive it is."""

    def erased(self, erasures: Erasures, position: int) -> frozenset[str]:
        """Those that were erased after the event at that position."""
        gone: set[str] = set()
        for at, kinds in erasures.get(self.person, ()):
            if at > position:
                gone |= kinds
        return frozenset(name for name, kind in self.kinds.items() if kind in gone)


def sealed(entry: Logged) -> Sealed:
    data: dict[str, Any] = msgspec.json.decode(entry.envelope.data)
    about, kinds = _kinds().get(entry.type.rpartition(".v")[0], ("", {}))
    return Sealed(len(data.get("_sd", ())), str(data.get(about)), kinds)


async def at(log: Connection, service: str, positions: Collection[int]) -> dict[int, Logged]:
    """The service's events there, by position; but for those that are not as they were logged, of
    which the pass over the log's own table tells.
    """
    rows = await log.fetch(
        f"{_READ} where source = $1 and position = any($2) order by position",
        service,
        list(positions),
    )
    return dict(_as_logged(rows))


def _as_logged(rows: Iterable[Any]) -> Iterator[tuple[int, Logged]]:
    for row in rows:
        entry = Logged.of(row)
        if entry.leaf == bytes(row["leaf"]):
            yield row["position"], entry


async def erased(log: Connection, service: str, persons: Collection[str]) -> Erasures:
    """What the service tells to have erased of these persons."""
    rows = await log.fetch(
        f"{_READ} where source = $1 and index in"  # noqa: S608  ours
        " (select index from log_mention where name = any($2))"
        r" and regexp_replace(type, '\.v[0-9]+$', '') = $1 || '.subject_erased'",
        service,
        sorted(persons),
    )
    found: dict[str, list[tuple[int, frozenset[str]]]] = {}
    for position, entry in _as_logged(rows):
        told = msgspec.json.decode(entry.envelope.data)
        gone = position, frozenset(map(str, told["kinds"]))
        found.setdefault(str(told["person"]), []).append(gone)
    return found


@cache
def _kinds() -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """By type, whatever its version: the field that has the person, and each value's kind."""
    found = {}
    for schema in sorted(SCHEMAS.glob("*.json")):
        for name, told in json.loads(schema.read_bytes())["$defs"].items():
            digests = told.get("properties", {}).get("_sd", {})
            if "x-kinds" in digests:
                found[name.rpartition(".v")[0]] = digests["x-about"], digests["x-kinds"]
    return found
