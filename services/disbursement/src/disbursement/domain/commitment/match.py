"""The three-way match: do order, receipts and invoice agree, and what is payable?"""

from collections.abc import Iterable

from msgspec.structs import replace

from disbursement.domain.commitment.facts import OrderLine
from disbursement.domain.commitment.invoices import Invoice
from disbursement.domain.commitment.matching import InvoicedLine, MatchException
from disbursement.domain.commitment.state import Commitment
from disbursement.domain.exchange_rate import convert
from events.money import Money, total

BASIS = 10_000


def exceptions(commitment: Commitment, invoice: Invoice) -> tuple[MatchException, ...]:
    """Every reason why the invoice cannot be paid as it stands; none: they agree."""
    if invoice.pro_forma:
        return (MatchException.PRO_FORMA,)
    if invoice.amount.currency != commitment.amount.currency:
        return (MatchException.CURRENCY,)
    found = []
    lines = [(line, commitment.ordered(line.line)) for line in invoice.lines]
    shortfall = [_missing(commitment, line) for line in invoice.lines]
    if not any(commitment.received(line.line) for line in invoice.lines):
        found.append(MatchException.NO_RECEIPT)
    elif any(shortfall):
        found.append(MatchException.SHORT_RECEIPT)
    if any(ordered is None or _excess(commitment, line, ordered) > 0 for line, ordered in lines):
        found.append(MatchException.QUANTITY)
    if not any(shortfall) and any(_too_late(commitment, line) for line in invoice.lines):
        found.append(MatchException.BUDGET_CLOSED)
    at_order_prices = payable_at_order_prices(commitment, invoice.lines)
    allowed = tolerance(commitment, at_order_prices)
    if invoice.amount > at_order_prices + allowed:
        found.append(MatchException.PRICE)
    over = invoice.amount > commitment.left + allowed
    if over or min(invoice.amount, at_order_prices) > commitment.left:
        found.append(MatchException.OVER_ORDER)
    return tuple(found)


def payable(commitment: Commitment, invoice: Invoice) -> Money:
    """The lesser of what is invoiced and what that came to at the order's prices (A6), less what
    was paid of it before.
    """
    return _gross(commitment, invoice) - set_off(commitment, invoice)


def set_off(commitment: Commitment, invoice: Invoice) -> Money:
    """What of the invoice was paid before, as an advance that nothing else was set off against."""
    return min(_gross(commitment, invoice), commitment.outstanding)


def _gross(commitment: Commitment, invoice: Invoice) -> Money:
    """Never more than is left of the order, whatever was waived."""
    at_order_prices = payable_at_order_prices(commitment, invoice.counted)
    nothing = Money.zero(commitment.amount.currency)
    return min(invoice.amount, at_order_prices, max(commitment.left, nothing))


def arrived_of(commitment: Commitment, invoice: Invoice) -> tuple[InvoicedLine, ...]:
    """What of the invoice arrived, and stands on no other invoice."""
    lines = (
        replace(line, quantity=line.quantity - _missing(commitment, line)) for line in invoice.lines
    )
    return tuple(line for line in lines if line.quantity)


def payable_at_order_prices(commitment: Commitment, lines: Iterable[InvoicedLine]) -> Money:
    return total(
        (
            ordered.unit_price * line.quantity
            for line in lines
            if (ordered := commitment.ordered(line.line)) is not None
        ),
        commitment.amount.currency,
    )


def tolerance(commitment: Commitment, ordered: Money) -> Money:
    """What the invoice may be above the order, in the order's currency (T2)."""
    share = Money(ordered.minor * commitment.tolerance.basis_points // BASIS, ordered.currency)
    cap = convert(commitment.tolerance.at_most, ordered.currency, commitment.rate)
    return min(share, cap)


def _missing(commitment: Commitment, line: InvoicedLine) -> int:
    """How much is invoiced of the line that did not arrive, or stands on another invoice."""
    arrived = commitment.received(line.line) - commitment.invoiced(line.line)
    return max(0, line.quantity - arrived)


def _too_late(commitment: Commitment, line: InvoicedLine) -> bool:
    """Whether some of it arrived only after the grant had closed (S12)."""
    closes = commitment.window.closes
    in_time = sum(each.good(line.line) for each in commitment.receipts if each.date <= closes)
    return line.quantity > in_time - commitment.invoiced(line.line)


def _excess(commitment: Commitment, line: InvoicedLine, ordered: OrderLine) -> int:
    return commitment.invoiced(line.line) + line.quantity - ordered.quantity
