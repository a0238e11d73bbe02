"""Deliveries that were written down without a network, and sent later by the device."""

import asyncio
import hashlib
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, refused
from services.disbursement.tests.people import COMMITMENT, DALIA, HANA, MARIA, NOON, RECEIPT
from services.disbursement.tests.test_delivery_codes import by_code, coded, other_than

from disbursement.domain.capture_device import (
    CaptureDeviceEnrolled,
    CaptureDeviceWithdrawn,
    CapturedTomorrow,
    CapturedTooLate,
    CaptureNotSigned,
    CaptureOfAnother,
    CaptureTaken,
    DeviceWithdrawn,
    EnrolDevice,
    HolderEnrols,
    NoSuchDevice,
    NotYourDevice,
    PublicKey,
    TakeCapture,
    capture_device,
)
from events.canonical import canonical
from events.scenario import scenario
from events.values import CaptureId, Code, CommitmentId, DeviceId

DEVICE = DeviceId("dev_1")
CAPTURE = CaptureId("cap_1")
KEY = PublicKey("f" * 64)
YESTERDAY = NOON - timedelta(days=1)

enrolled = CaptureDeviceEnrolled(by=MARIA, at=NOON, device=DEVICE, holder=DALIA, key=KEY)
take = TakeCapture(
    by=DALIA,
    at=NOON,
    capture=CAPTURE,
    commitment=COMMITMENT,
    receipt=RECEIPT,
    happened_at=YESTERDAY,
    authentic=True,
    within_days=14,
)
taken = CaptureTaken(
    by=DALIA,
    at=NOON,
    device=DEVICE,
    capture=CAPTURE,
    commitment=COMMITMENT,
    receipt=RECEIPT,
    happened_at=YESTERDAY,
)


def test_a_device_is_enrolled_by_somebody_else_than_its_holder() -> None:
    enrol = EnrolDevice(by=MARIA, at=NOON, device=DEVICE, holder=DALIA, key=KEY)
    scenario(capture_device).when(enrol).then(enrolled)
    scenario(capture_device).when(replace(enrol, by=DALIA)).then_rejected(HolderEnrols(DALIA))


def test_what_its_holder_sends_with_its_signature_is_taken_in_once() -> None:
    device = scenario(capture_device).given(enrolled)
    device.when(take).then(taken)
    device.given(taken).when(take).then()
    elsewhere = replace(take, commitment=CommitmentId("com_other"))
    device.given(taken).when(elsewhere).then_rejected(CaptureOfAnother(CAPTURE))
    scenario(capture_device).when(take).then_rejected(NoSuchDevice())
    device.when(replace(take, by=HANA)).then_rejected(NotYourDevice(DEVICE))
    device.when(replace(take, authentic=False)).then_rejected(CaptureNotSigned(DEVICE))


def test_a_device_that_was_lost_sends_in_vain() -> None:
    lost = CaptureDeviceWithdrawn(by=MARIA, at=NOON, device=DEVICE, reason=Code("stolen"))
    (
        scenario(capture_device)
        .given(enrolled, lost)
        .when(take)
        .then_rejected(DeviceWithdrawn(DEVICE, Code("stolen")))
    )


def test_what_comes_too_late_or_from_tomorrow_is_refused() -> None:
    device = scenario(capture_device).given(enrolled)
    long_ago = NOON - timedelta(days=15)
    device.when(replace(take, happened_at=long_ago)).then_rejected(CapturedTooLate(long_ago, 14))
    tomorrow = NOON + timedelta(days=1)
    device.when(replace(take, happened_at=tomorrow)).then_rejected(CapturedTomorrow(tomorrow))


# Over HTTP


class Tablet:
    """Dalia's device: it signs as the README says."""

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.id = ""

    async def enrol(self, till: Cashier) -> "Tablet":
        key = self.private.public_key().public_bytes_raw().hex()
        body = {"holder": DALIA, "key": key}
        self.id = (await till.does(till.maria, "/v1/capture-devices", body, status=201))["device"]
        return self

    def wrote(
        self, path: str, body: dict[str, Any], capture: str, at: datetime = NOON
    ) -> dict[str, Any]:
        sent = {k: v for k, v in body.items() if k != "date"}
        sent |= {"capture": capture, "device": self.id, "happened_at": at.isoformat()}
        whole = sent | {"commitment": path.rpartition("/")[2]}
        digest = hashlib.sha256(canonical(whole)).hexdigest()
        return sent | {"signature": self.private.sign(digest.encode()).hex()}


async def test_parts_that_arrive_out_of_order_are_one_delivery_in_the_end(till: Cashier) -> None:
    path, digits = await coded(till)
    tablet = await Tablet().enrol(till)
    on_paper = tablet.wrote(path, chain.more_sacks(4), "cap_second")
    with_code = tablet.wrote(path, by_code(digits, 6), "cap_first")
    where = f"{path}/captured-deliveries"
    assert (await till.dalia.post(where, on_paper)).status_code == 200
    told = (await till.dalia.post(where, with_code)).json()
    assert [line["received"] for line in told["order"]["lines"]] == [1, 10]
    captured = [receipt["captured"] for receipt in told["receipts"]]
    assert [each["capture"] for each in captured] == ["cap_second", "cap_first"]
    assert (await till.told()).count("capture_taken") == 2

    again = await till.dalia.post(where, with_code)
    assert again.status_code == 200
    assert again.json()["version"] == told["version"]


async def test_a_code_counts_if_it_stood_when_it_was_given(till: Cashier) -> None:
    path, digits = await coded(till)
    tablet = await Tablet().enrol(till)
    where = f"{path}/captured-deliveries"
    before = NOON - timedelta(minutes=5)
    early = tablet.wrote(path, by_code(digits), "cap_early", before)
    assert refused(await till.dalia.post(where, early)) == (422, "NoCodeIssued")
    wrong = tablet.wrote(path, by_code(other_than(digits)), "cap_wrong")
    assert refused(await till.dalia.post(where, wrong)) == (422, "CodeWrong")


async def test_one_code_confirms_one_delivery_though_two_come_at_the_same_instant(
    till: Cashier,
) -> None:
    path, digits = await coded(till)
    tablet = await Tablet().enrol(till)
    where = f"{path}/captured-deliveries"
    rest = by_code(digits) | {"lines": [{"line": 2, "quantity": 4}]}
    sent = [tablet.wrote(path, by_code(digits, 6), "cap_1"), tablet.wrote(path, rest, "cap_2")]
    answers = await asyncio.gather(*(till.dalia.post(where, each) for each in sent))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert {refused(answer)[1] for answer in answers if answer.is_error} == {"CodeUsed"}
    assert len((await till.hana.get(path)).json()["receipts"]) == 1


async def test_what_was_changed_on_its_way_is_refused_and_tries_no_code(till: Cashier) -> None:
    path, digits = await coded(till)
    tablet = await Tablet().enrol(till)
    where = f"{path}/captured-deliveries"
    sent = tablet.wrote(path, by_code(other_than(digits)), "cap_1")
    more = sent | {"lines": [{"line": 2, "quantity": 9}]}
    assert refused(await till.dalia.post(where, more)) == (422, "CaptureNotSigned")
    assert refused(await till.hana.post(where, sent))[0] == 403
    stranger = Tablet()
    stranger.id = tablet.id
    forged = stranger.wrote(path, by_code(digits), "cap_1")
    assert refused(await till.dalia.post(where, forged)) == (422, "CaptureNotSigned")
    assert (await till.hana.get(f"{path}/delivery-codes")).json()["tries_left"] == 5


async def test_another_delivery_under_the_same_id_is_refused(till: Cashier) -> None:
    path = await chain.ordered(till)
    tablet = await Tablet().enrol(till)
    where = f"{path}/captured-deliveries"
    first = tablet.wrote(path, chain.delivery(4), "cap_1")
    assert (await till.dalia.post(where, first)).status_code == 200
    other = tablet.wrote(path, chain.more_sacks(5), "cap_1")
    assert refused(await till.dalia.post(where, other)) == (422, "CaptureDiffers")


async def test_a_withdrawn_device_sends_in_vain(till: Cashier) -> None:
    path = await chain.ordered(till)
    tablet = await Tablet().enrol(till)
    lost = {"reason": "stolen"}
    await till.does(till.maria, f"/v1/capture-devices/{tablet.id}/withdraw", lost)
    sent = tablet.wrote(path, chain.delivery(4), "cap_1")
    answer = await till.dalia.post(f"{path}/captured-deliveries", sent)
    assert refused(answer) == (422, "DeviceWithdrawn")
