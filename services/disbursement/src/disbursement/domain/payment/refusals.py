"""Why an act on a payment may be refused, in the order in which the rules are asked."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from events.decider import Rejected
from events.money import Money
from events.values import (
    AccountId,
    Code,
    ConflictId,
    Digest,
    FindingId,
    PaymentId,
    PersonId,
    VendorId,
)


class Stage(StrEnum):
    """Where a payment stands."""

    REQUESTED = "requested"
    CERTIFIED = "certified"
    APPROVED_ONCE = "approved_once"
    """Its terms ask for a second approval."""
    APPROVED = "approved"
    SIGNED = "signed"
    RELEASED = "released"
    """Signed twice."""
    IN_FILE = "in_file"
    INSTRUCTED = "instructed"
    ACCEPTED = "accepted"
    PAID = "paid"
    RECONCILED = "reconciled"
    REJECTED = "rejected"
    RETURNED = "returned"
    CANCELLED = "cancelled"


@dataclass(unsafe_hash=True)
class NoSuchPayment(Rejected):
    """There is no such payment."""


@dataclass(unsafe_hash=True)
class PaymentIsAt(Rejected):
    """The act needs the payment at another stage."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class PaymentIsHeld(Rejected):
    """The payment is on hold."""

    reason: Code


@dataclass(unsafe_hash=True)
class PaymentNotHeld(Rejected):
    """The payment is not on hold."""

    payment: PaymentId


@dataclass(unsafe_hash=True)
class CaseStillHalted(Rejected):
    """The payment waits as long as its case is suspended; if it was closed, until it is held for
    that and a person has let it go (S10).
    """

    because: Code


@dataclass(unsafe_hash=True)
class StillAskedByIntake(Rejected):
    """Intake asks that payments for the case wait, and has not said that this is over."""


@dataclass(unsafe_hash=True)
class AccountChangePending(Rejected):
    """Another account is proposed in the place of this one, and nobody has decided on it yet."""

    account: AccountId
    proposed: AccountId


@dataclass(unsafe_hash=True)
class ConflictStillDeclared(Rejected):
    """Somebody with a part in the payment has a conflict of interest that nobody cleared (D6)."""

    conflict: ConflictId


@dataclass(unsafe_hash=True)
class FindingNotReviewed(Rejected):
    """A grave finding is about the payment, and no person has said yet what it was."""

    finding: FindingId


@dataclass(unsafe_hash=True)
class FoundIrregular(Rejected):
    """Who reviewed a grave finding about the payment did not find it in order: it is given up."""

    finding: FindingId
    outcome: Code


@dataclass(unsafe_hash=True)
class AccountNotUsable(Rejected):
    """The vendor has no account in this currency that may be paid to now (S10)."""

    account: AccountId | None
    usable_from: datetime | None


@dataclass(unsafe_hash=True)
class VendorNotPayable(Rejected):
    """The vendor is suspended, or its approval or screening has run out (S4, S10)."""

    vendor: VendorId
    until: date | None


@dataclass(unsafe_hash=True)
class AccountOfAnother(Rejected):
    """The account is not the vendor's, or not in the invoice's currency (A8)."""

    account: AccountId
    vendor: VendorId
    currency: Code


@dataclass(unsafe_hash=True)
class EvidenceChanged(Rejected):
    """What was on the page is no longer what stands."""

    seen: Digest
    stands: Digest


@dataclass(unsafe_hash=True)
class ActedAlready(Rejected):
    """Separation of duties: this person has acted on this payment at an earlier stage."""

    person: PersonId
    stage: Stage


@dataclass(unsafe_hash=True)
class CounsellorNeverActs(Rejected):
    """The counsellor of the case has no part in its payments (D7)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class PreparedIt(Rejected):
    """Who prepared what is paid neither certifies, approves nor signs the payment (D2)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class RecorderCannotApprove(Rejected):
    """Who recorded the delivery does not approve its payment (D4)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class CollectorCannotApprove(Rejected):
    """Who collected the quotations does not approve the payment (D4)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class AccountApproverCannotSign(Rejected):
    """Who approved the bank account does not sign the first payment to it (D5)."""

    person: PersonId
    account: AccountId


@dataclass(unsafe_hash=True)
class InOtherFile(Rejected):
    """The payment was put in another file: it keeps its one reference for ever."""

    payment: PaymentId


@dataclass(unsafe_hash=True)
class BookedTwice(Rejected):
    """The bank shows a second booking of the payment, or of its return: a person has to look."""

    booked: Code
    again: Code


@dataclass(unsafe_hash=True)
class ReturnedBeforePaid(Rejected):
    """The bank shows it back on a day on which it had not left: a person has to look."""

    paid_on: date | None
    returned_on: date


@dataclass(unsafe_hash=True)
class NotTheAmount(Rejected):
    """The bank names another amount than was instructed: a person has to look."""

    instructed: Money
    booked: Money
