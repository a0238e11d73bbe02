"""How banks number accounts where there is no IBAN, by country.

No library knows these. Only a country whose numbering is a published standard is in the table, with
that standard's name. Of any other a number is checked by its letters alone, for no rule of ours
knows better: that it is the vendor's is found by the person who calls back, as of every account.
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

    standard: str
    """Who says so, and what it is called there."""
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


ANY = "[0-9A-Z]+"
"""The standard is about branches, and says nothing of the number itself."""
NUMBERED: Mapping[str, Numbering] = {
    "BD": Numbering("Bangladesh Bank: routing numbers of BEFTN", ANY, "[0-9]{9}", "routing_number"),
    "IN": Numbering("Reserve Bank of India: IFSC", ANY, "[A-Z]{4}0[A-Z0-9]{6}", "ifsc"),
    "NG": Numbering("Central Bank of Nigeria: NUBAN", "[0-9]{10}"),
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
