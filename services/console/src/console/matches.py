"""Whom a vendor may be on a sanctions list, shown on record, and a person's reasoned decision."""

import json
import secrets
from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.backend import Refused
from console.pages import Desk, Here, NotFromOurPage, OwnForm, SignedIn, an_id, carried, render
from console.sessions import Session

router = APIRouter()
VERDICTS = {
    "false_positive": "It is somebody else",
    "confirmed": "It is the one who is listed: the vendor is debarred",
    "no_longer_listed": "The list no longer has the entry",
}
REASONS = ("other_identity", "other_country", "other_age", "same_identity", "taken_off_the_list")
REASONING_MIN, REASONING_MAX = 20, 2000
"""As many letters as the vendors service takes."""
DIGEST_LENGTH = 64


@router.post("/vendors/{vendor}/matches")
async def look(desk: Here, session: SignedIn, form: OwnForm, vendor: str) -> Response:
    """That this person was shown it is recorded, so a page that is merely opened shows nothing."""
    return await _page(desk, session, an_id(vendor), carried(form, "key")["key"])


@router.post("/vendors/{vendor}/matches/decide")
async def decide(desk: Here, session: SignedIn, form: OwnForm, vendor: str) -> Response:
    name, hidden = an_id(vendor), carried(form, "key", "etag")
    told = {each: form.get(each, "") for each in ("match", "verdict", "reason", "reasoning")}
    if told["verdict"] not in VERDICTS or told["reason"] not in REASONS:
        raise NotFromOurPage
    if len(told["match"]) != DIGEST_LENGTH or not told["match"].isalnum():
        raise NotFromOurPage
    try:
        await desk.backend.post(
            "vendors",
            f"/v1/vendors/{name}/matches/decide",
            session.token,
            body=json.dumps(told).encode(),
            key=hidden["key"],
            etag=hidden["etag"],
        )
    except Refused as refused:
        kept = told["reasoning"]
        key = secrets.token_urlsafe(16)
        return await _page(desk, session, name, key, refused=refused, kept=kept)
    return RedirectResponse("/waiting?done=match", HTTPStatus.SEE_OTHER)


async def _page(
    desk: Desk,
    session: Session,
    vendor: str,
    key: str,
    *,
    refused: Refused | None = None,
    kept: str = "",
) -> Response:
    """With what was typed, where a decision was refused."""
    stands = await desk.backend.get("vendors", f"/v1/vendors/{vendor}", session.token)
    path = f"/v1/vendors/{vendor}/matches/reveal"
    told = await desk.backend.post("vendors", path, session.token, body=b"", key=key, etag=None)
    return render(
        "matches.html",
        session,
        refused.status if refused else HTTPStatus.OK,
        vendor=vendor,
        stands=stands.body,
        etag=stands.etag,
        found=told.body,
        verdicts=VERDICTS,
        reasons=REASONS,
        letters=(REASONING_MIN, REASONING_MAX),
        key=secrets.token_urlsafe(16),
        refused=refused,
        kept=kept,
    )
