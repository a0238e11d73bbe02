"""A payment: five people, one evidence, one reference, and the bank's word on what came of it."""

from datetime import date

import pytest
from msgspec.structs import replace
from services.disbursement.tests.people import (
    ACCOUNT,
    CASE,
    COMMITMENT,
    DALIA,
    DOCUMENT,
    EVA,
    EVIDENCE,
    FILE,
    HANA,
    INVOICE,
    ITEM,
    IVAN,
    JOZEF,
    LINA,
    LINE,
    MARTA,
    NADIA,
    NOON,
    OTHER,
    OVENS,
    PAYMENT,
    RATE,
    USABLE,
    YUSUF,
    eur,
    instructed,
    iqd,
    mandate,
    paid,
    payment_approved,
    payment_certified,
    payment_requested,
    put_in_file,
    released,
    signed_by_ivan,
    signed_by_marta,
    with_the_bank,
)

from disbursement.domain.delegation import (
    AboveLimit,
    Authority,
    LimitInOtherCurrency,
    Mandate,
    NoMandate,
)
from disbursement.domain.payment import (
    ApprovePayment,
    CancelPayment,
    CertifyPayment,
    HoldPayment,
    PaymentAcceptedByBank,
    PaymentCancelled,
    PaymentHeld,
    PaymentReconciled,
    PaymentRejectedByBank,
    PaymentReleasedFromHold,
    PaymentReturned,
    PutPaymentInFile,
    ReconcilePayment,
    RecordAcceptance,
    RecordExecution,
    RecordInstruction,
    RecordRejection,
    RecordReturn,
    ReleasePaymentFromHold,
    RequestPayment,
    SignPayment,
    Stage,
    VendorAccount,
    end_to_end_id,
    payment,
    payment_of,
)
from disbursement.domain.payment.refusals import (
    AccountApproverCannotSign,
    AccountNotUsable,
    AccountOfAnother,
    ActedAlready,
    CollectorCannotApprove,
    CounsellorNeverActs,
    EvidenceChanged,
    InOtherFile,
    NoSuchPayment,
    NotTheAmount,
    PaymentIsAt,
    PaymentIsHeld,
    PaymentNotHeld,
    RecorderCannotApprove,
)
from events.money import Money
from events.scenario import scenario
from events.values import SYSTEM, AccountId, BankFileId, Code, Digest, PaymentId, PersonId


def request(by: PersonId = HANA, account: VendorAccount | None = USABLE) -> RequestPayment:
    return RequestPayment(
        by=by,
        at=NOON,
        payment=PAYMENT,
        commitment=COMMITMENT,
        invoice=INVOICE,
        item=ITEM,
        case=CASE,
        vendor=OVENS,
        budget_line=LINE,
        account=account,
        amount=iqd(1_400_000),
        reserved=eur(1000),
        rate=RATE,
        evidence=EVIDENCE,
        counsellor=LINA,
        collectors=(NADIA,),
        recorders=(DALIA,),
    )


def certify(by: PersonId, seen: Digest = EVIDENCE, stands: Digest = EVIDENCE) -> CertifyPayment:
    held = mandate(by, Authority.CERTIFY)
    return CertifyPayment(by=by, at=NOON, evidence=seen, stands=stands, mandate=held)


def approve(by: PersonId, held: Mandate | None = None, seen: Digest = EVIDENCE) -> ApprovePayment:
    held = held or mandate(by, Authority.APPROVE)
    return ApprovePayment(by=by, at=NOON, evidence=seen, stands=EVIDENCE, mandate=held)


def sign(by: PersonId, account: VendorAccount | None = USABLE) -> SignPayment:
    held = mandate(by, Authority.SIGN)
    return SignPayment(
        by=by, at=NOON, evidence=EVIDENCE, stands=EVIDENCE, mandate=held, account=account
    )


def execution(amount: Money | None = None) -> RecordExecution:
    return RecordExecution(
        by=SYSTEM,
        at=NOON,
        amount=amount or iqd(1_400_000),
        value_date=date(2026, 3, 4),
        bank_ref=Code("BANK-77"),
        rate=RATE,
        functional_amount=eur(1000),
    )


rejected_by_bank = PaymentRejectedByBank(
    by=SYSTEM,
    at=NOON,
    payment=PAYMENT,
    commitment=COMMITMENT,
    invoice=INVOICE,
    reason=Code("AC01"),
)
reconciled = PaymentReconciled(
    by=SYSTEM, at=NOON, payment=PAYMENT, statement=Code("STMT-9"), line=3
)


# Requested


def test_a_matched_invoice_is_asked_to_be_paid() -> None:
    scenario(payment).given().when(request()).then(payment_requested)


def test_a_payment_is_requested_once() -> None:
    (
        scenario(payment)
        .given(payment_requested)
        .when(request())
        .then_rejected(PaymentIsAt(Stage.REQUESTED, None))
    )


def test_without_a_usable_account_nobody_is_paid() -> None:
    scenario(payment).given().when(request(account=None)).then_rejected(
        AccountNotUsable(None, None)
    )


def test_a_frozen_account_is_not_paid_to() -> None:
    frozen = replace(USABLE, usable_from=None)
    scenario(payment).given().when(request(account=frozen)).then_rejected(
        AccountNotUsable(ACCOUNT, None)
    )


def test_an_account_is_not_paid_to_before_its_cooling_off_is_over() -> None:
    soon = NOON.replace(day=3)
    cooling = replace(USABLE, usable_from=soon)
    scenario(payment).given().when(request(account=cooling)).then_rejected(
        AccountNotUsable(ACCOUNT, soon)
    )


def test_an_account_in_another_currency_than_the_invoice_is_not_paid_to() -> None:
    dollars = replace(USABLE, currency=Code("USD"))
    scenario(payment).given().when(request(account=dollars)).then_rejected(
        AccountOfAnother(ACCOUNT, OVENS, Code("USD"))
    )


def test_the_counsellor_of_the_case_requests_no_payment() -> None:
    scenario(payment).given().when(request(by=LINA)).then_rejected(CounsellorNeverActs(LINA))


# Certified, approved, signed twice: each by another person


def test_another_person_certifies() -> None:
    scenario(payment).given(payment_requested).when(certify(JOZEF)).then(payment_certified)


def test_a_third_person_approves() -> None:
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(EVA))
        .then(payment_approved)
    )


def test_two_more_people_sign() -> None:
    approved = scenario(payment).given(payment_requested, payment_certified, payment_approved)
    approved.when(sign(MARTA)).then(signed_by_marta)
    approved.given(signed_by_marta).when(sign(IVAN)).then(signed_by_ivan)


@pytest.mark.parametrize("person", [HANA, JOZEF, EVA, MARTA])
def test_whoever_has_acted_does_not_sign(person: PersonId) -> None:
    acted = {
        HANA: Stage.REQUESTED,
        JOZEF: Stage.CERTIFIED,
        EVA: Stage.APPROVED,
        MARTA: Stage.SIGNED,
    }
    (
        scenario(payment)
        .given(payment_requested, payment_certified, payment_approved, signed_by_marta)
        .when(sign(person))
        .then_rejected(ActedAlready(person, acted[person]))
    )


def test_the_requester_does_not_certify() -> None:
    (
        scenario(payment)
        .given(payment_requested)
        .when(certify(HANA))
        .then_rejected(ActedAlready(HANA, Stage.REQUESTED))
    )


def test_who_certified_does_not_approve() -> None:
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(JOZEF))
        .then_rejected(ActedAlready(JOZEF, Stage.CERTIFIED))
    )


def test_the_counsellor_of_the_case_never_acts() -> None:
    requested = scenario(payment).given(payment_requested)
    requested.when(certify(LINA)).then_rejected(CounsellorNeverActs(LINA))
    requested.given(payment_certified).when(approve(LINA)).then_rejected(CounsellorNeverActs(LINA))
    requested.given(payment_certified, payment_approved).when(sign(LINA)).then_rejected(
        CounsellorNeverActs(LINA)
    )


def test_who_recorded_the_delivery_does_not_approve() -> None:
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(DALIA))
        .then_rejected(RecorderCannotApprove(DALIA))
    )


def test_who_collected_the_quotations_does_not_approve() -> None:
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(NADIA))
        .then_rejected(CollectorCannotApprove(NADIA))
    )


def test_who_approved_the_account_does_not_sign_the_first_payment_to_it() -> None:
    approved = scenario(payment).given(payment_requested, payment_certified, payment_approved)
    approved.when(sign(YUSUF)).then_rejected(AccountApproverCannotSign(YUSUF, ACCOUNT))
    approved.when(sign(YUSUF, replace(USABLE, first_payment=False))).then(
        replace(signed_by_marta, by=YUSUF)
    )


def test_no_stage_is_left_out() -> None:
    requested = scenario(payment).given(payment_requested)
    requested.when(approve(EVA)).then_rejected(PaymentIsAt(Stage.REQUESTED, Stage.CERTIFIED))
    requested.when(sign(MARTA)).then_rejected(PaymentIsAt(Stage.REQUESTED, Stage.APPROVED))
    scenario(payment).given(*released).when(sign(PersonId("per_third"))).then_rejected(
        PaymentIsAt(Stage.RELEASED, Stage.APPROVED)
    )
    scenario(payment).given().when(certify(JOZEF)).then_rejected(NoSuchPayment())


# The evidence


def test_nobody_certifies_what_they_did_not_see() -> None:
    (
        scenario(payment)
        .given(payment_requested)
        .when(certify(JOZEF, seen=OTHER))
        .then_rejected(EvidenceChanged(seen=OTHER, stands=EVIDENCE))
    )


def test_nobody_certifies_what_no_longer_stands() -> None:
    (
        scenario(payment)
        .given(payment_requested)
        .when(certify(JOZEF, stands=OTHER))
        .then_rejected(EvidenceChanged(seen=EVIDENCE, stands=OTHER))
    )


def test_each_act_names_the_evidence() -> None:
    assert {event.evidence for event in released if event is not payment_requested} == {EVIDENCE}


# Authority


def test_without_a_delegation_nobody_certifies() -> None:
    command = CertifyPayment(by=JOZEF, at=NOON, evidence=EVIDENCE, stands=EVIDENCE, mandate=None)
    (
        scenario(payment)
        .given(payment_requested)
        .when(command)
        .then_rejected(NoMandate(JOZEF, Authority.CERTIFY))
    )


@pytest.mark.parametrize(
    "held",
    [
        mandate(JOZEF, Authority.APPROVE),
        mandate(EVA, Authority.SIGN),
        mandate(EVA, Authority.APPROVE, ends=date(2026, 3, 1)),
    ],
    ids=["somebody else's", "for another act", "over since yesterday"],
)
def test_a_delegation_counts_for_its_person_its_act_and_its_time(held: Mandate) -> None:
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(EVA, held))
        .then_rejected(NoMandate(EVA, Authority.APPROVE))
    )


def test_nobody_approves_above_their_limit() -> None:
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(EVA, mandate(EVA, Authority.APPROVE, limit=eur(999))))
        .then_rejected(AboveLimit(eur(999), eur(0), eur(1000)))
    )


def test_a_limit_counts_what_the_vendor_had_in_the_case_over_90_days() -> None:
    held = mandate(EVA, Authority.APPROVE, limit=eur(1500), used=eur(501))
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(EVA, held))
        .then_rejected(AboveLimit(eur(1500), eur(501), eur(1000)))
    )


def test_a_limit_in_another_currency_says_nothing() -> None:
    dollars = Money(900_000, "USD")
    (
        scenario(payment)
        .given(payment_requested, payment_certified)
        .when(approve(EVA, mandate(EVA, Authority.APPROVE, limit=dollars)))
        .then_rejected(LimitInOtherCurrency(dollars, eur(1000)))
    )


# Held and cancelled, before the bank knows


held = PaymentHeld(by=EVA, at=NOON, payment=PAYMENT, reason=Code("look"))


def test_a_held_payment_is_not_signed_until_it_is_released() -> None:
    let_go = PaymentReleasedFromHold(by=EVA, at=NOON, payment=PAYMENT, reason=Code("seen"))
    requested = scenario(payment).given(payment_requested)
    requested.when(HoldPayment(by=EVA, at=NOON, reason=Code("look"))).then(held)
    requested.given(held).when(certify(JOZEF)).then_rejected(PaymentIsHeld(Code("look")))
    requested.given(held).when(ReleasePaymentFromHold(by=EVA, at=NOON, reason=Code("seen"))).then(
        let_go
    )
    requested.given(held, let_go).when(certify(JOZEF)).then(payment_certified)
    requested.when(ReleasePaymentFromHold(by=EVA, at=NOON, reason=Code("seen"))).then_rejected(
        PaymentNotHeld(PAYMENT)
    )


def test_a_held_payment_goes_into_no_file() -> None:
    put = PutPaymentInFile(by=HANA, at=NOON, file=FILE, account=USABLE)
    scenario(payment).given(*released, held).when(put).then_rejected(PaymentIsHeld(Code("look")))


def test_a_cancelled_payment_is_over() -> None:
    cancelled = PaymentCancelled(
        by=HANA,
        at=NOON,
        payment=PAYMENT,
        commitment=COMMITMENT,
        invoice=INVOICE,
        reason=Code("mistake"),
    )
    cancel = CancelPayment(by=HANA, at=NOON, reason=Code("mistake"))
    scenario(payment).given(payment_requested).when(cancel).then(cancelled)
    over = scenario(payment).given(payment_requested, cancelled)
    over.when(certify(JOZEF)).then_rejected(PaymentIsAt(Stage.CANCELLED, Stage.REQUESTED))
    over.when(execution()).then_rejected(PaymentIsAt(Stage.CANCELLED, Stage.IN_FILE))


def test_what_the_bank_may_know_of_is_neither_held_nor_cancelled() -> None:
    in_file = scenario(payment).given(*released, put_in_file)
    in_file.when(CancelPayment(by=HANA, at=NOON, reason=Code("late"))).then_rejected(
        PaymentIsAt(Stage.IN_FILE, Stage.RELEASED)
    )
    in_file.when(HoldPayment(by=HANA, at=NOON, reason=Code("late"))).then_rejected(
        PaymentIsAt(Stage.IN_FILE, Stage.RELEASED)
    )


# One file, one reference, for ever


def test_a_payment_signed_twice_goes_into_a_file_under_its_one_reference() -> None:
    put = PutPaymentInFile(by=HANA, at=NOON, file=FILE, account=USABLE)
    scenario(payment).given(*released).when(put).then(put_in_file)


def test_a_payment_signed_once_goes_into_no_file() -> None:
    put = PutPaymentInFile(by=HANA, at=NOON, file=FILE, account=USABLE)
    scenario(payment).given(*released[:-1]).when(put).then_rejected(
        PaymentIsAt(Stage.SIGNED, Stage.RELEASED)
    )


def test_a_payment_goes_into_one_file_only() -> None:
    other = PutPaymentInFile(by=HANA, at=NOON, file=BankFileId("fil_2"), account=USABLE)
    for history in (with_the_bank[:-1], with_the_bank, (*with_the_bank, rejected_by_bank)):
        scenario(payment).given(*history).when(other).then_rejected(InOtherFile(PAYMENT))


def test_a_changed_account_keeps_a_signed_payment_out_of_the_file() -> None:
    other = replace(USABLE, account=AccountId("acc_new"))
    put = PutPaymentInFile(by=HANA, at=NOON, file=FILE, account=other)
    scenario(payment).given(*released).when(put).then_rejected(
        AccountOfAnother(AccountId("acc_new"), OVENS, Code("IQD"))
    )


def test_the_reference_is_the_payments_own_in_letters_that_banks_carry() -> None:
    assert end_to_end_id(PaymentId("pay_01k8xv3q7m9r2t5w8z0b3d6f9h")) == (
        "pay-01k8xv3q7m9r2t5w8z0b3d6f9h"
    )
    assert payment_of("pay-01k8xv3q7m9r2t5w8z0b3d6f9h") == "pay_01k8xv3q7m9r2t5w8z0b3d6f9h"


# What the bank says


def test_the_instruction_is_recorded_once_and_never_after_the_bank_has_answered() -> None:
    record = RecordInstruction(by=SYSTEM, at=NOON, file=FILE, file_hash=DOCUMENT)
    scenario(payment).given(*released, put_in_file).when(record).then(instructed)
    scenario(payment).given(*with_the_bank).when(record).then()
    scenario(payment).given(*released, put_in_file, paid).when(record).then()


def test_accepted_is_not_paid() -> None:
    accepted = PaymentAcceptedByBank(by=SYSTEM, at=NOON, payment=PAYMENT)
    accept = RecordAcceptance(by=SYSTEM, at=NOON)
    outcome = scenario(payment).given(*with_the_bank).when(accept).then(accepted)
    assert outcome.state is not None
    assert outcome.state.stage is Stage.ACCEPTED
    scenario(payment).given(*with_the_bank, accepted).when(accept).then()


def test_only_the_banks_booking_makes_it_paid() -> None:
    scenario(payment).given(*with_the_bank).when(execution()).then(paid)


def test_the_bank_may_answer_before_we_have_recorded_that_we_asked() -> None:
    scenario(payment).given(*released, put_in_file).when(execution()).then(paid)


def test_a_booking_that_is_told_twice_is_one() -> None:
    scenario(payment).given(*with_the_bank, paid).when(execution()).then()
    scenario(payment).given(*with_the_bank, paid, reconciled).when(execution()).then()


def test_another_amount_than_instructed_is_for_a_person_to_look_at() -> None:
    (
        scenario(payment)
        .given(*with_the_bank)
        .when(execution(iqd(700_000)))
        .then_rejected(NotTheAmount(iqd(1_400_000), iqd(700_000)))
    )


def test_a_payment_that_was_never_in_a_file_was_not_executed() -> None:
    (
        scenario(payment)
        .given(*released)
        .when(execution())
        .then_rejected(PaymentIsAt(Stage.RELEASED, Stage.IN_FILE))
    )


def test_the_bank_rejects_with_a_reason_once() -> None:
    reject = RecordRejection(by=SYSTEM, at=NOON, reason=Code("AC01"))
    scenario(payment).given(*with_the_bank).when(reject).then(rejected_by_bank)
    scenario(payment).given(*with_the_bank, rejected_by_bank).when(reject).then()
    scenario(payment).given(*with_the_bank, paid).when(reject).then_rejected(
        PaymentIsAt(Stage.PAID, Stage.INSTRUCTED)
    )


def test_a_late_success_after_a_rejection_counts() -> None:
    (
        scenario(payment)
        .given(*with_the_bank, rejected_by_bank)
        .when(execution())
        .then(replace(paid, after_rejection=True))
    )


def test_money_that_comes_back_is_a_fact_of_its_own() -> None:
    returned = PaymentReturned(
        by=SYSTEM,
        at=NOON,
        payment=PAYMENT,
        commitment=COMMITMENT,
        invoice=INVOICE,
        budget_line=LINE,
        reserved=eur(1000),
        functional_amount=eur(1000),
        reason=Code("AC04"),
    )
    back = RecordReturn(by=SYSTEM, at=NOON, amount=iqd(1_400_000), reason=Code("AC04"))
    scenario(payment).given(*with_the_bank, paid).when(back).then(returned)
    scenario(payment).given(*with_the_bank, paid, reconciled).when(back).then(returned)
    scenario(payment).given(*with_the_bank, paid, returned).when(back).then()
    scenario(payment).given(*with_the_bank).when(back).then_rejected(
        PaymentIsAt(Stage.INSTRUCTED, Stage.PAID)
    )


def test_a_statement_line_reconciles_a_paid_payment_once() -> None:
    line = ReconcilePayment(by=SYSTEM, at=NOON, statement=Code("STMT-9"), line=3)
    scenario(payment).given(*with_the_bank, paid).when(line).then(reconciled)
    scenario(payment).given(*with_the_bank, paid, reconciled).when(line).then()
    scenario(payment).given(*with_the_bank).when(line).then_rejected(
        PaymentIsAt(Stage.INSTRUCTED, Stage.PAID)
    )


def test_who_acted_stays_on_record() -> None:
    state = payment.fold(released)
    assert state is not None
    assert state.acts == (
        (Stage.REQUESTED, HANA),
        (Stage.CERTIFIED, JOZEF),
        (Stage.APPROVED, EVA),
        (Stage.SIGNED, MARTA),
        (Stage.RELEASED, IVAN),
    )
