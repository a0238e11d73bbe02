"""A commitment: funds for one item with one vendor, its order, its deliveries, its invoices."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from services.disbursement.tests.people import (
    COMMITMENT,
    DALIA,
    DOCUMENT,
    EVA,
    FUNDING,
    HANA,
    INVOICE,
    ITEM,
    JOZEF,
    LINA,
    LINE,
    NADIA,
    NOON,
    OVEN_AND_FLOUR,
    OVENS,
    PAYMENT,
    PLANNED,
    RECEIPT,
    RETURNEE,
    SELECTED,
    TODAY,
    TOLERANCE,
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
    Condition,
    Funding,
    InvoicedLine,
    InvoicePaidAgain,
    InvoiceReopened,
    InvoiceSettled,
    InvoiceSubmitted,
    IssueOrder,
    MatchException,
    Method,
    OrderLine,
    PlannedItem,
    ReceivedLine,
    Receiver,
    RecordDelivery,
    RecordInvoice,
    ReopenInvoice,
    RequestCommitment,
    SelectedVendor,
    SettleInvoice,
    Stage,
    SubmitInvoice,
    ThreeWayMatchFailed,
    commitment,
    invoice_number,
)
from disbursement.domain.commitment import refusals as no
from disbursement.domain.delegation import AboveLimit, Authority, NoMandate
from disbursement.domain.exchange_rate import NoRate
from events.decider import Rejected
from events.money import Money
from events.scenario import scenario
from events.values import SYSTEM, Code, InvoiceId, PaymentId, PersonId, ReceiptId

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


def request(
    by: PersonId = HANA,
    *,
    plan: PlannedItem | None = PLANNED,
    selection: SelectedVendor | None = SELECTED,
    funding: Funding | None = FUNDING,
    amount: Money | None = None,
) -> RequestCommitment:
    return RequestCommitment(
        by=by,
        at=NOON,
        commitment=COMMITMENT,
        item=ITEM,
        budget_line=LINE,
        amount=iqd(1_400_000) if amount is None else amount,
        plan=plan,
        selection=selection,
        funding=funding,
        tolerance=TOLERANCE,
    )


def certify(by: PersonId) -> CertifyCommitment:
    return CertifyCommitment(by=by, at=NOON, mandate=mandate(by, Authority.CERTIFY))


def approve(by: PersonId) -> ApproveCommitment:
    return ApproveCommitment(by=by, at=NOON, mandate=mandate(by, Authority.APPROVE))


def issue(lines: tuple[OrderLine, ...] = OVEN_AND_FLOUR, by: PersonId = HANA) -> IssueOrder:
    return IssueOrder(
        by=by, at=NOON, number=Code("PO-118"), lines=lines, deliver_by=date(2026, 3, 20)
    )


def deliver(
    number: int,
    *,
    by: PersonId = DALIA,
    day: date = TODAY,
    method: Method = Method.SIGNATURE,
    witnesses: tuple[PersonId, ...] = (),
    condition: Condition = Condition.GOOD,
    receipt: ReceiptId = RECEIPT,
) -> RecordDelivery:
    return RecordDelivery(
        by=by,
        at=NOON,
        receipt=receipt,
        lines=(
            ReceivedLine(line=1, quantity=1, condition=Condition.GOOD),
            ReceivedLine(line=2, quantity=number, condition=condition),
        ),
        date=day,
        received_by=Receiver.RETURNEE,
        method=method,
        witnesses=witnesses,
        document=DOCUMENT,
    )


def bill(
    number: int,
    *,
    price: Money | None = None,
    amount: Money | None = None,
    by: PersonId = HANA,
    day: date = TODAY,
    invoice: InvoiceId = INVOICE,
    replaces: InvoiceId | None = None,
    pro_forma: bool = False,
) -> RecordInvoice:
    """The oven, and that many sacks at that price."""
    price = price or iqd(40_000)
    oven = Money(iqd(1_000_000).minor, price.currency)
    return RecordInvoice(
        by=by,
        at=NOON,
        invoice=invoice,
        number=Code("INV2231"),
        date=day,
        amount=amount or oven + price * number,
        lines=(
            InvoicedLine(line=1, quantity=1, unit_price=oven),
            InvoicedLine(line=2, quantity=number, unit_price=price),
        ),
        document=DOCUMENT,
        pro_forma=pro_forma,
        replaces=replaces,
    )


def failed(
    *exceptions: MatchException, invoice: InvoiceId = INVOICE, by: PersonId = HANA
) -> ThreeWayMatchFailed:
    return ThreeWayMatchFailed(
        by=by, at=NOON, commitment=COMMITMENT, invoice=invoice, exceptions=exceptions
    )


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
    scenario(commitment).given(requested, certified, approved).when(issue()).then(ordered)


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
        .then_rejected(no.LinesNotInOrder(1))
    )


# Delivered


def test_the_returnee_receives_and_signs() -> None:
    scenario(commitment).given(*on_order).when(deliver(10)).then(sacks(10))


def test_the_counsellor_does_not_record_a_delivery_alone() -> None:
    order = scenario(commitment).given(*on_order)
    order.when(deliver(10, by=LINA)).then_rejected(no.CounsellorAlone(LINA))
    order.when(deliver(10, by=LINA, witnesses=(LINA,))).then_rejected(no.CounsellorAlone(LINA))
    with_a_witness = order.when(deliver(10, by=LINA, witnesses=(DALIA,)))
    assert with_a_witness.rejection is None


def test_who_collected_the_quotations_does_not_record_the_delivery() -> None:
    (
        scenario(commitment)
        .given(*on_order)
        .when(deliver(10, by=NADIA))
        .then_rejected(no.CollectorRecordsDelivery(NADIA))
    )


def test_a_thumbprint_has_two_witnesses() -> None:
    order = scenario(commitment).given(*on_order)
    order.when(deliver(10, method=Method.THUMBPRINT, witnesses=(LINA,))).then_rejected(
        no.WitnessesMissing(2, 1)
    )
    order.when(deliver(10, method=Method.THUMBPRINT, witnesses=(LINA, DALIA))).then_rejected(
        no.WitnessesMissing(2, 1)
    )
    two = order.when(deliver(10, method=Method.THUMBPRINT, witnesses=(LINA, RETURNEE)))
    assert two.rejection is None


def test_no_more_arrives_than_was_ordered() -> None:
    order = scenario(commitment).given(*on_order)
    order.when(deliver(11)).then_rejected(no.MoreThanOrdered(2, 10, 11))
    order.given(sacks(8)).when(deliver(3)).then_rejected(no.MoreThanOrdered(1, 1, 2))


def test_damaged_goods_are_not_received_and_may_come_again() -> None:
    state = commitment.fold((*on_order, sacks(10, condition=Condition.DAMAGED)))
    assert state is not None
    assert (state.received(1), state.received(2)) == (1, 0)


def test_nothing_arrives_before_the_order_or_tomorrow() -> None:
    order = scenario(commitment).given(*on_order)
    order.when(deliver(10, day=YESTERDAY)).then_rejected(no.DateOutOfOrder(YESTERDAY, TODAY, TODAY))
    order.when(deliver(10, day=TOMORROW)).then_rejected(no.DateOutOfOrder(TOMORROW, TODAY, TODAY))


def test_a_grant_bears_no_delivery_outside_its_window() -> None:
    closed = replace(requested, window=replace(WINDOW, opens=TOMORROW))
    (
        scenario(commitment)
        .given(closed, certified, approved, ordered)
        .when(deliver(10))
        .then_rejected(no.OutsideGrantWindow(TODAY, TOMORROW, WINDOW.closes))
    )


# Invoiced and matched


def test_order_delivery_and_invoice_agree() -> None:
    scenario(commitment).given(*on_order, sacks(10)).when(bill(10)).then(invoiced(10), matched(10))


def test_an_invoice_for_ten_sacks_of_which_eight_arrived_is_not_payable() -> None:
    (
        scenario(commitment)
        .given(*on_order, sacks(8))
        .when(bill(10))
        .then(invoiced(10), failed(MatchException.SHORT_RECEIPT))
    )


def test_the_corrected_invoice_for_eight_is() -> None:
    second = InvoiceId("inv_2")
    (
        scenario(commitment)
        .given(*on_order, sacks(8), invoiced(10), failed(MatchException.SHORT_RECEIPT))
        .when(bill(8, invoice=second, replaces=INVOICE))
        .then(invoiced(8, invoice=second, replaces=INVOICE), matched(8, invoice=second))
    )


def test_an_invoice_before_any_delivery_waits_and_is_matched_when_goods_arrive() -> None:
    waiting = scenario(commitment).given(*on_order)
    waiting.when(bill(10)).then(invoiced(10), failed(MatchException.NO_RECEIPT))
    (
        waiting.given(invoiced(10), failed(MatchException.NO_RECEIPT))
        .when(deliver(10))
        .then(sacks(10), matched(10, by=DALIA))
    )


def test_damaged_goods_are_not_paid_for() -> None:
    (
        scenario(commitment)
        .given(*on_order, sacks(10, condition=Condition.DAMAGED))
        .when(bill(10))
        .then(invoiced(10), failed(MatchException.SHORT_RECEIPT))
    )


def test_a_pro_forma_is_never_paid() -> None:
    outcome = scenario(commitment).given(*on_order, sacks(10)).when(bill(10, pro_forma=True))
    outcome.then(replace(invoiced(10), pro_forma=True), failed(MatchException.PRO_FORMA))


def test_an_invoice_in_another_currency_does_not_match() -> None:
    outcome = scenario(commitment).given(*on_order, sacks(10))
    dollars = outcome.when(bill(10, price=Money(40_000_000, "USD")))
    assert dollars.events is not None
    assert dollars.events[1] == failed(MatchException.CURRENCY)


def test_a_price_above_the_orders_is_named() -> None:
    outcome = scenario(commitment).given(*on_order, sacks(10)).when(bill(10, price=iqd(50_000)))
    assert outcome.events is not None
    assert outcome.events[1] == failed(MatchException.PRICE, MatchException.OVER_ORDER)


def test_more_than_was_ordered_is_named() -> None:
    outcome = scenario(commitment).given(*on_order, sacks(10)).when(bill(11))
    assert outcome.events is not None
    assert outcome.events[1] == failed(
        MatchException.SHORT_RECEIPT, MatchException.QUANTITY, MatchException.OVER_ORDER
    )


def test_within_the_tolerance_it_matches_and_the_orders_price_is_paid() -> None:
    # 2 percent of the order are 28,000 IQD, 20 EUR are as many
    outcome = scenario(commitment).given(*on_order, sacks(10)).when(bill(10, price=iqd(42_800)))
    assert outcome.events is not None
    assert outcome.events[1] == matched(10)
    above = scenario(commitment).given(*on_order, sacks(10)).when(bill(10, price=iqd(42_801)))
    assert above.events is not None
    assert above.events[1] == failed(MatchException.PRICE, MatchException.OVER_ORDER)


def test_what_stands_on_one_invoice_is_not_paid_on_another() -> None:
    second = InvoiceId("inv_2")
    outcome = scenario(commitment).given(*delivered_and_invoiced).when(bill(10, invoice=second))
    assert outcome.events is not None
    assert outcome.events[1] == failed(
        MatchException.SHORT_RECEIPT,
        MatchException.QUANTITY,
        MatchException.OVER_ORDER,
        invoice=second,
    )


def test_an_invoice_adds_up() -> None:
    (
        scenario(commitment)
        .given(*on_order)
        .when(bill(10, amount=iqd(1_500_000)))
        .then_rejected(no.DoesNotAddUp(iqd(1_500_000), iqd(1_400_000)))
    )


def test_an_invoice_is_not_older_than_its_order() -> None:
    (
        scenario(commitment)
        .given(*on_order)
        .when(bill(10, day=YESTERDAY))
        .then_rejected(no.DateOutOfOrder(YESTERDAY, TODAY, TODAY))
    )


@pytest.mark.parametrize(
    "printed", ["INV-0023", "inv 23", "Inv/023", "ＩＮＶ－２３", "INV ٢٣", "inv.23"]
)
def test_a_number_is_one_number_however_it_is_written(printed: str) -> None:
    assert invoice_number(printed) == "INV23"


def test_numbers_that_differ_stay_different() -> None:
    printed = ["INV-23", "INV-230", "INV-2 30A", "فاتورة ٢٣", "0", "10", "100"]
    assert len({invoice_number(each) for each in printed}) == len(printed)


def test_a_number_without_letter_or_digit_is_none() -> None:
    with pytest.raises(no.UnreadableNumber):
        invoice_number("--/--")


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
    reopen = ReopenInvoice(by=SYSTEM, at=NOON, invoice=INVOICE, payment=PAYMENT, restored=None)
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
    back = ReopenInvoice(by=SYSTEM, at=NOON, invoice=INVOICE, payment=PAYMENT, restored=eur(1000))
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
