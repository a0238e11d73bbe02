"""What the facts about a recovery amount to."""

from datetime import date, datetime
from typing import assert_never

from msgspec.structs import replace

from disbursement.domain.payment import Stage as Paying
from disbursement.domain.payment import Terms
from disbursement.domain.recovery.facts import (
    RecoveryApproved,
    RecoveryEvent,
    RecoveryId,
    RecoveryInitiated,
    RecoveryReceived,
    RecoveryRejected,
    RecoveryStopped,
    RecoveryWithdrawn,
    RecoveryWrittenOff,
    RefundApproved,
    RefundApprovedAgain,
    RefundOwed,
    RefundPaid,
    RefundPaidWithInvoice,
    RefundSigned,
    RefundTermsSet,
    ReversalDeclined,
    ReversalProposed,
    WriteOffDeclined,
    WriteOffProposed,
    WriteOffReversed,
)
from disbursement.domain.recovery.refusals import Stage
from events.decider import State
from events.money import Money, total
from events.values import BudgetLineId, Code, CommitmentId, ItemId, PaymentId, PersonId, VendorId


class Ended(State, frozen=True):
    """An earlier recovery of the same payment, that is over."""

    reason: Code
    decided: Money
    """As much of it as a person has decided on: it came, was given up, or is not owed."""
    gone: Money
    """As much of the payment as it came, or was given up."""


class Recovery(State, frozen=True):
    id: RecoveryId
    payment: PaymentId
    vendor: VendorId
    commitment: CommitmentId
    item: ItemId
    budget_line: BudgetLineId
    amount: Money
    functional_amount: Money
    reserved: Money
    reason: Code
    paid_by: tuple[PersonId, ...]
    stage: Stage
    asked_by: tuple[PersonId, ...]
    """Who asked for it, and who proposed to give it up, or to undo that."""
    received: Money
    came_to: Money
    """What was received, in the grant's currency on its days; with what came earlier."""
    earlier: tuple[Ended, ...] = ()
    came: Money | None = None
    """What was received, with what came earlier, and did not go back to the vendor."""
    approved_by: PersonId | None = None
    refund_owed_on: date | None = None
    refund_approved_at: datetime | None = None
    """The last time, where two people approve it."""
    refund_terms: Terms | None = None
    refund_acts: tuple[tuple[Paying, PersonId], ...] = ()
    """Who approved and signed the refund, by the stages of a payment."""

    @property
    def gone(self) -> Money:
        """What of the payment came, or was given up, by recoveries that are over."""
        return self.earlier_gone + self.ended.gone

    @property
    def earlier_gone(self) -> Money:
        return total((each.gone for each in self.earlier), self.amount.currency)

    def decided(self, reason: Code) -> Money:
        """What people have decided on of what was asked for that reason."""
        same = (each.decided for each in (*self.earlier, self.ended) if each.reason == reason)
        return total(same, self.amount.currency)

    @property
    def ended(self) -> Ended:
        """It, as one that is over."""
        nothing = Money.zero(self.amount.currency)
        match self.stage:
            case Stage.SETTLED | Stage.WRITTEN_OFF | Stage.REVERSAL_PROPOSED:
                decided, gone = self.amount, self.amount
            case Stage.REJECTED:
                decided, gone = self.amount, nothing
            case _:
                decided, gone = self.received, self.received
        return Ended(reason=self.reason, decided=decided, gone=gone)

    @property
    def owed(self) -> Money:
        return self.amount - self.received

    def share(self, whole: Money, came: Money) -> Money:
        """The part of it that goes with what came, so that the parts sum to the whole."""
        before, after = self.received, self.received + came
        return part(whole, after, self.amount) - part(whole, before, self.amount)


def part(whole: Money, some: Money, of: Money) -> Money:
    """As much of the whole as some is of that amount, rounded down."""
    return Money(whole.minor * some.minor // of.minor, whole.currency)


def evolve(recovery: Recovery | None, event: RecoveryEvent) -> Recovery:
    if isinstance(event, RecoveryInitiated):
        return Recovery(
            id=event.recovery,
            payment=event.payment,
            vendor=event.vendor,
            commitment=event.commitment,
            item=event.item,
            budget_line=event.budget_line,
            amount=event.amount,
            functional_amount=event.functional_amount,
            reserved=event.reserved,
            reason=event.reason,
            paid_by=event.paid_by,
            stage=Stage.INITIATED,
            asked_by=(event.by,),
            received=Money.zero(event.amount.currency),
            came_to=recovery.came_to if recovery else Money.zero(event.functional_amount.currency),
            earlier=(*recovery.earlier, recovery.ended) if recovery else (),
            came=recovery.came if recovery else None,
        )
    assert recovery is not None, "a fact about a recovery that nobody initiated"
    match event:
        case RecoveryApproved(by=by):
            return replace(recovery, stage=Stage.APPROVED, approved_by=by)
        case WriteOffDeclined() | WriteOffReversed():
            return replace(recovery, stage=Stage.APPROVED)
        case RecoveryRejected():
            return replace(recovery, stage=Stage.REJECTED)
        case RecoveryReceived(amount=amount, received=came_to, settled=settled):
            return replace(
                recovery,
                received=recovery.received + amount,
                came_to=recovery.came_to + came_to,
                came=recovery.came + amount if recovery.came else amount,
                stage=Stage.SETTLED if settled else recovery.stage,
            )
        case WriteOffProposed(by=by):
            asked = (*recovery.asked_by, by)
            return replace(recovery, stage=Stage.WRITE_OFF_PROPOSED, asked_by=asked)
        case RecoveryStopped():
            return replace(recovery, stage=Stage.STOPPED)
        case RecoveryWithdrawn():
            return replace(recovery, stage=Stage.WITHDRAWN)
        case RefundOwed(at=at):
            return replace(recovery, stage=Stage.REFUND_OWED, refund_owed_on=at.date())
        case RefundTermsSet(terms=terms):
            return replace(recovery, refund_terms=terms)
        case RefundApproved() | RefundApprovedAgain() | RefundSigned():
            return _refunding(recovery, event)
        case RefundPaid(paid=paid):
            left = recovery.came_to - paid
            return replace(recovery, stage=Stage.REFUNDED, came_to=left, came=None)
        case RefundPaidWithInvoice():
            return replace(recovery, stage=Stage.REFUNDED)
        case RecoveryWrittenOff() | ReversalDeclined():
            return replace(recovery, stage=Stage.WRITTEN_OFF)
        case ReversalProposed(by=by):
            asked = (*recovery.asked_by, by)
            return replace(recovery, stage=Stage.REVERSAL_PROPOSED, asked_by=asked)
        case _:
            assert_never(event)


def _refunding(
    recovery: Recovery, event: RefundApproved | RefundApprovedAgain | RefundSigned
) -> Recovery:
    """Approved by as many as its terms ask, then signed by two."""
    match event:
        case RefundApproved():
            twice = recovery.refund_terms is not None and recovery.refund_terms.second_approval
            stage = Stage.REFUND_APPROVED_ONCE if twice else Stage.REFUND_APPROVED
            did = Paying.APPROVED_ONCE if twice else Paying.APPROVED
        case RefundApprovedAgain():
            stage, did = Stage.REFUND_APPROVED, Paying.APPROVED
        case RefundSigned(signatory_no=1):
            stage, did = Stage.REFUND_SIGNED, Paying.SIGNED
        case RefundSigned():
            stage, did = Stage.REFUND_RELEASED, Paying.RELEASED
    signed = isinstance(event, RefundSigned)
    return replace(
        recovery,
        stage=stage,
        asked_by=(*recovery.asked_by, event.by),
        refund_acts=(*recovery.refund_acts, (did, event.by)),
        refund_approved_at=recovery.refund_approved_at if signed else event.at,
    )
