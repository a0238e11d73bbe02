"""A recovery: money of a payment that the vendor owes back.

    initiated -> approved -> received in parts -> settled
    initiated -> rejected
    initiated, approved -> stopped: the bank sent the payment back
    approved  -> write-off proposed -> written off, or declined: then it is owed as before
    written off -> reversal proposed -> owed as before, or declined: then it stays given up
    approved  -> withdrawn: it was an advance, and goods are owed for it again; or a mistake
    some of it was received, and the bank returned the payment as well:
              -> refund owed -> approved -> signed -> released -> refunded

A payment has one recovery at a time, and after it another one, all together of no more than was
paid. Who asks, who approves and who gives up are different people, and what was not received is
given up by nobody who had a part in the payment; nor is that undone by them, when the vendor
delivers or pays after all.
That money came is known from the bank alone: each receipt names the line of its statement, and two
people say that this line is it.
"""

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
    payment_recovered,
    recovery_of,
)
from disbursement.domain.recovery.refusals import PAID_TWICE, Stage
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
from disbursement.domain.recovery.rules import decide
from disbursement.domain.recovery.state import Recovery, evolve
from events.decider import Decider

__all__ = [
    "PAID_TWICE",
    "ApproveRecovery",
    "ApproveRefund",
    "DeclineReversal",
    "DeclineWriteOff",
    "InitiateRecovery",
    "PayRefund",
    "PayRefundWithInvoice",
    "ProposeReversal",
    "ProposeWriteOff",
    "ReceiveRecovery",
    "Recovery",
    "RecoveryApproved",
    "RecoveryCommand",
    "RecoveryEvent",
    "RecoveryId",
    "RecoveryInitiated",
    "RecoveryReceived",
    "RecoveryRejected",
    "RecoveryStopped",
    "RecoveryWithdrawn",
    "RecoveryWrittenOff",
    "RefundApproved",
    "RefundApprovedAgain",
    "RefundOwed",
    "RefundPaid",
    "RefundPaidWithInvoice",
    "RefundSigned",
    "RefundTermsSet",
    "RejectRecovery",
    "ReversalDeclined",
    "ReversalProposed",
    "ReverseWriteOff",
    "SignRefund",
    "Stage",
    "StopRecovery",
    "WithdrawRecovery",
    "WriteOff",
    "WriteOffDeclined",
    "WriteOffProposed",
    "WriteOffReversed",
    "payment_recovered",
    "recovery",
    "recovery_of",
]

recovery = Decider(decide=decide, evolve=evolve)
