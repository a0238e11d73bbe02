"""What clients are told about data subjects, their erasures and legal holds. No personal value."""

from datetime import date

from events.io.http import Answer
from events.personal import Kind
from events.values import CashId, Code, CommitmentId, ErasureId, HoldId, PersonId, SubjectId
from intake.domain.subject.kinds import Ground, Keeping, LegalBasis, Reason, Stage
from intake.domain.subject.letter import letter
from intake.domain.subject.state import Erasure, Hold, KeptFacts, Subject
from intake.views.subjects import HoldRow


class KeptKindAnswer(Answer):
    kind: Kind
    reason: Reason
    law: str
    hold: HoldId | None
    until: date | None


class KeptFactsAnswer(Answer):
    basis: Keeping
    law: str
    until: date

    @classmethod
    def of(cls, facts: KeptFacts | None) -> "KeptFactsAnswer | None":
        if facts is None:
            return None
        return cls(basis=facts.basis, law=facts.basis.law, until=facts.until)


class ErasureAnswer(Answer):
    """A request, how far it is, until when it has to be answered, what is kept and why."""

    erasure: ErasureId
    person: SubjectId
    stage: Stage
    asked: tuple[Kind, ...]
    ground: Ground
    requested_by: PersonId
    received: date
    answer_by: date
    decided_by: PersonId | None
    erased: tuple[Kind, ...]
    kept: tuple[KeptKindAnswer, ...]
    kept_facts: KeptFactsAnswer | None
    legal_basis: LegalBasis | None
    law: str | None
    outstanding: tuple[Code, ...]
    """The services that have not confirmed yet."""
    disclosures: int
    """How many values nobody can read any more."""
    completed: date | None

    @classmethod
    def of(cls, erasure: Erasure) -> "ErasureAnswer":
        return cls(
            erasure=erasure.id,
            person=erasure.person,
            stage=erasure.stage,
            asked=erasure.asked,
            ground=erasure.ground,
            requested_by=erasure.requested_by,
            received=erasure.received,
            answer_by=erasure.answer_by,
            decided_by=erasure.decided_by,
            erased=erasure.kinds,
            kept=tuple(
                KeptKindAnswer(
                    kind=k.kind, reason=k.reason, law=k.reason.law, hold=k.hold, until=k.until
                )
                for k in erasure.kept
            ),
            kept_facts=KeptFactsAnswer.of(erasure.kept_facts),
            legal_basis=erasure.legal_basis,
            law=erasure.legal_basis.law if erasure.legal_basis else None,
            outstanding=erasure.outstanding,
            disclosures=erasure.disclosures,
            completed=erasure.completed,
        )


class ErasureLine(ErasureAnswer):
    """One of the requests, and whether its answer is late."""

    overdue: bool

    @classmethod
    def on(cls, today: date, erasure: Erasure) -> "ErasureLine":
        late = erasure.is_open and today > erasure.answer_by
        return cls(**dict(ErasureAnswer.of(erasure)), overdue=late)


class LetterAnswer(Answer):
    """The answer as a person reads it."""

    erasure: ErasureId
    text: str

    @classmethod
    def of(cls, erasure: Erasure) -> "LetterAnswer":
        return cls(erasure=erasure.id, text=letter(erasure))


class HoldAnswer(Answer):
    hold: HoldId
    person: SubjectId
    reason: Reason
    law: str
    kinds: tuple[Kind, ...]
    placed_by: PersonId
    until: date | None

    @classmethod
    def of(cls, person: SubjectId, hold: Hold) -> "HoldAnswer":
        return cls(
            hold=hold.id,
            person=person,
            reason=hold.reason,
            law=hold.reason.law,
            kinds=hold.kinds,
            placed_by=hold.placed_by,
            until=hold.until,
        )

    @classmethod
    def row(cls, row: HoldRow) -> "HoldAnswer":
        return cls.of(row.person, row.hold)


class ObligationsAnswer(Answer):
    """What is still to be delivered or paid, which bans erasing who somebody is."""

    person: SubjectId
    open: tuple[CommitmentId, ...]
    cash: tuple[CashId, ...]
    any: bool
    """Whether anything was ever bought: then facts about money are kept."""
    facts_kept_until: date | None
    """How long at least, as the programmes say that paid for it."""


class SubjectAnswer(Answer):
    """What stands about a person: the legal holds, the latest request, what was erased."""

    person: SubjectId
    holds: tuple[HoldAnswer, ...]
    erasure: ErasureAnswer | None
    erased: tuple[Kind, ...]
    version: int

    @classmethod
    def of(cls, state: Subject, version: int) -> "SubjectAnswer":
        return cls(
            person=state.id,
            holds=tuple(HoldAnswer.of(state.id, hold) for hold in state.holds),
            erasure=ErasureAnswer.of(state.erasure) if state.erasure else None,
            erased=tuple(sorted(state.erased)),
            version=version,
        )
