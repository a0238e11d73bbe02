"""Sanctions lists: which version of each is searched, since when, by whose act.

What a list says of others is no event of ours: the version, its date, the file's digest and how
many it names are. The names are kept beside the history, and can be loaded again from the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from events.decider import Command, Decider, Event, Rejected, State
from events.values import Code, Digest


class LoadSanctionsList(Command, frozen=True):
    source: Code
    version: Code
    dated: date
    digest: Digest
    entries: int
    names: int


class SanctionsListLoaded(Event, frozen=True, tag="vendors.sanctions_list_loaded.v1"):
    """From now on vendors are searched for on this version."""

    source: Code
    """Who publishes it: un, eu, ofac."""
    version: Code
    dated: date
    """When the publisher made it."""
    digest: Digest
    """Of the file as it was published."""
    entries: int
    """How many persons and entities are on it."""
    names: int
    """Under how many names."""


@dataclass(unsafe_hash=True)
class ListIsOlder(Rejected):
    """A later version of this list is loaded already."""

    dated: date
    stands: date


@dataclass(unsafe_hash=True)
class ListFromTheFuture(Rejected):
    """A list is loaded after it was made."""

    dated: date


class SanctionsListState(State, frozen=True):
    source: Code
    version: Code
    dated: date
    digest: Digest
    entries: int
    names: int


def stream_of(source: str) -> str:
    """Each publisher's list is one stream."""
    return f"lst_{source}"


def decide(
    command: LoadSanctionsList, stands: SanctionsListState | None
) -> Sequence[SanctionsListLoaded]:
    if command.dated > command.at.date():
        raise ListFromTheFuture(command.dated)
    if stands is not None and stands.digest == command.digest:
        return []
    if stands is not None and command.dated < stands.dated:
        raise ListIsOlder(dated=command.dated, stands=stands.dated)
    told = {name: getattr(command, name) for name in command.__struct_fields__}
    return [SanctionsListLoaded(**told)]


def evolve(_: SanctionsListState | None, event: SanctionsListLoaded) -> SanctionsListState:
    return SanctionsListState(
        source=event.source,
        version=event.version,
        dated=event.dated,
        digest=event.digest,
        entries=event.entries,
        names=event.names,
    )


sanctions_list = Decider(decide=decide, evolve=evolve)
