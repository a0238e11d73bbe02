"""The pages: a request becomes questions to the services, their answers become HTML."""

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from console import acts, reading, shapes
from console.backend import Backend, File, Refused
from console.queue import KINDS, Queue, queue
from console.sessions import Session, Sessions
from events.values import ID

COOKIE = "homeward"
FORM_MAX_BYTES = 32_768
"""Two thousand letters of any script, and what else stands in a form."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

router = APIRouter()
_id = re.compile(ID)
_HIDDEN = {
    "evidence": re.compile(r"[0-9a-f]{64}"),
    "key": re.compile(r"[A-Za-z0-9_-]{1,64}"),
    "etag": re.compile(r'"[0-9]{1,15}"'),
}
"""What a payment's page gives its form to bring back: some of it becomes headers."""
_LOOK = "Look whether the whole of the id is there."
_DONE = acts.LABEL | {"bank-file": acts.PUT_IN_FILE}
_AGAIN = "Nothing was done. Go back, load the page again and try once more."
READS_TRAILS = frozenset(
    {
        "auditor",
        "donor",
        "finance_officer",
        "certifying_officer",
        "approving_officer",
        "signatory",
        "grant_manager",
        "programme_manager",
    }
)
"""Whom the audit service shows a trail; the others are led to none."""
ANSWERS_FOR_MONEY = READS_TRAILS - {"donor", "programme_manager"}
_style = files("console").joinpath("static/style.css").read_bytes()
_templates = Environment(
    loader=PackageLoader("console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {
    "ltr": shapes.ltr,
    "money": shapes.money,
    "short": shapes.short,
    "person": shapes.person,
    "when": shapes.when,
    "day": shapes.day,
    "age": shapes.age,
    "plain": shapes.plain_money,
    "flag": shapes.flag,
    "confirmed": shapes.confirmed,
    "stage": shapes.stage,
    "keys": shapes.keys,
    "is_among": lambda session, roles: bool(session and session.person.roles & roles),
    "said": shapes.said,
    "readable": shapes.readable,
    "cell": shapes.cell,
    "programme": shapes.programme,
    "why_open": shapes.why_open,
    "why_differs": shapes.why_differs,
    "file_stage": shapes.file_stage,
    "read_stage": shapes.read_stage,
    "words": shapes.words,
    "list_date": shapes.list_date,
}
_templates.globals |= {
    "READS_TRAILS": READS_TRAILS,
    "ANSWERS_FOR_MONEY": ANSWERS_FOR_MONEY,
    "DECIDES": ANSWERS_FOR_MONEY
    | {"receiving_officer", "vendor_officer", "vendor_approver", "committee_member"},
}


class SignInFirst(Exception):
    """Nobody is signed in at this browser, or the session has ended."""


class NotFromOurPage(Exception):
    """The form was not sent from a page of the console."""


@dataclass(frozen=True)
class Desk:
    """What every page needs."""

    backend: Backend
    sessions: Sessions


def render(
    name: str,
    session: Session | None,
    status: int = HTTPStatus.OK,
    **shown: object,
) -> HTMLResponse:
    text = _templates.get_template(name).render(session=session, **shown)
    return HTMLResponse(text, status)


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _session(request: Request) -> Session:
    session = _desk(request).sessions.find(request.cookies.get(COOKIE))
    if session is None:
        raise SignInFirst
    return session


def is_from_our_site(request: Request) -> bool:
    """Whether the browser says that a page of ours sent it: what it says must agree, and a request
    that says nothing is refused.

    Every browser names the Origin of a POST (Fetch, section 3.2), those of today the Sec-Fetch-Site
    as well. Whatever tells neither is no browser, and has the services' own API to speak to.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None:
        return False
    same = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    return same and site in (None, "same-origin")


async def _form(request: Request) -> dict[str, str]:
    """The form's fields, if one of our own pages sent them."""
    if not is_from_our_site(request):
        raise NotFromOurPage
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > FORM_MAX_BYTES:
            raise NotFromOurPage
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


async def _own_form(request: Request, session: "SignedIn") -> dict[str, str]:
    """The form of somebody who is signed in, with the token that only their pages have."""
    form = await _form(request)
    if not session.is_from_our_page(form.get("csrf", "")):
        raise NotFromOurPage
    return form


Here = Annotated[Desk, Depends(_desk)]
SignedIn = Annotated[Session, Depends(_session)]
Form = Annotated[dict[str, str], Depends(_form)]
OwnForm = Annotated[dict[str, str], Depends(_own_form)]


@router.get("/style.css")
async def style() -> Response:
    return Response(_style, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


@router.get("/healthz")
@router.get("/readyz")
async def health() -> Response:
    return Response('{"status":"ok"}', media_type="application/json")


@router.get("/")
async def start(_session: SignedIn) -> Response:
    return RedirectResponse("/payments", HTTPStatus.SEE_OTHER)


# Signing in and out


@router.get("/sign-in")
async def show_sign_in(to: str = "/payments") -> Response:
    return render("sign_in.html", None, to=_ours(to), username="", refused=None)


@router.post("/sign-in")
async def sign_in(request: Request, desk: Here, form: Form) -> Response:
    username, to = form.get("username", ""), _ours(form.get("to", ""))
    try:
        token = await desk.backend.sign_in(username, form.get("password", ""))
    except Refused as refused:
        return render(
            "sign_in.html",
            None,
            HTTPStatus.UNAUTHORIZED,
            to=to,
            username=username,
            refused=refused,
        )
    desk.sessions.end(request.cookies.get(COOKIE))
    response = RedirectResponse(to, HTTPStatus.SEE_OTHER)
    response.set_cookie(
        COOKIE,
        desk.sessions.begin(Session.of(token)),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/sign-out")
async def sign_out(request: Request, desk: Here, _form: OwnForm) -> Response:
    desk.sessions.end(request.cookies.get(COOKIE))
    response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    response.delete_cookie(COOKIE)
    return response


def _ours(to: str) -> str:
    """A path of ours to go on to; never another site."""
    return to if re.fullmatch(r"/[\w/?=&.-]*", to) and not to.startswith("//") else "/payments"


# Payments


@router.get("/payments")
async def payments(
    desk: Here, session: SignedIn, find: str = "", stage: str = "", cursor: str = ""
) -> Response:
    if reading.is_donor(session):
        return RedirectResponse("/grants", HTTPStatus.SEE_OTHER)
    wanted = find.strip()
    if wanted.startswith("pay_") and _id.fullmatch(wanted):
        return RedirectResponse(f"/payments/{wanted}", HTTPStatus.SEE_OTHER)
    if wanted and not (_id.fullmatch(wanted) and wanted[:3] in KINDS):
        empty = Queue(mine=(), more=False, others=(), next=None, find=wanted, stage=stage)
        return _payments(empty, desk, session, no_id=True)
    shown = stage if stage in shapes.STAGES else ""
    found = await queue(desk.backend, session, find=wanted, stage=shown, cursor=cursor)
    return _payments(found, desk, session, no_id=False)


def _payments(shown: Queue, desk: Desk, session: Session, *, no_id: bool) -> Response:
    now = desk.sessions.now()
    stages = shapes.STAGES
    return render("payments.html", session, queue=shown, no_id=no_id, now=now, stages=stages)


@router.get("/payments/{payment}")
async def payment(desk: Here, session: SignedIn, payment: str, done: str = "") -> Response:
    page = await reading.payment_page(desk.backend, session, an_id(payment))
    return _payment(page, session, done=_DONE.get(done, ""))


@router.post("/payments/{payment}/vendor-name")
async def vendor_name(desk: Here, session: SignedIn, form: OwnForm, payment: str) -> Response:
    page = await reading.payment_page(desk.backend, session, an_id(payment))
    vendor = page.payment["vendor"]
    name = await reading.vendor_name(desk.backend, session, vendor, key=_key(form))
    return _payment(page, session, vendor_name=name)


@router.post("/payments/{payment}/bank-file")
async def bank_file(desk: Here, session: SignedIn, form: OwnForm, payment: str) -> Response:
    payment_id, key = an_id(payment), _key(form)
    try:
        await reading.put_in_bank_file(desk.backend, session, payment_id, key=key)
    except Refused as refused:
        page = await reading.payment_page(desk.backend, session, payment_id)
        return _payment(page, session, status=refused.status, refused=refused)
    return RedirectResponse(f"/payments/{payment_id}?done=bank-file", HTTPStatus.SEE_OTHER)


def _key(form: dict[str, str]) -> str:
    return carried(form, "key")["key"]


def carried(form: dict[str, str], *names: str) -> dict[str, str]:
    """What the page gave its form to bring back."""
    brought = {name: form.get(name, "") for name in names}
    if any(not _HIDDEN[name].fullmatch(value) for name, value in brought.items()):
        raise Refused(400, "form_invalid", "The form is not as the page made it", _AGAIN)
    return brought


@router.post("/payments/{payment}/{named}")
async def act(desk: Here, session: SignedIn, form: OwnForm, payment: str, named: str) -> Response:
    if named not in acts.LABEL or not _HIDDEN.keys() <= form.keys():
        raise NotFromOurPage
    carried(form, *_HIDDEN)
    payment_id = an_id(payment)
    try:
        await reading.act(desk.backend, session, payment_id, named=named, form=form)
    except Refused as refused:
        page = await reading.payment_page(desk.backend, session, payment_id)
        return _payment(page, session, status=refused.status, refused=refused)
    return RedirectResponse(f"/payments/{payment_id}?done={named}", HTTPStatus.SEE_OTHER)


def _payment(
    page: reading.PaymentPage,
    session: Session,
    *,
    status: int = HTTPStatus.OK,
    refused: Refused | None = None,
    done: str = "",
    vendor_name: tuple[str, ...] = (),
) -> Response:
    return render(
        "payment.html",
        session,
        status,
        page=page,
        refused=refused,
        done=done,
        vendor_name=vendor_name,
        may_put_in_file=bool(session.person.roles & acts.PUTS_IN_FILE),
        may_ask=bool(session.person.roles & acts.ASKS_FOR_NAMES),
        key=secrets.token_urlsafe(16),
    )


# The log


@router.get("/trail")
async def find_trail(session: SignedIn, key: str = "") -> Response:
    wanted = key.strip()
    if _id.fullmatch(wanted):
        return RedirectResponse(f"/trail/{wanted}", HTTPStatus.SEE_OTHER)
    return render("find.html", session, wanted=wanted)


@router.get("/trail/{key}")
async def trail(desk: Here, session: SignedIn, key: str, after: int = -1) -> Response:
    path = f"/v1/trail/{an_id(key)}"
    found = await desk.backend.get("audit", path, session.token, after=str(after))
    return render("trail.html", session, trail=found.body, after=after)


@router.get("/trail/{payment}/why")
async def why(desk: Here, session: SignedIn, payment: str) -> Response:
    found = await desk.backend.get("audit", f"/v1/trail/{an_id(payment)}/why", session.token)
    lines = {line["index"]: line for line in found.body["lines"]}
    return render("why.html", session, why=found.body, lines=lines)


@router.get("/log/receipts/{index}")
async def receipt(desk: Here, session: SignedIn, index: int) -> Response:
    """What proves one line: to be kept, and checked elsewhere."""
    found = await desk.backend.fetch("audit", f"/v1/log/proof?index={index}", session.token)
    return _to_keep(found, f"entry-{index}.tlog-proof")


# What a donor gave


@router.get("/grants")
async def grants(desk: Here, session: SignedIn) -> Response:
    page = await reading.grants_page(desk.backend, session)
    return render("grants.html", session, grants=page)


@router.get("/grants/reports/{export}")
async def report(desk: Here, session: SignedIn, export: str) -> Response:
    path = f"/v1/exports/{an_id(export)}/file"
    found = await desk.backend.fetch("disbursement", path, session.token)
    return _to_keep(found, f"{export}.zip")


def _to_keep(found: File, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found.content, media_type=found.media, headers=headers)


@router.get("/log")
async def log(desk: Here, session: SignedIn) -> Response:
    return render("log.html", session, log=await reading.log_page(desk.backend, session))


def an_id(text: str) -> str:
    if not _id.fullmatch(text):
        raise Refused(404, "not_found", "There is nothing of that name", "")
    return text


# What goes wrong


def trouble(request: Request, status: int, title: str, detail: str) -> HTMLResponse:
    session = _desk(request).sessions.find(request.cookies.get(COOKIE))
    return render("trouble.html", session, status, title=title, detail=detail, status_code=status)


async def to_sign_in(request: Request, _error: Exception) -> Response:
    to = quote(request.url.path, safe="/") if request.method == "GET" else "/payments"
    return RedirectResponse(f"/sign-in?to={to}", HTTPStatus.SEE_OTHER)


async def not_from_our_page(request: Request, _error: Exception) -> Response:
    return trouble(
        request,
        HTTPStatus.FORBIDDEN,
        "That did not come from a page of yours",
        _AGAIN,
    )


async def refused_page(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    if error.status == HTTPStatus.UNAUTHORIZED:
        return await to_sign_in(request, error)
    # What a service says of a command that it refused is not true of a page that was asked for.
    read_in_vain = request.method == "GET" and error.status == HTTPStatus.NOT_FOUND
    return trouble(request, error.status, error.title, _LOOK if read_in_vain else error.detail)


async def unavailable(request: Request, _error: Exception) -> Response:
    response = trouble(
        request,
        HTTPStatus.SERVICE_UNAVAILABLE,
        "A part of the platform does not answer",
        "Nothing is lost. Try again in a moment.",
    )
    response.headers["Retry-After"] = "2"
    return response


async def not_found(request: Request, _error: Exception) -> Response:
    return trouble(request, HTTPStatus.NOT_FOUND, "There is no such page", "")


Answer = Callable[[Request], Awaitable[Response]]


async def with_headers(request: Request, answer: Answer) -> Response:
    response = await answer(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
