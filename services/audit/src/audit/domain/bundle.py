"""An export of the log: who took a copy, and of what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from events.decider import Command, Decider, Event, Rejected, State
from events.values import Code, Digest, GrantId, VendorId


class ExportBundle(Command, frozen=True):
    """Take the log as it was signed at this size."""

    bundle: Code
    size: int
    root: Digest


class ExportGrantBundle(Command, frozen=True):
    """Take what is a grant's, as it stood in the log that was signed at this size."""

    bundle: Code
    grant: GrantId
    since: date | None
    until: date | None
    size: int
    root: Digest


class BundleExported(Event, frozen=True, tag="audit.bundle_exported.v1"):
    bundle: Code
    size: int
    """How many entries the copy has."""
    root: Digest
    """The root that was signed for them."""


class GrantBundleExported(Event, frozen=True, tag="audit.grant_bundle_exported.v1"):
    """Somebody took what is a grant's out of the log, each entry with its path to the root."""

    bundle: Code
    grant: GrantId
    since: date | None
    until: date | None
    """Of its orders those of which anything happened from the one day to the other."""
    size: int
    """How many entries the log had."""
    root: Digest


BundleEvent = BundleExported | GrantBundleExported
BundleCommand = ExportBundle | ExportGrantBundle


@dataclass(unsafe_hash=True)
class ExportedAlready(Rejected):
    """There is such a bundle already; a bundle never changes."""

    bundle: Code


@dataclass(unsafe_hash=True)
class EndsBeforeItBegins(Rejected):
    """The last day is before the first."""

    since: date
    until: date


@dataclass(unsafe_hash=True)
class NamesNobody(Rejected):
    """A grant's part of the log is for who gave the money, and tells nobody's name."""

    grant: GrantId


@dataclass(unsafe_hash=True)
class NameWithheld(Rejected):
    """The vendors service does not tell you who this vendor is."""

    vendor: VendorId
    because: Code


class Bundle(State, frozen=True):
    id: Code
    size: int
    root: Digest
    grant: GrantId | None = None
    since: date | None = None
    until: date | None = None


def evolve(_bundle: Bundle | None, event: BundleEvent) -> Bundle:
    return taken(event)


def taken(told: BundleEvent | BundleCommand) -> Bundle:
    """The bundle that was taken, or will have been."""
    if isinstance(told, GrantBundleExported | ExportGrantBundle):
        return Bundle(
            id=told.bundle,
            size=told.size,
            root=told.root,
            grant=told.grant,
            since=told.since,
            until=told.until,
        )
    return Bundle(id=told.bundle, size=told.size, root=told.root)


def decide(command: BundleCommand, bundle: Bundle | None) -> Sequence[BundleEvent]:
    if bundle is not None:
        raise ExportedAlready(bundle=bundle.id)
    match command:
        case ExportBundle():
            return [
                BundleExported(
                    by=command.by,
                    at=command.at,
                    bundle=command.bundle,
                    size=command.size,
                    root=command.root,
                )
            ]
        case ExportGrantBundle(since=since, until=until):
            if since is not None and until is not None and until < since:
                raise EndsBeforeItBegins(since, until)
            return [
                GrantBundleExported(
                    by=command.by,
                    at=command.at,
                    bundle=command.bundle,
                    grant=command.grant,
                    since=since,
                    until=until,
                    size=command.size,
                    root=command.root,
                )
            ]


bundle = Decider(decide=decide, evolve=evolve)
