"""What can happen to a sourcing."""

from datetime import date

from events.decider import Event
from events.money import Money
from events.values import (
    CaseId,
    Code,
    Digest,
    ItemId,
    PersonId,
    PlanId,
    ProgrammeId,
    QuotationId,
    SourcingId,
    VendorId,
)
from vendors.domain.programme import Buying
from vendors.domain.sourcing.kinds import Reason


class QuotationsRequested(Event, frozen=True, tag="vendors.quotations_requested.v1"):
    """A vendor is being looked for."""

    sourcing: SourcingId
    item: ItemId
    case: CaseId
    plan: PlanId
    programme: ProgrammeId
    programme_version: int
    spec: Code
    estimate: Money
    counsellor: PersonId
    buying: Buying


class CounsellorsNamed(Event, frozen=True, tag="vendors.counsellors_named.v1"):
    """Several people counsel those whom a project is for: none of them chooses its vendors."""

    sourcing: SourcingId
    counsellors: tuple[PersonId, ...]


class QuotationReceived(Event, frozen=True, tag="vendors.quotation_received.v1"):
    """A vendor has made an offer. It is never a basis for payment."""

    sourcing: SourcingId
    quotation: QuotationId
    vendor: VendorId
    total: Money
    document: Digest
    valid_until: date


class CompetitionWaived(Event, frozen=True, tag="vendors.competition_waived.v1"):
    """Fewer quotations are enough, for a reason and until a day."""

    sourcing: SourcingId
    reason: Code
    expires: date


class VendorSelected(Event, frozen=True, tag="vendors.vendor_selected.v1"):
    """The item is to be bought from this vendor at this price."""

    sourcing: SourcingId
    item: ItemId
    case: CaseId
    vendor: VendorId
    quotation: QuotationId
    amount: Money
    quotations: int
    reason: Reason
    waived: Code | None
    """The reason of the waiver that it rests on."""
    collectors: tuple[PersonId, ...]
    """Who collected the quotations: they neither record the delivery nor approve the payment."""


SourcingEvent = (
    QuotationsRequested | CounsellorsNamed | QuotationReceived | CompetitionWaived | VendorSelected
)
