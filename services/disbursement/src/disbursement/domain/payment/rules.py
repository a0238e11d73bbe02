"""What a payment answers to a request, and to what the bank says."""

from collections.abc import Sequence
from typing import assert_never

from disbursement.domain import delegation
from disbursement.domain.commitment.judging import WaiverExpired
from disbursement.domain.conversion import CorrectConversion
from disbursement.domain.counselling import NameCounsellors
from disbursement.domain.delegation import Authority
from disbursement.domain.payment import refusals as no
from disbursement.domain.payment.account import may_sign_to, usable
from disbursement.domain.payment.bank_says import by_the_bank, converted, corrected
from disbursement.domain.payment.facts import (
    PaymentApproved,
    PaymentCancelled,
    PaymentCertified,
    PaymentCounsellorsNamed,
    PaymentEvent,
    PaymentHeld,
    PaymentHoldLifted,
    PaymentPutInFile,
    PaymentReleasedFromHold,
    PaymentRequested,
    PaymentSigned,
    PaymentTakenOutOfFile,
)
from disbursement.domain.payment.refusals import Stage
from disbursement.domain.payment.requests import (
    ApprovePayment,
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
from disbursement.domain.payment.state import Payment, evolve
from disbursement.domain.payment.terms import PaymentApprovedAgain, PaymentTermsSet
from disbursement.domain.payment.waiting import may_let_go, must_not_wait
from disbursement.domain.screened import require_screened_again
from events.decider import Decider
from events.documents import require_on_file
from events.values import BankFileId, Code, DelegationId, PaymentId

BEFORE_THE_FILE = (
    Stage.REQUESTED,
    Stage.CERTIFIED,
    Stage.APPROVED_ONCE,
    Stage.APPROVED,
    Stage.SIGNED,
    Stage.RELEASED,
)


def end_to_end_id(payment: PaymentId) -> Code:
    """The one reference of this payment at every bank, for ever.

    The payment's own id, in the 35 characters and the character set that every bank carries.
    """
    return Code(payment.replace("_", "-"))


def payment_of(end_to_end_id: str) -> PaymentId:
    """The payment that a bank's reference names."""
    return PaymentId(end_to_end_id.replace("-", "_"))


def decide(command: PaymentCommand, payment: Payment | None) -> Sequence[PaymentEvent]:
    if isinstance(command, RequestPayment):
        return _requested(command, payment)
    if isinstance(command, NameCounsellors):
        return _counselled(command, payment)
    if payment is None:
        raise no.NoSuchPayment
    match command:
        case CertifyPayment() | ApprovePayment() | SignPayment():
            return [_signed(command, payment)]
        case HoldPayment() | ReleasePaymentFromHold() | CancelPayment() | PutPaymentInFile():
            return _before_the_file(command, payment)
        case HoldIfOpen(reason=reason):
            return _held(command, payment, reason) if payment.stage in BEFORE_THE_FILE else []
        case LiftHold():
            return _lifted(command, payment)
        case TakePaymentOutOfFile():
            return _taken_out_of_file(command, payment)
        case ConvertPayment():
            return converted(command, payment)
        case CorrectConversion():
            return corrected(command, payment)
        case (
            RecordInstruction()
            | RecordAcceptance()
            | RecordRejection()
            | RecordExecution()
            | RecordReturn()
            | KeepEarlyReturn()
            | ReconcilePayment()
        ):
            return by_the_bank(command, payment)
        case _:
            assert_never(command)


# Requesting


def _requested(command: RequestPayment, payment: Payment | None) -> list[PaymentEvent]:
    if payment is not None:
        raise no.PaymentIsAt(payment.stage, None)
    account = usable(command.account, command.vendor, command.amount.currency, command.at)
    if command.by in command.counsellors:
        raise no.CounsellorNeverActs(command.by)
    requested = PaymentRequested(
        by=command.by,
        at=command.at,
        payment=command.payment,
        commitment=command.commitment,
        invoice=command.invoice,
        item=command.item,
        case=command.case,
        vendor=command.vendor,
        account=account.account,
        budget_line=command.budget_line,
        amount=command.amount,
        reserved=command.reserved,
        rate=command.rate,
        evidence=command.evidence,
        counsellor=command.counsellors[0],
        collectors=command.collectors,
        recorders=command.recorders,
    )
    facts: list[PaymentEvent] = [requested]
    if len(command.counsellors) > 1:
        named = PaymentCounsellorsNamed(
            by=command.by,
            at=command.at,
            payment=command.payment,
            counsellors=command.counsellors,
        )
        facts.append(named)
    if command.terms is not None:
        terms = PaymentTermsSet(
            by=command.by, at=command.at, payment=command.payment, terms=command.terms
        )
        facts.append(terms)
    if command.waits is not None:
        facts.append(
            PaymentHeld(by=command.by, at=command.at, payment=command.payment, reason=command.waits)
        )
    return facts


def _counselled(command: NameCounsellors, payment: Payment | None) -> list[PaymentCounsellorsNamed]:
    """Once for each who came: the case may have passed to somebody else since it was requested."""
    all_of_them = command.with_(payment.counsellors) if payment else ()
    if payment is None or not all_of_them:
        return []
    named = PaymentCounsellorsNamed(
        by=command.by, at=command.at, payment=payment.id, counsellors=all_of_them
    )
    return [named]


# The acts that carry a payment to its release, each by another person


def _signed(
    command: CertifyPayment | ApprovePayment | SignPayment, payment: Payment
) -> PaymentEvent:
    by, at, seen = command.by, command.at, command.evidence
    under = may_sign(command, payment)
    match command:
        case CertifyPayment():
            return PaymentCertified(
                by=by, at=at, payment=payment.id, evidence=seen, delegation=under
            )
        case ApprovePayment():
            again = payment.stage is Stage.APPROVED_ONCE
            approved = PaymentApprovedAgain if again else PaymentApproved
            return approved(by=by, at=at, payment=payment.id, evidence=seen, delegation=under)
        case SignPayment():
            return PaymentSigned(
                by=by,
                at=at,
                payment=payment.id,
                signatory_no=1 if payment.stage is Stage.APPROVED else 2,
                evidence=seen,
                delegation=under,
            )
        case _:
            assert_never(command)


def may_sign(
    command: CertifyPayment | ApprovePayment | SignPayment, payment: Payment
) -> DelegationId:
    """The delegation under which this person may certify, approve or sign; else the refusal."""
    at_stages, authority = _acting(command)
    if payment.stage not in at_stages:
        raise no.PaymentIsAt(payment.stage, at_stages[0])
    if payment.held is not None:
        raise no.PaymentIsHeld(payment.held)
    for digest in (command.evidence, command.stands):
        if digest != payment.evidence:
            raise no.EvidenceChanged(seen=command.evidence, stands=command.stands)
    if command.waived_until is not None and command.waived_until < command.at.date():
        raise WaiverExpired(payment.invoice, command.waived_until)
    also_signs = isinstance(command, SignPayment) and payment.may_also_sign(command.by)
    for stage, person in payment.acts:
        if person == command.by and not (also_signs and stage is Stage.CERTIFIED):
            raise no.ActedAlready(person=person, stage=stage)
    if isinstance(command, CertifyPayment):
        require_on_file(command.wanting, command.wanting)
    _may_by_the_chain(command, payment)
    return delegation.require(
        command.mandate,
        person=command.by,
        authority=authority,
        amount=payment.reserved,
        at=command.at,
    )


def _acting(
    command: CertifyPayment | ApprovePayment | SignPayment,
) -> tuple[tuple[Stage, ...], Authority]:
    match command:
        case CertifyPayment():
            return (Stage.REQUESTED,), Authority.CERTIFY
        case ApprovePayment():
            return (Stage.CERTIFIED, Stage.APPROVED_ONCE), Authority.APPROVE
        case SignPayment():
            return (Stage.APPROVED, Stage.SIGNED), Authority.SIGN
        case _:
            assert_never(command)


def _may_by_the_chain(
    command: CertifyPayment | ApprovePayment | SignPayment, payment: Payment
) -> None:
    """What this person did before the payment, for the same item or account."""
    if command.by in payment.counsellors:
        raise no.CounsellorNeverActs(command.by)
    if command.by in command.preparers:
        raise no.PreparedIt(command.by)
    if isinstance(command, ApprovePayment):
        if command.by in payment.recorders:
            raise no.RecorderCannotApprove(command.by)
        if command.by in payment.collectors:
            raise no.CollectorCannotApprove(command.by)
    if isinstance(command, SignPayment):
        account = usable(command.account, payment.vendor, payment.amount.currency, command.at)
        if account.account != payment.account:
            raise no.AccountOfAnother(account.account, account.vendor, account.currency)
        may_sign_to(account, command.by)
        require_screened_again(command.search, payment.vendor, payment.approved_at, command.at)


# Holding, cancelling, and the step after which neither is possible


def _before_the_file(
    command: HoldPayment | ReleasePaymentFromHold | CancelPayment | PutPaymentInFile,
    payment: Payment,
) -> Sequence[PaymentEvent]:
    by, at = command.by, command.at
    if isinstance(command, HoldPayment | CancelPayment):
        taken_out = _out_of(command.out_of, command, payment)
        if taken_out is not None:
            return [taken_out, *_before_the_file(command, evolve(payment, taken_out))]
    if payment.stage not in BEFORE_THE_FILE:
        if isinstance(command, PutPaymentInFile) and payment.file is not None:
            raise no.InOtherFile(payment.id)
        raise no.PaymentIsAt(payment.stage, Stage.RELEASED)
    match command:
        case HoldPayment(reason=reason):
            return _held(command, payment, reason)
        case ReleasePaymentFromHold(reason=reason, standing=standing):
            if payment.held is None:
                raise no.PaymentNotHeld(payment.id)
            may_let_go(by, payment)
            must_not_wait(payment, standing, at)
            return [PaymentReleasedFromHold(by=by, at=at, payment=payment.id, reason=reason)]
        case CancelPayment(reason=reason):
            cancelled = PaymentCancelled(
                by=by,
                at=at,
                payment=payment.id,
                commitment=payment.commitment,
                invoice=payment.invoice,
                reason=reason,
            )
            return [cancelled]
        case PutPaymentInFile():
            return [_put_in_file(command, payment)]
        case _:
            assert_never(command)


def _held(command: HoldPayment | HoldIfOpen, payment: Payment, reason: Code) -> list[PaymentHeld]:
    """Once for each reason."""
    if reason in payment.holds:
        return []
    return [PaymentHeld(by=command.by, at=command.at, payment=payment.id, reason=reason)]


def _lifted(command: LiftHold, payment: Payment) -> list[PaymentHoldLifted]:
    if command.reason not in payment.holds or payment.stage not in BEFORE_THE_FILE:
        return []
    lifted = PaymentHoldLifted(
        by=command.by, at=command.at, payment=payment.id, reason=command.reason
    )
    return [lifted]


def may_leave(command: PutPaymentInFile, payment: Payment) -> None:
    """Asked when it goes into a file, and again before that leaves."""
    if payment.held is not None:
        raise no.PaymentIsHeld(payment.held)
    must_not_wait(payment, command.standing, command.at)
    if command.stands != payment.evidence:
        raise no.EvidenceChanged(seen=payment.evidence, stands=command.stands)
    require_screened_again(command.search, payment.vendor, payment.approved_at, command.at)


def _put_in_file(command: PutPaymentInFile, payment: Payment) -> PaymentPutInFile:
    if payment.stage is not Stage.RELEASED:
        raise no.PaymentIsAt(payment.stage, Stage.RELEASED)
    may_leave(command, payment)
    return PaymentPutInFile(
        by=command.by,
        at=command.at,
        payment=payment.id,
        file=command.file,
        end_to_end_id=end_to_end_id(payment.id),
    )


def _taken_out_of_file(
    command: TakePaymentOutOfFile, payment: Payment
) -> Sequence[PaymentTakenOutOfFile | PaymentHeld]:
    """Back to where it was before; what is wrong with it waits for a person."""
    by, at = command.by, command.at
    taken_out = _out_of(command.file, command, payment)
    if taken_out is None or command.fault is None:
        return [taken_out] if taken_out else []
    return [taken_out, PaymentHeld(by=by, at=at, payment=payment.id, reason=command.fault)]


def _out_of(
    file: BankFileId | None, command: PaymentCommand, payment: Payment
) -> PaymentTakenOutOfFile | None:
    """None: it is not in that file, or not any more."""
    if payment.stage is not Stage.IN_FILE or payment.file is None or payment.file != file:
        return None
    return PaymentTakenOutOfFile(by=command.by, at=command.at, payment=payment.id, file=file)


payment = Decider(decide=decide, evolve=evolve)
