"""What goes wrong with a vendor, an account or a case stops the payments not yet at the bank."""

from collections.abc import Iterable
from typing import Any

from disbursement.domain import registry
from disbursement.domain.commitment.suspected import DuplicateInvoiceSuspected
from disbursement.domain.heard import (
    BankAccountFrozen,
    BankAccountProposed,
    BankAccountReplaced,
    CaseClosed,
    CaseSuspended,
    FindingRaised,
    PaymentHoldAsked,
    VendorDebarred,
    VendorSuspended,
    from_audit,
    from_intake,
    from_vendors,
)
from disbursement.domain.payment import HoldPayment, payment
from disbursement.domain.vendor_invoices import InvoiceRegistered
from disbursement.gateways import Gateways
from disbursement.views.holds import ASKED_BY_INTAKE
from disbursement.views.lookalikes import SUSPECTED, Like
from events.handler import Act
from events.service import Effect, Heard
from events.values import SYSTEM, Code

VENDOR_SUSPENDED = Code("vendor_suspended")
VENDOR_DEBARRED = Code("vendor_debarred")
ACCOUNT_CHANGE_PROPOSED = Code("account_change_proposed")
ACCOUNT_FROZEN = Code("account_frozen")
ACCOUNT_REPLACED = Code("account_replaced")
CASE_SUSPENDED = Code("case_suspended")
CASE_CLOSED = Code("case_closed")
FINDING = Code("finding")
GRAVE = Code("high")
"""How grave a finding is for which a payment waits."""


async def hold(fact: Heard[Any], gateways: Gateways) -> Iterable[Act[Any, Any, Any]]:
    """Hold the open payments to that vendor or account, or for that case."""
    match fact.event:
        case VendorSuspended(vendor=vendor):
            open_payments = await gateways.open_payments(vendor=vendor)
            reason = VENDOR_SUSPENDED
        case VendorDebarred(vendor=vendor):
            open_payments = await gateways.open_payments(vendor=vendor)
            reason = VENDOR_DEBARRED
        case BankAccountProposed(replaces=account) if account is not None:
            open_payments = await gateways.open_payments(account=account)
            reason = ACCOUNT_CHANGE_PROPOSED
        case BankAccountFrozen(account=account):
            open_payments = await gateways.open_payments(account=account)
            reason = ACCOUNT_FROZEN
        case BankAccountReplaced(account=account):
            open_payments = await gateways.open_payments(account=account)
            reason = ACCOUNT_REPLACED
        case CaseSuspended(case=case):
            open_payments = await gateways.open_payments(case=case)
            reason = CASE_SUSPENDED
        case CaseClosed(case=case):
            open_payments = await gateways.open_payments(case=case)
            reason = CASE_CLOSED
        case PaymentHoldAsked(case=case):
            open_payments = await gateways.open_payments(case=case)
            reason = ASKED_BY_INTAKE
        case FindingRaised(severity=severity, payment=found) if severity == GRAVE and found:
            open_payments = [found]
            reason = FINDING
        case _:
            return []
    held = HoldPayment(by=SYSTEM, at=gateways.clock.now(), reason=reason)
    return [Act(payment, each, held) for each in open_payments]


async def hold_alike(fact: Heard[Any], gateways: Gateways) -> Iterable[Act[Any, Any, Any]]:
    """Hold the open payments of invoices that a new one looks like, or is the same paper as."""
    match fact.event:
        case DuplicateInvoiceSuspected(invoice=new, alike=alike):
            known = tuple(each.invoice for each in alike if each.invoice is not None)
            found = await gateways.open_payments(like=Like(new, known))
        case InvoiceRegistered(invoice=new, document=document):
            found = await gateways.open_payments(like=Like(new, document=document))
        case _:
            return []
    held = HoldPayment(by=SYSTEM, at=gateways.clock.now(), reason=SUSPECTED)
    return [Act(payment, each, held) for each in found]


HEARD = {"vendors": from_vendors, "intake": from_intake, "audit": from_audit}
effects = (
    Effect("hold_open_payments", HEARD, hold),
    Effect("hold_what_looks_alike", {"disbursement": registry}, hold_alike),
)
