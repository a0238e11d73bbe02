"""Whether a vendor is a returnee: the service that keeps vendors asks, and is told ids.

That it asked is recorded. What was asked is compared by the blind index and forgotten.
Of restricted cases nothing is told.
"""

from collections.abc import Sequence

from events.decider import Command, Decider, Event, State
from events.values import VendorId


class LookForVendor(Command, frozen=True):
    vendor: VendorId
    found: int
    """How many people were told."""


class VendorLookedFor(Event, frozen=True, tag="intake.vendor_looked_for.v1"):
    """A vendor was looked for among the returnees, and so many were told who it may be."""

    vendor: VendorId
    found: int


class Look(State, frozen=True):
    vendor: VendorId


def decide(command: LookForVendor, _: Look | None) -> Sequence[VendorLookedFor]:
    return [
        VendorLookedFor(by=command.by, at=command.at, vendor=command.vendor, found=command.found)
    ]


def evolve(_: Look | None, event: VendorLookedFor) -> Look:
    return Look(vendor=event.vendor)


look = Decider(decide=decide, evolve=evolve)
