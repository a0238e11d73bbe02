"""The terms of what is asked to be paid or handed over: the programme's rules, and what it adds up
to with what is paid beside it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from disbursement.domain.commitment import Commitment, Invoice
from disbursement.domain.exchange_rate import Rate, convert
from disbursement.domain.payment import RequestPayment, Terms
from disbursement.domain.payment.first import CountFirstPayment, first_of
from disbursement.domain.payment.first import first_payments as counted
from disbursement.domain.rolling import CountCash, CountPayment, Rolling, rolling
from disbursement.views import first_payments, lookups, paying
from events.handler import Act
from events.io.http import Load, View
from events.money import Money
from events.values import (
    AccountId,
    BudgetLineId,
    CaseId,
    CashId,
    ItemId,
    PaymentId,
    PersonId,
    VendorId,
)

Counting = Sequence[Act[Any, Any, Any]]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked to be paid to a vendor or, where there is none, handed over in cash."""

    by: PersonId
    at: datetime
    of: str
    """Its id."""
    item: ItemId
    case: CaseId
    vendor: VendorId | None
    budget_line: BudgetLineId
    reserved: Money
    """In the grant's currency."""
    owed_from: date


def due_from(of: Commitment, invoice: Invoice) -> date:
    """The day of invoice and delivery, whichever came last: from there on the vendor waits."""
    arrived = (receipt.date for receipt in of.receipts if receipt.id in invoice.receipts)
    return max((invoice.date, *arrived))


def to_be_paid(requested: RequestPayment, invoice: Invoice, of: Commitment) -> Asked:
    return Asked(
        by=requested.by,
        at=requested.at,
        of=requested.payment,
        item=requested.item,
        case=requested.case,
        vendor=requested.vendor,
        budget_line=requested.budget_line,
        reserved=requested.reserved,
        owed_from=due_from(of, invoice),
    )


async def terms_of(asked: Asked, *, load: Load, view: View) -> tuple[Terms | None, Counting]:
    """The terms, and the acts that count it: a payment for its vendor and its case, cash for that.

    Refused with `NoRate` or `RateTooOld` where the grant's currency, or one in which something
    else was paid lately, is not told in the programme's.
    """
    rules = await paying.rules(view, asked.item)
    if rules is None:
        return None, ()
    limit, at = rules.second_approval_from, asked.at
    grant = await lookups.grant_of(view, asked.budget_line)
    rate = await lookups.young_rate_of(view, grant, limit.currency, at.date()) if grant else None
    amount = convert(asked.reserved, limit.currency, rate)
    since = at - rules.added_up_over
    streams = (asked.vendor, asked.case) if asked.vendor else (asked.case,)
    beside = [(await load.state(rolling, stream))[0] or Rolling() for stream in streams]
    others = (each for one in beside for each in one.since(since))
    rates = await lookups.rates_into(view, others, limit.currency, at.date())
    together = max(one.together(amount, since, rates) for one in beside)
    terms = Terms(
        certifier_may_sign=rules.certifier_may_sign,
        second_approval=together >= limit,
        together=together,
        due=asked.owed_from + rules.pay_within,
    )
    counts: dict[str, Any] = {
        "by": asked.by,
        "at": at,
        "case": asked.case,
        "amount": amount,
        "since": since,
        "second_approval_from": limit,
        "second_approval": terms.second_approval,
        "rates": rates,
    }
    if asked.vendor:
        paid = CountPayment(payment=PaymentId(asked.of), vendor=asked.vendor, **counts)
        return terms, [Act(rolling, stream, paid) for stream in streams]
    return terms, [Act(rolling, asked.case, CountCash(cash=CashId(asked.of), **counts))]


async def counted_first(requested: RequestPayment, *, load: Load, view: View) -> Counting:
    """The act that counts it for an account on which nothing was ever paid."""
    account = requested.account
    if account is None or not account.first_payment:
        return ()
    at_most = await first_payments.at_most(view, requested.item)
    count = CountFirstPayment(
        by=requested.by,
        at=requested.at,
        payment=requested.payment,
        account=account.account,
        amount=requested.reserved,
        at_most=at_most,
        rates=await _rates_into(at_most, requested, account.account, load, view) if at_most else (),
    )
    return (Act(counted, first_of(account.account), count),)


async def _rates_into(
    at_most: Money, requested: RequestPayment, account: AccountId, load: Load, view: View
) -> tuple[Rate, ...]:
    """The day's rates, of the grant's source, between what is on its way and the cap."""
    stands, _ = await load.state(counted, first_of(account))
    grant = await lookups.grant_of(view, requested.budget_line)
    source, day = grant.rates if grant else None, requested.at.date()
    amounts = [requested.reserved, *(amount for _, amount in (stands.amounts if stands else ()))]
    return await lookups.rates_into(view, amounts, at_most.currency, day, source)
