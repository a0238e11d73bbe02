"""The log as an object-centric event log: OCEL 2.0 in JSON, for process mining.

    write_ocel(entries, out)

`entries` are the log's, each with its index, in the log's order; `out` is written to from the
beginning to the end. Every entry is an event under its own id, with its index in the log
(`log_index`). Every id that it names is an object, related to it under the name of the field that
has it; who acted is related as `actor`. What the data dictionary knows of an object are its
attributes, each with the time since when it is so, and its relations to other objects.

All values are strings, as the format wants them; the types say how to read them. Nothing is told
of the people who are assisted: what intake and surveys note of them is left out but for amounts,
and of people there are only those who work on a case, by id.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import IO, Any

import msgspec

from audit.domain.kinds import OBJECTS, kind
from audit.exports.columns import Kind, Of, Table, Take, at, text_of
from audit.exports.dictionary import TABLES
from audit.exports.gather import Gathered
from audit.exports.scope import WHOLE, Entries, Scope
from events.values import ID

IS_ID = re.compile(ID)
OF_PEOPLE = re.compile(r"intake\.|plans\.sustainability_survey_")
"""What tells of somebody who is assisted."""
STAFF = frozenset(
    (
        *("approvers", "counsellor", "counsellors", "collectors", "drafter", "paid_by", "people"),
        *("recorders", "visitor"),
    )
)
"""The fields that name who works on a case."""
ENVELOPE = {
    "position": "integer",
    "recordedtime": "time",
    "actorrole": "string",
    "actororganisation": "string",
    "actoroffice": "string",
}
"""What of an entry's envelope is an attribute of the event."""
READ_AS = {
    Kind.AMOUNT: "float",
    Kind.DECIMAL: "float",
    Kind.INTEGER: "integer",
    Kind.BOOLEAN: "boolean",
    Kind.TIME: "time",
}
THERE, SAID, RELATED = range(3)
"""What is gathered of objects: that they are, what they are, to what they stand in a relation."""


def write_ocel(entries: Entries, out: IO[bytes], *, scope: Scope = WHOLE) -> None:
    """Write the event log, of what is within the scope."""
    with Gathered() as gathered:
        seen = _Seen(gathered)
        out.write(b'{"events":[')
        for number, event in enumerate(_events(entries, seen, scope)):
            out.write((b",\n" if number else b"\n") + msgspec.json.encode(event))
        out.write(b'\n],\n"objects":[')
        for number, each in enumerate(_objects(gathered, scope)):
            out.write((b",\n" if number else b"\n") + msgspec.json.encode(each))
        out.write(b'\n],\n"eventTypes":' + msgspec.json.encode(_types(seen.event_types)))
        out.write(b',\n"objectTypes":' + msgspec.json.encode(_types(seen.object_types)) + b"}\n")


Attributes = dict[str, tuple[str, str]]
"""By name: the value's text, and how it is to be read."""


@dataclass
class _Seen:
    """What was seen of events and objects so far."""

    gathered: Gathered
    event_types: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    object_types: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    changes: int = len(TABLES) * 1000
    """Numbers what was said of objects, behind what is said of them once."""

    def event(self, type_: str, attributes: Attributes) -> None:
        self.event_types[type_].update((name, read) for name, (_, read) in attributes.items())

    def thing(self, id_: str) -> None:
        _ = self.object_types[OBJECTS[kind(id_)]]
        self.gathered.put(Take.FIRST, (THERE, id_, 0, ""))

    def row(self, table: Table, index: int, entry: Mapping[str, Any]) -> None:
        """What the data dictionary makes of the entry."""
        key = at(entry, table.key)
        if not isinstance(key, str) or kind(key) not in OBJECTS:
            return
        self.thing(key)
        for part, text in table.cells(index, entry["type"], entry):
            column = table.columns[part]
            if column.kind in (Kind.ID, Kind.IDS):
                for other in text.split(" "):
                    if other != key and kind(other) in OBJECTS:
                        self.thing(other)
                        relation = f"{key} {other} {column.name}"
                        self.gathered.put(Take.FIRST, (RELATED, relation, 0, ""))
            elif column.of is not Of.INDEX and column.take is not Take.SUM:
                read = READ_AS.get(column.kind, "string")
                self.object_types[OBJECTS[kind(key)]][column.name] = read
                said = msgspec.json.encode([column.name, text, entry["time"]]).decode()
                self.changes += column.take is Take.LAST
                place = self.changes if column.take is Take.LAST else part
                self.gathered.put(Take.FIRST, (SAID, key, place, said))


def _events(entries: Entries, seen: _Seen, scope: Scope) -> Iterator[dict[str, Any]]:
    readers: dict[str, list[Table]] = defaultdict(list)
    for table in TABLES:
        for type_ in table.reads:
            readers[type_].append(table)
    for index, raw in entries:
        entry = msgspec.json.decode(raw)
        type_ = entry["type"]
        if scope.untold is not None and scope.untold.match(type_):
            continue
        related = dict.fromkeys(_related(entry))
        told = [each for each in related if each[0] not in scope.hidden]
        if len(told) < len(related):
            if not type_.startswith("disbursement."):
                continue
            told = [each for each in told if kind(each[0]) != "prg"]
        for table in readers.get(type_, ()):
            seen.row(table, index, entry)
        if not scope.within(entry["time"]):
            continue
        attributes = _attributes(index, entry)
        seen.event(type_, attributes)
        for id_, _ in told:
            seen.thing(id_)
        yield {
            "id": entry["id"],
            "type": type_,
            "time": entry["time"],
            "attributes": [{"name": n, "value": value} for n, (value, _) in attributes.items()],
            "relationships": [{"objectId": id_, "qualifier": q} for id_, q in told],
        }


def _attributes(index: int, entry: Mapping[str, Any]) -> Attributes:
    attributes: Attributes = {"log_index": (str(index), "integer")}
    attributes |= {n: (str(entry[n]), read) for n, read in ENVELOPE.items() if n in entry}
    amounts_alone = OF_PEOPLE.match(entry["type"]) is not None
    for name, value in _flat(entry["data"]):
        if isinstance(value, dict):
            attributes[name] = value["amount"], "float"
            attributes[f"{name}_currency"] = value["currency"], "string"
        elif not amounts_alone:
            read = {bool: "boolean", int: "integer"}.get(type(value), "string")
            attributes[name] = text_of(value), read
    return attributes


def _flat(data: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Each value that is no id, under the names that lead to it; amounts of money whole."""
    for name, value in data.items():
        match value:
            case {"amount": str(), "currency": str()}:
                yield before + name, value
            case dict():
                yield from _flat(value, f"{before}{name}.")
            case list():
                plain = [each for each in value if not isinstance(each, dict | list)]
                if plain == value and name != "_sd" and not any(map(_is_id, plain)):
                    yield before + name, value
            case None:
                pass
            case _ if not _is_id(value):
                yield before + name, value


def _is_id(value: object) -> bool:
    return isinstance(value, str) and IS_ID.match(value) is not None and kind(value) in OBJECTS


def _related(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each id that the entry names, and under which name."""
    if kind(entry["subject"]) in OBJECTS and kind(entry["subject"]) != "per":
        yield entry["subject"], "subject"
    yield entry["actorid"], "actor"
    if "actordelegation" in entry:
        yield entry["actordelegation"], "under"
    yield from _ids(entry["data"])


def _ids(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, part in value.items():
                yield from _ids(part, f"{name}.{key}" if name else key)
        case list():
            for part in value:
                yield from _ids(part, name)
        case str() if _is_id(value) and (kind(value) != "per" or name in STAFF):
            yield value, name


def _objects(gathered: Gathered, scope: Scope) -> Iterator[dict[str, Any]]:
    """Every object, with what was said of it and its relations, in the order of their ids."""
    said = _Beside(gathered.rows(SAID))
    related = _Beside(gathered.rows(RELATED))
    for id_, _ in gathered.rows(THERE):
        attributes = [
            msgspec.json.decode(each) for _, cells in said.of(id_) for each in cells.values()
        ]
        relations = [name.split(" ")[1:] for name, _ in related.of(id_)]
        if id_ in scope.hidden:
            continue
        yield {
            "id": id_,
            "type": OBJECTS[kind(id_)],
            "attributes": [
                {"name": name, "value": value, "time": time}
                for name, group in groupby(sorted(attributes, key=lambda a: a[0]), lambda a: a[0])
                for name, value, time in _changes(group)
            ],
            "relationships": [
                {"objectId": other, "qualifier": qualifier}
                for other, qualifier in relations
                if other not in scope.hidden
            ],
        }


def _changes(said: Iterator[list[str]]) -> Iterator[list[str]]:
    """Of one attribute: what differs from what was said before."""
    value = None
    for each in said:
        if each[1] != value:
            yield each
        value = each[1]


class _Beside:
    """Rows in the order of their names, read beside others in the same order."""

    def __init__(self, rows: Iterator[tuple[str, dict[int, str]]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, id_: str) -> Iterator[tuple[str, dict[int, str]]]:
        """Those whose name is the id, or begins with it and a space."""
        while self._next is not None and self._next[0].partition(" ")[0] <= id_:
            if self._next[0].partition(" ")[0] == id_:
                yield self._next
            self._next = next(self._rows, None)


def _types(types: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "attributes": [{"name": n, "type": read} for n, read in sorted(types[name].items())],
        }
        for name in sorted(types)
    ]
