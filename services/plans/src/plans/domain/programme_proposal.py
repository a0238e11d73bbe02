"""A page that one person proposes and another publishes: nobody changes the rules alone.

Who publishes sends the page again. What was proposed is known by the digest of what it says, so
that both have the same page before them; one that is proposed later takes its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from events.decider import Command, Decider, Event, Rejected, State
from events.values import Digest, PersonId, ProgrammeId


class ProposePage(Command, frozen=True):
    programme: ProgrammeId
    digest: Digest
    """Of what the page says."""


class PublishProposed(Command, frozen=True):
    """It is published in the same append; this adds nothing to the proposal's own history."""

    digest: Digest


class ProgrammeProposed(Event, frozen=True, tag="plans.programme_proposed.v1"):
    """A page that is in force once another person publishes it."""

    programme: ProgrammeId
    digest: Digest


@dataclass(unsafe_hash=True)
class PageNotProposed(Rejected):
    """Another person proposes the page first, just as it is: nobody changes the rules alone."""

    digest: Digest


class ProposedPage(State, frozen=True):
    programme: ProgrammeId
    digest: Digest
    by: PersonId


def proposal_of(programme: ProgrammeId) -> str:
    """The stream of a programme's proposals."""
    return "prp_" + programme.partition("_")[2]


def decide(
    command: ProposePage | PublishProposed, stands: ProposedPage | None
) -> Sequence[ProgrammeProposed]:
    if isinstance(command, PublishProposed):
        if stands is None or stands.digest != command.digest or stands.by == command.by:
            raise PageNotProposed(command.digest)
        return []
    if stands is not None and (stands.digest, stands.by) == (command.digest, command.by):
        return []
    return [
        ProgrammeProposed(
            by=command.by, at=command.at, programme=command.programme, digest=command.digest
        )
    ]


def evolve(_: ProposedPage | None, event: ProgrammeProposed) -> ProposedPage:
    return ProposedPage(programme=event.programme, digest=event.digest, by=event.by)


proposal = Decider(decide=decide, evolve=evolve)
