"""Where money goes: three people, a call on a number we had before, and a wait after a change."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from services.vendors.tests.people import (
    ACCOUNT,
    FLOUR,
    KARIM,
    MORNING,
    NADIA,
    NOON,
    OTHER_ACCOUNT,
    OVENS,
    SAMIR,
    STRICT,
    YUSUF,
)

from events.scenario import scenario
from events.values import AccountId, Code, PersonId
from vendors.domain.account import account
from vendors.domain.account.facts import (
    AccountEvent,
    BankAccountActivated,
    BankAccountApproved,
    BankAccountCallbackVerified,
    BankAccountFrozen,
    BankAccountProposed,
    BankAccountReplaced,
    BankAccountVerificationFailed,
    WalletDeclared,
)
from vendors.domain.account.kinds import Stage
from vendors.domain.account.refusals import (
    AccountIsAt,
    ContactNotOnFile,
    CoolingOff,
    CurrencyUnknown,
    NoSuchAccount,
    VendorNotApproved,
)
from vendors.domain.account.requests import (
    AccountCommand,
    ActivateAccount,
    ApproveAccount,
    FreezeAccount,
    ProposeAccount,
    ReplaceAccount,
    VerifyByCallback,
)
from vendors.domain.duties import ActedAlready, Duty
from vendors.domain.numbers import AccountNumberWrong, IbanNeeded, Scheme, blinded, normalised
from vendors.domain.programme import Diligence, Paying
from vendors.domain.vendor.kinds import Kind, Source, Tier
from vendors.domain.vendor.kinds import Stage as VendorStage
from vendors.domain.vendor.refusals import NoSuchVendor
from vendors.domain.vendor.state import OnFile, Vendor

IBAN = "IQ98NBIQ850123456789012"

approved_vendor = Vendor(
    id=OVENS,
    kind=Kind.COMPANY,
    country=Code("IQ"),
    tier=Tier.STANDARD,
    stage=VendorStage.APPROVED,
    proposed_by=NADIA,
    contacts=(
        OnFile(Source.REGISTRATION, MORNING, NADIA),
        OnFile(Source.PUBLIC_REGISTER, MORNING, NADIA),
        OnFile(Source.SITE_VISIT, NOON, KARIM),
    ),
    valid_until=NOON.date() + timedelta(days=30),
)


def proposal(number: str = IBAN, **changed: object) -> ProposeAccount:
    facts: dict[str, object] = {
        "account": ACCOUNT,
        "vendor": approved_vendor,
        "scheme": Scheme.IBAN,
        "country": Code("IQ"),
        "currency": Code("IQD"),
        "bank": Code("NBIQIQBA"),
        "holder": "شركة النور للأفران",
        "number": number,
        "replaces": None,
        "before": None,
    }
    return ProposeAccount(by=NADIA, at=NOON, **(facts | changed))  # type: ignore[arg-type]


def proposed(replaces: object = None) -> BankAccountProposed:
    return BankAccountProposed(
        by=NADIA,
        at=NOON,
        account=ACCOUNT,
        vendor=OVENS,
        scheme=Scheme.IBAN,
        country=Code("IQ"),
        currency=Code("IQD"),
        bank=Code("NBIQIQBA"),
        last4=Code("9012"),
        replaces=replaces,  # type: ignore[arg-type]
        holder="شركة النور للأفران",
        number=IBAN,
    )


def call(by: PersonId = SAMIR, *, confirmed: bool = True) -> VerifyByCallback:
    return VerifyByCallback(
        by=by, at=NOON, vendor=approved_vendor, source=Source.REGISTRATION, confirmed=confirmed
    )


called = BankAccountCallbackVerified(
    by=SAMIR, at=NOON, account=ACCOUNT, vendor=OVENS, contact_source=Source.REGISTRATION
)
approve = ApproveAccount(by=YUSUF, at=NOON, vendor=approved_vendor, diligence=STRICT)
approved = BankAccountApproved(by=YUSUF, at=NOON, account=ACCOUNT, vendor=OVENS, usable_from=NOON)


def activated(by: PersonId = YUSUF, replaces: object = None) -> BankAccountActivated:
    return BankAccountActivated(
        by=by,
        at=NOON,
        account=ACCOUNT,
        vendor=OVENS,
        scheme=Scheme.IBAN,
        country=Code("IQ"),
        currency=Code("IQD"),
        last4=Code("9012"),
        replaces=replaces,  # type: ignore[arg-type]
    )


def test_an_account_is_proposed_and_shows_its_last_four() -> None:
    scenario(account).when(proposal("iq98 NBIQ 8501 2345 6789 012")).then(proposed())


def test_only_a_vendor_has_an_account() -> None:
    scenario(account).when(proposal(vendor=None)).then_rejected(NoSuchVendor())


def test_an_account_replaces_one_of_the_same_vendor() -> None:
    before = account.fold([proposed(), called, approved, activated()])
    assert before is not None
    change = {"account": OTHER_ACCOUNT, "replaces": ACCOUNT}
    scenario(account).when(proposal(**change)).then_rejected(NoSuchAccount())
    foreign = replace(before, vendor=FLOUR)
    scenario(account).when(proposal(**change, before=foreign)).then_rejected(NoSuchAccount())
    [event] = scenario(account).when(proposal(**change, before=before)).events or ()
    assert isinstance(event, BankAccountProposed)
    assert event.replaces == ACCOUNT


@pytest.mark.parametrize(
    "number", ["IQ98NBIQ850123456789013", "IQ98NBIQ85012345678901", "SK3112000000198742637541", ""]
)
def test_an_iban_that_cannot_be_right_is_refused(number: str) -> None:
    wrong = AccountNumberWrong(Scheme.IBAN, Code("IQ"))
    scenario(account).when(proposal(number)).then_rejected(wrong)


@pytest.mark.parametrize("number", ["0770 123 4567", "+964 770 123 4567", "٠٧٧٠ ١٢٣ ٤٥٦٧"])
def test_a_wallet_has_the_number_of_a_phone(number: str) -> None:
    asked = proposal(number, scheme=Scheme.BBAN, bank=None, wallet=Code("zaincash"))
    phone = replace(proposed(), scheme=Scheme.BBAN, bank=None, last4=Code("4567"))
    scenario(account).when(asked).then(
        replace(phone, number="9647701234567"),
        WalletDeclared(by=NADIA, at=NOON, account=ACCOUNT, vendor=OVENS, provider=Code("zaincash")),
    )


@pytest.mark.parametrize("number", [IBAN, "12", "+421 905 123 456", "0770 123 456", ""])
def test_what_is_no_phone_of_that_country_is_no_wallet(number: str) -> None:
    asked = proposal(number, scheme=Scheme.BBAN, bank=None, wallet=Code("zaincash"))
    wrong = AccountNumberWrong(Scheme.BBAN, Code("IQ"))
    scenario(account).when(asked).then_rejected(wrong)


def test_a_wallet_has_no_iban() -> None:
    asked = proposal("0770 123 4567", wallet=Code("zaincash"))
    wrong = AccountNumberWrong(Scheme.IBAN, Code("IQ"))
    scenario(account).when(asked).then_rejected(wrong)


def test_a_currency_is_one_of_iso_4217() -> None:
    refused = CurrencyUnknown(Code("XXQ"))
    scenario(account).when(proposal(currency=Code("XXQ"))).then_rejected(refused)


def test_the_vendor_is_called_back_by_somebody_else() -> None:
    scenario(account).given(proposed()).when(call()).then(called)


def test_the_proposer_does_not_call_back() -> None:
    (
        scenario(account)
        .given(proposed())
        .when(call(by=NADIA))
        .then_rejected(ActedAlready(NADIA, Duty.PROPOSED))
    )


@pytest.mark.parametrize("source", [Source.PUBLIC_REGISTER, Source.SITE_VISIT])
def test_the_call_goes_to_a_contact_that_the_thief_cannot_have_chosen(source: Source) -> None:
    """The site visit's number came at the same instant as the account; the register's was there
    before, on the word of who proposes the account.
    """
    late = VerifyByCallback(
        by=SAMIR, at=NOON, vendor=approved_vendor, source=source, confirmed=True
    )
    scenario(account).given(proposed()).when(late).then_rejected(ContactNotOnFile(source))


def test_nobody_leaves_out_the_call_back_that_one_programme_asks_for() -> None:
    """A vendor serves every programme: `call_back: no` on one page is not enough."""
    asks, asks_not = Paying(72, 90, call_back=True), Paying(72, 90, call_back=False)
    one_of_them = replace(approve, diligence=Diligence.strictest((asks, asks_not)))
    uncalled = AccountIsAt(stage=Stage.PROPOSED, needed=Stage.CALLED_BACK)
    scenario(account).given(proposed()).when(one_of_them).then_rejected(uncalled)


def test_where_every_programme_leaves_it_out_another_person_still_approves() -> None:
    none_asks = Diligence.strictest((Paying(72, 90, call_back=False),))
    uncalled = replace(approve, diligence=none_asks)
    scenario(account).given(proposed()).when(uncalled).then(approved, activated())
    own = replace(uncalled, by=NADIA)
    scenario(account).given(proposed()).when(own).then_rejected(ActedAlready(NADIA, Duty.PROPOSED))
    denied = BankAccountVerificationFailed(
        by=SAMIR, at=NOON, account=ACCOUNT, vendor=OVENS, contact_source=Source.REGISTRATION
    )
    refusal = AccountIsAt(stage=Stage.NOT_CONFIRMED, needed=Stage.CALLED_BACK)
    scenario(account).given(proposed(), denied).when(uncalled).then_rejected(refusal)


def test_an_account_that_the_vendor_does_not_know_is_not_approved() -> None:
    denied = BankAccountVerificationFailed(
        by=SAMIR, at=NOON, account=ACCOUNT, vendor=OVENS, contact_source=Source.REGISTRATION
    )
    scenario(account).given(proposed()).when(call(confirmed=False)).then(denied)
    (
        scenario(account)
        .given(proposed(), denied)
        .when(approve)
        .then_rejected(AccountIsAt(Stage.NOT_CONFIRMED, Stage.CALLED_BACK))
    )


def test_a_first_account_is_active_when_a_third_person_approves() -> None:
    scenario(account).given(proposed(), called).when(approve).then(approved, activated())


@pytest.mark.parametrize(("by", "duty"), [(NADIA, Duty.PROPOSED), (SAMIR, Duty.CALLED_BACK)])
def test_who_proposed_or_called_cannot_approve(by: PersonId, duty: Duty) -> None:
    second = ApproveAccount(by=by, at=NOON, vendor=approved_vendor, diligence=STRICT)
    (scenario(account).given(proposed(), called).when(second).then_rejected(ActedAlready(by, duty)))


def test_a_changed_account_waits_three_days() -> None:
    usable_from = NOON + timedelta(hours=72)
    waiting = BankAccountApproved(
        by=YUSUF, at=NOON, account=ACCOUNT, vendor=OVENS, usable_from=usable_from
    )
    story = scenario(account).given(proposed(replaces=OTHER_ACCOUNT), called)
    story.when(approve).then(waiting)
    early = ActivateAccount(by=YUSUF, at=usable_from - timedelta(seconds=1), vendor=approved_vendor)
    story.given(waiting).when(early).then_rejected(CoolingOff(usable_from))
    on_time = ActivateAccount(by=YUSUF, at=usable_from, vendor=approved_vendor)
    [event] = story.given(waiting).when(on_time).events or ()
    assert isinstance(event, BankAccountActivated)
    assert event.replaces == OTHER_ACCOUNT


def test_an_account_is_active_only_when_its_vendor_is_approved() -> None:
    not_yet = replace(approved_vendor, stage=VendorStage.PROPOSED)
    story = scenario(account).given(proposed(), called)
    first = ApproveAccount(by=YUSUF, at=NOON, vendor=not_yet, diligence=STRICT)
    story.when(first).then(approved)
    activate = ActivateAccount(by=YUSUF, at=NOON, vendor=not_yet)
    story.given(approved).when(activate).then_rejected(VendorNotApproved(OVENS))
    again = ActivateAccount(by=YUSUF, at=NOON, vendor=approved_vendor)
    story.given(approved).when(again).then(activated())


def test_activating_an_active_account_changes_nothing() -> None:
    again = ActivateAccount(by=YUSUF, at=NOON, vendor=approved_vendor)
    scenario(account).given(proposed(), called, approved, activated()).when(again).then()


def test_the_account_that_it_replaces_ends() -> None:
    gone = BankAccountReplaced(
        by=YUSUF, at=NOON, account=ACCOUNT, vendor=OVENS, by_account=OTHER_ACCOUNT
    )
    command = ReplaceAccount(by=YUSUF, at=NOON, by_account=OTHER_ACCOUNT)
    story = scenario(account).given(proposed(), called, approved, activated())
    story.when(command).then(gone)
    story.given(gone).when(command).then()


def test_an_account_is_frozen_at_any_stage_and_stays_so() -> None:
    frozen = BankAccountFrozen(
        by=KARIM, at=NOON, account=ACCOUNT, vendor=OVENS, reason=Code("fraud_report")
    )
    freeze = FreezeAccount(by=KARIM, at=NOON, reason=Code("fraud_report"))
    story = scenario(account).given(proposed())
    story.when(freeze).then(frozen)
    story.given(called, approved, activated()).when(freeze).then(frozen)
    story.given(frozen).when(call()).then_rejected(AccountIsAt(Stage.FROZEN, Stage.PROPOSED))


def test_of_a_vendors_accounts_one_is_active() -> None:
    """A change names where the vendor is paid: what was to come after another is refused."""
    stood = scenario(account).given(proposed(), called, approved, activated())
    gone = BankAccountReplaced(
        by=YUSUF, at=NOON, account=ACCOUNT, vendor=OVENS, by_account=OTHER_ACCOUNT
    )
    third = AccountId("acc_third")
    late = ReplaceAccount(by=YUSUF, at=NOON, by_account=third)
    stood.given(gone).when(late).then_rejected(AccountIsAt(Stage.REPLACED, Stage.ACTIVE))


@pytest.mark.parametrize(
    ("history", "may"),
    [
        ((), False),
        (("called",), False),
        (("called", "approved"), False),
        (("called", "approved", "activated"), True),
        (("called", "approved", "activated", "gone"), False),
        (("called", "approved", "activated", "frozen"), True),
        (("denied",), True),
        (("change", "denied"), False),
        (("change", "frozen"), False),
    ],
)
def test_an_account_is_replaced_where_the_vendor_is_paid_or_was(
    history: tuple[str, ...],
    may: bool,  # noqa: FBT001
) -> None:
    known: dict[str, AccountEvent] = {
        "change": proposed(replaces=OTHER_ACCOUNT),
        "called": called,
        "approved": approved,
        "activated": activated(),
        "gone": BankAccountReplaced(
            by=YUSUF, at=NOON, account=ACCOUNT, vendor=OVENS, by_account=OTHER_ACCOUNT
        ),
        "frozen": BankAccountFrozen(
            by=KARIM, at=NOON, account=ACCOUNT, vendor=OVENS, reason=Code("fraud_report")
        ),
        "denied": BankAccountVerificationFailed(
            by=SAMIR, at=NOON, account=ACCOUNT, vendor=OVENS, contact_source=Source.REGISTRATION
        ),
    }
    before = account.fold([proposed(), *(known[each] for each in history)])
    assert before is not None
    change = proposal(account=OTHER_ACCOUNT, replaces=ACCOUNT, before=before)
    told = scenario(account).when(change)
    if may:
        assert told.events
    else:
        told.then_rejected(AccountIsAt(before.stage, Stage.ACTIVE))


def test_an_account_that_has_an_iban_is_known_by_it_alone() -> None:
    """Else one account would be on file twice, for two vendors (R8)."""
    domestic = proposal(IBAN[4:], scheme=Scheme.BBAN)
    scenario(account).when(domestic).then_rejected(IbanNeeded(Code("IQ")))


people = st.sampled_from([NADIA, SAMIR, YUSUF, KARIM])
later = st.integers(0, 100).map(lambda hours: NOON + timedelta(hours=hours))
acts: st.SearchStrategy[AccountCommand] = st.one_of(
    st.builds(
        VerifyByCallback,
        by=people,
        at=later,
        vendor=st.just(approved_vendor),
        source=st.sampled_from(Source),
        confirmed=st.booleans(),
    ),
    st.builds(
        ApproveAccount,
        by=people,
        at=later,
        vendor=st.just(approved_vendor),
        diligence=st.just(STRICT),
    ),
    st.builds(ActivateAccount, by=people, at=later, vendor=st.just(approved_vendor)),
    st.builds(FreezeAccount, by=people, at=later, reason=st.just(Code("doubt"))),
)


@given(st.lists(acts, max_size=12), st.booleans())
def test_whatever_happens_an_active_account_had_three_people_and_its_wait(
    commands: list[AccountCommand],
    first: bool,  # noqa: FBT001
) -> None:
    history: list[AccountEvent] = [proposed(replaces=None if first else OTHER_ACCOUNT)]
    for command in commands:
        history.extend(scenario(account).given(*history).when(command).events or ())
    active = [e for e in history if isinstance(e, BankAccountActivated)]
    if active:
        steps = (BankAccountProposed, BankAccountCallbackVerified, BankAccountApproved)
        assert len({e.by for e in history if isinstance(e, steps)}) == 3
        [approval] = [e for e in history if isinstance(e, BankAccountApproved)]
        wait = timedelta(0) if first else timedelta(hours=72)
        assert active[0].at >= approval.at + wait


def test_a_number_is_told_apart_without_being_known() -> None:
    key, country = b"k" * 32, Code("IQ")
    one = blinded(key, Scheme.IBAN, country, None, IBAN)
    assert one == blinded(key, Scheme.IBAN, country, Code("NBIQIQBA"), IBAN)
    assert one != blinded(b"l" * 32, Scheme.IBAN, country, None, IBAN)
    assert IBAN not in one


def test_a_banks_own_number_is_told_apart_within_its_bank() -> None:
    key, country = b"k" * 32, Code("VN")
    number = normalised(Scheme.BBAN, country, "0011-0041 23456")
    assert number == "0011004123456"
    numbers = {blinded(key, Scheme.BBAN, country, Code(b), number) for b in ("VCB", "BIDV")}
    assert len(numbers) == 2
