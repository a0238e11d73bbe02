"""A vendor that may be another vendor, somebody on the staff, or a returnee (red flag R8).

The platform compares telephones, numbers, accounts and names by keyed tokens and says who shares
which; a person who did not propose the vendor decides with a reason. Until then the vendor is not
approved. What was dismissed is not asked again while both share no more than they did. It is found
from one side, and may be decided from either: each is approved by what was decided of itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Command, Event, Rejected
from events.values import Code, SubjectId, VendorId


class Sign(StrEnum):
    """What two have in common."""

    PHONE = "phone"
    NUMBER = "number"
    ACCOUNT = "account"
    NAME = "name"
    PARTICULARS = "particulars"
    """As intake compares returnees: names, telephones and numbers together."""


class Whose(StrEnum):
    """Who the other is."""

    VENDOR = "vendor"
    STAFF = "staff"
    RETURNEE = "returnee"


class Same(StrEnum):
    """What a person found out."""

    DISMISSED = "dismissed"
    CONFIRMED = "confirmed"


class Likeness(msgspec.Struct, frozen=True):
    other: SubjectId
    whose: Whose
    signs: tuple[Sign, ...]


DUPLICATE = Code("duplicate")
"""The reason of a suspension that follows from a confirmed duplicate."""


# Requests


class SuspectDuplicates(Command, frozen=True):
    """What the platform found by comparing."""

    found: tuple[Likeness, ...]


class DecideDuplicate(Command, frozen=True):
    other: SubjectId
    verdict: Same
    reason: Code
    found: tuple[Likeness, ...] = ()
    """Whom it may be, compared just now: a likeness that was found from the other's side, and waits
    there alone."""


# Facts


class DuplicateVendorSuspected(Event, frozen=True, tag="vendors.duplicate_vendor_suspected.v1"):
    """The vendor may be somebody whom we know already: a person has to decide."""

    vendor: VendorId
    other: SubjectId
    whose: Whose
    signs: tuple[Sign, ...]


class DuplicateVendorDismissed(Event, frozen=True, tag="vendors.duplicate_vendor_dismissed.v1"):
    """Somebody found that they are two."""

    vendor: VendorId
    other: SubjectId
    reason: Code


class DuplicateVendorConfirmed(Event, frozen=True, tag="vendors.duplicate_vendor_confirmed.v1"):
    """Somebody found that they are one: the vendor is not approved as this one."""

    vendor: VendorId
    other: SubjectId
    reason: Code


LikenessEvent = DuplicateVendorSuspected | DuplicateVendorDismissed | DuplicateVendorConfirmed


# Refusals


@dataclass(unsafe_hash=True)
class DuplicateUndecided(Rejected):
    """The vendor may be somebody whom we know already: a person decides first (R8)."""

    others: tuple[SubjectId, ...]


@dataclass(unsafe_hash=True)
class IsDuplicate(Rejected):
    """The vendor is somebody whom we know already."""

    other: SubjectId


@dataclass(unsafe_hash=True)
class NoSuchDuplicate(Rejected):
    """No such likeness waits for a decision."""

    other: SubjectId


# State


class Likenesses(msgspec.Struct, frozen=True):
    """What comparing found, and what became of it."""

    waiting: tuple[Likeness, ...] = ()
    dismissed: tuple[Likeness, ...] = ()
    confirmed: tuple[SubjectId, ...] = ()

    def after(self, event: LikenessEvent) -> "Likenesses":
        match event:
            case DuplicateVendorSuspected(other=other, whose=whose, signs=signs):
                rest = self._but(other)
                return replace(self, waiting=(*rest, Likeness(other, whose, signs)))
            case DuplicateVendorDismissed(other=other):
                looked_at = tuple(each for each in self.waiting if each.other == other)
                dismissed = (*self.dismissed, *looked_at)
                return replace(self, waiting=self._but(other), dismissed=dismissed)
            case DuplicateVendorConfirmed(other=other):
                confirmed = (*self.confirmed, other)
                return replace(self, waiting=self._but(other), confirmed=confirmed)
            case _:
                assert_never(event)

    def new(self, found: Sequence[Likeness]) -> tuple[Likeness, ...]:
        """What nobody was asked about yet."""
        return tuple(
            each
            for each in found
            if each.other not in self.confirmed
            and not _covered(each, self.waiting)
            and not _covered(each, self.dismissed)
        )

    def require_none(self, found: Sequence[Likeness]) -> None:
        """Nobody is known who may be the same, by what was found before or just now."""
        if self.confirmed:
            raise IsDuplicate(self.confirmed[0])
        waiting = (*self.waiting, *self.new(found))
        if waiting:
            raise DuplicateUndecided(tuple(sorted({each.other for each in waiting})))

    def require(self, other: SubjectId, found: Sequence[Likeness]) -> tuple[Likeness, ...]:
        """It waits for a decision; what of it nobody was asked about here yet."""
        newly = tuple(each for each in self.new(found) if each.other == other)
        if not newly and all(each.other != other for each in self.waiting):
            raise NoSuchDuplicate(other)
        return newly

    def _but(self, other: SubjectId) -> tuple[Likeness, ...]:
        return tuple(each for each in self.waiting if each.other != other)


def _covered(found: Likeness, known: Sequence[Likeness]) -> bool:
    """The same other was seen with no fewer signs."""
    return any(k.other == found.other and set(found.signs) <= set(k.signs) for k in known)
