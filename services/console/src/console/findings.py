"""What rules found, for those who review it: the open ones, one with its evidence, the review."""

import json
import secrets
from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.backend import Found, Refused
from console.pages import Desk, Here, NotFromOurPage, OwnForm, SignedIn, an_id, carried, render
from console.sessions import Session

router = APIRouter()
OPEN = {"is_open": "true"}
LATE = {**OPEN, "overdue": "true"}
WHICH: dict[str, dict[str, str]] = {"late": LATE, "every": {}}
"""Which findings are shown; if none is said, those that nobody has reviewed."""
OUTCOMES = {
    "explained": "All was as it should be, and the papers say why",
    "mistake": "Something was done wrong, by nobody's intent",
    "irregularity": "A rule was broken",
    "suspected_fraud": "It goes to those who investigate",
}


@router.get("/findings")
async def findings(desk: Here, session: SignedIn, cursor: str = "", which: str = "") -> Response:
    asked = WHICH.get(which, OPEN)
    more = {"cursor": cursor} if cursor else {}
    found = await desk.backend.get("audit", "/v1/findings", session.token, **asked, **more)
    late = await desk.backend.get("audit", "/v1/findings", session.token, **LATE, limit="1")
    return render(
        "findings.html",
        session,
        found=found.body,
        which=which if which in WHICH else "",
        any_late=bool(late.body["items"]),
    )


@router.get("/findings/{finding}")
async def finding(desk: Here, session: SignedIn, finding: str) -> Response:
    return await _page(desk, session, an_id(finding))


@router.post("/findings/{finding}/review")
async def review(desk: Here, session: SignedIn, form: OwnForm, finding: str) -> Response:
    name, outcome = an_id(finding), form.get("outcome", "")
    if outcome not in OUTCOMES:
        raise NotFromOurPage
    hidden = carried(form, "key", "etag")
    try:
        await desk.backend.post(
            "audit",
            f"/v1/findings/{name}/review",
            session.token,
            body=json.dumps({"outcome": outcome}).encode(),
            key=hidden["key"],
            etag=hidden["etag"],
        )
    except Refused as refused:
        return await _page(desk, session, name, refused)
    return RedirectResponse(f"/findings/{name}", HTTPStatus.SEE_OTHER)


async def _page(
    desk: Desk, session: Session, name: str, refused: Refused | None = None
) -> Response:
    found: Found = await desk.backend.get("audit", f"/v1/findings/{name}", session.token)
    path = f"/v1/findings/{name}/evidence"
    evidence = await desk.backend.get("audit", path, session.token)
    return render(
        "finding.html",
        session,
        refused.status if refused else HTTPStatus.OK,
        finding=found.body,
        etag=found.etag,
        evidence=evidence.body["lines"],
        outcomes=OUTCOMES,
        key=secrets.token_urlsafe(16),
        refused=refused,
    )
