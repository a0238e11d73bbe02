"""What a commitment answers to a request."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeAlias, assert_never

from msgspec.structs import replace

from disbursement.domain import delegation
from disbursement.domain.commitment import match as match_rules
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.facts import (
    CommitmentApproved,
    CommitmentCancelled,
    CommitmentCertified,
    CommitmentEvent,
    CommitmentLiquidated,
    CommitmentRequested,
    Condition,
    GoodsReceived,
    InvoicedLine,
    InvoicePaidAgain,
    InvoiceReceived,
    InvoiceReopened,
    InvoiceSettled,
    InvoiceSubmitted,
    Method,
    OrderLine,
    PurchaseOrderIssued,
    ReceivedLine,
    ThreeWayMatchFailed,
    ThreeWayMatchPassed,
)
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import (
    ApproveCommitment,
    CancelCommitment,
    CertifyCommitment,
    CommitmentCommand,
    IssueOrder,
    RecordDelivery,
    RecordInvoice,
    ReopenInvoice,
    RequestCommitment,
    SettleInvoice,
    SubmitInvoice,
)
from disbursement.domain.commitment.state import Commitment, Invoice, InvoiceStage, evolve
from disbursement.domain.delegation import Authority
from disbursement.domain.exchange_rate import convert
from events.decider import Command, Decider
from events.money import Money, total
from events.values import DelegationId, InvoiceId

SCREENING_LASTS = timedelta(days=90)
THUMBPRINT_WITNESSES = 2

Lines: TypeAlias = Sequence[OrderLine | ReceivedLine | InvoicedLine]


def decide(command: CommitmentCommand, commitment: Commitment | None) -> Sequence[CommitmentEvent]:
    by, at = command.by, command.at
    if isinstance(command, RequestCommitment):
        return [_requested(command, commitment)]
    if commitment is None:
        raise no.NoSuchCommitment
    match command:
        case CertifyCommitment(mandate=mandate):
            under = _may_act(command, mandate, commitment, Stage.REQUESTED, Authority.CERTIFY)
            return [CommitmentCertified(by=by, at=at, commitment=commitment.id, delegation=under)]
        case ApproveCommitment(mandate=mandate):
            under = _may_act(command, mandate, commitment, Stage.CERTIFIED, Authority.APPROVE)
            return [CommitmentApproved(by=by, at=at, commitment=commitment.id, delegation=under)]
        case IssueOrder():
            return [_issued(command, commitment)]
        case RecordDelivery():
            return _delivered(command, commitment)
        case RecordInvoice():
            return _invoiced(command, commitment)
        case SubmitInvoice():
            return [_submitted(command, commitment)]
        case ReopenInvoice():
            return _reopened(command, commitment)
        case SettleInvoice():
            return _settled(command, commitment)
        case CancelCommitment():
            return [_cancelled(command, commitment)]
        case _:
            assert_never(command)


def _at(commitment: Commitment, needed: Stage) -> None:
    if commitment.stage is not needed:
        raise no.CommitmentIsAt(commitment.stage, needed)


# Requesting


def _requested(command: RequestCommitment, stands: Commitment | None) -> CommitmentRequested:
    if stands is not None:
        raise no.CommitmentIsAt(stands.stage, None)
    plan, selection, funding = command.plan, command.selection, command.funding
    if plan is None:
        raise no.PlanNotApproved(command.item)
    today = command.at.date()
    if plan.arrived is None or plan.arrived > today:
        raise no.ArrivalNotConfirmed(command.item)
    if plan.use_by is not None and plan.use_by < today:
        raise no.EntitlementExpired(command.item, plan.use_by)
    if selection is None:
        raise no.VendorNotSelected(command.item)
    if selection.approved_until is None or selection.approved_until < today:
        raise no.VendorNotApproved(selection.vendor, selection.approved_until)
    if selection.screened is None or today - selection.screened > SCREENING_LASTS:
        raise no.ScreeningTooOld(selection.vendor, selection.screened)
    if command.amount.minor <= 0:
        raise no.AmountNotAboveZero(command.amount)
    offered = selection.amount
    if command.amount.currency != offered.currency or command.amount > offered:
        raise no.AboveSelection(offered, command.amount)
    if funding is None:
        raise no.NoFunding(command.commitment)
    if not funding.window.opens <= today <= funding.window.closes:
        raise no.OutsideGrantWindow(today, funding.window.opens, funding.window.closes)
    if command.by == plan.counsellor:
        raise no.CounsellorOfTheCase(command.by)
    return CommitmentRequested(
        by=command.by,
        at=command.at,
        commitment=command.commitment,
        plan=plan.plan,
        item=command.item,
        case=plan.case,
        programme=plan.programme,
        vendor=selection.vendor,
        budget_line=command.budget_line,
        amount=command.amount,
        reserved=convert(command.amount, funding.currency, funding.rate),
        rate=funding.rate if command.amount.currency != funding.currency else None,
        window=funding.window,
        tolerance=command.tolerance,
        counsellor=plan.counsellor,
        collectors=selection.collectors,
    )


# Certifying and approving


def _may_act(
    command: Command,
    mandate: delegation.Mandate | None,
    commitment: Commitment,
    at_stage: Stage,
    authority: Authority,
) -> DelegationId:
    _at(commitment, at_stage)
    if command.by == commitment.counsellor:
        raise no.CounsellorOfTheCase(command.by)
    for stage, person in commitment.acts:
        if person == command.by:
            raise no.ActedOnCommitment(person, stage)
    return delegation.require(
        mandate,
        person=command.by,
        authority=authority,
        amount=commitment.reserved,
        at=command.at,
    )


# Ordering


def _issued(command: IssueOrder, commitment: Commitment) -> PurchaseOrderIssued:
    _at(commitment, Stage.APPROVED)
    if command.by == commitment.counsellor:
        raise no.CounsellorOfTheCase(command.by)
    _numbered_once(command.lines)
    currency = commitment.amount.currency
    for line in command.lines:
        if line.unit_price.currency != currency or line.unit_price.minor <= 0:
            raise no.OrderNotAsCommitted(commitment.amount, line.unit_price)
    ordered = total((line.unit_price * line.quantity for line in command.lines), currency)
    if ordered != commitment.amount:
        raise no.OrderNotAsCommitted(commitment.amount, ordered)
    return PurchaseOrderIssued(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        number=command.number,
        lines=command.lines,
        deliver_by=command.deliver_by,
    )


def _numbered_once(lines: Lines) -> None:
    seen: set[int] = set()
    for line in lines:
        if line.line in seen or line.quantity <= 0:
            raise no.LinesNotInOrder(line.line)
        seen.add(line.line)
    if not seen:
        raise no.LinesNotInOrder(0)


# Delivering


def _delivered(command: RecordDelivery, commitment: Commitment) -> list[CommitmentEvent]:
    _at(commitment, Stage.ISSUED)
    assert commitment.order is not None, "an issued commitment has an order"
    _recorded_by_the_right_people(command, commitment)
    _in_order(command.date, commitment.order.issued, command.at.date())
    window = commitment.window
    if not window.opens <= command.date <= window.closes:
        raise no.OutsideGrantWindow(command.date, window.opens, window.closes)
    _within_the_order(command, commitment)
    received = GoodsReceived(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        receipt=command.receipt,
        lines=command.lines,
        date=command.date,
        received_by=command.received_by,
        method=command.method,
        witnesses=command.witnesses,
        document=command.document,
    )
    events: list[CommitmentEvent] = [received]
    then = evolve(commitment, received)
    for invoice in then.invoices:
        if invoice.stage is InvoiceStage.UNMATCHED:
            events.append(_matched(command, then, invoice))
            then = evolve(then, events[-1])
    return events


def _recorded_by_the_right_people(command: RecordDelivery, commitment: Commitment) -> None:
    witnesses = set(command.witnesses) - {command.by}
    if command.by == commitment.counsellor and not witnesses:
        raise no.CounsellorAlone(command.by)
    if command.by in commitment.collectors:
        raise no.CollectorRecordsDelivery(command.by)
    if command.method is Method.THUMBPRINT and len(witnesses) < THUMBPRINT_WITNESSES:
        raise no.WitnessesMissing(THUMBPRINT_WITNESSES, len(witnesses))


def _within_the_order(command: RecordDelivery, commitment: Commitment) -> None:
    arriving: dict[int, int] = {}
    for line in command.lines:
        ordered = commitment.ordered(line.line)
        if ordered is None or line.quantity <= 0:
            raise no.LinesNotInOrder(line.line)
        if line.condition is not Condition.GOOD:
            continue
        arriving[line.line] = arriving.get(line.line, 0) + line.quantity
        received = commitment.received(line.line) + arriving[line.line]
        if received > ordered.quantity:
            raise no.MoreThanOrdered(line.line, ordered.quantity, received)
    if not command.lines:
        raise no.LinesNotInOrder(0)


def _in_order(day: date, earliest: date, latest: date) -> None:
    if not earliest <= day <= latest:
        raise no.DateOutOfOrder(day, earliest, latest)


# Invoicing and matching


def _invoiced(command: RecordInvoice, commitment: Commitment) -> list[CommitmentEvent]:
    _at(commitment, Stage.ISSUED)
    assert commitment.order is not None, "an issued commitment has an order"
    if command.by == commitment.counsellor:
        raise no.CounsellorOfTheCase(command.by)
    if command.replaces is not None:
        _may_be_replaced(command.replaces, commitment)
    if command.amount.minor <= 0:
        raise no.AmountNotAboveZero(command.amount)
    _numbered_once(command.lines)
    lines = [line.unit_price * line.quantity for line in command.lines]
    if any(line.currency != command.amount.currency for line in lines):
        raise no.DoesNotAddUp(command.amount, lines[0])
    if (adds_up_to := total(lines, command.amount.currency)) != command.amount:
        raise no.DoesNotAddUp(command.amount, adds_up_to)
    _in_order(command.date, commitment.order.issued, command.at.date())
    received = InvoiceReceived(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=command.invoice,
        vendor=commitment.vendor,
        number=command.number,
        date=command.date,
        amount=command.amount,
        lines=command.lines,
        document=command.document,
        pro_forma=command.pro_forma,
        replaces=command.replaces,
    )
    then = evolve(commitment, received)
    return [received, _matched(command, then, then.invoices[-1])]


def _may_be_replaced(replaces: InvoiceId, commitment: Commitment) -> None:
    invoice = commitment.invoice(replaces)
    if invoice is None:
        raise no.NoSuchInvoice(replaces)
    if invoice.stage not in (InvoiceStage.UNMATCHED, InvoiceStage.MATCHED):
        raise no.InvoiceReplaced(replaces)


def _matched(
    command: Command, commitment: Commitment, invoice: Invoice
) -> ThreeWayMatchPassed | ThreeWayMatchFailed:
    others = tuple(i for i in commitment.invoices if i.id != invoice.id)
    without = replace(commitment, invoices=others)
    exceptions = match_rules.exceptions(without, invoice)
    if exceptions:
        return ThreeWayMatchFailed(
            by=command.by,
            at=command.at,
            commitment=commitment.id,
            invoice=invoice.id,
            exceptions=exceptions,
        )
    return ThreeWayMatchPassed(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        payable=match_rules.payable(commitment, invoice),
        receipts=tuple(receipt.id for receipt in commitment.receipts),
    )


# Paying


def _submitted(command: SubmitInvoice, commitment: Commitment) -> InvoiceSubmitted:
    _at(commitment, Stage.ISSUED)
    invoice = commitment.invoice(command.invoice)
    if invoice is None:
        raise no.NoSuchInvoice(command.invoice)
    if invoice.payment is not None:
        raise no.InvoiceUnderPayment(invoice.id, invoice.payment)
    if invoice.stage is InvoiceStage.REPLACED:
        raise no.InvoiceReplaced(invoice.id)
    if invoice.payable is None:
        raise no.InvoiceNotMatched(invoice.id, tuple(invoice.exceptions))
    if command.amount != invoice.payable:
        raise no.NotThePayable(invoice.payable, command.amount)
    return InvoiceSubmitted(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        payment=command.payment,
    )


def _reopened(command: ReopenInvoice, commitment: Commitment) -> list[InvoiceReopened]:
    invoice = commitment.invoice(command.invoice)
    if invoice is None:
        raise no.NoSuchInvoice(command.invoice)
    if invoice.payment != command.payment:
        return []
    return [
        InvoiceReopened(
            by=command.by,
            at=command.at,
            commitment=commitment.id,
            invoice=invoice.id,
            payment=command.payment,
            restored=command.restored or Money.zero(commitment.reserved.currency),
        )
    ]


def _settled(command: SettleInvoice, commitment: Commitment) -> list[CommitmentEvent]:
    invoice = commitment.invoice(command.invoice)
    if invoice is None:
        raise no.NoSuchInvoice(command.invoice)
    if invoice.stage is InvoiceStage.SETTLED:
        if invoice.payment == command.payment:
            return []
        return [
            InvoicePaidAgain(
                by=command.by,
                at=command.at,
                commitment=commitment.id,
                invoice=invoice.id,
                payment=command.payment,
            )
        ]
    if command.reserved > commitment.reserved:
        raise no.NotAReservation(commitment.reserved, command.reserved)
    settled = InvoiceSettled(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        payment=command.payment,
        reserved=command.reserved,
        displaced=invoice.payment if invoice.payment != command.payment else None,
    )
    then = evolve(commitment, settled)
    lines = then.order.lines if then.order else ()
    if then.stage is not Stage.ISSUED or any(then.settled(o.line) < o.quantity for o in lines):
        return [settled]
    liquidated = CommitmentLiquidated(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        budget_line=commitment.budget_line,
        item=commitment.item,
        released=then.reserved,
    )
    return [settled, liquidated]


def _cancelled(command: CancelCommitment, commitment: Commitment) -> CommitmentCancelled:
    if commitment.stage in (Stage.LIQUIDATED, Stage.CANCELLED):
        raise no.CommitmentIsAt(commitment.stage, Stage.REQUESTED)
    for invoice in commitment.invoices:
        if invoice.stage is InvoiceStage.SUBMITTED and invoice.payment is not None:
            raise no.InvoiceUnderPayment(invoice.id, invoice.payment)
    return CommitmentCancelled(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        budget_line=commitment.budget_line,
        item=commitment.item,
        reason=command.reason,
        released=commitment.reserved,
    )


commitment = Decider(decide=decide, evolve=evolve)
