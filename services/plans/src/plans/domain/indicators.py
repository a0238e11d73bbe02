"""Figures of a programme's plans and of what came of them; of a few people nothing.

Counts are of cases, one person each, by one characteristic; shares are exact to two decimals,
halves to the even one. An amount, a median or a mean that fewer people than the programme says
stand behind is not told, nor one that could be computed from the others.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from events.money import Money, total
from events.tables import Counts, across, half_even, told
from events.values import CaseId, Code
from plans.domain.delivered import Agreement
from plans.domain.followed import Followed
from plans.domain.item.kinds import Approved
from plans.domain.survey import Scores


class Characteristic(StrEnum):
    """What cases are counted by."""

    SEX = "sex"
    AGE_BRACKET = "age_bracket"
    COUNTRY = "country"
    RETURN_TYPE = "return_type"

    def of(self, followed: Followed) -> str:
        return str(getattr(followed, self.value))


class Step(StrEnum):
    """How far a case has come."""

    WITH_PLAN = "with_plan"
    ASSISTED = "assisted"
    """At least one item was delivered."""
    VISITED = "visited"
    SURVEYED = "surveyed"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    followed: Followed
    steps: frozenset[Step]
    approved_on: date | None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    approved: Approved
    agreement: Agreement
    paid: Money
    first_paid: date | None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The cases of one value; None where it is not told."""

    value: str
    cases: int | None
    steps: dict[Step, int | None]


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """What was approved and paid for one dimension, type or modality."""

    of: str
    approved: Money | None
    paid: Money | None


def lines(
    cases: Sequence[Case], by: Characteristic, *, below: int
) -> tuple[Counts[str], dict[Step, int | None], tuple[Line, ...]]:
    """All cases, how many took each step, and both by the characteristic."""
    values = [by.of(case.followed) for case in cases]
    counts = told(Counter(sorted(values)), below=below)
    rows, steps = list(counts.of), {}
    for step in Step:
        took = ((v, step in c.steps) for v, c in zip(values, cases, strict=True))
        steps[step] = across(rows, (True, False), took, below=below)
    found = tuple(
        Line(
            value=value,
            cases=count,
            steps={step: table.at(value, True) for step, table in steps.items()},
        )
        for value, count in counts.of.items()
    )
    together = {step: table.of_column(True) for step, table in steps.items()}
    return counts, together, found


def as_agreed(items: Sequence[Item], *, below: int) -> int | None:
    """To how many people all that was delivered is what was agreed; not where it would tell on
    a few to whom it was not.
    """
    of_case: dict[CaseId, bool] = {}
    for item in items:
        if item.agreement.first_delivery is not None:
            case = item.approved.case
            of_case[case] = of_case.get(case, True) and item.agreement.as_agreed
    return told({True: 0, False: 0} | Counter(of_case.values()), below=below).of[True]


def amounts(
    items: Sequence[Item], group: Callable[[Approved], str], currency: Code, *, below: int
) -> tuple[Amounts, ...]:
    """What was approved and paid by group; not for a group with too few people behind it."""
    groups: dict[str, list[Item]] = {}
    for item in sorted(items, key=lambda each: group(each.approved)):
        groups.setdefault(group(item.approved), []).append(item)
    people = {name: len({i.approved.case for i in each}) for name, each in groups.items()}
    shown = told(people, below=below)
    return tuple(
        Amounts(
            of=name,
            approved=_sum((i.approved.ceiling for i in each), currency, shown.of[name]),
            paid=_sum((i.paid for i in each), currency, shown.of[name]),
        )
        for name, each in groups.items()
    )


def _sum(money: Iterable[Money], currency: Code, shown: int | None) -> Money | None:
    return None if shown is None else total(money, currency)


def median(days: Sequence[int], *, below: int) -> int | None:
    """The median of whole days, halves to the even one; not of too few people."""
    if len(days) < max(below, 1):
        return None
    ordered, middle = sorted(days), len(days) // 2
    if len(days) % 2:
        return ordered[middle]
    return half_even(ordered[middle - 1] + ordered[middle], 2)


def days_to_plan(cases: Sequence[Case]) -> list[int]:
    """From arrival to the first approval of a plan."""
    return [
        max((case.approved_on - case.followed.arrived).days, 0)
        for case in cases
        if case.approved_on is not None and case.followed.arrived is not None
    ]


def days_to_delivery(cases: Sequence[Case], items: Sequence[Item]) -> list[int]:
    """From the approval of a plan to the first delivery of anything in it."""
    approved = {c.followed.case: c.approved_on for c in cases if c.approved_on is not None}
    first: dict[CaseId, date] = {}
    for item in items:
        day, case = item.agreement.first_delivery, item.approved.case
        if day is not None and case in approved:
            first[case] = min(first.get(case, day), day)
    return [max((day - approved[case]).days, 0) for case, day in first.items()]


class Sustainability(msgspec.Struct, frozen=True, kw_only=True):
    """The mean scores of one round, in basis points."""

    round_months: int
    economic: int | None
    social: int | None
    psychosocial: int | None
    composite: int | None


def sustainability(surveys: Sequence[Scores], *, below: int) -> tuple[Sustainability, ...]:
    rounds: dict[int, list[Scores]] = {}
    for scores in surveys:
        rounds.setdefault(scores.round_months, []).append(scores)
    return tuple(
        Sustainability(
            round_months=months,
            economic=_mean([s.economic for s in each], below),
            social=_mean([s.social for s in each], below),
            psychosocial=_mean([s.psychosocial for s in each], below),
            composite=_mean([s.composite for s in each], below),
        )
        for months, each in sorted(rounds.items())
    )


def _mean(scores: Sequence[int], below: int) -> int | None:
    return half_even(sum(scores), len(scores)) if len(scores) >= below else None
