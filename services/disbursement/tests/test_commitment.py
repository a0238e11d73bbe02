"""A commitment: funds for one item with one vendor, certified, approved, ordered, paid, over."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from services.disbursement.tests.commitment_asks import (
    TOMORROW,
    YESTERDAY,
    approve,
    bill,
    certify,
    deliver,
    failed,
    issue,
    request,
)
from services.disbursement.tests.people import (
    CASE,
    COMMITMENT,
    EVA,
    FUNDING,
    HANA,
    INVOICE,
    ITEM,
    JOZEF,
    LINA,
    LINE,
    NOON,
    OVEN_AND_FLOUR,
    OVENS,
    PAYMENT,
    PLANNED,
    SELECTED,
    TODAY,
    WINDOW,
    approved,
    certified,
    delivered_and_invoiced,
    eur,
    invoiced,
    iqd,
    mandate,
    matched,
    on_order,
    ordered,
    requested,
    sacks,
)

from disbursement.domain.commitment import (
    ApproveCommitment,
    CancelCommitment,
    CertifyCommitment,
    CommitmentCancelled,
    CommitmentLiquidated,
    InvoicePaidAgain,
    InvoiceReopened,
    InvoiceSettled,
    InvoiceSubmitted,
    MatchException,
    ReopenInvoice,
    RequestCommitment,
    SettleInvoice,
    Stage,
    SubmitInvoice,
    commitment,
)
from disbursement.domain.commitment import refusals as no
from disbursement.domain.delegation import AboveLimit, Authority, NoMandate
from disbursement.domain.exchange_rate import NoRate
from events.decider import Rejected
from events.money import Money
from events.scenario import scenario
from events.values import SYSTEM, Code, InvoiceId, PaymentId

# Requested


def test_funds_are_asked_for_at_the_days_rate() -> None:
    scenario(commitment).given().when(request()).then(requested)


def test_no_rate_is_kept_where_none_is_needed() -> None:
    offer = replace(SELECTED, amount=eur(900))
    outcome = scenario(commitment).given().when(request(selection=offer, amount=eur(900)))
    assert outcome.state is not None
    assert (outcome.state.reserved, outcome.state.rate) == (eur(900), None)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (request(plan=None), no.PlanNotApproved(ITEM)),
        (request(plan=replace(PLANNED, withdrawn=True)), no.AssistanceWithdrawn(CASE)),
        (request(plan=replace(PLANNED, arrived=None)), no.ArrivalNotConfirmed(ITEM)),
        (request(plan=replace(PLANNED, arrived=TOMORROW)), no.ArrivalNotConfirmed(ITEM)),
        (
            request(plan=replace(PLANNED, use_by=YESTERDAY)),
            no.EntitlementExpired(ITEM, YESTERDAY),
        ),
        (request(selection=None), no.VendorNotSelected(ITEM)),
        (
            request(selection=replace(SELECTED, approved_until=None)),
            no.VendorNotApproved(OVENS, None),
        ),
        (
            request(selection=replace(SELECTED, approved_until=YESTERDAY)),
            no.VendorNotApproved(OVENS, YESTERDAY),
        ),
        (request(selection=replace(SELECTED, screened=None)), no.ScreeningTooOld(OVENS, None)),
        (
            request(selection=replace(SELECTED, screened=TODAY - timedelta(days=91))),
            no.ScreeningTooOld(OVENS, TODAY - timedelta(days=91)),
        ),
        (request(amount=iqd(0)), no.AmountNotAboveZero(iqd(0))),
        (
            request(amount=iqd(1_400_001)),
            no.AboveSelection(iqd(1_400_000), iqd(1_400_001)),
        ),
        (request(amount=eur(900)), no.AboveSelection(iqd(1_400_000), eur(900))),
        (request(funding=None), no.NoFunding(COMMITMENT)),
        (
            request(funding=replace(FUNDING, window=replace(WINDOW, closes=YESTERDAY))),
            no.OutsideGrantWindow(TODAY, WINDOW.opens, YESTERDAY),
        ),
        (request(by=LINA), no.CounsellorOfTheCase(LINA)),
        (request(funding=replace(FUNDING, rate=None)), NoRate("IQD", "EUR")),
    ],
    ids=lambda value: value.rule if isinstance(value, Rejected) else "",
)
def test_nothing_is_committed(command: RequestCommitment, refusal: Rejected) -> None:
    scenario(commitment).given().when(command).then_rejected(refusal)


def test_a_screening_of_90_days_ago_is_still_good() -> None:
    old = replace(SELECTED, screened=TODAY - timedelta(days=90))
    scenario(commitment).given().when(request(selection=old)).then(requested)


# Certified and approved by different people


def test_another_person_certifies_and_a_third_approves() -> None:
    scenario(commitment).given(requested).when(certify(JOZEF)).then(certified)
    scenario(commitment).given(requested, certified).when(approve(EVA)).then(approved)


def test_nobody_acts_twice_on_a_commitment() -> None:
    at_first = scenario(commitment).given(requested)
    at_first.when(certify(HANA)).then_rejected(no.ActedOnCommitment(HANA, Stage.REQUESTED))
    then = at_first.given(certified)
    then.when(approve(HANA)).then_rejected(no.ActedOnCommitment(HANA, Stage.REQUESTED))
    then.when(approve(JOZEF)).then_rejected(no.ActedOnCommitment(JOZEF, Stage.CERTIFIED))


def test_the_counsellor_of_the_case_neither_certifies_nor_approves_nor_orders() -> None:
    at_first = scenario(commitment).given(requested)
    at_first.when(certify(LINA)).then_rejected(no.CounsellorOfTheCase(LINA))
    at_first.given(certified).when(approve(LINA)).then_rejected(no.CounsellorOfTheCase(LINA))
    at_first.given(certified, approved).when(issue(by=LINA)).then_rejected(
        no.CounsellorOfTheCase(LINA)
    )


def test_a_commitment_is_certified_and_approved_under_a_delegation() -> None:
    without = CertifyCommitment(by=JOZEF, at=NOON, mandate=None)
    scenario(commitment).given(requested).when(without).then_rejected(
        NoMandate(JOZEF, Authority.CERTIFY)
    )
    small = ApproveCommitment(
        by=EVA, at=NOON, mandate=mandate(EVA, Authority.APPROVE, limit=eur(500))
    )
    scenario(commitment).given(requested, certified).when(small).then_rejected(
        AboveLimit(eur(500), eur(0), eur(1000))
    )


def test_no_stage_is_left_out() -> None:
    scenario(commitment).given(requested).when(approve(EVA)).then_rejected(
        no.CommitmentIsAt(Stage.REQUESTED, Stage.CERTIFIED)
    )
    scenario(commitment).given(requested, certified).when(issue()).then_rejected(
        no.CommitmentIsAt(Stage.CERTIFIED, Stage.APPROVED)
    )
    scenario(commitment).given().when(certify(JOZEF)).then_rejected(no.NoSuchCommitment())


# Ordered


def test_the_order_comes_to_what_was_committed() -> None:
    agreed = scenario(commitment).given(requested, certified, approved)
    agreed.when(issue()).then(ordered)
    assert agreed.when(replace(issue(), deliver_by=TODAY)).rejection is None
    late = replace(issue(), deliver_by=YESTERDAY)
    agreed.when(late).then_rejected(no.DeliverByPast(YESTERDAY, TODAY))


def test_an_order_for_another_sum_is_refused() -> None:
    (
        scenario(commitment)
        .given(requested, certified, approved)
        .when(issue(OVEN_AND_FLOUR[:1]))
        .then_rejected(no.OrderNotAsCommitted(iqd(1_400_000), iqd(1_000_000)))
    )


def test_a_line_has_its_number_once() -> None:
    (
        scenario(commitment)
        .given(requested, certified, approved)
        .when(issue((OVEN_AND_FLOUR[0], OVEN_AND_FLOUR[0])))
        .then_rejected(no.LineTwice(1))
    )


def test_nothing_is_ordered_for_a_day_on_which_its_grant_has_closed() -> None:
    """What arrives then is paid by nobody (S12): there are no days of grace."""
    agreed = scenario(commitment).given(requested, certified, approved)
    late = WINDOW.closes + timedelta(days=1)
    refusal = no.DeliverByAfterTheGrant(late, WINDOW.closes)
    agreed.when(replace(issue(OVEN_AND_FLOUR), deliver_by=late)).then_rejected(refusal)
    last = replace(issue(OVEN_AND_FLOUR), deliver_by=WINDOW.closes)
    assert agreed.when(last).rejection is None


def test_an_order_has_lines_and_each_has_some_of_it() -> None:
    agreed = scenario(commitment).given(requested, certified, approved)
    agreed.when(issue(())).then_rejected(no.NoLines())
    none = replace(OVEN_AND_FLOUR[1], quantity=0)
    agreed.when(issue((none,))).then_rejected(no.QuantityNotAboveZero(2, 0))


# Paid


submitted = InvoiceSubmitted(
    by=HANA, at=NOON, commitment=COMMITMENT, invoice=INVOICE, payment=PAYMENT
)
submit = SubmitInvoice(by=HANA, at=NOON, invoice=INVOICE, payment=PAYMENT, amount=iqd(1_400_000))
settle = SettleInvoice(by=SYSTEM, at=NOON, invoice=INVOICE, payment=PAYMENT, reserved=eur(1000))
settled = InvoiceSettled(
    by=SYSTEM,
    at=NOON,
    commitment=COMMITMENT,
    invoice=INVOICE,
    payment=PAYMENT,
    reserved=eur(1000),
    displaced=None,
)
liquidated = CommitmentLiquidated(
    by=SYSTEM, at=NOON, commitment=COMMITMENT, budget_line=LINE, item=ITEM, released=eur(0)
)
in_payment = (*delivered_and_invoiced, submitted)


def test_a_matched_invoice_is_put_up_for_payment_once() -> None:
    scenario(commitment).given(*delivered_and_invoiced).when(submit).then(submitted)
    again = replace(submit, payment=PaymentId("pay_2"))
    scenario(commitment).given(*in_payment).when(again).then_rejected(
        no.InvoiceUnderPayment(INVOICE, PAYMENT)
    )


def test_an_invoice_that_did_not_match_is_not_paid() -> None:
    (
        scenario(commitment)
        .given(*on_order, sacks(8), invoiced(10), failed(MatchException.SHORT_RECEIPT))
        .when(submit)
        .then_rejected(no.InvoiceNotMatched(INVOICE, ("short_receipt",)))
    )


def test_what_is_paid_is_what_the_match_found_payable() -> None:
    (
        scenario(commitment)
        .given(*delivered_and_invoiced)
        .when(replace(submit, amount=iqd(1_399_999)))
        .then_rejected(no.NotThePayable(iqd(1_400_000), iqd(1_399_999)))
    )


def test_an_invoice_under_payment_is_not_replaced() -> None:
    (
        scenario(commitment)
        .given(*in_payment)
        .when(bill(10, invoice=InvoiceId("inv_2"), replaces=INVOICE))
        .then_rejected(no.InvoiceReplaced(INVOICE))
    )


def test_when_all_that_was_ordered_is_paid_for_the_commitment_is_liquidated() -> None:
    scenario(commitment).given(*in_payment).when(settle).then(settled, liquidated)


def test_a_settlement_that_is_told_twice_is_one() -> None:
    scenario(commitment).given(*in_payment, settled, liquidated).when(settle).then()


def test_a_part_that_is_paid_leaves_the_rest_committed() -> None:
    part = scenario(commitment).given(*on_order, sacks(5), invoiced(5), matched(5), submitted)
    outcome = part.when(replace(settle, reserved=eur(857))).then(
        replace(settled, reserved=eur(857))
    )
    assert outcome.state is not None
    assert (outcome.state.stage, outcome.state.reserved) == (Stage.ISSUED, eur(143))


def test_the_parts_of_a_reservation_sum_to_the_whole() -> None:
    part = commitment.fold((*on_order, sacks(5), invoiced(5), matched(5)))
    assert part is not None
    first = part.share_of(part.invoices[0])
    assert first == Money(85_714, "EUR")
    whole = commitment.fold((*on_order, sacks(10), invoiced(10), matched(10)))
    assert whole is not None
    assert whole.share_of(whole.invoices[0]) == eur(1000)


def test_a_payment_that_came_to_nothing_opens_the_invoice_again() -> None:
    reopen = ReopenInvoice(by=SYSTEM, at=NOON, invoice=INVOICE, payment=PAYMENT, returned=None)
    reopened = InvoiceReopened(
        by=SYSTEM,
        at=NOON,
        commitment=COMMITMENT,
        invoice=INVOICE,
        payment=PAYMENT,
        restored=eur(0),
    )
    scenario(commitment).given(*in_payment).when(reopen).then(reopened)
    scenario(commitment).given(*in_payment, reopened).when(reopen).then()
    second = replace(submit, payment=PaymentId("pay_2"))
    scenario(commitment).given(*in_payment, reopened).when(second).then(
        replace(submitted, payment=PaymentId("pay_2"))
    )


def test_a_returned_payment_restores_the_reservation() -> None:
    back = ReopenInvoice(by=SYSTEM, at=NOON, invoice=INVOICE, payment=PAYMENT, returned=eur(1000))
    outcome = scenario(commitment).given(*in_payment, settled, liquidated).when(back)
    assert outcome.state is not None
    assert (outcome.state.stage, outcome.state.reserved) == (Stage.ISSUED, eur(1000))


def test_a_late_success_displaces_the_payment_that_took_its_place() -> None:
    second = PaymentId("pay_2")
    (
        scenario(commitment)
        .given(*delivered_and_invoiced, replace(submitted, payment=second))
        .when(settle)
        .then(replace(settled, displaced=second), liquidated)
    )


def test_an_invoice_that_is_paid_a_second_time_is_owed_back() -> None:
    second = PaymentId("pay_2")
    (
        scenario(commitment)
        .given(*in_payment, settled, liquidated)
        .when(replace(settle, payment=second))
        .then(
            InvoicePaidAgain(
                by=SYSTEM, at=NOON, commitment=COMMITMENT, invoice=INVOICE, payment=second
            )
        )
    )


# Cancelled


def test_a_cancelled_commitment_gives_back_what_is_left() -> None:
    cancel = CancelCommitment(by=HANA, at=NOON, reason=Code("returnee_left"))
    cancelled = CommitmentCancelled(
        by=HANA,
        at=NOON,
        commitment=COMMITMENT,
        budget_line=LINE,
        item=ITEM,
        reason=Code("returnee_left"),
        released=eur(1000),
    )
    scenario(commitment).given(*on_order).when(cancel).then(cancelled)
    scenario(commitment).given(*on_order, cancelled).when(deliver(10)).then_rejected(
        no.CommitmentIsAt(Stage.CANCELLED, Stage.ISSUED)
    )


def test_what_is_under_payment_is_not_cancelled() -> None:
    cancel = CancelCommitment(by=HANA, at=NOON, reason=Code("returnee_left"))
    scenario(commitment).given(*in_payment).when(cancel).then_rejected(
        no.InvoiceUnderPayment(INVOICE, PAYMENT)
    )
