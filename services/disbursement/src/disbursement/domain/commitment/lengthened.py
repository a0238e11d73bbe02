"""A commitment whose grant bears costs for longer than it was agreed on."""

from datetime import date

from events.decider import Command, Event
from events.values import CommitmentId


class FollowWindow(Command, frozen=True):
    """Its grant was extended."""

    closes: date
    """The grant's last day now."""


class WindowExtended(Event, frozen=True, tag="disbursement.window_extended.v1"):
    """Its grant was extended: what arrives until that day is paid from it (S12)."""

    commitment: CommitmentId
    closes: date
