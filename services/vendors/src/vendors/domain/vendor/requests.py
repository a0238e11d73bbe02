"""What may be asked of a vendor."""

from datetime import date

from events.decider import Command
from events.values import Code, Digest, VendorId
from vendors.domain.dossier import IdentifyVendor, ReceiveDocuments
from vendors.domain.leaving import (
    DeactivateVendor,
    DecideDebarment,
    ProposeDebarment,
    RejectVendor,
)
from vendors.domain.likeness import DecideDuplicate, Likeness, SuspectDuplicates
from vendors.domain.programme import Diligence
from vendors.domain.searching import DecideMatch, RecordSearch, RecordSilence, RecordVendorOwner
from vendors.domain.vendor.kinds import Kind, Result, Source, Tier
from vendors.domain.vendor.naming import TellPublicName


class ProposeVendor(Command, frozen=True):
    vendor: VendorId
    kind: Kind
    country: Code
    tier: Tier
    name: str
    latin_name: str
    town: str
    phone: str


class RecordVendorContact(Command, frozen=True):
    source: Source
    phone: str


class RecordScreening(Command, frozen=True):
    list_set: Code
    list_version: Code
    on: date
    result: Result


class ApproveVendor(Command, frozen=True):
    diligence: Diligence
    found: tuple[Likeness, ...] = ()
    """Whom it may be, compared just now; the same below."""
    wanting: tuple[Digest, ...] = ()
    """Of its papers, what is not on file; the same below."""
    lists: Digest | None = None
    """Of the sanctions lists in force now; None: there is none. The same below."""


class SuspendVendor(Command, frozen=True):
    reason: Code


class SuspendForPapers(Command, frozen=True):
    """The platform's: a paper that the vendor needs may be over."""

    diligence: Diligence


class ReinstateVendor(Command, frozen=True):
    reason: Code
    reasoning: str
    diligence: Diligence
    found: tuple[Likeness, ...] = ()
    wanting: tuple[Digest, ...] = ()
    lists: Digest | None = None


class ChangeTier(Command, frozen=True):
    tier: Tier
    diligence: Diligence
    wanting: tuple[Digest, ...] = ()


VendorCommand = (
    ProposeVendor
    | RecordVendorContact
    | RecordScreening
    | ApproveVendor
    | SuspendVendor
    | SuspendForPapers
    | ReinstateVendor
    | ChangeTier
    | ReceiveDocuments
    | SuspectDuplicates
    | DecideDuplicate
    | IdentifyVendor
    | RecordVendorOwner
    | RecordSearch
    | RecordSilence
    | DecideMatch
    | RejectVendor
    | DeactivateVendor
    | ProposeDebarment
    | DecideDebarment
    | TellPublicName
)
