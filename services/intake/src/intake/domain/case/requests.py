"""What may be asked of a case."""

import datetime as dt

from events.decider import Command
from events.values import CaseId, Code, Digest, PersonId
from intake.domain.case.kinds import Denial, GuardianBasis, Source
from intake.domain.consent import Method, Scope
from intake.domain.people import AgeBracket, PartialDate, Relation, Sex
from intake.domain.programme import ReturnType, Terms


class CaseCommand(Command, frozen=True):
    organisation: Code
    """For whom the person acts."""


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


class AddHouseholdMember(CaseCommand, frozen=True):
    member: PersonId
    relation: Relation
    sex: Sex
    age_bracket: AgeBracket
    name: str
    date_of_birth: PartialDate | None = None


class AppointGuardian(CaseCommand, frozen=True):
    child: PersonId
    guardian: PersonId
    basis: GuardianBasis


class GiveConsent(CaseCommand, frozen=True):
    scopes: tuple[Scope, ...]
    method: Method
    language: Code
    document: Digest
    witness: PersonId | None = None
    guardian: PersonId | None = None


class WithdrawConsent(CaseCommand, frozen=True):
    scopes: tuple[Scope, ...]


class ConfirmEligibility(CaseCommand, frozen=True):
    terms: Terms
    criteria: tuple[Code, ...]


class DenyEligibility(CaseCommand, frozen=True):
    reason: Denial


class GrantEntitlement(CaseCommand, frozen=True):
    terms: Terms


class ConfirmArrival(CaseCommand, frozen=True):
    terms: Terms
    date: dt.date
    evidence: Digest


AnyCaseCommand = (
    RegisterReturnee
    | AddHouseholdMember
    | AppointGuardian
    | GiveConsent
    | WithdrawConsent
    | ConfirmEligibility
    | DenyEligibility
    | GrantEntitlement
    | ConfirmArrival
)
