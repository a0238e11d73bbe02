"""A vendor on the sanctions lists: the platform searches, a person decides what was found.

Each match is a digest under a key of the service's own: whom it is with, stands beside the
history. A possible match stops the vendor until somebody who did not propose it has decided with a
reason; no search closes it, also when the list has the entry no more. What was found to be another
is not asked again while neither name changes; who is on the list is debarred, and nobody lifts
that. What a person found by hand waits in the same way, for another than that person.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import msgspec
from msgspec.structs import replace

from events.decider import Command, Event, Rejected
from events.personal import Identity, Protection
from events.values import SYSTEM, Code, Digest, PersonId, VendorId


class Verdict(StrEnum):
    """What a person found out about a possible match."""

    FALSE_POSITIVE = "false_positive"
    CONFIRMED = "confirmed"
    NO_LONGER_LISTED = "no_longer_listed"
    """The last search found the entry on no list; it is asked about again if it returns."""


class Silence(StrEnum):
    """Of what nobody has given account."""

    NOT_SCREENED = "not_screened"
    """It was not searched for within the days that a screening counts."""
    MATCH_UNDECIDED = "match_undecided"
    """A possible match has waited for a person until the next search was due."""


# Requests


class RecordVendorOwner(Command, frozen=True):
    name: str
    latin_name: str


class RecordSearch(Command, frozen=True):
    """What the platform found on the lists that are loaded."""

    list_set: Code
    list_version: Code
    lists: Digest
    names: int
    found: tuple[Digest, ...]
    counts_until: date | None = None
    """The last day on which a clear screening of today counts; None: no programme says."""


class RecordSilence(Command, frozen=True):
    silence: Silence
    since: date


class DecideMatch(Command, frozen=True):
    match: Digest
    verdict: Verdict
    reason: Code
    reasoning: str


# Facts


class VendorOwnerRecorded(Event, frozen=True, tag="vendors.vendor_owner_recorded.v1"):
    """Somebody owns the vendor, wholly or in part: they are screened with it."""

    about: ClassVar[str | None] = "vendor"

    vendor: VendorId
    name: Identity[str]
    latin_name: Identity[str]


class VendorSearched(Event, frozen=True, tag="vendors.vendor_searched.v1"):
    """The platform looked for the vendor and its owners on these lists."""

    vendor: VendorId
    lists: Digest
    """Of the digests of all the lists that were searched."""
    names: int
    """How many names of the vendor and its owners were looked for."""
    found: tuple[Digest, ...]
    """All that they may be, those included that were decided before."""


class VendorApprovalExtended(Event, frozen=True, tag="vendors.vendor_approval_extended.v1"):
    """It was looked for again and is on no list: its approval lasts as long as that counts (S4)."""

    vendor: VendorId
    valid_until: date


class ScreeningSilenceFound(Event, frozen=True, tag="vendors.screening_silence_found.v1"):
    """Something should have been said of the vendor by now, and nobody has: a finding."""

    vendor: VendorId
    silence: Silence
    since: date


class SanctionsMatchSuspected(Event, frozen=True, tag="vendors.sanctions_match_suspected.v1"):
    """The vendor or an owner may be one who is listed: a person has to decide."""

    vendor: VendorId
    match: Digest


class SanctionsMatchCleared(Event, frozen=True, tag="vendors.sanctions_match_cleared.v1"):
    """Somebody found that it is another."""

    about: ClassVar[str | None] = "vendor"

    vendor: VendorId
    match: Digest
    reason: Code
    reasoning: Protection[str]


class SanctionsMatchConfirmed(Event, frozen=True, tag="vendors.sanctions_match_confirmed.v1"):
    """Somebody found that it is the one who is listed."""

    about: ClassVar[str | None] = "vendor"

    vendor: VendorId
    match: Digest
    reason: Code
    reasoning: Protection[str]


class SanctionsMatchLapsed(Event, frozen=True, tag="vendors.sanctions_match_lapsed.v1"):
    """Somebody decided on a match whose entry is on no list any more."""

    about: ClassVar[str | None] = "vendor"

    vendor: VendorId
    match: Digest
    reason: Code
    reasoning: Protection[str]


class VendorDebarred(Event, frozen=True, tag="vendors.vendor_debarred.v1"):
    """Nothing is bought from the vendor or paid to it any more."""

    vendor: VendorId
    reason: Code


SearchEvent = (
    VendorOwnerRecorded
    | VendorSearched
    | ScreeningSilenceFound
    | SanctionsMatchSuspected
    | SanctionsMatchCleared
    | SanctionsMatchConfirmed
    | SanctionsMatchLapsed
)


# Refusals


@dataclass(unsafe_hash=True)
class MatchUndecided(Rejected):
    """A possible match waits for a person's decision; no other screening stands above it."""

    matches: int


@dataclass(unsafe_hash=True)
class NoSuchMatch(Rejected):
    """No such match waits for a decision."""

    match: Digest


@dataclass(unsafe_hash=True)
class StillListed(Rejected):
    """The last search found this match again, or somebody found it by hand."""

    match: Digest


@dataclass(unsafe_hash=True)
class NotSearchedOnTheseLists(Rejected):
    """The platform has not yet looked for the vendor on the lists that are in force now."""


@dataclass(unsafe_hash=True)
class Debarred(Rejected):
    """Nothing is bought from the vendor or paid to it any more."""


def by_hand(command: Command, vendor: VendorId) -> Digest:
    """What stands for a match that a person found: there is one for each act."""
    told = f"found by hand\n{vendor}\n{command.by}\n{command.at.isoformat()}"
    return Digest(hashlib.sha256(told.encode()).hexdigest())


# State


class Searched(msgspec.Struct, frozen=True):
    """The last search by the platform."""

    at: datetime
    lists: Digest


class Matches(msgspec.Struct, frozen=True):
    """What searches found, and what became of it."""

    waiting: tuple[Digest, ...] = ()
    cleared: tuple[Digest, ...] = ()
    searched: Searched | None = None
    named_at: datetime | None = None
    """When a name of the vendor or of an owner was last recorded."""
    silences: tuple[tuple[Silence, date], ...] = ()
    """What was found to be missing, and since when: each is told once."""
    gone: tuple[Digest, ...] = ()
    """What waits, and the last search did not find."""
    by_hand: tuple[tuple[Digest, PersonId], ...] = ()
    """What persons found themselves, and who."""

    @property
    def is_due_for_its_names(self) -> bool:
        """Somebody was named whom no search has looked for."""
        searched = self.searched
        return self.named_at is not None and (searched is None or searched.at <= self.named_at)

    def after(self, event: SearchEvent) -> "Matches":
        match event:
            case VendorOwnerRecorded(at=at):
                return replace(self, named_at=at)
            case VendorSearched(at=at, lists=lists, found=found):
                known = {*found, *(match for match, _ in self.by_hand)}
                gone = tuple(each for each in self.waiting if each not in known)
                return replace(self, gone=gone, searched=Searched(at, lists))
            case ScreeningSilenceFound(silence=silence, since=since):
                return replace(self, silences=(*self.silences, (silence, since)))
            case SanctionsMatchSuspected(match=match, by=by):
                by_hand = self.by_hand if by == SYSTEM else (*self.by_hand, (match, by))
                return replace(self, waiting=(*self.waiting, match), by_hand=by_hand)
            case SanctionsMatchCleared(match=match):
                return replace(self, waiting=self._without(match), cleared=(*self.cleared, match))
            case SanctionsMatchConfirmed(match=match) | SanctionsMatchLapsed(match=match):
                return replace(self, waiting=self._without(match))

    def new(self, found: Sequence[Digest]) -> tuple[Digest, ...]:
        """What nobody was asked about yet."""
        known = {*self.waiting, *self.cleared}
        return tuple(each for each in dict.fromkeys(found) if each not in known)

    def open(self, found: Sequence[Digest]) -> tuple[Digest, ...]:
        """What is not yet known to be another."""
        return tuple(each for each in dict.fromkeys(found) if each not in self.cleared)

    def found_by(self, match: Digest) -> tuple[PersonId, ...]:
        """Who found it by hand."""
        return tuple(person for each, person in self.by_hand if each == match)

    def require(self, match: Digest, verdict: Verdict) -> None:
        if match not in self.waiting:
            raise NoSuchMatch(match)
        if verdict is Verdict.NO_LONGER_LISTED and match not in self.gone:
            raise StillListed(match)

    def require_searched_on(self, lists: Digest | None) -> None:
        """`lists`: what is in force now; None: nothing is."""
        if lists != (self.searched.lists if self.searched else None):
            raise NotSearchedOnTheseLists

    def is_clear_on(self, lists: Digest | None) -> bool:
        """All its names were looked for on what is in force now (None: nothing is), and nothing
        that was found waits for a person.
        """
        on = self.searched.lists if self.searched else None
        return not self.waiting and not self.is_due_for_its_names and lists in (None, on)

    def require_none_waiting(self) -> None:
        if self.waiting:
            raise MatchUndecided(len(self.waiting))

    def _without(self, match: Digest) -> tuple[Digest, ...]:
        return tuple(each for each in self.waiting if each != match)
