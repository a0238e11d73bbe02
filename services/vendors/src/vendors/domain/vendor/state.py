"""What the facts of a vendor amount to."""

from datetime import date, datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from events.decider import State
from events.values import Code, PersonId, VendorId
from vendors.domain.dossier import Dossier, VendorDocumentsReceived, VendorIdentified
from vendors.domain.leaving import (
    Leaving,
    VendorDeactivated,
    VendorDebarmentDecided,
    VendorDebarmentProposed,
    VendorRejected,
)
from vendors.domain.likeness import (
    DuplicateVendorConfirmed,
    DuplicateVendorDismissed,
    DuplicateVendorSuspected,
    Likenesses,
)
from vendors.domain.searching import (
    Matches,
    SanctionsMatchCleared,
    SanctionsMatchConfirmed,
    SanctionsMatchLapsed,
    SanctionsMatchSuspected,
    ScreeningSilenceFound,
    VendorApprovalExtended,
    VendorDebarred,
    VendorOwnerRecorded,
    VendorSearched,
)
from vendors.domain.vendor.facts import (
    ReinstatementExplained,
    VendorApproved,
    VendorContactRecorded,
    VendorEvent,
    VendorProposed,
    VendorReinstated,
    VendorScreened,
    VendorSuspended,
    VendorTierChanged,
)
from vendors.domain.vendor.kinds import Kind, Result, Source, Stage, Tier
from vendors.domain.vendor.naming import ORGANISATIONS, OrganisationNamed


class Screening(msgspec.Struct, frozen=True):
    list_set: Code
    list_version: Code
    on: date
    result: Result


class OnFile(msgspec.Struct, frozen=True):
    """A way to reach the vendor, since when we have it and from whom. The number is personal."""

    source: Source
    since: datetime
    by: PersonId | None = None
    """None in rows of a view that were written before this was kept."""


class Vendor(State, frozen=True):
    id: VendorId
    kind: Kind
    country: Code
    tier: Tier
    stage: Stage
    proposed_by: PersonId
    contacts: tuple[OnFile, ...]
    screening: Screening | None = None
    valid_until: date | None = None
    matches: Matches = Matches()
    dossier: Dossier = Dossier()
    likenesses: Likenesses = Likenesses()
    leaving: Leaving = Leaving()
    publicly_named: bool = False

    @property
    def may_be_named(self) -> bool:
        """In public: a legal person, approved, and not named yet."""
        is_one = self.kind in ORGANISATIONS
        return is_one and self.stage is Stage.APPROVED and not self.publicly_named

    def may_be_paid(self, today: date) -> bool:
        """Approved, and its screening still counts (S4)."""
        approved = self.stage is Stage.APPROVED
        return approved and self.valid_until is not None and today <= self.valid_until


def evolve(vendor: Vendor | None, event: VendorEvent) -> Vendor:
    if isinstance(event, VendorProposed):
        return Vendor(
            id=event.vendor,
            kind=event.kind,
            country=event.country,
            tier=event.tier,
            stage=Stage.PROPOSED,
            proposed_by=event.by,
            contacts=(OnFile(Source.REGISTRATION, event.at, event.by),),
        )
    assert vendor is not None, "a fact about a vendor that nobody proposed"
    match event:
        case VendorContactRecorded():
            on_file = OnFile(event.source, event.at, event.by)
            return replace(vendor, contacts=(*vendor.contacts, on_file))
        case VendorScreened():
            return replace(
                vendor,
                screening=Screening(event.list_set, event.list_version, event.on, event.result),
            )
        case VendorApproved():
            return replace(vendor, stage=Stage.APPROVED, valid_until=event.valid_until)
        case VendorSuspended():
            return replace(vendor, stage=Stage.SUSPENDED)
        case VendorApprovalExtended():
            return replace(vendor, valid_until=event.valid_until)
        case VendorReinstated():
            return replace(vendor, stage=Stage.APPROVED, valid_until=event.valid_until)
        case ReinstatementExplained():
            return vendor
        case VendorDebarred():
            return replace(vendor, stage=Stage.DEBARRED)
        case VendorRejected():
            return replace(vendor, stage=Stage.REJECTED)
        case VendorDeactivated():
            return replace(vendor, stage=Stage.INACTIVE)
        case VendorDebarmentProposed() | VendorDebarmentDecided():
            return replace(vendor, leaving=vendor.leaving.after(event))
        case VendorTierChanged(tier=tier):
            return replace(vendor, tier=tier)
        case OrganisationNamed():
            return replace(vendor, publicly_named=True)
        case VendorDocumentsReceived() | VendorIdentified():
            return replace(vendor, dossier=vendor.dossier.after(event))
        case DuplicateVendorSuspected() | DuplicateVendorDismissed() | DuplicateVendorConfirmed():
            return replace(vendor, likenesses=vendor.likenesses.after(event))
        case (
            VendorOwnerRecorded()
            | VendorSearched()
            | ScreeningSilenceFound()
            | SanctionsMatchSuspected()
            | SanctionsMatchCleared()
            | SanctionsMatchConfirmed()
            | SanctionsMatchLapsed()
        ):
            return replace(vendor, matches=vendor.matches.after(event))
        case _:
            assert_never(event)
