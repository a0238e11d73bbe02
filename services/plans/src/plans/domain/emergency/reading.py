"""A reading: somebody looked at what a returnee said they need at once, and that is a fact too."""

from collections.abc import Sequence

from events.decider import Command, Decider, Event, State
from events.personal import Kind
from events.values import CaseId, Code, EmergencyId, PersonId
from plans.domain.reading import may_read_words
from plans.domain.standing import Standing


class ReadEmergencyWords(Command, frozen=True):
    emergency: EmergencyId
    standing: Standing
    organisation: Code
    office: Code | None


class EmergencyWordsRead(Event, frozen=True, tag="plans.emergency_words_read.v1"):
    """Somebody was shown what the returnee said."""

    emergency: EmergencyId
    case: CaseId
    person: PersonId
    kinds: tuple[Kind, ...]
    purpose: Code


class EmergencyReading(State, frozen=True):
    person: PersonId


def decide(
    command: ReadEmergencyWords, reading: EmergencyReading | None
) -> Sequence[EmergencyWordsRead]:
    assert reading is None, "each reading has an id of its own"
    standing = command.standing
    may_read_words(standing, organisation=command.organisation, office=command.office)
    return [
        EmergencyWordsRead(
            by=command.by,
            at=command.at,
            emergency=command.emergency,
            case=standing.case,
            person=standing.returnee,
            kinds=(Kind.PROTECTION,),
            purpose=Code("assistance"),
        )
    ]


def evolve(_: EmergencyReading | None, event: EmergencyWordsRead) -> EmergencyReading:
    return EmergencyReading(person=event.person)


emergency_reading = Decider(decide=decide, evolve=evolve)
