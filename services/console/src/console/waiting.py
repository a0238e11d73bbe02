"""The page of what waits for a decision, and the acts on it that are done there."""

import asyncio
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from console.backend import Refused
from console.deciding import ACTS, PLACE, Act
from console.decisions import KINDS, Kind, Row
from console.pages import (
    Desk,
    Here,
    NotFromOurPage,
    OwnForm,
    SignedIn,
    an_id,
    carried,
    is_from_our_site,
    render,
)
from console.sessions import Session
from console.uploading import TOO_LARGE, Posted, posted
from events.ports import Unavailable

router = APIRouter()
SHOWN = 100
ASKED = "200"
"""So much is asked of a service at once: of much that it tells nothing waits."""
ASKED_TIMES = 20
VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ELSEWHERE = {"match": "Decide on the match"}
"""Acts that are done on a page of their own, by what is said of them here."""


@dataclass(frozen=True)
class Shown:
    kind: Kind
    rows: tuple[Row, ...] | None
    """None: its service does not answer."""
    next: str | None = None
    """Where those begin that are not shown."""


async def _shown(desk: Desk, session: Session, kind: Kind, cursor: str = "") -> Shown:
    """Of that kind, as many as fill the page, from the cursor on."""
    rows: list[Row] = []
    after: str | None = cursor
    for _ in range(ASKED_TIMES):
        query = dict(kind.query) | {"limit": ASKED}
        query |= {"cursor": after} if after else {}
        try:
            found = await desk.backend.get(kind.service, kind.path, session.token, **query)
        except (Refused, Unavailable):
            return Shown(kind, None)
        told = found.body.get("items", [found.body])
        rows += (row for each in told for row in kind.rows(each))
        after = found.body.get("next")
        if after is None or len(rows) >= SHOWN:
            break
    return Shown(kind, tuple(rows), after)


@router.get("/waiting")
async def waiting(
    desk: Here, session: SignedIn, done: str = "", of: str = "", cursor: str = ""
) -> Response:
    said = ACTS[done].label if done in ACTS else ELSEWHERE.get(done, "")
    return await _page(desk, session, done=said, of=of, cursor=cursor)


async def _page(
    desk: Desk,
    session: Session,
    *,
    done: str = "",
    refused: Refused | None = None,
    of: str = "",
    cursor: str = "",
) -> Response:
    mine = [kind for kind in KINDS if kind.sees & session.person.roles and of in ("", kind.name)]
    if not mine:
        raise Refused(403, "forbidden", "Nothing of this is for your role", "")
    shown = await asyncio.gather(*(_shown(desk, session, kind, cursor) for kind in mine))
    return render(
        "waiting.html",
        session,
        refused.status if refused else HTTPStatus.OK,
        shown=shown,
        acts=ACTS,
        done=done,
        refused=refused,
        later=bool(cursor),
        key=secrets.token_urlsafe(16),
    )


@router.post("/waiting/{named}")
async def act(desk: Here, session: SignedIn, form: OwnForm, named: str) -> Response:
    told = ACTS.get(named)
    if told is None or told.paper or told.opens:
        raise NotFromOurPage
    try:
        await _do(desk, session, told, form)
    except Refused as refused:
        return await _page(desk, session, refused=refused)
    return RedirectResponse(f"/waiting?done={named}", HTTPStatus.SEE_OTHER)


@router.post("/waiting/{named}/with-paper")
async def act_with_paper(request: Request, desk: Here, session: SignedIn, named: str) -> Response:
    """The paper is put on file as it comes, and the act cites it."""
    told = ACTS.get(named)
    if told is None or not told.paper or not is_from_our_site(request):
        raise NotFromOurPage
    try:
        form = await posted(request)
        if not session.is_from_our_page(form.fields.get("csrf", "")):
            raise NotFromOurPage
        _body(told, form.fields)
        document = await _on_file(desk, session, told, form)
        await _do(desk, session, told, form.fields, document=document)
    except Refused as refused:
        if refused.status == HTTPStatus.UNAUTHORIZED:
            raise
        return await _page(desk, session, refused=refused)
    return RedirectResponse(f"/waiting?done={named}", HTTPStatus.SEE_OTHER)


async def _on_file(desk: Desk, session: Session, act: Act, form: Posted) -> str:
    """The document's name, by which acts cite it."""
    about = {"about": an_id(form.fields.get("vendor", "")), "paper": act.paper}
    if "case" in form.fields:
        about |= {"case": an_id(form.fields["case"])}
    try:
        kept = await desk.backend.send(
            act.service,
            "/v1/documents",
            session.token,
            content=form.content,
            key=f"{carried(form.fields, 'key')['key'][:58]}-paper",
            media=form.media,
            **about,
        )
    except (Refused, Unavailable):
        if form.too_large:
            raise TOO_LARGE from None
        raise
    return str(kept.body["document"])


async def _do(desk: Desk, session: Session, act: Act, form: Mapping[str, str], **more: str) -> None:
    hidden = carried(dict(form), "key", *(("etag",) if act.on_version else ()))
    await desk.backend.post(
        act.service,
        PLACE.sub(lambda found: _an_id(form, found[1]), act.path),
        session.token,
        body=json.dumps(_body(act, form) | more).encode(),
        key=hidden["key"],
        etag=hidden.get("etag"),
    )


def _body(act: Act, form: Mapping[str, str]) -> dict[str, Any]:
    """What of the form the service is told: nothing that the page did not offer."""
    body: dict[str, Any] = {name: _value(form, name, VALUE) for name in act.carries}
    for name in act.amounts:
        amount, _, currency = _value(form, name, VALUE).partition(":")
        body[name] = {"amount": amount, "currency": currency}
    body |= act.says
    body |= {name: _value(form, name, DAY) for name in act.days}
    for name, options in act.chooses.items():
        body[name] = form.get(name, "")
        if body[name] not in options:
            raise NotFromOurPage
    return body


def _an_id(form: Mapping[str, str], name: str) -> str:
    if name == "source" and form.get(name, "").isalpha():
        return form[name]
    return an_id(form.get(name, ""))


def _value(form: Mapping[str, str], name: str, shape: re.Pattern[str]) -> str:
    if not shape.fullmatch(form.get(name, "")):
        raise NotFromOurPage
    return form[name]
