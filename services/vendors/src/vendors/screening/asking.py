"""What is asked of the process that compares names, and what it answers."""

import msgspec

from vendors.screening.lists import Listed, SanctionsList


class Asked(msgspec.Struct, frozen=True):
    """Whom to look for, and among whom."""

    listed: tuple[Listed, ...]
    names: tuple[tuple[str, ...], ...]
    """Of each one who is looked for, all names."""


class Hit(msgspec.Struct, frozen=True, array_like=True):
    """A listed name that one of the names may be."""

    number: int
    """Of the name among the names of its holder."""
    listed: int
    """Of the name on the list."""
    likeness: int
    """In basis points."""


Answered = tuple[tuple[Hit, ...], ...]
"""For each one who was looked for, the best hit of each entry."""


class Read(msgspec.Struct, frozen=True):
    """A list that was read, or why it is none."""

    found: SanctionsList | None = None
    wrong: str | None = None
