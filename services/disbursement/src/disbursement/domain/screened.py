"""The vendor is looked for on the sanctions lists again before a payment to it is released (S4).

Vendors searches for it as soon as the payment is approved, and once more when a second person
approves it, or a refund. Each signature rests on such a search, and so do the file that the payment
goes into and the refund: since the last approval, no longer ago than a screening counts, on the
lists that are in force, and clear, or a person has decided on what it found.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from events.decider import Rejected
from events.values import Code, VendorId

CLEAR = Code("clear")
COUNTS_DAYS = 90
"""How long a search counts where a programme does not say."""


class Search(msgspec.Struct, frozen=True):
    """What the platform's searches for a vendor came to, for a programme that asks for one."""

    clear_at: datetime | None
    """When it last looked, and nothing is open since; None: it never did, or a match is open."""
    counts_for: timedelta
    on_lists_in_force: bool = True
    """It looked on all the lists that are in force now."""

    def is_newer_than(self, approved_at: datetime | None) -> bool:
        return (
            self.clear_at is not None and approved_at is not None and self.clear_at >= approved_at
        )

    @property
    def counts_until(self) -> datetime | None:
        return self.clear_at + self.counts_for if self.clear_at else None


@dataclass(unsafe_hash=True)
class NotScreenedSinceApproval(Rejected):
    """The vendor was not searched for, and found clear, since the payment was approved (S4)."""

    vendor: VendorId
    clear_at: datetime | None
    approved_at: datetime | None


@dataclass(unsafe_hash=True)
class NotSearchedSinceList(Rejected):
    """The vendor was not searched for, and found clear, on the lists that are in force now (S4)."""

    vendor: VendorId
    clear_at: datetime | None


@dataclass(unsafe_hash=True)
class SearchTooOld(Rejected):
    """The last search for the vendor was longer ago than its programme lets one count (S4)."""

    vendor: VendorId
    clear_at: datetime | None
    counted_until: datetime


def require_screened_again(
    search: Search | None, vendor: VendorId, approved_at: datetime | None, at: datetime
) -> None:
    """`search`: None where the programme does not ask for it. Refuses by one of those above."""
    if search is None:
        return
    if not search.is_newer_than(approved_at):
        raise NotScreenedSinceApproval(vendor, search.clear_at, approved_at)
    if not search.on_lists_in_force:
        raise NotSearchedSinceList(vendor, search.clear_at)
    if search.counts_until is not None and search.counts_until < at:
        raise SearchTooOld(vendor, search.clear_at, search.counts_until)
