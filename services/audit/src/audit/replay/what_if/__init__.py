"""What if a programme had said something else: its page in place of each that was published.

Two things come of it. The views, made of a history that never was, beside those of the true one.
And which acts of the true history that page would not have let pass, each by the name of the
service's refusal. Each act is judged by itself, as if all before it had stood. Nothing of this is
ever written to a store.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import msgspec
from msgspec.structs import replace

from audit.replay.history import Told
from audit.replay.what_if.page import (
    BUDGET_LINES,
    DELIVERY_TERMS,
    FINDING_RULES,
    PUBLISHED,
    VENDOR_RULES,
    BadPage,
    Page,
)
from audit.replay.what_if.past import REMEMBERED, Act, Past
from audit.replay.what_if.rules import NOT_JUDGED, OF_ALL, RULES
from audit.replay.what_if.telling import Rule
from events.canonical import canonical
from events.money import NotMoney

__all__ = ["JUDGED", "NOT_JUDGED", "BadPage", "NotPassed", "Page", "WhatIf"]

REWRITTEN = frozenset({PUBLISHED, VENDOR_RULES, BUDGET_LINES, FINDING_RULES, DELIVERY_TERMS})
KEPT = ("programme", "version")
"""What of a publication stays: its place in the history."""
JUDGED = tuple(sorted({rule.__name__ for rules in RULES.values() for rule in rules}))
"""The rules by which acts are held against a page."""


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

    page: Page
    replaced: int = 0
    """How many publications the page took the place of."""
    not_passed: list[NotPassed] = field(default_factory=list)
    not_judged: Counter[str] = field(default_factory=Counter)
    """By rule, acts in a currency that the page does not speak of."""
    _shown: list[Told] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Self:
        """A page as `./homeward replay` hands it over, in JSON. `BadPage`."""
        return cls(Page.read(path))

    def rewrite(self, told: Told) -> Told:
        """The entry as it would have been told. What the rules need is kept for them."""
        kind = told.envelope.type.rpartition(".v")[0]
        if kind in RULES or kind in REMEMBERED:
            self._shown.append(told)
        said = self.page.said.get(kind) if kind in REWRITTEN else None
        if said is None:
            return told
        data: dict[str, Any] = msgspec.json.decode(told.envelope.data)
        if data.get("programme") != self.page.programme:
            return told
        self.replaced += kind == PUBLISHED
        stays = {name: data[name] for name in KEPT if name in data}
        raw = msgspec.Raw(canonical({**said, **stays}))
        return Told(told.index, replace(told.envelope, data=raw), told.raw)

    def told(self) -> None:
        """All of the history has been shown: its acts are judged, in the order in which they were
        done. `BadPage` when it has nothing to do with the page.
        """
        if not self.replaced:
            raise BadPage(f"nobody published {self.page.programme} in this history")
        past = Past()
        for told in sorted(self._shown, key=lambda each: (each.envelope.time, each.index)):
            act = Act.of(told)
            if act.kind in RULES and self._concerns(act, past):
                self._judge(act, past, RULES[act.kind])
            past.take(act)
        self._shown.clear()
        self.not_passed.sort(key=lambda each: (each.index, each.about))

    def _concerns(self, act: Act, past: Past) -> bool:
        return act.kind in OF_ALL or past.programme_of(act) == self.page.programme

    def _judge(self, act: Act, past: Past, rules: Iterable[Rule]) -> None:
        for rule in rules:
            try:
                said = list(rule(act, past, self.page))
            except NotMoney:
                self.not_judged[rule.__name__] += 1
                continue
            self.not_passed += [NotPassed(act.index, rule.__name__, *each) for each in said]
