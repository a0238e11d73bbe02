"""Reading what protects somebody, or is about their health: apart, for purposes of its own.

Who somebody is (`intake.domain.reading`) is read in the office every day. Why a case is
restricted, what somebody has been through, what a doctor found: that is read by those who counsel
the case or were let in, each time for a purpose, and never by a machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from events.decider import Command, Decider, Event, Rejected, State
from events.personal import Kind
from events.values import AccessId, CaseId, Code, PersonId
from intake.domain.access import Access
from intake.domain.case.asking import NoSuchCase
from intake.domain.case.household import NotInHousehold
from intake.domain.case.state import Case
from intake.domain.consent import ConsentMissing, Scope


class ProtectedPurpose(StrEnum):
    """What such values are needed for."""

    PROTECTION = "protection"
    HEALTH_CARE = "health_care"
    BEST_INTERESTS = "best_interests"
    """A decision for a child (Convention on the Rights of the Child, article 3)."""
    VITAL_INTERESTS = "vital_interests"
    """A life is in danger."""
    OWN_REQUEST = "own_request"

    @property
    def scope(self) -> Scope | None:
        """The consent it rests on; a life in danger and the person's own question need none."""
        free = (self.VITAL_INTERESTS, self.OWN_REQUEST)
        return None if self in free else Scope.ASSISTANCE


class ReadProtectedData(Command, frozen=True):
    case: Case | None
    person: PersonId
    kinds: tuple[Kind, ...]
    purpose: ProtectedPurpose
    organisation: Code
    office: Code | None


class ReadAccessWords(Command, frozen=True):
    """By somebody who decides on the access."""

    access: Access


class ProtectedDataRead(Event, frozen=True, tag="intake.protected_data_read.v1"):
    """Somebody was shown a person's protection or health values."""

    case: CaseId
    person: PersonId
    kinds: tuple[Kind, ...]
    purpose: ProtectedPurpose


class AccessWordsRead(Event, frozen=True, tag="intake.access_words_read.v1"):
    """Somebody who decides on an access was shown why it was asked for."""

    access: AccessId
    case: CaseId
    person: PersonId


ProtectedReadEvent = ProtectedDataRead | AccessWordsRead


@dataclass(unsafe_hash=True)
class NotYoursToRead(Rejected):
    """Only those who counsel the case, work in its office or were let in read this."""

    person: PersonId


class ProtectedReading(State, frozen=True):
    person: PersonId


def decide(
    command: ReadProtectedData | ReadAccessWords, reading: ProtectedReading | None
) -> Sequence[ProtectedReadEvent]:
    assert reading is None, "each reading has an id of its own"
    if isinstance(command, ReadAccessWords):
        return [_read_words(command)]
    case = command.case
    if case is None or not case.known_to(command.by, command.organisation, command.at):
        raise NoSuchCase(command.organisation)
    if case.member(command.person) is None:
        raise NotInHousehold(command.person)
    here = (command.organisation, command.office) == (case.organisation, case.office)
    if not (here or case.restricted):
        raise NotYoursToRead(command.by)
    scope = command.purpose.scope
    if scope is not None and scope not in case.consents:
        raise ConsentMissing(scope)
    return [
        ProtectedDataRead(
            by=command.by,
            at=command.at,
            case=case.id,
            person=command.person,
            kinds=tuple(sorted(set(command.kinds))),
            purpose=command.purpose,
        )
    ]


def _read_words(command: ReadAccessWords) -> AccessWordsRead:
    return AccessWordsRead(
        by=command.by,
        at=command.at,
        access=command.access.id,
        case=command.access.case,
        person=command.access.concerns,
    )


def evolve(_: ProtectedReading | None, event: ProtectedReadEvent) -> ProtectedReading:
    return ProtectedReading(person=event.person)


protected_reading = Decider(decide=decide, evolve=evolve)
