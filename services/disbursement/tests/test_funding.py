"""Where the money comes from: grants, budget lines, the ceilings of items."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from services.disbursement.tests.people import (
    COMMITMENT,
    GRANT,
    ITEM,
    LINE,
    MARIA,
    NOON,
    OTHER_COMMITMENT,
    PAYMENT,
    TOMAS,
    eur,
    iqd,
)

from disbursement.domain.budget_line import (
    AnotherCeilingProposed,
    BudgetLine,
    BudgetLineCommand,
    BudgetLineEstablished,
    BudgetLineEvent,
    BudgetLineExists,
    BudgetLineProposed,
    BudgetRaiseProposed,
    BudgetRevised,
    CeilingConfirmedByItsProposer,
    CeilingNotAboveZero,
    ConfirmCeiling,
    EarmarkFunds,
    EstablishBudgetLine,
    FreeEarmark,
    FundsBeyondRestored,
    FundsReleased,
    FundsReserved,
    FundsRestored,
    FundsSpent,
    FundsSpentBeyond,
    NoCeilingProposed,
    NoSuchBudgetLine,
    NotEnoughFunds,
    NothingToReserve,
    NotReserved,
    NotTheGrantsCurrency,
    ReleaseFunds,
    ReserveFunds,
    RestoreFunds,
    ReviseBudgetLine,
    SpendFunds,
    budget_line,
)
from disbursement.domain.currency import CurrencyUnknown
from disbursement.domain.grant import (
    Conversion,
    GrantExists,
    GrantOpened,
    OpenGrant,
    WindowEmpty,
    WindowOutOfSight,
    grant,
)
from disbursement.domain.item_ceiling import (
    AboveItemCeiling,
    CeilingInOtherCurrency,
    CommitOnItem,
    ItemCommitted,
    ItemReleased,
    NotCommitted,
    ReleaseOnItem,
    ReservationGivenBack,
    item_ceiling,
)
from events.money import Money
from events.scenario import scenario
from events.values import Code, PaymentId

# Grants

open_grant = OpenGrant(
    by=MARIA,
    at=NOON,
    grant=GRANT,
    donor=Code("AMIF"),
    reference=Code("SK-2023-AVRR"),
    currency=Code("EUR"),
    opens=date(2026, 1, 1),
    closes=date(2026, 12, 31),
    conversion=Conversion.RATE_OF_THE_DAY_PAID,
    rates=Code("UNORE"),
)
opened = GrantOpened(
    by=MARIA,
    at=NOON,
    grant=GRANT,
    donor=Code("AMIF"),
    reference=Code("SK-2023-AVRR"),
    currency=Code("EUR"),
    opens=date(2026, 1, 1),
    closes=date(2026, 12, 31),
    conversion=Conversion.RATE_OF_THE_DAY_PAID,
    rates=Code("UNORE"),
)


def test_a_grant_is_opened_once_with_its_window_and_its_conversion_rule() -> None:
    scenario(grant).given().when(open_grant).then(opened)
    scenario(grant).given(opened).when(open_grant).then_rejected(GrantExists(GRANT))


def test_a_window_does_not_close_before_it_opens() -> None:
    shut = replace(open_grant, closes=date(2025, 12, 31))
    scenario(grant).given().when(shut).then_rejected(
        WindowEmpty(date(2026, 1, 1), date(2025, 12, 31))
    )


@pytest.mark.parametrize("currency", ["ZZZ", "XXX", "XAU", "eur"])
def test_a_grant_is_in_a_currency_that_is_paid_in(currency: str) -> None:
    odd = replace(open_grant, currency=Code(currency))
    scenario(grant).given().when(odd).then_rejected(CurrencyUnknown(currency))


@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        (date.min, date.max),
        (date.min, date(2026, 12, 31)),
        (date(2026, 1, 1), date.max),
        (date(2206, 1, 1), date(2206, 12, 31)),
    ],
)
def test_a_grant_without_beginning_or_end_is_a_slip_of_the_pen(opens: date, closes: date) -> None:
    endless = replace(open_grant, opens=opens, closes=closes)
    scenario(grant).given().when(endless).then_rejected(WindowOutOfSight(opens, closes))


# Budget lines

established = BudgetLineEstablished(
    by=TOMAS, at=NOON, line=LINE, grant=GRANT, category=Code("business_start"), ceiling=eur(1500)
)
line_proposed = BudgetLineProposed(
    by=MARIA, at=NOON, line=LINE, grant=GRANT, category=Code("business_start"), ceiling=eur(1500)
)
confirm = ConfirmCeiling(by=TOMAS, at=NOON, line=LINE, ceiling=eur(1500))
establish = EstablishBudgetLine(
    by=MARIA,
    at=NOON,
    line=LINE,
    grant=GRANT,
    currency=Code("EUR"),
    category=Code("business_start"),
    ceiling=eur(1500),
)
reserve = ReserveFunds(by=MARIA, at=NOON, line=LINE, commitment=COMMITMENT, amount=eur(1000))
reserved = FundsReserved(by=MARIA, at=NOON, line=LINE, commitment=COMMITMENT, amount=eur(1000))
spend = SpendFunds(
    by=MARIA,
    at=NOON,
    line=LINE,
    commitment=COMMITMENT,
    payment=PAYMENT,
    reserved=eur(1000),
    paid=eur(1003),
)
spent = FundsSpent(
    by=MARIA,
    at=NOON,
    line=LINE,
    commitment=COMMITMENT,
    payment=PAYMENT,
    reserved=eur(1000),
    paid=eur(1003),
)


def state_of(*facts: object) -> BudgetLine:
    state = budget_line.fold(facts)  # type: ignore[arg-type]
    assert state is not None
    return state


def test_a_line_is_established_by_two_once_in_its_grants_currency() -> None:
    scenario(budget_line).given().when(establish).then(line_proposed)
    proposed = scenario(budget_line).given(line_proposed)
    proposed.when(confirm).then(established)
    proposed.when(replace(confirm, by=MARIA)).then_rejected(CeilingConfirmedByItsProposer(MARIA))
    proposed.when(replace(confirm, ceiling=eur(1501))).then_rejected(
        AnotherCeilingProposed(LINE, eur(1500))
    )
    for stands in (line_proposed, established):
        scenario(budget_line).given(stands).when(establish).then_rejected(BudgetLineExists(LINE))
    dinars = replace(establish, ceiling=iqd(1500))
    scenario(budget_line).given().when(dinars).then_rejected(NotTheGrantsCurrency("IQD", "EUR"))


def test_nothing_is_there_before_another_person_has_confirmed_the_ceiling() -> None:
    proposed = scenario(budget_line).given(line_proposed)
    proposed.when(reserve).then_rejected(NotEnoughFunds(LINE, eur(0), eur(1000)))


def test_a_ceiling_is_raised_by_two_and_lowered_by_one() -> None:
    line = scenario(budget_line).given(established)
    higher, lower = eur(150_000_000), eur(1000)
    raised = BudgetRaiseProposed(by=MARIA, at=NOON, line=LINE, before=eur(1500), ceiling=higher)
    revise = ReviseBudgetLine(by=MARIA, at=NOON, line=LINE, ceiling=higher)
    line.when(revise).then(raised)
    line.when(replace(confirm, ceiling=higher)).then_rejected(NoCeilingProposed(LINE))
    revised = BudgetRevised(by=TOMAS, at=NOON, line=LINE, before=eur(1500), ceiling=higher)
    waits = scenario(budget_line).given(established, raised)
    waits.when(revise).then()
    waits.when(reserve).then(reserved)
    waits.when(replace(reserve, amount=eur(2000))).then_rejected(
        NotEnoughFunds(LINE, eur(1500), eur(2000))
    )
    waits.when(replace(confirm, ceiling=higher, by=MARIA)).then_rejected(
        CeilingConfirmedByItsProposer(MARIA)
    )
    waits.when(replace(confirm, ceiling=higher)).then(revised)
    scenario(budget_line).given(established, raised, revised).when(
        replace(confirm, ceiling=higher)
    ).then()
    at_once = replace(revised, by=MARIA, ceiling=lower)
    waits.when(replace(revise, ceiling=lower)).then(at_once)
    scenario(budget_line).given(established, raised, at_once).when(
        replace(confirm, ceiling=higher)
    ).then_rejected(NoCeilingProposed(LINE))


@pytest.mark.parametrize("ceiling", [eur(0), eur(-5), Money(-1, "EUR")], ids=str)
def test_a10_a_ceiling_is_above_zero(ceiling: Money) -> None:
    nothing = replace(establish, ceiling=ceiling)
    scenario(budget_line).given().when(nothing).then_rejected(CeilingNotAboveZero(ceiling))


@pytest.mark.parametrize("amount", [eur(0), eur(-5)], ids=str)
def test_a10_what_is_reserved_is_above_zero(amount: Money) -> None:
    nothing = replace(reserve, amount=amount)
    scenario(budget_line).given(established).when(nothing).then_rejected(
        NothingToReserve(LINE, amount)
    )


def test_funds_are_reserved_as_long_as_there_are_any() -> None:
    line = scenario(budget_line).given(established)
    line.when(reserve).then(reserved)
    second = replace(reserve, commitment=OTHER_COMMITMENT, amount=eur(501))
    line.given(reserved).when(second).then_rejected(NotEnoughFunds(LINE, eur(500), eur(501)))
    last = line.given(reserved).when(replace(second, amount=eur(500)))
    assert last.state is not None
    assert last.state.available == eur(0)


def test_funds_are_reserved_in_the_grants_currency_on_a_line_that_exists() -> None:
    scenario(budget_line).given().when(reserve).then_rejected(NoSuchBudgetLine(LINE))
    (
        scenario(budget_line)
        .given(established)
        .when(replace(reserve, amount=iqd(1)))
        .then_rejected(NotTheGrantsCurrency("IQD", "EUR"))
    )


def giving_back(amount: Money, earmarked: Money | None = None) -> ReleaseFunds:
    return ReleaseFunds(
        by=MARIA,
        at=NOON,
        line=LINE,
        commitment=COMMITMENT,
        amount=amount,
        item=ITEM,
        earmarked=earmarked or eur(0),
    )


def test_what_is_released_is_available_again() -> None:
    release = giving_back(eur(400))
    released = FundsReleased(by=MARIA, at=NOON, line=LINE, commitment=COMMITMENT, amount=eur(400))
    line = scenario(budget_line).given(established, reserved)
    line.when(release).then(released)
    line.when(replace(release, amount=eur(0))).then()
    line.when(replace(release, amount=eur(1001))).then_rejected(
        NotReserved(LINE, eur(1000), eur(1001))
    )
    assert state_of(established, reserved, released).available == eur(900)


def test_what_is_paid_leaves_the_line_at_the_rate_it_was_reserved_at() -> None:
    scenario(budget_line).given(established, reserved).when(spend).then(spent)
    line = state_of(established, reserved, spent)
    assert (line.reserved, line.spent, line.available) == (eur(0), eur(1000), eur(500))
    assert line.exchange_difference == eur(3)


def test_what_the_bank_executed_is_spent_though_nothing_is_reserved_for_it() -> None:
    """A second payment of the same order leaves what others have reserved alone."""
    twice = replace(spend, payment=PaymentId("pay_2"), reserved=eur(0), beyond=eur(1003))
    beyond = FundsSpentBeyond(
        by=MARIA,
        at=NOON,
        line=LINE,
        commitment=COMMITMENT,
        payment=PaymentId("pay_2"),
        amount=eur(1003),
    )
    others = replace(reserved, commitment=OTHER_COMMITMENT, amount=eur(400))
    known = scenario(budget_line).given(established, reserved, others, spent)
    known.when(twice).then(beyond)
    line = state_of(established, reserved, others, spent, beyond)
    assert (line.reserved, line.spent, line.spent_beyond) == (eur(400), eur(2003), eur(1003))
    assert line.available == eur(-903)
    unheard_of = replace(beyond, payment=PAYMENT, amount=eur(1000))
    scenario(budget_line).given(established).when(replace(spend, paid=eur(1000))).then(unheard_of)


def test_what_was_paid_twice_gives_back_what_it_took_and_reserves_nothing() -> None:
    beyond = FundsSpentBeyond(
        by=MARIA, at=NOON, line=LINE, commitment=COMMITMENT, payment=PAYMENT, amount=eur(1003)
    )
    back = RestoreFunds(
        by=MARIA,
        at=NOON,
        line=LINE,
        commitment=COMMITMENT,
        payment=PAYMENT,
        reserved=eur(0),
        paid=eur(1003),
        beyond=eur(1003),
    )
    restored = FundsBeyondRestored(
        by=MARIA,
        at=NOON,
        line=LINE,
        commitment=COMMITMENT,
        payment=PAYMENT,
        amount=eur(1003),
        came=eur(1003),
    )
    scenario(budget_line).given(established, beyond).when(back).then(restored)
    assert state_of(established, beyond, restored) == state_of(established)


def test_what_is_borne_by_a_reservation_after_all_counts_once() -> None:
    beyond = FundsSpentBeyond(
        by=MARIA, at=NOON, line=LINE, commitment=COMMITMENT, payment=PAYMENT, amount=eur(1003)
    )
    known = scenario(budget_line).given(established, reserved, beyond)
    outcome = known.when(spend)
    assert outcome.state == state_of(established, reserved, spent)


def test_a_returned_payment_is_reserved_again() -> None:
    restore = RestoreFunds(
        by=MARIA,
        at=NOON,
        line=LINE,
        commitment=COMMITMENT,
        payment=PAYMENT,
        reserved=eur(1000),
        paid=eur(1003),
    )
    restored = FundsRestored(
        by=MARIA,
        at=NOON,
        line=LINE,
        commitment=COMMITMENT,
        payment=PAYMENT,
        reserved=eur(1000),
        paid=eur(1003),
    )
    scenario(budget_line).given(established, reserved, spent).when(restore).then(restored)
    assert state_of(established, reserved, spent, restored) == state_of(established, reserved)


amounts = st.integers(0, 1000).map(eur)
WISHES = [
    "reserve",
    "release",
    "release_to_the_item",
    "earmark",
    "free",
    "draw",
    "spend",
    "restore",
]
wishes = st.lists(st.tuples(st.sampled_from(WISHES), amounts))


@given(wishes)
def test_whatever_is_asked_what_a_line_keeps_and_spends_stays_within_its_ceiling(
    asked: list[tuple[str, Money]],
) -> None:
    facts: list[BudgetLineEvent] = [established]
    for wish, amount in asked:
        spent = state_of(*facts).spent
        wished: dict[str, BudgetLineCommand] = {
            "reserve": replace(reserve, amount=amount),
            "release": giving_back(amount),
            "release_to_the_item": giving_back(amount, amount),
            "earmark": EarmarkFunds(by=MARIA, at=NOON, line=LINE, item=ITEM, amount=amount),
            "free": FreeEarmark(by=MARIA, at=NOON, line=LINE, item=ITEM, amount=amount),
            "draw": replace(reserve, amount=amount, earmarked_for=ITEM),
            "spend": replace(spend, reserved=amount, paid=amount + eur(7)),
            "restore": RestoreFunds(
                by=MARIA,
                at=NOON,
                line=LINE,
                commitment=COMMITMENT,
                payment=PAYMENT,
                reserved=min(amount, spent),
                paid=min(amount, spent),
                beyond=amount,
            ),
        }
        outcome = scenario(budget_line).given(*facts).when(wished[wish])
        facts += outcome.events or ()
        line = state_of(*facts)
        assert eur(0) <= min(line.earmarked, line.reserved, line.spent_beyond)
        kept = line.earmarked + line.reserved + line.spent
        assert kept - line.spent_beyond <= line.ceiling
        assert line.available == line.ceiling - kept


# The ceiling of a plan's item

commit = CommitOnItem(
    by=MARIA, at=NOON, item=ITEM, ceiling=eur(1500), commitment=COMMITMENT, amount=eur(1000)
)
on_item = ItemCommitted(by=MARIA, at=NOON, item=ITEM, commitment=COMMITMENT, amount=eur(1000))


def test_no_more_is_committed_to_an_item_than_the_plan_allows() -> None:
    scenario(item_ceiling).given().when(commit).then(on_item)
    second = replace(commit, commitment=OTHER_COMMITMENT, amount=eur(501))
    scenario(item_ceiling).given(on_item).when(second).then_rejected(
        AboveItemCeiling(ITEM, eur(1500), eur(1000), eur(501))
    )


def test_a_plan_in_another_currency_than_the_grant_commits_nothing() -> None:
    dinars = replace(commit, ceiling=iqd(5_000_000))
    scenario(item_ceiling).given().when(dinars).then_rejected(
        CeilingInOtherCurrency(ITEM, iqd(5_000_000), eur(1000))
    )


def test_what_an_item_gives_back_may_be_committed_again() -> None:
    back = ReleaseOnItem(
        by=MARIA, at=NOON, item=ITEM, line=LINE, commitment=COMMITMENT, amount=eur(1000)
    )
    released = ItemReleased(by=MARIA, at=NOON, item=ITEM, commitment=COMMITMENT, amount=eur(1000))
    to_the_line = ReservationGivenBack(
        by=MARIA,
        at=NOON,
        item=ITEM,
        line=LINE,
        commitment=COMMITMENT,
        amount=eur(1000),
        earmarked=eur(0),
    )
    scenario(item_ceiling).given(on_item).when(back).then(released, to_the_line)
    scenario(item_ceiling).given(on_item).when(replace(back, amount=eur(0))).then()
    scenario(item_ceiling).given(on_item, released).when(commit).then(on_item)
    scenario(item_ceiling).given().when(back).then_rejected(NotCommitted(ITEM, eur(0), eur(1000)))
