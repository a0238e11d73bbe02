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
from vendors.domain.sourcing.kinds import Reason, Vote
from vendors.domain.terms import Terms


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


class CompetitionTermsNamed(Event, frozen=True, tag="vendors.competition_terms_named.v1"):
    """What the programme asks of it beyond a number of offers, and by which country's calendar."""

    sourcing: SourcingId
    country: Code | None
    terms: Terms


class WrittenRequestSent(Event, frozen=True, tag="vendors.written_request_sent.v1"):
    """Vendors were asked by letter, on that day: from then on their time to answer runs."""

    sourcing: SourcingId
    sent_on: date
    document: Digest


class QuotationReceived(Event, frozen=True, tag="vendors.quotation_received.v1"):
    """A vendor has made an offer. It is never a basis for payment."""

    sourcing: SourcingId
    quotation: QuotationId
    vendor: VendorId
    total: Money
    document: Digest
    valid_until: date


class QuotationWithdrawn(Event, frozen=True, tag="vendors.quotation_withdrawn.v1"):
    """The vendor no longer stands by its offer: it counts for nothing."""

    sourcing: SourcingId
    quotation: QuotationId
    reason: Code


class QuotationsCompared(Event, frozen=True, tag="vendors.quotations_compared.v1"):
    """Somebody held all offers that stand against each other, and recommends the first."""

    sourcing: SourcingId
    ranking: tuple[QuotationId, ...]
    reason: Reason
    dead: tuple[QuotationId, ...]
    """Offers that count for nothing: expired, or of a vendor that is suspended or debarred."""


class AwardVoted(Event, frozen=True, tag="vendors.award_voted.v1"):
    """One member of the committee said yes or no to what the comparison recommends."""

    sourcing: SourcingId
    quotation: QuotationId
    vote: Vote


class SourcingCancelled(Event, frozen=True, tag="vendors.sourcing_cancelled.v1"):
    """Nobody is looked for any more. Another search for the item may begin."""

    sourcing: SourcingId
    reason: Code


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


class AwardTakenBack(Event, frozen=True, tag="vendors.award_taken_back.v1"):
    """Nothing is bought from the vendor after all: another search for the item may begin."""

    sourcing: SourcingId
    item: ItemId
    case: CaseId
    vendor: VendorId
    reason: Code


SourcingEvent = (
    QuotationsRequested
    | CounsellorsNamed
    | CompetitionTermsNamed
    | WrittenRequestSent
    | QuotationReceived
    | QuotationWithdrawn
    | QuotationsCompared
    | AwardVoted
    | CompetitionWaived
    | VendorSelected
    | SourcingCancelled
    | AwardTakenBack
)
