"""The queue: what waits for this person first, then the others, a page at a time."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from console.acts import SHOWN_WHEN_HELD, WAITING, waits_for
from console.backend import Backend
from console.sessions import Session

LIMIT = 25
"""Payments on one page; and at most so many of each kind that wait for somebody."""
KINDS = {"cas": "case", "ven": "vendor", "inv": "invoice"}
"""By the prefix of an id, what the payments of it are asked for by."""


@dataclass(frozen=True)
class Row:
    payment: dict[str, Any]
    needs: str | None
    """What this person is to do about it, if anything."""


@dataclass(frozen=True)
class Queue:
    mine: tuple[Row, ...]
    """The oldest first."""
    more: bool
    """Whether more wait for this person than are shown."""
    others: tuple[Row, ...]
    next: str | None
    """Where the next page of the others is."""
    find: str
    stage: str

    @property
    def filtered(self) -> bool:
        return bool(self.find or self.stage)


async def queue(backend: Backend, session: Session, *, find: str, stage: str, cursor: str) -> Queue:
    """One page; what waits for this person stands on the first one. `Refused`, `Unavailable`."""
    query = {"limit": str(LIMIT)}
    if find:
        query[KINDS[find[:3]]] = find
    if stage == "held":
        query["held"] = "true"
    elif stage:
        query["stage"] = stage
    first = not (query.keys() - {"limit"} or cursor)
    mine, more = await _mine(backend, session) if first else ((), False)
    if cursor:
        query["cursor"] = cursor
    page = (await backend.get("disbursement", "/v1/payments", session.token, **query)).body
    shown = {row.payment["payment"] for row in mine}
    return Queue(
        mine=mine,
        more=more,
        others=tuple(
            Row(payment, waits_for(payment, session.person))
            for payment in page["items"]
            if payment["payment"] not in shown
        ),
        next=_next(page.get("next"), find=find, stage=stage),
        find=find,
        stage=stage,
    )


async def _mine(backend: Backend, session: Session) -> tuple[tuple[Row, ...], bool]:
    """What waits for this person: asked for by stage, so that it costs what is shown."""
    roles = session.person.roles
    asked: list[dict[str, str]] = [
        {"stage": stage, "held": "false"} for stage, role in WAITING.items() if role in roles
    ]
    if roles & SHOWN_WHEN_HELD:
        asked.append({"held": "true"})
    pages = await asyncio.gather(
        *(
            backend.get("disbursement", "/v1/payments", session.token, limit=str(LIMIT), **query)
            for query in asked
        )
    )
    rows = [
        Row(payment, needs)
        for page in pages
        for payment in page.body["items"]
        if (needs := waits_for(payment, session.person))
    ]
    rows.sort(key=lambda row: str(row.payment["requested_at"]))
    return tuple(rows), any(page.body.get("next") for page in pages)


def _next(cursor: str | None, **kept: str) -> str | None:
    if not cursor:
        return None
    query = {name: value for name, value in kept.items() if value}
    return f"/payments?{urlencode(query | {'cursor': cursor})}"
