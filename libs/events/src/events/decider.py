"""The words every domain module is written in: command, event, state, rejection, decider."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property, reduce
from typing import ClassVar, Generic, TypeVar, get_args, get_type_hints

import msgspec

from events.values import PersonId


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A request to make something true, by somebody, at some time. It may be refused."""

    by: PersonId
    at: datetime


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A fact. Its tag is its name on the wire, for ever. `by` and `at` travel in the envelope.

    An event with personal fields is about one person and says in `about` which of its fields
    holds that person's id: facts about two people are two events.
    """

    about: ClassVar[str | None] = None

    by: PersonId
    at: datetime


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the facts so far amount to. Derived, never stored as truth."""


class Rejected(Exception):
    """The domain said no. The class names the rule, its fields are the facts.

    Every refusal is a dataclass (`@dataclass(unsafe_hash=True)`) with a docstring that a user
    can read: the docstring's first line is the problem's title on the wire.
    """

    hides: ClassVar[bool] = False
    """It says that there is no such thing, or none for this person: it comes before all others,
    so that nothing else that is said tells the one from the other."""

    @property
    def rule(self) -> str:
        """The rule's name, as the API and the terminal show it."""
        return type(self).__name__

    def facts(self) -> dict[str, object]:
        """What the refusal rests on, by field."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]


def title_of(rule: type[Rejected]) -> str:
    """What the rule says, in a line: on the wire and at the terminal."""
    first, _, _ = (rule.__doc__ or rule.__name__).strip().partition("\n")
    return first.rstrip(".")


C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


@dataclass(frozen=True)
class Decider(Generic[C, S, E]):
    """One kind of aggregate: what it answers to a request, and how a fact changes it.

    `decide` may refuse (`Rejected`) and may answer with no event when what is asked is so
    already. `evolve` may only assert, because a fact cannot be refused.
    """

    decide: Callable[[C, S | None], Sequence[E]]
    evolve: Callable[[S | None, E], S]

    @cached_property
    def facts(self) -> tuple[type[Event], ...]:
        """What may happen to this kind of aggregate, as `evolve` declares it."""
        last = [*inspect.signature(self.evolve).parameters][-1]
        declared = get_type_hints(self.evolve)[last]
        return get_args(declared) or (declared,)

    def fold(self, facts: Iterable[E], state: S | None = None) -> S | None:
        """The state after these facts."""
        return reduce(self.evolve, facts, state)
