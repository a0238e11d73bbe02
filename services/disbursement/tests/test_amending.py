"""A commitment is amended: less at once, more when others agreed; what came of it stands."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, selected
from services.disbursement.tests.commitment_asks import YESTERDAY, issue
from services.disbursement.tests.people import (
    COMMITMENT,
    DELEGATION,
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
    PAYMENT,
    PLANNED,
    SELECTED,
    TODAY,
    TOMAS,
    approved,
    certified,
    eur,
    invoiced,
    iqd,
    mandate,
    matched,
    on_order,
    requested,
    sacks,
)
from services.disbursement.tests.test_advances import advanced

from disbursement.domain import heard
from disbursement.domain.commitment import (
    AmendCommitment,
    AmendmentCertified,
    AmendmentRejected,
    AmendmentRequested,
    ApproveAmendment,
    CertifyAmendment,
    CommitmentAmended,
    CommitmentLiquidated,
    InvoiceSettled,
    InvoiceSubmitted,
    MatchException,
    OrderLine,
    ReduceOrder,
    RejectAmendment,
    Stage,
    ThreeWayMatchFailed,
    UndeliveredLine,
    commitment,
)
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment import refusals_of_amendments as not_so
from disbursement.domain.delegation import AboveLimit, Authority
from disbursement.ledger import Account, post
from disbursement.orders.paper import order_digest, order_number
from events.money import Money
from events.roles import STAFF
from events.scenario import scenario
from events.values import SYSTEM, Code

MORE, LESS = Code("another_family_member"), Code("out_of_stock")
OVEN, FLOUR = OVEN_AND_FLOUR
LARGER = replace(SELECTED, amount=iqd(2_800_000))


def lines(sacks: int, oven: OrderLine = OVEN) -> tuple[OrderLine, ...]:
    return (oven, replace(FLOUR, quantity=sacks))


def amend(sacks: int, **changes: Any) -> AmendCommitment:
    """The oven and that many sacks, of an order for ten."""
    asked: dict[str, Any] = {
        "by": HANA,
        "at": NOON,
        "amount": iqd(1_000_000 + sacks * 40_000),
        "lines": lines(sacks),
        "deliver_by": None,
        "reason": MORE,
        "plan": PLANNED,
        "selection": LARGER,
        "funding": FUNDING,
    }
    return AmendCommitment(**asked | changes)


def reduce(*off: tuple[int, int], by: Any = HANA) -> ReduceOrder:
    parts = tuple(UndeliveredLine(line=line, quantity=quantity) for line, quantity in off)
    return ReduceOrder(by=by, at=NOON, lines=parts, reason=LESS)


certify = CertifyAmendment(by=JOZEF, at=NOON, mandate=mandate(JOZEF, Authority.CERTIFY))
approve = ApproveAmendment(by=EVA, at=NOON, amendment=1, mandate=mandate(EVA, Authority.APPROVE))
asked_for_20 = AmendmentRequested(
    by=HANA,
    at=NOON,
    commitment=COMMITMENT,
    amendment=1,
    amount=iqd(1_800_000),
    more=Money(285_71, "EUR"),
    lines=lines(20),
    deliver_by=None,
    reason=MORE,
)
certified_20 = AmendmentCertified(
    by=JOZEF, at=NOON, commitment=COMMITMENT, amendment=1, delegation=DELEGATION
)
amended_20 = CommitmentAmended(
    by=EVA,
    at=NOON,
    commitment=COMMITMENT,
    budget_line=LINE,
    item=ITEM,
    amendment=1,
    amount=iqd(1_800_000),
    more=Money(285_71, "EUR"),
    released=eur(0),
    lines=lines(20),
    deliver_by=None,
    reason=MORE,
    delegation=DELEGATION,
)
amended_6 = replace(
    amended_20,
    by=HANA,
    amount=iqd(1_240_000),
    more=eur(0),
    released=Money(114_29, "EUR"),
    lines=lines(6),
    reason=LESS,
    delegation=None,
)

# More


def test_no_order_is_worth_less_than_what_was_paid_of_it() -> None:
    """Half of the order was paid before anything arrived: that much it stays."""
    half_paid = scenario(commitment).given(*advanced)
    flour_alone = amend(10, amount=iqd(400_000), lines=(FLOUR,))
    half_paid.when(flour_alone).then_rejected(not_so.BelowPaid(iqd(700_000), iqd(400_000)))
    half_paid.when(reduce((1, 1))).then_rejected(not_so.BelowPaid(iqd(700_000), iqd(400_000)))


def test_more_is_certified_and_approved_again_before_it_counts() -> None:
    story = scenario(commitment).given(*on_order)
    waits = story.when(amend(20)).then(asked_for_20)
    assert waits.state
    assert (waits.state.amount, waits.state.reserved) == (iqd(1_400_000), eur(1000))
    story.given(asked_for_20).when(certify).then(certified_20)
    counts = story.given(asked_for_20, certified_20).when(approve).then(amended_20)
    assert counts.state
    assert counts.state.order
    assert counts.state.order.lines == lines(20)
    assert (counts.state.amount, counts.state.reserved) == (
        iqd(1_800_000),
        Money(1285_71, "EUR"),
    )


def test_more_is_asked_for_before_the_order_too_and_this_waits_for_it() -> None:
    story = scenario(commitment).given(requested, certified, approved)
    before = replace(asked_for_20, lines=())
    story.when(amend(20, lines=())).then(before)
    story.given(before).when(issue()).then_rejected(not_so.AmendmentWaits(COMMITMENT, 1))
    story.when(amend(20)).then_rejected(no.CommitmentIsAt(Stage.APPROVED, Stage.ISSUED))
    scenario(commitment).given(requested).when(amend(20, lines=())).then_rejected(
        no.CommitmentIsAt(Stage.REQUESTED, Stage.ISSUED)
    )


def test_nobody_agrees_to_what_they_asked_for_or_in_two_parts() -> None:
    story = scenario(commitment).given(*on_order, asked_for_20)
    for person, part in ((HANA, Stage.REQUESTED), (EVA, Stage.APPROVED)):
        story.when(replace(certify, by=person)).then_rejected(no.ActedOnCommitment(person, part))
    story.when(replace(certify, by=LINA)).then_rejected(no.CounsellorOfTheCase(LINA))
    story.when(approve).then_rejected(no.CommitmentIsAt(Stage.REQUESTED, Stage.CERTIFIED))
    story.given(certified_20).when(replace(approve, by=JOZEF)).then_rejected(
        no.ActedOnCommitment(JOZEF, Stage.CERTIFIED)
    )
    scenario(commitment).given(*on_order).when(amend(20, by=EVA)).then_rejected(
        no.ActedOnCommitment(EVA, Stage.APPROVED)
    )


def test_who_made_it_less_alone_has_prepared_what_is_paid_of_it() -> None:
    of = commitment.fold((*on_order, replace(amended_6, by=TOMAS), sacks(6), invoiced(6)))
    assert of
    assert of.prepared(of.invoices[-1]) == {HANA, TOMAS}


def test_the_limit_is_held_against_the_whole_order() -> None:
    small = mandate(EVA, Authority.APPROVE, limit=eur(1200))
    scenario(commitment).given(*on_order, asked_for_20, certified_20).when(
        replace(approve, mandate=small)
    ).then_rejected(AboveLimit(eur(1200), eur(0), Money(1285_71, "EUR")))


def test_only_one_amendment_waits_and_it_may_be_refused() -> None:
    story = scenario(commitment).given(*on_order, asked_for_20)
    story.when(amend(12)).then_rejected(not_so.AmendmentWaits(COMMITMENT, 1))
    story.when(reduce((2, 1))).then_rejected(not_so.AmendmentWaits(COMMITMENT, 1))
    says_no = RejectAmendment(by=JOZEF, at=NOON, reason=Code("too_dear"))
    refused = AmendmentRejected(
        by=JOZEF, at=NOON, commitment=COMMITMENT, amendment=1, reason=Code("too_dear")
    )
    story.when(says_no).then(refused)
    story.given(refused).when(approve).then_rejected(not_so.NoAmendmentWaits(COMMITMENT))
    second = replace(asked_for_20, amendment=2)
    story.given(refused).when(amend(20)).then(second)
    story.given(refused, second, replace(certified_20, amendment=2)).when(approve).then_rejected(
        not_so.AmendmentWaits(COMMITMENT, 2)
    )


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (amend(20, plan=None), no.PlanNotApproved(ITEM)),
        (amend(20, selection=None), no.VendorNotSelected(ITEM)),
        (amend(20, selection=SELECTED), no.AboveSelection(iqd(1_400_000), iqd(1_800_000))),
        (amend(20, funding=None), no.NoFunding(COMMITMENT)),
        (amend(20, amount=iqd(1)), no.OrderNotAsCommitted(iqd(1), iqd(1_800_000))),
        (amend(20, by=LINA), no.CounsellorOfTheCase(LINA)),
        (amend(10), not_so.NothingAmended(COMMITMENT)),
    ],
)
def test_more_is_refused_by_name(command: AmendCommitment, refusal: Any) -> None:
    scenario(commitment).given(*on_order).when(command).then_rejected(refusal)


def test_what_did_not_match_is_looked_at_again() -> None:
    too_much = ThreeWayMatchFailed(
        by=HANA,
        at=NOON,
        commitment=COMMITMENT,
        invoice=INVOICE,
        exceptions=(MatchException.QUANTITY, MatchException.OVER_ORDER),
    )
    story = scenario(commitment).given(*on_order, sacks(10), invoiced(20), too_much)
    again = replace(too_much, by=EVA, exceptions=(MatchException.SHORT_RECEIPT,))
    story.given(asked_for_20, certified_20).when(approve).then(amended_20, again)


# Less


def test_less_counts_at_once_and_gives_back() -> None:
    story = scenario(commitment).given(*on_order)
    story.when(amend(6, reason=LESS)).then(amended_6)
    by_part = story.when(reduce((2, 4))).then(amended_6)
    assert by_part.state
    assert by_part.state.reserved == Money(885_71, "EUR")
    scenario(commitment).given(requested).when(amend(6, lines=(), reason=LESS)).then(
        replace(amended_6, lines=())
    )


def test_what_is_other_or_later_is_not_less() -> None:
    story = scenario(commitment).given(*on_order)
    later = date(2026, 4, 1)
    put_off = replace(
        asked_for_20, amount=iqd(1_400_000), more=eur(0), lines=lines(10), deliver_by=later
    )
    story.when(amend(10, deliver_by=later)).then(put_off)
    over = amend(10, deliver_by=YESTERDAY)
    story.when(over).then_rejected(no.DeliverByPast(YESTERDAY, TODAY))
    other = lines(6, replace(OVEN, spec=Code("pizza_oven")))
    story.when(amend(6, lines=other)).then(
        replace(asked_for_20, amount=iqd(1_240_000), more=eur(0), lines=other)
    )


def test_what_was_delivered_or_invoiced_stands() -> None:
    story = scenario(commitment).given(*on_order, sacks(4))
    story.when(reduce((2, 7))).then_rejected(not_so.BelowDelivered(2, 4, 3))
    story.when(reduce((1, 1))).then_rejected(not_so.BelowDelivered(1, 1, 0))
    cheaper = (OVEN, replace(FLOUR, unit_price=iqd(30_000)))
    story.when(amend(10, amount=iqd(1_300_000), lines=cheaper)).then_rejected(not_so.GoodsStand(2))
    taken_back = scenario(commitment).given(*on_order, invoiced(4), matched(4))
    taken_back.when(reduce((2, 7))).then_rejected(not_so.BelowInvoiced(2, 4, 3))
    story.when(reduce((2, 11))).then_rejected(no.MoreThanOrdered(2, 10, 11))
    story.when(reduce((1, 1), (2, 6))).then_rejected(not_so.BelowDelivered(1, 1, 0))


def test_nothing_is_left_of_an_order_only_by_cancelling_it() -> None:
    scenario(commitment).given(*on_order).when(reduce((1, 1), (2, 10))).then_rejected(
        no.AmountNotAboveZero(iqd(0))
    )


def test_when_the_rest_will_not_come_and_all_else_is_paid_it_is_over() -> None:
    paid = InvoiceSettled(
        by=SYSTEM,
        at=NOON,
        commitment=COMMITMENT,
        invoice=INVOICE,
        payment=PAYMENT,
        reserved=Money(885_71, "EUR"),
        displaced=None,
    )
    submitted = InvoiceSubmitted(
        by=HANA, at=NOON, commitment=COMMITMENT, invoice=INVOICE, payment=PAYMENT
    )
    story = scenario(commitment).given(*on_order, sacks(6), invoiced(6), matched(6), submitted)
    over = CommitmentLiquidated(
        by=HANA,
        at=NOON,
        commitment=COMMITMENT,
        budget_line=LINE,
        item=ITEM,
        released=eur(0),
    )
    story.given(paid).when(reduce((2, 4))).then(amended_6, over)


# The ledger and the paper


def test_the_ledger_remembers_what_is_promised_now() -> None:
    stands = _balance(*on_order, amended_20)
    assert stands[Account.COMMITMENTS] == 1285_71
    assert sum(stands.values()) == 0
    stands = _balance(*on_order, amended_20, sacks(20))
    assert (stands[Account.COMMITMENTS], stands[Account.EXPENSE]) == (0, 1285_71)
    stands = _balance(*on_order, sacks(6), amended_6)
    assert (stands[Account.COMMITMENTS], stands[Account.EXPENSE]) == (0, 885_71)
    assert sum(stands.values()) == 0


def _balance(*facts: Any) -> Counter[Account]:
    book, stands = None, Counter[Account]()
    for fact in facts:
        if isinstance(fact, type(certified) | type(approved)):
            continue
        book, postings = post(book, fact)
        for posting in postings:
            stands[posting.account] += posting.amount.minor
    return stands


def test_the_order_of_a_new_version_is_another_paper() -> None:
    first = scenario(commitment).given(*on_order).when(reduce((2, 4))).state
    before = scenario(commitment).given(*on_order[:-1]).when(issue()).state
    assert before
    assert first
    assert (order_number(before), order_number(first)) == ("PO-118", "PO-118/2")
    assert order_digest(before) != order_digest(first)


# Over HTTP


async def larger_offer(till: Cashier, ceiling: int = 5000) -> tuple[str, str]:
    """An order for ten sacks, by a vendor that offered twenty; its path and the line's id."""
    line = await chain.funded(till, ceiling)
    await till.heard(heard.from_vendors, replace(selected, amount=iqd(3_500_000)))
    return await chain.ordered(till, await chain.committed(till, line)), line


def for_sacks(sacks: int) -> dict[str, Any]:
    money = {"amount": f"{1_000_000 + sacks * 40_000}.000", "currency": "IQD"}
    oven, flour = chain.LINES
    return {"amount": money, "lines": [oven, {**flour, "quantity": sacks}], "reason": "more"}


async def test_more_is_drawn_from_item_and_line_when_it_is_approved(till: Cashier) -> None:
    path, line = await larger_offer(till)
    asked = await till.does(till.hana, f"{path}/amend", for_sacks(20))
    assert (asked["amendment"]["number"], asked["amount"]) == (1, chain.MONEY)
    await till.does(till.jozef, f"{path}/certify-amendment")
    stands = ok(await till.maria.get(f"/v1/budget-lines/{line}"))
    assert stands["reserved"] == chain.eur(1000)
    answer = await till.does(till.eva, f"{path}/approve-amendment")
    assert (answer["amendment"], answer["order"]["version"]) == (None, 2)
    assert answer["reserved"]["amount"] == "1285.71"
    stands = ok(await till.maria.get(f"/v1/budget-lines/{line}"))
    assert (stands["reserved"]["amount"], stands["available"]["amount"]) == ("1285.71", "3714.29")


async def test_more_than_the_line_or_the_item_has_is_refused_and_nothing_changes(
    till: Cashier,
) -> None:
    path, line = await larger_offer(till, ceiling=1100)
    for number, refusal in ((20, "NotEnoughFunds"), (60, "AboveItemCeiling")):
        await till.does(till.hana, f"{path}/amend", for_sacks(number))
        await till.does(till.jozef, f"{path}/certify-amendment")
        assert await till.tries(till.eva, f"{path}/approve-amendment") == (422, refusal)
        stands = ok(await till.hana.get(path))
        assert (stands["amount"], stands["order"]["version"]) == (chain.MONEY, 1)
        await till.does(till.jozef, f"{path}/reject-amendment", {"reason": "too_dear"})
    reserved = ok(await till.maria.get(f"/v1/budget-lines/{line}"))["reserved"]
    assert reserved == chain.eur(1000)


async def test_what_will_not_come_any_more_goes_back_and_the_rest_is_paid(till: Cashier) -> None:
    path, line = await larger_offer(till)
    off = {"lines": [{"line": 2, "quantity": 4}], "reason": "out_of_stock"}
    await till.does(till.hana, f"{path}/reduce", off)
    stands = ok(await till.maria.get(f"/v1/budget-lines/{line}"))
    assert (stands["reserved"]["amount"], stands["available"]["amount"]) == ("885.71", "4114.29")
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(6))
    await till.does(till.hana, f"{path}/invoices", chain.invoice(6))
    payment = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, path))
    )
    await till.bank_says("1.xml", chain.booked(payment, amount="1240000.000"))
    assert ok(await till.hana.get(path))["stage"] == "liquidated"
    stands = ok(await till.maria.get(f"/v1/budget-lines/{line}"))
    assert (stands["reserved"], stands["spent"]["amount"]) == (chain.eur(0), "885.71")
    assert till.refusals() == []


async def test_who_asked_for_more_has_a_part_in_no_payment_of_it_once_it_counts(
    till: Cashier,
) -> None:
    path, _ = await larger_offer(till)
    olga = till.sign_in("olga", *STAFF)
    await till.does(olga, f"{path}/amend", for_sacks(20))
    await till.does(till.jozef, f"{path}/reject-amendment", {"reason": "too_dear"})
    ulla = till.sign_in("ulla", *STAFF)
    await till.does(ulla, f"{path}/amend", for_sacks(20))
    await till.does(till.jozef, f"{path}/certify-amendment")
    await till.does(till.eva, f"{path}/approve-amendment")
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(20))
    await till.does(till.hana, f"{path}/invoices", chain.invoice(20))
    payment = await chain.requested(till, path)
    seen = await chain.seen(till, payment)
    assert await till.tries(ulla, f"{payment}/certify", seen) == (422, "PreparedIt")
    assert await till.tries(olga, f"{payment}/certify", seen) == (422, "NoMandate")


async def test_two_amendments_approved_at_the_same_instant_do_not_overspend_the_line(
    at_once: Cashier,
) -> None:
    till = at_once
    path, line = await larger_offer(till, ceiling=2300)
    # the item's ceiling is 2000: two orders of 714.29 fit it, and one that grows
    other = {"item": ITEM, "budget_line": line, "amount": chain.OVEN}
    second = (await till.does(till.hana, "/v1/commitments", other, status=201))["commitment"]
    again = f"/v1/commitments/{second}"
    await till.does(till.jozef, f"{again}/certify")
    await till.does(till.eva, f"{again}/approve")
    await till.does(till.hana, f"{path}/amend", for_sacks(17))
    more = {"amount": {"amount": "1280000.000", "currency": "IQD"}, "reason": "more"}
    await till.does(till.hana, f"{again}/amend", more)
    tags = {}
    for each in (path, again):
        await till.does(till.jozef, f"{each}/certify-amendment")
        tags[each] = (await till.eva.get(each)).headers["etag"]
    answers = await asyncio.gather(
        *(till.eva.post(f"{p}/approve-amendment", None, if_match=t) for p, t in tags.items())
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    stands = ok(await till.maria.get(f"/v1/budget-lines/{line}"))
    assert stands["reserved"]["amount"] in ("1914.29", "1914.28")
