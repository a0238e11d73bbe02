"""Erasure, as a service has a part in it: the keys are destroyed first, then it is said.

A service that kept the other order would claim, if it died in between, what it has not done. In
this order it does it again, which changes nothing, and then says so (ADR 0011). Nothing of the
person can be stored meanwhile: see `Store.erase`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from events.decider import Command, Decider, Event, State
from events.handler import Act
from events.personal import Kind
from events.values import SYSTEM, ErasureId, SubjectId


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


class RecordErased(Command, frozen=True):
    """The keys are destroyed: say so."""

    erasure: ErasureId
    person: SubjectId
    kinds: tuple[Kind, ...]
    disclosures: int


class Erased(State, frozen=True):
    erasure: ErasureId


def confirming(
    erased: type[SubjectErased],
) -> Callable[[Ordered, datetime, int], Act[RecordErased, Erased, SubjectErased]]:
    """How a service that follows another's erasure confirms its own, by that event, once."""

    def decide(command: RecordErased, state: Erased | None) -> Sequence[SubjectErased]:
        if state is not None:
            return []
        said = {name: getattr(command, name) for name in command.__struct_fields__}
        return [erased(**said)]

    def evolve(_: Erased | None, event: SubjectErased) -> Erased:
        return Erased(erasure=event.erasure)

    decider = Decider(decide=decide, evolve=evolve)

    def record(
        ordered: Ordered, at: datetime, disclosures: int
    ) -> Act[RecordErased, Erased, SubjectErased]:
        command = RecordErased(
            by=SYSTEM,
            at=at,
            erasure=ordered.erasure,
            person=ordered.person,
            kinds=ordered.kinds,
            disclosures=disclosures,
        )
        return Act(decider, ordered.erasure, command)

    return record
