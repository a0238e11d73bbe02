"""Vendors that go, over HTTP: rejected, deactivated, debarred by two."""

from fastapi import Response

from events.handler import Act
from events.io.http import Now, Who
from events.roles import Role
from events.values import VendorId
from vendors.api.declared import ReasonBody, ReasonedBody, api
from vendors.api.taking_part import Do
from vendors.api.vendors import VendorAnswer
from vendors.domain.duties import ActedAlready
from vendors.domain.leaving import (
    DeactivateVendor,
    Debarment,
    DebarmentUndecided,
    DecideDebarment,
    NoDebarmentProposed,
    ProposeDebarment,
    RejectVendor,
)
from vendors.domain.searching import Debarred
from vendors.domain.vendor import vendor
from vendors.domain.vendor.refusals import NoSuchVendor, VendorIsAt


class DebarmentBody(ReasonedBody):
    verdict: Debarment


@api.command(
    "/v1/vendors/{vendor_id}/reject",
    answers=VendorAnswer,
    allows={Role.VENDOR_APPROVER},
    unknown={NoSuchVendor},
    conflicts={ActedAlready, Debarred, VendorIsAt},
)
async def reject_vendor(
    vendor_id: VendorId, body: ReasonBody, me: Who, now: Now, do: Do
) -> Response:
    """Say, as another than its proposer, that a proposed vendor will not be paid."""
    rejected = RejectVendor(by=me.id, at=now, reason=body.reason)
    return await do(Act(vendor, vendor_id, rejected), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/deactivate",
    answers=VendorAnswer,
    allows={Role.VENDOR_APPROVER},
    unknown={NoSuchVendor},
    conflicts={ActedAlready, Debarred, VendorIsAt},
)
async def deactivate_vendor(
    vendor_id: VendorId, body: ReasonBody, me: Who, now: Now, do: Do
) -> Response:
    """Say, as another than its proposer, that nothing is bought from it any more."""
    gone = DeactivateVendor(by=me.id, at=now, reason=body.reason)
    return await do(Act(vendor, vendor_id, gone), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/propose-debarment",
    answers=VendorAnswer,
    allows={Role.VENDOR_OFFICER, Role.VENDOR_APPROVER},
    unknown={NoSuchVendor},
    conflicts={Debarred, DebarmentUndecided},
)
async def propose_debarment(
    vendor_id: VendorId, body: ReasonedBody, me: Who, now: Now, do: Do
) -> Response:
    """Ask that nothing be bought from it ever again; it is suspended until another decides."""
    asked = ProposeDebarment(by=me.id, at=now, reason=body.reason, reasoning=body.reasoning)
    return await do(Act(vendor, vendor_id, asked), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/decide-debarment",
    answers=VendorAnswer,
    allows={Role.VENDOR_APPROVER},
    unknown={NoSuchVendor},
    conflicts={ActedAlready, Debarred, NoDebarmentProposed},
)
async def decide_debarment(
    vendor_id: VendorId, body: DebarmentBody, me: Who, now: Now, do: Do
) -> Response:
    """Debar it for good, or decline to, as another than who proposed it."""
    decided = DecideDebarment(
        by=me.id,
        at=now,
        verdict=body.verdict,
        reason=body.reason,
        reasoning=body.reasoning,
    )
    return await do(Act(vendor, vendor_id, decided), answer=VendorAnswer.of)
