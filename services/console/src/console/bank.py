"""The bank: what goes into a file, the file itself, what the bank said, what nobody understood of
it, and whether facts, ledger and statements agree.
"""

import asyncio
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from console.backend import Backend, Found, Refused
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
from console.shapes import total
from console.uploading import TOO_LARGE, Posted, posted
from events.ports import Unavailable

router = APIRouter()
SHOWN = 25
FILE_MAX = 200
"""Payments in one file, as the service takes them."""
GATHERS = frozenset({"finance_officer", "signatory"})
UPLOADS = frozenset({"finance_officer"})
RESOLVES = frozenset({"finance_officer", "approving_officer"})
LINE = re.compile(r"[0-9]{1,9}")
OUTCOMES = {
    "bank_charge": "a charge of the bank",
    "interest": "interest",
    "own_transfer": "between our own accounts",
    "not_ours": "none of our payments, and the bank was told",
    "corrected_by_bank": "a mistake of the bank, and it was corrected",
    "settled_by_hand": "looked into, and settled as the papers say",
}
"""What a person may say of a line that fits nothing."""


DONE = {
    "line": "What names money is dealt with when another person says the same.",
    "confirm": "What the file tells counts from now on.",
    "decline": "Nothing of the file counts.",
}


@dataclass(frozen=True)
class Sum:
    """What is paid in one currency from one grant."""

    fund: str
    amount: dict[str, str]
    payments: int


def sums(payments: list[dict[str, Any]]) -> tuple[list[Sum], list[Sum]]:
    """By currency, and by grant and currency."""
    by: dict[tuple[str, str], list[dict[str, str]]] = {}
    for each in payments:
        amount = each["amount"]
        by.setdefault(("", amount["currency"]), []).append(amount)
        by.setdefault((each["grant_reference"] or "–", amount["currency"]), []).append(amount)
    told = [Sum(fund, total(amounts), len(amounts)) for (fund, _), amounts in sorted(by.items())]
    return [each for each in told if not each.fund], [each for each in told if each.fund]


@dataclass(frozen=True)
class Listed:
    """A part of a list, and where those begin that follow."""

    rows: list[dict[str, Any]]
    next: str | None

    @property
    def count(self) -> str:
        """As far as it is shown."""
        return f"{len(self.rows)}{'+' if self.next else ''}"


@dataclass(frozen=True)
class BankPage:
    released: Listed
    uploads: Listed
    files: Listed
    answers: Listed
    lines: Listed
    etags: dict[str, str]
    """By answer of which a line waits: the version that is shown."""
    reconciliation: dict[str, Any]

    @property
    def unexplained(self) -> list[dict[str, str]]:
        """What differs and has no name: there must be nothing."""
        told = (side["unexplained"] for side in self.reconciliation["sides"])
        return [each for each in told if each["amount"].strip("-0.")]

    @property
    def undecided(self) -> bool:
        """A movement fits no payment of ours, and nobody has said what it is."""
        sides = self.reconciliation["sides"]
        told = [each for side in sides for each in side["differences"]]
        return any(each["kind"] == "of_no_payment" and not each["outcome"] for each in told)

    @property
    def gaps(self) -> list[dict[str, Any]]:
        """Statements that do not begin where the one before them ended."""
        told: list[dict[str, Any]] = self.reconciliation["gaps"]
        return told


LISTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "released": (
        "/v1/payments",
        {"stage": "released", "held": "false", "limit": str(FILE_MAX)},
    ),
    "uploads": ("/v1/bank-answers", {"stage": "uploaded", "limit": str(SHOWN)}),
    "files": ("/v1/bank-files", {"newest": "true", "limit": str(SHOWN)}),
    "answers": ("/v1/bank-answers", {"limit": str(SHOWN)}),
    "lines": ("/v1/bank-lines", {"limit": str(SHOWN)}),
}
"""What is asked for each list of the page."""


async def bank_page(backend: Backend, session: Session, of: str = "", cursor: str = "") -> BankPage:
    """The beginning of each list; `of`: the one that goes on at the cursor."""

    async def listed(name: str) -> Listed:
        path, query = LISTS[name]
        after = {"cursor": cursor} if cursor and of == name else {}
        found = await backend.get("disbursement", path, session.token, **query, **after)
        return Listed(found.body["items"], found.body.get("next"))

    lists, reconciliation = await asyncio.gather(
        asyncio.gather(*(listed(name) for name in LISTS)),
        backend.get("disbursement", "/v1/bank-reconciliation", session.token),
    )
    shown = dict(zip(LISTS, lists, strict=True))
    names = sorted({line["answer"] for line in shown["lines"].rows})
    found = await asyncio.gather(
        *(backend.get("disbursement", f"/v1/bank-answers/{name}", session.token) for name in names)
    )
    etags = {name: each.etag for name, each in zip(names, found, strict=True)}
    return BankPage(**shown, etags=etags, reconciliation=reconciliation.body)


@router.get("/bank")
async def bank(
    desk: Here,
    session: SignedIn,
    *,
    done: str = "",
    of: str = "",
    cursor: str = "",
    whole: bool = False,
) -> Response:
    """`whole`: with every difference between facts and statements."""
    page = await bank_page(desk.backend, session, of, cursor)
    return _page(session, page, done=done, of=of, cursor=cursor, whole=whole)


async def _refused(desk: Desk, session: Session, refused: Refused) -> Response:
    return _page(session, await bank_page(desk.backend, session), refused=refused)


def _page(
    session: Session,
    page: BankPage,
    *,
    done: str = "",
    refused: Refused | None = None,
    of: str = "",
    cursor: str = "",
    whole: bool = False,
) -> Response:
    return render(
        "bank.html",
        session,
        refused.status if refused else HTTPStatus.OK,
        page=page,
        done=DONE.get(done),
        refused=refused,
        later=bool(cursor),
        released_from=cursor if of == "released" else "",
        few=None if whole else SHOWN,
        outcomes=OUTCOMES,
        may_gather=bool(session.person.roles & GATHERS),
        may_upload=bool(session.person.roles & UPLOADS),
        may_resolve=bool(session.person.roles & RESOLVES),
        key=secrets.token_urlsafe(16),
    )


# To the bank


@router.get("/bank/batch")
async def batch(
    desk: Here,
    session: SignedIn,
    pay: Annotated[tuple[str, ...], Query()] = (),
    cursor: str = "",
) -> Response:
    """What was selected, with its sums, before it becomes a file; `cursor`: on a later page."""
    wanted = {an_id(each) for each in pay[:FILE_MAX]}
    path, query = LISTS["released"]
    after = {"cursor": cursor} if cursor else {}
    found = await desk.backend.get("disbursement", path, session.token, **query, **after)
    chosen = [each for each in found.body["items"] if each["payment"] in wanted]
    by_currency, by_fund = sums(chosen)
    return render(
        "batch.html",
        session,
        payments=chosen,
        by_currency=by_currency,
        by_fund=by_fund,
        gone=len(wanted) - len(chosen),
        may_gather=bool(session.person.roles & GATHERS),
        key=secrets.token_urlsafe(16),
    )


@router.post("/bank/files")
async def gather(desk: Here, session: SignedIn, form: OwnForm) -> Response:
    key = carried(form, "key")["key"]
    payments = [an_id(each) for each in form.get("payments", "").split(",")]
    try:
        made = await desk.backend.post(
            "disbursement",
            "/v1/bank-files",
            session.token,
            body=json.dumps({"payments": payments}).encode(),
            key=key,
            etag=None,
        )
    except Refused as refused:
        return await _refused(desk, session, refused)
    return RedirectResponse(f"/bank/files/{made.body['file']}", HTTPStatus.SEE_OTHER)


@router.get("/bank/files/{file}")
async def file(desk: Here, session: SignedIn, file: str) -> Response:
    return await _file(desk, session, an_id(file))


async def _file(
    desk: Desk, session: Session, name: str, refused: Refused | None = None
) -> Response:
    found, payments = await asyncio.gather(
        desk.backend.get("disbursement", f"/v1/bank-files/{name}", session.token),
        desk.backend.get(
            "disbursement", "/v1/payments", session.token, file=name, limit=str(FILE_MAX)
        ),
    )
    stands = {each["payment"]: each for each in payments.body["items"]}
    by_currency, _ = sums([each | {"grant_reference": ""} for each in found.body["payments"]])
    return render(
        "bank_file.html",
        session,
        refused.status if refused else HTTPStatus.OK,
        file=found.body,
        stands=stands,
        by_currency=by_currency,
        refused=refused,
        may_take=bool(session.person.roles & GATHERS),
    )


@router.post("/bank/files/{file}/content")
async def content(desk: Here, session: SignedIn, _form: OwnForm, file: str) -> Response:
    """The file to keep, as it comes. That this person has a copy is recorded."""
    name = an_id(file)
    try:
        given = await desk.backend.stream(
            "disbursement", f"/v1/bank-files/{name}/content", session.token
        )
    except Refused as refused:
        return await _file(desk, session, name, refused)
    suffix = "json" if "json" in given.media else "xml"
    headers = {"Content-Disposition": f'attachment; filename="{name.replace("_", "-")}.{suffix}"'}
    return StreamingResponse(given.parts, media_type=given.media, headers=headers)


# From the bank


@router.post("/bank/answers")
async def upload(request: Request, desk: Here, session: SignedIn) -> Response:
    """Take in what the bank gave, for another person to confirm: passed on as it comes."""
    if not is_from_our_site(request):
        raise NotFromOurPage
    try:
        form = await posted(request)
        if not session.is_from_our_page(form.fields.get("csrf", "")):
            raise NotFromOurPage
        read = await _pass_on(desk, session, form)
    except Refused as refused:
        if refused.status == HTTPStatus.UNAUTHORIZED:
            raise
        return await _refused(desk, session, refused)
    return RedirectResponse(f"/bank/answers/{read.body['answer']}", HTTPStatus.SEE_OTHER)


async def _pass_on(desk: Desk, session: Session, form: Posted) -> Found:
    key = carried(form.fields, "key")["key"]
    path, content = "/v1/bank-answers", form.content
    try:
        return await desk.backend.send(
            "disbursement", path, session.token, content=content, key=key
        )
    except (Refused, Unavailable):
        if form.too_large:
            raise TOO_LARGE from None
        raise


@router.post("/bank/answers/{answer}/lines/{line}")
async def resolve(desk: Here, session: SignedIn, form: OwnForm, answer: str, line: str) -> Response:
    hidden, name = carried(form, "key", "etag"), an_id(answer)
    outcome = form.get("outcome", "")
    if outcome not in OUTCOMES or not LINE.fullmatch(line):
        raise NotFromOurPage
    try:
        await desk.backend.post(
            "disbursement",
            f"/v1/bank-answers/{name}/resolve",
            session.token,
            body=json.dumps({"line": int(line), "outcome": outcome}).encode(),
            key=hidden["key"],
            etag=hidden["etag"],
        )
    except Refused as refused:
        return await _refused(desk, session, refused)
    return RedirectResponse("/bank?done=line", HTTPStatus.SEE_OTHER)
