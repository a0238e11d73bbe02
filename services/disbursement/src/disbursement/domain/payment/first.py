"""The first payment to an account on which nothing was ever paid (a page's `first_payment`).

A wrong account shows at the first payment, so no more than the programme says goes there before the
bank has booked one. What is on its way there counts too.
"""

from dataclasses import dataclass

import msgspec

from events.decider import Event, Rejected
from events.money import Money
from events.registry import Registry
from events.values import AccountId, ProgrammeId


class VendorRulesPublished(Event, frozen=True, tag="plans.vendor_rules_published.v1"):
    programme: ProgrammeId
    version: int
    first_payment_at_most: Money | None


from_plans = Registry.of("plans", [VendorRulesPublished], foreign=True)


@dataclass(unsafe_hash=True)
class FirstPaymentCapped(Rejected):
    """So much does not go to an account on which nothing was ever paid."""

    account: AccountId
    at_most: Money
    with_this: Money
    """Together with what is on its way there."""


class FirstPayment(msgspec.Struct, frozen=True):
    """What may go to an account before anything was paid on it."""

    at_most: Money
    on_its_way: Money

    def allows(self, account: AccountId, amount: Money) -> None:
        """`FirstPaymentCapped`"""
        with_this = self.on_its_way + amount
        if with_this > self.at_most:
            raise FirstPaymentCapped(account, self.at_most, with_this)
