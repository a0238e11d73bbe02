"""What if a programme had said something else: its page in place of each that was published.

Two things come of it. The views, made of a history that never was, beside those of the true one.
And which acts of the true history that page would not have let pass: an assistance that it does not
offer or not for so much, an entitlement above it, too few of a committee, too few offers. Nothing
of this is ever written to a store.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import msgspec
from msgspec.structs import replace

from audit.replay.history import Told
from events.canonical import canonical
from events.money import Money, NotMoney
from events.values import ProgrammeId

PUBLISHED = "plans.programme_published"
BESIDE = (
    "plans.vendor_rules_published",
    "plans.budget_lines_named",
    "plans.finding_rules_published",
    "plans.delivery_terms_published",
)
JUDGED = (
    "intake.entitlement_granted",
    "plans.plan_approved",
    "vendors.award_counted",
    "vendors.vendor_selected",
)
"""The acts that are asked whether the page would have let them pass."""
HELD = "entitlements, what plans offer and up to how much, their quorum, the number of offers"
"""What of a page they are asked about. Whoever judges what else it says (waiting times of accounts,
second approvals, tolerances, tiers) is the decider of another service, with a state of its own.
"""
KEPT = ("programme", "version")
"""What of a publication stays: its place in the history."""


class BadPage(Exception):
    """The page is none, or no entry of the log published that programme."""


class _Page(msgspec.Struct, frozen=True):
    programme: ProgrammeId
    said: dict[str, dict[str, Any]]
    """By kind of event, what it would have said."""


@dataclass(frozen=True)
class NotPassed:
    """An act of the true history that the page would have refused."""

    index: int
    rule: str
    about: str
    detail: str


@dataclass
class WhatIf:
    """One page, and what it makes of a history that is shown to it entry by entry."""

    programme: ProgrammeId
    said: Mapping[str, Mapping[str, Any]]
    replaced: int = 0
    """How many publications the page took the place of."""
    not_passed: list[NotPassed] = field(default_factory=list)
    not_judged: int = 0
    """Acts in a currency that the page does not speak of."""
    _items: set[str] = field(default_factory=set)
    """Items of the programme's plans."""
    _values: dict[str, Money] = field(default_factory=dict)
    """By sourcing, what its award counted as in the programme's currency."""
    _awards: dict[str, tuple[int, Mapping[str, Any]]] = field(default_factory=dict)
    """By sourcing, the award and its entry."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """A page as `./homeward replay` hands it over, in JSON. `BadPage`."""
        try:
            page = msgspec.json.decode(path.read_bytes(), type=_Page)
        except (OSError, msgspec.MsgspecError) as error:
            raise BadPage(f"{path} is no page to replay under: {type(error).__name__}") from None
        return cls(page.programme, page.said)

    def rewrite(self, told: Told) -> Told:
        """The entry as it would have been told; and the acts of the programme are judged."""
        kind = told.envelope.type.rpartition(".v")[0]
        if kind not in (PUBLISHED, *BESIDE, *JUDGED):
            return told
        data: dict[str, Any] = msgspec.json.decode(told.envelope.data)
        if kind in JUDGED:
            self.not_passed += [NotPassed(*each) for each in self._judged(kind, told.index, data)]
            return told
        if data.get("programme") != self.programme or kind not in self.said:
            return told
        self.replaced += kind == PUBLISHED
        stays = {name: data[name] for name in KEPT if name in data}
        said = msgspec.Raw(canonical({**self.said[kind], **stays}))
        return Told(told.index, replace(told.envelope, data=said), told.raw)

    def told(self) -> None:
        """All of the history has been shown. `BadPage` when it has nothing to do with the page."""
        if not self.replaced:
            raise BadPage(f"nobody published {self.programme} in this history")
        for sourcing, (index, award) in self._awards.items():
            amount = self._values.get(sourcing) or Money.from_wire(award["amount"])
            self.not_passed += [NotPassed(index, *each) for each in self._offers(amount, award)]
        self.not_passed.sort(key=lambda each: (each.index, each.about))

    # The rules of the page, asked of what was done

    def _judged(self, kind: str, index: int, data: Mapping[str, Any]) -> "Judged":
        match kind:
            case "intake.entitlement_granted":
                yield from self._entitlement(index, data)
            case "plans.plan_approved":
                yield from self._plan(index, data)
            case "vendors.award_counted":
                self._values[data["sourcing"]] = Money.from_wire(data["value"])
            case _:
                if data["item"] in self._items:
                    self._awards[data["sourcing"]] = index, data

    def _entitlement(self, index: int, data: Mapping[str, Any]) -> "Judged":
        if data["programme"] != self.programme:
            return
        persons, total = len(data["shares"]), Money.from_wire(data["total"])
        rows = [Money.from_wire(row["total"]) for row in self.said[PUBLISHED]["entitlements"]]
        most = max((row.minor for row in rows if row.currency == total.currency), default=None)
        if most is None:
            self.not_judged += 1
        elif total.minor > persons * most:
            yield index, "entitlement_above", data["case"], f"{_text(total)} for {persons}"

    def _plan(self, index: int, data: Mapping[str, Any]) -> "Judged":
        if data["programme"] != self.programme:
            return
        page = self.said[PUBLISHED]
        offered = {each["type"]: each for each in page["assistance"]}
        for item in data["items"]:
            self._items.add(item["item"])
            assistance = offered.get(item["type"])
            if assistance is None:
                yield index, "not_offered", item["item"], item["type"]
            elif (most := assistance.get("at_most")) and _above(item["ceiling"], most):
                told = f"{_wire(item['ceiling'])}, {_wire(most)} at most"
                yield index, "item_above", item["item"], told
        quorum = next(
            band["members"]
            for band in page["approval"]["bands"]
            if band.get("up_to") is None or not _above(data["total"], band["up_to"])
        )
        if len(data["approvers"]) < quorum:
            told = f"{len(data['approvers'])} of {quorum}"
            yield index, "too_few_approved", data["plan"], told

    def _offers(self, amount: Money, award: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        bands = self.said[PUBLISHED]["buying"]["bands"]
        limits = [(Money.from_wire(each["below"]), each["quotations"]) for each in bands]
        if any(below.currency != amount.currency for below, _ in limits):
            self.not_judged += 1
            return
        needed = next((n for below, n in limits if amount < below), None)
        if needed is None:
            yield "more_than_may_be_bought", award["sourcing"], _text(amount)
        elif award["quotations"] < needed and award.get("waived") is None:
            yield "too_few_offers", award["sourcing"], f"{award['quotations']} of {needed}"


Judged = Iterator[tuple[int, str, str, str]]
"""The entry, the rule, what it is about, and how it stands."""


def _above(amount: Any, most: Any) -> bool:
    one, other = Money.from_wire(amount), Money.from_wire(most)
    if one.currency != other.currency:
        raise NotMoney("a programme has one currency")
    return one > other


def _wire(amount: Mapping[str, str]) -> str:
    return f"{amount['amount']} {amount['currency']}"


def _text(amount: Money) -> str:
    return _wire(amount.to_wire())
