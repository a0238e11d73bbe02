"""What others tell that only reports need: what an item is called, and how its vendor was found."""

import msgspec

from events import erasure
from events.decider import Event
from events.money import Money
from events.registry import Registry
from events.values import (
    Code,
    Digest,
    EmergencyId,
    ItemId,
    OrganisationName,
    PlanId,
    ProgrammeId,
    ProjectId,
    QuotationId,
    SourcingId,
    VendorId,
)


class Kind(msgspec.Struct, frozen=True):
    """A type of assistance, and what it is called where a case must not be guessed from it."""

    type: Code
    wording_for_others: Code | None = None


class Eligibility(msgspec.Struct, frozen=True):
    countries: tuple[Code, ...] = ()
    """Of return; none: any."""


class ProgrammePublished(Event, frozen=True, tag="plans.programme_published.v2"):
    programme: ProgrammeId
    version: int
    assistance: tuple[Kind, ...] = ()
    eligibility: Eligibility = Eligibility()
    small_cells_below: int = 5
    """As it was before pages said so."""


class ApprovedItem(msgspec.Struct, frozen=True):
    item: ItemId
    ceiling: Money
    type: Code | None = None
    modality: Code | None = None


class PlanApproved(Event, frozen=True, tag="plans.plan_approved.v1"):
    plan: PlanId
    programme: ProgrammeId
    items: tuple[ApprovedItem, ...]


class PlanAmendmentApproved(Event, frozen=True, tag="plans.plan_amendment_approved.v1"):
    plan: PlanId
    programme: ProgrammeId
    items: tuple[ApprovedItem, ...]


class EmergencyAuthorised(Event, frozen=True, tag="plans.emergency_assistance_authorised.v1"):
    emergency: EmergencyId
    programme: ProgrammeId
    items: tuple[ApprovedItem, ...]


class ProjectApproved(Event, frozen=True, tag="plans.project_approved.v1"):
    project: ProjectId
    programme: ProgrammeId
    items: tuple[ApprovedItem, ...]


Approval = PlanApproved | PlanAmendmentApproved | EmergencyAuthorised | ProjectApproved


class QuotationsRequested(Event, frozen=True, tag="vendors.quotations_requested.v1"):
    sourcing: SourcingId
    item: ItemId
    estimate: Money


class QuotationReceived(Event, frozen=True, tag="vendors.quotation_received.v1"):
    sourcing: SourcingId
    quotation: QuotationId
    vendor: VendorId
    document: Digest
    total: Money


class CompetitionWaived(Event, frozen=True, tag="vendors.competition_waived.v1"):
    sourcing: SourcingId
    reason: Code


class VendorSelected(Event, frozen=True, tag="vendors.vendor_selected.v1"):
    item: ItemId
    vendor: VendorId


class AwardTakenBack(Event, frozen=True, tag="vendors.award_taken_back.v1"):
    item: ItemId


class OrganisationNamed(Event, frozen=True, tag="vendors.organisation_named.v1"):
    """How it is called is for everybody to know."""

    vendor: VendorId
    name: OrganisationName


class ErasedByVendors(erasure.SubjectErased, frozen=True, tag="vendors.subject_erased.v1"):
    """Whoever was taken for an organisation is told by id again."""


from_plans = Registry.of(
    "plans",
    [
        ProgrammePublished,
        PlanApproved,
        PlanAmendmentApproved,
        EmergencyAuthorised,
        ProjectApproved,
    ],
    upcasters={"plans.programme_published.v1": dict},
    foreign=True,
)
from_vendors = Registry.of(
    "vendors",
    [
        QuotationsRequested,
        QuotationReceived,
        CompetitionWaived,
        VendorSelected,
        AwardTakenBack,
        OrganisationNamed,
        ErasedByVendors,
    ],
    foreign=True,
)
