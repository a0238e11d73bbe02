"""What can happen to a vendor."""

from datetime import date
from typing import ClassVar

from events.decider import Event
from events.personal import Contact, Identity, Protection
from events.values import Code, VendorId
from vendors.domain.dossier import DossierEvent
from vendors.domain.leaving import LeavingEvent
from vendors.domain.likeness import LikenessEvent
from vendors.domain.searching import SearchEvent, VendorApprovalExtended, VendorDebarred
from vendors.domain.vendor.kinds import Kind, Result, Source, Tier
from vendors.domain.vendor.naming import OrganisationNamed


class VendorProposed(Event, frozen=True, tag="vendors.vendor_proposed.v1"):
    """Somebody asks that this vendor may be paid."""

    about: ClassVar[str | None] = "vendor"

    vendor: VendorId
    kind: Kind
    country: Code
    tier: Tier
    name: Identity[str]
    latin_name: Identity[str]
    """As a bank carries it."""
    town: Contact[str]
    phone: Contact[str]


class VendorContactRecorded(Event, frozen=True, tag="vendors.vendor_contact_recorded.v1"):
    """Another way to reach the vendor is on file, and where it comes from."""

    about: ClassVar[str | None] = "vendor"

    vendor: VendorId
    source: Source
    phone: Contact[str]


class VendorScreened(Event, frozen=True, tag="vendors.vendor_screened.v1"):
    """The vendor was looked for on the sanctions lists."""

    vendor: VendorId
    list_set: Code
    list_version: Code
    on: date
    result: Result


class VendorApproved(Event, frozen=True, tag="vendors.vendor_approved.v1"):
    """The vendor may be paid, until its screening is too old."""

    vendor: VendorId
    valid_until: date


class VendorSuspended(Event, frozen=True, tag="vendors.vendor_suspended.v1"):
    """Nothing more is bought from the vendor or paid to it."""

    vendor: VendorId
    reason: Code


class VendorReinstated(Event, frozen=True, tag="vendors.vendor_reinstated.v1"):
    """The suspension is lifted."""

    vendor: VendorId
    reason: Code
    valid_until: date


class ReinstatementExplained(Event, frozen=True, tag="vendors.reinstatement_explained.v1"):
    """Why the suspension is lifted, in the words of who lifted it."""

    about: ClassVar[str | None] = "vendor"

    vendor: VendorId
    reasoning: Protection[str]


class VendorTierChanged(Event, frozen=True, tag="vendors.vendor_tier_changed.v1"):
    """The vendor was examined as thoroughly as this tier asks."""

    vendor: VendorId
    tier: Tier


VendorEvent = (
    VendorProposed
    | VendorContactRecorded
    | VendorScreened
    | VendorApproved
    | VendorSuspended
    | VendorReinstated
    | ReinstatementExplained
    | VendorDebarred
    | VendorApprovalExtended
    | VendorTierChanged
    | OrganisationNamed
    | DossierEvent
    | LikenessEvent
    | SearchEvent
    | LeavingEvent
)
