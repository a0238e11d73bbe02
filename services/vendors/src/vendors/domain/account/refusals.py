"""Why an act on a bank account may be refused, in the order in which the rules are asked."""

from dataclasses import dataclass
from datetime import datetime

from events.decider import Rejected
from events.values import Code, VendorId
from vendors.domain.account.kinds import Stage
from vendors.domain.vendor.kinds import Source


@dataclass(unsafe_hash=True)
class NoSuchAccount(Rejected):
    """There is no such bank account."""


@dataclass(unsafe_hash=True)
class AccountIsAt(Rejected):
    """The act needs the bank account at another stage (`None`: not there yet)."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class CurrencyUnknown(Rejected):
    """The account's currency is not one of ISO 4217."""

    currency: Code


@dataclass(unsafe_hash=True)
class AccountOnFile(Rejected):
    """This bank account is on file already, of this vendor or of another (red flag R8): it waits or
    is in use. A number that came to nothing is free again, one that was used only for its vendor.
    """

    stage: Stage | None
    """Where that account stands; None: it is from before that was kept."""


@dataclass(unsafe_hash=True)
class SayWhatItReplaces(Rejected):
    """The vendor has a bank account: say which one the new one replaces."""

    vendor: VendorId


@dataclass(unsafe_hash=True)
class ContactNotOnFile(Rejected):
    """Call back on a contact that was on file before the account was proposed, and not put there
    by its proposer.
    """

    source: Source


@dataclass(unsafe_hash=True)
class HolderDiffers(Rejected):
    """The holder is called otherwise than the vendor: accept that with a reason before the account
    is approved.
    """

    vendor: VendorId


@dataclass(unsafe_hash=True)
class NothingToAccept(Rejected):
    """The holder is called as the vendor is, or it was accepted that it is not."""

    vendor: VendorId


@dataclass(unsafe_hash=True)
class VendorNotApproved(Rejected):
    """The vendor is not approved, or its screening is too old (S4)."""

    vendor: VendorId


@dataclass(unsafe_hash=True)
class CoolingOff(Rejected):
    """A changed bank account waits before it is used."""

    usable_from: datetime
