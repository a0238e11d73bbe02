"""What does not match is waived by a person entitled to it, until a day; some things never are."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests import payment_asks as asks
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.commitment_asks import YESTERDAY, bill, failed
from services.disbursement.tests.people import (
    COMMITMENT,
    DELEGATION,
    EVA,
    HANA,
    INVOICE,
    JOZEF,
    LINA,
    MARTA,
    NOON,
    PAYMENT,
    RECEIPT,
    TODAY,
    eur,
    invoiced,
    iqd,
    mandate,
    matched,
    on_order,
    payment_approved,
    payment_certified,
    payment_requested,
    sacks,
)

from disbursement.domain.commitment import (
    InvoicedLine,
    MatchException,
    SubmitInvoice,
    ThreeWayMatchPassed,
    WaiveException,
    commitment,
    judging,
)
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.waived import MatchExceptionWaived, Waiver
from disbursement.domain.delegation import AboveLimit, Authority, Mandate, NoMandate
from disbursement.domain.payment import CertifyPayment, PaymentEvent, payment
from events.money import Money
from events.roles import Role
from events.scenario import scenario
from events.values import Code, InvoiceId, PersonId

SHORT = (*on_order, sacks(8), invoiced(10), failed(MatchException.SHORT_RECEIPT))
EIGHT = (
    InvoicedLine(line=1, quantity=1, unit_price=iqd(1_000_000)),
    InvoicedLine(line=2, quantity=8, unit_price=iqd(40_000)),
)
HELD = mandate(EVA, Authority.APPROVE)


def waive(by: PersonId = EVA, held: Mandate | None = HELD, expires: date = TODAY) -> WaiveException:
    return WaiveException(
        by=by, at=NOON, invoice=INVOICE, reason=Code("rest_given_up"), expires=expires, mandate=held
    )


waived = MatchExceptionWaived(
    by=EVA,
    at=NOON,
    commitment=COMMITMENT,
    invoice=INVOICE,
    waiver=Waiver(exceptions=(MatchException.SHORT_RECEIPT,), lines=EIGHT, expires=TODAY),
    reason=Code("rest_given_up"),
    delegation=DELEGATION,
)
passed = ThreeWayMatchPassed(
    by=EVA,
    at=NOON,
    commitment=COMMITMENT,
    invoice=INVOICE,
    payable=iqd(1_320_000),
    receipts=(RECEIPT,),
)


def test_what_arrived_is_paid_although_the_invoice_asks_for_more() -> None:
    scenario(commitment).given(*SHORT).when(waive()).then(waived, passed)


def test_what_did_not_arrive_may_still_arrive_and_be_invoiced() -> None:
    second = InvoiceId("inv_2")
    state = commitment.fold((*SHORT, waived, passed))
    assert state is not None
    assert (state.invoiced(2), state.received(2)) == (8, 8)
    rest = bill(2, invoice=second)
    lines = (InvoicedLine(line=2, quantity=2, unit_price=iqd(40_000)),)
    outcome = (
        scenario(commitment)
        .given(*SHORT, waived, passed)
        .when(replace(rest, lines=lines, amount=iqd(80_000)))
    )
    assert outcome.events is not None
    assert outcome.events[1] == failed(MatchException.SHORT_RECEIPT, invoice=second)


def test_a_higher_price_is_waived_and_not_paid() -> None:
    delivered = scenario(commitment).given(*on_order, sacks(10))
    dear = bill(10, price=iqd(50_000))
    recorded = delivered.when(dear).events
    assert recorded is not None
    too_much = (MatchException.PRICE, MatchException.OVER_ORDER)
    waiver = Waiver(exceptions=too_much, lines=dear.lines, expires=TODAY)
    (
        delivered.given(*recorded)
        .when(waive())
        .then(replace(waived, waiver=waiver), matched(10, by=EVA))
    )


@pytest.mark.parametrize(
    ("history", "exception"),
    [
        ((*on_order, invoiced(10), failed(MatchException.NO_RECEIPT)), MatchException.NO_RECEIPT),
        (
            (*on_order, sacks(10), invoiced(10), failed(MatchException.PRO_FORMA)),
            MatchException.PRO_FORMA,
        ),
        (
            (*on_order, sacks(10), invoiced(10), failed(MatchException.CURRENCY)),
            MatchException.CURRENCY,
        ),
    ],
    ids=["nothing received", "an offer", "another currency"],
)
def test_the_unwaivable(history: tuple[object, ...], exception: MatchException) -> None:
    (
        scenario(commitment)
        .given(*history)  # type: ignore[arg-type]
        .when(waive())
        .then_rejected(judging.NotWaivable(INVOICE, (exception,)))
    )


def test_who_may_waive() -> None:
    short = scenario(commitment).given(*SHORT)
    short.when(waive(HANA)).then_rejected(judging.RecordedByYou(HANA, INVOICE))
    short.when(waive(LINA)).then_rejected(no.CounsellorOfTheCase(LINA))
    short.when(waive(held=None)).then_rejected(NoMandate(EVA, Authority.APPROVE))
    low = mandate(EVA, Authority.APPROVE, limit=eur(900))
    euros = Money(942_86, "EUR")
    short.when(waive(held=low)).then_rejected(AboveLimit(eur(900), eur(0), euros))
    short.when(waive(expires=YESTERDAY)).then_rejected(judging.WaiverExpired(INVOICE, YESTERDAY))


def test_a_waiver_ends() -> None:
    late = NOON + timedelta(days=1)
    submit = SubmitInvoice(
        by=HANA, at=late, invoice=INVOICE, payment=PAYMENT, amount=iqd(1_320_000)
    )
    (
        scenario(commitment)
        .given(*SHORT, waived, passed)
        .when(submit)
        .then_rejected(judging.WaiverExpired(INVOICE, TODAY))
    )


def test_a_waiver_that_is_over_is_given_again() -> None:
    late, tomorrow = NOON + timedelta(days=1), TODAY + timedelta(days=1)
    again = waive(expires=tomorrow)
    stands = scenario(commitment).given(*SHORT, waived, passed)
    stands.when(again).then_rejected(judging.NothingToWaive(INVOICE))
    stands.when(replace(again, at=late)).then(
        replace(waived, at=late, waiver=replace(waived.waiver, expires=tomorrow)),
        replace(passed, at=late),
    )


@pytest.mark.parametrize(
    ("history", "act"),
    [
        ((payment_requested,), asks.certify(JOZEF)),
        ((payment_requested, payment_certified), asks.approve(EVA)),
        ((payment_requested, payment_certified, payment_approved), asks.sign(MARTA)),
    ],
    ids=["certified", "approved", "signed"],
)
def test_nobody_carries_a_payment_further_once_its_waiver_is_over(
    history: tuple[PaymentEvent, ...], act: CertifyPayment
) -> None:
    stands = scenario(payment).given(*history)
    assert stands.when(replace(act, waived_until=TODAY)).events
    stands.when(replace(act, waived_until=YESTERDAY)).then_rejected(
        judging.WaiverExpired(INVOICE, YESTERDAY)
    )


async def test_over_http_it_stops_the_certification(till: Cashier) -> None:
    path = await chain.ordered(till)
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(8))
    stands = await till.does(till.hana, f"{path}/invoices", chain.invoice(10))
    body = {"reason": "rest_given_up", "expires": TODAY.isoformat()}
    waive_it = f"{path}/invoices/{stands['invoices'][0]['invoice']}/waive"
    ok(await till.eva.post(waive_it, body, if_match=stands["version"]))
    await till.settle()
    paying = await chain.requested(till, path)
    page = ok(await till.jozef.get(paying))
    till.it_is(NOON + timedelta(days=1))
    seen = {"evidence": page["evidence_stands"]}
    jozef = till.sign_in("jozef", Role.CERTIFYING_OFFICER)
    assert await till.tries(jozef, f"{paying}/certify", seen) == (422, "WaiverExpired")


async def test_over_http_what_arrived_is_paid(till: Cashier) -> None:
    """Approved and signed by others than who waived it."""
    path = await chain.ordered(till)
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(8))
    stands = await till.does(till.hana, f"{path}/invoices", chain.invoice(10))
    invoice = stands["invoices"][0]["invoice"]
    asked = {"commitment": stands["commitment"], "invoice": invoice}
    assert refused(await till.hana.post("/v1/payments", asked)) == (422, "InvoiceNotMatched")
    body = {"reason": "rest_given_up", "expires": "2026-03-09"}
    ulla = await chain.empowered(till, "ulla", "approve")
    said = await ulla.post(f"{path}/invoices/{invoice}/waive", body, if_match=stands["version"])
    assert ok(said)["invoices"][0]["payable"] == {"amount": "1320000.000", "currency": "IQD"}
    await till.settle()
    paying = await chain.requested(till, path)
    seen = await chain.seen(till, paying)
    await till.does(till.jozef, f"{paying}/certify", seen)
    assert await till.tries(ulla, f"{paying}/approve", seen) == (422, "PreparedIt")
    await till.does(till.eva, f"{paying}/approve", seen)
    await till.does(till.marta, f"{paying}/sign", seen)
    await till.does(till.ivan, f"{paying}/sign", seen)
    paid = await chain.instructed(till, paying)
    await till.bank_says("1.xml", chain.booked(paid, amount="1320000.000"))
    after = ok(await till.hana.get(path))
    assert (after["stage"], after["invoices"][0]["stage"]) == ("issued", "settled")
    assert [line["settled"] for line in after["order"]["lines"]] == [1, 8]
