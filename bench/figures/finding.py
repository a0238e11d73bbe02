"""What the rules find in a made history with planted frauds, and what they find in the rest."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from time import process_time

from audit.domain.findings import HEARD, RULES, Books, Found, Seen, look_at
from bench.frauds.history import KINDS, History, Writer
from bench.frauds.purchase import Purchase

SAME = {"invoice_number_twice": "invoice_twice", "invoice_paper_twice": "invoice_twice"}
"""Two kinds for one rule. For all others the rule has the name of the kind."""
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

    @property
    def flagged(self) -> set[str]:
        return {payment for row in self.rows for payment in row.clean}


@dataclass
class _Origins:
    """Which purchase each entry tells of."""

    purchase: list[int] = field(default_factory=list)
    """By index; 0: none."""
    payments: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


def measure(history: History) -> Result:
    by_number = {each.number: each for each in history.purchases}
    origins, writer, books = _Origins(), Writer(), Books()
    found: list[Found] = []
    counted: defaultdict[str, int] = defaultdict(int)
    seconds = 0.0
    for index, told in enumerate(history.told()):
        raw = writer.write(told)
        counted[told.kind] += 1
        if counted[told.kind] <= CHECKED_FIRST or index % CHECKED_EVERY == 0:
            writer.check(raw)
        origins.purchase.append(told.purchase or 0)
        if told.kind == "disbursement.payment_requested" and told.purchase:
            origins.payments[told.purchase].add(told.stream)
        if told.kind in HEARD:
            began = process_time()
            found += look_at(Seen.of(index, raw), books)
            seconds += process_time() - began
    rows = {str(rule.name): Row(rule.name, rule.severity) for rule in RULES}
    kinds = [(p.planted, p.scheme) for p in history.purchases if p.planted]
    for kind, _ in sorted(set(kinds)):
        rows[SAME.get(kind, kind)].planted += 1
    _judge(found, rows, by_number, origins)
    clean = {p.number for p in history.purchases if not p.planted}
    return Result(
        payments=sum(len(each) for each in origins.payments.values()),
        clean_payments=sum(len(origins.payments[number]) for number in clean),
        entries=len(origins.purchase),
        checked=writer.read,
        seconds=seconds,
        rows=list(rows.values()),
    )


def _judge(
    found: list[Found],
    rows: dict[str, Row],
    by_number: dict[int, Purchase],
    origins: _Origins,
) -> None:
    for rule, its in groupby(sorted(found, key=lambda each: each.rule), key=lambda each: each.rule):
        row, caught = rows[rule], set()
        for each in its:
            purchases = [by_number[n] for i in each.entries if (n := origins.purchase[i])]
            schemes = {
                (p.planted, p.scheme)
                for p in purchases
                if p.planted and SAME.get(p.planted, p.planted) == rule
            }
            row.findings += 1
            row.right += bool(schemes)
            caught |= schemes
            for purchase in purchases:
                if purchase.planted is None:
                    row.clean |= _flagged(each, purchase.number, origins)
        row.caught = len(caught)


def _flagged(found: Found, purchase: int, origins: _Origins) -> set[str]:
    """Of a purchase with many payments the one that is named; all, where none is."""
    payments = origins.payments[purchase]
    return {found.payment} if found.payment in payments else payments


__all__ = ["KINDS", "Result", "Row", "measure"]
