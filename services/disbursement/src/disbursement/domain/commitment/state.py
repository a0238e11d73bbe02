"""What the facts about a commitment amount to."""

from datetime import date
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from disbursement.domain.commitment import amended, receipts
from disbursement.domain.commitment.advanced import (
    Advance,
    AdvanceApproved,
    AdvanceCleared,
    AdvanceOverdue,
    AdvanceRecovered,
)
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
    OrderLine,
    PurchaseOrderIssued,
    ReceiptDisputed,
    ReceiptDisputeResolved,
    ThreeWayMatchFailed,
    ThreeWayMatchPassed,
    Tolerance,
    Window,
    WindowShortened,
)
from disbursement.domain.commitment.matching import InvoicedLine, MatchException
from disbursement.domain.commitment.receipts import Receipt
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.suspected import (
    Alike,
    DuplicateInvoiceCleared,
    DuplicateInvoiceSuspected,
    InvoiceRejected,
)
from disbursement.domain.commitment.waived import MatchExceptionWaived, Waiver
from disbursement.domain.exchange_rate import Rate
from disbursement.domain.invoice_number import InvoiceNumber
from events.decider import State
from events.money import Money, total
from events.values import (
    BudgetLineId,
    CaseId,
    Code,
    CommitmentId,
    Digest,
    InvoiceId,
    ItemId,
    PaymentId,
    PersonId,
    PlanId,
    ProgrammeId,
    ReceiptId,
    VendorId,
)


class InvoiceStage(StrEnum):
    UNMATCHED = "unmatched"
    MATCHED = "matched"
    SUBMITTED = "submitted"
    SETTLED = "settled"
    REPLACED = "replaced"
    REJECTED = "rejected"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    number: Code
    issued: date
    lines: tuple[OrderLine, ...]
    deliver_by: date
    issued_by: PersonId


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    id: InvoiceId
    number: InvoiceNumber
    date: date
    amount: Money
    lines: tuple[InvoicedLine, ...]
    document: Digest
    pro_forma: bool
    stage: InvoiceStage
    exceptions: tuple[MatchException, ...] = ()
    payable: Money | None = None
    receipts: tuple[ReceiptId, ...] = ()
    payment: PaymentId | None = None
    recorded_by: PersonId | None = None
    alike: tuple[Alike, ...] = ()
    """The invoices that it looks like, until a person has decided on that."""
    waiver: Waiver | None = None
    advance: Advance | None = None
    """What is payable of it is paid before delivery."""
    set_off: Money | None = None
    """What of it advances had paid before."""
    recovered: Money | None = None
    """What of an advance the vendor paid back, or a person gave up."""

    @property
    def stands(self) -> bool:
        """Whether something is payable of it, or paid."""
        gone = (InvoiceStage.REPLACED, InvoiceStage.REJECTED)
        return self.payable is not None and self.stage not in gone

    @property
    def counted(self) -> tuple[InvoicedLine, ...]:
        """What of it is paid: with a waiver, what arrived; of an advance, nothing that arrived."""
        if self.advance is not None:
            return ()
        return self.waiver.lines if self.waiver else self.lines


class Commitment(State, frozen=True):
    id: CommitmentId
    plan: PlanId
    item: ItemId
    case: CaseId
    programme: ProgrammeId
    vendor: VendorId
    budget_line: BudgetLineId
    amount: Money
    reserved: Money
    """What is left of the reservation, in the grant's currency."""
    rate: Rate | None
    window: Window
    tolerance: Tolerance
    counsellor: PersonId
    collectors: tuple[PersonId, ...]
    stage: Stage
    acts: tuple[tuple[Stage, PersonId], ...]
    order: Order | None = None
    receipts: tuple[Receipt, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    named: frozenset[PersonId] = frozenset()
    """All counsellors, where there are several."""
    ended: Code | None = None
    """Why it came to nothing."""
    amendment: amended.Amendment | None = None
    """What waits to be agreed to."""
    amendments: int = 0
    """How many were asked for."""
    order_version: int = 1
    """How often other goods were ordered, and the first time."""
    told_overdue: date | None = None
    """The day of the advance that was told to be late."""

    @property
    def counsellors(self) -> frozenset[PersonId]:
        """Of the case; of all participants, for a project."""
        return self.named | {self.counsellor}

    def invoice(self, invoice: InvoiceId) -> Invoice | None:
        return next((i for i in self.invoices if i.id == invoice), None)

    def _advances(self, *stages: InvoiceStage) -> Money:
        return total(
            (
                invoice.payable
                for invoice in self.invoices
                if invoice.advance and invoice.payable and invoice.stage in stages
            ),
            self.amount.currency,
        )

    @property
    def advanced(self) -> Money:
        """All advances that are approved, under way or paid."""
        stages = (InvoiceStage.MATCHED, InvoiceStage.SUBMITTED, InvoiceStage.SETTLED)
        return self._advances(*stages)

    @property
    def under_way(self) -> Money:
        """Advances that are on their way: they take from the order until they are paid."""
        return self._advances(InvoiceStage.SUBMITTED)

    @property
    def outstanding(self) -> Money:
        """What was paid before delivery, is set off against no invoice and did not come back."""
        parts = (part for i in self.invoices if i.stands for part in (i.set_off, i.recovered))
        cleared = (part for part in parts if part is not None)
        return self._advances(InvoiceStage.SETTLED) - total(cleared, self.amount.currency)

    @property
    def claimed(self) -> Money:
        """What invoices for what arrived take of the order, paid before or not."""
        live = [i for i in self.invoices if i.stands and i.advance is None]
        parts = [part for i in live for part in (i.payable, i.set_off) if part is not None]
        return total(parts, self.amount.currency)

    @property
    def taken(self) -> Money:
        """What of the order is paid, under way or approved, for goods or as an advance."""
        settled = self._advances(InvoiceStage.SETTLED)
        return self.claimed + self.advanced - settled + self.outstanding

    @property
    def advance_due(self) -> date | None:
        """By when the first advance is to be cleared; None: all are."""
        if not self.outstanding:
            return None
        return min(i.advance.due for i in self.invoices if i.advance and i.advance.due)

    def ordered(self, line: int) -> OrderLine | None:
        lines = self.order.lines if self.order else ()
        return next((o for o in lines if o.line == line), None)

    def received(self, line: int) -> int:
        """How much of the line arrived in good condition."""
        return sum(receipt.good(line) for receipt in self.receipts)

    def invoiced(self, line: int) -> int:
        """How much of the line stands on invoices that matched."""
        return sum(
            part.quantity
            for invoice in self.invoices
            if invoice.stage is InvoiceStage.SETTLED
            or (invoice.payable is not None and invoice.stage is not InvoiceStage.REPLACED)
            for part in invoice.counted
            if part.line == line
        )

    def settled(self, line: int) -> int:
        return sum(
            part.quantity
            for invoice in self.invoices
            if invoice.stage is InvoiceStage.SETTLED
            for part in invoice.counted
            if part.line == line
        )

    @property
    def delivered_short(self) -> bool:
        """Whether less than was ordered has arrived in good condition."""
        lines = self.order.lines if self.order else ()
        return any(self.received(line.line) < line.quantity for line in lines)

    @property
    def was_corrected(self) -> bool:
        """Whether an invoice did not match and another has taken its place."""
        return any(
            invoice.stage is InvoiceStage.REPLACED and invoice.exceptions
            for invoice in self.invoices
        )

    def share_of(self, invoice: Invoice) -> Money:
        """What paying this invoice takes out of the reservation; the last one takes the rest."""
        assert self.order is not None, "an invoice without an order"
        assert invoice.payable is not None, "a share of an invoice that did not match"
        others = {
            o.line: o.quantity - self.settled(o.line) - _quantity(invoice, o.line)
            for o in self.order.lines
        }
        if not any(others.values()):
            return self.reserved
        left = self.amount - _settled_amount(self)
        minor = self.reserved.minor * invoice.payable.minor // left.minor
        return Money(minor, self.reserved.currency)


def _quantity(invoice: Invoice, line: int) -> int:
    return sum(part.quantity for part in invoice.counted if part.line == line)


def _settled_amount(commitment: Commitment) -> Money:
    paid = Money.zero(commitment.amount.currency)
    for invoice in commitment.invoices:
        if invoice.stage is InvoiceStage.SETTLED and invoice.payable is not None:
            paid = paid + invoice.payable
    return paid


def evolve(commitment: Commitment | None, event: CommitmentEvent) -> Commitment:
    if isinstance(event, CommitmentRequested):
        return _requested(event)
    assert commitment is not None, "a fact about a commitment that nobody requested"
    match event:
        case CounsellorsNamed(counsellors=counsellors):
            return replace(commitment, named=frozenset(counsellors))
        case CommitmentCertified():
            return _advance(commitment, Stage.CERTIFIED, event.by)
        case CommitmentApproved():
            return _advance(commitment, Stage.APPROVED, event.by)
        case PurchaseOrderIssued():
            return replace(commitment, stage=Stage.ISSUED, order=_order(event))
        case GoodsReceived():
            return replace(commitment, receipts=receipts.received(commitment.receipts, event))
        case ReceiptDisputed():
            return replace(commitment, receipts=receipts.disputed(commitment.receipts, event))
        case ReceiptDisputeResolved():
            return replace(commitment, receipts=receipts.settled(commitment.receipts, event))
        case InvoiceReceived():
            replaced = _with(commitment, event.replaces, stage=InvoiceStage.REPLACED)
            return replace(replaced, invoices=(*replaced.invoices, _invoice(event)))
        case ThreeWayMatchPassed():
            return _passed(commitment, event)
        case ThreeWayMatchFailed():
            return _failed(commitment, event)
        case MatchExceptionWaived(invoice=invoice, waiver=waiver):
            return _with(commitment, invoice, waiver=waiver)
        case AdvanceApproved():
            return _advance_approved(commitment, event)
        case AdvanceCleared(invoice=invoice, amount=amount):
            return _with(commitment, invoice, set_off=amount)
        case AdvanceRecovered():
            return _recovered(commitment, event)
        case AdvanceOverdue(due=due):
            return replace(commitment, told_overdue=due)
        case DuplicateInvoiceSuspected(invoice=invoice, alike=alike):
            return _with(commitment, invoice, alike=alike)
        case DuplicateInvoiceCleared(invoice=invoice):
            return _with(commitment, invoice, alike=())
        case InvoiceRejected(invoice=invoice):
            return _with(commitment, invoice, stage=InvoiceStage.REJECTED, payable=None)
        case InvoiceSubmitted(invoice=invoice, payment=payment):
            return _with(commitment, invoice, stage=InvoiceStage.SUBMITTED, payment=payment)
        case InvoiceReopened():
            return _reopened(commitment, event)
        case InvoiceSettled(invoice=invoice, payment=payment, reserved=reserved):
            settled = _with(commitment, invoice, stage=InvoiceStage.SETTLED, payment=payment)
            return replace(
                _advance_paid(settled, invoice, event.at.date()),
                reserved=commitment.reserved - reserved,
            )
        case AmendmentRequested() | AmendmentCertified() | AmendmentRejected():
            so_far = amended.after(commitment.amendment, event)
            return replace(commitment, amendment=so_far, amendments=event.amendment)
        case CommitmentAmended():
            return _amended(commitment, event)
        case CommitmentLiquidated(released=released):
            left = commitment.reserved - released
            return replace(commitment, stage=Stage.LIQUIDATED, reserved=left)
        case WindowShortened(closes=closes):
            return replace(commitment, window=replace(commitment.window, closes=closes))
        case CommitmentRejected() | CommitmentExpired() | InvoicePaidAgain():
            return commitment
        case CommitmentCancelled(reason=reason, released=released):
            left = commitment.reserved - released
            return replace(commitment, stage=Stage.CANCELLED, reserved=left, ended=reason)
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


def _advance(commitment: Commitment, stage: Stage, by: PersonId) -> Commitment:
    return replace(commitment, stage=stage, acts=(*commitment.acts, (stage, by)))


def _amended(commitment: Commitment, event: CommitmentAmended) -> Commitment:
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
    )


def _order(event: PurchaseOrderIssued) -> Order:
    return Order(
        number=event.number,
        issued=event.at.date(),
        lines=event.lines,
        deliver_by=event.deliver_by,
        issued_by=event.by,
    )


def _invoice(event: InvoiceReceived) -> Invoice:
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


def _advance_paid(commitment: Commitment, invoice: InvoiceId, day: date) -> Commitment:
    paid = commitment.invoice(invoice)
    if paid is None or paid.advance is None:
        return commitment
    return _with(commitment, invoice, advance=replace(paid.advance, paid_on=day))


def _recovered(commitment: Commitment, event: AdvanceRecovered) -> Commitment:
    before = commitment.invoice(event.invoice)
    so_far = before.recovered if before else None
    recovered = so_far + event.amount if so_far else event.amount
    return _with(commitment, event.invoice, recovered=recovered)


def _reopened(commitment: Commitment, event: InvoiceReopened) -> Commitment:
    stands = commitment.invoice(event.invoice)
    matches = stands is not None and stands.payable is not None
    back_at = InvoiceStage.MATCHED if matches else InvoiceStage.UNMATCHED
    reopened = _with(commitment, event.invoice, stage=back_at, payment=None)
    stage = Stage.ISSUED if commitment.stage is Stage.LIQUIDATED else commitment.stage
    return replace(reopened, stage=stage, reserved=commitment.reserved + event.restored)


def _with(commitment: Commitment, invoice: InvoiceId | None, **changes: object) -> Commitment:
    """The commitment with that one invoice changed."""
    return replace(
        commitment,
        invoices=tuple(
            replace(i, **changes) if i.id == invoice else i for i in commitment.invoices
        ),
    )
