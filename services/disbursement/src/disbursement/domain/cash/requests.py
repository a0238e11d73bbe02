"""What may be asked of cash."""

from disbursement.domain.cash.facts import Proof
from disbursement.domain.commitment import Funding, PlannedItem
from disbursement.domain.conversion import CorrectConversion
from disbursement.domain.counselling import NameCounsellors
from disbursement.domain.delegation import Mandate
from disbursement.domain.exchange_rate import Rate
from disbursement.domain.payment.terms import Terms
from disbursement.domain.payment.waiting import AboutCase, Found
from events.decider import Command
from events.money import Money
from events.values import BudgetLineId, CashId, Code, Digest, FindingId, ItemId


class RequestCash(Command, frozen=True):
    cash: CashId
    list_no: Code
    item: ItemId
    amount: Money
    budget_line: BudgetLineId
    plan: PlannedItem | None
    planned_as_cash: bool
    funding: Funding | None
    child: bool
    """Whether the case is a child's."""
    stops: AboutCase
    missing: tuple[Code, ...] = ()
    """Papers that the programme wants to see before money is committed, or paid, for the item."""
    terms: Terms | None = None
    """None: nothing is known of the programme's rules."""


class ApproveCash(Command, frozen=True):
    mandate: Mandate | None
    stopped: Code | None
    """Why nothing is given for the item any more; None: it goes on."""
    stops: AboutCase


class HoldCash(Command, frozen=True):
    """A grave finding is about it, if it can still be stopped."""

    finding: FindingId


class ReleaseCashFromHold(Command, frozen=True):
    reason: Code
    found: Found | None
    """One of its findings that nobody has reviewed, or was found irregular."""


class HandOverCash(Command, frozen=True):
    proof: Proof
    document: Digest
    """The list, with what the returnee put on it."""
    stopped: Code | None
    stops: AboutCase
    wanting: tuple[Digest, ...] = ()
    """That list, as long as it is not on file."""


class ConfirmHandOver(Command, frozen=True):
    document: Digest
    """The list as this person saw it."""
    rate: Rate | None = None
    """By the grant's rule; None: there is none yet, or it is in the grant's currency."""


class DisputeHandOver(Command, frozen=True):
    """It was not handed over, or not as was told."""

    reason: Code


class ConvertCash(Command, frozen=True):
    """A rate was published for what was handed over when there was none by the grant's rule."""

    rate: Rate


class CancelCash(Command, frozen=True):
    reason: Code


CashCommand = (
    RequestCash
    | NameCounsellors
    | ApproveCash
    | HoldCash
    | ReleaseCashFromHold
    | HandOverCash
    | ConfirmHandOver
    | DisputeHandOver
    | ConvertCash
    | CorrectConversion
    | CancelCash
)
