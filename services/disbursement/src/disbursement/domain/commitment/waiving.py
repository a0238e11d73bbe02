"""Who may waive what: an approving officer within their limit, never what is unwaivable."""

from disbursement.domain import delegation
from disbursement.domain.commitment import invoicing, judging
from disbursement.domain.commitment import match as match_rules
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.checks import must_be_at
from disbursement.domain.commitment.evolving import evolve
from disbursement.domain.commitment.facts import CommitmentEvent
from disbursement.domain.commitment.invoices import Invoice, InvoiceStage
from disbursement.domain.commitment.matching import MatchException
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import WaiveException
from disbursement.domain.commitment.state import Commitment
from disbursement.domain.commitment.waived import MatchExceptionWaived, Waiver
from disbursement.domain.delegation import Authority
from disbursement.domain.exchange_rate import convert
from events.money import Money

WAIVABLE = frozenset(
    {
        MatchException.SHORT_RECEIPT,
        MatchException.QUANTITY,
        MatchException.PRICE,
        MatchException.OVER_ORDER,
    }
)
"""Never an offer for an invoice (S6), another currency (A8), or what nobody received (A6)."""


def waived(command: WaiveException, commitment: Commitment) -> list[CommitmentEvent]:
    must_be_at(commitment, Stage.ISSUED)
    invoice = _to_waive(command, commitment)
    exceptions = invoice.exceptions or (invoice.waiver.exceptions if invoice.waiver else ())
    beyond = tuple(each for each in exceptions if each not in WAIVABLE)
    if beyond:
        raise judging.NotWaivable(invoice.id, beyond)
    if command.by in commitment.counsellors:
        raise no.CounsellorOfTheCase(command.by)
    if command.by == invoice.recorded_by:
        raise judging.RecordedByYou(command.by, invoice.id)
    if command.expires < command.at.date():
        raise judging.WaiverExpired(invoice.id, command.expires)
    others = invoicing.without(commitment, invoice)
    waiver = Waiver(
        exceptions=exceptions,
        lines=match_rules.arrived_of(others, invoice),
        expires=command.expires,
    )
    if others.left.minor <= 0:
        raise judging.NotWaivable(invoice.id, (MatchException.OVER_ORDER,))
    if not match_rules.payable_at_order_prices(commitment, waiver.lines):
        raise judging.NotWaivable(invoice.id, (MatchException.NO_RECEIPT,))
    under = delegation.require(
        command.mandate,
        person=command.by,
        authority=Authority.APPROVE,
        amount=worth(commitment, invoice),
        at=command.at,
    )
    fact = MatchExceptionWaived(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        waiver=waiver,
        reason=command.reason,
        delegation=under,
    )
    then = evolve(commitment, fact)
    stands = then.invoice(invoice.id)
    assert stands is not None, "it was waived"
    return [fact, *invoicing.verdict(command, then, stands)]


def worth(commitment: Commitment, invoice: Invoice) -> Money:
    """What would be paid of it under a waiver, in the grant's currency."""
    arrived = match_rules.arrived_of(invoicing.without(commitment, invoice), invoice)
    amount = match_rules.payable_at_order_prices(commitment, arrived)
    return convert(amount, commitment.reserved.currency, commitment.rate)


def _to_waive(command: WaiveException, commitment: Commitment) -> Invoice:
    """The invoice, if it does not match, or did only under a waiver that is over."""
    invoice = commitment.invoice(command.invoice)
    if invoice is None:
        raise no.NoSuchInvoice(command.invoice)
    if invoice.payment is not None:
        raise no.InvoiceUnderPayment(invoice.id, invoice.payment)
    over = invoice.waiver is not None and invoice.waiver.expires < command.at.date()
    under_it = over and invoice.stage is InvoiceStage.MATCHED
    if invoice.stage is not InvoiceStage.UNMATCHED and not under_it:
        raise judging.NothingToWaive(invoice.id)
    return invoice
