"""What a vendor answers to who wants it gone."""

from collections.abc import Sequence

from vendors.domain.duties import Duty, nobody_twice
from vendors.domain.leaving import (
    DeactivateVendor,
    DecideDebarment,
    ProposeDebarment,
    RejectVendor,
    VendorDeactivated,
    VendorDebarmentProposed,
    VendorRejected,
    debar,
)
from vendors.domain.vendor.facts import VendorEvent, VendorSuspended
from vendors.domain.vendor.kinds import DEACTIVATED, DEBARMENT_PROPOSED, Stage
from vendors.domain.vendor.refusals import VendorIsAt
from vendors.domain.vendor.state import Vendor

Leave = RejectVendor | DeactivateVendor | ProposeDebarment | DecideDebarment


def leave(command: Leave, vendor: Vendor) -> Sequence[VendorEvent]:
    by, at = command.by, command.at
    match command:
        case RejectVendor(reason=reason):
            if vendor.stage is not Stage.PROPOSED:
                raise VendorIsAt(stage=vendor.stage, needed=Stage.PROPOSED)
            nobody_twice(by, ((Duty.PROPOSED, vendor.proposed_by),))
            return [VendorRejected(by=by, at=at, vendor=vendor.id, reason=reason)]
        case DeactivateVendor(reason=reason):
            if vendor.stage not in (Stage.APPROVED, Stage.SUSPENDED):
                raise VendorIsAt(stage=vendor.stage, needed=Stage.APPROVED)
            nobody_twice(by, ((Duty.PROPOSED, vendor.proposed_by),))
            gone = VendorDeactivated(by=by, at=at, vendor=vendor.id, reason=reason)
            return [*_suspended(command, vendor), gone]
        case ProposeDebarment(reason=reason, reasoning=reasoning):
            vendor.leaving.require_none_proposed()
            proposed = VendorDebarmentProposed(
                by=by, at=at, vendor=vendor.id, reason=reason, reasoning=reasoning
            )
            return [proposed, *_suspended(command, vendor)]
        case DecideDebarment():
            return debar(command, vendor.id, vendor.leaving)


def _suspended(command: DeactivateVendor | ProposeDebarment, vendor: Vendor) -> list[VendorEvent]:
    """Who may be paid is suspended first: that is heard wherever payments to it are open."""
    if vendor.stage is not Stage.APPROVED:
        return []
    why = DEACTIVATED if isinstance(command, DeactivateVendor) else DEBARMENT_PROPOSED
    return [VendorSuspended(by=command.by, at=command.at, vendor=vendor.id, reason=why)]
