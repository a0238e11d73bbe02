"""What clients are told of commitments and payments: no personal value is among it."""

import datetime as dt
from enum import StrEnum
from typing import Any, Self

from disbursement.domain import commitment as com
from disbursement.domain import payment as pay
from disbursement.domain.delegation import Authority
from disbursement.domain.exchange_rate import Rate
from disbursement.domain.invoice_number import InvoiceNumber
from disbursement.views.lists import PaymentFound
from events.canonical import plain
from events.io.http import Answer
from events.money import Money
from events.values import (
    AccountId,
    BankFileId,
    BudgetLineId,
    CaptureId,
    CaseId,
    Code,
    CommitmentId,
    DelegationId,
    DeviceId,
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


class ActAnswer(Answer):
    """Who brought it to which stage."""

    stage: str
    person: PersonId


class OrderLineAnswer(Answer):
    """A line of the order, with how much of it arrived, was invoiced and is paid."""

    line: int
    spec: Code
    quantity: int
    unit_price: Money
    received: int
    invoiced: int
    settled: int


class OrderAnswer(Answer):
    number: Code
    version: int
    """1, and one more with each amendment."""
    issued: dt.date
    deliver_by: dt.date
    lines: tuple[OrderLineAnswer, ...]


class PeriodAnswer(Answer):
    first: dt.date
    last: dt.date


class CapturedAnswer(Answer):
    """It was written down without a network, and sent later."""

    capture: CaptureId
    device: DeviceId
    happened_at: dt.datetime
    signed: Digest
    signature: com.Signature


class ReceiptAnswer(Answer):
    receipt: ReceiptId
    date: dt.date
    received_by: com.Receiver
    method: com.Method
    witnesses: tuple[PersonId, ...]
    recorded_by: PersonId
    document: Digest | None
    """None: it was confirmed by a code."""
    receiver: PersonId | None
    authority: Digest | None
    """The paper by which a delegate or a committee received."""
    period: PeriodAnswer | None
    """Of a service: the days over which it was rendered."""
    captured: CapturedAnswer | None
    dispute: com.DisputeReason | None
    """Why nothing is paid on it; None: nobody disputes it."""
    lines: list[dict[str, Any]]

    @classmethod
    def of(cls, receipt: com.Receipt) -> "ReceiptAnswer":
        given = receipt.confirmation
        return cls(
            receipt=receipt.id,
            date=receipt.date,
            received_by=given.received_by,
            method=given.method,
            witnesses=given.witnesses,
            recorded_by=receipt.recorded_by,
            document=given.document,
            receiver=given.receiver,
            authority=given.authority,
            period=PeriodAnswer(**plain(receipt.period)) if receipt.period else None,
            captured=CapturedAnswer(**plain(receipt.captured)) if receipt.captured else None,
            dispute=receipt.dispute.reason if receipt.dispute else None,
            lines=plain(receipt.lines),
        )


class WordAnswer(Answer):
    """Who says to have seen what was handed over on that day."""

    witness: PersonId
    date: dt.date
    taken_by: PersonId


class InvoiceAnswer(Answer):
    invoice: InvoiceId
    number: InvoiceNumber
    date: dt.date
    amount: Money
    document: Digest
    stage: com.InvoiceStage
    exceptions: tuple[com.MatchException, ...]
    payable: Money | None
    payment: PaymentId | None
    alike: list[dict[str, Any]]
    """The invoices that it looks like: a person decides first whether it came before."""
    waiver: dict[str, Any] | None
    """What was waived, what of it is paid, and until when that may be requested."""
    advance: dict[str, Any] | None
    """What is payable of it is paid before delivery, under this rule."""
    set_off: Money | None
    """What of it an advance had paid before."""
    lines: list[dict[str, Any]]

    @classmethod
    def of(cls, invoice: com.Invoice) -> "InvoiceAnswer":
        return cls(
            invoice=invoice.id,
            number=invoice.number,
            date=invoice.date,
            amount=invoice.amount,
            document=invoice.document,
            stage=invoice.stage,
            exceptions=invoice.exceptions,
            payable=invoice.payable,
            payment=invoice.payment,
            alike=plain(invoice.alike),
            waiver=plain(invoice.waiver),
            advance=plain(invoice.advance),
            set_off=invoice.set_off,
            lines=plain(invoice.lines),
        )


class RateTold(Answer):
    base: Code
    quote: Code
    value: str
    source: Code
    date: dt.date


class AmendmentAnswer(Answer):
    """What a commitment is to become, when those who certify and approve agree."""

    number: int
    amount: Money
    lines: list[dict[str, Any]]
    deliver_by: dt.date | None
    reason: Code
    acts: tuple[ActAnswer, ...]

    @classmethod
    def of(cls, asked: com.Amendment) -> "AmendmentAnswer":
        return cls(
            number=asked.number,
            amount=asked.amount,
            lines=plain(asked.lines),
            deliver_by=asked.deliver_by,
            reason=asked.reason,
            acts=_acts(asked.acts),
        )


class CommitmentAnswer(Answer):
    commitment: CommitmentId
    plan: PlanId
    item: ItemId
    case: CaseId | None
    """None, as is `programme`: it is restricted, and whose it is not yours to know."""
    programme: ProgrammeId | None
    vendor: VendorId
    budget_line: BudgetLineId
    amount: Money
    reserved: Money
    rate: RateTold | None
    stage: com.Stage
    ended: Code | None
    """Why it came to nothing: `rejected`, `expired`, or the reason of who cancelled it."""
    acts: tuple[ActAnswer, ...]
    amendment: AmendmentAnswer | None
    """What is asked for and not agreed to yet; None: nothing is."""
    order: OrderAnswer | None
    words: tuple[WordAnswer, ...]
    """Of witnesses, on which no delivery rests yet."""
    receipts: tuple[ReceiptAnswer, ...]
    invoices: tuple[InvoiceAnswer, ...]
    advance_outstanding: Money
    """What was paid before delivery, and goods are owed for: not what is asked back."""
    advance_claimed_back: Money
    """What of an advance the vendor is asked for: the order costs it again once it has come."""
    advance_given_up: Money
    """What of an advance was given up, and goods are not owed for, before that is reversed."""
    advance_due: dt.date | None
    """By when that should have been."""
    advance_overdue: bool
    version: int

    @classmethod
    def of(cls, state: com.Commitment, version: int) -> "CommitmentAnswer":
        return cls(
            commitment=state.id,
            plan=state.plan,
            item=state.item,
            case=state.case,
            programme=state.programme,
            vendor=state.vendor,
            budget_line=state.budget_line,
            amount=state.amount,
            reserved=state.reserved,
            rate=rate_told(state.rate),
            stage=state.stage,
            ended=state.ended,
            acts=_acts(state.acts),
            amendment=AmendmentAnswer.of(state.amendment) if state.amendment else None,
            order=_order(state),
            words=tuple(WordAnswer(**plain(word)) for word in state.words),
            receipts=tuple(ReceiptAnswer.of(receipt) for receipt in state.receipts),
            invoices=tuple(InvoiceAnswer.of(invoice) for invoice in state.invoices),
            advance_outstanding=state.outstanding,
            advance_claimed_back=state.claimed_back,
            advance_given_up=state.gone,
            advance_due=state.advance_due,
            advance_overdue=state.advance_due is not None
            and state.advance_due == state.told_overdue,
            version=version,
        )


def rate_told(rate: Rate | None) -> RateTold | None:
    return RateTold(**plain(rate)) if rate else None


def _acts(acts: tuple[tuple[Any, PersonId], ...]) -> tuple[ActAnswer, ...]:
    return tuple(ActAnswer(stage=stage, person=person) for stage, person in acts)


def _order(state: com.Commitment) -> OrderAnswer | None:
    if state.order is None:
        return None
    return OrderAnswer(
        number=state.order.number,
        version=state.order_version,
        issued=state.order.issued,
        deliver_by=state.order.deliver_by,
        lines=tuple(
            OrderLineAnswer(
                line=line.line,
                spec=line.spec,
                quantity=line.quantity,
                unit_price=line.unit_price,
                received=state.received(line.line),
                invoiced=state.invoiced(line.line),
                settled=state.settled(line.line),
            )
            for line in state.order.lines
        ),
    )


class TermsTold(Answer):
    """The programme's rules by which it goes."""

    certifier_may_sign: bool
    second_approval: bool
    together: Money
    """With what is paid beside it, to the vendor or for the case."""
    due: dt.date


class PaymentAnswer(Answer):
    payment: PaymentId
    commitment: CommitmentId
    invoice: InvoiceId
    item: ItemId
    case: CaseId | None
    """None: it is restricted, and whose it is not yours to know."""
    vendor: VendorId
    account: AccountId
    budget_line: BudgetLineId
    amount: Money
    reserved: Money
    rate: RateTold | None
    """At which it was reserved in the grant's currency; None: it is in that currency itself."""
    evidence: Digest
    requested_at: dt.datetime
    stage: pay.Stage
    held: Code | None
    terms: TermsTold | None
    acts: tuple[ActAnswer, ...]
    file: BankFileId | None
    end_to_end_id: Code | None
    functional_amount: Money | None
    version: int

    @classmethod
    def of(cls, state: pay.Payment, version: int) -> "PaymentAnswer":
        return cls(**_payment(state, version))


def _payment(state: pay.Payment, version: int) -> dict[str, Any]:
    return {
        "payment": state.id,
        "commitment": state.commitment,
        "invoice": state.invoice,
        "item": state.item,
        "case": state.case,
        "vendor": state.vendor,
        "account": state.account,
        "budget_line": state.budget_line,
        "amount": state.amount,
        "reserved": state.reserved,
        "rate": rate_told(state.rate),
        "evidence": state.evidence,
        "requested_at": state.requested_at,
        "stage": state.stage,
        "held": state.held,
        "terms": TermsTold(**plain(state.terms)) if state.terms else None,
        "acts": _acts(state.acts),
        "file": state.file,
        "end_to_end_id": state.end_to_end_id,
        "functional_amount": state.functional_amount,
        "version": version,
    }


class Flag(StrEnum):
    """What makes a payment worth a second look."""

    DELIVERED_SHORT = "delivered_short"
    CORRECTED = "corrected"
    """An invoice before this one did not match."""


class PaymentLine(PaymentAnswer):
    """A payment in a list: from which money it is, and what stands out about it."""

    grant_reference: Code | None
    """None, as is `category`, for who does not answer for money."""
    category: Code | None
    flags: tuple[Flag, ...]

    @classmethod
    def line(cls, found: PaymentFound, *, funding: bool) -> Self:
        of = found.commitment
        stands_out = (
            (Flag.DELIVERED_SHORT, of.delivered_short),
            (Flag.CORRECTED, of.was_corrected),
        )
        return cls(
            **_payment(found.payment, found.version),
            grant_reference=found.grant.reference if funding else None,
            category=found.line.category if funding else None,
            flags=tuple(flag for flag, raised in stands_out if raised),
        )


class AccountTold(Answer):
    account: AccountId
    last4: str
    active: bool
    active_since: dt.datetime | None


class BudgetTold(Answer):
    """The line as it stands; this payment's part is among what is reserved, or spent."""

    line: BudgetLineId
    grant_reference: Code
    category: Code
    ceiling: Money
    earmarked: Money
    reserved: Money
    spent: Money
    available: Money


class YourAct(Answer):
    """One act, whether you may do it now, and the rule that forbids it if not."""

    act: Authority
    may: bool
    rule: str | None = None
    because: str | None = None
    facts: dict[str, Any] | None = None
    delegation: DelegationId | None = None
    limit: Money | None = None


class ScreeningTold(Answer):
    """What the platform's last search for the vendor on the sanctions lists came to."""

    clear_at: dt.datetime | None
    """None: it was never searched for, or a possible match waits for a person."""
    since_approval: bool
    """It was clear after the payment's approval."""
    holds: str | None
    """The rule by which nobody signs it now: `NotScreenedSinceApproval`, `NotSearchedSinceList` or
    `SearchTooOld`; None: nothing of it stands in the way, or it was not approved yet.
    """


class CitedTold(Answer):
    """A document that the evidence cites."""

    paper: Code
    document: Digest
    on_file: bool
    """Until it is, the payment is not certified."""


class PaymentPage(PaymentAnswer):
    """A payment with all that it rests on, side by side, and what you may do about it."""

    evidence_stands: Digest
    """What the evidence comes to now: as long as it equals `evidence`, people may act on it."""
    screening: ScreeningTold | None
    """None: the programme does not ask for another search at release."""
    ceiling: Money | None
    """Of the plan's item."""
    planned_as: Code | None
    """What the plan's item is; None: that was not heard."""
    as_planned: bool | None
    """Whether a line of the order is called that; one person writes them. None: nobody knows."""
    commitment_stands: CommitmentAnswer
    documents: tuple[CitedTold, ...]
    account_stands: AccountTold | None
    """None for a partner organisation's people, as is `budget`."""
    budget: BudgetTold | None
    you: tuple[YourAct, ...]

    @classmethod
    def page(cls, state: pay.Payment, version: int, around: dict[str, Any]) -> "PaymentPage":
        return cls(**_payment(state, version), **around)
