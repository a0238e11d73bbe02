"""Checks that several of a commitment's rules begin with."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeAlias

from disbursement.domain.commitment import judging
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment import refusals_at_delivery as at_delivery
from disbursement.domain.commitment.facts import OrderLine, ReceivedLine, Window
from disbursement.domain.commitment.invoices import Invoice, InvoiceStage
from disbursement.domain.commitment.matching import InvoicedLine
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import Funding, PlannedItem, SelectedVendor
from disbursement.domain.commitment.state import Commitment
from events.money import Money, total
from events.values import BudgetLineId, ItemId, PaymentId

SCREENING_LASTS = timedelta(days=90)

Lines: TypeAlias = Sequence[OrderLine | ReceivedLine | InvoicedLine]


def may_be_spent_on(item: ItemId, plan: PlannedItem | None, today: date) -> PlannedItem:
    """The item as it was planned; refused where nothing is to be spent on it today."""
    if plan is None:
        raise no.PlanNotApproved(item)
    if plan.withdrawn:
        raise no.AssistanceWithdrawn(plan.case)
    if plan.halted is not None:
        raise no.CaseHalted(plan.case, plan.halted)
    if plan.stopped is not None:
        raise no.ItemStopped(item, plan.stopped)
    if not plan.emergency and (plan.arrived is None or plan.arrived > today):
        raise no.ArrivalNotConfirmed(item)
    if plan.use_by is not None and plan.use_by < today:
        raise no.EntitlementExpired(item, plan.use_by)
    return plan


def may_be_bought_from(
    selection: SelectedVendor | None, item: ItemId, amount: Money, today: date
) -> SelectedVendor:
    """The vendor that was selected; refused where it may not be bought from, or not for so much."""
    if selection is None:
        raise no.VendorNotSelected(item)
    if selection.approved_until is None or selection.approved_until < today:
        raise no.VendorNotApproved(selection.vendor, selection.approved_until)
    if selection.screened is None or today - selection.screened > SCREENING_LASTS:
        raise no.ScreeningTooOld(selection.vendor, selection.screened)
    if amount.minor <= 0:
        raise no.AmountNotAboveZero(amount)
    offered = selection.amount
    if amount.currency != offered.currency or amount > offered:
        raise no.AboveSelection(offered, amount)
    return selection


def adds_up_to(amount: Money, lines: tuple[OrderLine, ...]) -> None:
    """An order comes to exactly what is committed."""
    numbered_once(lines)
    for line in lines:
        if line.unit_price.currency != amount.currency or line.unit_price.minor <= 0:
            raise no.OrderNotAsCommitted(amount, line.unit_price)
    ordered = total((line.unit_price * line.quantity for line in lines), amount.currency)
    if ordered != amount:
        raise no.OrderNotAsCommitted(amount, ordered)


def must_be_at(commitment: Commitment, needed: Stage) -> None:
    if commitment.stage is not needed:
        raise no.CommitmentIsAt(commitment.stage, needed)


def must_be_earmarked(plan: PlannedItem, item: ItemId, line: BudgetLineId) -> None:
    """Where its programme says which line pays, funds are kept there before they are reserved."""
    if not plan.to_earmark:
        return
    if plan.earmarked_on is None:
        raise no.ItemNotEarmarked(item)
    if plan.earmarked_on != line:
        raise no.EarmarkedElsewhere(line, plan.earmarked_on)


def numbered_once(lines: Lines) -> None:
    seen: set[int] = set()
    for line in lines:
        if line.line in seen:
            raise no.LineTwice(line.line)
        if line.quantity <= 0:
            raise no.QuantityNotAboveZero(line.line, line.quantity)
        seen.add(line.line)
    if not seen:
        raise no.NoLines


def must_bear(funding: Funding, today: date) -> None:
    """Something new may be paid from the grant today (S12); that it was closed counts at once."""
    opens, closes = funding.window.opens, funding.window.closes
    if funding.closed:
        raise no.GrantIsClosed(closes)
    if not opens <= today <= closes:
        raise no.OutsideGrantWindow(today, opens, closes)


def must_come_in_time(deliver_by: date, today: date, window: Window) -> None:
    """Ahead of us, and while its grant is open: there are no days of grace after that."""
    if deliver_by < today:
        raise no.DeliverByPast(deliver_by, today)
    if deliver_by > window.closes:
        raise no.DeliverByAfterTheGrant(deliver_by, window.closes)


def in_order(day: date, earliest: date, latest: date) -> None:
    if not earliest <= day <= latest:
        raise no.DateOutOfOrder(day, earliest, latest)


def must_be_under(invoice: Invoice, payment: PaymentId) -> None:
    """The invoice is under this payment and no other, or under none."""
    if invoice.payment is not None and invoice.payment != payment:
        if invoice.stage is InvoiceStage.SETTLED:
            raise no.InvoiceAlreadyPaid(invoice.id, invoice.payment)
        raise no.InvoiceUnderPayment(invoice.id, invoice.payment)


def must_be_payable(commitment: Commitment, invoice: Invoice) -> Money:
    """What is payable of the invoice: it matches, is like no other, and rests on no dispute."""
    if invoice.payable is None:
        raise no.InvoiceNotMatched(invoice.id, tuple(invoice.exceptions))
    if invoice.alike:
        raise judging.InvoiceSuspected(invoice.id)
    for receipt in commitment.receipts:
        if receipt.dispute is not None and receipt.id in invoice.receipts:
            raise at_delivery.DeliveryInDispute(receipt.id)
    return invoice.payable
