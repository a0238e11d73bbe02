"""The language of the domain tests: given these facts, when this is asked, then this follows.

scenario(payment).given(requested_by_ana).when(ApprovePayment(by=ANA, ...)).then_rejected(...)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from events.decider import Decider, Rejected

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


@dataclass(frozen=True)
class Outcome(Generic[S, E]):
    """What a command led to: facts, or a refusal."""

    events: Sequence[E] | None
    rejection: Rejected | None
    state: S | None

    def then(self, *expected: E) -> "Outcome[S, E]":
        """Exactly these facts followed, in this order (none: nothing happened)."""
        assert self.rejection is None, f"refused: {self.rejection!r}"
        assert list(self.events or ()) == list(expected)
        return self

    def then_rejected(self, expected: Rejected) -> "Outcome[S, E]":
        """It was refused by exactly this rule, on exactly these facts."""
        assert self.rejection is not None, f"not refused: {list(self.events or ())}"
        assert type(self.rejection) is type(expected), self.rejection
        assert self.rejection.facts() == expected.facts()
        return self


@dataclass(frozen=True)
class Scenario(Generic[C, S, E]):
    """A decider and the facts that stand before the command."""

    decider: Decider[C, S, E]
    facts: tuple[E, ...] = ()

    def given(self, *facts: E) -> "Scenario[C, S, E]":
        return Scenario(self.decider, (*self.facts, *facts))

    def when(self, command: C) -> Outcome[S, E]:
        state = self.decider.fold(self.facts)
        try:
            events = self.decider.decide(command, state)
        except Rejected as rejection:
            return Outcome(None, rejection, state)
        return Outcome(events, None, self.decider.fold(events, state))


def scenario(decider: Decider[C, S, E]) -> Scenario[C, S, E]:
    """Begin to tell one."""
    return Scenario(decider)
