"""What the bank made of a payment: its invoice is settled, or open again, and what that costs.

None of this is refused: what the bank did is so.
"""

from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.checks import must_be_under
from disbursement.domain.commitment.evolving import evolve
from disbursement.domain.commitment.executed import (
    ChargeTakenBack,
    DisplacedPaymentEnded,
    Executed,
    PaymentCharged,
    ReturnedPaidAnew,
    SecondPaymentRecovered,
)
from disbursement.domain.commitment.facts import (
    CommitmentEvent,
    CommitmentLiquidated,
    InvoicePaidAgain,
    InvoiceReopened,
    InvoiceSettled,
    InvoiceSubmitted,
)
from disbursement.domain.commitment.invoices import Invoice, InvoiceStage
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import (
    GoOnPaying,
    RecoverAdvance,
    RefundBeside,
    ReopenInvoice,
    SettleInvoice,
)
from disbursement.domain.commitment.state import Commitment
from events.decider import Command
from events.money import Money

OWES_NOTHING = (InvoiceStage.SETTLED, InvoiceStage.REPLACED, InvoiceStage.REJECTED)


def must_go_on(command: GoOnPaying, commitment: Commitment) -> list[CommitmentEvent]:
    """A payment goes on as long as its invoice is under it, and under no other one."""
    invoice = commitment.invoice(command.invoice)
    if invoice is None:
        raise no.NoSuchInvoice(command.invoice)
    must_be_under(invoice, command.payment)
    return []


def settled(command: SettleInvoice, commitment: Commitment) -> list[CommitmentEvent]:
    """By this payment; where it was settled before, or stands no more, that is owed back."""
    invoice = commitment.invoice(command.invoice)
    if invoice is None:
        raise no.NoSuchInvoice(command.invoice)
    before = commitment.executions.of(command.payment)
    if before is not None and before.invoice == invoice.id:
        return []
    if invoice.stage in OWES_NOTHING:
        nothing = Money.zero(commitment.reserved.currency)
        again = InvoicePaidAgain(
            by=command.by,
            at=command.at,
            commitment=commitment.id,
            invoice=invoice.id,
            payment=command.payment,
        )
        return [again, *_charged(command, commitment, nothing)]
    taken = min(command.reserved, commitment.reserved)
    fact = InvoiceSettled(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        payment=command.payment,
        reserved=taken,
        displaced=invoice.payment if invoice.payment != command.payment else None,
    )
    charged = _charged(command, commitment, taken)
    anew = _with_the_refund(command, commitment, invoice)
    return [fact, *charged, *anew, *over(command, evolve(commitment, fact))]


def _with_the_refund(
    command: SettleInvoice, commitment: Commitment, invoice: Invoice
) -> list[ReturnedPaidAnew]:
    if invoice.refund_of is None:
        return []
    fact = ReturnedPaidAnew(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        returned=invoice.refund_of,
        payment=command.payment,
    )
    return [fact]


def must_be_beside(command: RefundBeside, commitment: Commitment) -> list[CommitmentEvent]:
    """A refund goes by itself where its invoice is not to be paid anew, with it."""
    invoice = commitment.invoice(command.invoice)
    open_to_pay = (InvoiceStage.MATCHED, InvoiceStage.SUBMITTED)
    if invoice is None or invoice.refund_of != command.payment:
        return []
    if invoice.stage in open_to_pay and commitment.stage is Stage.ISSUED:
        raise no.PaidWithItsInvoice(invoice.id)
    return []


def _charged(command: SettleInvoice, commitment: Commitment, taken: Money) -> list[PaymentCharged]:
    """What it takes of the reservation, and what goes beyond that."""
    paid = command.paid
    if paid is None:
        return []
    within = paid
    if taken < command.reserved:
        within = Money(paid.minor * taken.minor // command.reserved.minor, paid.currency)
    return [
        PaymentCharged(
            by=command.by,
            at=command.at,
            commitment=commitment.id,
            budget_line=commitment.budget_line,
            invoice=command.invoice,
            payment=command.payment,
            reserved=taken,
            beyond=paid - within,
            paid=paid,
        )
    ]


def over(command: Command, commitment: Commitment) -> list[CommitmentEvent]:
    """All that is ordered is paid for: what is left goes back."""
    lines = commitment.order.lines if commitment.order else ()
    unpaid = any(commitment.settled(line.line) < line.quantity for line in lines)
    if commitment.stage is not Stage.ISSUED or unpaid:
        return []
    liquidated = CommitmentLiquidated(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        budget_line=commitment.budget_line,
        item=commitment.item,
        released=commitment.reserved,
    )
    return [liquidated]


def came_to_nothing(
    command: ReopenInvoice, commitment: Commitment, invoice: Invoice
) -> list[CommitmentEvent]:
    """A payment that does not settle the invoice: the invoice stays as it is."""
    if command.returned is not None and commitment.executions.of(command.payment) is not None:
        return _taken_back(command, commitment)
    if (invoice.id, command.payment) in commitment.executions.displaced:
        ended = DisplacedPaymentEnded(
            by=command.by,
            at=command.at,
            commitment=commitment.id,
            invoice=invoice.id,
            payment=command.payment,
        )
        return [ended]
    return []


def opened(command: ReopenInvoice, commitment: Commitment) -> list[CommitmentEvent]:
    """Its payment came to nothing: what that took of the reservation is there again."""
    before = commitment.executions.of(command.payment)
    back = before.reserved if before and command.returned is not None else None
    reopened = InvoiceReopened(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=command.invoice,
        payment=command.payment,
        restored=back or Money.zero(commitment.reserved.currency),
    )
    return [reopened, *_taken_back(command, commitment)]


def _taken_back(command: ReopenInvoice, commitment: Commitment) -> list[CommitmentEvent]:
    before = commitment.executions.of(command.payment)
    if before is None or command.returned is None:
        return []
    taken_back = ChargeTakenBack(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        budget_line=commitment.budget_line,
        invoice=command.invoice,
        payment=command.payment,
        reserved=before.reserved,
        paid=command.returned,
    )
    return [taken_back]


def taken_over(
    command: ReopenInvoice, commitment: Commitment, restored: Money
) -> list[CommitmentEvent]:
    """The invoice is open again, but not for a new payment where there is another one: what was
    paid twice settles it now; what was overtaken, and may still be executed, it is under again.
    """
    stands_for_it = commitment.executions.owed_back(command.invoice)
    if stands_for_it is not None:
        return _settled_after_all(command, commitment, stands_for_it, restored)
    under_way = commitment.executions.under_way(command.invoice)
    if under_way is None:
        return []
    submitted = InvoiceSubmitted(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=command.invoice,
        payment=under_way,
    )
    return [submitted]


def _settled_after_all(
    command: ReopenInvoice, commitment: Commitment, by: Executed, restored: Money
) -> list[CommitmentEvent]:
    taken = min(restored, commitment.reserved)
    fact = InvoiceSettled(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=by.invoice,
        payment=by.payment,
        reserved=taken,
        displaced=None,
    )
    charged: list[CommitmentEvent] = []
    if by.paid is not None and taken:
        anew = PaymentCharged(
            by=command.by,
            at=command.at,
            commitment=commitment.id,
            budget_line=commitment.budget_line,
            invoice=by.invoice,
            payment=by.payment,
            reserved=taken,
            beyond=Money.zero(by.paid.currency),
            paid=by.paid,
        )
        charged.append(anew)
    return [fact, *charged, *over(command, evolve(commitment, fact))]


def recovered(command: RecoverAdvance, commitment: Commitment) -> list[SecondPaymentRecovered]:
    """Of what was paid twice."""
    paid = commitment.executions.of(command.payment)
    if paid is None or not paid.again:
        return []
    fact = SecondPaymentRecovered(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=paid.invoice,
        payment=paid.payment,
    )
    return [fact]
