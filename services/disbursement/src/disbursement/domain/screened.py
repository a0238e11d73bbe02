"""The vendor is looked for on the sanctions lists again before a payment to it is released (S4).

Vendors searches for it as soon as the payment is approved. The second signature, which releases
the payment, waits until such a search was clear, or a person has decided on what it found.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from events.decider import Rejected
from events.values import Code, VendorId

CLEAR = Code("clear")


class Search(msgspec.Struct, frozen=True):
    """What the platform's searches for a vendor came to, for a programme that asks for one."""

    clear_at: datetime | None
    """When it last looked, and nothing is open since; None: it never did, or a match is open."""

    def is_newer_than(self, approved_at: datetime | None) -> bool:
        return (
            self.clear_at is not None and approved_at is not None and self.clear_at >= approved_at
        )


@dataclass(unsafe_hash=True)
class NotScreenedSinceApproval(Rejected):
    """The vendor was not searched for, and found clear, since the payment was approved (S4)."""

    vendor: VendorId
    clear_at: datetime | None
    approved_at: datetime | None


def require_screened_again(
    search: Search | None, vendor: VendorId, approved_at: datetime | None
) -> None:
    """`search`: None where the programme does not ask for it. `NotScreenedSinceApproval`."""
    if search is not None and not search.is_newer_than(approved_at):
        raise NotScreenedSinceApproval(vendor, search.clear_at, approved_at)
