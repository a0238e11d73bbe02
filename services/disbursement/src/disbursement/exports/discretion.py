"""Discretion: what is said of a kind of assistance or of a vendor is said of all of it alike.

If only the lines of restricted cases were told in neutral words, the words would give them away.
So a kind of assistance that one restricted case has had has no other words than neutral ones in any
line; and a vendor that served one is named in none. Kinds with fewer cases than the programme tells
of go into the same neutral words, and more of them until these, too, stand for enough.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from disbursement.exports.report import Bought, Given, Report
from events.values import CaseId, Code, OrganisationName, VendorId

ASSISTANCE = Code("assistance")
"""What anything is called that must not be told apart."""
OTHER = Code("other")

G = TypeVar("G", bound=Hashable)


class Discretion:
    """What may be told of the lines of one report."""

    def __init__(self, report: Report) -> None:
        self._for_others = {
            (each.programme, type_): say
            for each in report.wordings
            for type_, say in each.for_others
        }
        those = report.spent_on.values()
        neutral = {self._type(each) for each in those if each.restricted}
        self._words = {
            type_: ASSISTANCE if type_ in neutral and not self._is_wording(type_) else type_
            for type_ in map(self._type, those)
        }
        groups: dict[Code, frozenset[CaseId]] = {}
        for each in those:
            said = self._words[self._type(each)]
            groups[said] = groups.get(said, frozenset()) | each.cases
        self._grouped = folded(groups, below=report.below, into=ASSISTANCE)
        self._names = report.names
        self._withheld = {each.commitment.vendor for each in report.bought if each.restricted}

    def kind(self, bought: Bought | Given) -> Code:
        """What it was, in the words in which it may be told."""
        return self._grouped[self._words[self._type(bought)]]

    def words(self, bought: Bought | Given) -> Code:
        """The same, where too few cases are not told of in any words."""
        return self._words[self._type(bought)]

    def is_told(self, bought: Bought | Given) -> bool:
        """Whether the goods themselves may be named: their kind has no other words."""
        type_ = bought.planned.type if bought.planned else None
        return type_ is not None and self.kind(bought) == type_

    def vendor(self, bought: Bought | Given) -> VendorId | None:
        """Who was paid; None of whom one could learn that somebody's case is restricted."""
        if isinstance(bought, Given):
            return None
        vendor = bought.commitment.vendor
        return None if vendor in self._withheld else vendor

    def name(self, bought: Bought | Given) -> OrganisationName | None:
        """How that vendor is called, if it is an organisation and may be told at all."""
        vendor = self.vendor(bought)
        return None if vendor is None else self._names.get(vendor)

    def _type(self, bought: Bought | Given) -> Code:
        if bought.planned is None:
            return ASSISTANCE
        planned = bought.planned
        return self._for_others.get((planned.programme, planned.type), planned.type)

    def _is_wording(self, said: Code) -> bool:
        return said in self._for_others.values()


def folded(groups: Mapping[G, frozenset[CaseId]], *, below: int, into: G) -> Mapping[G, G]:
    """Under which name each group is told, so that each name stands for enough cases.

    Small groups go together into one, and the next larger ones after them until it is enough.
    Where all together are too few, all are in it: it is for the caller not to tell of them.
    """
    said = {name: name for name in groups}
    behind = groups.get(into, frozenset())
    rest = sorted(groups.keys() - {into}, key=lambda name: (len(groups[name]), str(name)))
    for name in rest:
        if len(groups[name]) < below or 0 < len(behind) < below:
            said[name] = into
            behind |= groups[name]
    return said
