"""Deliveries over HTTP: what arrived, on whose word, and what is said against it."""

import datetime as dt
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Response
from pydantic import AwareDatetime, Field

from disbursement.answers import CommitmentAnswer
from disbursement.api.bank import stopping
from disbursement.api.reach import Do
from disbursement.api.routes import CONFLICTS, UNKNOWN, api
from disbursement.confirming import (
    DIGITS,
    code_digest,
    is_signed_by,
    signed_before,
    signed_for,
    to_be_signed,
)
from disbursement.domain.bank_file import UNSENT, bank_file
from disbursement.domain.capture_device import TakeCapture, capture_device
from disbursement.domain.commitment import (
    Captured,
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
    RecordDelivery,
    ResolveDispute,
    Signature,
    WitnessDelivery,
    commitment,
)
from disbursement.domain.commitment.refusals import NoSuchCommitment
from disbursement.domain.commitment.refusals_at_delivery import SignatureUsedBefore
from disbursement.domain.delivery_code import (
    CodeWrong,
    TryCode,
    UseCode,
    codes_of,
    delivery_codes,
)
from disbursement.domain.payment import BEFORE_THE_FILE, HoldPayment, Payment, Reason, payment
from disbursement.domain.payment import Stage as Paying
from disbursement.views.receivers import delivery_terms, may_receive
from events.handler import Act
from events.io.http import Body, Load, Now, Request, View, Who, not_on_file
from events.ports import ClaimTaken
from events.roles import STAFF, Role
from events.values import (
    CaptureId,
    Code,
    CommitmentId,
    DeliveryCodeId,
    DeviceId,
    Digest,
    PersonId,
    ReceiptId,
)

WITNESS = Code("witness")
"""As what a witness's paper is kept."""
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


class ArrivedBody(Body):
    """What arrived, and on whose word."""

    lines: Annotated[tuple[ReceivedLineBody, ...], Field(min_length=1, max_length=LINES_MAX)]
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
    code: Annotated[str, Field(pattern=rf"^[0-9]{{{DIGITS}}}$", examples=["203518"])] | None = None
    """What the returnee was told, where they confirm by it."""


class DeliveryBody(ArrivedBody):
    date: dt.date


class CapturedBody(ArrivedBody):
    capture: CaptureId
    """Made by the device, from a random number."""
    device: DeviceId
    happened_at: AwareDatetime
    signature: Signature
    """Over the hash of all else that is sent, and of the order's id: see the service's README."""


class WitnessBody(Body):
    date: dt.date
    """The day of what was handed over."""
    witness: PersonId | None = None
    """Who saw it; None: who asks."""
    paper: Digest | None = None
    """What another witness signed, on file under the case as `witness`."""


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


RECORDERS = frozenset({Role.FIELD_OFFICER, Role.RECEIVING_OFFICER, Role.COUNSELLOR})


@api.command(
    "/v1/commitments/{commitment_id}/deliveries",
    answers=CommitmentAnswer,
    allows=RECORDERS,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def record_delivery(
    *, commitment_id: CommitmentId, body: DeliveryBody, do: Do, asked: Request, view: View
) -> Response:
    """Record what arrived and who confirmed it; open invoices are matched.

    A wrong code is counted, whatever else becomes of the request.
    """
    arrival = Arrival(asked, view, commitment_id)
    receipt = ReceiptId(asked.ids.new("rec"))
    acts = await arrival.acts(body, receipt, day=body.date, given_at=asked.now)
    return await _recorded(do, acts, receipt, body.document)


@api.command(
    "/v1/commitments/{commitment_id}/captured-deliveries",
    answers=CommitmentAnswer,
    allows=RECORDERS,
    if_match=False,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def take_captured_delivery(
    *, commitment_id: CommitmentId, body: CapturedBody, do: Do, asked: Request, view: View
) -> Response:
    """Take in a delivery that a device wrote down without a network, signed by it.

    It may come late and after later ones, and again. The code counts if it stood when it was given.
    """
    device, _ = await asked.desk.handler.load(capture_device, body.device)
    of, _ = await asked.desk.handler.load(commitment, commitment_id)
    if of is None:
        raise NoSuchCommitment
    terms = await delivery_terms(view, of.programme)
    signed = to_be_signed(commitment_id, asked.body)
    receipt = ReceiptId("rec_" + body.capture.partition("_")[2])
    captured = Captured(
        capture=body.capture,
        device=body.device,
        happened_at=body.happened_at,
        signed=signed,
        signature=body.signature,
    )
    taken = TakeCapture(
        by=asked.me.id,
        at=asked.now,
        capture=body.capture,
        commitment=commitment_id,
        receipt=receipt,
        happened_at=body.happened_at,
        authentic=device is not None and is_signed_by(device.key, signed, body.signature),
        within_days=terms.capture_within_days,
    )
    capture_device.decide(taken, device)  # before any code is tried
    arrival = Arrival(asked, view, commitment_id)
    acts = await arrival.acts(
        body, receipt, day=body.happened_at.date(), given_at=body.happened_at, captured=captured
    )
    acts.append(Act(capture_device, body.device, taken))
    return await _recorded(do, acts, receipt, body.document)


async def _recorded(
    do: Do, acts: list[Act[Any, Any, Any]], receipt: ReceiptId, document: Digest | None
) -> Response:
    """With what was signed for it, which is evidence for nothing else."""
    first, *others = acts
    claims = () if document is None else (signed_for(document, receipt),)
    try:
        return await do(replace(first, claims=claims), *others, answer=CommitmentAnswer.of)
    except ClaimTaken as taken:
        if (before := signed_before(taken)) != receipt:
            raise SignatureUsedBefore(Code(before)) from None
        return await do(*acts, answer=CommitmentAnswer.of)  # the device sends it again


@api.command(
    "/v1/commitments/{commitment_id}/witnesses",
    answers=CommitmentAnswer,
    allows=STAFF,
    if_match=False,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def witness_delivery(
    *, commitment_id: CommitmentId, body: WitnessBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Say that you saw what was handed over, before it is recorded on your word.

    For a witness who does not sign in here, say it with the paper that they signed.
    """
    of, _ = await load.state(commitment, commitment_id)
    cited = (body.paper,) if body.paper else ()
    wanting = await not_on_file(
        load,
        cited,
        fits=lambda kept: of is not None and kept.case == of.case and kept.paper == WITNESS,
    )
    said = WitnessDelivery(
        by=me.id,
        at=now,
        witness=body.witness or me.id,
        date=body.date,
        paper=body.paper,
        is_on_file=not wanting,
    )
    return await do(Act(commitment, commitment_id, said), answer=CommitmentAnswer.of)


class Arrival:
    """One delivery on its way from a request to the acts that record it."""

    def __init__(self, asked: Request, view: View, commitment_id: CommitmentId) -> None:
        self._asked, self._view, self._commitment = asked, view, commitment_id

    async def acts(
        self,
        body: ArrivedBody,
        receipt: ReceiptId,
        *,
        day: dt.date,
        given_at: dt.datetime,
        captured: Captured | None = None,
    ) -> list[Act[Any, Any, Any]]:
        """What arrived; and the use of the code by which it was confirmed."""
        of, _ = await self._asked.desk.handler.load(commitment, self._commitment)
        if of is None:
            raise NoSuchCommitment
        code, used = None, []
        if body.method is Method.CODE and body.code is not None:
            code, use = await self._code(body.code, receipt, given_at)
            used = [use]
        received = RecordDelivery(
            by=self._asked.me.id,
            at=self._asked.now,
            receipt=receipt,
            lines=tuple(
                ReceivedLine(line=line.line, quantity=line.quantity, condition=line.condition)
                for line in body.lines
            ),
            date=day,
            confirmation=_confirmation(body, code),
            period=Period(first=body.period.first, last=body.period.last) if body.period else None,
            captured=captured,
            may_receive=await may_receive(self._view, of.case, of.item),
        )
        return [Act(commitment, self._commitment, received), *used]

    async def _code(
        self, digits: str, receipt: ReceiptId, given_at: dt.datetime
    ) -> tuple[DeliveryCodeId, Act[Any, Any, Any]]:
        """The code that was given, and the act of using it; a wrong one is counted first."""
        asked, stream = self._asked, codes_of(self._commitment)
        what: dict[str, Any] = {
            "by": asked.me.id,
            "at": asked.now,
            "digest": code_digest(asked.desk.secret, self._commitment, digits),
            "given_at": given_at,
            "receipt": receipt,
        }
        tried = Act(delivery_codes, stream, TryCode(**what))
        done = await asked.desk.handler.do(tried, context=asked.context)
        code = done.state.at(given_at)
        assert code is not None, "it was tried on one"
        if code.digest != what["digest"]:
            raise CodeWrong(code.id, code.left)
        return code.id, Act(delivery_codes, stream, UseCode(**what))


def _confirmation(body: ArrivedBody, code: DeliveryCodeId | None) -> Confirmation:
    return Confirmation(
        received_by=body.received_by,
        method=body.method,
        witnesses=body.witnesses,
        document=body.document,
        receiver=body.receiver,
        authority=body.authority,
        signatures=body.signatures,
        code=code,
    )


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
    reason, holds = Reason.DELIVERY_DISPUTED.code, list[Act[Any, Any, Any]]()
    for each in await _resting_on(of, body.receipt, load, recall=True):
        file, stops = stopping(each, reason, me.id, now)
        held = HoldPayment(by=me.id, at=now, reason=reason, out_of=file)
        holds += (Act(payment, each.id, held), *stops)
    return await do(Act(commitment, commitment_id, disputed), *holds, answer=CommitmentAnswer.of)


async def _resting_on(
    of: Commitment | None, receipt: ReceiptId, load: Load, *, recall: bool
) -> list[Payment]:
    """The payments that rest on the receipt: those that can be called back, or those that the bank
    has.
    """
    paying = [
        invoice.payment
        for invoice in (of.invoices if of else ())
        if invoice.payment is not None and receipt in invoice.receipts
    ]
    found = [(await load.state(payment, each))[0] for each in paying]
    return [each for each in found if each and await _can_be_called_back(each, load) is recall]


async def _can_be_called_back(of: Payment, load: Load) -> bool:
    """Also out of a file that has not left."""
    file, _ = await load.state(bank_file, of.file) if of.file else (None, 0)
    in_file = of.stage is Paying.IN_FILE and file is not None and file.stage in UNSENT
    return in_file or of.stage in BEFORE_THE_FILE


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
        wanting=await not_on_file(load, (body.document,)),
        with_the_bank=frozenset(
            each.id for each in await _resting_on(of, body.receipt, load, recall=False)
        ),
    )
    return await do(Act(commitment, commitment_id, resolved), answer=CommitmentAnswer.of)
