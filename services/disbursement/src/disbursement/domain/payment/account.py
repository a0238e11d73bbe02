"""The bank account that a payment goes to, as the vendors service told of it."""

from datetime import date, datetime

import msgspec

from disbursement.domain.payment import refusals as no
from events.values import AccountId, Code, PersonId, VendorId


class VendorAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Its number stays there."""

    account: AccountId
    vendor: VendorId
    currency: Code
    approved_until: date | None
    """The last day of the vendor's approval, which ends with its screening; None: suspended."""
    usable_from: datetime | None
    """When its cooling-off ends; None: it is not active."""
    approver: PersonId | None
    first_payment: bool
    """Nothing was ever paid to it."""
    clear: bool = True
    """The last screening of the vendor found nothing, or a person decided that it did not."""
    wallet: Code | None = None
    """The provider of mobile money that keeps it; None: a bank does."""


def usable(
    account: VendorAccount | None, vendor: VendorId, currency: str, at: datetime
) -> VendorAccount:
    """The account, if this vendor may be paid on it in that currency now."""
    if account is None:
        raise no.AccountNotUsable(None, None)
    if account.vendor != vendor or account.currency != currency:
        raise no.AccountOfAnother(account.account, account.vendor, account.currency)
    if account.approved_until is None or account.approved_until < at.date():
        raise no.VendorNotPayable(vendor, account.approved_until)
    if account.usable_from is None or at < account.usable_from:
        raise no.AccountNotUsable(account.account, account.usable_from)
    return account


def may_sign_to(account: VendorAccount, person: PersonId) -> None:
    """Nobody signs the first payment to an account that they approved (D5)."""
    if account.first_payment and person == account.approver:
        raise no.AccountApproverCannotSign(person, account.account)
