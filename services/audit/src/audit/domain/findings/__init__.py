"""Findings: what in the log asks for a second look, with the entries that say so.

    books = Books()
    for index, entry in enumerate(log):
        for found in look_at(Seen.of(index, entry), books):
            ...

The same call goes on where the log grows, and over a whole history from its first entry.
"""

from audit.domain.findings.books import Books
from audit.domain.findings.entry import Found, Seen, Severity
from audit.domain.findings.fold import ACTS, APPROVED, MEETINGS, TAKEN, take
from audit.domain.findings.parameters import Parameters
from audit.domain.findings.rules import RULES, Rule
from events.values import Code

__all__ = ["HEARD", "RULES", "UNREADABLE", "Books", "Found", "Rule", "Seen", "Severity", "look_at"]

HEARD = frozenset(
    {*ACTS, *APPROVED, *MEETINGS, *TAKEN, *(kind for rule in RULES for kind in rule.hears)}
)
"""The kinds of events that the rules go by. All others change nothing."""


NOT_AS_TOLD = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
UNREADABLE = Code("entry_unreadable")


def look_at(seen: Seen, books: Books) -> list[Found]:
    """Enter it in the books, and ask every rule that listens to it.

    The log leaves nothing out: an entry that is not as its service tells such things is one more
    thing to look at, and the rest of the log is read all the same.
    """
    try:
        take(books, seen)
        asked = [rule for rule in RULES if seen.kind in rule.hears]
        return [found for rule in asked for found in rule.findings(seen, books)]
    except NOT_AS_TOLD:
        days = Parameters().review_days(Severity.HIGH)
        return [Found(UNREADABLE, Severity.HIGH, (seen.index,), days)]
