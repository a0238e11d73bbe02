"""What a recovery answers to a request."""

from collections.abc import Sequence
from typing import assert_never

from disbursement.domain import delegation
from disbursement.domain.delegation import Authority
from disbursement.domain.payment import Payment
from disbursement.domain.payment import Stage as Paying
from disbursement.domain.payment.refusals import CounsellorNeverActs, RecorderCannotApprove
from disbursement.domain.recovery import refunding
from disbursement.domain.recovery import refusals as no
from disbursement.domain.recovery.facts import (
    RecoveryApproved,
    RecoveryEvent,
    RecoveryInitiated,
    RecoveryReceived,
    RecoveryRejected,
    RecoveryStopped,
    RecoveryWithdrawn,
    RecoveryWrittenOff,
    ReversalDeclined,
    ReversalProposed,
    WriteOffDeclined,
    WriteOffProposed,
    WriteOffReversed,
    recovery_of,
)
from disbursement.domain.recovery.refusals import Stage
from disbursement.domain.recovery.requests import (
    ApproveRecovery,
    ApproveRefund,
    DeclineReversal,
    DeclineWriteOff,
    InitiateRecovery,
    PayRefund,
    PayRefundWithInvoice,
    ProposeReversal,
    ProposeWriteOff,
    ReceiveRecovery,
    RecoveryCommand,
    RejectRecovery,
    ReverseWriteOff,
    SignRefund,
    StopRecovery,
    WithdrawRecovery,
    WriteOff,
)
from disbursement.domain.recovery.state import Recovery, part
from events.money import Money
from events.values import DelegationId, PersonId

OPEN = (Stage.INITIATED, Stage.APPROVED, Stage.WRITE_OFF_PROPOSED)


def decide(command: RecoveryCommand, recovery: Recovery | None) -> Sequence[RecoveryEvent]:
    by, at = command.by, command.at
    if isinstance(command, InitiateRecovery):
        return _initiated(command, recovery)
    if isinstance(command, StopRecovery):
        return _stopped(command, recovery)
    if isinstance(command, PayRefundWithInvoice):
        return refunding.paid_with_invoice(command, recovery)
    if recovery is None:
        raise no.NoSuchRecovery
    match command:
        case ApproveRecovery():
            return [_approved(command, recovery)]
        case RejectRecovery(reason=reason):
            _at(recovery, Stage.INITIATED)
            return [RecoveryRejected(by=by, at=at, recovery=recovery.id, reason=reason)]
        case ReceiveRecovery():
            came = _received(command, recovery)
            return [came] if command.agreed else []
        case WithdrawRecovery():
            return [_withdrawn(command, recovery)]
        case ApproveRefund():
            return refunding.approved(command, recovery)
        case SignRefund():
            return [refunding.signed(command, recovery)]
        case PayRefund():
            return [refunding.paid(command, recovery)]
        case ProposeWriteOff(reason=reason):
            _at(recovery, Stage.APPROVED)
            return [WriteOffProposed(by=by, at=at, recovery=recovery.id, reason=reason)]
        case DeclineWriteOff(reason=reason):
            _at(recovery, Stage.WRITE_OFF_PROPOSED)
            _by_another(command.by, recovery)
            return [WriteOffDeclined(by=by, at=at, recovery=recovery.id, reason=reason)]
        case WriteOff():
            return [_written_off(command, recovery)]
        case ProposeReversal(reason=reason):
            _at(recovery, Stage.WRITTEN_OFF)
            _is_with_the_vendor(command.of)
            return [ReversalProposed(by=by, at=at, recovery=recovery.id, reason=reason)]
        case DeclineReversal(reason=reason):
            _at(recovery, Stage.REVERSAL_PROPOSED)
            _by_another(command.by, recovery)
            return [ReversalDeclined(by=by, at=at, recovery=recovery.id, reason=reason)]
        case ReverseWriteOff():
            return [_reversed(command, recovery)]
        case _:
            assert_never(command)


def _initiated(command: InitiateRecovery, recovery: Recovery | None) -> list[RecoveryInitiated]:
    """One at a time; after it another one, of no more than is still with the vendor."""
    of, amount = command.payment, command.amount
    if recovery is not None and recovery.stage in (*OPEN, Stage.REVERSAL_PROPOSED):
        if command.in_all:
            return []  # it is looked at again when that one is over
        raise no.RecoveryIsAt(recovery.stage, None)
    if (
        of is None
        or of.functional_amount is None
        or of.stage not in (Paying.PAID, Paying.RECONCILED)
    ):
        raise no.NothingWasPaid(of.stage if of else None)
    gone = recovery.gone if recovery else Money.zero(of.amount.currency)
    left = _in_their_hands(of.amount - gone, command.kept)
    if command.in_all:
        asked = recovery.decided(command.reason) if recovery else Money.zero(amount.currency)
        amount = min(amount - asked, left)
        if amount.minor <= 0:
            return []
    if amount.currency != left.currency or not 0 < amount.minor <= left.minor:
        raise no.MoreThanWasPaid(left, amount)

    def share(whole: Money) -> Money:
        return part(whole, gone + amount, of.amount) - part(whole, gone, of.amount)

    initiated = RecoveryInitiated(
        by=command.by,
        at=command.at,
        recovery=recovery_of(of.id),
        payment=of.id,
        vendor=of.vendor,
        commitment=of.commitment,
        item=of.item,
        budget_line=of.budget_line,
        amount=amount,
        functional_amount=share(of.functional_amount),
        reserved=share(of.reserved if command.took is None else command.took),
        reason=command.reason,
        paid_by=tuple(sorted({person for _, person in of.acts})),
    )
    return [initiated]


def _in_their_hands(left: Money, kept: Money | None) -> Money:
    """Paid anew after the bank had sent it back, it is theirs less what they had paid back then."""
    return left if kept is None else max(left - kept, Money.zero(left.currency))


def _approved(command: ApproveRecovery, recovery: Recovery) -> RecoveryApproved:
    _at(recovery, Stage.INITIATED)
    _by_one_without_a_part(command, recovery)
    left = _in_their_hands(command.of.amount - recovery.earlier_gone, command.kept)
    if recovery.amount > left:
        raise no.MoreThanWasPaid(left, recovery.amount)
    return RecoveryApproved(
        by=command.by,
        at=command.at,
        recovery=recovery.id,
        payment=recovery.payment,
        commitment=recovery.commitment,
        functional_amount=recovery.functional_amount,
        delegation=_under(command, recovery.functional_amount),
    )


def _received(command: ReceiveRecovery, recovery: Recovery) -> RecoveryReceived:
    """Also while it is proposed to give it up."""
    if recovery.stage not in (Stage.APPROVED, Stage.WRITE_OFF_PROPOSED):
        raise no.RecoveryIsAt(recovery.stage, Stage.APPROVED)
    came = command.amount
    if came is None:
        raise no.NoCreditThere(command.answer, command.line)
    if came.currency != recovery.amount.currency or came > recovery.owed:
        raise no.MoreThanIsOwed(recovery.owed, came)
    taken_away = recovery.share(recovery.functional_amount, came)
    return RecoveryReceived(
        by=command.by,
        at=command.at,
        recovery=recovery.id,
        payment=recovery.payment,
        commitment=recovery.commitment,
        item=recovery.item,
        budget_line=recovery.budget_line,
        answer=command.answer,
        line=command.line,
        amount=came,
        functional_amount=taken_away,
        received=command.in_grants_currency or taken_away,
        restored=recovery.share(recovery.reserved, came),
        settled=came == recovery.owed,
    )


def _withdrawn(command: WithdrawRecovery, recovery: Recovery) -> RecoveryWithdrawn:
    """That all of it was an advance, and goods are owed for it again, the order has to say; else
    two people have to say that nothing is owed, and it is no way round giving it up.
    """
    _at(recovery, Stage.APPROVED)
    _by_another(command.by, recovery)
    if command.by_mistake and (recovery.received or recovery.reason == no.PAID_TWICE):
        raise no.RecoveryIsAt(recovery.stage, Stage.SETTLED)
    if command.by_mistake and command.by == recovery.approved_by:
        raise no.ActedOnRecovery(command.by)
    if command.by_mistake:
        _let_nothing_go(command, recovery)
    return RecoveryWithdrawn(
        by=command.by,
        at=command.at,
        recovery=recovery.id,
        payment=recovery.payment,
        commitment=recovery.commitment,
        functional_amount=recovery.share(recovery.functional_amount, recovery.owed),
        reason=command.reason,
    )


def _stopped(command: StopRecovery, recovery: Recovery | None) -> list[RecoveryEvent]:
    """By itself, and nothing where there is none, or nothing is owed either way."""
    owed = (Stage.APPROVED, Stage.WRITE_OFF_PROPOSED)
    if recovery is None:
        return []
    refund = refunding.owed(command, recovery)
    if recovery.stage not in OPEN:
        return [*refund]
    if command.only is not None and recovery.reason != command.only:
        return []
    whole = recovery.functional_amount
    left = recovery.share(whole, recovery.owed)
    stopped = RecoveryStopped(
        by=command.by,
        at=command.at,
        recovery=recovery.id,
        payment=recovery.payment,
        commitment=recovery.commitment,
        functional_amount=left if recovery.stage in owed else Money.zero(whole.currency),
    )
    return [stopped, *refund]


def _written_off(command: WriteOff, recovery: Recovery) -> RecoveryWrittenOff:
    _at(recovery, Stage.WRITE_OFF_PROPOSED)
    _let_nothing_go(command, recovery)
    left = recovery.share(recovery.functional_amount, recovery.owed)
    return RecoveryWrittenOff(
        by=command.by,
        at=command.at,
        recovery=recovery.id,
        commitment=recovery.commitment,
        amount=recovery.owed,
        functional_amount=left,
        delegation=_under(command, left),
    )


def _reversed(command: ReverseWriteOff, recovery: Recovery) -> WriteOffReversed:
    """By whom giving it up would have been for: a loss is not hidden by who let the money go."""
    _at(recovery, Stage.REVERSAL_PROPOSED)
    _is_with_the_vendor(command.of)
    _let_nothing_go(command, recovery)
    again = recovery.share(recovery.functional_amount, recovery.owed)
    return WriteOffReversed(
        by=command.by,
        at=command.at,
        recovery=recovery.id,
        payment=recovery.payment,
        commitment=recovery.commitment,
        amount=recovery.owed,
        functional_amount=again,
        delegation=_under(command, again),
    )


def _is_with_the_vendor(of: Payment) -> None:
    if of.stage not in (Paying.PAID, Paying.RECONCILED):
        raise no.NothingWasPaid(of.stage)


def _at(recovery: Recovery, needed: Stage) -> None:
    if recovery.stage is not needed:
        raise no.RecoveryIsAt(recovery.stage, needed)


def _by_another(person: PersonId, recovery: Recovery) -> None:
    if person in recovery.asked_by:
        raise no.ActedOnRecovery(person)


def _by_one_without_a_part(
    command: ApproveRecovery | WithdrawRecovery | WriteOff | ReverseWriteOff, recovery: Recovery
) -> None:
    """Nor by who counsels the case, or recorded what was paid for, as with payments (D4, D7)."""
    _by_another(command.by, recovery)
    if command.by in command.of.counsellors:
        raise CounsellorNeverActs(command.by)
    if command.by in command.of.recorders:
        raise RecorderCannotApprove(command.by)


def _let_nothing_go(
    command: WithdrawRecovery | WriteOff | ReverseWriteOff, recovery: Recovery
) -> None:
    _by_one_without_a_part(command, recovery)
    if command.by in recovery.paid_by:
        raise no.HadAPartInThePayment(command.by)


def _under(command: ApproveRecovery | WriteOff | ReverseWriteOff, amount: Money) -> DelegationId:
    return delegation.require(
        command.mandate,
        person=command.by,
        authority=Authority.APPROVE,
        amount=amount,
        at=command.at,
    )
