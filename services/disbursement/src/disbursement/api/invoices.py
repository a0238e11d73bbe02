"""Invoices over HTTP: recorded, suspected, cleared or rejected, what does not match waived."""

import datetime as dt
from typing import Annotated

from fastapi import Response
from msgspec.structs import replace
from pydantic import Field

from disbursement.answers import CommitmentAnswer
from disbursement.api.commitments import LINES_MAX, LineNumber, Quantity
from disbursement.api.limits import mandate_for
from disbursement.api.reach import Do
from disbursement.api.routes import CONFLICTS, UNKNOWN, ReasonBody, api
from disbursement.confirming import signed_before, signed_for
from disbursement.counting import Approved
from disbursement.domain.commitment import (
    ApproveAdvance,
    ClearSuspicion,
    Commitment,
    InvoicedLine,
    RecordInvoice,
    RejectInvoice,
    WaiveException,
    commitment,
)
from disbursement.domain.commitment.refusals import (
    InvoiceNumberTaken,
    NoSuchCommitment,
    NoSuchInvoice,
    NotThePayable,
    PaperSignedFor,
)
from disbursement.domain.commitment.suspected import Alike, Likeness
from disbursement.domain.commitment.waiving import worth
from disbursement.domain.cumulative import Kind
from disbursement.domain.exchange_rate import convert
from disbursement.domain.invoice_number import InvoiceNumber, comparable
from disbursement.domain.paper import RegisterPaper, paper, paper_of
from disbursement.domain.vendor_invoices import (
    AnotherCameBetween,
    RegisterInvoice,
    alike,
    register,
    vendor_invoices,
)
from disbursement.views import lookups, paying
from events.handler import Act
from events.io.http import Body, Load, NewIds, Now, View, Who
from events.money import Money
from events.ports import Claim, ClaimTaken
from events.roles import Role
from events.values import Code, CommitmentId, Digest, InvoiceId

INVOICE_NUMBER = "invoice_number"
"""The claims' scope by which a vendor's invoice number comes once."""
INVOICE_DOCUMENT = "invoice_document"
"""The claims' scope by which the paper of one invoice is known when it comes for another."""
ATTEMPTS = 3
JUDGES = {Role.CERTIFYING_OFFICER, Role.APPROVING_OFFICER}


class InvoicedLineBody(Body):
    line: LineNumber
    quantity: Quantity
    unit_price: Money


class InvoiceBody(Body):
    number: InvoiceNumber
    date: dt.date
    amount: Money
    lines: Annotated[tuple[InvoicedLineBody, ...], Field(min_length=1, max_length=LINES_MAX)]
    document: Digest
    pro_forma: bool = False
    replaces: InvoiceId | None = None


class AdvanceBody(Body):
    amount: Money
    """At most what the programme lets be paid of the order before delivery."""


class WaiveBody(Body):
    reason: Code
    expires: dt.date
    """The last day on which a payment is requested under it."""


@api.command(
    "/v1/commitments/{commitment_id}/invoices",
    answers=CommitmentAnswer,
    allows={Role.FINANCE_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def record_invoice(
    *,
    commitment_id: CommitmentId,
    body: InvoiceBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
    ids: NewIds,
) -> Response:
    """Record the vendor's invoice, or one that corrects it; it is matched at once.

    One that looks like another of the vendor's, or is the same paper as any other, waits until a
    person has decided whether it came before.
    """
    received = RecordInvoice(
        by=me.id,
        at=now,
        invoice=InvoiceId(ids.new("inv")),
        number=body.number,
        date=body.date,
        amount=body.amount,
        lines=tuple(
            InvoicedLine(line=line.line, quantity=line.quantity, unit_price=line.unit_price)
            for line in body.lines
        ),
        document=body.document,
        pro_forma=body.pro_forma,
        replaces=body.replaces,
    )
    stands, _ = await load.state(commitment, commitment_id)
    if stands is None:
        raise NoSuchCommitment
    grant = await lookups.grant_of(view, stands.budget_line)
    received = replace(received, closes=grant.closes if grant else None)
    paper_is_new = True
    for _attempt in range(ATTEMPTS):
        try:
            return await _record(received, stands, do=do, load=load, paper_is_new=paper_is_new)
        except AnotherCameBetween:
            continue
        except ClaimTaken as taken:
            if taken.held.scope == INVOICE_NUMBER:
                raise InvoiceNumberTaken(stands.vendor, body.number) from None
            if taken.held.scope != INVOICE_DOCUMENT:
                raise PaperSignedFor(Code(signed_before(taken))) from None
            paper_is_new = False
    raise AnotherCameBetween(stands.vendor)


async def _record(
    received: RecordInvoice, of: Commitment, *, do: Do, load: Load, paper_is_new: bool
) -> Response:
    """In one append: the invoice, its place among the vendor's, its number and its paper."""
    stream = register(of.vendor)
    entry = RegisterInvoice(
        by=received.by,
        at=received.at,
        vendor=of.vendor,
        commitment=of.id,
        invoice=received.invoice,
        number=received.number,
        date=received.date,
        amount=received.amount,
        document=received.document,
        replaces=received.replaces,
        seen=(),
    )
    others, _ = await load.state(vendor_invoices, stream)
    seen = alike(others, entry)
    replaced = of.invoice(received.replaces) if received.replaces else None
    same_paper = replaced is not None and replaced.document == received.document
    claims = _number_claim(of, received)
    found = seen
    if not same_paper and not any(Likeness.DOCUMENT in one.by for one in seen):
        if paper_is_new:
            here = signed_for(received.document, received.invoice)
            claims = (*claims, Claim(INVOICE_DOCUMENT, received.document), here)
        else:
            found = (*seen, Alike(invoice=None, by=(Likeness.DOCUMENT,)))
    return await do(
        Act(commitment, of.id, replace(received, alike=found), claims),
        Act(vendor_invoices, stream, replace(entry, seen=seen)),
        Act(paper, paper_of(received.document), _paper(received, of)),
        answer=CommitmentAnswer.of,
    )


def _paper(received: RecordInvoice, of: Commitment) -> RegisterPaper:
    return RegisterPaper(
        by=received.by,
        at=received.at,
        document=received.document,
        vendor=of.vendor,
        commitment=of.id,
        invoice=received.invoice,
    )


def _number_claim(of: Commitment, received: RecordInvoice) -> tuple[Claim, ...]:
    """The vendor's number, for ever; a correction may bear the number of what it corrects."""
    key = comparable(received.number)
    replaced = of.invoice(received.replaces) if received.replaces else None
    if replaced is not None and comparable(replaced.number) == key:
        return ()
    return (Claim(INVOICE_NUMBER, f"{of.vendor}/{key}"),)


@api.command(
    "/v1/commitments/{commitment_id}/invoices/{invoice_id}/clear-suspicion",
    answers=CommitmentAnswer,
    allows=JUDGES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def clear_suspicion(
    *,
    commitment_id: CommitmentId,
    invoice_id: InvoiceId,
    body: ReasonBody,
    me: Who,
    now: Now,
    do: Do,
) -> Response:
    """Decide that an invoice which looks like another is a different one: it may be paid."""
    cleared = ClearSuspicion(by=me.id, at=now, invoice=invoice_id, reason=body.reason)
    return await do(Act(commitment, commitment_id, cleared), answer=CommitmentAnswer.of)


@api.command(
    "/v1/commitments/{commitment_id}/invoices/{invoice_id}/reject",
    answers=CommitmentAnswer,
    allows=JUDGES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def reject_invoice(
    *,
    commitment_id: CommitmentId,
    invoice_id: InvoiceId,
    body: ReasonBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
) -> Response:
    """Decide that nothing is owed on an invoice: it came before, or is none of ours."""
    rejected = RejectInvoice(by=me.id, at=now, invoice=invoice_id, reason=body.reason)
    stands, _ = await load.state(commitment, commitment_id)
    if stands is None:
        raise NoSuchCommitment
    nothing = Money.zero(stands.reserved.currency)
    counts = [_approved(kind, stands, invoice_id, nothing) for kind in (Kind.ADVANCED, Kind.WAIVED)]
    return await do(
        Act(commitment, commitment_id, rejected),
        *(act for each in counts for act in each.given_back(me.id, now)),
        answer=CommitmentAnswer.of,
    )


def _approved(kind: Kind, of: Commitment, invoice: InvoiceId, amount: Money) -> Approved:
    return Approved(kind=kind, vendor=of.vendor, case=of.case, of=invoice, amount=amount)


@api.command(
    "/v1/commitments/{commitment_id}/invoices/{invoice_id}/waive",
    answers=CommitmentAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def waive_exception(
    *,
    commitment_id: CommitmentId,
    invoice_id: InvoiceId,
    body: WaiveBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Waive what does not match: what arrived is paid, at the order's prices, until a day."""
    stands, _ = await load.state(commitment, commitment_id)
    if stands is None:
        raise NoSuchCommitment
    invoice = stands.invoice(invoice_id)
    if invoice is None:
        raise NoSuchInvoice(invoice_id)
    counts = _approved(Kind.WAIVED, stands, invoice_id, worth(stands, invoice))
    mandate = await mandate_for(counts, me=me, now=now, load=load, view=view)
    waived = WaiveException(
        by=me.id,
        at=now,
        invoice=invoice_id,
        reason=Code(body.reason),
        expires=body.expires,
        mandate=mandate,
    )
    return await do(
        Act(commitment, commitment_id, waived),
        *counts.counted(mandate, now),
        answer=CommitmentAnswer.of,
        delegation=mandate.delegation if mandate else None,
    )


@api.command(
    "/v1/commitments/{commitment_id}/invoices/{invoice_id}/approve-advance",
    answers=CommitmentAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def approve_advance(
    *,
    commitment_id: CommitmentId,
    invoice_id: InvoiceId,
    body: AdvanceBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Let a part of the order be paid before delivery, where the programme allows it."""
    stands, _ = await load.state(commitment, commitment_id)
    if stands is None:
        raise NoSuchCommitment
    rules = await paying.rules(view, stands.item)
    if body.amount.currency != stands.amount.currency:
        raise NotThePayable(stands.amount, body.amount)
    amount = convert(body.amount, stands.reserved.currency, stands.rate)
    counts = _approved(Kind.ADVANCED, stands, invoice_id, amount)
    mandate = await mandate_for(counts, me=me, now=now, load=load, view=view)
    approved = ApproveAdvance(
        by=me.id,
        at=now,
        invoice=invoice_id,
        amount=body.amount,
        rule=rules.advance if rules else None,
        mandate=mandate,
    )
    return await do(
        Act(commitment, commitment_id, approved),
        *counts.counted(mandate, now),
        answer=CommitmentAnswer.of,
        delegation=mandate.delegation if mandate else None,
    )
