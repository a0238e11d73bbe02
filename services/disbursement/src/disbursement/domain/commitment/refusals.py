"""Why a commitment may be refused, in the order in which the rules are asked."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from disbursement.domain.invoice_number import InvoiceNumber
from events.decider import Rejected
from events.money import Money
from events.values import (
    BudgetLineId,
    CaseId,
    Code,
    CommitmentId,
    InvoiceId,
    ItemId,
    PaymentId,
    PersonId,
    VendorId,
)


class Stage(StrEnum):
    """Where a commitment stands."""

    REQUESTED = "requested"
    CERTIFIED = "certified"
    APPROVED = "approved"
    ISSUED = "issued"
    LIQUIDATED = "liquidated"
    CANCELLED = "cancelled"


@dataclass(unsafe_hash=True)
class NoSuchCommitment(Rejected):
    """There is no such commitment."""


@dataclass(unsafe_hash=True)
class CommitmentIsAt(Rejected):
    """The act needs the commitment at another stage."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class PlanNotApproved(Rejected):
    """No approved plan holds this item (S3)."""

    item: ItemId


@dataclass(unsafe_hash=True)
class ItemStopped(Rejected):
    """Nothing new is bought for it: its plan rests or is over, or the item was given up."""

    item: ItemId
    because: Code


@dataclass(unsafe_hash=True)
class PapersMissing(Rejected):
    """The programme asks for papers before this step that nobody has recorded."""

    item: ItemId
    missing: tuple[Code, ...]


@dataclass(unsafe_hash=True)
class AssistanceWithdrawn(Rejected):
    """The returnee no longer agrees to be assisted: only what was delivered is still paid."""

    case: CaseId


@dataclass(unsafe_hash=True)
class CaseHalted(Rejected):
    """Nothing is committed or ordered for a case that is suspended or closed (S10, S14)."""

    case: CaseId
    because: Code


@dataclass(unsafe_hash=True)
class ArrivalNotConfirmed(Rejected):
    """Nothing is committed before the returnee's arrival is confirmed (S3)."""

    item: ItemId


@dataclass(unsafe_hash=True)
class EntitlementExpired(Rejected):
    """The entitlement was to be used by an earlier day (S14)."""

    item: ItemId
    use_by: date


@dataclass(unsafe_hash=True)
class VendorNotSelected(Rejected):
    """No vendor is selected for this item."""

    item: ItemId


@dataclass(unsafe_hash=True)
class VendorNotApproved(Rejected):
    """The vendor is not approved, or its approval has run out (S4)."""

    vendor: VendorId
    until: date | None


@dataclass(unsafe_hash=True)
class ScreeningTooOld(Rejected):
    """The vendor has no clear screening of the last 90 days (S4)."""

    vendor: VendorId
    screened: date | None


@dataclass(unsafe_hash=True)
class AboveSelection(Rejected):
    """More than the selected offer, or another currency than the offer's."""

    selected: Money
    asked: Money


@dataclass(unsafe_hash=True)
class AmountNotAboveZero(Rejected):
    """An amount is above zero (A10)."""

    amount: Money


@dataclass(unsafe_hash=True)
class NoFunding(Rejected):
    """The budget line is not known, or not on an open grant."""

    commitment: CommitmentId


@dataclass(unsafe_hash=True)
class OutsideGrantWindow(Rejected):
    """The grant does not bear costs of that day (S12)."""

    day: date
    opens: date
    closes: date


@dataclass(unsafe_hash=True)
class OtherBudgetLine(Rejected):
    """The programme has such an item paid from another budget line."""

    category: Code
    needed: Code


@dataclass(unsafe_hash=True)
class ItemNotEarmarked(Rejected):
    """Its budget line does not have what the item's plan asks for, or was not asked yet."""

    item: ItemId


@dataclass(unsafe_hash=True)
class EarmarkedElsewhere(Rejected):
    """The item is paid from the line on which it is earmarked."""

    line: BudgetLineId
    needed: BudgetLineId


@dataclass(unsafe_hash=True)
class CounsellorOfTheCase(Rejected):
    """The counsellor of the case has no part in committing or paying its money (D7)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class ActedOnCommitment(Rejected):
    """Separation of duties: this person has acted on this commitment at an earlier stage."""

    person: PersonId
    stage: Stage


@dataclass(unsafe_hash=True)
class OrderNotAsCommitted(Rejected):
    """The order's lines do not come to the amount that was committed."""

    committed: Money
    ordered: Money


@dataclass(unsafe_hash=True)
class GrantIsClosed(Rejected):
    """The grant was closed before its time: nothing new is kept or committed from it."""

    closes: date


@dataclass(unsafe_hash=True)
class DeliverByAfterTheGrant(Rejected):
    """What arrives after its grant has closed is paid by nobody (S12): nothing is ordered so."""

    deliver_by: date
    closes: date


@dataclass(unsafe_hash=True)
class DeliverByPast(Rejected):
    """Nothing is ordered for a day that is over."""

    deliver_by: date
    today: date


@dataclass(unsafe_hash=True)
class NoLines(Rejected):
    """It says nothing of any line."""


@dataclass(unsafe_hash=True)
class LineTwice(Rejected):
    """A line comes once; what arrives of it, once for each condition."""

    line: int


@dataclass(unsafe_hash=True)
class NoSuchLine(Rejected):
    """The order has no line of this number."""

    line: int


@dataclass(unsafe_hash=True)
class QuantityNotAboveZero(Rejected):
    """A line is of one or more."""

    line: int
    quantity: int


@dataclass(unsafe_hash=True)
class DateOutOfOrder(Rejected):
    """Order, delivery and invoice follow one another and are never of tomorrow (S5)."""

    day: date
    earliest: date
    latest: date


@dataclass(unsafe_hash=True)
class CounsellorAlone(Rejected):
    """The counsellor does not record a delivery without a witness (S7)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class CollectorRecordsDelivery(Rejected):
    """Who collected the quotations does not record the delivery (D4)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class WitnessesMissing(Rejected):
    """A thumbprint needs two witnesses, neither of them the one who records it (S7)."""

    needed: int
    have: int


@dataclass(unsafe_hash=True)
class MoreThanOrdered(Rejected):
    """More would be received than was ordered."""

    line: int
    ordered: int
    received: int


@dataclass(unsafe_hash=True)
class DoesNotAddUp(Rejected):
    """The invoice's lines do not come to its amount."""

    amount: Money
    lines: Money


@dataclass(unsafe_hash=True)
class NoSuchInvoice(Rejected):
    """The commitment has no such invoice."""

    invoice: InvoiceId


@dataclass(unsafe_hash=True)
class InvoiceAlreadyPaid(Rejected):
    """The invoice is settled: the bank executed a payment of it."""

    invoice: InvoiceId
    payment: PaymentId


@dataclass(unsafe_hash=True)
class PaidWithItsInvoice(Rejected):
    """The whole invoice is to be paid anew, and what the vendor had paid back is part of that."""

    invoice: InvoiceId


@dataclass(unsafe_hash=True)
class InvoiceUnderPayment(Rejected):
    """A payment of this invoice is under way."""

    invoice: InvoiceId
    payment: PaymentId


@dataclass(unsafe_hash=True)
class InvoiceReplaced(Rejected):
    """The invoice was corrected by another one, or is under payment and cannot be."""

    invoice: InvoiceId


@dataclass(unsafe_hash=True)
class InvoiceNotMatched(Rejected):
    """Order, delivery and invoice do not agree: nothing is paid on it."""

    invoice: InvoiceId
    exceptions: tuple[str, ...]


@dataclass(unsafe_hash=True)
class NotThePayable(Rejected):
    """What is asked for is not what the match found to be payable."""

    payable: Money
    asked: Money


@dataclass(unsafe_hash=True)
class PaperSignedFor(Rejected):
    """The paper was signed for a hand-over, of goods or of cash: it is no vendor's invoice (R3)."""

    handed_over: Code


@dataclass(unsafe_hash=True)
class InvoiceNumberTaken(Rejected):
    """The vendor has sent an invoice of this number before (R1)."""

    vendor: VendorId
    number: InvoiceNumber


@dataclass(unsafe_hash=True)
class NotAReservation(Rejected):
    """More would be taken out of the reservation than it holds."""

    reserved: Money
    asked: Money


@dataclass(unsafe_hash=True)
class GrantStillBearsIt(Rejected):
    """A commitment expires when its grant has closed, and not before."""

    commitment: CommitmentId
    closes: date


@dataclass(unsafe_hash=True)
class DeliveredAndOwed(Rejected):
    """What was delivered is owed, and stays committed until it is paid."""

    commitment: CommitmentId
    line: int
