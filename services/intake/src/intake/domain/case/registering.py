"""Registering: a case is opened for somebody, who may have one name and no known birthday."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from events.decider import Event, Rejected
from events.personal import Contact, Identity
from events.values import CaseId, Code, PersonId, ProgrammeId
from intake.domain.case.asking import CaseCommand
from intake.domain.case.kinds import Source, Stage
from intake.domain.case.state import Case, Member
from intake.domain.people import AgeBracket, PartialDate, Sex, brackets_possible
from intake.domain.programme import ReturnType, Terms, in_its_time


class RegisterReturnee(CaseCommand, frozen=True):
    case: CaseId
    returnee: PersonId
    terms: Terms
    country_of_return: Code
    return_type: ReturnType
    office: Code
    source: Source
    counsellor: PersonId
    language: Code
    sex: Sex
    age_bracket: AgeBracket
    name: str
    date_of_birth: PartialDate | None = None
    phone: str | None = None


class ReturneeRegistered(Event, frozen=True, tag="intake.returnee_registered.v1"):
    """A case was opened for somebody who has returned or is about to."""

    about: ClassVar[str | None] = "returnee"
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    run_by: Code
    organisation: Code
    country_of_return: Code
    return_type: ReturnType
    office: Code
    source: Source
    counsellor: PersonId
    language: Code
    sex: Sex
    age_bracket: AgeBracket
    is_child: bool
    """Under 18 at registration: a guardian consents and signs."""
    name: Identity[str]
    date_of_birth: Identity[PartialDate] = None
    phone: Contact[str] = None


@dataclass(unsafe_hash=True)
class RegisteredAlready(Rejected):
    """This case was registered before."""

    case: CaseId


@dataclass(unsafe_hash=True)
class AgeContradictsDateOfBirth(Rejected):
    """Nobody born on that date, as far as it is known, is of that age."""

    age_bracket: AgeBracket


def register(command: RegisterReturnee, case: Case | None) -> ReturneeRegistered:
    if case is not None:
        raise RegisteredAlready(case.id)
    in_its_time(command.terms, command.at.date())
    command.terms.may_keep(command.organisation)
    age_fits(command.age_bracket, command.date_of_birth, command.at.date())
    return ReturneeRegistered(
        by=command.by,
        at=command.at,
        case=command.case,
        returnee=command.returnee,
        programme=command.terms.programme,
        run_by=command.terms.organisation,
        organisation=command.organisation,
        country_of_return=command.country_of_return,
        return_type=command.return_type,
        office=command.office,
        source=command.source,
        counsellor=command.counsellor,
        language=command.language,
        sex=command.sex,
        age_bracket=command.age_bracket,
        is_child=command.age_bracket.is_child,
        name=command.name,
        date_of_birth=command.date_of_birth,
        phone=command.phone,
    )


def age_fits(bracket: AgeBracket, born: PartialDate | None, today: date) -> None:
    """Nobody is entered with an age that what is known of their birth rules out."""
    if born and bracket not in brackets_possible(born, today):
        raise AgeContradictsDateOfBirth(bracket)


def registered(event: ReturneeRegistered) -> Case:
    principal = Member(
        person=event.returnee,
        is_child=event.is_child,
        age_bracket=event.age_bracket,
        principal=True,
    )
    return Case(
        id=event.case,
        stage=Stage.REGISTERED,
        programme=event.programme,
        run_by=event.run_by,
        organisation=event.organisation,
        office=event.office,
        country_of_return=event.country_of_return,
        return_type=event.return_type,
        registrar=event.by,
        counsellor=event.counsellor,
        household=(principal,),
    )
