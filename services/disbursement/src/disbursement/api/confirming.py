"""One-time codes and devices over HTTP: by what deliveries are confirmed, here or off-line."""

import datetime as dt

from fastapi import Response

from disbursement.api.reach import Do, sight
from disbursement.api.routes import CONFLICTS, UNKNOWN, ReasonBody, api
from disbursement.confirming import code_digest, spoken
from disbursement.domain.capture_device import (
    CaptureDevice,
    EnrolDevice,
    PublicKey,
    WithdrawDevice,
    capture_device,
)
from disbursement.domain.commitment import Stage, commitment
from disbursement.domain.commitment.refusals import NoSuchCommitment
from disbursement.domain.delivery_code import (
    DeliveryCodes,
    IssueCode,
    NoCodeIssued,
    ShowCode,
    codes_of,
    delivery_codes,
)
from disbursement.views.receivers import delivery_terms
from events.handler import Act
from events.io.http import Answer, Body, Load, NewIds, Now, Request, View, Who
from events.io.http import Do as PlainDo
from events.io.http.asked import json_response
from events.io.http.do import encode
from events.roles import Role
from events.values import Code, CommitmentId, DeliveryCodeId, DeviceId, PersonId, ReceiptId


class DeliveryCodeAnswer(Answer):
    """The order's last code, but for the code itself."""

    commitment: CommitmentId
    code: DeliveryCodeId
    issued: dt.datetime
    expires: dt.datetime
    tries_left: int
    used: ReceiptId | None
    """The delivery that it confirmed."""
    version: int

    @classmethod
    def of(cls, state: DeliveryCodes, version: int) -> "DeliveryCodeAnswer":
        last = state.codes[-1]
        return cls(
            commitment=state.commitment,
            code=last.id,
            issued=last.issued,
            expires=last.expires,
            tries_left=last.left,
            used=last.used,
            version=version,
        )


class ShownCode(Answer):
    code: DeliveryCodeId
    digits: str
    """For the returnee alone."""
    expires: dt.datetime


class EnrolDeviceBody(Body):
    holder: PersonId
    key: PublicKey


class DeviceAnswer(Answer):
    device: DeviceId
    holder: PersonId
    key: PublicKey
    withdrawn: Code | None
    """Why; None: what it sends is taken in."""
    version: int

    @classmethod
    def of(cls, state: CaptureDevice, version: int) -> "DeviceAnswer":
        return cls(
            device=state.id,
            holder=state.holder,
            key=state.key,
            withdrawn=state.withdrawn,
            version=version,
        )


@api.command(
    "/v1/commitments/{commitment_id}/delivery-codes",
    creates=DeliveryCodeAnswer,
    allows={Role.FINANCE_OFFICER, Role.RECEIVING_OFFICER, Role.FIELD_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def issue_delivery_code(
    *, commitment_id: CommitmentId, do: Do, asked: Request, view: View
) -> Response:
    """Issue the code by which the returnee will confirm the next delivery; it ends the last one."""
    of, _ = await asked.desk.handler.load(commitment, commitment_id)
    if of is None:
        raise NoSuchCommitment
    terms = await delivery_terms(view, of.programme)
    new = DeliveryCodeId(asked.ids.new("dco"))
    secret = asked.desk.secret
    issued = IssueCode(
        by=asked.me.id,
        at=asked.now,
        commitment=commitment_id,
        ordered=of.stage is Stage.ISSUED,
        code=new,
        digest=code_digest(secret, commitment_id, spoken(secret, new)),
        expires=asked.now + dt.timedelta(days=terms.code_valid_days),
        tries=terms.code_tries,
    )
    return await do(
        Act(delivery_codes, codes_of(commitment_id), issued),
        answer=DeliveryCodeAnswer.of,
        location=f"/v1/commitments/{commitment_id}/delivery-codes",
    )


@api.query(
    "/v1/commitments/{commitment_id}/delivery-codes",
    answers=DeliveryCodeAnswer,
    allows={Role.FINANCE_OFFICER, Role.RECEIVING_OFFICER, Role.FIELD_OFFICER, Role.AUDITOR},
    unknown=UNKNOWN,
)
async def read_delivery_code(
    *, commitment_id: CommitmentId, me: Who, now: Now, load: Load, view: View
) -> Response:
    """Read whether the order has a code, how long it lives and how often it may be mistaken."""
    of, _ = await load.state(commitment, commitment_id)
    if of is None:
        raise NoSuchCommitment
    await sight(of.case, me, now, view)
    return await load(delivery_codes, codes_of(commitment_id), answer=DeliveryCodeAnswer.of)


@api.command(
    "/v1/commitments/{commitment_id}/delivery-codes/show",
    answers=ShownCode,
    if_match=False,
    allows={Role.RECEIVING_OFFICER, Role.COUNSELLOR, Role.SERVICE},
    conflicts=CONFLICTS,
    unknown=UNKNOWN | {NoCodeIssued},
)
async def show_delivery_code(
    *, commitment_id: CommitmentId, me: Who, now: Now, asked: Request, view: View
) -> Response:
    """Be shown the code, to tell the returnee; that is recorded, and who was shown it records no
    delivery with it.
    """
    handler, stream = asked.desk.handler, codes_of(commitment_id)
    of, _ = await handler.load(commitment, commitment_id)
    if of is None:
        raise NoSuchCommitment
    await sight(of.case, me, now, view)
    shown = Act(delivery_codes, stream, ShowCode(by=me.id, at=now))
    done = await handler.do(shown, context=asked.context)
    code = done.state.codes[-1]
    answer = ShownCode(
        code=code.id, digits=spoken(asked.desk.secret, code.id), expires=code.expires
    )
    return json_response(encode(answer), 200, {"Cache-Control": "no-store"})


@api.command(
    "/v1/capture-devices",
    creates=DeviceAnswer,
    allows={Role.PROGRAMME_MANAGER, Role.GRANT_MANAGER},
    conflicts=CONFLICTS,
)
async def enrol_device(
    *, body: EnrolDeviceBody, me: Who, now: Now, do: PlainDo, ids: NewIds
) -> Response:
    """Enrol a device for its holder, by the public key that was made on it."""
    new = DeviceId(ids.new("dev"))
    enrolled = EnrolDevice(by=me.id, at=now, device=new, holder=body.holder, key=body.key)
    return await do(Act(capture_device, new, enrolled), answer=DeviceAnswer.of)


@api.command(
    "/v1/capture-devices/{device_id}/withdraw",
    answers=DeviceAnswer,
    allows={Role.PROGRAMME_MANAGER, Role.GRANT_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def withdraw_device(
    *, device_id: DeviceId, body: ReasonBody, me: Who, now: Now, do: PlainDo
) -> Response:
    """Take in nothing more from a device that was lost or given back."""
    withdrawn = WithdrawDevice(by=me.id, at=now, reason=body.reason)
    return await do(Act(capture_device, device_id, withdrawn), answer=DeviceAnswer.of)


@api.query(
    "/v1/capture-devices/{device_id}",
    answers=DeviceAnswer,
    allows={Role.PROGRAMME_MANAGER, Role.GRANT_MANAGER, Role.FIELD_OFFICER, Role.AUDITOR},
)
async def read_device(device_id: DeviceId, load: Load) -> Response:
    """Read whose device it is, and its key."""
    return await load(capture_device, device_id, answer=DeviceAnswer.of)
