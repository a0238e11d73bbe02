"""Erasure, as a service has a part in it: the keys are destroyed first, then it is said.

A service that kept the other order would claim, if it died in between, what it has not done. In
this order it does it again, which changes nothing, and then says so (ADR 0011). Nothing of the
person can be stored meanwhile: see `Store.erase`.
"""

from typing import Protocol

from events.decider import Event
from events.personal import Kind
from events.values import ErasureId, SubjectId


class Ordered(Protocol):
    """What a fact says that orders an erasure, or tells of another's."""

    @property
    def erasure(self) -> ErasureId: ...
    @property
    def person(self) -> SubjectId: ...
    @property
    def kinds(self) -> tuple[Kind, ...]: ...


class SubjectErased(Event, frozen=True):
    """A service has destroyed a person's keys. Each service has its own, under its own name."""

    erasure: ErasureId
    person: SubjectId
    kinds: tuple[Kind, ...]
    disclosures: int
    """How many values can no longer be opened."""
