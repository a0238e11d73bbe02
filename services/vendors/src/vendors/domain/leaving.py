"""How a vendor goes: rejected, inactive, or debarred (domain.md, 7).

    proposed -> rejected        approved <-> suspended -> inactive        any -> debarred

Who proposed a vendor neither rejects nor deactivates it. Debarring is for good, so two persons do
it: one proposes, which suspends at once, and another decides, with reasons. A vendor that was
approved is always suspended on its way out: that is what puts its open payments on hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import msgspec

from events.decider import Command, Event, Rejected
from events.personal import Protection
from events.values import Code, PersonId, VendorId
from vendors.domain.duties import Duty, nobody_twice
from vendors.domain.searching import VendorDebarred


class Debarment(StrEnum):
    """What another person decided on a proposal to debar."""

    DEBARRED = "debarred"
    DECLINED = "declined"


# Requests


class RejectVendor(Command, frozen=True):
    reason: Code


class DeactivateVendor(Command, frozen=True):
    reason: Code


class ProposeDebarment(Command, frozen=True):
    reason: Code
    reasoning: str


class DecideDebarment(Command, frozen=True):
    verdict: Debarment
    reason: Code
    reasoning: str


# Facts


class VendorRejected(Event, frozen=True, tag="vendors.vendor_rejected.v1"):
    """The vendor was proposed, and will not be paid."""

    vendor: VendorId
    reason: Code


class VendorDeactivated(Event, frozen=True, tag="vendors.vendor_deactivated.v1"):
    """Nothing is bought from the vendor any more; who needs it again proposes it anew."""

    vendor: VendorId
    reason: Code


class VendorDebarmentProposed(Event, frozen=True, tag="vendors.vendor_debarment_proposed.v1"):
    """Somebody asks that nothing be bought from the vendor ever again; another person decides."""

    about: ClassVar[str | None] = "vendor"

    vendor: VendorId
    reason: Code
    reasoning: Protection[str]


class VendorDebarmentDecided(Event, frozen=True, tag="vendors.vendor_debarment_decided.v1"):
    """Another person decided, with reasons; of a vendor that is debarred, that is told besides."""

    about: ClassVar[str | None] = "vendor"

    vendor: VendorId
    verdict: Debarment
    reason: Code
    reasoning: Protection[str]


LeavingEvent = VendorRejected | VendorDeactivated | VendorDebarmentProposed | VendorDebarmentDecided


# Refusals


@dataclass(unsafe_hash=True)
class DebarmentUndecided(Rejected):
    """Somebody proposed to debar the vendor: another person decides that first."""

    proposed_by: PersonId


@dataclass(unsafe_hash=True)
class NoDebarmentProposed(Rejected):
    """Nobody has proposed to debar the vendor."""


# State


class Leaving(msgspec.Struct, frozen=True):
    """Who proposed to debar the vendor, while nobody has decided."""

    debarment_by: PersonId | None = None

    def after(self, event: VendorDebarmentProposed | VendorDebarmentDecided) -> "Leaving":
        by = event.by if isinstance(event, VendorDebarmentProposed) else None
        return Leaving(debarment_by=by)

    def require_none_proposed(self) -> None:
        if self.debarment_by is not None:
            raise DebarmentUndecided(self.debarment_by)


def debar(
    command: DecideDebarment, vendor: VendorId, leaving: Leaving
) -> Sequence[VendorDebarmentDecided | VendorDebarred]:
    """Another person than who proposed it; declined, the vendor stays suspended for a person."""
    if leaving.debarment_by is None:
        raise NoDebarmentProposed
    nobody_twice(command.by, ((Duty.PROPOSED_DEBARMENT, leaving.debarment_by),))
    by, at, reason = command.by, command.at, command.reason
    decided = VendorDebarmentDecided(
        by=by,
        at=at,
        vendor=vendor,
        verdict=command.verdict,
        reason=reason,
        reasoning=command.reasoning,
    )
    if command.verdict is Debarment.DECLINED:
        return [decided]
    return [decided, VendorDebarred(by=by, at=at, vendor=vendor, reason=reason)]
