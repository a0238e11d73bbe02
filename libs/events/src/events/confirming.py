"""How a service that follows another's erasure says that its own is done."""

from collections.abc import Callable, Sequence
from datetime import datetime

from events.decider import Command, Decider, State
from events.erasure import Ordered, SubjectErased
from events.handler import Act
from events.personal import Kind
from events.values import SYSTEM, ErasureId, SubjectId


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
