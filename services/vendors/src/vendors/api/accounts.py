"""Bank accounts over HTTP."""

from datetime import datetime

from fastapi import Response

from events.handler import Act
from events.io.http import (
    Answer,
    Body,
    Gateways,
    Load,
    NewIds,
    Now,
    Page,
    Paging,
    Request,
    Reveal,
    View,
    Who,
)
from events.personal import Kind as PersonalKind
from events.ports import Claim, ClaimTaken
from events.roles import READERS, Role
from events.values import AccountId, Code, PersonId, VendorId
from vendors import views
from vendors.api.declared import (
    Country,
    Currency,
    Name,
    PurposeBody,
    ReasonBody,
    api,
    unkept,
)
from vendors.api.lists import in_force_now
from vendors.api.taking_part import Do
from vendors.domain.account import account
from vendors.domain.account.kinds import Stage
from vendors.domain.account.refusals import (
    AccountIsAt,
    AccountOnFile,
    HolderDiffers,
    NoSuchAccount,
    NothingToAccept,
    SayWhatItReplaces,
)
from vendors.domain.account.requests import (
    AcceptHolder,
    ActivateAccount,
    ApproveAccount,
    FreezeAccount,
    ProposeAccount,
    ReplaceAccount,
    VerifyByCallback,
)
from vendors.domain.account.state import Account
from vendors.domain.numbers import Scheme, blinded, normalised
from vendors.domain.reading import ReadPersonalData, reading
from vendors.domain.vendor import vendor
from vendors.domain.vendor.kinds import Source
from vendors.domain.vendor.refusals import NoSuchVendor
from vendors.domain.vendor.state import Vendor
from vendors.holders import called_alike

NUMBER = "bank_account"
"""The claim's scope by which an account number is on file once; it says of which account."""
FIRST = "first_bank_account"
"""The claim's scope by which a vendor has one first account."""
KNOW_ACCOUNTS = frozenset(
    {
        Role.VENDOR_OFFICER,
        Role.VENDOR_APPROVER,
        Role.CALLBACK_CALLER,
        Role.ACCOUNT_APPROVER,
        Role.FINANCE_OFFICER,
        Role.CERTIFYING_OFFICER,
        Role.APPROVING_OFFICER,
        Role.SIGNATORY,
        Role.GRANT_MANAGER,
        Role.AUDITOR,
        Role.SERVICE,
    }
)
"""Who keeps vendors, answers for money or examines both: nobody else needs to know of accounts."""


class ProposeAccountBody(Body):
    vendor: VendorId
    scheme: Scheme
    country: Country
    currency: Currency
    bank: Code | None = None
    holder: Name
    number: Name
    replaces: AccountId | None = None
    branch: Code | None = None
    """The bank's, where accounts of the country are known by it."""
    wallet: Code | None = None
    """The provider of mobile money whose wallet it is: then the number is a phone's."""


class CallBackBody(Body):
    source: Source
    confirmed: bool


class AccountAnswer(Answer):
    account: AccountId
    vendor: VendorId
    scheme: Scheme
    country: Code
    currency: Code
    bank: Code | None
    last4: Code
    replaces: AccountId | None
    stage: Stage
    usable_from: datetime | None
    branch: Code | None
    wallet: Code | None
    holder_differs: bool
    """Its holder is called otherwise than the vendor: a known sign of fraud. It is not approved
    before an approver of accounts has accepted that with a reason."""
    holder_accepted: Code | None
    version: int

    @classmethod
    def of(cls, state: Account, version: int) -> "AccountAnswer":
        return cls(
            account=state.id,
            vendor=state.vendor,
            scheme=state.scheme,
            country=state.country,
            currency=state.currency,
            bank=state.bank,
            last4=state.last4,
            replaces=state.replaces,
            stage=state.stage,
            usable_from=state.usable_from,
            branch=state.branch,
            wallet=state.wallet,
            holder_differs=state.holder_differs,
            holder_accepted=state.holder_accepted,
            version=version,
        )


class RevealedAccount(Answer):
    """All that a payment to the account has to say."""

    account: AccountId
    vendor: VendorId
    scheme: Scheme
    country: Code
    currency: Code
    bank: Code | None
    branch: Code | None
    wallet: Code | None
    vendor_country: Code
    holder: str | None = None
    number: str | None = None
    name: str | None = None
    latin_name: str | None = None
    town: str | None = None
    erased: tuple[PersonalKind, ...]
    """The kinds that were erased of this vendor: nobody has them any more."""
    phone: str | None = None
    clear_on_lists_in_force: bool
    """The vendor was looked for on the sanctions lists that are in force at this instant, and no
    match waits for a person.
    """


@api.command(
    "/v1/accounts",
    creates=AccountAnswer,
    allows={Role.VENDOR_OFFICER},
    unknown={NoSuchVendor, NoSuchAccount},
    conflicts={AccountOnFile, SayWhatItReplaces},
)
async def propose_account(
    *,
    body: ProposeAccountBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    ids: NewIds,
    gateways: Gateways,
    asked: Request,
) -> Response:
    """Propose a bank account for a vendor; a later one names the one that it replaces.

    `holder_differs` of the answer: the holder is called otherwise than the vendor, a sign of fraud.
    """
    new, country = AccountId(ids.new("acc")), Code(body.country)
    await do.takes_part(body.vendor)
    owner, _ = await load.state(vendor, body.vendor)
    before, _ = await load.state(account, body.replaces) if body.replaces else (None, 0)
    proposal = ProposeAccount(
        by=me.id,
        at=now,
        account=new,
        vendor=owner,
        scheme=body.scheme,
        country=country,
        currency=Code(body.currency),
        bank=body.bank,
        holder=body.holder,
        number=body.number,
        replaces=body.replaces,
        before=before,
        branch=body.branch,
        wallet=body.wallet,
        called_alike=await called_alike(asked.desk.handler.store, body.vendor, body.holder),
    )
    number = normalised(body.scheme, country, body.number, body.wallet, body.bank)
    keeper = body.wallet or body.bank
    key = blinded(gateways.blinding_key, body.scheme, country, keeper, number, branch=body.branch)
    first = () if body.replaces else (Claim(FIRST, body.vendor),)
    while True:
        claims = (Claim(NUMBER, key, fingerprint=new.encode()), *first)
        try:
            return await do(Act(account, new, proposal, claims=claims), answer=AccountAnswer.of)
        except ClaimTaken as taken:
            if taken.held.scope == FIRST:
                raise SayWhatItReplaces(body.vendor) from None
            key = await _next_of(taken.held, body.vendor, load)


async def _next_of(held: Claim, to: VendorId, load: Load) -> str:
    """What claims the number after the account that held it: a claim is held for ever."""
    which = AccountId(held.fingerprint.decode()) if held.fingerprint else None
    before, _ = await load.state(account, which) if which else (None, 0)
    if before is None or not before.leaves_its_number_to(to):
        raise AccountOnFile(before.stage if before else None)
    return f"{held.key}/{before.id}"


@api.command(
    "/v1/accounts/{account_id}/call-back",
    answers=AccountAnswer,
    allows={Role.CALLBACK_CALLER},
    unknown={NoSuchAccount},
    conflicts={AccountIsAt},
)
async def call_back(
    *, account_id: AccountId, body: CallBackBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Record what the vendor said, called on a contact that was on file before."""
    owner = await _owner(account_id, load)
    call = VerifyByCallback(
        by=me.id, at=now, vendor=owner, source=body.source, confirmed=body.confirmed
    )
    return await do(Act(account, account_id, call), answer=AccountAnswer.of)


@api.command(
    "/v1/accounts/{account_id}/accept-holder",
    answers=AccountAnswer,
    allows={Role.ACCOUNT_APPROVER},
    unknown={NoSuchAccount},
    conflicts={AccountIsAt, NothingToAccept},
)
async def accept_holder(
    account_id: AccountId, body: ReasonBody, me: Who, now: Now, do: Do
) -> Response:
    """Say why the vendor may be paid on the account of a holder who is called otherwise."""
    accepted = AcceptHolder(by=me.id, at=now, reason=body.reason)
    return await do(Act(account, account_id, accepted), answer=AccountAnswer.of)


@api.command(
    "/v1/accounts/{account_id}/approve",
    answers=AccountAnswer,
    allows={Role.ACCOUNT_APPROVER},
    unknown={NoSuchAccount},
    conflicts={AccountIsAt, HolderDiffers},
)
async def approve_account(
    *, account_id: AccountId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Approve an account that two others proposed and verified."""
    owner = await _owner(account_id, load)
    diligence = await views.diligence(view)
    approval = ApproveAccount(by=me.id, at=now, vendor=owner, diligence=diligence)
    return await do(Act(account, account_id, approval), answer=AccountAnswer.of)


@api.command(
    "/v1/accounts/{account_id}/activate",
    answers=AccountAnswer,
    allows={Role.ACCOUNT_APPROVER},
    unknown={NoSuchAccount},
    conflicts={AccountIsAt},
)
async def activate_account(
    account_id: AccountId, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Let the vendor be paid on an approved account; the one that it replaces ends."""
    state, _ = await load.state(account, account_id)
    owner = await _owner(account_id, load)
    acts = [Act(account, account_id, ActivateAccount(by=me.id, at=now, vendor=owner))]
    if state is not None and state.replaces is not None:
        gone = ReplaceAccount(by=me.id, at=now, by_account=account_id)
        acts.append(Act(account, state.replaces, gone))
    return await do(*acts, answer=AccountAnswer.of)


@api.command(
    "/v1/accounts/{account_id}/freeze",
    answers=AccountAnswer,
    allows={Role.VENDOR_OFFICER, Role.VENDOR_APPROVER, Role.ACCOUNT_APPROVER},
    unknown={NoSuchAccount},
    conflicts={AccountIsAt},
)
async def freeze_account(
    account_id: AccountId, body: ReasonBody, me: Who, now: Now, do: Do
) -> Response:
    """Stop paying on the account, for good."""
    freeze = FreezeAccount(by=me.id, at=now, reason=body.reason)
    return await do(Act(account, account_id, freeze), answer=AccountAnswer.of)


@api.command(
    "/v1/accounts/{account_id}/reveal",
    answers=RevealedAccount,
    if_match=False,
    allows=READERS,
    unknown={NoSuchAccount},
)
async def reveal_account(
    *,
    account_id: AccountId,
    body: PurposeBody,
    me: Who,
    now: Now,
    load: Load,
    reveal: Reveal,
    ids: NewIds,
) -> Response:
    """Show whose account it is and its number; it is recorded who was shown it and why."""
    state, _ = await load.state(account, account_id)
    owner = await _owner(account_id, load)
    if state is None or owner is None:
        raise NoSuchAccount
    read = ReadPersonalData(
        by=me.id,
        at=now,
        vendor=owner,
        account=state,
        wants_account=True,
        purpose=body.purpose,
        roles=me.roles,
    )
    values = await reveal(
        Act(reading, ids.new("rea"), read),
        streams=[state.vendor, account_id],
        person=PersonId(state.vendor),
        kinds=(PersonalKind.IDENTITY, PersonalKind.CONTACT),
    )
    shown = RevealedAccount(
        account=account_id,
        vendor=state.vendor,
        scheme=state.scheme,
        country=state.country,
        currency=state.currency,
        bank=state.bank,
        branch=state.branch,
        wallet=state.wallet,
        vendor_country=owner.country,
        erased=await reveal.erased(state.vendor),
        clear_on_lists_in_force=owner.matches.is_clear_on(await in_force_now(load)),
        **values,
    )
    return unkept(shown)


@api.query("/v1/accounts/{account_id}", answers=AccountAnswer, allows=KNOW_ACCOUNTS)
async def read_account(account_id: AccountId, load: Load) -> Response:
    """Read one account as it stands, without its number."""
    return await load(account, account_id, answer=AccountAnswer.of)


@api.query("/v1/accounts", answers=Page[AccountAnswer], allows=KNOW_ACCOUNTS)
async def list_accounts(
    view: View, page: Paging, vendor: VendorId | None = None
) -> Page[AccountAnswer]:
    """List accounts by id, those of one vendor or all."""
    rows = await views.accounts_after(view, after=page.after, limit=page.limit + 1, vendor=vendor)
    answers = [AccountAnswer.of(row.state, row.version) for row in rows]
    return page.of(answers, key=lambda answer: answer.account)


async def _owner(account_id: AccountId, load: Load) -> Vendor | None:
    """The vendor whose account it is; None when there is no such account."""
    state, _ = await load.state(account, account_id)
    if state is None:
        return None
    owner, _ = await load.state(vendor, state.vendor)
    return owner
