"""A delivery in dispute: nothing is paid on it until another person has settled it."""

from typing import get_args

from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, refused
from services.disbursement.tests.commitment_asks import bill, deliver, failed
from services.disbursement.tests.people import (
    COMMITMENT,
    DALIA,
    DOCUMENT,
    HANA,
    INVOICE,
    LINA,
    NOON,
    PAYMENT,
    RECEIPT,
    TOMAS,
    delivered_and_invoiced,
    eur,
    iqd,
    matched,
    on_order,
    sacks,
)

from disbursement.domain.commitment import (
    CommitmentEvent,
    DisputeDelivery,
    DisputedLine,
    DisputeReason,
    InvoiceReopened,
    InvoiceSettled,
    InvoiceSubmitted,
    MatchException,
    Outcome,
    ReceiptDisputed,
    ReceiptDisputeResolved,
    ReopenInvoice,
    ResolveDispute,
    SubmitInvoice,
    commitment,
)
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment import refusals_at_delivery as at
from disbursement.ledger import Account, Book, post
from disbursement.ledger.book import Booked
from events.money import Money
from events.scenario import scenario
from events.values import SYSTEM, InvoiceId, PersonId, ReceiptId

SECOND = ReceiptId("rec_2")
TWO_SACKS = (DisputedLine(line=2, quantity=2),)

dispute = DisputeDelivery(
    by=LINA, at=NOON, receipt=RECEIPT, reason=DisputeReason.DOES_NOT_WORK, lines=TWO_SACKS
)
disputed = ReceiptDisputed(
    by=LINA,
    at=NOON,
    commitment=COMMITMENT,
    receipt=RECEIPT,
    reason=DisputeReason.DOES_NOT_WORK,
    lines=TWO_SACKS,
)
submit = SubmitInvoice(by=HANA, at=NOON, invoice=INVOICE, payment=PAYMENT, amount=iqd(1_400_000))
submitted = InvoiceSubmitted(
    by=HANA, at=NOON, commitment=COMMITMENT, invoice=INVOICE, payment=PAYMENT
)


def settle(outcome: Outcome, by: PersonId = TOMAS) -> ResolveDispute:
    return ResolveDispute(by=by, at=NOON, receipt=RECEIPT, outcome=outcome, document=DOCUMENT)


def settled(outcome: Outcome) -> ReceiptDisputeResolved:
    return ReceiptDisputeResolved(
        by=TOMAS,
        at=NOON,
        commitment=COMMITMENT,
        receipt=RECEIPT,
        outcome=outcome,
        lines=() if outcome is Outcome.ACCEPTED_BACK else TWO_SACKS,
        document=DOCUMENT,
    )


# Raised


def test_what_was_received_is_disputed_by_anybody_who_hears_of_it() -> None:
    scenario(commitment).given(*on_order, sacks(10)).when(dispute).then(disputed)


def test_what_was_never_received_is_not_disputed() -> None:
    order = scenario(commitment).given(*on_order, sacks(1))
    order.when(dispute).then_rejected(at.NotReceived(2, 1, 2))
    order.when(replace(dispute, receipt=SECOND)).then_rejected(at.NoSuchReceipt(SECOND))


def test_a_delivery_is_in_one_dispute_at_a_time() -> None:
    twice = scenario(commitment).given(*on_order, sacks(10), disputed).when(dispute)
    twice.then_rejected(at.DeliveryInDispute(RECEIPT))


def test_nothing_is_put_up_for_payment_on_a_disputed_delivery() -> None:
    (
        scenario(commitment)
        .given(*delivered_and_invoiced, disputed)
        .when(submit)
        .then_rejected(at.DeliveryInDispute(RECEIPT))
    )


# Settled, by another person


def test_who_raised_it_or_recorded_the_delivery_or_counsels_does_not_settle_it() -> None:
    order = scenario(commitment).given(*on_order, sacks(10), replace(disputed, by=HANA))
    for party in (HANA, DALIA):
        order.when(settle(Outcome.REDUCED, by=party)).then_rejected(at.PartyToTheDispute(party))
    order.when(settle(Outcome.REDUCED, by=LINA)).then_rejected(no.CounsellorOfTheCase(LINA))


def test_what_nobody_disputes_is_not_settled() -> None:
    order = scenario(commitment).given(*on_order, sacks(10))
    order.when(settle(Outcome.REDUCED)).then_rejected(at.NotInDispute(RECEIPT))


def test_accepted_back_the_delivery_stands_and_is_paid() -> None:
    order = scenario(commitment).given(*delivered_and_invoiced, disputed)
    over = settled(Outcome.ACCEPTED_BACK)
    order.when(settle(Outcome.ACCEPTED_BACK)).then(over)
    order.given(over).when(submit).then(submitted)


def test_reduced_it_counts_for_less_and_the_invoice_matches_no_more() -> None:
    outcome = (
        scenario(commitment)
        .given(*delivered_and_invoiced, disputed)
        .when(settle(Outcome.REDUCED))
        .then(settled(Outcome.REDUCED), failed(MatchException.SHORT_RECEIPT, by=TOMAS))
    )
    assert outcome.state is not None
    assert outcome.state.received(2) == 8
    assert outcome.state.invoices[0].payable is None


REDUCED: tuple[CommitmentEvent, ...] = (
    disputed,
    settled(Outcome.REDUCED),
    failed(MatchException.SHORT_RECEIPT, by=TOMAS),
)


def test_a_corrected_invoice_for_what_is_left_is_payable() -> None:
    less = scenario(commitment).given(*delivered_and_invoiced, *REDUCED)
    outcome = less.when(bill(8, replaces=INVOICE, invoice=InvoiceId("inv_8")))
    assert outcome.state is not None
    assert outcome.state.invoices[-1].payable == iqd(1_320_000)


def test_replaced_the_vendor_delivers_again_and_the_invoice_matches_again() -> None:
    replaced = scenario(commitment).given(
        *delivered_and_invoiced,
        disputed,
        settled(Outcome.REPLACED),
        failed(MatchException.SHORT_RECEIPT, by=TOMAS),
    )
    again = replace(deliver(2, receipt=SECOND), lines=deliver(2).lines[1:])
    came = replace(sacks(2, receipt=SECOND), lines=sacks(2).lines[1:])
    replaced.when(again).then(came, matched(10, receipts=(RECEIPT, SECOND), by=DALIA))


def test_a_payment_under_way_for_it_can_only_be_given_up() -> None:
    under_way = scenario(commitment).given(*delivered_and_invoiced, submitted, *REDUCED)
    reopen = ReopenInvoice(by=SYSTEM, at=NOON, invoice=INVOICE, payment=PAYMENT, returned=None)
    reopened = InvoiceReopened(
        by=SYSTEM, at=NOON, commitment=COMMITMENT, invoice=INVOICE, payment=PAYMENT, restored=eur(0)
    )
    under_way.when(reopen).then(reopened)
    under_way.given(reopened).when(submit).then_rejected(
        no.InvoiceNotMatched(INVOICE, ("short_receipt",))
    )


def test_what_the_bank_has_is_not_called_back_but_not_payable_again_when_it_returns() -> None:
    paid = InvoiceSettled(
        by=SYSTEM,
        at=NOON,
        commitment=COMMITMENT,
        invoice=INVOICE,
        payment=PAYMENT,
        reserved=eur(1000),
        displaced=None,
    )
    at_the_bank = scenario(commitment).given(*delivered_and_invoiced, submitted, disputed)
    keeps = replace(settle(Outcome.REDUCED), with_the_bank=frozenset({PAYMENT}))
    at_the_bank.when(keeps).then(settled(Outcome.REDUCED))
    back = ReopenInvoice(by=SYSTEM, at=NOON, invoice=INVOICE, payment=PAYMENT, returned=eur(1000))
    outcome = at_the_bank.given(settled(Outcome.REDUCED), paid).when(back)
    assert outcome.events is not None
    assert outcome.events[-1:] == [failed(MatchException.SHORT_RECEIPT, by=SYSTEM)]


# In the books


def test_the_ledger_takes_back_what_was_no_expense() -> None:
    book: Book | None = None
    balance = dict.fromkeys(Account, Money.zero("EUR"))
    facts = (*delivered_and_invoiced, *REDUCED)
    for fact in facts:
        if isinstance(fact, get_args(Booked)):
            book, postings = post(book, fact)
            for posting in postings:
                balance[posting.account] += posting.amount
    assert balance[Account.EXPENSE] == Money(94_286, "EUR")
    assert balance[Account.NOT_INVOICED] == -Money(94_286, "EUR")
    assert balance[Account.PAYABLE] == Money.zero("EUR")
    assert balance[Account.COMMITMENTS] == Money(5_714, "EUR")


# Over HTTP


async def test_a_dispute_holds_the_payment_at_once_and_nobody_lets_it_go(till: Cashier) -> None:
    payment = await chain.requested(till)
    stands = (await till.eva.get(payment)).json()
    path = f"/v1/commitments/{stands['commitment']}"
    receipt = stands["commitment_stands"]["receipts"][0]["receipt"]
    said = {"receipt": receipt, "reason": "does_not_work", "lines": [{"line": 2, "quantity": 2}]}
    told = await till.does(till.lina, f"{path}/dispute-delivery", said)
    assert told["receipts"][0]["dispute"] == "does_not_work"
    assert (await till.eva.get(payment)).json()["held"] == "delivery_disputed"
    evidence = {"evidence": stands["evidence"]}
    no_act = await till.tries(till.jozef, f"{payment}/certify", evidence)
    assert no_act == (409, "PaymentIsHeld")
    let_go = await till.tries(till.tomas, f"{payment}/release-from-hold", {"reason": "seen"})
    assert let_go == (409, "DeliveryInDispute")

    outcome = {"receipt": receipt, "outcome": "accepted_back", "document": "e" * 64}
    unread = await till.tries(till.hana, f"{path}/resolve-dispute", outcome)
    assert unread == (422, "CitedNotOnFile")
    outcome["document"] = chain.DOCUMENT
    await till.does(till.hana, f"{path}/resolve-dispute", outcome)
    await till.does(till.tomas, f"{payment}/release-from-hold", {"reason": "settled"})
    await till.does(till.jozef, f"{payment}/certify", evidence)


async def test_a_payment_for_what_was_taken_back_is_not_let_go(till: Cashier) -> None:
    payment = await chain.requested(till)
    stands = (await till.eva.get(payment)).json()
    path = f"/v1/commitments/{stands['commitment']}"
    receipt = stands["commitment_stands"]["receipts"][0]["receipt"]
    said = {"receipt": receipt, "reason": "damaged", "lines": [{"line": 2, "quantity": 2}]}
    await till.does(till.lina, f"{path}/dispute-delivery", said)
    outcome = {"receipt": receipt, "outcome": "reduced", "document": chain.DOCUMENT}
    told = await till.does(till.hana, f"{path}/resolve-dispute", outcome)
    assert told["invoices"][0]["exceptions"] == ["short_receipt"]
    let_go = await till.tries(till.tomas, f"{payment}/release-from-hold", {"reason": "seen"})
    assert let_go == (422, "InvoiceNotMatched")
    await till.does(till.hana, f"{payment}/cancel", {"reason": "goods_taken_back"})
    await till.settle()
    again = {"commitment": stands["commitment"], "invoice": stands["invoice"]}
    assert refused(await till.hana.post("/v1/payments", again)) == (422, "InvoiceNotMatched")
