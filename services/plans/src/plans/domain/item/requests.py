"""What may be asked of an approved item. A command carries what it rests on: the item as it was
approved, how its case stands, and how the programme has it paid.
"""

from events.decider import Command
from events.money import Money
from events.values import Code, Digest, InstalmentId, ReferralId, VisitId
from plans.domain.item.facts import Part
from plans.domain.item.kinds import Approved, Excuse, Misuse, Terms, Withheld
from plans.domain.referred import Referred
from plans.domain.standing import Standing


class ItemCommand(Command, frozen=True):
    organisation: Code
    """For whom the person acts."""
    approved: Approved | None
    standing: Standing | None


class AgreeInstalments(ItemCommand, frozen=True):
    terms: Terms | None
    """None: the programme pays items of this type at once."""
    parts: tuple[Part, ...]
    document: Digest


class RecordAttendance(ItemCommand, frozen=True):
    instalment: InstalmentId
    held: int
    attended: int
    document: Digest


class ProveContribution(ItemCommand, frozen=True):
    amount: Money
    document: Digest


class WaiveCondition(ItemCommand, frozen=True):
    instalment: InstalmentId
    reason: Excuse
    document: Digest


class WithholdInstalment(ItemCommand, frozen=True):
    instalment: InstalmentId
    reason: Withheld


class ReferItem(ItemCommand, frozen=True):
    referral: ReferralId
    told: Referred | None
    """What intake told of it."""


class VerifyUse(ItemCommand, frozen=True):
    """A visit found it in use; decided together with the visit."""

    visit: VisitId
    report: Digest


class ReportMisuse(ItemCommand, frozen=True):
    kind: Misuse
    visit: VisitId | None


AnyItemCommand = (
    AgreeInstalments
    | RecordAttendance
    | ProveContribution
    | WaiveCondition
    | WithholdInstalment
    | ReferItem
    | VerifyUse
    | ReportMisuse
)
