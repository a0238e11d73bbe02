"""The one Api, and what its routes share: which refusals are which status, common bodies."""

from disbursement.domain.bank_answer import (
    AnswerReadAlready,
    AnswerUploadedAlready,
    LineNotOpen,
    NoSuchBankAnswer,
    NothingToConfirm,
    SaidOtherwiseNow,
    TellsOtherwiseNow,
    UploadNotKept,
)
from disbursement.domain.bank_file import BankFileIsAt, NoSuchBankFile
from disbursement.domain.budget_line import (
    AnotherCeilingProposed,
    BudgetLineExists,
    NoCeilingProposed,
    NoSuchBudgetLine,
)
from disbursement.domain.capture_device import NoSuchDevice
from disbursement.domain.cash import CashIsAt, CashIsHeld, NoSuchCash
from disbursement.domain.commitment import refusals as commitment
from disbursement.domain.commitment import refusals_at_delivery as at_delivery
from disbursement.domain.commitment import refusals_of_amendments as of_amendments
from disbursement.domain.commitment.judging import InvoiceSuspected
from disbursement.domain.delegation import DelegationIsAt, NoSuchDelegation
from disbursement.domain.delivery_code import CodeUsed
from disbursement.domain.exchange_rate import (
    AnotherRateProposed,
    NoRateProposed,
    NoRateStands,
    RateStands,
)
from disbursement.domain.grant import GrantExists, GrantNotOpen, NoSuchGrant
from disbursement.domain.item_ceiling import EarmarkChanged
from disbursement.domain.news import NewsCameBetween
from disbursement.domain.payment import refusals as payment
from disbursement.domain.recovery.refusals import NoSuchRecovery, RecoveryIsAt
from disbursement.domain.vendor_invoices import AnotherCameBetween
from events.io.http import Api, Body
from events.values import Code

api = Api(
    "disbursement",
    taken={
        "payment_duty": "You have acted on this payment already, and nobody does so twice.",
        "grant_reference": "A grant has this reference, or had it, whichever donor's.",
        "budget_category": "The grant has a budget line of this category.",
    },
)

UNKNOWN = {
    NoRateProposed,
    NoRateStands,
    NoSuchBankAnswer,
    NoSuchBankFile,
    NoSuchBudgetLine,
    NoSuchCash,
    NoSuchDelegation,
    NoSuchDevice,
    NoSuchGrant,
    NoSuchRecovery,
    commitment.NoSuchCommitment,
    commitment.NoSuchInvoice,
    at_delivery.NoSuchReceipt,
    payment.NoSuchPayment,
}
CONFLICTS = {
    AnswerReadAlready,
    AnswerUploadedAlready,
    NothingToConfirm,
    SaidOtherwiseNow,
    TellsOtherwiseNow,
    UploadNotKept,
    BankFileIsAt,
    AnotherCameBetween,
    AnotherCeilingProposed,
    AnotherRateProposed,
    BudgetLineExists,
    NoCeilingProposed,
    of_amendments.AmendmentWaits,
    of_amendments.NoAmendmentWaits,
    CashIsAt,
    CashIsHeld,
    DelegationIsAt,
    EarmarkChanged,
    GrantExists,
    GrantNotOpen,
    LineNotOpen,
    NewsCameBetween,
    RateStands,
    CodeUsed,
    RecoveryIsAt,
    commitment.CommitmentIsAt,
    at_delivery.DeliveryInDispute,
    commitment.InvoiceAlreadyPaid,
    commitment.InvoiceNumberTaken,
    commitment.InvoiceReplaced,
    InvoiceSuspected,
    commitment.InvoiceUnderPayment,
    payment.EvidenceChanged,
    payment.InOtherFile,
    payment.PaymentIsAt,
    payment.PaymentIsHeld,
}


class ReasonBody(Body):
    reason: Code
