"""A vendor: who may be paid, once somebody other than its proposer has approved it.

    proposed -> approved <-> suspended

Approval needs a clear screening against the sanctions lists that is not too old (S4). A possible
match on a later screening suspends the vendor at once; only a person lifts that, after a clear
one. Who proposed a vendor neither approves nor reinstates it, nor decides a match (D5). What the
platform itself finds on the lists, and who decides it, is told in `searching`; who is found to be
on a list is debarred, for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.personal import Contact, Identity
from events.values import Code, PersonId, VendorId
from vendors.domain.duties import Duty, nobody_twice
from vendors.domain.programme import Diligence
from vendors.domain.searching import (
    Debarred,
    DecideMatch,
    Matches,
    RecordSearch,
    RecordVendorOwner,
    SanctionsMatchCleared,
    SanctionsMatchConfirmed,
    SanctionsMatchSuspected,
    SearchEvent,
    VendorDebarred,
    VendorOwnerRecorded,
    VendorSearched,
    Verdict,
)


class Kind(StrEnum):
    """What sort of payee it is."""

    COMPANY = "company"
    SOLE_TRADER = "sole_trader"
    SCHOOL = "school"
    LANDLORD = "landlord"
    CLINIC = "clinic"
    EMPLOYER = "employer"
    LENDER = "lender"
    PARTNER = "partner"


class Tier(StrEnum):
    """How thoroughly it is examined, by what is expected to be bought from it."""

    BASIC = "basic"
    STANDARD = "standard"
    ENHANCED = "enhanced"


class Stage(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    DEBARRED = "debarred"


class Result(StrEnum):
    """What a screening found."""

    CLEAR = "clear"
    POSSIBLE_MATCH = "possible_match"


class Source(StrEnum):
    """Where a way to reach the vendor comes from."""

    REGISTRATION = "registration"
    PUBLIC_REGISTER = "public_register"
    SITE_VISIT = "site_visit"


POSSIBLE_MATCH = Code("possible_match")
"""The reason of a suspension that follows from a screening."""
CONFIRMED_MATCH = Code("confirmed_match")
"""The reason why a vendor is debarred."""


# Requests


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


class SuspendVendor(Command, frozen=True):
    reason: Code


class ReinstateVendor(Command, frozen=True):
    reason: Code
    diligence: Diligence


VendorCommand = (
    ProposeVendor
    | RecordVendorContact
    | RecordScreening
    | ApproveVendor
    | SuspendVendor
    | ReinstateVendor
    | RecordVendorOwner
    | RecordSearch
    | DecideMatch
)


# Facts


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


VendorEvent = (
    VendorProposed
    | VendorContactRecorded
    | VendorScreened
    | VendorApproved
    | VendorSuspended
    | VendorReinstated
    | VendorDebarred
    | SearchEvent
)


# Refusals, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class NoSuchVendor(Rejected):
    """There is no such vendor."""


@dataclass(unsafe_hash=True)
class VendorIsAt(Rejected):
    """The act needs the vendor at another stage (`None`: not there yet)."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class ScreeningInTheFuture(Rejected):
    """A screening is recorded after it was made."""

    on: date


@dataclass(unsafe_hash=True)
class NotScreened(Rejected):
    """Nobody has looked for the vendor on the sanctions lists."""


@dataclass(unsafe_hash=True)
class ScreeningNotClear(Rejected):
    """The last screening found a possible match (S4)."""

    list_set: Code
    list_version: Code


@dataclass(unsafe_hash=True)
class ScreeningTooOld(Rejected):
    """The last clear screening no longer counts (S4)."""

    on: date
    held_until: date


# State


class Screening(msgspec.Struct, frozen=True):
    list_set: Code
    list_version: Code
    on: date
    result: Result


class OnFile(msgspec.Struct, frozen=True):
    """A way to reach the vendor, and since when we have it. The number itself is personal."""

    source: Source
    since: datetime


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
            contacts=(OnFile(Source.REGISTRATION, event.at),),
        )
    assert vendor is not None, "a fact about a vendor that nobody proposed"
    match event:
        case VendorContactRecorded():
            on_file = OnFile(event.source, event.at)
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
        case VendorReinstated():
            return replace(vendor, stage=Stage.APPROVED, valid_until=event.valid_until)
        case VendorDebarred():
            return replace(vendor, stage=Stage.DEBARRED)
        case (
            VendorOwnerRecorded()
            | VendorSearched()
            | SanctionsMatchSuspected()
            | SanctionsMatchCleared()
            | SanctionsMatchConfirmed()
        ):
            return replace(vendor, matches=vendor.matches.after(event))
        case _:
            assert_never(event)


# Rules


def decide(command: VendorCommand, vendor: Vendor | None) -> Sequence[VendorEvent]:
    if isinstance(command, ProposeVendor):
        return [_propose(command, vendor)]
    if vendor is None:
        raise NoSuchVendor
    if vendor.stage is Stage.DEBARRED and not isinstance(command, RecordSearch):
        raise Debarred
    match command:
        case RecordVendorContact(by=by, at=at):
            return [
                VendorContactRecorded(
                    by=by, at=at, vendor=vendor.id, source=command.source, phone=command.phone
                )
            ]
        case RecordScreening():
            return _screen(command, vendor)
        case RecordVendorOwner(by=by, at=at):
            return [
                VendorOwnerRecorded(
                    by=by,
                    at=at,
                    vendor=vendor.id,
                    name=command.name,
                    latin_name=command.latin_name,
                )
            ]
        case RecordSearch():
            return _searched(command, vendor)
        case DecideMatch():
            return _decided(command, vendor)
        case ApproveVendor(by=by, at=at):
            _at(vendor, Stage.PROPOSED)
            until = _cleared(command, vendor)
            return [VendorApproved(by=by, at=at, vendor=vendor.id, valid_until=until)]
        case SuspendVendor(by=by, at=at):
            _at(vendor, Stage.APPROVED)
            return [VendorSuspended(by=by, at=at, vendor=vendor.id, reason=command.reason)]
        case ReinstateVendor(by=by, at=at):
            _at(vendor, Stage.SUSPENDED)
            until = _cleared(command, vendor)
            return [
                VendorReinstated(
                    by=by, at=at, vendor=vendor.id, reason=command.reason, valid_until=until
                )
            ]
        case _:
            assert_never(command)


def _propose(command: ProposeVendor, vendor: Vendor | None) -> VendorProposed:
    if vendor is not None:
        raise VendorIsAt(stage=vendor.stage, needed=None)
    return VendorProposed(
        by=command.by,
        at=command.at,
        vendor=command.vendor,
        kind=command.kind,
        country=command.country,
        tier=command.tier,
        name=command.name,
        latin_name=command.latin_name,
        town=command.town,
        phone=command.phone,
    )


def _screen(command: RecordScreening, vendor: Vendor) -> Sequence[VendorEvent]:
    if command.on > command.at.date():
        raise ScreeningInTheFuture(command.on)
    vendor.matches.require_none_waiting()
    screening = Screening(command.list_set, command.list_version, command.on, command.result)
    return _screened(command, vendor, screening)


def _screened(command: Command, vendor: Vendor, found: Screening) -> list[VendorEvent]:
    """It was looked for; a possible match suspends at once."""
    by, at = command.by, command.at
    screened = VendorScreened(
        by=by,
        at=at,
        vendor=vendor.id,
        list_set=found.list_set,
        list_version=found.list_version,
        on=found.on,
        result=found.result,
    )
    if found.result is Result.POSSIBLE_MATCH and vendor.stage is Stage.APPROVED:
        suspended = VendorSuspended(by=by, at=at, vendor=vendor.id, reason=POSSIBLE_MATCH)
        return [screened, suspended]
    return [screened]


def _searched(command: RecordSearch, vendor: Vendor) -> Sequence[VendorEvent]:
    by, at, matches = command.by, command.at, vendor.matches
    if vendor.stage is Stage.DEBARRED:
        return []
    searched = VendorSearched(
        by=by,
        at=at,
        vendor=vendor.id,
        lists=command.lists,
        names=command.names,
        found=command.found,
    )
    if command.names == 0:  # erased: nobody was looked for, so nobody is clear
        return [searched]
    suspected = [
        SanctionsMatchSuspected(by=by, at=at, vendor=vendor.id, match=match)
        for match in matches.new(command.found)
    ]
    result = Result.POSSIBLE_MATCH if matches.open(command.found) else Result.CLEAR
    screening = Screening(command.list_set, command.list_version, at.date(), result)
    return [searched, *suspected, *_screened(command, vendor, screening)]


def _decided(command: DecideMatch, vendor: Vendor) -> Sequence[VendorEvent]:
    """Another person than the proposer. After the last false match the screening is clear."""
    vendor.matches.require(command.match)
    nobody_twice(command.by, ((Duty.PROPOSED, vendor.proposed_by),))
    told: dict[str, Any] = {
        "by": command.by,
        "at": command.at,
        "vendor": vendor.id,
        "match": command.match,
        "reason": command.reason,
        "reasoning": command.reasoning,
    }
    if command.verdict is Verdict.CONFIRMED:
        debarred = VendorDebarred(
            by=command.by, at=command.at, vendor=vendor.id, reason=CONFIRMED_MATCH
        )
        return [SanctionsMatchConfirmed(**told), debarred]
    cleared = SanctionsMatchCleared(**told)
    found = vendor.screening
    if vendor.matches.after(cleared).waiting or found is None:
        return [cleared]
    return [cleared, *_screened(command, vendor, replace(found, result=Result.CLEAR))]


def _at(vendor: Vendor, needed: Stage) -> None:
    if vendor.stage is not needed:
        raise VendorIsAt(stage=vendor.stage, needed=needed)


def _cleared(command: ApproveVendor | ReinstateVendor, vendor: Vendor) -> date:
    """Another person than the proposer finds the screening clear; until when it counts."""
    nobody_twice(command.by, ((Duty.PROPOSED, vendor.proposed_by),))
    screening = vendor.screening
    if screening is None:
        raise NotScreened
    if screening.result is not Result.CLEAR:
        raise ScreeningNotClear(screening.list_set, screening.list_version)
    until = command.diligence.screening_holds_until(screening.on)
    if command.at.date() > until:
        raise ScreeningTooOld(on=screening.on, held_until=until)
    return until


vendor = Decider(decide=decide, evolve=evolve)
