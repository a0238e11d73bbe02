"""How each fact changes a commitment: its stage and order first, then its invoices."""

from datetime import date
from typing import assert_never

from msgspec.structs import replace

from disbursement.domain.commitment import amended, receipts, witnessed
from disbursement.domain.commitment.advanced import (
    Advance,
    AdvanceApproved,
    AdvanceClaimDropped,
    AdvanceClaimed,
    AdvanceClaimedAgain,
    AdvanceCleared,
    AdvanceEvent,
    AdvanceOverdue,
    AdvanceRecovered,
    RecoveredFundsPlaced,
)
from disbursement.domain.commitment.executed import ExecutedEvent
from disbursement.domain.commitment.facts import (
    AmendmentCertified,
    AmendmentRejected,
    AmendmentRequested,
    CommitmentAmended,
    CommitmentApproved,
    CommitmentCancelled,
    CommitmentCertified,
    CommitmentEvent,
    CommitmentExpired,
    CommitmentLiquidated,
    CommitmentRejected,
    CommitmentRequested,
    CounsellorsNamed,
    GoodsReceived,
    InvoicePaidAgain,
    InvoiceReceived,
    InvoiceReopened,
    InvoiceSettled,
    InvoiceSubmitted,
    PurchaseOrderIssued,
    ReceiptDisputed,
    ReceiptDisputeResolved,
    ThreeWayMatchFailed,
    ThreeWayMatchPassed,
    WindowShortened,
)
from disbursement.domain.commitment.invoices import Invoice, InvoiceStage
from disbursement.domain.commitment.lengthened import WindowExtended
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.state import Commitment, Order
from disbursement.domain.commitment.suspected import (
    DuplicateInvoiceCleared,
    DuplicateInvoiceSuspected,
    InvoiceRejected,
)
from disbursement.domain.commitment.unconfirmed import UnconfirmedEvent
from disbursement.domain.commitment.waived import MatchExceptionWaived
from disbursement.domain.commitment.witnessed import DeliveryWitnessed
from events.money import Money
from events.values import Code, InvoiceId, PersonId


def evolve(commitment: Commitment | None, event: CommitmentEvent) -> Commitment:
    if isinstance(event, CommitmentRequested):
        return _requested(event)
    assert commitment is not None, "a fact about a commitment that nobody requested"
    if isinstance(event, ExecutedEvent | UnconfirmedEvent):
        return _by_the_bank(commitment, event)
    if isinstance(event, AdvanceEvent):
        return _of_an_advance(commitment, event)
    match event:
        case CounsellorsNamed(counsellors=counsellors):
            return replace(commitment, named=frozenset(counsellors))
        case CommitmentCertified():
            return _advance(commitment, Stage.CERTIFIED, event.by)
        case CommitmentApproved():
            return _advance(commitment, Stage.APPROVED, event.by)
        case PurchaseOrderIssued():
            return replace(commitment, stage=Stage.ISSUED, order=_order(event))
        case DeliveryWitnessed():
            return _witnessed(commitment, event)
        case GoodsReceived():
            return _received(commitment, event)
        case ReceiptDisputed():
            return replace(commitment, receipts=receipts.disputed(commitment.receipts, event))
        case ReceiptDisputeResolved():
            return replace(commitment, receipts=receipts.settled(commitment.receipts, event))
        case InvoiceReceived():
            replaced = _with(commitment, event.replaces, stage=InvoiceStage.REPLACED)
            return replace(replaced, invoices=(*replaced.invoices, _invoice(event, commitment)))
        case ThreeWayMatchPassed():
            return _passed(commitment, event)
        case ThreeWayMatchFailed():
            return _failed(commitment, event)
        case MatchExceptionWaived(invoice=invoice, waiver=waiver):
            return _with(commitment, invoice, waiver=waiver, waived_by=event.by)
        case DuplicateInvoiceSuspected(invoice=invoice, alike=alike):
            return _with(commitment, invoice, alike=alike)
        case DuplicateInvoiceCleared(invoice=invoice):
            return _with(commitment, invoice, alike=())
        case InvoiceRejected(invoice=invoice):
            return _with(
                commitment, invoice, stage=InvoiceStage.REJECTED, payable=None, refund_of=None
            )
        case InvoiceSubmitted(invoice=invoice, payment=payment):
            return _with(commitment, invoice, stage=InvoiceStage.SUBMITTED, payment=payment)
        case InvoiceReopened():
            return _reopened(commitment, event)
        case InvoiceSettled() | InvoicePaidAgain():
            return _executed(commitment, event)
        case AmendmentRequested() | AmendmentCertified() | AmendmentRejected():
            so_far = amended.after(commitment.amendment, event)
            return replace(commitment, amendment=so_far, amendments=event.amendment)
        case CommitmentAmended():
            return _amended(commitment, event)
        case CommitmentLiquidated():
            return _over(commitment, event)
        case WindowShortened(closes=closes) | WindowExtended(closes=closes):
            return replace(commitment, window=replace(commitment.window, closes=closes))
        case CommitmentRejected() | CommitmentExpired():
            return commitment
        case CommitmentCancelled(reason=reason):
            return _over(commitment, event, Stage.CANCELLED, reason)
        case _:
            assert_never(event)


def _of_an_advance(commitment: Commitment, event: AdvanceEvent) -> Commitment:
    match event:
        case AdvanceApproved():
            return _advance_approved(commitment, event)
        case AdvanceCleared(invoice=invoice, amount=amount):
            return _with(commitment, invoice, set_off=amount)
        case AdvanceClaimed() | AdvanceClaimDropped():
            return _claimed(commitment, event)
        case AdvanceClaimedAgain():
            return _claimed_again(commitment, event)
        case AdvanceRecovered():
            return _recovered(commitment, event)
        case RecoveredFundsPlaced():
            return _placed(commitment, event)
        case AdvanceOverdue(due=due):
            return replace(commitment, told_overdue=due)
        case _:
            assert_never(event)


def _requested(event: CommitmentRequested) -> Commitment:
    return Commitment(
        id=event.commitment,
        plan=event.plan,
        item=event.item,
        case=event.case,
        programme=event.programme,
        vendor=event.vendor,
        budget_line=event.budget_line,
        amount=event.amount,
        reserved=event.reserved,
        rate=event.rate,
        window=event.window,
        tolerance=event.tolerance,
        counsellor=event.counsellor,
        collectors=event.collectors,
        stage=Stage.REQUESTED,
        acts=((Stage.REQUESTED, event.by),),
    )


def _over(
    commitment: Commitment,
    event: CommitmentLiquidated | CommitmentCancelled,
    stage: Stage = Stage.LIQUIDATED,
    ended: Code | None = None,
) -> Commitment:
    left = commitment.reserved - event.released
    return replace(commitment, stage=stage, reserved=left, ended=ended)


def _by_the_bank(commitment: Commitment, event: ExecutedEvent | UnconfirmedEvent) -> Commitment:
    if isinstance(event, UnconfirmedEvent):
        return commitment
    return replace(commitment, executions=commitment.executions.after(event))


def _advance(commitment: Commitment, stage: Stage, by: PersonId) -> Commitment:
    return replace(commitment, stage=stage, acts=(*commitment.acts, (stage, by)))


def _amended(commitment: Commitment, event: CommitmentAmended) -> Commitment:
    asked = commitment.amendment.acts[0][1] if commitment.amendment else event.by
    order, version = commitment.order, commitment.order_version
    if order is not None:
        until = event.deliver_by or order.deliver_by
        order, version = replace(order, lines=event.lines, deliver_by=until), version + 1
    return replace(
        commitment,
        amount=event.amount,
        reserved=commitment.reserved + event.more - event.released,
        order=order,
        order_version=version,
        amendment=None,
        amendments=event.amendment,
        amended_by=commitment.amended_by | {asked},
    )


def _order(event: PurchaseOrderIssued) -> Order:
    return Order(
        number=event.number,
        issued=event.at.date(),
        lines=event.lines,
        deliver_by=event.deliver_by,
        issued_by=event.by,
    )


def _witnessed(commitment: Commitment, event: DeliveryWitnessed) -> Commitment:
    papers = () if event.paper is None else ((event.paper, event.witness),)
    return replace(
        commitment,
        words=witnessed.heard(commitment.words, event),
        witness_papers=(*commitment.witness_papers, *papers),
    )


def _received(commitment: Commitment, event: GoodsReceived) -> Commitment:
    witnesses = event.confirmation.witnesses
    return replace(
        commitment,
        receipts=receipts.received(commitment.receipts, event),
        words=witnessed.rested_on(commitment.words, witnesses, event.date),
    )


def _invoice(event: InvoiceReceived, commitment: Commitment) -> Invoice:
    before = commitment.invoice(event.replaces) if event.replaces else None
    return Invoice(
        id=event.invoice,
        number=event.number,
        date=event.date,
        amount=event.amount,
        lines=event.lines,
        document=event.document,
        pro_forma=event.pro_forma,
        stage=InvoiceStage.UNMATCHED,
        recorded_by=event.by,
        recorded_before=before.recorders if before else frozenset(),
    )


def _passed(commitment: Commitment, event: ThreeWayMatchPassed) -> Commitment:
    """An invoice that is under payment stays so; what is payable of it may have changed."""
    stands = commitment.invoice(event.invoice)
    paying = stands is not None and stands.stage is InvoiceStage.SUBMITTED
    return _with(
        commitment,
        event.invoice,
        stage=InvoiceStage.SUBMITTED if paying else InvoiceStage.MATCHED,
        exceptions=(),
        payable=event.payable,
        receipts=event.receipts,
        set_off=None,
    )


def _failed(commitment: Commitment, event: ThreeWayMatchFailed) -> Commitment:
    """Nothing is payable of it, even if it had matched before a delivery was taken back."""
    stands = commitment.invoice(event.invoice)
    paying = stands is not None and stands.stage is InvoiceStage.SUBMITTED
    return _with(
        commitment,
        event.invoice,
        stage=InvoiceStage.SUBMITTED if paying else InvoiceStage.UNMATCHED,
        exceptions=event.exceptions,
        payable=None,
        refund_of=None,
    )


def _advance_approved(commitment: Commitment, event: AdvanceApproved) -> Commitment:
    return _with(
        commitment,
        event.invoice,
        stage=InvoiceStage.MATCHED,
        exceptions=(),
        payable=event.amount,
        advance=Advance(rule=event.rule),
    )


def _executed(commitment: Commitment, event: InvoiceSettled | InvoicePaidAgain) -> Commitment:
    if isinstance(event, InvoicePaidAgain):
        return _paid_again(commitment, event)
    settled = _with(
        commitment,
        event.invoice,
        stage=InvoiceStage.SETTLED,
        payment=event.payment,
        refund_of=None,
    )
    return replace(
        _advance_paid(settled, event.invoice, event.at.date()),
        reserved=commitment.reserved - event.reserved,
        executions=commitment.executions.settled(
            event.invoice, event.payment, event.reserved, event.displaced
        ),
    )


def _paid_again(commitment: Commitment, event: InvoicePaidAgain) -> Commitment:
    nothing = Money.zero(commitment.reserved.currency)
    executions = commitment.executions.paid_again(event.invoice, event.payment, nothing)
    return replace(commitment, executions=executions)


def _advance_paid(commitment: Commitment, invoice: InvoiceId, day: date) -> Commitment:
    paid = commitment.invoice(invoice)
    if paid is None or paid.advance is None:
        return commitment
    return _with(commitment, invoice, advance=replace(paid.advance, paid_on=day))


def _claimed(commitment: Commitment, event: AdvanceClaimed | AdvanceClaimDropped) -> Commitment:
    before = commitment.invoice(event.invoice)
    so_far = (before.claimed_back if before else None) or Money.zero(event.amount.currency)
    more = event.amount if isinstance(event, AdvanceClaimed) else -event.amount
    return _with(commitment, event.invoice, claimed_back=so_far + more)


def _claimed_again(commitment: Commitment, event: AdvanceClaimedAgain) -> Commitment:
    before = commitment.invoice(event.invoice)
    assert before is not None, "the offer on which it was paid"
    assert before.recovered is not None, "it was given up"
    nothing = Money.zero(event.amount.currency)
    return _with(
        commitment,
        event.invoice,
        recovered=before.recovered - event.amount,
        claimed_back=(before.claimed_back or nothing) + event.amount,
    )


def _recovered(commitment: Commitment, event: AdvanceRecovered) -> Commitment:
    before = commitment.invoice(event.invoice)
    so_far = before.recovered if before else None
    recovered = so_far + event.amount if so_far else event.amount
    claimed = before.claimed_back if before else None
    if claimed is not None:
        claimed = max(claimed - event.amount, Money.zero(claimed.currency))
    return _with(commitment, event.invoice, recovered=recovered, claimed_back=claimed)


def _reopened(commitment: Commitment, event: InvoiceReopened) -> Commitment:
    stands = commitment.invoice(event.invoice)
    matches = stands is not None and stands.payable is not None
    before = commitment.executions.of(event.payment)
    back_at = InvoiceStage.MATCHED if matches else InvoiceStage.UNMATCHED
    reopened = _with(commitment, event.invoice, stage=back_at, payment=None)
    if stands is not None and stands.advance is not None:
        anew: dict[str, None] = dict.fromkeys(("claimed_back", "recovered", "restored"))
        reopened = _with(reopened, event.invoice, **anew)
    elif before is not None and before.back:
        reopened = _with(reopened, event.invoice, refund_of=event.payment)
    cancelled = commitment.stage is Stage.CANCELLED and bool(event.restored)
    again = commitment.stage is Stage.LIQUIDATED or cancelled
    return replace(
        reopened,
        stage=Stage.ISSUED if again else commitment.stage,
        reserved=commitment.reserved + event.restored,
        ended=None if cancelled else commitment.ended,
    )


def _with(commitment: Commitment, invoice: InvoiceId | None, **changes: object) -> Commitment:
    """The commitment with that one invoice changed."""
    return replace(
        commitment,
        invoices=tuple(
            replace(i, **changes) if i.id == invoice else i for i in commitment.invoices
        ),
    )


def _placed(commitment: Commitment, event: RecoveredFundsPlaced) -> Commitment:
    back = event.to_order + event.to_item
    placed = replace(commitment, executions=commitment.executions.given_back(event.payment, back))
    if event.invoice is None:
        return placed
    before = commitment.invoice(event.invoice)
    so_far = before.restored if before else None
    restored = so_far + event.amount if so_far else event.amount
    return replace(
        _with(placed, event.invoice, restored=restored),
        reserved=commitment.reserved + event.to_order,
    )
