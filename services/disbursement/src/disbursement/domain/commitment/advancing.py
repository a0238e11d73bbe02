"""Advances: approved within the programme's rule, set off against what arrives, told when late."""

from collections.abc import Sequence
from typing import assert_never

from disbursement.domain import delegation
from disbursement.domain.commitment import claimed, executing, invoicing, judging
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.advanced import (
    AdvanceApproved,
    AdvanceOverdue,
    AdvanceRecovered,
    AdvanceRule,
    RecoveredFundsPlaced,
)
from disbursement.domain.commitment.checks import must_be_at
from disbursement.domain.commitment.evolving import evolve
from disbursement.domain.commitment.facts import CommitmentEvent, ThreeWayMatchFailed
from disbursement.domain.commitment.invoices import Invoice, InvoiceStage
from disbursement.domain.commitment.matching import MatchException
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import (
    AdvanceCommand,
    ApproveAdvance,
    ClaimAdvance,
    ClaimAdvanceAgain,
    DropClaim,
    RecoverAdvance,
    TellAdvanceOverdue,
)
from disbursement.domain.commitment.state import Commitment
from disbursement.domain.delegation import Authority
from disbursement.domain.exchange_rate import convert
from events.decider import Command
from events.money import Money
from events.values import InvoiceId

BEFORE_DELIVERY = frozenset(
    {MatchException.PRO_FORMA, MatchException.NO_RECEIPT, MatchException.SHORT_RECEIPT}
)
"""What may be amiss with an invoice on which an advance is paid (S6)."""


def decide(command: AdvanceCommand, commitment: Commitment) -> Sequence[CommitmentEvent]:
    match command:
        case ApproveAdvance():
            return [approved(command, commitment)]
        case TellAdvanceOverdue():
            return overdue(command, commitment)
        case ClaimAdvance():
            return claimed.claimed(command, commitment)
        case ClaimAdvanceAgain():
            return claimed.claimed_again(command, commitment)
        case DropClaim():
            return claim_dropped(command, commitment)
        case RecoverAdvance():
            return recovered(command, commitment)
        case _:
            assert_never(command)


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
    due, outstanding = commitment.advance_due, commitment.uncleared
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


def claim_dropped(command: DropClaim, commitment: Commitment) -> list[CommitmentEvent]:
    """Goods are owed for it again: invoices that waited for the money may match."""
    return _and_looked_at_again(command, commitment, [*claimed.dropped(command, commitment)])


def recovered(command: RecoverAdvance, commitment: Commitment) -> list[CommitmentEvent]:
    """What came back of an advance is there for the order again, and the rest for the item.

    For the order as much as was claimed of the advance: the rest was set off against what arrived.
    What was given up came back to nobody.
    """
    invoice = claimed.advance_of(commitment, command.payment)
    of_advance = _of_advance(command, commitment, invoice)
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
    facts: list[CommitmentEvent] = [counted, *_placed(command, commitment, invoice.id, of_advance)]
    return _and_looked_at_again(command, commitment, facts)


def _of_advance(command: RecoverAdvance, commitment: Commitment, invoice: Invoice | None) -> Money:
    """None claimed: it was asked for before claims were told to the order."""
    told = invoice.claimed_back if invoice else None
    return min(command.amount, commitment.outstanding if told is None else told)


def _and_looked_at_again(
    command: Command, commitment: Commitment, facts: Sequence[CommitmentEvent]
) -> list[CommitmentEvent]:
    then = commitment
    for fact in facts:
        then = evolve(then, fact)
    again = invoicing.looked_at_again(command, then) if facts else []
    return [*facts, *(each for each in again if not _is_known(each, then))]


def _is_known(fact: CommitmentEvent, commitment: Commitment) -> bool:
    """Whether it says of an invoice that it does not match, for the same reasons as before."""
    if not isinstance(fact, ThreeWayMatchFailed):
        return False
    invoice = commitment.invoice(fact.invoice)
    return invoice is not None and invoice.exceptions == fact.exceptions


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
