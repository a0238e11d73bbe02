"""The terms of a payment that is being requested: the programme's rules, and what it adds up to."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from disbursement.domain.commitment import Commitment, Invoice
from disbursement.domain.exchange_rate import convert
from disbursement.domain.payment import RequestPayment, Terms
from disbursement.domain.payment.first import CountFirstPayment, first_of
from disbursement.domain.payment.first import first_payments as counted
from disbursement.domain.rolling import CountPayment, Rolling, rolling
from disbursement.views import first_payments, lookups, paying
from events.handler import Act
from events.io.http import Load, View

Counting = Sequence[Act[Any, Any, Any]]


def due_from(of: Commitment, invoice: Invoice) -> date:
    """The day of invoice and delivery, whichever came last: from there on the vendor waits."""
    arrived = (receipt.date for receipt in of.receipts if receipt.id in invoice.receipts)
    return max((invoice.date, *arrived))


async def terms_of(
    requested: RequestPayment, of: Commitment, invoice: Invoice, *, load: Load, view: View
) -> tuple[Terms | None, Counting]:
    """The terms, and the acts that count the payment for its vendor and its case.

    Refused with `NoRate` or `RateTooOld` where the grant's currency is not told in the programme's.
    """
    rules = await paying.rules(view, of.item)
    if rules is None:
        return None, ()
    limit = rules.second_approval_from
    reserved, at = requested.reserved, requested.at
    grant = await lookups.grant_of(view, of.budget_line)
    rate = await lookups.young_rate_of(view, grant, limit.currency, at.date()) if grant else None
    amount = convert(reserved, limit.currency, rate)
    since = at - rules.added_up_over
    sums = []
    for stream in (of.vendor, of.case):
        stands, _ = await load.state(rolling, stream)
        sums.append((stands or Rolling()).together(amount, since))
    together = max(sums)
    terms = Terms(
        certifier_may_sign=rules.certifier_may_sign,
        second_approval=together >= limit,
        together=together,
        due=due_from(of, invoice) + rules.pay_within,
    )
    count = CountPayment(
        by=requested.by,
        at=at,
        payment=requested.payment,
        vendor=of.vendor,
        case=of.case,
        amount=amount,
        since=since,
        second_approval_from=limit,
        second_approval=terms.second_approval,
    )
    return terms, [Act(rolling, stream, count) for stream in (of.vendor, of.case)]


async def counted_first(requested: RequestPayment, view: View) -> Counting:
    """The act that counts it for an account on which nothing was ever paid."""
    account = requested.account
    if account is None or not account.first_payment:
        return ()
    count = CountFirstPayment(
        by=requested.by,
        at=requested.at,
        payment=requested.payment,
        account=account.account,
        amount=requested.reserved,
        at_most=await first_payments.at_most(view, requested.item),
    )
    return (Act(counted, first_of(account.account), count),)
