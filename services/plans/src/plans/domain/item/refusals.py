"""Why an act on an approved item is refused."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from events.decider import Rejected
from events.money import Money
from events.values import Code, Digest, InstalmentId, ItemId, PersonId, ReferralId
from plans.domain.item.kinds import Condition, Tie


@dataclass(unsafe_hash=True)
class NoSuchApprovedItem(Rejected):
    """No approved plan has this item, or none that your organisation may reach (D10)."""

    hides: ClassVar[bool] = True

    organisation: Code


@dataclass(unsafe_hash=True)
class ItemIsOver(Rejected):
    """The item was cancelled, or an amendment dropped it."""

    item: ItemId


@dataclass(unsafe_hash=True)
class NoSuchInstalment(Rejected):
    """The item has no such instalment."""

    instalment: InstalmentId


@dataclass(unsafe_hash=True)
class PaidAtOnce(Rejected):
    """The programme does not have this type of assistance paid in instalments."""

    type: Code


@dataclass(unsafe_hash=True)
class InstalmentsUnderWay(Rejected):
    """One of the instalments was decided or recorded already: they stay as agreed."""

    item: ItemId


@dataclass(unsafe_hash=True)
class InstalmentsOutOfOrder(Rejected):
    """Each instalment begins after the one before it has ended."""

    instalment: InstalmentId


@dataclass(unsafe_hash=True)
class PeriodTooLong(Rejected):
    """An instalment is for one of the programme's periods at most."""

    instalment: InstalmentId
    each: Code


@dataclass(unsafe_hash=True)
class NumberOfInstalments(Rejected):
    """The programme sets how many instalments there are at least and at most."""

    number: int
    at_least: int
    at_most: int | None


@dataclass(unsafe_hash=True)
class AboveItsShare(Rejected):
    """The programme allows less for this one instalment."""

    instalment: InstalmentId
    amount: Money
    at_most: Money


@dataclass(unsafe_hash=True)
class InstalmentNotAnAmount(Rejected):
    """An instalment is above zero, in the currency of the item (A10)."""

    amount: Money
    ceiling: Money


@dataclass(unsafe_hash=True)
class InstalmentsAboveCeiling(Rejected):
    """All instalments together stay within the item's ceiling (A1)."""

    together: Money
    ceiling: Money


@dataclass(unsafe_hash=True)
class OtherCondition(Rejected):
    """The instalments of this item are released by something else."""

    conditions: tuple[Condition, ...]


@dataclass(unsafe_hash=True)
class InstalmentDecided(Rejected):
    """The instalment was released or withheld before."""

    instalment: InstalmentId


@dataclass(unsafe_hash=True)
class EarlierInstalmentOpen(Rejected):
    """An instalment follows only when the one before it was released or withheld (S8)."""

    instalment: InstalmentId


@dataclass(unsafe_hash=True)
class PeriodNotOver(Rejected):
    """Attendance is recorded when its period has ended."""

    until: date


@dataclass(unsafe_hash=True)
class AttendedMoreThanHeld(Rejected):
    """Nobody attends more often than there was something to attend."""

    held: int
    attended: int


@dataclass(unsafe_hash=True)
class TooClose(Rejected):
    """Who drafted the plan, counsels the case or agreed the parts does not confirm them."""

    person: PersonId
    tie: Tie


@dataclass(unsafe_hash=True)
class CorrectedByItsRecorder(Rejected):
    """What was recorded is corrected by another person, from another document."""

    person: PersonId


@dataclass(unsafe_hash=True)
class DocumentCounted(Rejected):
    """What this document proves was counted before."""

    document: Digest


@dataclass(unsafe_hash=True)
class ConditionNotShort(Rejected):
    """Only what was recorded and fell short is waived or withheld."""

    instalment: InstalmentId


@dataclass(unsafe_hash=True)
class RecorderCannotDecide(Rejected):
    """Who recorded the attendance does not decide on what fell short of it."""

    person: PersonId


@dataclass(unsafe_hash=True)
class NotAReferral(Rejected):
    """Only an item that others do is referred; what we pay for is ordered."""

    item: ItemId


@dataclass(unsafe_hash=True)
class NoSuchReferral(Rejected):
    """Intake has told of no such referral for this case."""

    referral: ReferralId


@dataclass(unsafe_hash=True)
class ReferralForOtherItem(Rejected):
    """The referral was offered for another line of a plan."""

    referral: ReferralId
    item: ItemId


@dataclass(unsafe_hash=True)
class ReferralWasDeclined(Rejected):
    """The returnee or the service said no: nobody does it under this referral."""

    referral: ReferralId


@dataclass(unsafe_hash=True)
class ReferredAlready(Rejected):
    """The item was referred before."""

    referral: ReferralId
