"""Why an erasure is not recorded, or not decided as asked."""

from dataclasses import dataclass
from datetime import date

from events.decider import Rejected
from events.personal import Kind
from events.values import CashId, Code, CommitmentId, ErasureId, HoldId, PersonId
from intake.domain.subject.kinds import Reason, Stage


@dataclass(unsafe_hash=True)
class ReceivedInTheFuture(Rejected):
    """A request is recorded after it was received."""

    received: date


@dataclass(unsafe_hash=True)
class ErasureUnderWay(Rejected):
    """There is a request for this person that is not answered yet."""

    erasure: ErasureId


@dataclass(unsafe_hash=True)
class ErasedAlready(Rejected):
    """All of this was erased before."""

    kinds: tuple[Kind, ...]


@dataclass(unsafe_hash=True)
class NoErasureRequested(Rejected):
    """Nobody has asked for this person's erasure."""


@dataclass(unsafe_hash=True)
class ErasureIsAt(Rejected):
    """The act needs the erasure at another stage."""

    stage: Stage
    needed: Stage


@dataclass(unsafe_hash=True)
class ExtendedAlready(Rejected):
    """The answer can be put off once, by two months (GDPR article 12(3))."""

    answer_by: date


@dataclass(unsafe_hash=True)
class RequesterCannotDecide(Rejected):
    """Who recorded the request does not decide on it."""

    person: PersonId


@dataclass(unsafe_hash=True)
class NotAskedFor(Rejected):
    """More is to be erased than was asked for."""

    kinds: tuple[Kind, ...]


@dataclass(unsafe_hash=True)
class UnderLegalHold(Rejected):
    """A legal hold bans it. Another person than who placed it can lift it."""

    holds: tuple[HoldId, ...]
    reasons: tuple[Reason, ...]
    kinds: tuple[Kind, ...]


@dataclass(unsafe_hash=True)
class MoneyOutstanding(Rejected):
    """Something is still to be delivered, paid or handed over, which needs these kinds."""

    commitments: tuple[CommitmentId, ...]
    cash: tuple[CashId, ...]
    kinds: tuple[Kind, ...]


@dataclass(unsafe_hash=True)
class LeftWithoutReason(Rejected):
    """Nothing bans erasing these kinds, which were asked for too."""

    kinds: tuple[Kind, ...]


@dataclass(unsafe_hash=True)
class SayWhatIsKept(Rejected):
    """There are facts about money: say on which basis they are kept, and until when."""


@dataclass(unsafe_hash=True)
class KeptIntoThePast(Rejected):
    """What is kept is kept until a day to come."""

    until: date


@dataclass(unsafe_hash=True)
class KeptTooShort(Rejected):
    """Facts about money are kept at least as long as the programme that paid says."""

    until: date
    needed: date


@dataclass(unsafe_hash=True)
class NotAPerson(Rejected):
    """This vendor is a firm: what we know of it is not about a person."""

    kind: Code
