"""What the vendor had paid back of a payment that the bank returned as well: it is the vendor's.

    owed -> approved (by two, where a payment of that amount is) -> signed -> released -> refunded

It is money to a vendor, and goes by the rules of payments: what stops one stops it, the people
differ, and the vendor is looked for again after the approval.
"""

from disbursement.domain import delegation
from disbursement.domain.delegation import Authority
from disbursement.domain.payment.account import may_sign_to
from disbursement.domain.payment.waiting import has_no_part, must_not_be_stopped
from disbursement.domain.recovery import refusals as no
from disbursement.domain.recovery.facts import (
    RecoveryEvent,
    RefundApproved,
    RefundApprovedAgain,
    RefundOwed,
    RefundPaid,
    RefundPaidWithInvoice,
    RefundSigned,
    RefundTermsSet,
)
from disbursement.domain.recovery.refusals import Stage
from disbursement.domain.recovery.requests import (
    ApproveRefund,
    PayRefund,
    PayRefundWithInvoice,
    SignRefund,
    StopRecovery,
)
from disbursement.domain.recovery.state import Recovery
from disbursement.domain.screened import require_screened_again
from events.values import DelegationId

TO_APPROVE = (Stage.REFUND_OWED, Stage.REFUND_APPROVED_ONCE)
TO_SIGN = (Stage.REFUND_APPROVED, Stage.REFUND_SIGNED)
WAITS = (*TO_APPROVE, *TO_SIGN, Stage.REFUND_RELEASED)


def owed(command: StopRecovery, recovery: Recovery) -> list[RefundOwed]:
    """Once, when the bank has returned the payment."""
    if command.only is not None or not recovery.came or recovery.stage in (*WAITS, Stage.REFUNDED):
        return []
    fact = RefundOwed(
        by=command.by,
        at=command.at,
        recovery=recovery.id,
        payment=recovery.payment,
        commitment=recovery.commitment,
        amount=recovery.came,
        functional_amount=recovery.came_to,
    )
    return [fact]


def approved(command: ApproveRefund, recovery: Recovery) -> list[RecoveryEvent]:
    _goes_on(command, recovery, TO_APPROVE)
    under = _under(command, Authority.APPROVE, recovery)
    by, at, of = command.by, command.at, recovery.payment
    if recovery.stage is Stage.REFUND_APPROVED_ONCE:
        again = RefundApprovedAgain(
            by=by, at=at, recovery=recovery.id, payment=of, delegation=under
        )
        return [again]
    once = RefundApproved(
        by=by,
        at=at,
        recovery=recovery.id,
        payment=of,
        commitment=recovery.commitment,
        functional_amount=recovery.came_to,
        delegation=under,
    )
    if command.terms is None:
        return [once]
    return [RefundTermsSet(by=by, at=at, recovery=recovery.id, terms=command.terms), once]


def signed(command: SignRefund, recovery: Recovery) -> RefundSigned:
    """The vendor was looked for again since it was approved."""
    _goes_on(command, recovery, TO_SIGN)
    account = command.stops.account
    assert account is not None, "without one it is stopped"
    may_sign_to(account, command.by)
    _looked_for_again(command, recovery)
    return RefundSigned(
        by=command.by,
        at=command.at,
        recovery=recovery.id,
        payment=recovery.payment,
        signatory_no=1 if recovery.stage is Stage.REFUND_APPROVED else 2,
        delegation=_under(command, Authority.SIGN, recovery),
    )


def paid(command: PayRefund, recovery: Recovery) -> RefundPaid:
    """By another person than who approved and signed it, on the bank's own word."""
    _goes_on(command, recovery, (Stage.REFUND_RELEASED,))
    assert recovery.came is not None, "it is the vendor's"
    _looked_for_again(command, recovery)
    went = command.amount
    if went is None:
        raise no.NoDebitThere(command.answer, command.line)
    if went != recovery.came:
        raise no.NotTheRefund(recovery.came, went)
    return RefundPaid(
        by=command.by,
        at=command.at,
        recovery=recovery.id,
        payment=recovery.payment,
        commitment=recovery.commitment,
        budget_line=recovery.budget_line,
        answer=command.answer,
        line=command.line,
        amount=went,
        functional_amount=recovery.came_to,
        paid=command.in_grants_currency or recovery.came_to,
    )


def _goes_on(
    command: ApproveRefund | SignRefund | PayRefund,
    recovery: Recovery,
    at_stages: tuple[Stage, ...],
) -> None:
    if recovery.stage not in at_stages:
        raise no.RecoveryIsAt(recovery.stage, at_stages[0])
    has_no_part(command.by, recovery.refund_acts, command.of.counsellors)
    must_not_be_stopped(recovery, command.stops, command.at)


def _looked_for_again(command: SignRefund | PayRefund, recovery: Recovery) -> None:
    approved_at = recovery.refund_approved_at
    require_screened_again(command.search, recovery.vendor, approved_at, command.at)


def _under(
    command: ApproveRefund | SignRefund, authority: Authority, recovery: Recovery
) -> DelegationId:
    return delegation.require(
        command.mandate,
        person=command.by,
        authority=authority,
        amount=recovery.came_to,
        at=command.at,
    )


def paid_with_invoice(
    command: PayRefundWithInvoice, recovery: Recovery | None
) -> list[RefundPaidWithInvoice]:
    if recovery is None or recovery.stage not in WAITS:
        return []
    fact = RefundPaidWithInvoice(
        by=command.by,
        at=command.at,
        recovery=recovery.id,
        payment=recovery.payment,
        commitment=recovery.commitment,
        functional_amount=recovery.came_to,
    )
    return [fact]
