"""A payment and the bank: one file, one reference, and the bank's word on what came of it."""

from datetime import date

from msgspec.structs import replace
from services.disbursement.tests.payment_asks import (
    STANDING,
    certify,
    execution,
    on_the_statement,
    put_in,
    reconciled,
    rejected_by_bank,
    release,
)
from services.disbursement.tests.people import (
    ACCOUNT,
    COMMITMENT,
    DOCUMENT,
    EVA,
    EVIDENCE,
    FILE,
    HANA,
    INVOICE,
    IVAN,
    JOZEF,
    LINE,
    MARIA,
    MARTA,
    NOON,
    OVENS,
    PAYMENT,
    RATE,
    USABLE,
    eur,
    instructed,
    iqd,
    paid,
    payment_certified,
    payment_requested,
    put_in_file,
    released,
    with_the_bank,
)

from disbursement.domain.conversion import CorrectConversion
from disbursement.domain.exchange_rate import RateValue
from disbursement.domain.payment import (
    NO_BANK_REFERENCE,
    Booked,
    CancelPayment,
    ConvertPayment,
    HoldIfOpen,
    HoldPayment,
    LiftHold,
    PaymentAcceptedByBank,
    PaymentCancelled,
    PaymentConversionCorrected,
    PaymentConversionWithdrawn,
    PaymentConverted,
    PaymentHeld,
    PaymentHoldLifted,
    PaymentReleasedFromHold,
    PaymentReturnBooked,
    PaymentReturned,
    RecordAcceptance,
    RecordInstruction,
    RecordRejection,
    RecordReturn,
    Stage,
    end_to_end_id,
    payment,
    payment_of,
)
from disbursement.domain.payment.refusals import (
    AccountNotUsable,
    AccountOfAnother,
    ActedAlready,
    BookedTwice,
    EvidenceChanged,
    InOtherFile,
    NotTheAmount,
    PaymentIsAt,
    PaymentIsHeld,
    PaymentNotHeld,
    ReturnedBeforePaid,
    VendorNotPayable,
)
from events.scenario import scenario
from events.values import SYSTEM, AccountId, BankFileId, Code, PaymentId

# Held and cancelled, before the bank knows


held = PaymentHeld(by=EVA, at=NOON, payment=PAYMENT, reason=Code("look"))


def test_a_held_payment_is_not_signed_until_it_is_released() -> None:
    let_go = PaymentReleasedFromHold(by=MARIA, at=NOON, payment=PAYMENT, reason=Code("seen"))
    requested = scenario(payment).given(payment_requested)
    requested.when(HoldPayment(by=EVA, at=NOON, reason=Code("look"))).then(held)
    me_too = HoldPayment(by=MARTA, at=NOON, reason=Code("me_too"))
    again = PaymentHeld(by=MARTA, at=NOON, payment=PAYMENT, reason=Code("me_too"))
    requested.given(held).when(me_too).then(again)
    requested.given(held, again).when(me_too).then()
    requested.given(held).when(certify(JOZEF)).then_rejected(PaymentIsHeld(Code("look")))
    requested.given(held).when(release(MARIA)).then(let_go)
    requested.given(held).when(release(HANA)).then_rejected(ActedAlready(HANA, Stage.REQUESTED))
    suspended = replace(USABLE, approved_until=None)
    requested.given(held).when(release(MARIA, replace(STANDING, account=suspended))).then_rejected(
        VendorNotPayable(payment_requested.vendor, None)
    )
    frozen = replace(USABLE, usable_from=None)
    requested.given(held).when(release(MARIA, replace(STANDING, account=frozen))).then_rejected(
        AccountNotUsable(ACCOUNT, None)
    )
    requested.given(held, let_go).when(certify(JOZEF)).then(payment_certified)
    requested.when(release(MARIA)).then_rejected(PaymentNotHeld(PAYMENT))


def test_a_reason_to_wait_that_is_gone_is_lifted_alone() -> None:
    """By itself: a person who releases it has looked at all of them."""
    another = PaymentHeld(by=SYSTEM, at=NOON, payment=PAYMENT, reason=Code("vendor_suspended"))
    lift = LiftHold(by=SYSTEM, at=NOON, reason=Code("look"))
    lifted = PaymentHoldLifted(by=SYSTEM, at=NOON, payment=PAYMENT, reason=Code("look"))
    waits = scenario(payment).given(payment_requested, held, another)
    waits.when(lift).then(lifted)
    still = waits.given(lifted)
    still.when(lift).then()
    still.when(certify(JOZEF)).then_rejected(PaymentIsHeld(Code("vendor_suspended")))
    let_go = PaymentReleasedFromHold(by=EVA, at=NOON, payment=PAYMENT, reason=Code("seen"))
    waits.given(let_go).when(certify(JOZEF)).then(payment_certified)


def test_by_itself_nothing_is_held_that_the_bank_may_have() -> None:
    hold = HoldIfOpen(by=SYSTEM, at=NOON, reason=Code("look"))
    with_the_bank = scenario(payment).given(*released, put_in_file)
    with_the_bank.when(hold).then()


def test_a_held_payment_goes_into_no_file() -> None:
    put = put_in(FILE)
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
    put = put_in(FILE)
    scenario(payment).given(*released).when(put).then(put_in_file)


def test_a_payment_signed_once_goes_into_no_file() -> None:
    put = put_in(FILE)
    scenario(payment).given(*released[:-1]).when(put).then_rejected(
        PaymentIsAt(Stage.SIGNED, Stage.RELEASED)
    )


def test_a_payment_goes_into_one_file_only() -> None:
    other = put_in(BankFileId("fil_2"))
    for history in (with_the_bank[:-1], with_the_bank, (*with_the_bank, rejected_by_bank)):
        scenario(payment).given(*history).when(other).then_rejected(InOtherFile(PAYMENT))


def test_a_changed_account_keeps_a_signed_payment_out_of_the_file() -> None:
    other = replace(USABLE, account=AccountId("acc_new"))
    put = put_in(FILE, replace(STANDING, account=other))
    scenario(payment).given(*released).when(put).then_rejected(
        AccountOfAnother(AccountId("acc_new"), OVENS, Code("IQD"))
    )


def test_what_changed_after_it_was_signed_keeps_it_out_of_the_file() -> None:
    put = put_in(FILE, stands=DOCUMENT)
    scenario(payment).given(*released).when(put).then_rejected(
        EvidenceChanged(seen=EVIDENCE, stands=DOCUMENT)
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


converted = PaymentConverted(
    by=paid.by,
    at=NOON,
    payment=PAYMENT,
    commitment=COMMITMENT,
    budget_line=LINE,
    rate=RATE,
    by_rule=eur(1000),
)


def test_what_is_executed_at_the_rate_of_the_grants_rule_is_converted_by_it_at_once() -> None:
    booked = replace(execution(), by_rule=True)
    scenario(payment).given(*with_the_bank).when(booked).then(paid, converted)


def test_what_was_executed_without_a_rate_is_converted_once() -> None:
    """Also what came back, where the vendor had paid a part of it back before."""
    late = ConvertPayment(by=paid.by, at=NOON, rate=RATE)
    scenario(payment).given(*with_the_bank, paid, reconciled).when(late).then(converted)
    scenario(payment).given(*with_the_bank, paid, converted).when(late).then()
    scenario(payment).given(*with_the_bank, paid, returned).when(late).then(converted)
    scenario(payment).given(*with_the_bank, paid, returned, converted).when(late).then()
    scenario(payment).given(*with_the_bank).when(late).then()


WRONG = replace(RATE, value=RateValue("14"))
at_a_wrong_one = replace(converted, rate=WRONG, by_rule=eur(100_000))
put_right = CorrectConversion(
    by=paid.by, at=NOON, used=WRONG, wrong=WRONG, reason=Code("typing_mistake"), rate=RATE
)
conversion_corrected = PaymentConversionCorrected(
    by=paid.by,
    at=NOON,
    payment=PAYMENT,
    commitment=COMMITMENT,
    budget_line=LINE,
    wrong=WRONG,
    reason=Code("typing_mistake"),
    before=eur(100_000),
    rate=RATE,
    by_rule=eur(1000),
)
conversion_withdrawn = PaymentConversionWithdrawn(
    by=paid.by,
    at=NOON,
    payment=PAYMENT,
    commitment=COMMITMENT,
    budget_line=LINE,
    wrong=WRONG,
    reason=Code("typing_mistake"),
    before=eur(100_000),
)


def test_what_was_converted_at_a_wrong_rate_is_corrected_once_by_a_new_fact() -> None:
    stands = scenario(payment).given(*with_the_bank, paid, at_a_wrong_one)
    stands.when(put_right).then(conversion_corrected)
    stands.when(replace(put_right, rate=WRONG)).then()
    stands.when(replace(put_right, used=RATE)).then()
    done = scenario(payment).given(*with_the_bank, paid, at_a_wrong_one, conversion_corrected)
    done.when(put_right).then()
    scenario(payment).given(*with_the_bank, paid).when(put_right).then()


def test_without_another_rate_it_has_none_until_it_is_converted_again() -> None:
    none = replace(put_right, rate=None)
    stands = scenario(payment).given(*with_the_bank, paid, at_a_wrong_one)
    stands.when(none).then(conversion_withdrawn)
    waits = scenario(payment).given(*with_the_bank, paid, at_a_wrong_one, conversion_withdrawn)
    waits.when(none).then()
    waits.when(ConvertPayment(by=paid.by, at=NOON, rate=RATE)).then(converted)


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


def test_money_that_comes_back_is_a_fact_of_its_own() -> None:
    back = RecordReturn(by=SYSTEM, at=NOON, amount=iqd(1_400_000), reason=Code("AC04"))
    scenario(payment).given(*with_the_bank, paid).when(back).then(returned)
    scenario(payment).given(*with_the_bank, paid, reconciled).when(back).then(returned)
    scenario(payment).given(*with_the_bank, paid, returned).when(back).then()
    scenario(payment).given(*with_the_bank).when(back).then_rejected(
        PaymentIsAt(Stage.INSTRUCTED, Stage.PAID)
    )


shown = Booked(
    statement=Code("STMT-9"), line=4, bank_ref=Code("BANK-99"), value_date=date(2026, 3, 5)
)
give_back = RecordReturn(
    by=SYSTEM, at=NOON, amount=iqd(1_400_000), reason=Code("AC04"), booked=shown
)
found_back = PaymentReturnBooked(
    by=SYSTEM,
    at=NOON,
    payment=PAYMENT,
    statement=Code("STMT-9"),
    line=4,
    bank_ref=Code("BANK-99"),
    value_date=date(2026, 3, 5),
)


def test_a_return_that_the_bank_books_a_second_time_is_for_a_person_to_look_at() -> None:
    known = scenario(payment).given(*with_the_bank, paid, reconciled)
    known.when(give_back).then(returned, found_back)
    over = known.given(returned, found_back)
    over.when(replace(give_back, booked=replace(shown, line=9))).then()
    again = replace(give_back, booked=replace(shown, bank_ref=Code("BANK-98")))
    over.when(again).then_rejected(BookedTwice(Code("BANK-99"), Code("BANK-98")))
    nameless = replace(found_back, bank_ref=NO_BANK_REFERENCE)
    other_day = replace(shown, bank_ref=NO_BANK_REFERENCE, value_date=date(2026, 3, 6))
    known.given(returned, nameless).when(replace(give_back, booked=other_day)).then_rejected(
        BookedTwice(NO_BANK_REFERENCE, NO_BANK_REFERENCE)
    )


def test_nothing_comes_back_before_it_has_left() -> None:
    early = replace(give_back, booked=replace(shown, value_date=date(2026, 3, 3)))
    scenario(payment).given(*with_the_bank, paid, reconciled).when(early).then_rejected(
        ReturnedBeforePaid(date(2026, 3, 4), date(2026, 3, 3))
    )


def test_a_statement_line_reconciles_a_paid_payment_once() -> None:
    line = on_the_statement()
    scenario(payment).given(*with_the_bank, paid).when(line).then(reconciled)
    scenario(payment).given(*with_the_bank, paid, reconciled).when(line).then()
    scenario(payment).given(*with_the_bank).when(line).then_rejected(
        PaymentIsAt(Stage.INSTRUCTED, Stage.PAID)
    )


def test_a_notice_that_is_repeated_changes_nothing() -> None:
    known = scenario(payment).given(*with_the_bank, paid, reconciled)
    known.when(on_the_statement(statement="STMT-10")).then()
    known.when(on_the_statement(day=date(2026, 3, 5))).then()


def test_a_second_booking_under_another_reference_is_for_a_person_to_look_at() -> None:
    twice = BookedTwice(Code("BANK-77"), Code("BANK-78"))
    known = scenario(payment).given(*with_the_bank, paid, reconciled)
    known.when(on_the_statement("BANK-78")).then_rejected(twice)
    known.given(returned).when(on_the_statement("BANK-78")).then_rejected(twice)


def test_without_the_banks_reference_the_day_tells_a_second_booking() -> None:
    nameless = replace(reconciled, bank_ref=NO_BANK_REFERENCE)
    known = scenario(payment).given(*with_the_bank, paid, nameless)
    known.when(on_the_statement(NO_BANK_REFERENCE)).then()
    known.when(on_the_statement(NO_BANK_REFERENCE, date(2026, 3, 5))).then_rejected(
        BookedTwice(NO_BANK_REFERENCE, NO_BANK_REFERENCE)
    )


def test_the_status_report_that_it_was_settled_is_no_booking_of_its_own() -> None:
    known = scenario(payment).given(*with_the_bank, replace(paid, bank_ref=Code("ST-1")))
    known.when(on_the_statement()).then(reconciled)
    known.given(reconciled).when(replace(execution(), bank_ref=Code("ST-1"))).then()


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
