"""What may be asked of a bank account."""

from events.decider import Command
from events.values import AccountId, Code
from vendors.domain.account.state import Account
from vendors.domain.numbers import Scheme
from vendors.domain.programme import Diligence
from vendors.domain.vendor.kinds import Source
from vendors.domain.vendor.state import Vendor


class ProposeAccount(Command, frozen=True):
    account: AccountId
    vendor: Vendor | None
    scheme: Scheme
    country: Code
    currency: Code
    bank: Code | None
    """BIC, or the bank's name in a word where it has none."""
    holder: str
    number: str
    replaces: AccountId | None
    """The vendor's account before this one; None for its first."""
    before: Account | None
    """That account as it stands."""
    branch: Code | None = None
    """The bank's, where accounts of the country are known by it."""
    wallet: Code | None = None
    """The provider of mobile money whose wallet it is; None: it is with a bank."""
    called_alike: bool = True
    """Whether the holder may be called as the vendor is, in any script and spelling."""


class AcceptHolder(Command, frozen=True):
    """The vendor may be paid on the account although its holder is called otherwise."""

    reason: Code


class VerifyByCallback(Command, frozen=True):
    vendor: Vendor | None
    source: Source
    """Which contact on file was called."""
    confirmed: bool


class ApproveAccount(Command, frozen=True):
    vendor: Vendor | None
    diligence: Diligence


class ActivateAccount(Command, frozen=True):
    vendor: Vendor | None


class ReplaceAccount(Command, frozen=True):
    by_account: AccountId


class FreezeAccount(Command, frozen=True):
    reason: Code


AccountCommand = (
    ProposeAccount
    | AcceptHolder
    | VerifyByCallback
    | ApproveAccount
    | ActivateAccount
    | ReplaceAccount
    | FreezeAccount
)
