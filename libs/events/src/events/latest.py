"""What is held true of a person: of each value the one in the latest record."""

from collections.abc import Iterable
from dataclasses import dataclass

from events.envelope import Entry
from events.personal import Disclosure
from events.ports import Store
from events.registry import Registry
from events.values import PersonId


@dataclass(frozen=True)
class Disclosed:
    """A disclosure, and the entry that has its digest."""

    event: str
    position: int
    disclosure: Disclosure


async def latest_of(
    person: PersonId, history: Iterable[Entry], registry: Registry, store: Store
) -> dict[str, Disclosed]:
    """By field, as far as the vault can still open it.

    A record replaces the earlier one as a whole: what it leaves out is no longer held true.
    """
    about = {entry.envelope.id: entry for entry in history if _is_about(person, entry, registry)}
    opened = await store.disclosures(list(about))
    held: dict[str, Disclosed] = {}
    for event, entry in about.items():
        replaced = registry.kind(registry.read(entry.envelope)).personal
        held = {name: each for name, each in held.items() if name not in replaced}
        held |= {d.name: Disclosed(event, entry.position, d) for d in opened.get(event, ())}
    return held


def _is_about(person: PersonId, entry: Entry, registry: Registry) -> bool:
    event = registry.read(entry.envelope)
    return event.about is not None and getattr(event, event.about) == person
