"""An export of the log: who took a copy, and of what."""

from collections.abc import Sequence
from dataclasses import dataclass

from events.decider import Command, Decider, Event, Rejected, State
from events.values import Code, Digest


class ExportBundle(Command, frozen=True):
    """Take the log as it was signed at this size."""

    bundle: Code
    size: int
    root: Digest


class BundleExported(Event, frozen=True, tag="audit.bundle_exported.v1"):
    bundle: Code
    size: int
    """How many entries the copy has."""
    root: Digest
    """The root that was signed for them."""


@dataclass(unsafe_hash=True)
class ExportedAlready(Rejected):
    """There is such a bundle already; a bundle never changes."""

    bundle: Code


class Bundle(State, frozen=True):
    id: Code
    size: int
    root: Digest


def evolve(_bundle: Bundle | None, event: BundleExported) -> Bundle:
    return Bundle(id=event.bundle, size=event.size, root=event.root)


def decide(command: ExportBundle, bundle: Bundle | None) -> Sequence[BundleExported]:
    if bundle is not None:
        raise ExportedAlready(bundle=bundle.id)
    return [
        BundleExported(
            by=command.by,
            at=command.at,
            bundle=command.bundle,
            size=command.size,
            root=command.root,
        )
    ]


bundle = Decider(decide=decide, evolve=evolve)
