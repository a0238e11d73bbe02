"""A reading: somebody looked at a person's values, for a purpose, and that is a fact too.

Who may look: the office that keeps the case, and the platform's own services, each for a
purpose that the person's consent covers. A complaint, or the person's own question, needs no
consent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from events.decider import Command, Decider, Event, Rejected, State
from events.personal import Kind
from events.values import CaseId, Code, PersonId
from intake.domain.case.asking import NoSuchCase
from intake.domain.case.household import NotInHousehold
from intake.domain.case.state import Case
from intake.domain.consent import ConsentMissing, Scope


class Purpose(StrEnum):
    """What the values are needed for."""

    ASSISTANCE = "assistance"
    DELIVERY = "delivery"
    MONITORING = "monitoring"
    COMPLAINT = "complaint"
    OWN_REQUEST = "own_request"

    @property
    def scope(self) -> Scope | None:
        """The consent it rests on."""
        return _SCOPES.get(self)


_SCOPES = {
    Purpose.ASSISTANCE: Scope.ASSISTANCE,
    Purpose.DELIVERY: Scope.VENDORS,
    Purpose.MONITORING: Scope.MONITORING,
}


class ReadPersonalData(Command, frozen=True):
    case: Case | None
    person: PersonId
    kinds: tuple[Kind, ...]
    purpose: Purpose
    organisation: Code
    office: Code | None
    is_service: bool
    """The platform itself asks, for another part of it."""


class PersonalDataRead(Event, frozen=True, tag="intake.personal_data_read.v1"):
    """Somebody was shown a person's values of these kinds."""

    case: CaseId
    person: PersonId
    kinds: tuple[Kind, ...]
    purpose: Purpose


@dataclass(unsafe_hash=True)
class NotYourOffice(Rejected):
    """Only the office that keeps the case reads who its people are."""

    office: Code | None


class Reading(State, frozen=True):
    person: PersonId


def decide(command: ReadPersonalData, reading: Reading | None) -> Sequence[PersonalDataRead]:
    case = command.case
    if case is None or not _knows(command, case):
        raise NoSuchCase(command.organisation)
    if case.member(command.person) is None:
        raise NotInHousehold(command.person)
    ours = (command.organisation, command.office) == (case.organisation, case.office)
    if not (command.is_service or ours or case.restricted):
        raise NotYourOffice(command.office)
    scope = command.purpose.scope
    if scope is not None and scope not in case.consents:
        raise ConsentMissing(scope)
    assert reading is None, "each reading has an id of its own"
    return [
        PersonalDataRead(
            by=command.by,
            at=command.at,
            case=case.id,
            person=command.person,
            kinds=tuple(sorted(set(command.kinds))),
            purpose=command.purpose,
        )
    ]


def _knows(command: ReadPersonalData, case: Case) -> bool:
    """A machine knows of no restricted case; who was let into one reads wherever they sit."""
    if command.is_service:
        return not case.restricted
    return case.known_to(command.by, command.organisation, command.at)


def evolve(_: Reading | None, event: PersonalDataRead) -> Reading:
    return Reading(person=event.person)


reading = Decider(decide=decide, evolve=evolve)
