"""What can happen to a case. Field names are the contract with the other services."""

import datetime as dt
from typing import ClassVar

import msgspec

from events.decider import Event
from events.money import Money
from events.personal import Contact, Identity
from events.values import CaseId, Code, Digest, PersonId, ProgrammeId
from intake.domain.case.kinds import Denial, GuardianBasis, Source
from intake.domain.consent import Method, Scope
from intake.domain.people import AgeBracket, PartialDate, Relation, Sex
from intake.domain.programme import FamilyRole, ReturnType


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


class HouseholdMemberAdded(Event, frozen=True, tag="intake.household_member_added.v1"):
    """Somebody who returns with the principal applicant counts for the entitlement."""

    about: ClassVar[str | None] = "member"
    case: CaseId
    member: PersonId
    relation: Relation
    sex: Sex
    age_bracket: AgeBracket
    name: Identity[str]
    date_of_birth: Identity[PartialDate] = None


class GuardianAppointed(Event, frozen=True, tag="intake.guardian_appointed.v1"):
    """Somebody may consent and sign for a child."""

    case: CaseId
    child: PersonId
    guardian: PersonId
    basis: GuardianBasis


class ConsentGiven(Event, frozen=True, tag="intake.consent_given.v1"):
    """The returnee, or the guardian, agreed to these things and no others."""

    case: CaseId
    returnee: PersonId
    scopes: tuple[Scope, ...]
    method: Method
    language: Code
    document: Digest
    witness: PersonId | None = None
    guardian: PersonId | None = None


class ConsentWithdrawn(Event, frozen=True, tag="intake.consent_withdrawn.v1"):
    """What rested on these agreements stops."""

    case: CaseId
    returnee: PersonId
    scopes: tuple[Scope, ...]


class EligibilityConfirmed(Event, frozen=True, tag="intake.eligibility_confirmed.v1"):
    """Each of the programme's criteria was found true."""

    case: CaseId
    programme_version: int
    criteria: tuple[Code, ...]


class EligibilityDenied(Event, frozen=True, tag="intake.eligibility_denied.v1"):
    """The programme is not for this case. The case ends."""

    case: CaseId
    reason: Denial


class Share(msgspec.Struct, frozen=True):
    """What one person of the household brings to the entitlement."""

    person: PersonId
    role: FamilyRole
    total: Money
    cash_at_most: Money


class EntitlementGranted(Event, frozen=True, tag="intake.entitlement_granted.v1"):
    """The most that the household may receive, by the rules of one programme version."""

    case: CaseId
    programme: ProgrammeId
    programme_version: int
    total: Money
    cash_cap: Money
    shares: tuple[Share, ...]
    claim_by: dt.date | None
    """Counted from arrival: None until that is confirmed."""
    use_by: dt.date | None


class ArrivalConfirmed(Event, frozen=True, tag="intake.arrival_confirmed.v1"):
    """The returnee is back, and the time to claim and to use the entitlement runs."""

    case: CaseId
    date: dt.date
    evidence: Digest
    claim_by: dt.date
    use_by: dt.date


CaseEvent = (
    ReturneeRegistered
    | HouseholdMemberAdded
    | GuardianAppointed
    | ConsentGiven
    | ConsentWithdrawn
    | EligibilityConfirmed
    | EligibilityDenied
    | EntitlementGranted
    | ArrivalConfirmed
)
