"""Comparing: whoever decides on a suspected pair sees the two people's values side by side.

That is a reading, recorded before anything is shown. It rests on no consent: nobody agrees to be in
the books twice, and what is shown was given by the two themselves. Who may not decide on the pair,
or need not know of one of its cases, sees neither of the two.
"""

from collections.abc import Sequence
from enum import StrEnum

from events.decider import Decider, Event, State
from events.personal import Kind
from events.values import CaseId, PairId, PersonId
from intake.domain.duplicate import DecideOnPair, Pair, PairIs, Stage, may_decide

SHOWN = ("name", "spellings", "date_of_birth", "phone", "documents")
"""What tells people apart, and no more: the vault's names for it."""


class Purpose(StrEnum):
    """What the two are compared for."""

    DECISION = "decision"
    """To decide whether they are one."""
    REVIEW = "review"
    """To look again at what was decided, as when a merge is to be taken back."""


class ComparePair(DecideOnPair, frozen=True):
    pair: Pair | None
    purpose: Purpose


class PairCompared(Event, frozen=True, tag="intake.pair_compared.v1"):
    """Somebody who decides on the pair was shown both people's values of these kinds."""

    pair: PairId
    person: PersonId
    case: CaseId
    other_person: PersonId
    other_case: CaseId
    kinds: tuple[Kind, ...]
    purpose: Purpose


class Comparison(State, frozen=True):
    pair: PairId


def decide(command: ComparePair, comparison: Comparison | None) -> Sequence[PairCompared]:
    assert comparison is None, "each reading has an id of its own"
    pair = may_decide(command, command.pair)
    if command.purpose is Purpose.DECISION and pair.stage is not Stage.SUSPECTED:
        raise PairIs(pair.stage)
    return [
        PairCompared(
            by=command.by,
            at=command.at,
            pair=pair.id,
            person=pair.one.person,
            case=pair.one.case,
            other_person=pair.other.person,
            other_case=pair.other.case,
            kinds=(Kind.CONTACT, Kind.IDENTITY),
            purpose=command.purpose,
        )
    ]


def evolve(_: Comparison | None, event: PairCompared) -> Comparison:
    return Comparison(pair=event.pair)


comparison = Decider(decide=decide, evolve=evolve)
