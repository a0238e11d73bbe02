"""A forgery: an entry that stood on the bus in a service's name and is not the service's own.

The log has not taken it: what it takes is what the service itself has. Each is told once.
"""

from collections.abc import Sequence

from events.decider import Command, Decider, Event, State
from events.values import Code, Digest, ForgeryId


class RefuseForgery(Command, frozen=True):
    forgery: ForgeryId
    service: Code
    position: int
    told: Digest
    stored: Digest | None


class ForgedEntryRefused(Event, frozen=True, tag="audit.forged_entry_refused.v1"):
    """The bus had an entry in a service's name that the service does not have there: somebody else
    told it, or the service's store was put back. The log did not take it.
    """

    forgery: ForgeryId
    service: Code
    position: int
    told: Digest
    """SHA-256 of what stood on the bus."""
    stored: Digest | None
    """Of what the service had there; null when it had nothing yet."""


class Forgery(State, frozen=True):
    id: ForgeryId


def evolve(_forgery: Forgery | None, event: ForgedEntryRefused) -> Forgery:
    return Forgery(id=event.forgery)


def decide(command: RefuseForgery, forgery: Forgery | None) -> Sequence[ForgedEntryRefused]:
    if forgery is not None:
        return []
    return [
        ForgedEntryRefused(
            by=command.by,
            at=command.at,
            forgery=command.forgery,
            service=command.service,
            position=command.position,
            told=command.told,
            stored=command.stored,
        )
    ]


forgery = Decider(decide=decide, evolve=evolve)
