"""The words for people: how old, of which sex, related how, born when as far as anyone knows."""

from datetime import date
from enum import StrEnum
from typing import Annotated, NewType

from msgspec import Meta

from events.values import Shape

PARTIAL_DATE = r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"

PartialDate = NewType(
    "PartialDate", Annotated[str, Meta(pattern=PARTIAL_DATE), Shape(PARTIAL_DATE)]
)
"""A year, a year and month, or a date: many people do not know the day they were born on."""


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class AgeBracket(StrEnum):
    """Age in full years at registration. The brackets end where being a child does."""

    UNDER_5 = "0_4"
    UNDER_12 = "5_11"
    UNDER_18 = "12_17"
    UNDER_25 = "18_24"
    UNDER_60 = "25_59"
    OVER_60 = "60_over"

    @property
    def is_child(self) -> bool:
        """Under 18 (Convention on the Rights of the Child, article 1)."""
        return self in (self.UNDER_5, self.UNDER_12, self.UNDER_18)

    @property
    def years(self) -> tuple[int, int]:
        """The youngest and the oldest of it."""
        return _YEARS[self]


class Relation(StrEnum):
    """What a member of the household is to the principal applicant."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    OTHER = "other"


_YEARS = {
    AgeBracket.UNDER_5: (0, 4),
    AgeBracket.UNDER_12: (5, 11),
    AgeBracket.UNDER_18: (12, 17),
    AgeBracket.UNDER_25: (18, 24),
    AgeBracket.UNDER_60: (25, 59),
    AgeBracket.OVER_60: (60, 150),
}


def brackets_possible(born: PartialDate, on: date) -> set[AgeBracket]:
    """The age brackets that somebody of whom this much is known may be in; none: not yet born."""
    parts = [int(part) for part in born.split("-")]
    earliest = (*parts, 1, 1)[:3]
    latest = (*parts, 12, 31)[:3]
    oldest, youngest = _age(earliest, on), _age(latest, on)
    return {_bracket(age) for age in range(max(youngest, 0), oldest + 1)}


def _age(born: tuple[int, ...], on: date) -> int:
    return on.year - born[0] - ((on.month, on.day) < born[1:])


def _bracket(age: int) -> AgeBracket:
    fitting = (bracket for bracket, (_, oldest) in _YEARS.items() if age <= oldest)
    return next(fitting, AgeBracket.OVER_60)
