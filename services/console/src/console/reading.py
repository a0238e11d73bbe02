"""What the pages read from the services, brought into the form in which they show it."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from console.acts import Offer, Payment, offer, waits_for
from console.backend import Backend, Found, Refused
from console.sessions import Session
from events.ports import Unavailable

PAGE = "200"
STEPS = (
    ("requested", "payment_requested", "Requested"),
    ("certified", "payment_certified", "Certified"),
    ("approved", "payment_approved", "Approved"),
    ("signed", "payment_signed", "Signed"),
    ("released", "payment_signed", "Signed again"),
    ("paid", "vendor_paid", "Paid"),
)
"""What a payment goes through: its stage, the event that tells of it, the word for it."""


@dataclass(frozen=True)
class Step:
    """One step of a payment on its page."""

    word: str
    state: str
    """done, now or later"""
    who: str | None
    at: str | None
    index: int | None
    """Of its entry in the log."""


@dataclass(frozen=True)
class Row:
    """A payment in the queue."""

    payment: Payment
    body: dict[str, Any]
    mine: bool


@dataclass(frozen=True)
class PaymentPage:
    payment: Payment
    body: dict[str, Any]
    etag: str
    steps: tuple[Step, ...]
    offer: Offer | None
    trail: dict[str, Any] | None
    """None when the log does not answer or does not have it yet."""


def read_payment(body: dict[str, Any]) -> Payment:
    return Payment(
        id=body["payment"],
        stage=body["stage"],
        evidence=body["evidence"],
        acts=tuple((act["stage"], act["by"]) for act in body["acts"]),
        counsellor=body.get("counsellor"),
        recorders=tuple(body.get("recorders", ())),
        collectors=tuple(body.get("collectors", ())),
        held=body.get("held"),
    )


async def queue(backend: Backend, session: Session) -> list[Row]:
    """Every payment, what waits for this person first, the oldest of them first."""
    rows: list[Row] = []
    query = {"limit": PAGE}
    while True:
        page = (await backend.get("disbursement", "/v1/payments", session.token, **query)).body
        for body in page["items"]:
            payment = read_payment(body)
            rows.append(Row(payment, body, waits_for(payment, session.person)))
        if not page.get("next"):
            break
        query["cursor"] = page["next"]
    return sorted(rows, key=lambda row: (not row.mine, row.payment.id))


async def payment_page(backend: Backend, session: Session, payment_id: str) -> PaymentPage:
    """One payment, where it stands, and what it came from."""
    path = f"/v1/payments/{payment_id}"
    found, trail = await asyncio.gather(
        backend.get("disbursement", path, session.token),
        trail_or_none(backend, session, payment_id),
    )
    payment = read_payment(found.body)
    return PaymentPage(
        payment=payment,
        body=found.body,
        etag=found.etag,
        steps=_steps(payment, trail),
        offer=offer(payment, session.person),
        trail=trail,
    )


async def trail_or_none(backend: Backend, session: Session, key: str) -> dict[str, Any] | None:
    try:
        return (await backend.get("audit", f"/v1/trail/{key}", session.token)).body
    except (Refused, Unavailable):
        return None


def _steps(payment: Payment, trail: dict[str, Any] | None) -> tuple[Step, ...]:
    done = dict(payment.acts)
    if payment.stage in ("paid", "reconciled"):
        done["paid"] = "per_system"
    logged: dict[str, list[dict[str, Any]]] = {}
    for line in trail["lines"] if trail else ():
        if line["stream"] == payment.id:
            logged.setdefault(line["type"].split(".")[1], []).append(line)
    steps: list[Step] = []
    for stage, event, word in STEPS:
        number = 1 if stage == "released" else 0
        line = next(iter(logged.get(event, [])[number:]), None)
        state = "done" if stage in done else "later"
        if state == "later" and (not steps or steps[-1].state == "done"):
            state = "now"
        steps.append(
            Step(
                word,
                state,
                done.get(stage),
                line["happened_at"] if line else None,
                line["index"] if line else None,
            )
        )
    return tuple(steps)


async def log_page(backend: Backend, session: Session) -> dict[str, Any]:
    return (await backend.get("audit", "/v1/log", session.token)).body


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
