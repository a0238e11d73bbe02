"""How banks number accounts where there is no IBAN, by country.

No library knows these. A country that is not in the table has its numbers checked by their letters
alone; what is in it was taken from what its central bank or clearing house says of account numbers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from events.decider import Rejected
from events.values import Code

NUBAN_WEIGHTS = (3, 7, 3)
"""Repeated over bank code and serial number (CBN: Nigeria Uniform Bank Account Number)."""


@dataclass(unsafe_hash=True)
class BranchNeeded(Rejected):
    """An account in this country is known by its branch too."""

    country: Code
    form: Code


@dataclass(unsafe_hash=True)
class BranchWrong(Rejected):
    """No branch in this country has such a code."""

    country: Code
    form: Code


@dataclass(frozen=True)
class Numbering:
    """A country's account numbers."""

    number: str
    """As a regular expression, without separators."""
    branch: str | None = None
    """The branch's code; None: banks there need none."""
    form: str = "none"
    """What people call the branch's code."""

    def fits(self, number: str) -> bool:
        return re.fullmatch(self.number, number, re.ASCII) is not None

    def at(self, country: Code, branch: Code | None) -> None:
        """The branch is one that this country has; `BranchNeeded`, `BranchWrong`."""
        if self.branch is None:
            return
        if branch is None:
            raise BranchNeeded(country, Code(self.form))
        if re.fullmatch(self.branch, branch, re.ASCII) is None:
            raise BranchWrong(country, Code(self.form))


NUMBERED: Mapping[str, Numbering] = {
    "AF": Numbering("[0-9]{8,18}"),
    "AM": Numbering("[0-9]{11,16}"),
    "BD": Numbering("[0-9]{10,17}", "[0-9]{9}", "routing_number"),
    "CD": Numbering("[0-9]{23}"),
    "CO": Numbering("[0-9]{9,16}"),
    "ET": Numbering("[0-9]{8,16}"),
    "GH": Numbering("[0-9]{10,16}", "[0-9]{6}", "sort_code"),
    "IN": Numbering("[0-9]{9,18}", "[A-Z]{4}0[A-Z0-9]{6}", "ifsc"),
    "KE": Numbering("[0-9]{6,14}", "[0-9]{5}", "bank_and_branch"),
    "LK": Numbering("[0-9]{6,15}", "[0-9]{7}", "bank_and_branch"),
    "MM": Numbering("[0-9]{9,17}"),
    "NG": Numbering("[0-9]{10}"),
    "NP": Numbering("[0-9A-Z]{8,20}"),
    "PH": Numbering("[0-9]{8,16}"),
    "SY": Numbering("[0-9]{6,18}"),
    "UG": Numbering("[0-9]{6,14}"),
    "VE": Numbering("0[0-9]{19}"),
    "VN": Numbering("[0-9]{6,19}"),
}


def numbered_right(country: Code, bank: Code | None, number: str) -> bool:
    """Whether the number can be one of that country's."""
    known = NUMBERED.get(country)
    if known is None:
        return True
    checks = country == "NG" and bank is not None and re.fullmatch("[0-9]{3}", bank) is not None
    return known.fits(number) and (not checks or _nuban(f"{bank}{number}"))


def _nuban(digits: str) -> bool:
    told = [int(each) for each in digits]
    weighed = (told[at] * NUBAN_WEIGHTS[at % len(NUBAN_WEIGHTS)] for at in range(len(told) - 1))
    return (10 - sum(weighed) % 10) % 10 == told[-1]


def at_branch(country: Code, branch: Code | None) -> None:
    """The branch is named where the country's accounts are known by it."""
    known = NUMBERED.get(country)
    if known is not None:
        known.at(country, branch)
