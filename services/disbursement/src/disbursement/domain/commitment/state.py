"""What the facts about a commitment amount to."""

from datetime import date

import msgspec

from disbursement.domain.commitment import amended
from disbursement.domain.commitment.executed import Executions
from disbursement.domain.commitment.facts import (
    OrderLine,
    Tolerance,
    Window,
)
from disbursement.domain.commitment.invoices import Invoice, InvoiceStage
from disbursement.domain.commitment.receipts import Receipt
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.witnessed import Words
from disbursement.domain.exchange_rate import Rate
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
    VendorId,
)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    number: Code
    issued: date
    lines: tuple[OrderLine, ...]
    deliver_by: date
    issued_by: PersonId


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
    amended_by: frozenset[PersonId] = frozenset()
    """Who asked for those that count."""
    order_version: int = 1
    """How often other goods were ordered, and the first time."""
    told_overdue: date | None = None
    """The day of the advance that was told to be late."""
    words: Words = ()
    """Of witnesses, on which no delivery rests yet."""
    witness_papers: tuple[tuple[Digest, PersonId], ...] = ()
    """What witnesses signed who do not sign in here; also when a delivery rests on it."""
    executions: Executions = Executions()
    """What the bank executed."""

    @property
    def counsellors(self) -> frozenset[PersonId]:
        """Of the case; of all participants, for a project."""
        return self.named | {self.counsellor}

    def prepared(self, invoice: Invoice) -> frozenset[PersonId]:
        """Who asked for it or its amendments, sent the order, recorded that invoice or one before
        it, or let it be paid although it does not match (D2).
        """
        asked = {person for stage, person in self.acts if stage is Stage.REQUESTED}
        sent = {self.order.issued_by} if self.order else set()
        waived = {invoice.waived_by} if invoice.waived_by else set()
        return self.amended_by | invoice.recorders | asked | sent | waived

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
    def _uncleared(self) -> Money:
        """What was paid before delivery, is set off against no invoice and did not come back.

        Below zero: the bank sent an advance back that goods were set off against.
        """
        parts = (part for i in self.invoices if i.stands for part in (i.set_off, i.recovered))
        cleared = (part for part in parts if part is not None)
        return self._advances(InvoiceStage.SETTLED) - total(cleared, self.amount.currency)

    @property
    def uncleared(self) -> Money:
        """What was paid before delivery, and the vendor owes goods or the money for."""
        return max(self._uncleared, Money.zero(self.amount.currency))

    @property
    def claimed_back(self) -> Money:
        """As much of it as the vendor is asked for."""
        asked = (i.claimed_back for i in self.invoices if i.stands and i.claimed_back is not None)
        return total(asked, self.amount.currency)

    @property
    def outstanding(self) -> Money:
        """As much of it as goods are owed for: what invoices are set off against."""
        return max(self._uncleared - self.claimed_back, Money.zero(self.amount.currency))

    @property
    def gone(self) -> Money:
        """What was paid before delivery, given up, and is not there for the order any more."""
        lost = (i.given_up for i in self.invoices if i.stands and i.recovered is not None)
        return total(lost, self.amount.currency)

    @property
    def claimed(self) -> Money:
        """What invoices for what arrived take of the order, paid before or not."""
        live = [i for i in self.invoices if i.stands and i.advance is None]
        parts = [part for i in live for part in (i.payable, i.set_off) if part is not None]
        return total(parts, self.amount.currency)

    @property
    def taken(self) -> Money:
        """What of the order is paid, under way or approved, for goods or as an advance."""
        return self.bound + self._advances(InvoiceStage.MATCHED)

    @property
    def bound(self) -> Money:
        """The same without the advances that nobody has asked to pay yet."""
        return self.claimed + self.under_way + self._uncleared + self.gone

    @property
    def left(self) -> Money:
        """What invoices may still take: not what is asked back, before it has come."""
        return self.amount - self.claimed - self.under_way - self.claimed_back - self.gone

    @property
    def advance_due(self) -> date | None:
        """By when the first advance is to be cleared; None: all are."""
        if not self.uncleared:
            return None
        return min(i.advance.due for i in self.invoices if i.advance and i.advance.due)

    def took(self, payment: PaymentId, otherwise: Money) -> Money:
        """What the payment took of the reservation; otherwise: where that is not known."""
        executed = self.executions.of(payment)
        return otherwise if executed is None else executed.took

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
    def paid_and_gone(self) -> Money:
        """What was paid of goods that a dispute took back, at the order's prices."""
        lines = self.order.lines if self.order else ()
        gone = (
            line.unit_price * max(self.settled(line.line) - self.received(line.line), 0)
            for line in lines
        )
        return total(gone, self.amount.currency)

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
        if not left:
            return Money.zero(self.reserved.currency)
        minor = self.reserved.minor * invoice.payable.minor // left.minor
        return Money(minor, self.reserved.currency)


def _quantity(invoice: Invoice, line: int) -> int:
    return sum(part.quantity for part in invoice.counted if part.line == line)


def _settled_amount(commitment: Commitment) -> Money:
    paid = Money.zero(commitment.amount.currency)
    for invoice in commitment.invoices:
        if invoice.stage is InvoiceStage.SETTLED and invoice.payable is not None:
            paid = paid + invoice.payable - (invoice.restored or Money.zero(paid.currency))
    return paid
