"""What the agreements of two people amount to: the one score that everything decides by.

Each agreement is worth so many bits for or against (Fellegi and Sunter 1969): how much likelier it
is between two records of one person than between those of two people who are compared at all,
relatives among them, as a logarithm to the base 2. The bits add up. `PRIOR` is what speaks against
any two people being one before anything is looked at.
"""

import math
from collections.abc import Mapping
from enum import IntEnum

import msgspec

from intake.domain.duplicate import Agreement
from intake.domain.matching import agreement
from intake.domain.matching.agreement import Born, Name, Number, SexAgreement
from intake.domain.matching.features import Features

PRIOR = -7.5
SUSPECT_FROM = 5_000
"""Basis points. From here on a person looks at the pair."""

NAME: Mapping[IntEnum, float] = {
    Name.UNKNOWN: 0.0,
    Name.OTHER: -11.0,
    Name.KIN: -10.5,
    Name.OWN: -4.5,
    Name.ONE: 0.0,
    Name.MOST: 1.0,
    Name.REORDERED: 3.0,
    Name.ROUGH: 1.5,
    Name.FEWER: 4.0,
    Name.SAME: 4.0,
    Name.LONG: 6.0,
}
BORN: Mapping[IntEnum, float] = {
    Born.UNKNOWN: 0.0,
    Born.OTHER: -4.0,
    Born.NEAR: 0.5,
    Born.YEAR: 5.5,
    Born.YEAR_AND_PART: 6.5,
    Born.SWAPPED: 8.5,
    Born.SAME: 10.0,
}
PHONE: Mapping[IntEnum, float] = {
    Number.UNKNOWN: 0.0,
    Number.OTHER: -1.0,
    Number.SAME: 7.5,
}
DOCUMENT: Mapping[IntEnum, float] = {
    Number.UNKNOWN: 0.0,
    Number.OTHER: -1.0,
    Number.NEAR: 3.0,
    Number.SAME: 24.0,
}
SEX: Mapping[IntEnum, float] = {
    SexAgreement.UNKNOWN: 0.0,
    SexAgreement.OTHER: -6.0,
    SexAgreement.SAME: 0.0,
}

FIELDS = (
    (Agreement.NAME, agreement.name, NAME),
    (Agreement.DATE_OF_BIRTH, agreement.born, BORN),
    (Agreement.PHONE, agreement.phone, PHONE),
    (Agreement.DOCUMENT, agreement.document, DOCUMENT),
    (Agreement.SEX, agreement.sex, SEX),
)
"""Each field: how it is called, how two people's are compared, what each outcome is worth."""


class Weighed(msgspec.Struct, frozen=True):
    score: int
    """In basis points: 10,000 is certain."""
    agreeing: tuple[Agreement, ...]


def weigh(one: Features, other: Features) -> Weighed:
    """How likely the two are one, and in what they agree."""
    bits = PRIOR
    agreeing: list[Agreement] = []
    for field, compare, worth in FIELDS:
        weight = worth[compare(one, other)]
        bits += weight
        if weight > 0:
            agreeing.append(field)
    return Weighed(score_of(bits), tuple(agreeing))


def score_of(bits: float) -> int:
    """The probability that so many bits speak for, in basis points."""
    return round(10_000 / (1.0 + math.exp2(-bits)))
