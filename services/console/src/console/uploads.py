"""A file of the bank that a person uploaded: what it tells, shown to the person who compares it
with the bank's own site and confirms it, or declines.
"""

import json
import secrets
from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.backend import Refused
from console.pages import Desk, Here, NotFromOurPage, OwnForm, SignedIn, an_id, carried, render
from console.sessions import Session

router = APIRouter()
CONFIRMS = frozenset({"finance_officer", "approving_officer", "grant_manager"})
DECLINED = {
    "not_from_the_bank": "the bank says no such thing",
    "wrong_file": "it is another file than was meant",
    "incomplete": "something is missing in it",
}


@router.get("/bank/answers/{answer}")
async def uploaded(desk: Here, session: SignedIn, answer: str) -> Response:
    return await _page(desk, session, an_id(answer))


async def _page(
    desk: Desk, session: Session, answer: str, refused: Refused | None = None
) -> Response:
    path = f"/v1/bank-answers/{answer}"
    found = await desk.backend.get("disbursement", path, session.token)
    preview = None
    if found.body["stage"] == "uploaded":
        try:
            told = await desk.backend.get("disbursement", f"{path}/preview", session.token)
            preview = told.body
        except Refused as missing:
            refused = refused or missing
    return render(
        "bank_answer.html",
        session,
        refused.status if refused else HTTPStatus.OK,
        file=found.body,
        etag=found.etag,
        preview=preview,
        refused=refused,
        reasons=DECLINED,
        may_confirm=bool(session.person.roles & CONFIRMS)
        and session.person.id not in found.body["uploaders"],
        key=secrets.token_urlsafe(16),
    )


@router.post("/bank/answers/{answer}/confirm")
async def confirm(desk: Here, session: SignedIn, form: OwnForm, answer: str) -> Response:
    """What another person uploaded, this one has seen at the bank."""
    body = carried(form, "evidence")
    return await _does(desk, session, form, an_id(answer), act="confirm", body=body)


@router.post("/bank/answers/{answer}/decline")
async def decline(desk: Here, session: SignedIn, form: OwnForm, answer: str) -> Response:
    reason = form.get("reason", "")
    if reason not in DECLINED:
        raise NotFromOurPage
    body = {"reason": reason}
    return await _does(desk, session, form, an_id(answer), act="decline", body=body)


async def _does(
    desk: Desk, session: Session, form: OwnForm, answer: str, *, act: str, body: dict[str, str]
) -> Response:
    hidden = carried(form, "key", "etag")
    try:
        await desk.backend.post(
            "disbursement",
            f"/v1/bank-answers/{answer}/{act}",
            session.token,
            body=json.dumps(body).encode(),
            key=hidden["key"],
            etag=hidden["etag"],
        )
    except Refused as refused:
        return await _page(desk, session, answer, refused)
    return RedirectResponse(f"/bank?done={act}", HTTPStatus.SEE_OTHER)
