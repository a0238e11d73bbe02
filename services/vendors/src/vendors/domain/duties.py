"""Separation of duties: who did one thing does not do the next (domain rules D4, D5, D7).

Persons are compared, never roles: somebody who holds two roles is still one person.
"""

from dataclasses import dataclass
from enum import StrEnum

from events.decider import Rejected
from events.values import PersonId


class Duty(StrEnum):
    """What somebody did in a chain of steps."""

    PROPOSED = "proposed"
    CALLED_BACK = "called_back"
    APPROVED = "approved"
    COLLECTED_QUOTATIONS = "collected_quotations"
    WAIVED_COMPETITION = "waived_competition"
    COMPARED_QUOTATIONS = "compared_quotations"
    SELECTED = "selected"
    DECLARED_CONFLICT = "declared_conflict"
    SCREENED = "screened"
    LOADED_LIST = "loaded_list"
    PROPOSED_WITHDRAWAL = "proposed_withdrawal"
    PROPOSED_DEBARMENT = "proposed_debarment"


@dataclass(unsafe_hash=True)
class ActedAlready(Rejected):
    """This person has acted at an earlier step, and the two steps need two people."""

    person: PersonId
    duty: Duty


Acts = tuple[tuple[Duty, PersonId], ...]
"""Who did what so far, in order."""


def nobody_twice(person: PersonId, acts: Acts) -> None:
    """Refuse a person who is among the acts."""
    for duty, actor in acts:
        if actor == person:
            raise ActedAlready(person=person, duty=duty)
