"""How somebody confirms that goods or a service arrived, and when that counts (S7).

    returnee     their one-time code, their signature, or a thumbprint before two witnesses
    guardian     the same, for a child
    delegate     the same, with the paper by which the returnee let somebody else receive
    committee    a community's project: its members sign, with the minutes that name them

Nobody confirms what they record themselves, and a counsellor records nothing alone. A witness has
no other part in the order, and has said that they were there (`witnessing.py`).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, NewType, assert_never

import msgspec
from msgspec import Meta

from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment import refusals_at_delivery as at_delivery
from events.values import CaptureId, Code, DeliveryCodeId, DeviceId, Digest, PersonId, Shape

THUMBPRINT_WITNESSES = 2
COMMITTEE_SIGNATURES = 2


_SIGNATURE = r"^[0-9a-f]{128}$"
Signature = NewType(
    "Signature",
    Annotated[str, Meta(pattern=_SIGNATURE, examples=["0" * 128]), Shape(_SIGNATURE)],
)
"""An Ed25519 signature (RFC 8032), 128 hexadecimal digits."""


class Receiver(StrEnum):
    """Who took the goods or the service, and confirmed it."""

    RETURNEE = "returnee"
    GUARDIAN = "guardian"
    DELEGATE = "delegate"
    """Somebody whom the returnee sent, with a paper that says so."""
    COMMITTEE = "committee"
    """Of the community that a project is for."""


class Method(StrEnum):
    """How the receiver confirmed."""

    CODE = "code"
    SIGNATURE = "signature"
    THUMBPRINT = "thumbprint"


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's word that it arrived."""

    received_by: Receiver
    method: Method
    witnesses: tuple[PersonId, ...] = ()
    document: Digest | None = None
    """The signed paper, or the image of signature or thumbprint; None: a code was given."""
    receiver: PersonId | None = None
    """The guardian or the delegate, where they are known by an id."""
    authority: Digest | None = None
    """The paper by which a delegate or a committee receives."""
    signatures: int = 1
    """How many members of a committee signed."""
    code: DeliveryCodeId | None = None


class Captured(msgspec.Struct, frozen=True, kw_only=True):
    """It was written down without a network: on which device, when, and what the device signed."""

    capture: CaptureId
    device: DeviceId
    happened_at: datetime
    signed: Digest
    """The hash of what it wrote down."""
    signature: Signature
    """The device's, over that hash: anybody can hold it against the key of the enrolment."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The days, both included, over which a service was rendered."""

    first: date
    last: date


class Receivers(msgspec.Struct, frozen=True, kw_only=True):
    """Who may receive for a case, as intake and plans told."""

    child: bool = False
    """The returnee is under age: a guardian signs (S13)."""
    guardians: frozenset[PersonId] = frozenset()
    community: bool = False
    """It is a community's project."""


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever has another part in the order than to receive it."""

    recorder: PersonId
    counsellors: frozenset[PersonId]
    others: frozenset[PersonId]
    """Who collected quotations, and who sent the order."""
    said: frozenset[PersonId]
    """Who said that they saw a delivery of that day, to somebody other than the recorder."""


def confirmed(given: Confirmation, may: Receivers, chain: Chain) -> None:
    """Refuses a confirmation that does not count."""
    with_a_part = {chain.recorder} | chain.counsellors | chain.others
    witnesses = frozenset(given.witnesses) - with_a_part - {given.receiver}
    if chain.recorder in chain.counsellors and not witnesses:
        raise no.CounsellorAlone(chain.recorder)
    _received_by_the_right_one(given, may)
    if given.receiver in with_a_part:
        raise at_delivery.ReceiverHasAPart(given.receiver)
    match given.method:
        case Method.CODE:
            if given.received_by is Receiver.COMMITTEE or given.code is None:
                raise at_delivery.CodeNotGiven
        case Method.SIGNATURE | Method.THUMBPRINT:
            if given.document is None:
                raise at_delivery.SignatureMissing(Code(given.method))
        case _:
            assert_never(given.method)
    if given.method is Method.THUMBPRINT and len(witnesses) < THUMBPRINT_WITNESSES:
        raise no.WitnessesMissing(THUMBPRINT_WITNESSES, len(witnesses))
    for person in given.witnesses:
        if person not in witnesses:
            raise at_delivery.WitnessHasAPart(person)
        if person not in chain.said:
            raise at_delivery.WitnessSilent(person)


def _received_by_the_right_one(given: Confirmation, may: Receivers) -> None:
    who = given.received_by
    if (who is Receiver.COMMITTEE) != may.community:
        raise at_delivery.NotTheReceiver(Code(who))
    if who is Receiver.RETURNEE and may.child:
        raise at_delivery.NotTheReceiver(Code(who))
    if who is Receiver.GUARDIAN and not (may.child or may.guardians):
        raise at_delivery.NotTheReceiver(Code(who))
    guardian = given.receiver if who is Receiver.GUARDIAN else None
    if guardian is not None and guardian not in may.guardians:
        raise at_delivery.NotAGuardian(guardian)
    if who in (Receiver.DELEGATE, Receiver.COMMITTEE) and given.authority is None:
        raise at_delivery.AuthorityMissing(Code(who))
    if who is Receiver.COMMITTEE and given.signatures < COMMITTEE_SIGNATURES:
        raise at_delivery.CommitteeIncomplete(COMMITTEE_SIGNATURES, given.signatures)
