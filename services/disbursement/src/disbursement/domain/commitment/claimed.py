"""What the vendor is asked back of an advance: from then on nothing is set off against it."""

from disbursement.domain.commitment import judging
from disbursement.domain.commitment.advanced import (
    AdvanceClaimDropped,
    AdvanceClaimed,
    AdvanceClaimedAgain,
)
from disbursement.domain.commitment.invoices import Invoice, InvoiceStage
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import ClaimAdvance, ClaimAdvanceAgain, DropClaim
from disbursement.domain.commitment.state import Commitment
from events.decider import Command
from events.money import Money
from events.values import PaymentId


def advance_of(commitment: Commitment, payment: PaymentId) -> Invoice | None:
    """The invoice on which that payment was an advance."""
    paid = (i for i in commitment.invoices if i.advance and i.payment == payment)
    return next(paid, None)


def claimed(command: ClaimAdvance, commitment: Commitment) -> list[AdvanceClaimed]:
    """As far as goods are owed for it; the rest was set off, and is an expense to claim."""
    invoice = advance_of(commitment, command.payment)
    if invoice is None or invoice.stage is not InvoiceStage.SETTLED:
        return []
    more = min(command.amount - of(invoice), commitment.outstanding)
    if more.minor <= 0:
        return []
    fact = AdvanceClaimed(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        payment=command.payment,
        amount=more,
    )
    return [fact]


def claimed_again(command: ClaimAdvanceAgain, commitment: Commitment) -> list[AdvanceClaimedAgain]:
    """As far as goods were owed for it, and only while the order goes on."""
    invoice = advance_of(commitment, command.payment)
    if invoice is None or commitment.stage is not Stage.ISSUED:
        return []
    if of(invoice):
        raise judging.NotCountedYet(commitment.id, of(invoice))
    again = min(command.amount, invoice.given_up)
    if not again:
        return []
    fact = AdvanceClaimedAgain(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        payment=command.payment,
        amount=again,
    )
    return [fact]


def dropped(command: DropClaim, commitment: Commitment) -> list[AdvanceClaimDropped]:
    invoice = advance_of(commitment, command.payment)
    left = of(invoice) if invoice else Money.zero(commitment.amount.currency)
    if command.all_of is not None and left != command.all_of:
        raise judging.NotAllOfAdvance(commitment.id, left, command.all_of)
    return without_claim(command, commitment, invoice) if invoice else []


def without_claim(
    command: Command, commitment: Commitment, invoice: Invoice
) -> list[AdvanceClaimDropped]:
    if invoice.payment is None or not of(invoice):
        return []
    fact = AdvanceClaimDropped(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        payment=invoice.payment,
        amount=of(invoice),
    )
    return [fact]


def paid_in_place_of(commitment: Commitment, payment: PaymentId) -> list[PaymentId]:
    """The payments that the bank sent back, of the invoice that this one settles."""
    settles = {each.id for each in commitment.invoices if each.payment == payment}
    back = commitment.executions.sent_back
    return [each for invoice, each in back if invoice in settles and each != payment]


def of(invoice: Invoice) -> Money:
    """What of it is asked back, and did not come yet."""
    return invoice.claimed_back or Money.zero(invoice.amount.currency)
