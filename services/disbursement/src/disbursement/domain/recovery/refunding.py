"""What the vendor had paid back of a payment that the bank returned as well: it is the vendor's."""

from disbursement.domain import delegation
from disbursement.domain.delegation import Authority
from disbursement.domain.recovery import refusals as no
from disbursement.domain.recovery.facts import (
    RefundApproved,
    RefundOwed,
    RefundPaid,
    RefundPaidWithInvoice,
)
from disbursement.domain.recovery.refusals import Stage
from disbursement.domain.recovery.requests import (
    ApproveRefund,
    PayRefund,
    PayRefundWithInvoice,
    StopRecovery,
)
from disbursement.domain.recovery.state import Recovery

WAITS = (Stage.REFUND_OWED, Stage.REFUND_APPROVED)


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


def approved(command: ApproveRefund, recovery: Recovery) -> RefundApproved:
    if recovery.stage is not Stage.REFUND_OWED:
        raise no.RecoveryIsAt(recovery.stage, Stage.REFUND_OWED)
    under = delegation.require(
        command.mandate,
        person=command.by,
        authority=Authority.APPROVE,
        amount=recovery.came_to,
        at=command.at,
    )
    return RefundApproved(
        by=command.by,
        at=command.at,
        recovery=recovery.id,
        payment=recovery.payment,
        commitment=recovery.commitment,
        functional_amount=recovery.came_to,
        delegation=under,
    )


def paid(command: PayRefund, recovery: Recovery) -> RefundPaid:
    """By another person than who approved it, on the bank's own word."""
    if recovery.stage is not Stage.REFUND_APPROVED or recovery.came is None:
        raise no.RecoveryIsAt(recovery.stage, Stage.REFUND_APPROVED)
    if command.by == recovery.asked_by[-1]:
        raise no.ActedOnRecovery(command.by)
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
