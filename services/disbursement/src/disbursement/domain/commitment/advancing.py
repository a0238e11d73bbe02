"""Advances: approved within the programme's rule, set off against what arrives, told when late."""

from collections.abc import Sequence

from disbursement.domain import delegation
from disbursement.domain.commitment import executing, judging
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.advanced import (
    AdvanceApproved,
    AdvanceOverdue,
    AdvanceRecovered,
    AdvanceRule,
    RecoveredFundsPlaced,
)
from disbursement.domain.commitment.checks import must_be_at
from disbursement.domain.commitment.executed import SecondPaymentRecovered
from disbursement.domain.commitment.invoices import Invoice, InvoiceStage
from disbursement.domain.commitment.matching import MatchException
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import (
    ApproveAdvance,
    RecoverAdvance,
    TellAdvanceOverdue,
)
from disbursement.domain.commitment.state import Commitment
from disbursement.domain.delegation import Authority
from disbursement.domain.exchange_rate import convert
from events.money import Money
from events.values import InvoiceId

BEFORE_DELIVERY = frozenset(
    {MatchException.PRO_FORMA, MatchException.NO_RECEIPT, MatchException.SHORT_RECEIPT}
)
"""What may be amiss with an invoice on which an advance is paid (S6)."""


def approved(command: ApproveAdvance, commitment: Commitment) -> AdvanceApproved:
    must_be_at(commitment, Stage.ISSUED)
    invoice = _before_delivery(command, commitment)
    if command.rule is None:
        raise judging.AdvanceNotAllowed(commitment.item)
    if command.by in commitment.counsellors:
        raise no.CounsellorOfTheCase(command.by)
    if command.by == invoice.recorded_by:
        raise judging.RecordedByYou(command.by, invoice.id)
    _within_the_cap(command.amount, command.rule, commitment, invoice)
    under = delegation.require(
        command.mandate,
        person=command.by,
        authority=Authority.APPROVE,
        amount=convert(command.amount, commitment.reserved.currency, commitment.rate),
        at=command.at,
    )
    return AdvanceApproved(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        vendor=commitment.vendor,
        amount=command.amount,
        rule=command.rule,
        delegation=under,
    )


def _before_delivery(command: ApproveAdvance, commitment: Commitment) -> Invoice:
    invoice = commitment.invoice(command.invoice)
    if invoice is None:
        raise no.NoSuchInvoice(command.invoice)
    if invoice.stage is not InvoiceStage.UNMATCHED or invoice.payment is not None:
        raise judging.NothingToAdvance(invoice.id)
    if not set(invoice.exceptions) <= BEFORE_DELIVERY:
        raise no.InvoiceNotMatched(invoice.id, tuple(invoice.exceptions))
    return invoice


def _within_the_cap(
    amount: Money, rule: AdvanceRule, commitment: Commitment, invoice: Invoice
) -> None:
    if amount.minor <= 0:
        raise no.AmountNotAboveZero(amount)
    order = commitment.amount
    if amount.currency != order.currency or amount > invoice.amount:
        raise no.NotThePayable(invoice.amount, amount)
    cap = Money(order.minor * rule.percent_at_most // 100, order.currency)
    before = commitment.advanced
    if before + amount > cap:
        raise judging.AboveAdvanceCap(cap, before, amount)


def overdue(command: TellAdvanceOverdue, commitment: Commitment) -> list[AdvanceOverdue]:
    """Once for each day on which one was due."""
    due, outstanding = commitment.advance_due, commitment.outstanding
    if due is None or due >= command.at.date() or due == commitment.told_overdue:
        return []
    return [
        AdvanceOverdue(
            by=command.by,
            at=command.at,
            commitment=commitment.id,
            vendor=commitment.vendor,
            due=due,
            outstanding=outstanding,
        )
    ]


def recovered(
    command: RecoverAdvance, commitment: Commitment
) -> Sequence[AdvanceRecovered | RecoveredFundsPlaced | SecondPaymentRecovered]:
    """What came back of an advance is there for the order again, and the rest for the item.

    No more for the order than is outstanding: the rest was set off against what arrived. What was
    given up came back to nobody.
    """
    paid = (i for i in commitment.invoices if i.advance and i.payment == command.payment)
    invoice = next(paid, None)
    of_advance = min(command.amount, commitment.outstanding)
    if invoice is None or not of_advance:
        placed = _placed(command, commitment, None, Money.zero(command.amount.currency))
        return [*executing.recovered(command, commitment), *placed]
    counted = AdvanceRecovered(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        amount=of_advance,
    )
    return [counted, *_placed(command, commitment, invoice.id, of_advance)]


def _placed(
    command: RecoverAdvance, commitment: Commitment, invoice: InvoiceId | None, of_advance: Money
) -> list[RecoveredFundsPlaced]:
    if not command.restored:
        return []
    to_order = Money(
        command.restored.minor * of_advance.minor // command.amount.minor,
        command.restored.currency,
    )
    placed = RecoveredFundsPlaced(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        item=commitment.item,
        budget_line=commitment.budget_line,
        payment=command.payment,
        invoice=invoice,
        amount=of_advance,
        to_order=to_order,
        to_item=command.restored - to_order,
    )
    return [placed]
