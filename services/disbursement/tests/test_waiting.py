"""Each reason for which a payment waits: who lets it go, and not before the reason is over."""

import pytest
from msgspec.structs import replace
from services.disbursement.tests.payment_asks import STANDING, UNDER_PAYMENT, put_in, release
from services.disbursement.tests.people import (
    ACCOUNT,
    EVA,
    FILE,
    HANA,
    INVOICE,
    IVAN,
    JOZEF,
    LINA,
    MARIA,
    MARTA,
    NOON,
    OVENS,
    PAYMENT,
    RECEIPT,
    USABLE,
    put_in_file,
    released,
)

from disbursement.domain.commitment import DisputeReason
from disbursement.domain.commitment.judging import InvoiceSuspected
from disbursement.domain.commitment.receipts import Dispute
from disbursement.domain.commitment.refusals import InvoiceUnderPayment
from disbursement.domain.commitment.refusals_at_delivery import DeliveryInDispute
from disbursement.domain.news import What
from disbursement.domain.payment import (
    Found,
    PaymentHeld,
    PaymentReleasedFromHold,
    Reason,
    Stage,
    Standing,
    payment,
)
from disbursement.domain.payment.refusals import (
    AccountChangePending,
    AccountNotUsable,
    ActedAlready,
    CaseStillHalted,
    ConflictStillDeclared,
    CounsellorNeverActs,
    FindingNotReviewed,
    StillAskedByIntake,
    VendorNotPayable,
)
from disbursement.domain.payment.waiting import RULES
from disbursement.holding import HOLDS
from events.decider import Rejected
from events.scenario import scenario
from events.values import SYSTEM, AccountId, Code, ConflictId, FindingId, PaymentId, PersonId

ANOTHER = PaymentId("pay_another")
TO_BE = AccountId("acc_to_be")
CONFLICT, A_FINDING = ConflictId("cof_1"), FindingId("fnd_1")


def _with(**changes: object) -> Standing:
    return replace(STANDING, **changes)


def _disputed() -> Standing:
    (receipt,) = UNDER_PAYMENT.receipts
    dispute = Dispute(raised_by=LINA, reason=DisputeReason.DAMAGED, lines=())
    of = replace(UNDER_PAYMENT, receipts=(replace(receipt, dispute=dispute),))
    return _with(commitment=of)


def _settled_by_another() -> Standing:
    (invoice,) = UNDER_PAYMENT.invoices
    of = replace(UNDER_PAYMENT, invoices=(replace(invoice, payment=ANOTHER),))
    return _with(commitment=of)


NOT_PAYABLE = _with(account=replace(USABLE, approved_until=None))
NOT_USABLE = _with(account=replace(USABLE, usable_from=None))

STANDS: dict[Reason, tuple[Standing, Rejected]] = {
    Reason.SETTLED_BY_ANOTHER: (_settled_by_another(), InvoiceUnderPayment(INVOICE, ANOTHER)),
    Reason.CASE_SUSPENDED: (
        _with(case_halted=Code("suspended")),
        CaseStillHalted(Code("suspended")),
    ),
    Reason.ASKED_BY_INTAKE: (_with(asked_by_intake=True), StillAskedByIntake()),
    Reason.VENDOR_SUSPENDED: (NOT_PAYABLE, VendorNotPayable(OVENS, None)),
    Reason.VENDOR_DEBARRED: (NOT_PAYABLE, VendorNotPayable(OVENS, None)),
    Reason.ACCOUNT_FROZEN: (NOT_USABLE, AccountNotUsable(ACCOUNT, None)),
    Reason.ACCOUNT_REPLACED: (NOT_USABLE, AccountNotUsable(ACCOUNT, None)),
    Reason.ACCOUNT_CHANGE_PROPOSED: (
        _with(account_to_be=TO_BE),
        AccountChangePending(ACCOUNT, TO_BE),
    ),
    Reason.CONFLICT_DECLARED: (_with(conflict=CONFLICT), ConflictStillDeclared(CONFLICT)),
    Reason.DELIVERY_DISPUTED: (_disputed(), DeliveryInDispute(RECEIPT)),
    Reason.LOOKS_ALIKE: (_with(suspected=True), InvoiceSuspected(INVOICE)),
    Reason.FINDING: (_with(found=Found(A_FINDING)), FindingNotReviewed(A_FINDING)),
}
FOR_A_PERSON_TO_SAY = {
    Reason.CASE_CLOSED: _with(case_halted=Code("closed")),
    Reason.NOT_CLEAR_ON_LISTS: STANDING,
    Reason.EARLIER_UNKNOWN: STANDING,
    Reason.PAYEE_ERASED: STANDING,
    Reason.NO_BANK_TAKES_IT: STANDING,
    Reason.NO_PROVIDER: STANDING,
    Reason.NOT_CLEAR_ON_LISTS: STANDING,
}
"""Nothing else tells that they are over; a case that was closed may stay so."""
let_go = PaymentReleasedFromHold(by=MARIA, at=NOON, payment=PAYMENT, reason=Code("seen"))


def _held(reason: str) -> PaymentHeld:
    return PaymentHeld(by=SYSTEM, at=NOON, payment=PAYMENT, reason=Code(reason))


def test_every_reason_has_its_rule_and_is_in_these_tables() -> None:
    assert set(RULES) == set(Reason) == STANDS.keys() | FOR_A_PERSON_TO_SAY.keys()


def test_news_that_holds_payments_has_the_word_of_the_reason() -> None:
    assert {
        What.VENDOR_SUSPENDED,
        What.VENDOR_DEBARRED,
        What.CONFLICT_DECLARED,
        What.ACCOUNT_CHANGE_PROPOSED,
        What.ACCOUNT_FROZEN,
        What.ACCOUNT_REPLACED,
        What.CASE_SUSPENDED,
        What.CASE_CLOSED,
        What.ASKED_BY_INTAKE,
    } == HOLDS


@pytest.mark.parametrize("reason", STANDS)
def test_nobody_lets_it_go_while_the_reason_stands(reason: Reason) -> None:
    standing, refusal = STANDS[reason]
    held = scenario(payment).given(*released, _held(reason))
    held.when(release(MARIA, standing)).then_rejected(refusal)


@pytest.mark.parametrize("reason", STANDS)
def test_once_it_is_over_somebody_without_a_part_lets_it_go(reason: Reason) -> None:
    scenario(payment).given(*released, _held(reason)).when(release(MARIA)).then(let_go)


@pytest.mark.parametrize("reason", STANDS)
def test_held_for_another_reason_it_is_not_let_go_either(reason: Reason) -> None:
    standing, refusal = STANDS[reason]
    held = scenario(payment).given(*released, _held("call_the_vendor"))
    held.when(release(MARIA, standing)).then_rejected(refusal)


@pytest.mark.parametrize("reason", STANDS)
def test_nor_does_it_go_into_a_file_before_it_could_be_held(reason: Reason) -> None:
    standing, refusal = STANDS[reason]
    scenario(payment).given(*released).when(put_in(FILE, standing)).then_rejected(refusal)


@pytest.mark.parametrize("reason", FOR_A_PERSON_TO_SAY)
def test_what_only_a_person_can_say_they_say_and_it_is_paid(reason: Reason) -> None:
    standing = FOR_A_PERSON_TO_SAY[reason]
    held = scenario(payment).given(*released, _held(reason))
    held.when(release(MARIA, standing)).then(let_go)
    held.given(let_go).when(put_in(FILE, standing)).then(put_in_file)


def test_that_a_case_was_closed_is_looked_at_before_its_payment_goes_out() -> None:
    """The one that holds it for that may still be on its way."""
    closed = FOR_A_PERSON_TO_SAY[Reason.CASE_CLOSED]
    refusal = CaseStillHalted(Code("closed"))
    scenario(payment).given(*released).when(put_in(FILE, closed)).then_rejected(refusal)
    held = scenario(payment).given(*released, _held("call_the_vendor"))
    held.when(release(MARIA, closed)).then_rejected(refusal)


@pytest.mark.parametrize(
    ("person", "stage"),
    [
        (HANA, Stage.REQUESTED),
        (JOZEF, Stage.CERTIFIED),
        (EVA, Stage.APPROVED),
        (MARTA, Stage.SIGNED),
        (IVAN, Stage.RELEASED),
    ],
)
def test_nobody_who_acted_on_it_says_that_it_need_not_wait(person: PersonId, stage: Stage) -> None:
    held = scenario(payment).given(*released, _held("call_the_vendor"))
    held.when(release(person)).then_rejected(ActedAlready(person, stage))


def test_nor_does_the_counsellor_of_the_case() -> None:
    held = scenario(payment).given(*released, _held("call_the_vendor"))
    held.when(release(LINA)).then_rejected(CounsellorNeverActs(LINA))
