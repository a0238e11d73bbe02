"""Invoices: received, corrected, matched, put up for payment, settled."""

from msgspec.structs import replace

from disbursement.domain.commitment import claimed, executing, judging
from disbursement.domain.commitment import match as match_rules
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.advanced import AdvanceCleared
from disbursement.domain.commitment.checks import (
    in_order,
    must_be_at,
    must_be_payable,
    numbered_once,
)
from disbursement.domain.commitment.evolving import evolve
from disbursement.domain.commitment.facts import (
    CommitmentEvent,
    InvoiceReceived,
    InvoiceSubmitted,
    ThreeWayMatchFailed,
    ThreeWayMatchPassed,
    WindowShortened,
)
from disbursement.domain.commitment.invoices import Invoice, InvoiceStage
from disbursement.domain.commitment.matching import MatchException
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import (
    RecordInvoice,
    ReopenInvoice,
    SettleInvoice,
    SubmitInvoice,
)
from disbursement.domain.commitment.state import Commitment
from disbursement.domain.commitment.suspected import DuplicateInvoiceSuspected
from events.decider import Command
from events.money import Money, total
from events.values import InvoiceId

NOT_PAID = (InvoiceStage.UNMATCHED, InvoiceStage.SUBMITTED)

# Invoicing and matching


def invoiced(command: RecordInvoice, commitment: Commitment) -> list[CommitmentEvent]:
    must_be_at(commitment, Stage.ISSUED)
    assert commitment.order is not None, "an issued commitment has an order"
    if command.by in commitment.counsellors:
        raise no.CounsellorOfTheCase(command.by)
    if command.replaces is not None:
        _may_be_replaced(command.replaces, commitment)
    if command.amount.minor <= 0:
        raise no.AmountNotAboveZero(command.amount)
    numbered_once(command.lines)
    for line in command.lines:
        if line.unit_price.minor <= 0:
            raise no.AmountNotAboveZero(line.unit_price)
    lines = [line.unit_price * line.quantity for line in command.lines]
    if any(line.currency != command.amount.currency for line in lines):
        raise no.DoesNotAddUp(command.amount, lines[0])
    if (adds_up_to := total(lines, command.amount.currency)) != command.amount:
        raise no.DoesNotAddUp(command.amount, adds_up_to)
    in_order(command.date, commitment.order.issued, command.at.date())
    received = InvoiceReceived(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=command.invoice,
        vendor=commitment.vendor,
        number=command.number,
        date=command.date,
        amount=command.amount,
        lines=command.lines,
        document=command.document,
        pro_forma=command.pro_forma,
        replaces=command.replaces,
    )
    closed = _closed_early(command, commitment)
    events: list[CommitmentEvent] = [*closed, received]
    if command.alike:
        suspected = DuplicateInvoiceSuspected(
            by=command.by,
            at=command.at,
            commitment=commitment.id,
            invoice=command.invoice,
            alike=command.alike,
        )
        events.append(suspected)
    before = evolve(commitment, closed[0]) if closed else commitment
    then = evolve(before, received)
    return [*events, *verdict(command, then, then.invoices[-1])]


def _closed_early(command: RecordInvoice, commitment: Commitment) -> list[WindowShortened]:
    """Heard of with the invoice, which is matched by it."""
    closes = command.closes
    if closes is None or closes >= commitment.window.closes:
        return []
    return [WindowShortened(by=command.by, at=command.at, commitment=commitment.id, closes=closes)]


def _may_be_replaced(replaces: InvoiceId, commitment: Commitment) -> None:
    invoice = commitment.invoice(replaces)
    if invoice is None:
        raise no.NoSuchInvoice(replaces)
    if invoice.stage not in (InvoiceStage.UNMATCHED, InvoiceStage.MATCHED):
        raise no.InvoiceReplaced(replaces)


def matched(
    command: Command, commitment: Commitment, invoice: Invoice
) -> ThreeWayMatchPassed | ThreeWayMatchFailed:
    others = without(commitment, invoice)
    exceptions = match_rules.exceptions(others, invoice)
    if exceptions and not _is_waived(exceptions, others, invoice):
        return ThreeWayMatchFailed(
            by=command.by,
            at=command.at,
            commitment=commitment.id,
            invoice=invoice.id,
            exceptions=exceptions,
        )
    return ThreeWayMatchPassed(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        payable=match_rules.payable(others, invoice),
        receipts=tuple(receipt.id for receipt in commitment.receipts),
    )


def verdict(command: Command, commitment: Commitment, invoice: Invoice) -> list[CommitmentEvent]:
    """Whether they agree; and if so, what was paid before is set off, and is not paid again."""
    match = matched(command, commitment, invoice)
    if isinstance(match, ThreeWayMatchFailed):
        return [match]
    amount = match_rules.set_off(without(commitment, invoice), invoice)
    if not amount:
        return [match]
    cleared = AdvanceCleared(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        amount=amount,
    )
    if match.payable:
        return [match, cleared]
    paid = next(i.payment for i in commitment.invoices if i.advance and i.payment)
    then = evolve(evolve(commitment, match), cleared)
    nothing_more = SettleInvoice(
        by=command.by,
        at=command.at,
        invoice=invoice.id,
        payment=paid,
        reserved=Money.zero(commitment.reserved.currency),
    )
    return [match, cleared, *executing.settled(nothing_more, then)]


def looked_at_again(command: Command, commitment: Commitment) -> list[CommitmentEvent]:
    """More has arrived, is ordered or has come back: what did not match may do so now."""
    events: list[CommitmentEvent] = []
    then = commitment
    for invoice in commitment.invoices if commitment.stage is Stage.ISSUED else ():
        if invoice.payable is None and invoice.stage in NOT_PAID:
            for fact in verdict(command, then, invoice):
                events.append(fact)
                then = evolve(then, fact)
    return events


def without(commitment: Commitment, invoice: Invoice) -> Commitment:
    """The commitment as it was but for this invoice."""
    others = tuple(each for each in commitment.invoices if each.id != invoice.id)
    return replace(commitment, invoices=others)


def _is_waived(
    exceptions: tuple[MatchException, ...], others: Commitment, invoice: Invoice
) -> bool:
    """Whether its waiver covers all of them, and what it rests on still arrived."""
    waiver = invoice.waiver
    if waiver is None or not set(exceptions) <= set(waiver.exceptions):
        return False
    return match_rules.arrived_of(others, invoice) == waiver.lines


# Paying


def open_invoice(commitment: Commitment, invoice_id: InvoiceId) -> tuple[Invoice, Money]:
    """The invoice for which a payment may be requested, and what is payable of it."""
    must_be_at(commitment, Stage.ISSUED)
    invoice = commitment.invoice(invoice_id)
    if invoice is None:
        raise no.NoSuchInvoice(invoice_id)
    if invoice.payment is not None:
        if invoice.stage is InvoiceStage.SETTLED:
            raise no.InvoiceAlreadyPaid(invoice.id, invoice.payment)
        raise no.InvoiceUnderPayment(invoice.id, invoice.payment)
    if invoice.stage is InvoiceStage.REPLACED:
        raise no.InvoiceReplaced(invoice.id)
    return invoice, must_be_payable(commitment, invoice)


def submitted(command: SubmitInvoice, commitment: Commitment) -> InvoiceSubmitted:
    invoice, payable = open_invoice(commitment, command.invoice)
    if command.amount != payable:
        raise no.NotThePayable(payable, command.amount)
    if invoice.advance is not None:
        _must_be_left(commitment, payable)
    if invoice.waiver is not None and invoice.waiver.expires < command.at.date():
        raise judging.WaiverExpired(invoice.id, invoice.waiver.expires)
    if command.missing:
        raise no.PapersMissing(commitment.item, command.missing)
    return InvoiceSubmitted(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        payment=command.payment,
    )


def _must_be_left(commitment: Commitment, amount: Money) -> None:
    """No advance on what was delivered, invoiced and matched meanwhile."""
    left = commitment.amount - commitment.bound
    if amount > left:
        raise no.NotThePayable(left, amount)


def reopened(command: ReopenInvoice, commitment: Commitment) -> list[CommitmentEvent]:
    """Open again; if a delivery was taken back while the bank had the payment, not payable."""
    invoice = commitment.invoice(command.invoice)
    if invoice is None:
        raise no.NoSuchInvoice(command.invoice)
    if invoice.payment != command.payment:
        return executing.came_to_nothing(command, commitment, invoice)
    facts: list[CommitmentEvent] = []
    if invoice.advance is not None:
        facts += claimed.without_claim(command, commitment, invoice)
    facts += executing.opened(command, commitment)
    then = commitment
    for fact in facts:
        then = evolve(then, fact)
    taken_over = executing.taken_over(command, then, then.reserved - commitment.reserved)
    if taken_over:
        return [*facts, *taken_over]
    if invoice.advance is not None:
        return [*facts, *looked_at_again(command, then)]
    match = matched(command, then, invoice)
    if invoice.payable is not None and isinstance(match, ThreeWayMatchFailed):
        return [*facts, match]
    return facts
