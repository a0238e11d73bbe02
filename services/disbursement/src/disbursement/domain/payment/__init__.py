"""A payment: one matched invoice on its way to the vendor's account.

    requested -> certified -> approved -> signed -> released -> in file -> instructed
              -> (accepted) -> paid -> reconciled
    at the bank: rejected, returned; before the file: held and released from hold, cancelled;
    in a file that cannot be written: taken out of it, released again

Requesting, certifying, approving and the two signatures are five different persons' (UN Financial
Rules 105.5 and 105.6; D2, D3): six, where what is paid is large enough for a second approval; four
in a small office, where who certified may sign. Each of them answers for the evidence that was on
the page: its digest is named in the act, and an act on evidence that has changed since is refused.

The payment has one reference at the bank, made from its own id, and never a second one. That it
was paid is known from the bank alone; until the bank says so it is neither paid nor failed.
"""

from disbursement.domain.payment.account import VendorAccount
from disbursement.domain.payment.facts import (
    BankChargeKept,
    EarlyReturn,
    PaymentAcceptedByBank,
    PaymentApproved,
    PaymentCancelled,
    PaymentCertified,
    PaymentConversionCorrected,
    PaymentConversionWithdrawn,
    PaymentConverted,
    PaymentCounsellorsNamed,
    PaymentEvent,
    PaymentHeld,
    PaymentHoldLifted,
    PaymentInstructed,
    PaymentPutInFile,
    PaymentReconciled,
    PaymentRejectedByBank,
    PaymentReleasedFromHold,
    PaymentRequested,
    PaymentReturnBooked,
    PaymentReturnCameFirst,
    PaymentReturned,
    PaymentSigned,
    PaymentTakenOutOfFile,
    VendorPaid,
)
from disbursement.domain.payment.refusals import Stage
from disbursement.domain.payment.requests import (
    NO_BANK_REFERENCE,
    ApprovePayment,
    Booked,
    CancelPayment,
    CertifyPayment,
    ConvertPayment,
    HoldIfOpen,
    HoldPayment,
    KeepEarlyReturn,
    LiftHold,
    PaymentCommand,
    PutPaymentInFile,
    ReconcilePayment,
    RecordAcceptance,
    RecordExecution,
    RecordInstruction,
    RecordRejection,
    RecordReturn,
    ReleasePaymentFromHold,
    RequestPayment,
    SignPayment,
    TakePaymentOutOfFile,
)
from disbursement.domain.payment.rules import (
    BEFORE_THE_FILE,
    end_to_end_id,
    may_leave,
    may_sign,
    payment,
    payment_of,
)
from disbursement.domain.payment.state import Payment
from disbursement.domain.payment.terms import PaymentApprovedAgain, PaymentTermsSet, Terms
from disbursement.domain.payment.waiting import (
    AboutCase,
    Found,
    MayStop,
    Reason,
    Standing,
    waits_for,
)

__all__ = [
    "BEFORE_THE_FILE",
    "NO_BANK_REFERENCE",
    "AboutCase",
    "ApprovePayment",
    "BankChargeKept",
    "Booked",
    "CancelPayment",
    "CertifyPayment",
    "ConvertPayment",
    "EarlyReturn",
    "Found",
    "HoldIfOpen",
    "HoldPayment",
    "KeepEarlyReturn",
    "LiftHold",
    "MayStop",
    "Payment",
    "PaymentAcceptedByBank",
    "PaymentApproved",
    "PaymentApprovedAgain",
    "PaymentCancelled",
    "PaymentCertified",
    "PaymentCommand",
    "PaymentConversionCorrected",
    "PaymentConversionWithdrawn",
    "PaymentConverted",
    "PaymentCounsellorsNamed",
    "PaymentEvent",
    "PaymentHeld",
    "PaymentHoldLifted",
    "PaymentInstructed",
    "PaymentPutInFile",
    "PaymentReconciled",
    "PaymentRejectedByBank",
    "PaymentReleasedFromHold",
    "PaymentRequested",
    "PaymentReturnBooked",
    "PaymentReturnCameFirst",
    "PaymentReturned",
    "PaymentSigned",
    "PaymentTakenOutOfFile",
    "PaymentTermsSet",
    "PutPaymentInFile",
    "Reason",
    "ReconcilePayment",
    "RecordAcceptance",
    "RecordExecution",
    "RecordInstruction",
    "RecordRejection",
    "RecordReturn",
    "ReleasePaymentFromHold",
    "RequestPayment",
    "SignPayment",
    "Stage",
    "Standing",
    "TakePaymentOutOfFile",
    "Terms",
    "VendorAccount",
    "VendorPaid",
    "end_to_end_id",
    "may_leave",
    "may_sign",
    "payment",
    "payment_of",
    "waits_for",
]
