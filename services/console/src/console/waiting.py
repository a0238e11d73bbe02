"""What waits for a decision of a person: each kind of it is declared, and so is each act on it.

A kind is shown to whom its service shows it; an act is offered to the roles that may do it, and the
service decides.
"""

import asyncio
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.backend import Refused
from console.pages import (
    ANSWERS_FOR_MONEY,
    Desk,
    Here,
    NotFromOurPage,
    OwnForm,
    SignedIn,
    an_id,
    carried,
    render,
)
from console.sessions import Session
from console.shapes import words
from events.ports import Unavailable

router = APIRouter()
SHOWN = "100"
VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}")
Told = dict[str, Any]


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
    reasons: tuple[str, ...] = ()
    """What the person chooses from, if they are to say why."""
    on_version: bool = True


@dataclass(frozen=True)
class Row:
    """One thing that waits."""

    about: Mapping[str, object]
    """By label, what is to be known of it: codes, ids, amounts, days."""
    ids: Mapping[str, str]
    acts: tuple[str, ...] = ()
    version: int | None = None
    carried: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of what waits."""

    title: str
    empty: str
    service: str
    path: str
    sees: frozenset[str]
    rows: Callable[[Told], Iterator[Row]]
    query: tuple[tuple[str, str], ...] = (("limit", SHOWN),)


LIFTS = frozenset({"certifying_officer", "approving_officer", "signatory", "grant_manager"})
APPROVES = frozenset({"approving_officer"})
KEEPS_RATES = frozenset({"grant_manager", "finance_officer"})
USES = frozenset({"certifying_officer", "approving_officer", "signatory"})
GIVES = frozenset({"grant_manager"})
VENDOR_APPROVER = frozenset({"vendor_approver"})
WHY_IT_GOES_ON = ("papers_seen", "explained", "corrected")
ACTS: Mapping[str, Act] = {
    "lift": Act(
        "Let it go on",
        "disbursement",
        "/v1/payments/{payment}/release-from-hold",
        LIFTS,
        reasons=WHY_IT_GOES_ON,
    ),
    "different": Act(
        "It is another invoice",
        "disbursement",
        "/v1/commitments/{commitment}/invoices/{invoice}/clear-suspicion",
        LIFTS,
        reasons=("papers_seen", "vendor_confirmed"),
    ),
    "reject-invoice": Act(
        "Nothing is owed on it",
        "disbursement",
        "/v1/commitments/{commitment}/invoices/{invoice}/reject",
        LIFTS,
        reasons=("came_before", "not_ours", "mistake"),
    ),
    "confirm-rate": Act(
        "Publish it",
        "disbursement",
        "/v1/exchange-rates/{rate}/confirm",
        KEEPS_RATES,
        carries=("date", "value"),
        on_version=False,
    ),
    "accept-delegation": Act(
        "Take it on", "disbursement", "/v1/delegations/{delegation}/accept", USES
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
        reasons=("compared_with_publisher",),
        on_version=False,
    ),
    "decline-list": Act(
        "It is not the publisher's",
        "vendors",
        "/v1/sanctions-lists/{source}/decline",
        VENDOR_APPROVER,
        carries=("digest",),
        reasons=("not_the_publishers", "incomplete"),
        on_version=False,
    ),
}


def held(each: Told) -> Iterator[Row]:
    about = {
        "Payment": each["payment"],
        "Amount": each["amount"],
        "Held because": words(each["held"]),
    }
    yield Row(about, {"payment": each["payment"]}, ("lift",), each["version"])


def invoices(each: Told) -> Iterator[Row]:
    """Of a commitment: invoices that do not match, or look like another; deliveries in dispute."""
    ids = {"commitment": each["commitment"]}
    for bill in each["invoices"]:
        about = {"Invoice": bill["number"], "Amount": bill["amount"], "Vendor": each["vendor"]}
        of = ids | {"invoice": bill["invoice"]}
        if bill["stage"] == "suspected":
            yield Row(
                about | {"Why": "looks like another"},
                of,
                ("different", "reject-invoice"),
                each["version"],
            )
        elif bill["exceptions"] and bill["stage"] not in ("rejected", "replaced"):
            why = ", ".join(words(one) for one in bill["exceptions"])
            waived = bill["waiver"]["expires"] if bill["waiver"] else None
            yield Row(about | {"Why": f"does not match: {why}", "Waived until": waived}, of)
    for receipt in each["receipts"]:
        if receipt["dispute"]:
            order = each["order"]["number"] if each["order"] else each["commitment"]
            about = {"Order": order, "Vendor": each["vendor"], "Delivered": receipt["date"]}
            yield Row(about | {"Why": f"in dispute: {words(receipt['dispute'])}"}, ids)


def rates(each: Told) -> Iterator[Row]:
    about = {
        "Rate": f"1 {each['base']} = {each['value']} {each['quote']}",
        "Of": each["source"],
        "For": each["date"],
        "Proposed by": each["proposed_by"],
    }
    yield Row(about, {"rate": each["rate"]}, ("confirm-rate",), carried=each)


def delegations(each: Told) -> Iterator[Row]:
    act = {"granted": "accept-delegation", "accepted": "confirm-delegation"}.get(each["stage"])
    if act is None:
        return
    about = {
        "Who": each["person"],
        "May": words(each["authority"]),
        "Up to": each["limit"],
        "From": each["starts"],
        "Until": each["ends"],
        "Given by": each["given_by"],
    }
    ids = {"delegation": each["delegation"]}
    yield Row(about, ids, (act,), each["version"])


def lines(each: Told) -> Iterator[Row]:
    about = {
        "Budget line": words(each["category"]),
        "Ceiling": each["ceiling"],
        "Kept for plans": each["earmarked"],
        "Committed": each["reserved"],
        "Spent": each["spent"],
        "Available": each["available"],
    }
    yield Row(about, {"line": each["line"]})


def screening(told: Told) -> Iterator[Row]:
    """What is searched waits for people in three ways."""
    for each in told["lists"]:
        proposed = each["proposed"]
        if proposed:
            listed = proposed["list"]
            about = {
                "List": f"{each['source'].upper()}, {listed['entries']} entries",
                "Dated": listed["dated"],
                "Leaves out": proposed["dropped"],
                "Loaded by": proposed["loaded_by"],
            }
            ids = {"source": each["source"]}
            yield Row(about, ids, ("confirm-list", "decline-list"), carried=listed)
    for each in told["undecided"]:
        about = {"Vendor": each["vendor"], "Why": "a possible match waits for a decision"}
        yield Row(about | {"Since": each["waiting_since"]}, {})
    for each in told["overdue"]:
        about = {"Vendor": each["vendor"], "Why": "not screened in time"}
        yield Row(about | {"Screened": each["screened_on"]}, {})


def plans(each: Told) -> Iterator[Row]:
    yield Row({"Plan": each["plan"], "Why": "the money for it is not there"}, {})


KINDS = (
    Kind(
        "Payments on hold",
        "No payment is held.",
        "disbursement",
        "/v1/payments",
        ANSWERS_FOR_MONEY,
        held,
        (("held", "true"), ("limit", SHOWN)),
    ),
    Kind(
        "Invoices that do not match or look like another, deliveries in dispute",
        "Every invoice matches its order and delivery.",
        "disbursement",
        "/v1/commitments",
        ANSWERS_FOR_MONEY,
        invoices,
        (("limit", "200"),),
    ),
    Kind(
        "Exchange rates proposed by hand",
        "No rate waits for a second person.",
        "disbursement",
        "/v1/proposed-rates",
        ANSWERS_FOR_MONEY,
        rates,
    ),
    Kind(
        "Delegations that nobody confirmed",
        "Every delegation is confirmed.",
        "disbursement",
        "/v1/delegations",
        ANSWERS_FOR_MONEY,
        delegations,
    ),
    Kind(
        "Sanctions lists and possible matches",
        "No list and no match waits.",
        "vendors",
        "/v1/screening",
        frozenset({"vendor_officer", "vendor_approver", "auditor"}),
        screening,
        (),
    ),
    Kind(
        "Plans whose money is not there",
        "The money for every plan that you approved is there.",
        "plans",
        "/v1/committee/held",
        frozenset({"committee_member"}),
        plans,
    ),
    Kind(
        "Budget lines: available is the ceiling less what is kept, committed and spent",
        "No budget line is established.",
        "disbursement",
        "/v1/budget-lines",
        ANSWERS_FOR_MONEY,
        lines,
    ),
)
SEES = frozenset[str]().union(*(kind.sees for kind in KINDS))


@dataclass(frozen=True)
class Shown:
    kind: Kind
    rows: tuple[Row, ...] | None
    """None: its service does not answer."""


async def _shown(desk: Desk, session: Session, kind: Kind) -> Shown:
    try:
        found = await desk.backend.get(kind.service, kind.path, session.token, **dict(kind.query))
    except (Refused, Unavailable):
        return Shown(kind, None)
    told = found.body.get("items", [found.body])
    return Shown(kind, tuple(row for each in told for row in kind.rows(each)))


@router.get("/waiting")
async def waiting(desk: Here, session: SignedIn, done: str = "") -> Response:
    return await _page(desk, session, done=ACTS[done].label if done in ACTS else "")


async def _page(
    desk: Desk, session: Session, *, done: str = "", refused: Refused | None = None
) -> Response:
    mine = [kind for kind in KINDS if kind.sees & session.person.roles]
    if not mine:
        raise Refused(403, "forbidden", "Nothing of this is for your role", "")
    shown = await asyncio.gather(*(_shown(desk, session, kind) for kind in mine))
    return render(
        "waiting.html",
        session,
        refused.status if refused else HTTPStatus.OK,
        shown=shown,
        acts=ACTS,
        done=done,
        refused=refused,
        key=secrets.token_urlsafe(16),
    )


@router.post("/waiting/{named}")
async def act(desk: Here, session: SignedIn, form: OwnForm, named: str) -> Response:
    told = ACTS.get(named)
    if told is None:
        raise NotFromOurPage
    hidden = carried(form, "key", *(("etag",) if told.on_version else ()))
    body = {name: _value(form, name) for name in told.carries}
    if told.reasons:
        body["reason"] = form.get("reason", "")
        if body["reason"] not in told.reasons:
            raise NotFromOurPage
    path = re.sub(r"\{(\w+)\}", lambda found: _an_id(form, found[1]), told.path)
    try:
        await desk.backend.post(
            told.service,
            path,
            session.token,
            body=json.dumps(body).encode(),
            key=hidden["key"],
            etag=hidden.get("etag"),
        )
    except Refused as refused:
        return await _page(desk, session, refused=refused)
    return RedirectResponse(f"/waiting?done={named}", HTTPStatus.SEE_OTHER)


def _an_id(form: Mapping[str, str], name: str) -> str:
    if name == "source" and form.get(name, "").isalpha():
        return form[name]
    return an_id(form.get(name, ""))


def _value(form: Mapping[str, str], name: str) -> str:
    if not VALUE.fullmatch(form.get(name, "")):
        raise NotFromOurPage
    return form[name]
