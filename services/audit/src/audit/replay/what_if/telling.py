"""How a rule says what it would have refused."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from audit.replay.what_if.page import Page
from audit.replay.what_if.past import Act, Past
from events.money import Money

Said: TypeAlias = Iterator[tuple[str, str]]
"""What it is about, and how it stands."""
Rule: TypeAlias = Callable[[Act, Past, Page], Said]
"""Its name is that of the refusal. What is in another currency than the page's is `NotMoney`."""


def text(amount: Money) -> str:
    return f"{amount.amount} {amount.currency}"


def more(amount: Money, most: Money) -> str:
    return f"{text(amount)}, {text(most)} at most"
