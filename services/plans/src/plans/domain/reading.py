"""A reading: somebody looked at what a returnee said about a plan, and that is a fact too."""

from collections.abc import Sequence
from dataclasses import dataclass

from events.decider import Command, Decider, Event, Rejected, State
from events.personal import Kind
from events.values import Code, PersonId, PlanId
from plans.domain.good_standing import ConsentMissing
from plans.domain.standing import Standing


class ReadOwnWords(Command, frozen=True):
    plan: PlanId
    standing: Standing
    organisation: Code
    office: Code | None


class PersonalDataRead(Event, frozen=True, tag="plans.personal_data_read.v1"):
    """Somebody was shown a person's values of these kinds."""

    plan: PlanId
    person: PersonId
    kinds: tuple[Kind, ...]
    purpose: Code


@dataclass(unsafe_hash=True)
class NotYourOffice(Rejected):
    """Only the office that keeps the case reads what its people said."""

    office: Code | None


class Reading(State, frozen=True):
    person: PersonId


def may_read_words(standing: Standing, *, organisation: Code, office: Code | None) -> None:
    """What somebody said is read where their case is kept, and as long as they agree."""
    here = (organisation, office) == (standing.organisation, standing.office)
    if not (here or standing.restricted):  # who may know of a restricted case works on it
        raise NotYourOffice(office)
    if not standing.consented:
        raise ConsentMissing(standing.returnee)


def decide(command: ReadOwnWords, reading: Reading | None) -> Sequence[PersonalDataRead]:
    standing = command.standing
    may_read_words(standing, organisation=command.organisation, office=command.office)
    assert reading is None, "each reading has an id of its own"
    return [
        PersonalDataRead(
            by=command.by,
            at=command.at,
            plan=command.plan,
            person=standing.returnee,
            kinds=(Kind.PROTECTION,),
            purpose=Code("assistance"),
        )
    ]


def evolve(_: Reading | None, event: PersonalDataRead) -> Reading:
    return Reading(person=event.person)


reading = Decider(decide=decide, evolve=evolve)
