"""A device on which its holder writes deliveries down where there is no network.

It keeps a private key of its own; what it sends later is signed with it, so that nobody else can
have written it, nor anybody have changed it since. A device that is lost is withdrawn: whatever it
sends from then on is refused, for nobody can tell any more when it was written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, NewType, assert_never

from msgspec import Meta
from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.values import CaptureId, Code, CommitmentId, DeviceId, PersonId, ReceiptId, Shape

_KEY = r"^[0-9a-f]{64}$"
PublicKey = NewType("PublicKey", Annotated[str, Meta(pattern=_KEY), Shape(_KEY)])
"""An Ed25519 public key (RFC 8032), 64 hexadecimal digits."""

# Requests


class EnrolDevice(Command, frozen=True):
    device: DeviceId
    holder: PersonId
    key: PublicKey


class WithdrawDevice(Command, frozen=True):
    reason: Code


class TakeCapture(Command, frozen=True):
    capture: CaptureId
    commitment: CommitmentId
    receipt: ReceiptId
    happened_at: datetime
    authentic: bool
    """Whether the signature is the device's, over exactly what came."""
    within_days: int
    """How late it may come."""


CaptureDeviceCommand = EnrolDevice | WithdrawDevice | TakeCapture


# Facts


class CaptureDeviceEnrolled(Event, frozen=True, tag="disbursement.capture_device_enrolled.v1"):
    device: DeviceId
    holder: PersonId
    key: PublicKey


class CaptureDeviceWithdrawn(Event, frozen=True, tag="disbursement.capture_device_withdrawn.v1"):
    device: DeviceId
    reason: Code


class CaptureTaken(Event, frozen=True, tag="disbursement.capture_taken.v1"):
    """What the device wrote down then is taken in now."""

    device: DeviceId
    capture: CaptureId
    commitment: CommitmentId
    receipt: ReceiptId
    happened_at: datetime


CaptureDeviceEvent = CaptureDeviceEnrolled | CaptureDeviceWithdrawn | CaptureTaken


# Refusals


@dataclass(unsafe_hash=True)
class NoSuchDevice(Rejected):
    """No such device is enrolled."""


@dataclass(unsafe_hash=True)
class DeviceEnrolled(Rejected):
    """There is a device of this id."""

    device: DeviceId


@dataclass(unsafe_hash=True)
class HolderEnrols(Rejected):
    """A device is enrolled by somebody else than its holder."""

    person: PersonId


@dataclass(unsafe_hash=True)
class NotYourDevice(Rejected):
    """What a device wrote down is sent by its holder."""

    device: DeviceId


@dataclass(unsafe_hash=True)
class DeviceWithdrawn(Rejected):
    """The device was withdrawn: nothing that it sends is taken in any more."""

    device: DeviceId
    reason: Code


@dataclass(unsafe_hash=True)
class CaptureNotSigned(Rejected):
    """The signature is not the device's, or not over what was sent."""

    device: DeviceId


@dataclass(unsafe_hash=True)
class CapturedTooLate(Rejected):
    """It was sent too long after it was written down."""

    happened_at: datetime
    within_days: int


@dataclass(unsafe_hash=True)
class CapturedTomorrow(Rejected):
    """The device's clock is ahead: it wrote something down that has not happened yet."""

    happened_at: datetime


@dataclass(unsafe_hash=True)
class CaptureOfAnother(Rejected):
    """The device sent another delivery under this id."""

    capture: CaptureId


# State


class CaptureDevice(State, frozen=True):
    id: DeviceId
    holder: PersonId
    key: PublicKey
    withdrawn: Code | None = None
    taken: tuple[tuple[CaptureId, CommitmentId], ...] = ()


def evolve(device: CaptureDevice | None, event: CaptureDeviceEvent) -> CaptureDevice:
    if isinstance(event, CaptureDeviceEnrolled):
        return CaptureDevice(id=event.device, holder=event.holder, key=event.key)
    assert device is not None, "a fact about a device that is not enrolled"
    match event:
        case CaptureDeviceWithdrawn(reason=reason):
            return replace(device, withdrawn=reason)
        case CaptureTaken(capture=capture, commitment=commitment):
            return replace(device, taken=(*device.taken, (capture, commitment)))
        case _:
            assert_never(event)


# Rules


def decide(
    command: CaptureDeviceCommand, device: CaptureDevice | None
) -> Sequence[CaptureDeviceEvent]:
    by, at = command.by, command.at
    if isinstance(command, EnrolDevice):
        if device is not None:
            raise DeviceEnrolled(device.id)
        if command.holder == by:
            raise HolderEnrols(by)
        enrolled = CaptureDeviceEnrolled(
            by=by, at=at, device=command.device, holder=command.holder, key=command.key
        )
        return [enrolled]
    if device is None:
        raise NoSuchDevice
    match command:
        case WithdrawDevice(reason=reason):
            if device.withdrawn is not None:
                raise DeviceWithdrawn(device.id, device.withdrawn)
            return [CaptureDeviceWithdrawn(by=by, at=at, device=device.id, reason=reason)]
        case TakeCapture():
            return _taken(command, device)
        case _:
            assert_never(command)


def _taken(command: TakeCapture, device: CaptureDevice) -> list[CaptureDeviceEvent]:
    if command.by != device.holder:
        raise NotYourDevice(device.id)
    if device.withdrawn is not None:
        raise DeviceWithdrawn(device.id, device.withdrawn)
    if not command.authentic:
        raise CaptureNotSigned(device.id)
    before = dict(device.taken).get(command.capture)
    if before is not None:
        if before != command.commitment:
            raise CaptureOfAnother(command.capture)
        return []
    if command.happened_at > command.at:
        raise CapturedTomorrow(command.happened_at)
    if command.at - command.happened_at > timedelta(days=command.within_days):
        raise CapturedTooLate(command.happened_at, command.within_days)
    return [
        CaptureTaken(
            by=command.by,
            at=command.at,
            device=device.id,
            capture=command.capture,
            commitment=command.commitment,
            receipt=command.receipt,
            happened_at=command.happened_at,
        )
    ]


capture_device = Decider(decide=decide, evolve=evolve)
