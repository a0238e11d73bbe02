"""What can happen to a bank account."""

from datetime import datetime
from typing import ClassVar

from events.decider import Event
from events.personal import Identity
from events.values import AccountId, Code, VendorId
from vendors.domain.numbers import Scheme
from vendors.domain.vendor.kinds import Source


class BankAccountProposed(Event, frozen=True, tag="vendors.bank_account_proposed.v1"):
    """Somebody asks that the vendor be paid on this account."""

    about: ClassVar[str | None] = "vendor"

    account: AccountId
    vendor: VendorId
    scheme: Scheme
    country: Code
    currency: Code
    bank: Code | None
    last4: Code
    replaces: AccountId | None
    holder: Identity[str]
    number: Identity[str]


class BankBranchNamed(Event, frozen=True, tag="vendors.bank_branch_named.v1"):
    """The account is kept at this branch of its bank."""

    account: AccountId
    vendor: VendorId
    branch: Code


class WalletDeclared(Event, frozen=True, tag="vendors.wallet_declared.v1"):
    """The account is a wallet of mobile money: its number is that of a phone."""

    account: AccountId
    vendor: VendorId
    provider: Code
    """Who keeps the wallet."""


class HolderNameDiffers(Event, frozen=True, tag="vendors.holder_name_differs.v1"):
    """The account's holder is called otherwise than the vendor is: a known sign of fraud."""

    account: AccountId
    vendor: VendorId


class HolderNameAccepted(Event, frozen=True, tag="vendors.holder_name_accepted.v1"):
    """Who approves accounts says why the vendor may be paid on the account of that holder."""

    account: AccountId
    vendor: VendorId
    reason: Code


class BankAccountCallbackVerified(
    Event, frozen=True, tag="vendors.bank_account_callback_verified.v1"
):
    """The vendor, called on a contact we had before, confirmed the account."""

    account: AccountId
    vendor: VendorId
    contact_source: Source


class BankAccountVerificationFailed(
    Event, frozen=True, tag="vendors.bank_account_verification_failed.v1"
):
    """The vendor, called back, did not confirm the account."""

    account: AccountId
    vendor: VendorId
    contact_source: Source


class BankAccountApproved(Event, frozen=True, tag="vendors.bank_account_approved.v1"):
    """A third person approved the account; it may be used from then on."""

    account: AccountId
    vendor: VendorId
    usable_from: datetime


class BankAccountActivated(Event, frozen=True, tag="vendors.bank_account_activated.v1"):
    """The vendor may be paid on the account."""

    account: AccountId
    vendor: VendorId
    scheme: Scheme
    country: Code
    currency: Code
    last4: Code
    replaces: AccountId | None


class BankAccountReplaced(Event, frozen=True, tag="vendors.bank_account_replaced.v1"):
    """Another account of the vendor has taken its place."""

    account: AccountId
    vendor: VendorId
    by_account: AccountId


class BankAccountFrozen(Event, frozen=True, tag="vendors.bank_account_frozen.v1"):
    """Nothing is paid on the account any more."""

    account: AccountId
    vendor: VendorId
    reason: Code


AccountEvent = (
    BankAccountProposed
    | BankBranchNamed
    | WalletDeclared
    | HolderNameDiffers
    | HolderNameAccepted
    | BankAccountCallbackVerified
    | BankAccountVerificationFailed
    | BankAccountApproved
    | BankAccountActivated
    | BankAccountReplaced
    | BankAccountFrozen
)
