"""What goes wrong with a vendor or an account stops the payments that the bank does not know of."""

from collections.abc import Iterable
from typing import Any

from disbursement.domain.heard import (
    BankAccountFrozen,
    BankAccountReplaced,
    VendorSuspended,
    from_vendors,
)
from disbursement.domain.payment import HoldPayment, payment
from disbursement.gateways import Gateways
from events.handler import Act
from events.service import Effect, Heard
from events.values import SYSTEM, Code

VENDOR_SUSPENDED = Code("vendor_suspended")
ACCOUNT_FROZEN = Code("account_frozen")
ACCOUNT_REPLACED = Code("account_replaced")


async def hold(fact: Heard[Any], gateways: Gateways) -> Iterable[Act[Any, Any, Any]]:
    """Hold the open payments to a suspended vendor or to an account that is no longer paid to."""
    match fact.event:
        case VendorSuspended(vendor=vendor):
            open_payments = await gateways.open_payments(vendor=vendor)
            reason = VENDOR_SUSPENDED
        case BankAccountFrozen(account=account):
            open_payments = await gateways.open_payments(account=account)
            reason = ACCOUNT_FROZEN
        case BankAccountReplaced(account=account):
            open_payments = await gateways.open_payments(account=account)
            reason = ACCOUNT_REPLACED
        case _:
            return []
    held = HoldPayment(by=SYSTEM, at=gateways.clock.now(), reason=reason)
    return [Act(payment, each, held) for each in open_payments]


effects = (Effect("hold_open_payments", {"vendors": from_vendors}, hold),)
