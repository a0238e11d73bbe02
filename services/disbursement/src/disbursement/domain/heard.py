"""What this service listens to: the facts of others, with the fields that are of use here."""

import datetime as dt
from typing import Any

import msgspec

from disbursement.domain.screened import COUNTS_DAYS
from events.decider import Event
from events.money import Money
from events.registry import Registry
from events.values import (
    AccountId,
    CaseId,
    CashId,
    Code,
    Digest,
    EmergencyId,
    FindingId,
    ItemId,
    PaymentId,
    PersonId,
    PlanId,
    ProgrammeId,
    ProjectId,
    VendorId,
)


class ReturneeRegistered(Event, frozen=True, tag="intake.returnee_registered.v1"):
    case: CaseId
    run_by: Code
    """The organisation that runs the programme: it reaches every case of it."""
    organisation: Code
    """The organisation that keeps the case."""
    counsellor: PersonId


class ConsentGiven(Event, frozen=True, tag="intake.consent_given.v1"):
    case: CaseId
    scopes: tuple[Code, ...]


class ConsentWithdrawn(Event, frozen=True, tag="intake.consent_withdrawn.v1"):
    case: CaseId
    scopes: tuple[Code, ...]


class ArrivalConfirmed(Event, frozen=True, tag="intake.arrival_confirmed.v1"):
    case: CaseId
    date: dt.date
    use_by: dt.date


class EntitlementExtended(Event, frozen=True, tag="intake.entitlement_extended.v1"):
    case: CaseId
    use_by: dt.date


class CaseSuspended(Event, frozen=True, tag="intake.case_suspended.v1"):
    case: CaseId


class CaseResumed(Event, frozen=True, tag="intake.case_resumed.v1"):
    case: CaseId


class CaseClosed(Event, frozen=True, tag="intake.case_closed.v1"):
    case: CaseId


class CaseReopened(Event, frozen=True, tag="intake.case_reopened.v1"):
    case: CaseId


class CaseTransferred(Event, frozen=True, tag="intake.case_transferred.v1"):
    case: CaseId
    to_organisation: Code
    counsellor: PersonId
    outside: bool
    """The other organisation goes on by its own rules: nothing of it moves here."""


class PaymentHoldAsked(Event, frozen=True, tag="intake.payment_hold_asked.v1"):
    case: CaseId


class PaymentHoldEnded(Event, frozen=True, tag="intake.payment_hold_ended.v1"):
    case: CaseId


class Paying(msgspec.Struct, frozen=True, kw_only=True):
    certifier_may_sign: bool
    second_approval_from: Money
    invoice_tolerance_basis_points: int
    invoice_tolerance_at_most: Money
    screening_again_at_release: bool = True
    """Where a page does not say, a vendor is looked for again."""
    screening_at_most_days: int = COUNTS_DAYS
    pay_within_days: int


class Buying(msgspec.Struct, frozen=True):
    added_up_over_days: int


class Instalments(msgspec.Struct, frozen=True):
    """That there are some is what counts here; plans knows their conditions."""


class Advance(msgspec.Struct, frozen=True):
    """How much of an order may be paid before delivery, and when that is to be cleared."""

    percent_at_most: int
    clear_within_days: int


class Assistance(msgspec.Struct, frozen=True):
    type: Code
    instalments: Instalments | None = None
    advance: Advance | None = None
    before_commitment: tuple[Code, ...] = ()
    """The documents that it needs before its money is committed, and before it is paid."""
    before_payment: tuple[Code, ...] = ()


class ProgrammePublished(Event, frozen=True, tag="plans.programme_published.v2"):
    programme: ProgrammeId
    version: int
    buying: Buying
    paying: Paying
    assistance: tuple[Assistance, ...] = ()


def from_v1(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 named what the chain of orders proves by itself: an invoice, a delivery."""
    told = ("type", "instalments", "advance")
    kinds = [{name: each[name] for name in told} for each in data["assistance"]]
    return data | {"assistance": kinds}


class PaidFrom(msgspec.Struct, frozen=True):
    """Assistance of this type is paid from the budget line of this category."""

    type: Code
    category: Code


class BudgetLinesNamed(Event, frozen=True, tag="plans.budget_lines_named.v1"):
    """Which lines of the grant pay for what is approved under that version of the programme."""

    programme: ProgrammeId
    version: int
    grant: Code
    lines: tuple[PaidFrom, ...]


class ApprovedItem(msgspec.Struct, frozen=True):
    item: ItemId
    ceiling: Money
    type: Code | None = None
    spec: Code | None = None
    """What it is, as the plan says."""


class PlanApproved(Event, frozen=True, tag="plans.plan_approved.v1"):
    plan: PlanId
    case: CaseId
    programme: ProgrammeId
    programme_version: int
    items: tuple[ApprovedItem, ...]
    counsellor: PersonId


class Share(msgspec.Struct, frozen=True):
    """One case's part in a project."""

    case: CaseId


class ProjectApproved(Event, frozen=True, tag="plans.project_approved.v1"):
    """Of a project's item, what is called its plan and its case here is the project."""

    project: ProjectId
    programme: ProgrammeId
    programme_version: int
    run_by: Code
    organisation: Code
    items: tuple[ApprovedItem, ...]
    budget_line: Code | None
    """The category of the line that it has to be paid from; None: of any."""
    use_by: dt.date
    drafter: PersonId
    counsellors: tuple[PersonId, ...]
    shares: tuple[Share, ...]


class ProjectShareWithdrawn(Event, frozen=True, tag="plans.project_share_withdrawn.v1"):
    project: ProjectId
    stops_orders: bool


class ProjectCancelled(Event, frozen=True, tag="plans.project_cancelled.v1"):
    project: ProjectId


class ProjectRejected(Event, frozen=True, tag="plans.project_rejected.v1"):
    project: ProjectId


class PlanAmendmentApproved(Event, frozen=True, tag="plans.plan_amendment_approved.v1"):
    plan: PlanId
    case: CaseId
    programme: ProgrammeId
    programme_version: int
    items: tuple[ApprovedItem, ...]
    dropped: tuple[ItemId, ...]
    """What the plan no longer holds."""
    counsellor: PersonId


class EmergencyAuthorised(Event, frozen=True, tag="plans.emergency_assistance_authorised.v1"):
    """Of its items, what is called their plan here is the emergency."""

    emergency: EmergencyId
    case: CaseId
    programme: ProgrammeId
    programme_version: int
    items: tuple[ApprovedItem, ...]
    counsellor: PersonId


class InstalmentConditionMet(Event, frozen=True, tag="plans.instalment_condition_met.v1"):
    item: ItemId
    released: Money
    """With all instalments before it."""


class VendorSearched(Event, frozen=True, tag="vendors.vendor_searched.v1"):
    """The platform looked for it; what that comes to is told by the screening that follows."""

    vendor: VendorId
    lists: Digest
    """Of the digests of all the lists that were searched."""


class SanctionsListLoaded(Event, frozen=True, tag="vendors.sanctions_list_loaded.v1"):
    """From now on vendors are searched for on this version."""

    source: Code
    digest: Digest


class SanctionsListWithdrawn(Event, frozen=True, tag="vendors.sanctions_list_withdrawn.v1"):
    """Nobody is searched for on it any more."""

    source: Code
    digest: Digest


class VendorScreened(Event, frozen=True, tag="vendors.vendor_screened.v1"):
    vendor: VendorId
    on: dt.date
    result: Code


class VendorApproved(Event, frozen=True, tag="vendors.vendor_approved.v1"):
    vendor: VendorId
    valid_until: dt.date


class VendorApprovalExtended(Event, frozen=True, tag="vendors.vendor_approval_extended.v1"):
    vendor: VendorId
    valid_until: dt.date


class VendorSuspended(Event, frozen=True, tag="vendors.vendor_suspended.v1"):
    vendor: VendorId


class VendorReinstated(Event, frozen=True, tag="vendors.vendor_reinstated.v1"):
    vendor: VendorId
    valid_until: dt.date


class VendorDebarred(Event, frozen=True, tag="vendors.vendor_debarred.v1"):
    vendor: VendorId


class BankAccountProposed(Event, frozen=True, tag="vendors.bank_account_proposed.v1"):
    account: AccountId
    vendor: VendorId
    currency: Code
    last4: Code
    replaces: AccountId | None = None


class WalletDeclared(Event, frozen=True, tag="vendors.wallet_declared.v1"):
    account: AccountId
    provider: Code
    """Of mobile money: it keeps the account, and not a bank."""


class BankAccountApproved(Event, frozen=True, tag="vendors.bank_account_approved.v1"):
    account: AccountId
    usable_from: dt.datetime


class BankAccountActivated(Event, frozen=True, tag="vendors.bank_account_activated.v1"):
    account: AccountId
    vendor: VendorId
    currency: Code


class BankAccountVerificationFailed(
    Event, frozen=True, tag="vendors.bank_account_verification_failed.v1"
):
    account: AccountId


class BankAccountReplaced(Event, frozen=True, tag="vendors.bank_account_replaced.v1"):
    account: AccountId


class BankAccountFrozen(Event, frozen=True, tag="vendors.bank_account_frozen.v1"):
    account: AccountId


class VendorSelected(Event, frozen=True, tag="vendors.vendor_selected.v1"):
    item: ItemId
    case: CaseId
    vendor: VendorId
    amount: Money
    collectors: tuple[PersonId, ...]
    """Who collected the quotations."""


class FindingRaised(Event, frozen=True, tag="audit.finding_raised.v1"):
    """Something in the log asks for a second look."""

    finding: FindingId
    severity: Code
    payment: PaymentId | None


class FindingNamedCash(Event, frozen=True, tag="audit.finding_named_cash.v1"):
    """The finding is about cash."""

    finding: FindingId
    cash: CashId
    severity: Code


class FindingReviewed(Event, frozen=True, tag="audit.finding_reviewed.v1"):
    """A person said what it was."""

    finding: FindingId
    outcome: Code


class AwardTakenBack(Event, frozen=True, tag="vendors.award_taken_back.v1"):
    item: ItemId
    vendor: VendorId


from_intake = Registry.of(
    "intake",
    [
        ReturneeRegistered,
        ConsentGiven,
        ConsentWithdrawn,
        ArrivalConfirmed,
        EntitlementExtended,
        CaseSuspended,
        CaseResumed,
        CaseClosed,
        CaseReopened,
        CaseTransferred,
        PaymentHoldAsked,
    ],
    foreign=True,
)
of_counsellors = Registry.of("intake", [ReturneeRegistered, CaseTransferred], foreign=True)
of_searches = Registry.of(
    "vendors",
    [VendorSearched, VendorScreened, SanctionsListLoaded, SanctionsListWithdrawn],
    foreign=True,
)
of_programmes = Registry.of(
    "plans",
    [ProgrammePublished],
    upcasters={"plans.programme_published.v1": from_v1},
    foreign=True,
)
of_holds = Registry.of("intake", [PaymentHoldAsked, PaymentHoldEnded], foreign=True)
from_plans = Registry.of(
    "plans",
    [
        ProgrammePublished,
        BudgetLinesNamed,
        PlanApproved,
        ProjectApproved,
        ProjectShareWithdrawn,
        ProjectCancelled,
        ProjectRejected,
        PlanAmendmentApproved,
        EmergencyAuthorised,
        InstalmentConditionMet,
    ],
    upcasters={"plans.programme_published.v1": from_v1},
    foreign=True,
)
from_vendors = Registry.of(
    "vendors",
    [
        VendorScreened,
        VendorApproved,
        VendorApprovalExtended,
        VendorSuspended,
        VendorReinstated,
        VendorDebarred,
        BankAccountProposed,
        WalletDeclared,
        BankAccountApproved,
        BankAccountActivated,
        BankAccountReplaced,
        BankAccountFrozen,
        VendorSelected,
        AwardTakenBack,
    ],
    foreign=True,
)
of_account_changes = Registry.of(
    "vendors",
    [
        BankAccountProposed,
        BankAccountVerificationFailed,
        BankAccountActivated,
        BankAccountFrozen,
    ],
    foreign=True,
)
from_audit = Registry.of("audit", [FindingRaised, FindingNamedCash], foreign=True)
of_findings = Registry.of("audit", [FindingRaised, FindingReviewed], foreign=True)
