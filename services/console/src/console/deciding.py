"""What a person may do about what waits for a decision (`decisions.py`): each act is declared.

An act is offered to the roles that may do it, and the service decides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Act:
    """What somebody may do about it."""

    label: str
    service: str
    path: str
    """With the row's ids in braces."""
    roles: frozenset[str]
    carries: tuple[str, ...] = ()
    """What of the row goes into the body as it was read."""
    amounts: tuple[str, ...] = ()
    """And which amounts of it, carried as `5000.00:EUR`."""
    says: Mapping[str, None] = field(default_factory=dict)
    """What the body says besides, whatever the row is."""
    chooses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What the person chooses from: why, or how it ends."""
    days: Mapping[str, str] = field(default_factory=dict)
    """Days that the person names, each with its label."""
    paper: str = ""
    """What the document is that goes with it; empty: none does."""
    opens: str = ""
    """The page of ours where it is done, with the row's ids in braces; empty: it is done here."""
    on_version: bool = True
    own_too: bool = False
    """Also of whose own doing it is: they take it back."""
    link: bool = False
    """The page is opened by a link: looking at it is not on record."""

    def action(self, name: str, ids: Mapping[str, str]) -> str:
        """Where its form goes."""
        if self.opens:
            return PLACE.sub(lambda found: ids[found[1]], self.opens)
        return f"/waiting/{name}{'/with-paper' if self.paper else ''}"


LIFTS = frozenset({"certifying_officer", "approving_officer", "signatory", "grant_manager"})
APPROVES = frozenset({"approving_officer"})
SIGNS = frozenset({"signatory"})
KEEPS_RATES = frozenset({"grant_manager", "finance_officer"})
USES = frozenset({"certifying_officer", "approving_officer", "signatory"})
GIVES = frozenset({"grant_manager"})
VENDOR_APPROVER = frozenset({"vendor_approver"})
WHY_IT_GOES_ON = ("papers_seen", "explained", "corrected")
WHY_NOT_THE_RATE = ("not_as_published", "mistake", "not_needed")
ACTS: Mapping[str, Act] = {
    "lift": Act(
        "Let it go on",
        "disbursement",
        "/v1/payments/{payment}/release-from-hold",
        LIFTS,
        chooses={"reason": WHY_IT_GOES_ON},
    ),
    "different": Act(
        "It is another invoice",
        "disbursement",
        "/v1/commitments/{commitment}/invoices/{invoice}/clear-suspicion",
        LIFTS,
        chooses={"reason": ("papers_seen", "vendor_confirmed")},
    ),
    "reject-invoice": Act(
        "Nothing is owed on it",
        "disbursement",
        "/v1/commitments/{commitment}/invoices/{invoice}/reject",
        LIFTS,
        chooses={"reason": ("came_before", "not_ours", "mistake")},
    ),
    "waive": Act(
        "Pay what arrived all the same",
        "disbursement",
        "/v1/commitments/{commitment}/invoices/{invoice}/waive",
        APPROVES,
        chooses={"reason": ("less_is_enough", "price_is_fair", "order_was_wrong")},
        days={"expires": "until"},
    ),
    "settle-dispute": Act(
        "Settle it",
        "disbursement",
        "/v1/commitments/{commitment}/resolve-dispute",
        frozenset({"finance_officer", "receiving_officer"}),
        carries=("receipt",),
        chooses={"outcome": ("accepted_back", "reduced", "replaced")},
        paper="settlement",
    ),
    "approve-refund": Act(
        "It goes back to the vendor",
        "disbursement",
        "/v1/recoveries/{recovery}/approve-refund",
        APPROVES,
    ),
    "sign-refund": Act(
        "Sign that it goes back",
        "disbursement",
        "/v1/recoveries/{recovery}/sign-refund",
        SIGNS,
    ),
    "confirm-rate": Act(
        "Publish it",
        "disbursement",
        "/v1/exchange-rates/{rate}/confirm",
        KEEPS_RATES,
        carries=("date", "value"),
        on_version=False,
    ),
    "withdraw-rate": Act(
        "Withdraw it",
        "disbursement",
        "/v1/exchange-rates/{rate}/confirm",
        KEEPS_RATES,
        carries=("date",),
        says={"value": None},
        on_version=False,
    ),
    "decline-rate": Act(
        "Not this rate",
        "disbursement",
        "/v1/exchange-rates/{rate}/decline",
        KEEPS_RATES,
        carries=("date", "value"),
        chooses={"reason": WHY_NOT_THE_RATE},
        on_version=False,
        own_too=True,
    ),
    "keep-rate": Act(
        "Leave it published",
        "disbursement",
        "/v1/exchange-rates/{rate}/decline",
        KEEPS_RATES,
        carries=("date",),
        says={"value": None},
        chooses={"reason": WHY_NOT_THE_RATE},
        on_version=False,
        own_too=True,
    ),
    "decline-ceiling": Act(
        "Not this ceiling",
        "disbursement",
        "/v1/budget-lines/{line}/decline",
        GIVES,
        amounts=("ceiling",),
        chooses={"reason": ("donor_did_not_agree", "mistake", "not_needed")},
        on_version=False,
        own_too=True,
    ),
    "confirm-ceiling": Act(
        "Confirm it",
        "disbursement",
        "/v1/budget-lines/{line}/confirm",
        GIVES,
        amounts=("ceiling",),
        on_version=False,
    ),
    "accept-delegation": Act(
        "Take it on",
        "disbursement",
        "/v1/delegations/{delegation}/accept",
        USES,
    ),
    "confirm-delegation": Act(
        "Confirm it", "disbursement", "/v1/delegations/{delegation}/confirm", GIVES
    ),
    "confirm-list": Act(
        "The publisher made it",
        "vendors",
        "/v1/sanctions-lists/{source}/confirm",
        VENDOR_APPROVER,
        carries=("digest",),
        chooses={"reason": ("compared_with_publisher",)},
        on_version=False,
    ),
    "decline-list": Act(
        "It is not the publisher's",
        "vendors",
        "/v1/sanctions-lists/{source}/decline",
        VENDOR_APPROVER,
        carries=("digest",),
        chooses={"reason": ("not_the_publishers", "incomplete")},
        on_version=False,
    ),
    "look-at-upload": Act(
        "Compare it with the bank",
        "disbursement",
        "",
        frozenset({"finance_officer", "approving_officer", "grant_manager"}),
        opens="/bank/answers/{answer}",
        on_version=False,
        link=True,
    ),
    "look-at-matches": Act(
        "Look at whom it may be",
        "vendors",
        "",
        frozenset({"vendor_officer", "vendor_approver"}),
        opens="/vendors/{vendor}/matches",
        on_version=False,
    ),
}
