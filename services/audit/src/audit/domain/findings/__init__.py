"""Findings: what in the log asks for a second look, with the entries that say so.

    books = Books()
    for index, entry in enumerate(log):
        for found in look_at(Seen.of(index, entry), books, Parameters()):
            ...

The same call goes on where the log grows, and over a whole history from its first entry.
"""

from collections.abc import Iterator

from audit.domain.findings.books import Books
from audit.domain.findings.entry import Found, Seen, Severity
from audit.domain.findings.fold import ACTS, MEETINGS, TAKEN, take
from audit.domain.findings.parameters import Parameters
from audit.domain.findings.rules import RULES, Rule

__all__ = ["HEARD", "RULES", "Books", "Found", "Parameters", "Rule", "Seen", "Severity", "look_at"]

HEARD = frozenset({*ACTS, *MEETINGS, *TAKEN, *(kind for rule in RULES for kind in rule.hears)})
"""The kinds of events that the rules go by. All others change nothing."""


def look_at(seen: Seen, books: Books, told: Parameters) -> Iterator[Found]:
    """Enter it in the books, and ask every rule that listens to it."""
    take(books, seen)
    for rule in RULES:
        if seen.kind in rule.hears:
            yield from rule.findings(seen, books, told)
