"""What the facts about a payment amount to."""

from datetime import date, datetime
from typing import assert_never

from msgspec.structs import replace

from disbursement.domain.conversion import Conversion
from disbursement.domain.exchange_rate import Rate
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
from disbursement.domain.payment.terms import PaymentApprovedAgain, PaymentTermsSet, Terms
from events.decider import State
from events.money import Money
from events.values import (
    AccountId,
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


class Payment(State, frozen=True):
    id: PaymentId
    commitment: CommitmentId
    invoice: InvoiceId
    item: ItemId
    case: CaseId
    vendor: VendorId
    account: AccountId
    budget_line: BudgetLineId
    amount: Money
    reserved: Money
    rate: Rate | None
    evidence: Digest
    counsellor: PersonId
    collectors: tuple[PersonId, ...]
    recorders: tuple[PersonId, ...]
    requested_at: datetime
    stage: Stage
    acts: tuple[tuple[Stage, PersonId], ...]
    approved_at: datetime | None = None
    """The last time, where two people approve it."""
    held: Code | None = None
    """Why it waits: the first of the reasons."""
    holds: tuple[Code, ...] = ()
    """All of them. A person releases it from all, having looked; by itself each is lifted alone."""
    let_go: tuple[Code, ...] = ()
    """The reasons of which a person has said that it need not wait for them."""
    file: BankFileId | None = None
    end_to_end_id: Code | None = None
    files_refused: int = 0
    """How many files with it were given up before they were written."""
    bank_ref: Code | None = None
    """Under which it is booked on our account, once the bank has shown that."""
    value_date: date | None = None
    paid_on: date | None = None
    """The day that the bank named when it executed it."""
    return_ref: Code | None = None
    """Under which its return is booked on our account."""
    returned_on: date | None = None
    came_first: EarlyReturn | None = None
    """The return that the bank showed before the payment, and that does not count yet."""
    functional_amount: Money | None = None
    """What it came to in the grant's currency on the day it was paid."""
    converted: Conversion | None = None
    """The same by the grant's rule."""
    named: frozenset[PersonId] = frozenset()
    """All counsellors, where there are several."""
    terms: Terms | None = None

    @property
    def counsellors(self) -> frozenset[PersonId]:
        """Of the case; of all participants, for a project."""
        return self.named | {self.counsellor}

    def may_also_sign(self, person: PersonId) -> bool:
        """In a small office who certified may be one of the signatories (D3)."""
        small = self.terms is not None and self.terms.certifier_may_sign
        return small and (Stage.CERTIFIED, person) in self.acts


def evolve(payment: Payment | None, event: PaymentEvent) -> Payment:
    if isinstance(event, PaymentRequested):
        return _requested(event)
    assert payment is not None, "a fact about a payment that nobody requested"
    match event:
        case PaymentCounsellorsNamed(counsellors=counsellors):
            return replace(payment, named=frozenset(counsellors))
        case PaymentCertified():
            return _advance(payment, Stage.CERTIFIED, event.by)
        case PaymentTermsSet(terms=terms):
            return replace(payment, terms=terms)
        case PaymentApproved():
            twice = payment.terms is not None and payment.terms.second_approval
            stage = Stage.APPROVED_ONCE if twice else Stage.APPROVED
            return replace(_advance(payment, stage, event.by), approved_at=event.at)
        case PaymentApprovedAgain():
            return replace(_advance(payment, Stage.APPROVED, event.by), approved_at=event.at)
        case PaymentSigned(signatory_no=1):
            return _advance(payment, Stage.SIGNED, event.by)
        case PaymentSigned():
            return _advance(payment, Stage.RELEASED, event.by)
        case PaymentHeld(reason=reason):
            return _held_for(payment, (*payment.holds, reason))
        case PaymentReleasedFromHold():
            let_go = (*payment.let_go, *payment.holds)
            return replace(_held_for(payment, ()), let_go=let_go)
        case PaymentHoldLifted(reason=reason):
            return _held_for(payment, tuple(each for each in payment.holds if each != reason))
        case PaymentCancelled():
            return replace(_held_for(payment, ()), stage=Stage.CANCELLED)
        case PaymentPutInFile(file=file, end_to_end_id=reference):
            return replace(payment, stage=Stage.IN_FILE, file=file, end_to_end_id=reference)
        case PaymentTakenOutOfFile():
            refused = payment.files_refused + 1
            released = replace(payment, stage=Stage.RELEASED, file=None, end_to_end_id=None)
            return replace(released, files_refused=refused)
        case PaymentInstructed():
            return replace(payment, stage=Stage.INSTRUCTED)
        case PaymentAcceptedByBank():
            return replace(payment, stage=Stage.ACCEPTED)
        case PaymentRejectedByBank():
            return replace(payment, stage=Stage.REJECTED)
        case VendorPaid(functional_amount=functional, value_date=day):
            paid = replace(payment, functional_amount=functional, paid_on=day)
            return replace(paid, stage=Stage.PAID)
        case PaymentConverted() | PaymentConversionCorrected():
            return replace(payment, converted=Conversion(event.rate, event.by_rule))
        case PaymentConversionWithdrawn():
            return replace(payment, converted=None)
        case PaymentReturned():
            return replace(payment, stage=Stage.RETURNED, came_first=None)
        case BankChargeKept():
            return payment
        case PaymentReturnCameFirst(back=back):
            return replace(payment, came_first=back)
        case PaymentReturnBooked(bank_ref=reference, value_date=day):
            return replace(payment, return_ref=reference, returned_on=day)
        case PaymentReconciled(bank_ref=reference, value_date=day):
            booked = replace(payment, bank_ref=reference, value_date=day)
            return replace(booked, stage=Stage.RECONCILED)
        case _:
            assert_never(event)


def _requested(event: PaymentRequested) -> Payment:
    return Payment(
        id=event.payment,
        commitment=event.commitment,
        invoice=event.invoice,
        item=event.item,
        case=event.case,
        vendor=event.vendor,
        account=event.account,
        budget_line=event.budget_line,
        amount=event.amount,
        reserved=event.reserved,
        rate=event.rate,
        evidence=event.evidence,
        counsellor=event.counsellor,
        collectors=event.collectors,
        recorders=event.recorders,
        requested_at=event.at,
        stage=Stage.REQUESTED,
        acts=((Stage.REQUESTED, event.by),),
    )


def _held_for(payment: Payment, reasons: tuple[Code, ...]) -> Payment:
    return replace(payment, holds=reasons, held=reasons[0] if reasons else None)


def _advance(payment: Payment, stage: Stage, by: PersonId) -> Payment:
    return replace(payment, stage=stage, acts=(*payment.acts, (stage, by)))
