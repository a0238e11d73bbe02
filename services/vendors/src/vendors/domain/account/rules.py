"""What a bank account answers to a request."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import assert_never

from events.money import NotMoney, exponent
from events.values import VendorId
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
from vendors.domain.account.refusals import (
    AccountIsAt,
    ContactNotOnFile,
    CoolingOff,
    CurrencyUnknown,
    HolderDiffers,
    NoSuchAccount,
    NothingToAccept,
    VendorNotApproved,
)
from vendors.domain.account.requests import (
    AcceptHolder,
    AccountCommand,
    ActivateAccount,
    ApproveAccount,
    FreezeAccount,
    ProposeAccount,
    ReplaceAccount,
    VerifyByCallback,
)
from vendors.domain.account.state import Account
from vendors.domain.duties import Duty, nobody_twice
from vendors.domain.numbering import at_branch
from vendors.domain.numbers import Scheme, last4, normalised
from vendors.domain.vendor.kinds import Source
from vendors.domain.vendor.refusals import NoSuchVendor
from vendors.domain.vendor.state import OnFile, Vendor


def decide(command: AccountCommand, account: Account | None) -> Sequence[AccountEvent]:
    if isinstance(command, ProposeAccount):
        return _propose(command, account)
    if account is None:
        raise NoSuchAccount
    match command:
        case AcceptHolder():
            return [_accepted(command, account)]
        case VerifyByCallback():
            return [_call_back(command, account)]
        case ApproveAccount():
            return _approve(command, account)
        case ActivateAccount():
            return _activate(command, account)
        case ReplaceAccount():
            return _replaced(command, account)
        case FreezeAccount(by=by, at=at):
            if account.stage in ENDED:
                raise AccountIsAt(stage=account.stage, needed=Stage.ACTIVE)
            return [
                BankAccountFrozen(
                    by=by, at=at, account=account.id, vendor=account.vendor, reason=command.reason
                )
            ]
        case _:
            assert_never(command)


def _propose(command: ProposeAccount, account: Account | None) -> Sequence[AccountEvent]:
    if account is not None:
        raise AccountIsAt(stage=account.stage, needed=None)
    if command.vendor is None:
        raise NoSuchVendor
    if command.replaces is not None and (
        command.before is None or command.before.vendor != command.vendor.id
    ):
        raise NoSuchAccount
    if command.before is not None and not command.before.may_be_replaced:
        raise AccountIsAt(stage=command.before.stage, needed=Stage.ACTIVE)
    try:
        exponent(command.currency)
    except NotMoney:
        raise CurrencyUnknown(command.currency) from None
    number = normalised(
        command.scheme, command.country, command.number, command.wallet, command.bank
    )
    proposed = BankAccountProposed(
        by=command.by,
        at=command.at,
        account=command.account,
        vendor=command.vendor.id,
        scheme=command.scheme,
        country=command.country,
        currency=command.currency,
        bank=command.bank,
        last4=last4(number),
        replaces=command.replaces,
        holder=command.holder,
        number=number,
    )
    facts: list[AccountEvent] = [proposed, *_kept_where(command, command.vendor.id)]
    if not command.called_alike:
        facts.append(
            HolderNameDiffers(
                by=command.by, at=command.at, account=command.account, vendor=command.vendor.id
            )
        )
    return facts


def _kept_where(
    command: ProposeAccount, of: VendorId
) -> Sequence[BankBranchNamed | WalletDeclared]:
    """At a branch of the bank, or as a wallet with a provider of mobile money."""
    if command.wallet is not None:
        wallet = command.wallet
        return [
            WalletDeclared(
                by=command.by, at=command.at, account=command.account, vendor=of, provider=wallet
            )
        ]
    if command.scheme is Scheme.BBAN:
        at_branch(command.country, command.branch)
    if command.branch is None:
        return []
    return [
        BankBranchNamed(
            by=command.by,
            at=command.at,
            account=command.account,
            vendor=of,
            branch=command.branch,
        )
    ]


def _accepted(command: AcceptHolder, account: Account) -> HolderNameAccepted:
    """By another than who proposed it or called; the approver may be the same person."""
    if account.stage is not Stage.CALLED_BACK:
        _at(account, Stage.PROPOSED)
    nobody_twice(command.by, account.acts)
    if not account.holder_differs or account.holder_accepted is not None:
        raise NothingToAccept(account.vendor)
    return HolderNameAccepted(
        by=command.by,
        at=command.at,
        account=account.id,
        vendor=account.vendor,
        reason=command.reason,
    )


def _call_back(
    command: VerifyByCallback, account: Account
) -> BankAccountCallbackVerified | BankAccountVerificationFailed:
    _at(account, Stage.PROPOSED)
    nobody_twice(command.by, account.acts)
    if not any(_may_be_called(each, account) for each in _contacts(command)):
        raise ContactNotOnFile(command.source)
    fact = BankAccountCallbackVerified if command.confirmed else BankAccountVerificationFailed
    return fact(
        by=command.by,
        at=command.at,
        account=account.id,
        vendor=account.vendor,
        contact_source=command.source,
    )


def _contacts(command: VerifyByCallback) -> Iterator[OnFile]:
    contacts = command.vendor.contacts if command.vendor else ()
    return (each for each in contacts if each.source is command.source)


def _may_be_called(contact: OnFile, account: Account) -> bool:
    """On file before the account was proposed, and not on the word of who proposed it: the number
    that the vendor was proposed with has been before its approver since.
    """
    proposer = next(person for duty, person in account.acts if duty is Duty.PROPOSED)
    known = contact.source is Source.REGISTRATION or contact.by != proposer
    return known and contact.since < account.proposed_at


def _approve(command: ApproveAccount, account: Account) -> Sequence[AccountEvent]:
    """A first account of an approved vendor is active at once.

    It was called back first, unless every programme leaves that out; what a call did not confirm is
    never approved.
    """
    if command.diligence.call_back or account.stage is not Stage.PROPOSED:
        _at(account, Stage.CALLED_BACK)
    nobody_twice(command.by, account.acts)
    if account.holder_differs and account.holder_accepted is None:
        raise HolderDiffers(account.vendor)
    first = account.replaces is None
    approved = BankAccountApproved(
        by=command.by,
        at=command.at,
        account=account.id,
        vendor=account.vendor,
        usable_from=command.at if first else command.diligence.usable_from(command.at),
    )
    if first and _payable(command.vendor, command.at):
        return [approved, _activated(command, account)]
    return [approved]


def _activate(command: ActivateAccount, account: Account) -> Sequence[AccountEvent]:
    if account.stage is Stage.ACTIVE:
        return []
    _at(account, Stage.APPROVED)
    if not _payable(command.vendor, command.at):
        raise VendorNotApproved(account.vendor)
    assert account.usable_from is not None, "an approved account has a day"
    if command.at < account.usable_from:
        raise CoolingOff(account.usable_from)
    return [_activated(command, account)]


def _replaced(command: ReplaceAccount, account: Account) -> Sequence[BankAccountReplaced]:
    """Once: of two accounts that were to come after it, the second is refused here."""
    if account.replaced_by == command.by_account:
        return []
    if not account.may_be_replaced:
        raise AccountIsAt(stage=account.stage, needed=Stage.ACTIVE)
    return [
        BankAccountReplaced(
            by=command.by,
            at=command.at,
            account=account.id,
            vendor=account.vendor,
            by_account=command.by_account,
        )
    ]


def _at(account: Account, needed: Stage) -> None:
    if account.stage is not needed:
        raise AccountIsAt(stage=account.stage, needed=needed)


def _payable(vendor: Vendor | None, at: datetime) -> bool:
    return vendor is not None and vendor.may_be_paid(at.date())


def _activated(command: ApproveAccount | ActivateAccount, account: Account) -> BankAccountActivated:
    return BankAccountActivated(
        by=command.by,
        at=command.at,
        account=account.id,
        vendor=account.vendor,
        scheme=account.scheme,
        country=account.country,
        currency=account.currency,
        last4=account.last4,
        replaces=account.replaces,
    )
