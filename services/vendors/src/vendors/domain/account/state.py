"""What the facts of a bank account amount to."""

from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from events.decider import State
from events.values import AccountId, Code, VendorId
from vendors.domain.account.facts import (
    AccountEvent,
    BankAccountActivated,
    BankAccountApproved,
    BankAccountCallbackVerified,
    BankAccountFrozen,
    BankAccountProposed,
    BankAccountReplaced,
    BankAccountVerificationFailed,
    BankBranchNamed,
    HolderNameAccepted,
    HolderNameDiffers,
    WalletDeclared,
)
from vendors.domain.account.kinds import ENDED, Stage
from vendors.domain.duties import Acts, Duty
from vendors.domain.numbers import Scheme


class Account(State, frozen=True):
    id: AccountId
    vendor: VendorId
    scheme: Scheme
    country: Code
    currency: Code
    bank: Code | None
    last4: Code
    replaces: AccountId | None
    proposed_at: datetime
    stage: Stage
    acts: Acts
    usable_from: datetime | None = None
    was_active: bool = False
    replaced_by: AccountId | None = None
    branch: Code | None = None
    wallet: Code | None = None
    """The provider of mobile money whose wallet it is; None: it is with a bank."""
    holder_differs: bool = False
    """Its holder is called otherwise than the vendor is."""
    holder_accepted: Code | None = None
    """Why that is right, as an approver of accounts says."""

    @property
    def may_be_replaced(self) -> bool:
        """It is where the vendor is paid, or was last, or it is a first one that came to nothing.

        So that of a vendor's accounts one at most is active, and a change is seen on that one.
        """
        if self.stage is Stage.ACTIVE:
            return True
        ended = self.stage in (Stage.FROZEN, Stage.NOT_CONFIRMED)
        return ended and (self.was_active or self.replaces is None)

    def leaves_its_number_to(self, vendor: VendorId) -> bool:
        """It has ended, and the vendor's it was, or it never was anybody's."""
        return self.stage in ENDED and (self.vendor == vendor or not self.was_active)


def evolve(account: Account | None, event: AccountEvent) -> Account:
    if isinstance(event, BankAccountProposed):
        return Account(
            id=event.account,
            vendor=event.vendor,
            scheme=event.scheme,
            country=event.country,
            currency=event.currency,
            bank=event.bank,
            last4=event.last4,
            replaces=event.replaces,
            proposed_at=event.at,
            stage=Stage.PROPOSED,
            acts=((Duty.PROPOSED, event.by),),
        )
    assert account is not None, "a fact about an account that nobody proposed"
    match event:
        case WalletDeclared(provider=provider):
            return replace(account, wallet=provider)
        case HolderNameDiffers():
            return replace(account, holder_differs=True)
        case HolderNameAccepted(reason=reason):
            return replace(account, holder_accepted=reason)
        case BankBranchNamed(branch=branch):
            return replace(account, branch=branch)
        case BankAccountCallbackVerified():
            acts = (*account.acts, (Duty.CALLED_BACK, event.by))
            return replace(account, stage=Stage.CALLED_BACK, acts=acts)
        case BankAccountVerificationFailed():
            return replace(account, stage=Stage.NOT_CONFIRMED)
        case BankAccountApproved():
            acts = (*account.acts, (Duty.APPROVED, event.by))
            return replace(account, stage=Stage.APPROVED, acts=acts, usable_from=event.usable_from)
        case BankAccountActivated():
            return replace(account, stage=Stage.ACTIVE, was_active=True)
        case BankAccountReplaced(by_account=new):
            return replace(account, stage=Stage.REPLACED, replaced_by=new)
        case BankAccountFrozen():
            return replace(account, stage=Stage.FROZEN)
        case _:
            assert_never(event)
