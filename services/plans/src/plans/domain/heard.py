"""What this service listens to: intake on cases, disbursement on orders, the fields of use."""

from datetime import date

from events.decider import Event
from events.money import Money
from events.registry import Registry
from events.values import CaseId, Code, CommitmentId, ItemId, PersonId, PlanId, ProgrammeId
from plans.domain.shares import Share


class ReturneeRegistered(Event, frozen=True, tag="intake.returnee_registered.v1"):
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    run_by: Code
    organisation: Code
    office: Code
    counsellor: PersonId
    is_child: bool


class IdentityRecorded(Event, frozen=True, tag="intake.identity_recorded.v1"):
    case: CaseId
    person: PersonId
    is_child: bool


class GuardianAppointed(Event, frozen=True, tag="intake.guardian_appointed.v1"):
    case: CaseId
    child: PersonId
    guardian: PersonId


class ConsentGiven(Event, frozen=True, tag="intake.consent_given.v1"):
    case: CaseId
    scopes: tuple[Code, ...]


class ConsentWithdrawn(Event, frozen=True, tag="intake.consent_withdrawn.v1"):
    case: CaseId
    scopes: tuple[Code, ...]


class EligibilityConfirmed(Event, frozen=True, tag="intake.eligibility_confirmed.v1"):
    case: CaseId
    programme_version: int


class EntitlementGranted(Event, frozen=True, tag="intake.entitlement_granted.v1"):
    case: CaseId
    total: Money
    cash_cap: Money
    shares: tuple[Share, ...]
    claim_by: date | None
    use_by: date | None


class ArrivalConfirmed(Event, frozen=True, tag="intake.arrival_confirmed.v1"):
    case: CaseId
    claim_by: date
    use_by: date


class EntitlementAdjusted(Event, frozen=True, tag="intake.entitlement_adjusted.v1"):
    case: CaseId
    total: Money
    cash_cap: Money
    shares: tuple[Share, ...]


class EntitlementExtended(Event, frozen=True, tag="intake.entitlement_extended.v1"):
    case: CaseId
    claim_by: date
    use_by: date


class EligibilityDenied(Event, frozen=True, tag="intake.eligibility_denied.v1"):
    case: CaseId


class NonDepartureConfirmed(Event, frozen=True, tag="intake.non_departure_confirmed.v1"):
    case: CaseId


class CaseSuspended(Event, frozen=True, tag="intake.case_suspended.v1"):
    case: CaseId


class CaseResumed(Event, frozen=True, tag="intake.case_resumed.v1"):
    case: CaseId


class CaseClosed(Event, frozen=True, tag="intake.case_closed.v1"):
    case: CaseId


class CaseReopened(Event, frozen=True, tag="intake.case_reopened.v1"):
    case: CaseId


class CaseMerged(Event, frozen=True, tag="intake.case_merged.v1"):
    case: CaseId
    into: CaseId


class CaseUnmerged(Event, frozen=True, tag="intake.case_unmerged.v1"):
    case: CaseId


class CaseTransferred(Event, frozen=True, tag="intake.case_transferred.v1"):
    case: CaseId
    to_organisation: Code
    to_office: Code
    counsellor: PersonId
    outside: bool
    """To somebody who does not work here: the case stays as it is, and is closed."""


class CaseRestricted(Event, frozen=True, tag="intake.case_restricted.v1"):
    case: CaseId


class CaseUnrestricted(Event, frozen=True, tag="intake.case_unrestricted.v1"):
    case: CaseId


class HouseholdMemberAdded(Event, frozen=True, tag="intake.household_member_added.v1"):
    case: CaseId
    member: PersonId


class HouseholdMemberRemoved(Event, frozen=True, tag="intake.household_member_removed.v1"):
    case: CaseId
    member: PersonId


class HouseholdPooled(Event, frozen=True, tag="intake.household_pooled.v1"):
    case: CaseId
    person: PersonId


class HouseholdUnpooled(Event, frozen=True, tag="intake.household_unpooled.v1"):
    case: CaseId
    person: PersonId


OfHouseholds = HouseholdMemberAdded | HouseholdMemberRemoved | HouseholdPooled | HouseholdUnpooled
OfCases = (
    NonDepartureConfirmed
    | CaseSuspended
    | CaseResumed
    | CaseClosed
    | CaseReopened
    | CaseMerged
    | CaseUnmerged
    | CaseTransferred
    | CaseRestricted
    | CaseUnrestricted
)
FromIntake = (
    ReturneeRegistered
    | IdentityRecorded
    | GuardianAppointed
    | ConsentGiven
    | ConsentWithdrawn
    | EligibilityConfirmed
    | EntitlementGranted
    | ArrivalConfirmed
    | EntitlementAdjusted
    | EntitlementExtended
    | EligibilityDenied
    | OfHouseholds
    | OfCases
)

from_intake = Registry.of(
    "intake",
    [
        ReturneeRegistered,
        IdentityRecorded,
        GuardianAppointed,
        ConsentGiven,
        ConsentWithdrawn,
        EligibilityConfirmed,
        EntitlementGranted,
        ArrivalConfirmed,
        EntitlementAdjusted,
        EntitlementExtended,
        EligibilityDenied,
        HouseholdMemberAdded,
        HouseholdMemberRemoved,
        HouseholdPooled,
        HouseholdUnpooled,
        NonDepartureConfirmed,
        CaseSuspended,
        CaseResumed,
        CaseClosed,
        CaseReopened,
        CaseMerged,
        CaseUnmerged,
        CaseTransferred,
        CaseRestricted,
        CaseUnrestricted,
    ],
    foreign=True,
)


class CommitmentRequested(Event, frozen=True, tag="disbursement.commitment_requested.v1"):
    commitment: CommitmentId
    plan: PlanId
    item: ItemId


class ItemCommitted(Event, frozen=True, tag="disbursement.item_committed.v1"):
    commitment: CommitmentId
    amount: Money


class ItemReleased(Event, frozen=True, tag="disbursement.item_released.v1"):
    commitment: CommitmentId
    amount: Money


class CommitmentLiquidated(Event, frozen=True, tag="disbursement.commitment_liquidated.v1"):
    commitment: CommitmentId


class CommitmentCancelled(Event, frozen=True, tag="disbursement.commitment_cancelled.v1"):
    commitment: CommitmentId


FromDisbursement = (
    CommitmentRequested | ItemCommitted | ItemReleased | CommitmentLiquidated | CommitmentCancelled
)

from_disbursement = Registry.of(
    "disbursement",
    [
        CommitmentRequested,
        ItemCommitted,
        ItemReleased,
        CommitmentLiquidated,
        CommitmentCancelled,
    ],
    foreign=True,
)
