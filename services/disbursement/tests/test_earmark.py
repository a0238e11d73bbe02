"""Funds kept for what is approved: on the item, on its line, and for the plan as a whole."""

from typing import Any

from msgspec.structs import replace
from services.disbursement.tests.commitment_asks import request
from services.disbursement.tests.people import (
    COMMITMENT,
    FUNDING,
    GRANT,
    ITEM,
    LINE,
    MARIA,
    NOON,
    PLAN,
    PLANNED,
    eur,
)

from disbursement.domain.budget_line import (
    BudgetLineEstablished,
    EarmarkDrawn,
    EarmarkFreed,
    EarmarkFunds,
    FreeEarmark,
    FundsEarmarked,
    FundsReleased,
    FundsReserved,
    NotEnoughFunds,
    NotReserved,
    ReleaseFunds,
    ReserveFunds,
    budget_line,
)
from disbursement.domain.commitment import commitment
from disbursement.domain.commitment.refusals import (
    EarmarkedElsewhere,
    ItemNotEarmarked,
    OtherBudgetLine,
)
from disbursement.domain.earmark import (
    EarmarkedItem,
    EarmarkRefused,
    ItemsEarmarked,
    Lack,
    RecordEarmarks,
    RefuseEarmark,
    Shortfall,
    earmark,
)
from disbursement.domain.item_ceiling import (
    AboveItemCeiling,
    CommitOnItem,
    EarmarkChanged,
    EarmarkItem,
    FreeItemEarmark,
    ItemCommitted,
    ItemEarmarked,
    ItemEarmarkFreed,
    ItemReleased,
    ReleaseOnItem,
    ReservationGivenBack,
    item_ceiling,
)
from events.scenario import scenario
from events.values import BudgetLineId, Code

OTHER_LINE = BudgetLineId("bud_other")
by: dict[str, Any] = {"by": MARIA, "at": NOON}

# On the line

established = BudgetLineEstablished(
    **by, line=LINE, grant=GRANT, category=Code("business_start"), ceiling=eur(2500)
)
keep = EarmarkFunds(**by, line=LINE, item=ITEM, amount=eur(2000))
kept = FundsEarmarked(**by, line=LINE, item=ITEM, amount=eur(2000))
reserve = ReserveFunds(**by, line=LINE, commitment=COMMITMENT, amount=eur(1500), earmarked_for=ITEM)
drawn = EarmarkDrawn(**by, line=LINE, item=ITEM, commitment=COMMITMENT, amount=eur(1500))
reserved = FundsReserved(**by, line=LINE, commitment=COMMITMENT, amount=eur(1500))


def test_what_is_earmarked_is_nobody_elses() -> None:
    line = scenario(budget_line).given(established).when(keep).then(kept)
    assert line.state
    assert line.state.available == eur(500)
    free = replace(reserve, amount=eur(501), earmarked_for=None)
    scenario(budget_line).given(established, kept).when(free).then_rejected(
        NotEnoughFunds(LINE, eur(500), eur(501))
    )
    scenario(budget_line).given(established, kept).when(
        replace(keep, amount=eur(501))
    ).then_rejected(NotEnoughFunds(LINE, eur(500), eur(501)))


def test_a_commitment_reserves_what_was_earmarked_and_takes_nothing_beside_it() -> None:
    line = scenario(budget_line).given(established, kept).when(reserve).then(drawn, reserved)
    assert line.state
    assert (line.state.earmarked, line.state.reserved) == (eur(500), eur(1500))
    assert line.state.available == eur(500)
    scenario(budget_line).given(established, kept, drawn, reserved).when(reserve).then_rejected(
        NotReserved(LINE, eur(500), eur(1500))
    )


def test_what_a_commitment_gives_back_is_kept_for_its_item_as_far_as_it_may_need_it() -> None:
    back = ReleaseFunds(
        **by, line=LINE, commitment=COMMITMENT, amount=eur(1500), item=ITEM, earmarked=eur(900)
    )
    line = (
        scenario(budget_line)
        .given(established, kept, drawn, reserved)
        .when(back)
        .then(
            FundsReleased(**by, line=LINE, commitment=COMMITMENT, amount=eur(1500)),
            FundsEarmarked(**by, line=LINE, item=ITEM, amount=eur(900)),
        )
    )
    assert line.state
    assert (line.state.earmarked, line.state.available) == (eur(1400), eur(1100))


def test_no_more_is_freed_than_was_kept() -> None:
    free = FreeEarmark(**by, line=LINE, item=ITEM, amount=eur(2000))
    freed = EarmarkFreed(**by, line=LINE, item=ITEM, amount=eur(2000))
    scenario(budget_line).given(established, kept).when(free).then(freed)
    scenario(budget_line).given(established, kept, freed).when(free).then_rejected(
        NotReserved(LINE, eur(0), eur(2000))
    )


# For the item

ask = EarmarkItem(**by, item=ITEM, plan=PLAN, line=LINE, ceiling=eur(2000), more=eur(2000))
earmarked = ItemEarmarked(**by, item=ITEM, plan=PLAN, line=LINE, ceiling=eur(2000), freed=eur(0))
commit = CommitOnItem(
    **by,
    item=ITEM,
    ceiling=eur(2000),
    commitment=COMMITMENT,
    amount=eur(1500),
    earmarked_on=LINE,
)
committed = ItemCommitted(**by, item=ITEM, commitment=COMMITMENT, amount=eur(1500))


def test_what_an_item_may_still_cost_is_earmarked() -> None:
    scenario(item_ceiling).when(ask).then(earmarked)
    scenario(item_ceiling).given(earmarked).when(ask).then()
    item = scenario(item_ceiling).given(earmarked).when(commit).then(committed)
    assert item.state
    assert item.state.earmarked == eur(500)


def test_what_was_seen_of_an_earmark_is_what_stands_or_nothing_is_committed() -> None:
    scenario(item_ceiling).when(commit).then_rejected(EarmarkChanged(ITEM, LINE, None))
    unseen = replace(commit, earmarked_on=None)
    scenario(item_ceiling).given(earmarked).when(unseen).then_rejected(
        EarmarkChanged(ITEM, None, LINE)
    )


def test_an_amendment_keeps_more_or_frees_what_is_not_ordered() -> None:
    more = replace(ask, ceiling=eur(2600), more=eur(600))
    scenario(item_ceiling).given(earmarked, committed).when(more).then(
        replace(earmarked, ceiling=eur(2600))
    )
    less = replace(ask, ceiling=eur(1700), more=eur(0))
    scenario(item_ceiling).given(earmarked, committed).when(less).then(
        replace(earmarked, ceiling=eur(1700), freed=eur(300))
    )


def test_the_line_is_asked_for_exactly_what_the_item_needs() -> None:
    scenario(item_ceiling).given(committed).when(ask).then_rejected(
        EarmarkChanged(ITEM, LINE, None)
    )
    scenario(item_ceiling).given(committed).when(replace(ask, more=eur(500))).then(earmarked)


def test_an_item_is_kept_on_one_line_at_a_time() -> None:
    scenario(item_ceiling).given(earmarked).when(replace(ask, line=OTHER_LINE)).then_rejected(
        EarmarkChanged(ITEM, OTHER_LINE, LINE)
    )


def test_the_ceiling_that_is_earmarked_is_the_one_that_counts() -> None:
    lagging = replace(commit, ceiling=eur(9000), amount=eur(2001))
    scenario(item_ceiling).given(earmarked).when(lagging).then_rejected(
        AboveItemCeiling(ITEM, eur(9000), eur(0), eur(2001))
    )


def test_when_no_plan_holds_it_any_more_what_is_left_is_freed() -> None:
    free = FreeItemEarmark(**by, item=ITEM)
    freed = ItemEarmarkFreed(**by, item=ITEM, plan=PLAN, line=LINE, freed=eur(500))
    scenario(item_ceiling).given(earmarked, committed).when(free).then(freed)
    scenario(item_ceiling).given(earmarked, committed, freed).when(free).then()


def test_what_an_order_gives_back_stays_with_an_item_that_a_plan_still_holds() -> None:
    back = ReleaseOnItem(**by, item=ITEM, line=LINE, commitment=COMMITMENT, amount=eur(1500))
    released = ItemReleased(**by, item=ITEM, commitment=COMMITMENT, amount=eur(1500))
    given_back = ReservationGivenBack(
        **by,
        item=ITEM,
        line=LINE,
        commitment=COMMITMENT,
        amount=eur(1500),
        earmarked=eur(1500),
    )
    scenario(item_ceiling).given(earmarked, committed).when(back).then(released, given_back)
    over = ItemEarmarkFreed(**by, item=ITEM, plan=PLAN, line=LINE, freed=eur(500))
    scenario(item_ceiling).given(earmarked, committed, over).when(back).then(
        released, replace(given_back, earmarked=eur(0))
    )
    shrunk = replace(earmarked, ceiling=eur(1000), freed=eur(500))
    scenario(item_ceiling).given(earmarked, committed, shrunk).when(back).then(
        released, replace(given_back, earmarked=eur(1000))
    )


# For the plan

all_of_it = (EarmarkedItem(item=ITEM, line=LINE, ceiling=eur(2000)),)
lacking = Shortfall(
    item=ITEM,
    category=Code("business_start"),
    because=Lack.NOT_ENOUGH_FUNDS,
    asked=eur(2000),
    available=eur(1800),
)
record = RecordEarmarks(**by, plan=PLAN, items=all_of_it)
recorded = ItemsEarmarked(**by, plan=PLAN, items=all_of_it)
refuse = RefuseEarmark(**by, plan=PLAN, short=(lacking,))
refused = EarmarkRefused(**by, plan=PLAN, short=(lacking,))


def test_a_plan_is_told_once_what_came_of_it() -> None:
    scenario(earmark).when(record).then(recorded)
    scenario(earmark).given(recorded).when(record).then()
    scenario(earmark).given(refused).when(record).then(recorded)
    scenario(earmark).given(recorded, refused).when(record).then(recorded)


def test_that_it_lacks_the_same_is_not_told_again() -> None:
    scenario(earmark).when(refuse).then(refused)
    little_more = replace(lacking, available=eur(1900))
    scenario(earmark).given(refused).when(replace(refuse, short=(little_more,))).then()
    dearer = replace(refuse, short=(replace(lacking, asked=eur(2400)),))
    scenario(earmark).given(refused).when(dearer).then(replace(refused, short=dearer.short))


# Before a commitment

waiting = replace(PLANNED, to_earmark=True)


def test_nothing_is_committed_for_a_plan_that_waits_for_its_funds() -> None:
    scenario(commitment).when(request(plan=waiting)).then_rejected(ItemNotEarmarked(ITEM))


def test_an_item_is_paid_from_the_line_on_which_it_is_earmarked() -> None:
    elsewhere = replace(waiting, earmarked_on=OTHER_LINE)
    scenario(commitment).when(request(plan=elsewhere)).then_rejected(
        EarmarkedElsewhere(LINE, OTHER_LINE)
    )
    other = replace(waiting, earmarked_on=LINE, budget_category=Code("training"))
    scenario(commitment).when(request(plan=other)).then_rejected(
        OtherBudgetLine(FUNDING.category, Code("training"))
    )
    assert scenario(commitment).when(request(plan=replace(waiting, earmarked_on=LINE))).events
