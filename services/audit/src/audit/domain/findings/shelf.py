"""Things of one sort by name: what the books consist of.

A shelf has only those at hand that were asked for, and gets the others where it was told to look;
so that books may be far larger than what is at hand at a time.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


def nowhere(_name: str) -> None:
    """All there is, is at hand."""


class Shelf(Generic[T]):
    def __init__(self, made: Callable[[], T] | None = None) -> None:
        self.at_hand: dict[str, T] = {}
        self.find: Callable[[str], T | None] = nowhere
        self._made = made

    def get(self, name: str) -> T | None:
        if name in self.at_hand:
            return self.at_hand[name]
        found = self.find(name)
        if found is not None:
            self.at_hand[name] = found
        return found

    def of(self, name: str) -> T:
        """That one; a new one, where there is none."""
        found = self.get(name)
        if found is None:
            assert self._made is not None, "of this sort there is none by itself"
            found = self.at_hand[name] = self._made()
        return found

    def put(self, name: str, thing: T) -> None:
        self.at_hand[name] = thing

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None
