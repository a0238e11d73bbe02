"""What may be asked of a payment. Facts from elsewhere were looked up and travel along."""

from datetime import date

import msgspec

from disbursement.domain.conversion import CorrectConversion
from disbursement.domain.counselling import NameCounsellors
from disbursement.domain.delegation import Mandate
from disbursement.domain.exchange_rate import Rate
from disbursement.domain.payment.account import VendorAccount
from disbursement.domain.payment.facts import EarlyReturn
from disbursement.domain.payment.terms import Terms
from disbursement.domain.payment.waiting import Standing
from disbursement.domain.screened import Search
from events.decider import Command
from events.money import Money
from events.values import (
    BankFileId,
    BudgetLineId,
    CaseId,
    Code,
    CommitmentId,
    Digest,
    InvoiceId,
    ItemId,
    PaymentId,
    PersonId,
    VendorId,
)


class RequestPayment(Command, frozen=True):
    payment: PaymentId
    commitment: CommitmentId
    invoice: InvoiceId
    item: ItemId
    case: CaseId
    vendor: VendorId
    budget_line: BudgetLineId
    account: VendorAccount | None
    amount: Money
    reserved: Money
    rate: Rate | None
    evidence: Digest
    counsellors: tuple[PersonId, ...]
    """Of the case; of all participants, for a project."""
    collectors: tuple[PersonId, ...]
    recorders: tuple[PersonId, ...]
    waits: Code | None = None
    """Why it is held from the first: its case rests, has ended, or is looked into (S10)."""
    terms: Terms | None = None
    """None: five people, each once; nothing is known of the programme's rules."""


class _Signing(Command, frozen=True, kw_only=True):
    evidence: Digest
    """What the person saw."""
    stands: Digest
    """What the evidence comes to now."""
    mandate: Mandate | None
    waived_until: date | None = None
    """The last day of the waiver that the invoice rests on; None: it matched without one."""
    preparers: frozenset[PersonId] = frozenset()
    """Who asked for the commitment, sent the order or recorded the invoice."""


class CertifyPayment(_Signing, frozen=True):
    wanting: tuple[Digest, ...] = ()
    """Documents that the evidence cites and that are not on file."""


class ApprovePayment(_Signing, frozen=True):
    pass


class SignPayment(_Signing, frozen=True):
    account: VendorAccount | None
    search: Search | None
    """For the vendor on the sanctions lists; None: the programme asks for none at release."""


class HoldPayment(Command, frozen=True):
    reason: Code
    out_of: BankFileId | None = None
    """The file that is stopped in the same append, and has not left."""


class HoldIfOpen(Command, frozen=True):
    """As before, and nothing where the bank may have it: by itself one does not insist."""

    reason: Code


class LiftHold(Command, frozen=True):
    """One reason for which it is held is gone; it stays held for the others."""

    reason: Code


class ReleasePaymentFromHold(Command, frozen=True):
    reason: Code
    standing: Standing


class CancelPayment(Command, frozen=True):
    reason: Code
    out_of: BankFileId | None = None
    """As when it is held."""


class PutPaymentInFile(Command, frozen=True):
    file: BankFileId
    standing: Standing
    stands: Digest
    """What the evidence comes to now."""
    search: Search | None
    """As when it is signed."""


class TakePaymentOutOfFile(Command, frozen=True):
    """Its file was refused before it left."""

    file: BankFileId
    fault: Code | None
    """Why this payment kept the file from leaving: it is held for that."""


class RecordInstruction(Command, frozen=True):
    file: BankFileId
    file_hash: Digest


class RecordAcceptance(Command, frozen=True):
    """The bank says that it will execute the payment. It has not yet."""


class RecordRejection(Command, frozen=True):
    reason: Code


class RecordExecution(Command, frozen=True):
    """The bank booked the payment."""

    amount: Money
    value_date: date
    bank_ref: Code
    rate: Rate | None
    functional_amount: Money
    by_rule: bool = False
    """Whether that is the rate by the grant's rule."""


class ConvertPayment(Command, frozen=True):
    """A rate was published for a payment that was executed when there was none by the rule."""

    rate: Rate


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """Where the bank shows it on our account."""

    statement: Code
    line: int
    bank_ref: Code
    """The bank's own reference of the booking, or `NO_BANK_REFERENCE`."""
    value_date: date


class RecordReturn(Command, frozen=True):
    """The money came back."""

    amount: Money
    reason: Code
    booked: Booked | None = None
    """None: who carried the money says so without a booking."""
    charge: Money | None = None
    """What the bank kept of it."""


class KeepEarlyReturn(Command, frozen=True):
    """The bank shows it back, and has not shown that it left: its files came out of order."""

    back: EarlyReturn


class ReconcilePayment(Command, frozen=True):
    """The bank shows it booked on our account."""

    statement: Code
    line: int
    bank_ref: Code
    """The bank's own reference of the booking, or `NO_BANK_REFERENCE`."""
    value_date: date


NO_BANK_REFERENCE = Code("NOTPROVIDED")
"""Stands for the reference of a booking where the bank gives none."""


PaymentCommand = (
    RequestPayment
    | NameCounsellors
    | CertifyPayment
    | ApprovePayment
    | SignPayment
    | HoldPayment
    | HoldIfOpen
    | LiftHold
    | ReleasePaymentFromHold
    | CancelPayment
    | PutPaymentInFile
    | TakePaymentOutOfFile
    | RecordInstruction
    | RecordAcceptance
    | RecordRejection
    | RecordExecution
    | ConvertPayment
    | CorrectConversion
    | RecordReturn
    | KeepEarlyReturn
    | ReconcilePayment
)
