"""Why a delivery, or a dispute about one, may be refused."""

from dataclasses import dataclass
from datetime import date

from events.decider import Rejected
from events.values import CaptureId, Code, PersonId, ReceiptId


@dataclass(unsafe_hash=True)
class NotTheReceiver(Rejected):
    """It is not for these to receive it: a guardian does for a child, a committee for a
    community's project, and a committee for nothing else.
    """

    received_by: Code


@dataclass(unsafe_hash=True)
class NotAGuardian(Rejected):
    """Intake knows of no such guardian in this case."""

    person: PersonId


@dataclass(unsafe_hash=True)
class AuthorityMissing(Rejected):
    """A delegate or a committee receives by a paper that says so."""

    received_by: Code


@dataclass(unsafe_hash=True)
class CommitteeIncomplete(Rejected):
    """One member of a committee does not receive for a community."""

    needed: int
    have: int


@dataclass(unsafe_hash=True)
class ReceiverHasAPart(Rejected):
    """Who records, counsels, bought or ordered does not receive (S7)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class WitnessHasAPart(Rejected):
    """Who records, receives, counsels, bought or ordered is no witness (S7)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class WitnessSilent(Rejected):
    """This person has not said that they saw a delivery of that day (S7)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class WitnessSignedNothing(Rejected):
    """Who does not say it themselves has signed a paper, on file under the case."""

    person: PersonId


@dataclass(unsafe_hash=True)
class WitnessPaperUsed(Rejected):
    """The paper is what another witness signed: each signs their own (S7)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class SignatureMissing(Rejected):
    """A signature or a thumbprint is on a paper; without one, the returnee's code is asked for."""

    method: Code


@dataclass(unsafe_hash=True)
class CodeNotGiven(Rejected):
    """Who confirms by code gives it; a committee signs."""


@dataclass(unsafe_hash=True)
class SignatureUsedBefore(Rejected):
    """The same paper was signed for another hand-over: of this order, of another, or of cash; or it
    is a vendor's invoice (R3).
    """

    receipt: Code


@dataclass(unsafe_hash=True)
class CaptureDiffers(Rejected):
    """The device sent something else under this id before."""

    capture: CaptureId
    receipt: ReceiptId


@dataclass(unsafe_hash=True)
class PeriodNotOver(Rejected):
    """A service is confirmed when its period is over."""

    first: date
    last: date
    day: date


@dataclass(unsafe_hash=True)
class PeriodConfirmed(Rejected):
    """The service was confirmed for some of these days before."""

    receipt: ReceiptId
    first: date
    last: date


@dataclass(unsafe_hash=True)
class NoSuchReceipt(Rejected):
    """The commitment has no such receipt."""

    receipt: ReceiptId


@dataclass(unsafe_hash=True)
class DeliveryInDispute(Rejected):
    """A delivery is in dispute: nothing is paid on it until that is settled."""

    receipt: ReceiptId


@dataclass(unsafe_hash=True)
class NotInDispute(Rejected):
    """Nobody disputes this delivery."""

    receipt: ReceiptId


@dataclass(unsafe_hash=True)
class NotReceived(Rejected):
    """What is in dispute was never recorded as received in good condition."""

    line: int
    received: int
    disputed: int


@dataclass(unsafe_hash=True)
class PartyToTheDispute(Rejected):
    """Who raised the dispute, or recorded the delivery, does not settle it."""

    person: PersonId
