"""What the facts about a data subject amount to."""

from datetime import date

from msgspec.structs import replace

from events.decider import State
from events.personal import Kind
from events.values import CashId, Code, CommitmentId, ErasureId, HoldId, PersonId, SubjectId
from intake.domain.subject.kinds import Ground, Keeping, LegalBasis, Reason, Stage


class Hold(State, frozen=True):
    """A legal hold that nobody has lifted."""

    id: HoldId
    reason: Reason
    kinds: tuple[Kind, ...]
    placed_by: PersonId
    until: date | None

    def stands(self, today: date) -> bool:
        return self.until is None or today <= self.until


class KeptKind(State, frozen=True):
    """Values of a kind that were asked for and are not erased, under which hold and until when."""

    kind: Kind
    hold: HoldId | None
    reason: Reason
    until: date | None


class KeptFacts(State, frozen=True):
    """Facts about money, which have no name in them, and until when they are kept."""

    basis: Keeping
    until: date


class Erasure(State, frozen=True):
    """One request and what became of it."""

    id: ErasureId
    person: SubjectId
    stage: Stage
    asked: tuple[Kind, ...]
    ground: Ground
    requested_by: PersonId
    received: date
    answer_by: date
    decided_by: PersonId | None = None
    kinds: tuple[Kind, ...] = ()
    """What was approved to be erased."""
    kept: tuple[KeptKind, ...] = ()
    kept_facts: KeptFacts | None = None
    legal_basis: LegalBasis | None = None
    outstanding: tuple[Code, ...] = ()
    """The services that have not confirmed."""
    disclosures: int = 0
    """How many values cannot be opened any more, in all services so far."""
    completed: date | None = None

    @property
    def is_open(self) -> bool:
        return self.stage in (Stage.REQUESTED, Stage.APPROVED)


class Subject(State, frozen=True):
    id: SubjectId
    holds: tuple[Hold, ...] = ()
    erasure: Erasure | None = None
    """The latest request."""
    erased: frozenset[Kind] = frozenset()
    """Approved to be erased, in this request or an earlier one."""

    def standing(self, today: date) -> tuple[Hold, ...]:
        return tuple(hold for hold in self.holds if hold.stands(today))

    def with_erasure(self, **changed: object) -> "Subject":
        assert self.erasure is not None, "a fact about an erasure that nobody asked for"
        return replace(self, erasure=replace(self.erasure, **changed))


class Obligations(State, frozen=True):
    """What disbursement told of money for a person's cases, or to a vendor."""

    open: tuple[CommitmentId, ...] = ()
    """Commitments with something still to deliver, to invoice or to pay."""
    cash: tuple[CashId, ...] = ()
    """Asked for, and neither seen handed over nor given up."""
    any: bool = False
    """Whether there ever was one: then there are facts about money."""
    kept_until: date | None = None
    """How long the programmes that paid say that these are kept; None: none of them is known."""

    @property
    def is_open(self) -> bool:
        return bool(self.open or self.cash)
