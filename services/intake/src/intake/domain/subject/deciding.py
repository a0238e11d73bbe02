"""Deciding about a data subject: the organisation that runs the programme answers for the data."""

from dataclasses import dataclass

from events.decider import Command, Rejected
from events.values import Code


class Decision(Command, frozen=True):
    organisation: Code
    """For whom the person decides."""
    run_by: tuple[Code, ...]
    """Those that run the programmes of the subject's cases, or proposed the vendor."""


@dataclass(unsafe_hash=True)
class NotYoursToDecide(Rejected):
    """Another organisation answers for what is held about this person."""

    organisation: Code
    decides: tuple[Code, ...]


def may_decide(command: Decision) -> None:
    """The organisation is one that answers for it, or `NotYoursToDecide`."""
    if command.run_by and command.organisation not in command.run_by:
        raise NotYoursToDecide(command.organisation, command.run_by)
