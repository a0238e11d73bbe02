"""What the rules find in a made history with planted frauds, and what they find in the rest."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from time import process_time

from audit.domain import registry as audit
from audit.domain.findings import HEARD, RULES, Books, Found, Seen, look_at
from bench.frauds.cash import HandOver
from bench.frauds.history import KINDS, History, Writer
from bench.frauds.purchase import Purchase, Told

SAME = {"invoice_number_twice": "invoice_twice", "invoice_paper_twice": "invoice_twice"}
"""Two kinds for one rule. For all others the rule has the name of the kind."""
PAID = frozenset({"disbursement.payment_requested", "disbursement.cash_requested"})
CHECKED_FIRST, CHECKED_EVERY = 100, 9
"""So many of each kind of event are read by their service's own class, then one in so many."""


@dataclass
class Row:
    """One rule."""

    rule: str
    severity: str
    planted: int = 0
    caught: int = 0
    findings: int = 0
    right: int = 0
    clean: set[str] = field(default_factory=set)
    """The payments with nothing planted about them that a finding names or cites."""

    @property
    def recall(self) -> float:
        return self.caught / self.planted if self.planted else 0.0

    @property
    def precision(self) -> float:
        return self.right / self.findings if self.findings else 1.0


@dataclass
class Result:
    payments: int
    clean_payments: int
    entries: int
    checked: int
    seconds: float
    """That the rules took, reading the bytes included."""
    rows: list[Row]
    planted: dict[str, int]
    """How often each kind was, also where two are found by one rule."""

    @property
    def flagged(self) -> set[str]:
        return {payment for row in self.rows for payment in row.clean}

    @property
    def share_flagged(self) -> float:
        return len(self.flagged) / self.clean_payments


@dataclass
class Runs:
    """Several histories, by their seeds."""

    results: dict[int, Result] = field(default_factory=dict)

    @property
    def by_rule(self) -> dict[str, list[Row]]:
        """Each rule in each of the histories."""
        every = (result.rows for result in self.results.values())
        return {str(its[0].rule): list(its) for its in zip(*every, strict=True)}

    @property
    def most_flagged(self) -> float:
        return max(result.share_flagged for result in self.results.values())


@dataclass
class _Origins:
    """Which purchase each entry tells of, and which part of it."""

    of: list[tuple[int, int | None]] = field(default_factory=list)
    """By index; 0: none. Which part of the purchase; None: all of it."""
    payments: defaultdict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """Of each purchase, with the part that each pays for."""

    def take(self, told: Told) -> None:
        self.of.append((told.purchase or 0, told.part))
        if told.kind in PAID and told.purchase:
            self.payments[told.purchase][told.stream] = told.part or 0

    def flagged(self, found: Found, index: int) -> set[str]:
        """By an entry that it cites: the payment or cash that it names; where it names none of the
        purchase, all those of the part that the entry is about, or of all of it.
        """
        purchase, part = self.of[index]
        payments = self.payments[purchase]
        if (named := found.payment or found.cash) in payments:
            return {str(named)}
        return {payment for payment, its in payments.items() if part in (None, its)}


def measure(history: History) -> Result:
    by_number = {each.number: each for each in history.purchases}
    origins, writer, books = _Origins(), Writer(), Books()
    writer.registries["audit"] = audit
    found: list[Found] = []
    counted: defaultdict[str, int] = defaultdict(int)
    seconds = 0.0
    for index, told in enumerate(history.told()):
        raw = writer.write(told)
        counted[told.kind] += 1
        if counted[told.kind] <= CHECKED_FIRST or index % CHECKED_EVERY == 0:
            writer.check(raw)
        origins.take(told)
        if told.kind in HEARD:
            began = process_time()
            found += look_at(Seen.of(index, raw), books)
            seconds += process_time() - began
    rows = {str(rule.name): Row(rule.name, rule.severity) for rule in RULES}
    schemes = {(p.planted, p.scheme) for p in history.purchases if p.planted}
    planted = Counter(kind for kind, _ in schemes)
    for kind in KINDS:
        rows[SAME.get(kind, kind)].planted += planted[kind]
    _judge(found, rows, by_number, origins)
    clean = {p.number for p in history.purchases if not p.planted}
    return Result(
        payments=sum(len(each) for each in origins.payments.values()),
        clean_payments=sum(len(origins.payments[number]) for number in clean),
        entries=len(origins.of),
        checked=writer.read,
        seconds=seconds,
        rows=list(rows.values()),
        planted={kind: planted[kind] for kind in KINDS},
    )


def _judge(
    found: list[Found],
    rows: dict[str, Row],
    by_number: dict[int, Purchase | HandOver],
    origins: _Origins,
) -> None:
    for rule, its in groupby(sorted(found, key=lambda each: each.rule), key=lambda each: each.rule):
        row, caught = rows[rule], set()
        for each in its:
            cited = [(i, by_number[n]) for i in each.entries if (n := origins.of[i][0])]
            schemes = {
                (p.planted, p.scheme)
                for _, p in cited
                if p.planted and SAME.get(p.planted, p.planted) == rule
            }
            row.findings += 1
            row.right += bool(schemes)
            caught |= schemes
            for index, purchase in cited:
                if purchase.planted is None:
                    row.clean |= origins.flagged(each, index)
        row.caught = len(caught)


__all__ = ["KINDS", "Result", "Row", "Runs", "measure"]
