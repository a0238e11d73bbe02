"""Delivered = agreed: the plan's spec in the quantities of the order, or how it is not."""

from datetime import date

from services.plans.tests.people import NOON, OVEN, ZAHRA

from events.values import Code, CommitmentId, PersonId, ReceiptId
from plans.domain import delivered as told
from plans.domain.delivered import Difference, Order, agreement

COMMITMENT = CommitmentId("com_1")
DALIA = PersonId("per_dalia")
BREAD_OVEN = Code("bread_oven")

requested = told.CommitmentRequested(by=DALIA, at=NOON, commitment=COMMITMENT, item=OVEN)
ordered = told.PurchaseOrderIssued(
    by=DALIA,
    at=NOON,
    commitment=COMMITMENT,
    lines=(
        told.OrderLine(line=1, spec=BREAD_OVEN, quantity=1),
        told.OrderLine(line=2, spec=Code("flour_50kg"), quantity=9),
    ),
)
cancelled = told.CommitmentCancelled(by=DALIA, at=NOON, commitment=COMMITMENT)


def received(ovens: int, sacks: int, condition: str = "good") -> told.GoodsReceived:
    return told.GoodsReceived(
        by=DALIA,
        at=NOON,
        commitment=COMMITMENT,
        lines=(
            told.ReceivedLine(line=1, quantity=ovens, condition=Code(condition)),
            told.ReceivedLine(line=2, quantity=sacks, condition=Code("good")),
        ),
        date=date(2026, 3, 5),
        confirmation=told.Confirmation(witnesses=(ZAHRA,)),
    )


def order(*events: told.Ordering) -> Order:
    state: Order | None = None
    for event in events:
        state = told.evolve(state, event)
    assert state is not None
    return state


def test_all_of_it_in_two_deliveries_is_as_agreed() -> None:
    whole = order(requested, ordered, received(1, 4), received(0, 5))
    found = agreement(BREAD_OVEN, [whole])
    assert (found.as_agreed, found.delivered_basis_points) == (True, 10_000)
    assert found.first_delivery == date(2026, 3, 5)
    assert whole.people == {DALIA, ZAHRA}


def test_what_is_missing_or_broken_shows_as_a_difference_and_a_figure() -> None:
    short = agreement(BREAD_OVEN, [order(requested, ordered, received(1, 4))])
    assert (short.differences, short.delivered_basis_points) == ((Difference.SHORT,), 5_000)
    broken = agreement(BREAD_OVEN, [order(requested, ordered, received(1, 9, "damaged"))])
    assert broken.differences == (Difference.SHORT, Difference.DAMAGED)
    assert broken.delivered_basis_points == 9_000


def amended(ovens: int, sacks: int) -> told.CommitmentAmended:
    lines = (
        told.OrderLine(line=1, spec=BREAD_OVEN, quantity=ovens),
        told.OrderLine(line=2, spec=Code("flour_50kg"), quantity=sacks),
    )
    return told.CommitmentAmended(by=DALIA, at=NOON, commitment=COMMITMENT, lines=lines)


def test_an_order_that_was_reduced_is_delivered_with_less() -> None:
    less = order(requested, ordered, received(1, 4), amended(1, 4))
    found = agreement(BREAD_OVEN, [less])
    assert (found.as_agreed, found.delivered_basis_points) == (True, 10_000)
    more = order(requested, ordered, received(1, 9), amended(2, 9))
    found = agreement(BREAD_OVEN, [more])
    assert (found.differences, found.delivered_basis_points) == ((Difference.SHORT,), 9_090)


def test_an_amount_that_was_amended_before_the_order_changes_no_goods() -> None:
    before = told.CommitmentAmended(by=DALIA, at=NOON, commitment=COMMITMENT, lines=())
    assert order(requested, before, ordered) == order(requested, ordered)


def test_cash_that_was_handed_over_is_there_as_a_whole() -> None:
    confirmed = told.CashHandOverConfirmed(by=DALIA, at=NOON, cash=CommitmentId("csh_1"), item=OVEN)
    found = agreement(BREAD_OVEN, [told.handed_over(confirmed)])
    assert (found.as_agreed, found.delivered_basis_points) == (True, 10_000)
    assert found.first_delivery == NOON.date()


def test_something_else_than_the_plan_says_is_not_as_agreed() -> None:
    found = agreement(Code("sewing_machine"), [order(requested, ordered, received(1, 9))])
    assert found.differences == (Difference.OTHER_SPEC,)


def test_an_item_that_nothing_was_ordered_for_is_not_as_agreed() -> None:
    nothing = (Difference.NOTHING_ORDERED,)
    assert agreement(BREAD_OVEN, []).differences == nothing
    assert agreement(BREAD_OVEN, [order(requested, ordered, cancelled)]).differences == nothing


def test_a_cancelled_order_still_counts_for_what_it_brought() -> None:
    found = agreement(BREAD_OVEN, [order(requested, ordered, received(1, 0), cancelled)])
    assert found.differences == (Difference.SHORT,)
    assert found.delivered_basis_points == 1_000


def test_a_dispute_shows_until_it_is_settled_and_what_is_taken_back_is_missing() -> None:
    receipt = ReceiptId("rec_1")
    disputed = told.ReceiptDisputed(by=ZAHRA, at=NOON, commitment=COMMITMENT, receipt=receipt)
    settled = told.ReceiptDisputeResolved(
        by=DALIA,
        at=NOON,
        commitment=COMMITMENT,
        receipt=receipt,
        lines=(told.DisputedLine(line=2, quantity=3),),
    )
    whole = (requested, ordered, received(1, 9))
    assert agreement(BREAD_OVEN, [order(*whole, disputed)]).differences == (Difference.DISPUTED,)
    after = agreement(BREAD_OVEN, [order(*whole, disputed, settled)])
    assert (after.differences, after.delivered_basis_points) == ((Difference.SHORT,), 7_000)
