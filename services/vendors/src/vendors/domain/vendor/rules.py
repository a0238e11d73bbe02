"""What a vendor answers to a request."""

from collections.abc import Sequence
from datetime import date
from typing import Any, assert_never

from msgspec.structs import replace

from events.decider import Command
from vendors.domain.dossier import IdentifyVendor, ReceiveDocuments, filed
from vendors.domain.duties import Duty, nobody_twice
from vendors.domain.identifiers import called, require_country
from vendors.domain.leaving import (
    DeactivateVendor,
    DecideDebarment,
    ProposeDebarment,
    RejectVendor,
)
from vendors.domain.likeness import (
    DUPLICATE,
    DecideDuplicate,
    DuplicateVendorConfirmed,
    DuplicateVendorDismissed,
    DuplicateVendorSuspected,
    Same,
    SuspectDuplicates,
)
from vendors.domain.searching import (
    Debarred,
    DecideMatch,
    RecordSearch,
    RecordSilence,
    RecordVendorOwner,
    SanctionsMatchCleared,
    SanctionsMatchConfirmed,
    SanctionsMatchLapsed,
    SanctionsMatchSuspected,
    ScreeningSilenceFound,
    VendorApprovalExtended,
    VendorDebarred,
    VendorOwnerRecorded,
    VendorSearched,
    Verdict,
    by_hand,
)
from vendors.domain.vendor.exits import leave
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
from vendors.domain.vendor.kinds import (
    CONFIRMED_MATCH,
    DOCUMENT_EXPIRED,
    GONE,
    POSSIBLE_MATCH,
    Result,
    Source,
    Stage,
)
from vendors.domain.vendor.naming import TellPublicName, named
from vendors.domain.vendor.refusals import (
    NoSuchVendor,
    NotScreened,
    RegisteredOnce,
    ScreeningInTheFuture,
    ScreeningInThePast,
    ScreeningNotClear,
    ScreeningTooOld,
    SearchedByThePlatform,
    VendorIsAt,
)
from vendors.domain.vendor.requests import (
    ApproveVendor,
    ChangeTier,
    ProposeVendor,
    RecordScreening,
    RecordVendorContact,
    ReinstateVendor,
    SuspendForPapers,
    SuspendVendor,
    VendorCommand,
)
from vendors.domain.vendor.state import Screening, Vendor

BY_ITSELF = (RecordSearch, SuspectDuplicates, SuspendForPapers, TellPublicName)
"""What the platform asks of every vendor, also of one that is gone."""


def decide(command: VendorCommand, vendor: Vendor | None) -> Sequence[VendorEvent]:
    if isinstance(command, ProposeVendor):
        return [_propose(command, vendor)]
    if vendor is None:
        raise NoSuchVendor
    if vendor.stage in GONE:
        if isinstance(command, BY_ITSELF):
            return []
        _require_there(command, vendor)
    match command:
        case RecordVendorContact(by=by, at=at):
            called(command.phone)
            if command.source is Source.REGISTRATION:
                raise RegisteredOnce
            return [
                VendorContactRecorded(
                    by=by, at=at, vendor=vendor.id, source=command.source, phone=command.phone
                )
            ]
        case RecordScreening():
            return _screen(command, vendor)
        case RecordVendorOwner():
            return [_owned(command, vendor)]
        case RecordSearch():
            return _searched(command, vendor)
        case RecordSilence():
            return _silent(command, vendor)
        case DecideMatch():
            return _decided(command, vendor)
        case ApproveVendor(by=by, at=at):
            _at(vendor, Stage.PROPOSED)
            until = _cleared(command, vendor)
            return [VendorApproved(by=by, at=at, vendor=vendor.id, valid_until=until)]
        case SuspendVendor(by=by, at=at):
            _at(vendor, Stage.APPROVED)
            return [VendorSuspended(by=by, at=at, vendor=vendor.id, reason=command.reason)]
        case SuspendForPapers():
            return _papers_over(command, vendor)
        case ReinstateVendor(by=by, at=at):
            _at(vendor, Stage.SUSPENDED)
            vendor.leaving.require_none_proposed()
            until = _cleared(command, vendor)
            return [
                VendorReinstated(
                    by=by, at=at, vendor=vendor.id, reason=command.reason, valid_until=until
                ),
                ReinstatementExplained(by=by, at=at, vendor=vendor.id, reasoning=command.reasoning),
            ]
        case ChangeTier():
            return _change_tier(command, vendor)
        case SuspectDuplicates():
            return _suspected(command, vendor)
        case DecideDuplicate():
            return _same_or_not(command, vendor)
        case RejectVendor() | DeactivateVendor() | ProposeDebarment() | DecideDebarment():
            return leave(command, vendor)
        case TellPublicName():
            if not vendor.may_be_named:
                return []
            return [named(command, vendor.id)]
        case ReceiveDocuments() | IdentifyVendor():
            return [filed(command, vendor.id)]
        case _:
            assert_never(command)


def _require_there(command: VendorCommand, vendor: Vendor) -> None:
    """Nothing is done about who is gone, but that it may be debarred, or found on a list."""
    if vendor.stage is Stage.DEBARRED:
        raise Debarred
    if not isinstance(command, ProposeDebarment | DecideDebarment | DecideMatch):
        raise VendorIsAt(stage=vendor.stage, needed=Stage.APPROVED)


def _propose(command: ProposeVendor, vendor: Vendor | None) -> VendorProposed:
    if vendor is not None:
        raise VendorIsAt(stage=vendor.stage, needed=None)
    require_country(command.country)
    called(command.phone)
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
    """By hand, today, by another than the proposer. It clears nothing that is open."""
    today = command.at.date()
    if command.on > today:
        raise ScreeningInTheFuture(command.on)
    if command.on < today:
        raise ScreeningInThePast(command.on)
    nobody_twice(command.by, ((Duty.PROPOSED, vendor.proposed_by),))
    screening = Screening(command.list_set, command.list_version, command.on, command.result)
    if command.result is Result.POSSIBLE_MATCH:
        suspected = SanctionsMatchSuspected(
            by=command.by, at=command.at, vendor=vendor.id, match=by_hand(command, vendor.id)
        )
        return [suspected, *_screened(command, vendor, screening)]
    vendor.matches.require_none_waiting()
    last, searched = vendor.screening, vendor.matches.searched
    if last is not None and last.result is not Result.CLEAR:
        raise ScreeningNotClear(last.list_set, last.list_version)
    if searched is not None and searched.at.date() >= command.on:
        raise SearchedByThePlatform(searched.at.date())
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
    still_open = matches.waiting or matches.open(command.found)
    result = Result.POSSIBLE_MATCH if still_open else Result.CLEAR
    screening = Screening(command.list_set, command.list_version, at.date(), result)
    facts = [searched, *suspected, *_screened(command, vendor, screening)]
    until = command.counts_until
    if result is Result.CLEAR and until is not None and _lengthens(until, vendor):
        facts.append(VendorApprovalExtended(by=by, at=at, vendor=vendor.id, valid_until=until))
    return facts


def _silent(command: RecordSilence, vendor: Vendor) -> Sequence[VendorEvent]:
    by, at, silence, since = command.by, command.at, command.silence, command.since
    if (silence, since) in vendor.matches.silences:
        return []
    return [ScreeningSilenceFound(by=by, at=at, vendor=vendor.id, silence=silence, since=since)]


def _lengthens(until: date, vendor: Vendor) -> bool:
    """It is approved, and another clear search makes that last longer."""
    ends = vendor.valid_until
    return vendor.stage is Stage.APPROVED and ends is not None and until > ends


def _decided(command: DecideMatch, vendor: Vendor) -> Sequence[VendorEvent]:
    """Another than who proposed it or found it. After the last match the screening is clear."""
    vendor.matches.require(command.match, command.verdict)
    found_by = [(Duty.SCREENED, person) for person in vendor.matches.found_by(command.match)]
    nobody_twice(command.by, ((Duty.PROPOSED, vendor.proposed_by), *found_by))
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
    gone = command.verdict is Verdict.NO_LONGER_LISTED
    decided = SanctionsMatchLapsed(**told) if gone else SanctionsMatchCleared(**told)
    found = vendor.screening
    if vendor.matches.after(decided).waiting or found is None:
        return [decided]
    return [decided, *_screened(command, vendor, replace(found, result=Result.CLEAR))]


def _suspected(command: SuspectDuplicates, vendor: Vendor) -> list[VendorEvent]:
    return [
        DuplicateVendorSuspected(
            by=command.by,
            at=command.at,
            vendor=vendor.id,
            other=each.other,
            whose=each.whose,
            signs=each.signs,
        )
        for each in vendor.likenesses.new(command.found)
    ]


def _same_or_not(command: DecideDuplicate, vendor: Vendor) -> Sequence[VendorEvent]:
    """Another person than the proposer; what is bought from a duplicate stops."""
    newly = vendor.likenesses.require(command.other, command.found)
    nobody_twice(command.by, ((Duty.PROPOSED, vendor.proposed_by),))
    told: dict[str, Any] = {
        "by": command.by,
        "at": command.at,
        "vendor": vendor.id,
        "other": command.other,
        "reason": command.reason,
    }
    suspected = [
        DuplicateVendorSuspected(
            by=command.by,
            at=command.at,
            vendor=vendor.id,
            other=each.other,
            whose=each.whose,
            signs=each.signs,
        )
        for each in newly
    ]
    if command.verdict is Same.DISMISSED:
        return [*suspected, DuplicateVendorDismissed(**told)]
    confirmed = DuplicateVendorConfirmed(**told)
    if vendor.stage is not Stage.APPROVED:
        return [*suspected, confirmed]
    suspended = VendorSuspended(by=command.by, at=command.at, vendor=vendor.id, reason=DUPLICATE)
    return [*suspected, confirmed, suspended]


def _owned(command: RecordVendorOwner, vendor: Vendor) -> VendorOwnerRecorded:
    return VendorOwnerRecorded(
        by=command.by,
        at=command.at,
        vendor=vendor.id,
        name=command.name,
        latin_name=command.latin_name,
    )


def _papers_over(command: SuspendForPapers, vendor: Vendor) -> Sequence[VendorEvent]:
    """Once: who is suspended is not again, and is reinstated by papers that count."""
    needed = command.diligence.documents(vendor.kind, vendor.tier)
    if vendor.stage is not Stage.APPROVED or not vendor.dossier.expired(needed, command.at.date()):
        return []
    return [
        VendorSuspended(by=command.by, at=command.at, vendor=vendor.id, reason=DOCUMENT_EXPIRED)
    ]


def _change_tier(command: ChangeTier, vendor: Vendor) -> Sequence[VendorEvent]:
    """Another person than the proposer, with the papers that the new tier asks for."""
    _at(vendor, Stage.APPROVED)
    nobody_twice(command.by, ((Duty.PROPOSED, vendor.proposed_by),))
    needed = command.diligence.documents(vendor.kind, command.tier)
    vendor.dossier.require(needed, command.at.date(), command.wanting)
    if command.tier is vendor.tier:
        return []
    return [VendorTierChanged(by=command.by, at=command.at, vendor=vendor.id, tier=command.tier)]


def _at(vendor: Vendor, needed: Stage) -> None:
    if vendor.stage is not needed:
        raise VendorIsAt(stage=vendor.stage, needed=needed)


def _cleared(command: ApproveVendor | ReinstateVendor, vendor: Vendor) -> date:
    """Another person than the proposer finds papers and screening right; until when it counts."""
    nobody_twice(command.by, ((Duty.PROPOSED, vendor.proposed_by),))
    vendor.likenesses.require_none(command.found)
    needed = command.diligence.documents(vendor.kind, vendor.tier)
    vendor.dossier.require(needed, command.at.date(), command.wanting)
    screening = vendor.screening
    if screening is None:
        raise NotScreened
    if screening.result is not Result.CLEAR:
        raise ScreeningNotClear(screening.list_set, screening.list_version)
    vendor.matches.require_none_waiting()
    vendor.matches.require_searched_on(command.lists)
    until = command.diligence.screening_holds_until(screening.on)
    if command.at.date() > until:
        raise ScreeningTooOld(on=screening.on, held_until=until)
    return until
