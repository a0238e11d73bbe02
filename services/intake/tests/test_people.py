"""Ages that somebody may have of whom only part of the date of birth is known."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain.people import AgeBracket, PartialDate, brackets_possible
from intake.domain.programme import months_after

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("born", "possible"),
    [
        ("1988", {AgeBracket.UNDER_60}),
        ("2008", {AgeBracket.UNDER_18, AgeBracket.UNDER_25}),
        ("2008-03-02", {AgeBracket.UNDER_25}),
        ("2008-03-03", {AgeBracket.UNDER_18}),
        ("2026", {AgeBracket.UNDER_5}),
        ("2030", set()),
    ],
)
def test_brackets(born: str, possible: set[AgeBracket]) -> None:
    assert brackets_possible(PartialDate(born), TODAY) == possible


@given(st.dates(date(1900, 1, 1), TODAY))
def test_knowing_less_rules_out_nothing_that_knowing_more_allows(born: date) -> None:
    known = [born.isoformat()[:length] for length in (10, 7, 4)]
    day, month, year = (brackets_possible(PartialDate(part), TODAY) for part in known)
    assert day <= month <= year
    assert len(day) == 1


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_months_later_is_in_that_month_and_never_a_later_day(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_the_last_day_of_a_longer_month_becomes_the_last_of_a_shorter() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
