"""What the pages read from the services, brought into the form in which they show it."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from console.acts import Offer, offer
from console.backend import Backend, Found, Refused
from console.sessions import Session
from events.ports import Unavailable

STEPS = (
    ("requested", "payment_requested", "Request", "Requested"),
    ("certified", "payment_certified", "Certify", "Certified"),
    ("approved", "payment_approved", "Approve", "Approved"),
    ("signed", "payment_signed", "Sign", "Signed"),
    ("released", "payment_signed", "Sign again", "Signed again"),
    ("paid", "vendor_paid", "Pay", "Paid"),
)
"""What a payment goes through: its stage, the event that tells of it, the act, the deed."""
APPROVED_ONCE = ("approved_once", "payment_approved", "Approve", "Approved")
APPROVED_AGAIN = ("approved", "payment_approved_again", "Approve again", "Approved again")
"""What stands in the place of one approval where the payment's terms ask for two."""
PAID = ("paid", "reconciled")
OVER = ("cancelled", "rejected", "returned")
"""It came to nothing, and takes nothing of its budget line."""
BAR_WIDTH = 640
TRAIL_PAGES = 20
"""So many pages of a trail are read for a payment's page; what has more has a page of its own."""
PURPOSE = "payment_check"
DONOR_REPORT = "donor_report"
NO_NAME = "no name on file any more"


@dataclass(frozen=True)
class Step:
    """One step of a payment on its page."""

    act: str
    done: str
    state: str
    """done, now or later"""
    who: str | None
    at: str | None


@dataclass(frozen=True)
class Part:
    """One part of the picture of a budget line: its place in it, and what it is."""

    name: str
    amount: dict[str, str]
    start: int
    width: int


@dataclass(frozen=True)
class PaymentPage:
    payment: dict[str, Any]
    etag: str
    invoice: dict[str, Any]
    steps: tuple[Step, ...]
    budget: tuple[Part, ...]
    offer: Offer | None
    vendor: dict[str, Any] | None
    """None when the vendors service does not answer."""
    trail: dict[str, Any] | None
    """None when the log does not answer or does not have it yet."""


async def payment_page(backend: Backend, session: Session, payment_id: str) -> PaymentPage:
    """One payment, where it stands, and what it came from."""
    found, trail = await asyncio.gather(
        backend.get("disbursement", f"/v1/payments/{payment_id}", session.token),
        _trail(backend, session, payment_id),
    )
    payment = found.body
    vendor = await _or_none(backend, session, "vendors", f"/v1/vendors/{payment['vendor']}")
    invoices = payment["commitment_stands"]["invoices"]
    return PaymentPage(
        payment=payment,
        etag=found.etag,
        invoice=next(each for each in invoices if each["invoice"] == payment["invoice"]),
        steps=steps(payment, trail),
        budget=budget(payment),
        offer=offer(payment),
        vendor=vendor,
        trail=trail,
    )


async def _trail(backend: Backend, session: Session, key: str) -> dict[str, Any] | None:
    """All lines of it, page by page; `next` names what is left when even these are too many."""
    path, lines = f"/v1/trail/{key}", list[dict[str, Any]]()
    found = await _or_none(backend, session, "audit", path)
    for _ in range(TRAIL_PAGES):
        if found is None:
            return None
        lines += found["lines"]
        if found["next"] is None:
            break
        found = await _or_none(backend, session, "audit", f"{path}?after={found['next']}")
    return None if found is None else found | {"lines": lines}


async def _or_none(
    backend: Backend, session: Session, service: str, path: str
) -> dict[str, Any] | None:
    """What stands beside the payment: without it the page is still a page."""
    try:
        return (await backend.get(service, path, session.token)).body
    except (Refused, Unavailable):
        return None


def steps(payment: dict[str, Any], trail: dict[str, Any] | None) -> tuple[Step, ...]:
    """The way of the payment: who did what when, what comes now, what comes then."""
    done = {act["stage"]: act["person"] for act in payment["acts"]}
    if payment["stage"] in PAID:
        done["paid"] = "per_system"
    times: dict[str, list[str]] = {}
    for line in trail["lines"] if trail else ():
        if line["stream"] == payment["payment"]:
            times.setdefault(line["type"].split(".")[1], []).append(line["happened_at"])
    way: list[Step] = []
    for stage, event, verb, deed in _steps(payment):
        at = next(iter(times.get(event, [])[1 if stage == "released" else 0 :]), None)
        first_open = stage not in done and all(step.state == "done" for step in way)
        state = "done" if stage in done else "now" if first_open else "later"
        way.append(Step(verb, deed, state, done.get(stage), at if state == "done" else None))
    return tuple(way)


def _steps(payment: dict[str, Any]) -> tuple[tuple[str, str, str, str], ...]:
    if not (payment["terms"] or {}).get("second_approval"):
        return STEPS
    return (*STEPS[:2], APPROVED_ONCE, APPROVED_AGAIN, *STEPS[3:])


def budget(payment: dict[str, Any]) -> tuple[Part, ...]:
    """The budget line as a bar: paid, committed, this payment's part of either, what is left."""
    line, this = payment["budget"], payment["reserved"]
    if line is None:
        return ()
    took = 0 if payment["stage"] in OVER else _minor(this)
    parts = {
        "paid": _minor(line["spent"]),
        "committed": _minor(line["reserved"]),
        "this payment": took,
        "kept for plans": _minor(line.get("earmarked")),
        "left": max(0, _minor(line["available"])),
    }
    parts["paid" if payment["stage"] in PAID else "committed"] -= took
    whole = max(1, sum(parts.values()))
    shown: list[Part] = []
    start = 0
    for name, minor in parts.items():
        width = minor * BAR_WIDTH // whole
        if minor > 0:
            shown.append(Part(name, _amount(minor, this), start, max(2, width)))
        start += width
    return tuple(shown)


def _minor(amount: dict[str, str] | None) -> int:
    return int(amount["amount"].replace(".", "")) if amount else 0


def _amount(minor: int, like: dict[str, str]) -> dict[str, str]:
    """So many minor units of the same currency."""
    digits = len(like["amount"].partition(".")[2])
    text = str(minor).zfill(digits + 1)
    shown = f"{text[:-digits]}.{text[-digits:]}" if digits else text
    return {"amount": shown, "currency": like["currency"]}


@dataclass(frozen=True)
class GrantShown:
    """A grant as its donor sees it."""

    grant: dict[str, Any]
    reports: tuple[dict[str, Any], ...]
    """Those made for the donor, the latest first."""


def is_donor(session: Session) -> bool:
    return "donor" in session.person.roles


async def grants_page(backend: Backend, session: Session) -> tuple[GrantShown, ...]:
    """The grants that this person may look at, and what was reported on each."""
    grants, reports = await asyncio.gather(
        backend.get("disbursement", "/v1/grants", session.token, limit="200"),
        backend.get("disbursement", "/v1/exports", session.token, limit="200"),
    )
    return tuple(
        GrantShown(
            grant,
            tuple(
                each
                for each in sorted(reports.body["items"], key=lambda it: -int(it["cut_off"]))
                if each["grant"] == grant["grant"] and each["format"] == DONOR_REPORT
            ),
        )
        for grant in grants.body["items"]
    )


async def log_page(backend: Backend, session: Session) -> dict[str, Any]:
    return (await backend.get("audit", "/v1/log", session.token)).body


async def vendor_name(
    backend: Backend, session: Session, vendor: str, *, key: str
) -> tuple[str, ...]:
    """What the vendor is called. That this person was shown it, to check a payment, is recorded."""
    told = await backend.post(
        "vendors",
        f"/v1/vendors/{vendor}/reveal",
        session.token,
        body=json.dumps({"purpose": PURPOSE}).encode(),
        key=key,
        etag=None,
    )
    names = [told.body[part] for part in ("latin_name", "name", "town")]
    return tuple(dict.fromkeys(name for name in names if name)) or (NO_NAME,)


async def put_in_bank_file(
    backend: Backend, session: Session, payment_id: str, *, key: str
) -> Found:
    """Gather this one released payment into a file for the bank."""
    body = json.dumps({"payments": [payment_id]}).encode()
    path = "/v1/bank-files"
    return await backend.post("disbursement", path, session.token, body=body, key=key, etag=None)


async def act(
    backend: Backend, session: Session, payment_id: str, *, named: str, form: dict[str, str]
) -> Found:
    """Certify, approve or sign, on the evidence and the version that were on the page."""
    return await backend.post(
        "disbursement",
        f"/v1/payments/{payment_id}/{named}",
        session.token,
        body=json.dumps({"evidence": form["evidence"]}).encode(),
        key=form["key"],
        etag=form["etag"],
    )
