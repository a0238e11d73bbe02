"""What exports tell of few people or of restricted cases: nothing, and nothing to have it from."""

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from services.disbursement.tests.people import COMMITMENT, GRANT, LINE, PROGRAMME, eur, requested

from disbursement.domain.commitment import commitment
from disbursement.domain.grant import Grant
from disbursement.exports import hxl
from disbursement.exports.discretion import ASSISTANCE, OTHER, Discretion, folded
from disbursement.exports.report import (
    Bought,
    Cause,
    Line,
    Moved,
    Planned,
    Report,
    Wording,
    periods,
)
from events.money import Money, total
from events.values import BudgetLineId, CaseId, Code, CommitmentId, VendorId

BUSINESS, COURSE, MEDICINE = Code("micro_business"), Code("course"), Code("medical_help")
SHELTER, SHOP = VendorId("ven_shelter"), VendorId("ven_shop")
NOTHING = eur(0)
BELOW = 3


def bought(
    number: int,
    kind: Code = BUSINESS,
    *,
    case: str | None = None,
    vendor: VendorId = SHOP,
    restricted: bool = False,
    line: BudgetLineId = LINE,
) -> Bought:
    """One commitment for one case."""
    about = CaseId(case or f"cas_{number}")
    state = commitment.fold([requested])
    assert state is not None
    its = replace(
        state,
        id=CommitmentId(f"{COMMITMENT}_{number}"),
        case=about,
        vendor=vendor,
        budget_line=line,
    )
    return Bought(
        commitment=its,
        cases=frozenset({about}),
        restricted=restricted,
        planned=Planned(programme=PROGRAMME, type=kind, modality=Code("goods"), ceiling=eur(2000)),
        sourcing=None,
        paid=(),
        changed=datetime(2026, 3, 2, tzinfo=UTC),
        facts=1,
    )


def paid_for(each: Bought, month: int, units: int = 100) -> Moved:
    return Moved(
        cause=Cause.PAYMENT,
        day=date(2026, month, 14),
        line=each.commitment.budget_line,
        commitment=each.commitment.id,
        amount=eur(units),
    )


def a_line(id_: BudgetLineId = LINE, category: str = "business_start") -> Line:
    return Line(
        id=id_,
        category=Code(category),
        ceiling=eur(5000),
        earmarked=NOTHING,
        committed=NOTHING,
        expense=NOTHING,
        owed_back=NOTHING,
        given_up=NOTHING,
        left_over=NOTHING,
        paid=NOTHING,
        exchange_difference=NOTHING,
        available=eur(5000),
    )


def report(*those: Bought, moved: tuple[Moved, ...] = (), lines: tuple[Line, ...] = ()) -> Report:
    wording = Wording(PROGRAMME, (), BELOW, ((MEDICINE, Code("health_service")),))
    return Report(
        grant=Grant(
            id=GRANT,
            donor=Code("AMIF"),
            reference=Code("SK-2023-AVRR"),
            currency=Code("EUR"),
            opens=date(2026, 1, 1),
            closes=date(2026, 12, 31),
        ),
        cut_off=1,
        as_of=datetime(2026, 3, 2, tzinfo=UTC),
        lines=lines or (a_line(),),
        bought=those,
        given=(),
        moved=moved,
        promised=(),
        wordings=(wording,),
    )


# Kinds and vendors


def test_a_kind_has_the_programmes_words_in_every_line() -> None:
    those = [bought(n, MEDICINE) for n in range(3)]
    say = Discretion(report(*those))
    assert {say.kind(each) for each in those} == {"health_service"}
    assert not any(say.is_told(each) for each in those)


def test_a_kind_that_a_restricted_case_has_had_is_neutral_in_every_line() -> None:
    those = [bought(n, restricted=n == 0) for n in range(4)]
    others = [bought(n, COURSE) for n in range(4, 8)]
    say = Discretion(report(*those, *others))
    assert [say.kind(each) for each in those] == [ASSISTANCE] * 4
    assert [say.kind(each) for each in others] == [COURSE] * 4
    assert [say.is_told(each) for each in (*those, *others)] == [False] * 4 + [True] * 4


def test_a_vendor_that_served_a_restricted_case_is_named_in_no_line() -> None:
    those = [
        bought(0, vendor=SHELTER, restricted=True),
        bought(1, vendor=SHELTER),
        bought(2, vendor=SHOP),
    ]
    say = Discretion(report(*those))
    assert [say.vendor(each) for each in those] == [None, None, SHOP]


def test_small_kinds_go_together_and_take_the_next_with_them() -> None:
    """One neutral line alone would be the small kind under another name."""
    those = [bought(0, COURSE), *(bought(n) for n in range(1, 4))]
    others = [bought(n, MEDICINE) for n in range(4, 10)]
    say = Discretion(report(*those, *others))
    assert {say.kind(each) for each in those} == {ASSISTANCE}
    assert {say.kind(each) for each in others} == {"health_service"}


@given(
    st.dictionaries(
        st.sampled_from("abcdefg"), st.frozensets(st.integers(1, 12), min_size=1), min_size=1
    ),
    st.integers(1, 6),
)
def test_what_goes_together_is_enough_or_all(groups: dict[str, frozenset[int]], below: int) -> None:
    people = {n: frozenset(CaseId(f"cas_{each}") for each in g) for n, g in groups.items()}
    said = folded(people, below=below, into=str(OTHER))
    for name in set(said.values()):
        behind = frozenset[CaseId]().union(*(people[n] for n, word in said.items() if word == name))
        assert len(behind) >= below or set(said.values()) == {OTHER}


# Periods


def test_a_period_waits_until_it_stands_for_enough_cases() -> None:
    those = [bought(n) for n in range(4)]
    months = (1, 2, 2, 3)
    moved = tuple(paid_for(each, month) for each, month in zip(those, months, strict=True))
    told, waiting = periods(report(*those, moved=moved))
    assert [(p.first, p.last) for p in told] == [(date(2026, 1, 1), date(2026, 2, 1))]
    assert waiting == [moved[3]]


def test_one_more_in_the_same_month_waits_for_those_that_follow() -> None:
    """Also where it is booked later for a day before: no export tells of one by himself."""
    those = [bought(n) for n in range(6)]
    months = (2, 2, 2, 2, 1, 2)
    moved = tuple(paid_for(each, month) for each, month in zip(those, months, strict=True))

    def all_told(many: int) -> Money:
        whole = report(*those[:many], moved=moved[:many])
        *_, (_, _, paid) = hxl.figures(whole)
        return paid

    assert [all_told(many) for many in (3, 4, 5, 6)] == [eur(300), eur(300), eur(300), eur(600)]


def test_the_same_case_again_is_nobody_new() -> None:
    those = [bought(n, case="cas_1") for n in range(4)]
    moved = tuple(paid_for(each, 1) for each in those)
    assert periods(report(*those, moved=moved)) == ([], list(moved))


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 12), st.integers(-50, 500)), max_size=30)
)
def test_told_and_waiting_is_all_that_moved_and_nothing_told_changes(
    payments: list[tuple[int, int, int]],
) -> None:
    those = [bought(n, case=f"cas_{case}") for n, (case, _, _) in enumerate(payments)]
    moved = tuple(
        paid_for(each, month, units)
        for each, (_, month, units) in zip(those, payments, strict=True)
    )
    told, waiting = periods(report(*those, moved=moved))
    amounts = [p.amount for p in told] + [each.amount for each in waiting]
    assert total(amounts, "EUR") == total((each.amount for each in moved), "EUR")
    for already in range(len(moved)):
        before, _ = periods(report(*those[:already], moved=moved[:already]))
        assert told[: len(before)] == before


# Figures

OTHER_LINE = BudgetLineId("bud_health")
TWO_LINES = (a_line(), a_line(OTHER_LINE, "health"))


def told(those: list[Bought]) -> dict[tuple[str, str], tuple[int, Money]]:
    moved = tuple(paid_for(each, 1) for each in those)
    whole = report(*those, moved=moved, lines=TWO_LINES)
    return {cell: (cases, paid) for cell, cases, paid in hxl.figures(whole)}


def test_a_cell_for_too_few_waits_and_is_in_no_total() -> None:
    those = [
        *(bought(n) for n in range(4)),
        *(bought(n, COURSE) for n in range(4, 9)),
        *(bought(n, line=OTHER_LINE) for n in range(9, 10)),
        *(bought(n, COURSE, line=OTHER_LINE) for n in range(10, 15)),
    ]
    assert told(those) == {
        ("business_start", "course"): (3, eur(300)),
        ("business_start", "micro_business"): (3, eur(300)),
        ("business_start", "all"): (6, eur(600)),
        ("health", "course"): (3, eur(300)),
        ("health", "all"): (3, eur(300)),
        ("all", "all"): (9, eur(900)),
    }


def test_a_cell_grows_by_enough_cases_or_not_at_all() -> None:
    """Also where others make the month's figures large enough."""
    first = [*(bought(n) for n in range(3)), *(bought(n, COURSE) for n in range(3, 6))]
    later = [bought(6), *(bought(n, COURSE) for n in range(7, 10))]
    before, after = told(first), told([*first, *later])
    assert before["business_start", "micro_business"] == (3, eur(300))
    assert after["business_start", "micro_business"] == (3, eur(300)), "one more would be himself"
    assert after["business_start", "course"] == (6, eur(600))
    assert after["all", "all"] == (9, eur(900))


def test_what_is_told_of_all_is_what_is_told_of_each() -> None:
    """Else the one less the other would be a figure for few."""
    those = [bought(0), *(bought(n, COURSE) for n in range(1, 5))]
    moved = tuple(paid_for(each, 1) for each in those)
    whole = report(*those, moved=moved)
    (period,) = periods(whole)[0]
    assert period.amount == told(those)["all", "all"][1] == eur(300)


def test_who_becomes_restricted_changes_words_and_no_figure() -> None:
    those = [*(bought(n) for n in range(4)), *(bought(n, COURSE) for n in range(4, 8))]
    hidden = [bought(0, restricted=True), *those[1:]]
    assert told(those)["all", "all"] == told(hidden)["all", "all"]
    assert told(hidden)["business_start", "assistance"] == (3, eur(300))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 9),
            st.sampled_from([BUSINESS, COURSE, MEDICINE]),
            st.sampled_from([LINE, OTHER_LINE]),
        ),
        max_size=25,
    )
)
def test_no_two_exports_differ_by_fewer_cases(drawn: list[tuple[int, Code, BudgetLineId]]) -> None:
    those = [
        bought(n, kind, case=f"cas_{case}", line=line) for n, (case, kind, line) in enumerate(drawn)
    ]
    moved = tuple(paid_for(each, 1) for each in those)
    case_of = {each.id: each.commitment.case for each in those}

    def as_of(many: int) -> dict[tuple[Code, Code], list[Moved]]:
        return hxl.groups(report(*those, moved=moved[:many], lines=TWO_LINES))

    exports = [as_of(many) for many in range(len(moved) + 1)]
    for number, earlier in enumerate(exports):
        for later in exports[number:]:
            assert earlier.keys() <= later.keys()
            for cell, now in later.items():
                before = earlier.get(cell, [])
                assert now[: len(before)] == before
                more = {case_of[each.commitment] for each in now[len(before) :]}
                assert not more or len(more) >= BELOW
