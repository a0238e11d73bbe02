"""What may be asked of a commitment. Facts from elsewhere were looked up and travel along."""

import datetime as dt
from datetime import date

import msgspec

from disbursement.domain.commitment.advanced import AdvanceRule
from disbursement.domain.commitment.confirming import Captured, Confirmation, Period, Receivers
from disbursement.domain.commitment.facts import (
    DisputedLine,
    DisputeReason,
    OrderLine,
    Outcome,
    ReceivedLine,
    Tolerance,
    Window,
)
from disbursement.domain.commitment.lengthened import FollowWindow
from disbursement.domain.commitment.matching import InvoicedLine
from disbursement.domain.commitment.suspected import Alike
from disbursement.domain.counselling import NameCounsellors
from disbursement.domain.delegation import Mandate
from disbursement.domain.exchange_rate import Rate
from disbursement.domain.invoice_number import InvoiceNumber
from events.decider import Command
from events.money import Money
from events.values import (
    BudgetLineId,
    CaseId,
    Code,
    CommitmentId,
    Digest,
    InvoiceId,
    ItemId,
    PaymentId,
    PersonId,
    PlanId,
    ProgrammeId,
    ReceiptId,
    VendorId,
)


class PlannedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of an approved plan, as the plans service told of it."""

    plan: PlanId
    spec: Code | None = None
    """What it is; None: that was not heard."""
    case: CaseId
    programme: ProgrammeId
    ceiling: Money
    counsellors: tuple[PersonId, ...]
    """Of the case; of all participants, for a project."""
    budget_category: Code | None = None
    """Of the line that it has to be paid from; None: of any."""
    to_earmark: bool = False
    """Whether it waits until funds are kept for it."""
    earmarked_on: BudgetLineId | None = None
    """The line that keeps what all of its plan asks for."""
    arrived: date | None
    """When the returnee arrived, as far as intake has confirmed it."""
    use_by: date | None
    """The last day on which the entitlement may be committed."""
    withdrawn: bool = False
    """Whether the returnee no longer agrees to be assisted."""
    halted: Code | None = None
    """Why the case rests or has ended; None: it goes on."""
    stopped: Code | None = None
    """Why nothing new is bought for it; None: it goes on."""
    emergency: bool = False
    """Help before any plan: it does not wait for the confirmation of the arrival."""


class UndeliveredLine(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    """The order's line."""
    quantity: int


class SelectedVendor(msgspec.Struct, frozen=True, kw_only=True):
    """The vendor selected for an item, as the vendors service told of it."""

    vendor: VendorId
    amount: Money
    collectors: tuple[PersonId, ...]
    approved_until: date | None
    """None: not approved, or no longer."""
    screened: date | None
    """The day of the last screening that was clear."""


class Funding(msgspec.Struct, frozen=True, kw_only=True):
    """The budget line and its grant: its currency, its window, the day's rate into its currency."""

    category: Code
    currency: Code
    window: Window
    rate: Rate | None
    closed: bool = False
    """The grant was closed before its time."""


class RequestCommitment(Command, frozen=True):
    commitment: CommitmentId
    item: ItemId
    budget_line: BudgetLineId
    amount: Money
    plan: PlannedItem | None
    selection: SelectedVendor | None
    funding: Funding | None
    tolerance: Tolerance


class CertifyCommitment(Command, frozen=True):
    mandate: Mandate | None
    stopped: Code | None = None
    """Why nothing new is bought for the item; None: it goes on. In the same way below."""
    missing: tuple[Code, ...] = ()
    """The papers that the programme wants to see before, and that nobody has."""


class ApproveCommitment(Command, frozen=True):
    mandate: Mandate | None
    stopped: Code | None = None


class IssueOrder(Command, frozen=True):
    number: Code
    lines: tuple[OrderLine, ...]
    deliver_by: date
    withdrawn: bool = False
    """Whether the returnee no longer agrees to be assisted."""
    halted: Code | None = None
    """Why the case rests or has ended; None: it goes on."""
    stopped: Code | None = None


class AmendCommitment(Command, frozen=True):
    """It is to be for this amount, and for these goods if they are ordered."""

    amount: Money
    lines: tuple[OrderLine, ...]
    deliver_by: date | None
    reason: Code
    plan: PlannedItem | None = None
    selection: SelectedVendor | None = None
    funding: Funding | None = None


class ReduceOrder(Command, frozen=True):
    """So much of these lines will not be delivered any more."""

    lines: tuple[UndeliveredLine, ...]
    reason: Code


class CertifyAmendment(Command, frozen=True):
    mandate: Mandate | None
    stopped: Code | None = None


class ApproveAmendment(Command, frozen=True):
    amendment: int
    """The one for which funds are asked in the same append."""
    mandate: Mandate | None
    stopped: Code | None = None


class RejectAmendment(Command, frozen=True):
    reason: Code


class RecordDelivery(Command, frozen=True):
    receipt: ReceiptId
    lines: tuple[ReceivedLine, ...]
    date: date
    confirmation: Confirmation
    period: Period | None = None
    captured: Captured | None = None
    may_receive: Receivers = Receivers()


class WitnessDelivery(Command, frozen=True):
    """Somebody saw what was handed over on that day."""

    witness: PersonId
    date: date
    paper: Digest | None = None
    """What they signed, where they do not say so themselves."""
    is_on_file: bool = False
    """Whether that paper is, as a witness's under the case."""


class DisputeDelivery(Command, frozen=True):
    receipt: ReceiptId
    reason: DisputeReason
    lines: tuple[DisputedLine, ...]


class ResolveDispute(Command, frozen=True):
    receipt: ReceiptId
    outcome: Outcome
    document: Digest
    """The paper that settles it."""
    wanting: tuple[Digest, ...] = ()
    """That paper, as long as it is not on file."""
    with_the_bank: frozenset[PaymentId] = frozenset()
    """The payments of the order's invoices that cannot be called back: theirs stay as they are."""


class RecordInvoice(Command, frozen=True):
    invoice: InvoiceId
    number: InvoiceNumber
    date: date
    amount: Money
    lines: tuple[InvoicedLine, ...]
    document: Digest
    pro_forma: bool = False
    replaces: InvoiceId | None = None
    alike: tuple[Alike, ...] = ()
    """The invoices that it looks like."""
    closes: dt.date | None = None
    """The last day of the grant, as it stands; None: as it was when the funds were reserved."""


class ClearSuspicion(Command, frozen=True):
    """Both invoices were looked at: this is another one."""

    invoice: InvoiceId
    reason: Code


class RejectInvoice(Command, frozen=True):
    invoice: InvoiceId
    reason: Code


class WaiveException(Command, frozen=True):
    """Pay what arrived at the order's prices, although the invoice asks for something else."""

    invoice: InvoiceId
    reason: Code
    expires: date
    mandate: Mandate | None


class ApproveAdvance(Command, frozen=True):
    """Pay so much of an order before it is delivered."""

    invoice: InvoiceId
    amount: Money
    rule: AdvanceRule | None
    """None: the programme pays for such an item only what was delivered."""
    mandate: Mandate | None


class TellAdvanceOverdue(Command, frozen=True):
    """Its day has passed."""


class ClaimAdvance(Command, frozen=True):
    """Of a payment, so much is asked back: all of it, with what was claimed before."""

    payment: PaymentId
    amount: Money


class ClaimAdvanceAgain(Command, frozen=True):
    """Of a payment, so much was given up, and is asked back again."""

    payment: PaymentId
    amount: Money


class DropClaim(Command, frozen=True):
    """It is not asked back any more."""

    payment: PaymentId
    all_of: Money | None = None
    """Only where all of this was claimed of an advance, and goods are owed for it again; None:
    whatever was.
    """


class RecoverAdvance(Command, frozen=True):
    """Of a payment, so much was paid back by the vendor, or given up."""

    payment: PaymentId
    amount: Money
    restored: Money | None = None
    """What of the budget line is there again, in the grant's currency; None: it was given up."""


class RefundBeside(Command, frozen=True):
    """What the vendor had paid back of a returned payment goes back by itself."""

    invoice: InvoiceId
    payment: PaymentId


class SubmitInvoice(Command, frozen=True):
    """A payment is being requested for this invoice, for this amount."""

    invoice: InvoiceId
    payment: PaymentId
    amount: Money
    missing: tuple[Code, ...] = ()
    """The papers that the programme wants to see before it is paid, and that nobody has."""


class ReopenInvoice(Command, frozen=True):
    """The payment was rejected or cancelled, or came back from the bank."""

    invoice: InvoiceId
    payment: PaymentId
    returned: Money | None
    """What it had come to, in the grant's currency; None unless the bank sent it back."""


class SettleInvoice(Command, frozen=True):
    """The bank executed the payment."""

    invoice: InvoiceId
    payment: PaymentId
    reserved: Money
    """What it is to take out of the reservation, as far as that is there."""
    paid: Money | None = None
    """What it came to, in the grant's currency; None: advances had paid all of it."""


class GoOnPaying(Command, frozen=True):
    """A payment goes on: its invoice must be under it, and under no other one."""

    invoice: InvoiceId
    payment: PaymentId


class RejectCommitment(Command, frozen=True):
    reason: Code


class ExpireCommitment(Command, frozen=True):
    """Its grant has closed."""

    closes: date
    """The grant's last day, which may have come before its time."""


class StopCommitment(Command, frozen=True):
    """What it rested on is gone: it goes no further, as far as nothing is owed on it."""

    reason: Code
    ordered_too: bool
    """Also when the vendor has the order."""


class CancelCommitment(Command, frozen=True):
    reason: Code


AdvanceCommand = (
    ApproveAdvance
    | TellAdvanceOverdue
    | ClaimAdvance
    | ClaimAdvanceAgain
    | DropClaim
    | RecoverAdvance
)


CommitmentCommand = (
    RequestCommitment
    | CertifyCommitment
    | ApproveCommitment
    | IssueOrder
    | AmendCommitment
    | ReduceOrder
    | CertifyAmendment
    | ApproveAmendment
    | RejectAmendment
    | RecordDelivery
    | WitnessDelivery
    | DisputeDelivery
    | ResolveDispute
    | RecordInvoice
    | ClearSuspicion
    | RejectInvoice
    | WaiveException
    | AdvanceCommand
    | RefundBeside
    | SubmitInvoice
    | ReopenInvoice
    | SettleInvoice
    | GoOnPaying
    | RejectCommitment
    | FollowWindow
    | ExpireCommitment
    | StopCommitment
    | CancelCommitment
    | NameCounsellors
)
