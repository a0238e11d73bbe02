"""Why a case says no."""

import datetime as dt
from dataclasses import dataclass

from events.decider import Rejected
from events.values import CaseId, Code, PersonId, ProgrammeId
from intake.domain.case.kinds import Stage
from intake.domain.people import AgeBracket
from intake.domain.programme import FamilyRole, ReturnType


@dataclass(unsafe_hash=True)
class NoSuchCase(Rejected):
    """There is no such case, or none that your organisation may reach (D10)."""

    organisation: Code


@dataclass(unsafe_hash=True)
class CaseIsAt(Rejected):
    """The act needs the case at another stage."""

    stage: Stage
    needed: tuple[Stage, ...]


@dataclass(unsafe_hash=True)
class RegisteredAlready(Rejected):
    """This case was registered before."""

    case: CaseId


@dataclass(unsafe_hash=True)
class AgeContradictsDateOfBirth(Rejected):
    """Nobody born on that date, as far as it is known, is of that age."""

    age_bracket: AgeBracket


@dataclass(unsafe_hash=True)
class MemberAlready(Rejected):
    """This person is in the household already."""

    person: PersonId


@dataclass(unsafe_hash=True)
class NotInHousehold(Rejected):
    """This person is not of the case's household."""

    person: PersonId


@dataclass(unsafe_hash=True)
class HouseholdIsSettled(Rejected):
    """The entitlement was granted for the household as it was: it is adjusted, not added to."""

    granted: bool = True


@dataclass(unsafe_hash=True)
class NotAChild(Rejected):
    """Only people under 18 have a guardian appointed."""

    person: PersonId


@dataclass(unsafe_hash=True)
class ChildAsGuardian(Rejected):
    """Somebody under 18 cannot be a guardian."""

    person: PersonId


@dataclass(unsafe_hash=True)
class RegistrarCannotAssess(Rejected):
    """Who registered a case, or is its counsellor, does not decide whether it is eligible."""

    person: PersonId


@dataclass(unsafe_hash=True)
class PartnerMayOnlyPropose(Rejected):
    """The organisation that runs the programme decides; a partner proposes (D10)."""

    organisation: Code
    decides: Code


@dataclass(unsafe_hash=True)
class OtherProgramme(Rejected):
    """These are the terms of another programme, or of a version that is not this case's."""

    programme: ProgrammeId
    version: int


@dataclass(unsafe_hash=True)
class ProgrammeNotOpen(Rejected):
    """The programme takes cases between these two days only."""

    since: dt.date
    until: dt.date


@dataclass(unsafe_hash=True)
class NotForThisReturn(Rejected):
    """The programme is not for this type of return or this country."""

    return_type: ReturnType
    country: Code


@dataclass(unsafe_hash=True)
class CriteriaMissing(Rejected):
    """Each of the programme's criteria is found true, or the case is not eligible."""

    missing: tuple[Code, ...]


@dataclass(unsafe_hash=True)
class ChildWithoutGuardian(Rejected):
    """Nothing is granted for a child before a guardian is appointed (S13)."""

    child: PersonId


@dataclass(unsafe_hash=True)
class NoEntitlementFor(Rejected):
    """The programme has no amount for this role in the family and this type of return."""

    role: FamilyRole
    return_type: ReturnType


@dataclass(unsafe_hash=True)
class GrantedAlready(Rejected):
    """The entitlement was granted; it is adjusted, not granted again."""

    programme_version: int


@dataclass(unsafe_hash=True)
class ArrivalInTheFuture(Rejected):
    """An arrival is confirmed when it has happened."""

    date: dt.date
    today: dt.date
