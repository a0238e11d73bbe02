"""How far two people agree in each field, by their tokens."""

from enum import IntEnum

from intake.domain.matching.features import (
    DateTokens,
    Features,
    NameTokens,
    NumberTokens,
    PartTokens,
)
from intake.domain.people import Sex

ALIKE_FROM = 0.72
CLOSE_FROM = 0.52


class Part(IntEnum):
    """How far two words of names agree."""

    OTHER = 0
    CLOSE = 1
    ALIKE = 2
    SAME = 3


class Name(IntEnum):
    """How far two names agree."""

    UNKNOWN = 0
    OTHER = 1
    KIN = 2
    """The own names differ; a father's or a family's is the same."""
    OWN = 3
    """The own name is the same and no other: a marriage, or anybody."""
    ONE = 4
    """All that agrees is the one name that one of them has."""
    MOST = 5
    """The own name and another are the same, and a third differs."""
    REORDERED = 6
    """The same words, with another one as the own name: another custom, or father and son."""
    ROUGH = 7
    """Each word is the other's or nearly: a slip, or another spelling."""
    FEWER = 8
    """All of the shorter name is in the longer one."""
    SAME = 9
    LONG = 10
    """The same in three words or more."""


class Born(IntEnum):
    UNKNOWN = 0
    OTHER = 1
    NEAR = 2
    """One digit differs."""
    YEAR = 3
    """The year is the same, and the rest of one of them is not known."""
    YEAR_AND_PART = 4
    """The year and either the month or the day."""
    SWAPPED = 5
    """Day and month change places."""
    SAME = 6


class Number(IntEnum):
    """How far phones or documents agree."""

    UNKNOWN = 0
    OTHER = 1
    NEAR = 2
    SAME = 3


class SexAgreement(IntEnum):
    UNKNOWN = 0
    OTHER = 1
    SAME = 2


def name(one: Features, other: Features) -> Name:
    """By the two spellings that agree best."""
    return max((_names(a, b) for a in one.names for b in other.names), default=Name.UNKNOWN)


def born(one: Features, other: Features) -> Born:
    return max((_dates(a, b) for a in one.born for b in other.born), default=Born.UNKNOWN)


def phone(one: Features, other: Features) -> Number:
    if not (one.phones and other.phones):
        return Number.UNKNOWN
    return Number.SAME if set(one.phones) & set(other.phones) else Number.OTHER


def document(one: Features, other: Features) -> Number:
    pairs = [(a, b) for a in one.documents for b in other.documents]
    return max((_documents(a, b) for a, b in pairs), default=Number.UNKNOWN)


def sex(one: Features, other: Features) -> SexAgreement:
    if Sex.UNKNOWN in (one.sex, other.sex):
        return SexAgreement.UNKNOWN
    return SexAgreement.SAME if one.sex == other.sex else SexAgreement.OTHER


# Names


def _names(one: NameTokens, other: NameTokens) -> Name:
    table = [[_parts(a, b) for b in other.parts] for a in one.parts]
    own = table[one.own][other.own]
    shorter, longer = sorted((len(one.parts), len(other.parts)))
    found = _matched(table)
    alike = sum(each >= Part.ALIKE for each in found)
    if shorter == 1:
        return Name.ONE if alike else Name.OTHER
    if alike == shorter:
        if own < Part.ALIKE:
            return Name.REORDERED
        if longer > shorter:
            return Name.FEWER
        return Name.LONG if shorter > 2 else Name.SAME  # noqa: PLR2004  given name and surname
    if own >= Part.CLOSE and all(each >= Part.CLOSE for each in found):
        return Name.ROUGH
    if own >= Part.ALIKE:
        return Name.MOST if alike > 1 else Name.OWN
    return Name.KIN if alike else Name.OTHER


def _matched(table: list[list[Part]]) -> list[Part]:
    """Each word of the shorter name with one of the longer, the best agreements first."""
    cells = sorted(
        (
            (level, row, column)
            for row, levels in enumerate(table)
            for column, level in enumerate(levels)
        ),
        key=lambda cell: (-cell[0], abs(cell[1] - cell[2])),
    )
    rows: set[int] = set()
    columns: set[int] = set()
    found: list[Part] = []
    for level, row, column in cells:
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            found.append(level)
    return found


def _parts(one: PartTokens, other: PartTokens) -> Part:
    if one.bare == other.bare:
        written_out = one.marked is not None and other.marked is not None
        return Part.CLOSE if written_out and one.marked != other.marked else Part.SAME
    meet = not set(one.skeletons).isdisjoint(other.skeletons)
    if not (one.vowels and other.vowels):
        return Part.ALIKE if meet else Part.OTHER
    grams, others = set(one.grams), set(other.grams)
    dice = 2 * len(grams & others) / (len(grams) + len(others))
    if dice >= ALIKE_FROM or (meet and one.certain and other.certain):
        return Part.ALIKE
    return Part.CLOSE if meet or dice >= CLOSE_FROM else Part.OTHER


# Dates and numbers


def _dates(one: DateTokens, other: DateTokens) -> Born:
    near = not set(one.nearly).isdisjoint(other.nearly)
    if one.year != other.year:
        partly = one.month is None or other.month is None
        near = near or (partly and not set(one.around).isdisjoint(other.around))
        return Born.NEAR if near else Born.OTHER
    if None in (one.month, one.day, other.month, other.day):
        contradict = None not in (one.month, other.month) and one.month != other.month
        return Born.NEAR if contradict else Born.YEAR
    if (one.month, one.day) == (other.month, other.day):
        return Born.SAME
    if (one.month, one.day) == (other.day, other.month):
        return Born.SWAPPED
    if one.month == other.month or one.day == other.day:
        return Born.YEAR_AND_PART
    return Born.NEAR if near else Born.OTHER


def _documents(one: NumberTokens, other: NumberTokens) -> Number:
    if one.whole == other.whole:
        return Number.SAME
    return Number.NEAR if not set(one.nearly).isdisjoint(other.nearly) else Number.OTHER
