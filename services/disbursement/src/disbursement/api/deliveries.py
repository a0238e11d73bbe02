"""Deliveries over HTTP: what arrived, on whose word, and what is said against it."""

import datetime as dt
from typing import Annotated

from fastapi import Response
from pydantic import Field

from disbursement.answers import CommitmentAnswer
from disbursement.api.reach import Do
from disbursement.api.routes import CONFLICTS, UNKNOWN, api
from disbursement.domain.commitment import (
    Commitment,
    Condition,
    Confirmation,
    DisputeDelivery,
    DisputedLine,
    DisputeReason,
    Method,
    Outcome,
    Period,
    ReceivedLine,
    Receiver,
    Receivers,
    RecordDelivery,
    ResolveDispute,
    commitment,
)
from disbursement.domain.payment import BEFORE_THE_FILE, HoldPayment, payment
from disbursement.views.receivers import may_receive
from events.handler import Act
from events.io.http import Body, Load, NewIds, Now, View, Who
from events.roles import Role
from events.values import Code, CommitmentId, Digest, PaymentId, PersonId, ReceiptId

DELIVERY_DISPUTED = Code("delivery_disputed")
"""Why a payment is held."""
LINES_MAX = 100

Quantity = Annotated[int, Field(ge=1, le=1_000_000)]
LineNumber = Annotated[int, Field(ge=1, le=LINES_MAX)]


class ReceivedLineBody(Body):
    line: LineNumber
    quantity: Quantity
    condition: Condition = Condition.GOOD


class PeriodBody(Body):
    first: dt.date
    last: dt.date


class DeliveryBody(Body):
    lines: Annotated[tuple[ReceivedLineBody, ...], Field(min_length=1, max_length=LINES_MAX)]
    date: dt.date
    received_by: Receiver
    method: Method
    witnesses: Annotated[tuple[PersonId, ...], Field(max_length=4)] = ()
    document: Digest | None = None
    """The signed paper, or the image of signature or thumbprint."""
    receiver: PersonId | None = None
    """The guardian or the delegate, where they are known by an id."""
    authority: Digest | None = None
    """The paper by which a delegate or a committee receives."""
    signatures: Annotated[int, Field(ge=1, le=50)] = 1
    """How many members of a committee signed."""
    period: PeriodBody | None = None
    """Of a service: the days, both included, over which it was rendered."""


class DisputedLineBody(Body):
    line: LineNumber
    quantity: Quantity


class DisputeBody(Body):
    receipt: ReceiptId
    reason: DisputeReason
    lines: Annotated[tuple[DisputedLineBody, ...], Field(min_length=1, max_length=LINES_MAX)]


class ResolutionBody(Body):
    receipt: ReceiptId
    outcome: Outcome
    document: Digest
    """The paper on which vendor and receiver agreed."""


async def receivers_of(view: View, of: Commitment | None) -> Receivers:
    return await may_receive(view, of.case, of.item) if of else Receivers()


@api.command(
    "/v1/commitments/{commitment_id}/deliveries",
    answers=CommitmentAnswer,
    allows={Role.FIELD_OFFICER, Role.RECEIVING_OFFICER, Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def record_delivery(
    *,
    commitment_id: CommitmentId,
    body: DeliveryBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
    ids: NewIds,
) -> Response:
    """Record what arrived and who confirmed it; open invoices are matched."""
    of, _ = await load.state(commitment, commitment_id)
    received = RecordDelivery(
        by=me.id,
        at=now,
        receipt=ReceiptId(ids.new("rec")),
        lines=tuple(
            ReceivedLine(line=line.line, quantity=line.quantity, condition=line.condition)
            for line in body.lines
        ),
        date=body.date,
        confirmation=Confirmation(
            received_by=body.received_by,
            method=body.method,
            witnesses=body.witnesses,
            document=body.document,
            receiver=body.receiver,
            authority=body.authority,
            signatures=body.signatures,
        ),
        period=Period(first=body.period.first, last=body.period.last) if body.period else None,
        may_receive=await receivers_of(view, of),
    )
    return await do(Act(commitment, commitment_id, received), answer=CommitmentAnswer.of)


@api.command(
    "/v1/commitments/{commitment_id}/dispute-delivery",
    answers=CommitmentAnswer,
    allows={
        Role.FIELD_OFFICER,
        Role.RECEIVING_OFFICER,
        Role.COUNSELLOR,
        Role.MONITORING_OFFICER,
        Role.COMPLAINTS_OFFICER,
        Role.FINANCE_OFFICER,
    },
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def dispute_delivery(
    *,
    commitment_id: CommitmentId,
    body: DisputeBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
) -> Response:
    """Say that a delivery is not as it was recorded; payments that rest on it are held at once."""
    of, _ = await load.state(commitment, commitment_id)
    disputed = DisputeDelivery(
        by=me.id,
        at=now,
        receipt=body.receipt,
        reason=body.reason,
        lines=tuple(DisputedLine(line=line.line, quantity=line.quantity) for line in body.lines),
    )
    held = HoldPayment(by=me.id, at=now, reason=DELIVERY_DISPUTED)
    holds = [
        Act(payment, each, held) for each in await _resting_on(of, body.receipt, load, recall=True)
    ]
    return await do(Act(commitment, commitment_id, disputed), *holds, answer=CommitmentAnswer.of)


async def _resting_on(
    of: Commitment | None, receipt: ReceiptId, load: Load, *, recall: bool
) -> list[PaymentId]:
    """The payments that rest on the receipt: those that can be called back, or those that the bank
    has.
    """
    paying = [
        invoice.payment
        for invoice in (of.invoices if of else ())
        if invoice.payment is not None and receipt in invoice.receipts
    ]
    found = [(each, (await load.state(payment, each))[0]) for each in paying]
    return [each for each, state in found if state and (state.stage in BEFORE_THE_FILE) is recall]


@api.command(
    "/v1/commitments/{commitment_id}/resolve-dispute",
    answers=CommitmentAnswer,
    allows={Role.RECEIVING_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def resolve_dispute(
    *,
    commitment_id: CommitmentId,
    body: ResolutionBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
) -> Response:
    """Settle what another person disputed; invoices on what is taken back match no more."""
    of, _ = await load.state(commitment, commitment_id)
    resolved = ResolveDispute(
        by=me.id,
        at=now,
        receipt=body.receipt,
        outcome=body.outcome,
        document=body.document,
        with_the_bank=frozenset(await _resting_on(of, body.receipt, load, recall=False)),
    )
    return await do(Act(commitment, commitment_id, resolved), answer=CommitmentAnswer.of)
