"""What clients are told of pairs that may be one person: ids, and in what the two agree."""

from collections.abc import Collection, Sequence
from typing import Any

from events.io.http import Answer
from events.personal import Kind
from events.values import CaseId, PairId, PersonId
from intake.answers import CaseAnswer
from intake.domain.case.state import Case
from intake.domain.duplicate import Agreement, Known, Pair, Stage, pair_of
from intake.duplicates.index import Suspicion


class SideAnswer(Answer):
    """One of the two. Of a case that is out of your reach you learn that it is there, no more."""

    person: PersonId | None
    case: CaseId | None
    known_elsewhere: bool

    @classmethod
    def of(cls, side: Known, *, reached: bool) -> "SideAnswer":
        if not reached:
            return cls(person=None, case=None, known_elsewhere=True)
        return cls(person=side.person, case=side.case, known_elsewhere=False)


class PairAnswer(Answer):
    pair: PairId
    stage: Stage
    score: int
    """In basis points: 10,000 is certain."""
    agreeing: tuple[Agreement, ...]
    sides: tuple[SideAnswer, ...]
    version: int

    @classmethod
    def of(
        cls, state: Pair, version: int, reached: tuple[bool, bool] = (True, True)
    ) -> "PairAnswer":
        return cls(
            pair=state.id,
            stage=state.stage,
            score=state.score,
            agreeing=state.agreeing,
            sides=tuple(
                SideAnswer.of(side, reached=it)
                for side, it in zip(state.sides, reached, strict=True)
            ),
            version=version,
        )


class ComparedAnswer(Answer):
    """One of the two as the books know them: what tells people apart, and no more."""

    person: PersonId
    case: CaseId
    values: dict[str, Any]
    erased: tuple[Kind, ...]
    """Of these kinds there is nothing to show, because they were erased."""


class ComparisonAnswer(Answer):
    pair: PairId
    sides: tuple[ComparedAnswer, ...]


class SuspectedAnswer(Answer):
    """Somebody in the books who may be the person that was just registered."""

    pair: PairId
    score: int
    """In basis points: 10,000 is certain."""
    agreeing: tuple[Agreement, ...]
    other: SideAnswer

    @classmethod
    def of(cls, person: PersonId, suspicion: Suspicion, *, reached: bool) -> "SuspectedAnswer":
        return cls(
            pair=pair_of(person, suspicion.known.person),
            score=suspicion.weighed.score,
            agreeing=suspicion.weighed.agreeing,
            other=SideAnswer.of(suspicion.known, reached=reached),
        )


class RegisteredAnswer(CaseAnswer):
    """A new case, and who in the books may be the same person. Somebody decides on each."""

    suspected: tuple[SuspectedAnswer, ...]


def registered_answer(
    suspected: Sequence[Suspicion], reached: Collection[CaseId], state: Case, version: int
) -> RegisteredAnswer:
    """`reached`: the cases that whoever registered may see."""
    pairs = tuple(
        SuspectedAnswer.of(state.returnee, each, reached=each.known.case in reached)
        for each in suspected
    )
    return RegisteredAnswer(**dict(CaseAnswer.of(state, version)), suspected=pairs)
