"""What arrives, what is invoiced, and whether the two agree with the order."""

from datetime import date

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.commitment_asks import TOMORROW, YESTERDAY, bill, deliver, failed
from services.disbursement.tests.people import (
    CASE,
    COMMITMENT,
    DALIA,
    DOCUMENT,
    EVA,
    HANA,
    INVOICE,
    LINA,
    MARTA,
    NADIA,
    NOON,
    TODAY,
    WINDOW,
    approved,
    certified,
    delivered_and_invoiced,
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
    Condition,
    DeliveryWitnessed,
    InvoicedLine,
    MatchException,
    Method,
    ReceivedLine,
    RecordDelivery,
    WaiveException,
    WindowShortened,
    WitnessDelivery,
    commitment,
    judging,
)
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment import refusals_at_delivery as at
from disbursement.domain.delegation import Authority
from events.money import Money
from events.scenario import scenario
from events.values import Code, InvoiceId, PersonId, ReceiptId

NOBODY = PersonId("per_nobody1")
NEIGHBOUR = PersonId("per_neighbour")


def saw(person: PersonId) -> DeliveryWitnessed:
    return DeliveryWitnessed(
        by=person, at=NOON, commitment=COMMITMENT, witness=person, date=TODAY, paper=None
    )


def witness(by: PersonId) -> WitnessDelivery:
    return WitnessDelivery(by=by, at=NOON, witness=by, date=TODAY)


# Delivered


def test_the_returnee_receives_and_signs() -> None:
    scenario(commitment).given(*on_order).when(deliver(10)).then(sacks(10))


def test_the_counsellor_does_not_record_a_delivery_alone() -> None:
    order = scenario(commitment).given(*on_order)
    order.when(deliver(10, by=LINA)).then_rejected(no.CounsellorAlone(LINA))
    order.when(deliver(10, by=LINA, witnesses=(LINA,))).then_rejected(no.CounsellorAlone(LINA))
    with_a_witness = deliver(10, by=LINA, witnesses=(DALIA,))
    order.when(with_a_witness).then_rejected(at.WitnessSilent(DALIA))
    assert order.given(saw(DALIA)).when(with_a_witness).rejection is None
    invented = deliver(10, by=LINA, witnesses=(NOBODY,))
    order.given(saw(DALIA)).when(invented).then_rejected(at.WitnessSilent(NOBODY))


def test_who_collected_the_quotations_does_not_record_the_delivery() -> None:
    (
        scenario(commitment)
        .given(*on_order)
        .when(deliver(10, by=NADIA))
        .then_rejected(no.CollectorRecordsDelivery(NADIA))
    )


def test_a_thumbprint_has_two_witnesses() -> None:
    order = scenario(commitment).given(*on_order, saw(EVA), saw(MARTA))

    def thumbprint(*witnesses: PersonId) -> RecordDelivery:
        return deliver(10, method=Method.THUMBPRINT, witnesses=witnesses)

    order.when(thumbprint(EVA)).then_rejected(no.WitnessesMissing(2, 1))
    order.when(thumbprint(EVA, EVA)).then_rejected(no.WitnessesMissing(2, 1))
    for has_a_part in (DALIA, LINA, NADIA, HANA):
        order.when(thumbprint(EVA, has_a_part)).then_rejected(no.WitnessesMissing(2, 1))
        three = thumbprint(EVA, MARTA, has_a_part)
        order.when(three).then_rejected(at.WitnessHasAPart(has_a_part))
    order.when(thumbprint(EVA, NOBODY)).then_rejected(at.WitnessSilent(NOBODY))
    assert order.when(thumbprint(EVA, MARTA)).rejection is None


def test_a_witness_says_themselves_what_they_saw() -> None:
    order = scenario(commitment).given(*on_order)
    order.when(witness(EVA)).then(saw(EVA))
    order.given(saw(EVA)).when(witness(EVA)).then()
    for has_a_part in (LINA, NADIA, HANA):
        order.when(witness(has_a_part)).then_rejected(at.WitnessHasAPart(has_a_part))
    order.when(replace(witness(EVA), date=TOMORROW)).then_rejected(
        no.DateOutOfOrder(TOMORROW, TODAY, TODAY)
    )
    scenario(commitment).given(requested).when(witness(EVA)).then_rejected(
        no.CommitmentIsAt(no.Stage.REQUESTED, no.Stage.ISSUED)
    )


def test_for_a_witness_from_outside_another_officer_files_what_they_signed() -> None:
    order = scenario(commitment).given(*on_order)
    told = replace(witness(EVA), witness=NEIGHBOUR)
    order.when(told).then_rejected(at.WitnessSignedNothing(NEIGHBOUR))
    unfiled = replace(told, paper=DOCUMENT)
    order.when(unfiled).then_rejected(at.WitnessSignedNothing(NEIGHBOUR))
    filed = replace(unfiled, is_on_file=True)
    order.when(replace(filed, by=LINA)).then_rejected(at.WitnessHasAPart(LINA))
    signed = replace(saw(EVA), witness=NEIGHBOUR, paper=DOCUMENT)
    order.when(filed).then(signed)
    seen = deliver(10, by=LINA, witnesses=(NEIGHBOUR,))
    assert order.given(signed).when(seen).rejection is None
    own = order.given(replace(signed, by=DALIA), saw(EVA))
    own.when(deliver(10, method=Method.THUMBPRINT, witnesses=(NEIGHBOUR, EVA))).then_rejected(
        at.WitnessSilent(NEIGHBOUR)
    )


def test_a_word_that_the_recorder_took_is_taken_again_by_another() -> None:
    signed = replace(saw(EVA), witness=NEIGHBOUR, paper=DOCUMENT)
    filed = replace(witness(EVA), witness=NEIGHBOUR, paper=DOCUMENT, is_on_file=True)
    first = scenario(commitment).given(*on_order, replace(signed, by=LINA))
    first.when(filed).then(signed)
    seen = deliver(10, by=LINA, witnesses=(NEIGHBOUR,))
    first.when(seen).then_rejected(at.WitnessSilent(NEIGHBOUR))
    assert first.given(signed).when(seen).rejection is None


def test_each_witness_signs_a_paper_of_their_own() -> None:
    signed = replace(saw(EVA), witness=NEIGHBOUR, paper=DOCUMENT)
    another = replace(witness(EVA), witness=NOBODY, paper=DOCUMENT, is_on_file=True)
    order = scenario(commitment).given(*on_order, signed)
    order.when(another).then_rejected(at.WitnessPaperUsed(NEIGHBOUR))
    delivered = order.when(deliver(4, by=LINA, witnesses=(NEIGHBOUR,)))
    order.given(*(delivered.events or ())).when(another).then_rejected(
        at.WitnessPaperUsed(NEIGHBOUR)
    )


def test_a_word_is_of_its_day_and_stands_for_one_delivery() -> None:
    seen = deliver(4, by=LINA, witnesses=(DALIA,))
    order = scenario(commitment).given(*on_order)
    order.given(replace(saw(DALIA), date=YESTERDAY)).when(seen).then_rejected(
        at.WitnessSilent(DALIA)
    )
    first = order.given(saw(DALIA)).when(seen)
    assert first.events
    flour = (ReceivedLine(line=2, quantity=2, condition=Condition.GOOD),)
    second = replace(
        deliver(1, by=LINA, witnesses=(DALIA,), receipt=ReceiptId("rec_2")), lines=flour
    )
    order.given(saw(DALIA), *first.events).when(second).then_rejected(at.WitnessSilent(DALIA))
    again = order.given(saw(DALIA), *first.events, saw(DALIA))
    assert again.when(second).rejection is None


async def test_who_saw_it_signs_in_and_says_so(till: Cashier) -> None:
    path = await chain.ordered(till)
    alone = chain.delivery(10) | {"witnesses": ["per_nobody1"]}
    assert await till.tries(till.lina, f"{path}/deliveries", alone) == (422, "WitnessSilent")
    told = await till.does(till.eva, f"{path}/witnesses", {"date": chain.delivery(10)["date"]})
    assert told["words"] == [{"witness": EVA, "date": "2026-03-02", "taken_by": EVA}]
    outside = {"date": "2026-03-02", "witness": NEIGHBOUR, "paper": chain.DOCUMENT}
    assert await till.tries(till.dalia, f"{path}/witnesses", outside) == (
        422,
        "WitnessSignedNothing",
    ), "that paper is the case's, and a receipt"
    signed = b"%PDF-1.7 I saw the oven, signed: the neighbour"
    kept = ok(
        await till.dalia.put_on_file(signed, about=NEIGHBOUR, paper="witness", case=CASE), 201
    )
    await till.settle()
    outside["paper"] = kept["document"]
    await till.does(till.dalia, f"{path}/witnesses", outside)
    seen = alone | {"witnesses": [EVA, NEIGHBOUR]}
    received = await till.does(till.lina, f"{path}/deliveries", seen)
    assert (received["receipts"][0]["witnesses"], received["words"]) == ([EVA, NEIGHBOUR], [])


def test_what_arrives_of_a_line_is_told_once_for_each_condition() -> None:
    order = scenario(commitment).given(*on_order)
    good, damaged = (
        ReceivedLine(line=2, quantity=3, condition=each)
        for each in (Condition.GOOD, Condition.DAMAGED)
    )
    twice = replace(deliver(3), lines=(good, good))
    order.when(twice).then_rejected(no.LineTwice(2))
    assert order.when(replace(twice, lines=(good, damaged))).rejection is None


def test_what_arrives_is_of_a_line_of_the_order_and_there_is_some_of_it() -> None:
    order, good = scenario(commitment).given(*on_order), Condition.GOOD
    other = ReceivedLine(line=9, quantity=1, condition=good)
    order.when(replace(deliver(3), lines=(other,))).then_rejected(no.NoSuchLine(9))
    none = ReceivedLine(line=2, quantity=0, condition=good)
    order.when(replace(deliver(3), lines=(none,))).then_rejected(no.QuantityNotAboveZero(2, 0))
    order.when(replace(deliver(3), lines=())).then_rejected(no.NoLines())


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


def shortened(closes: date) -> WindowShortened:
    return WindowShortened(by=HANA, at=NOON, commitment=COMMITMENT, closes=closes)


def test_what_arrived_after_its_grant_closed_is_named() -> None:
    delivered = scenario(commitment).given(*on_order, sacks(10))
    delivered.when(replace(bill(10), closes=YESTERDAY)).then(
        shortened(YESTERDAY), invoiced(10), failed(MatchException.BUDGET_CLOSED)
    )


def test_what_arrived_on_the_grants_last_day_is_owed() -> None:
    delivered = scenario(commitment).given(*on_order, sacks(10))
    delivered.when(replace(bill(10), closes=TODAY)).then(
        shortened(TODAY), invoiced(10), matched(10)
    )
    delivered.when(replace(bill(10), closes=WINDOW.closes)).then(invoiced(10), matched(10))


def test_a_closed_budget_is_waived_by_nobody() -> None:
    history = (*on_order, sacks(10), shortened(YESTERDAY), invoiced(10))
    stands = scenario(commitment).given(*history, failed(MatchException.BUDGET_CLOSED))
    waive = WaiveException(
        by=EVA,
        at=NOON,
        invoice=INVOICE,
        reason=Code("late"),
        expires=TODAY,
        mandate=mandate(EVA, Authority.APPROVE),
    )
    stands.when(waive).then_rejected(judging.NotWaivable(INVOICE, (MatchException.BUDGET_CLOSED,)))


async def test_an_invoice_is_matched_by_the_day_on_which_its_grant_was_closed(
    till: Cashier,
) -> None:
    path = await chain.ordered(till)
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(10))
    [grant] = ok(await till.maria.get("/v1/grants"))["items"]
    await till.does(till.maria, f"/v1/grants/{grant['grant']}/close")
    await till.does(till.tomas, f"/v1/grants/{grant['grant']}/close")
    told = await till.does(till.hana, f"{path}/invoices", chain.invoice(10))
    assert told["invoices"][0]["exceptions"] == []
    assert (await till.told()).count("window_shortened") == 1


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


@pytest.mark.parametrize("price", [iqd(0), iqd(-1)], ids=str)
def test_a10_each_line_of_an_invoice_is_above_zero(price: Money) -> None:
    lines = (
        InvoicedLine(line=1, quantity=1, unit_price=iqd(1_400_000)),
        InvoicedLine(line=2, quantity=1, unit_price=price),
    )
    odd = replace(bill(1), lines=lines, amount=iqd(1_400_000) + price)
    scenario(commitment).given(*on_order).when(odd).then_rejected(no.AmountNotAboveZero(price))


def test_an_invoice_is_not_older_than_its_order() -> None:
    (
        scenario(commitment)
        .given(*on_order)
        .when(bill(10, day=YESTERDAY))
        .then_rejected(no.DateOutOfOrder(YESTERDAY, TODAY, TODAY))
    )
