"""The provider's counter: GSMA 1.2 over HTTP."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Query, Request, Response

from events.ports import Clock
from homeward.mobile_money import book as books
from homeward.mobile_money.book import Book

POLL_LIMIT = 100
UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
WORD = re.compile(r"SIM-(FAIL|REFUSE|LATE|LOST|SILENT|NOW)(?:-([A-Za-z]+))?", re.ASCII)
AMOUNT = re.compile(r"(0|[1-9][0-9]{0,17})(\.[0-9]{0,3}[1-9])?", re.ASCII)
"""Of the use-case specifications, which are stricter than the whole one."""
FLOAT = Decimal(10**10)
"""What an account began with."""
SHOWN = (
    "transactionReference",
    "transactionStatus",
    "amount",
    "currency",
    "creditParty",
    "debitParty",
    "creationDate",
    "modificationDate",
)
"""Of a transaction on an account's statement."""
NEEDED = ("amount", "currency", "creditParty", "debitParty")
CATEGORIES = {
    "identifierError": "identification",
    "formatError": "validation",
    "mandatoryValueNotSupplied": "validation",
    "clientAuthorisationError": "authorisation",
    "genericError": "serviceUnavailable",
}
"""Of the errors that are no business rule's."""


@dataclass(frozen=True)
class Pace:
    """How long this provider takes, in seconds."""

    settle: float = 0.3
    late: float = 5.0


class Refused(Exception):
    """An `errorObject`."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {
            "errorCategory": CATEGORIES.get(code, "businessRule"),
            "errorCode": code,
        }


@dataclass
class Counter:
    """Takes requests, carries out what is due, and knocks for what it decided."""

    book: Book
    clock: Clock
    clients: dict[str, str]
    """Their keys, by their ids."""
    pace: Pace
    client: httpx.AsyncClient

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.exception_handler(Refused)
        async def refused(_: Request, no: Refused) -> Response:
            return self._says(no.status, no.body)

        routes: list[tuple[str, str, Callable[..., Awaitable[Response]]]] = [
            ("POST", "/transactions/type/disbursement", self.take),
            ("GET", "/requeststates/{server_correlation}", self.state),
            ("GET", "/responses/{correlation}", self.response),
            ("GET", "/transactions/{reference}", self.transaction),
            ("POST", "/transactions/{reference}/reversals", self.reverse),
            ("GET", "/accounts/accountid/{account}/balance", self.balance),
            ("GET", "/accounts/accountid/{account}/statemententries", self.entries),
            ("GET", "/heartbeat", self.heartbeat),
        ]
        for method, path, answer in routes:
            app.add_api_route(path, answer, methods=[method])
        return app

    async def tick(self) -> None:
        """Carry out what is due."""
        for decided in self.book.decide(self.clock.now()):
            if decided.callback is not None:
                await self._knock(decided)

    async def _knock(self, decided: books.Request) -> None:
        """PUT what became of it to the client's callback, once; a client that is away asks."""
        failed = decided.status == "failed"
        body = error_of(decided) if failed else transaction_of(decided)
        headers = {"X-CorrelationID": decided.correlation}
        try:
            await self.client.put(decided.callback or "", json=body, headers=headers)
        except httpx.HTTPError:
            return

    async def take(self, request: Request) -> Response:
        """Create a transaction."""
        headers, content = request.headers, await request.body()
        self._known(request)
        correlation = headers.get("x-correlationid", "")
        if UUID.fullmatch(correlation) is None:
            raise Refused(400, "formatError")
        if headers.get("x-content-hash", "") != sha256(content).hexdigest():
            raise Refused(400, "formatError")
        body = _checked(content)
        word = WORD.search(body.get("descriptionText", ""))
        kind, code = (word[1], word[2]) if word else ("", None)
        if kind == "REFUSE":
            raise Refused(400, code or "identifierError")
        now = self.clock.now()
        wait = {"LATE": self.pace.late, "NOW": 0.0}.get(kind, self.pace.settle)
        taken = self.book.take(
            correlation,
            json.dumps(body),
            error=(code or "requestDeclined") if kind == "FAIL" else None,
            callback=None if kind == "SILENT" else headers.get("x-callback-url"),
            now=now,
            due=now + timedelta(seconds=wait),
        )
        if taken is None:
            raise Refused(400, "duplicateRequest")
        if kind == "LOST":
            raise Refused(503, "genericError")
        if kind == "NOW":
            self.book.decide(now)
            done = self.book.of("correlation", correlation)
            assert done is not None, "it was just taken"
            return self._says(201, transaction_of(done))
        return self._says(202, state_of(taken, 0))

    async def state(self, request: Request, server_correlation: str) -> Response:
        """How far a request is."""
        self._known(request)
        found = self._found("server_correlation", server_correlation)
        polls = self.book.polled(found)
        if polls > POLL_LIMIT:
            raise Refused(400, "rateLimitError")
        return self._says(200, state_of(found, polls))

    async def response(self, request: Request, correlation: str) -> Response:
        """Where the answer is that was lost on the way."""
        self._known(request)
        found = self._found("correlation", correlation)
        done = found.status == "completed"
        link = f"/transactions/{found.reference}"
        return self._says(
            200, {"link": link if done else f"/requeststates/{found.server_correlation}"}
        )

    async def transaction(self, request: Request, reference: str) -> Response:
        self._known(request)
        reversal = self.book.reversal(reference)
        return self._says(200, self._told(reversal or self._found("reference", reference)))

    async def reverse(self, request: Request, reference: str) -> Response:
        """Take a transaction back."""
        self._known(request)
        made = self.book.reverse(reference, self.clock.now())
        if made is None:
            raise Refused(404, "identifierError")
        original = self._found("reference", reference)
        if original.callback is not None:
            await self._knock(original)
        return self._says(201, self._told(made))

    async def balance(self, request: Request, account: str) -> Response:
        """What is on an account now."""
        self._known(request)
        shown = self._entries(account)
        currency = shown[-1]["currency"] if shown else "EUR"
        return self._says(
            200,
            {"currentBalance": _figure(_balance(shown, account, currency)), "currency": currency},
        )

    async def entries(
        self,
        request: Request,
        account: str,
        limit: int = 50,
        offset: int = 0,
        since: Annotated[datetime | None, Query(alias="fromDateTime")] = None,
    ) -> Response:
        """What an account's statement shows, the oldest first."""
        self._known(request)
        shown = [
            each
            for each in self._entries(account)
            if since is None or datetime.fromisoformat(each["creationDate"]) >= since
        ]
        told = [{name: each[name] for name in SHOWN if name in each} for each in shown]
        return self._says(200, told[offset : offset + limit])

    def _entries(self, account: str) -> list[dict[str, Any]]:
        told = (self._told(each) for each in self.book.all())
        return [
            each for each in told if account in (_holder(each, "debit"), _holder(each, "credit"))
        ]

    def _told(self, of: books.Request | books.Reversal) -> dict[str, Any]:
        if isinstance(of, books.Request):
            return transaction_of(of)
        original, at = transaction_of(self._found("reference", of.original)), of.made_at
        made = _instant(datetime.fromisoformat(at))
        return original | {
            "transactionReference": of.reference,
            "originalTransactionReference": of.original,
            "requestingOrganisationTransactionReference": of.reference,
            "creditParty": original["debitParty"],
            "debitParty": original["creditParty"],
            "type": "reversal",
            "transactionStatus": "completed",
            "creationDate": made,
            "modificationDate": made,
        }

    async def heartbeat(self) -> Response:
        return self._says(200, {"serviceStatus": "available"})

    def _known(self, request: Request) -> None:
        key = self.clients.get(request.headers.get("x-client-id", ""))
        if key is None or key != request.headers.get("x-api-key"):
            raise Refused(401, "clientAuthorisationError")

    def _found(self, column: str, value: str) -> books.Request:
        found = self.book.of(column, value)
        if found is None:
            raise Refused(404, "identifierError")
        return found

    def _says(self, status: int, body: dict[str, Any] | list[dict[str, Any]]) -> Response:
        headers = {"X-Date": _instant(self.clock.now())}
        return Response(json.dumps(body), status, headers, "application/json")


def _checked(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        raise Refused(400, "formatError") from None
    if not isinstance(body, dict) or any(name not in body for name in NEEDED):
        raise Refused(400, "mandatoryValueNotSupplied")
    if AMOUNT.fullmatch(str(body["amount"])) is None:
        raise Refused(400, "formatError")
    return body


def state_of(request: books.Request, polls: int) -> dict[str, Any]:
    """A `requestStateObject`."""
    state: dict[str, Any] = {
        "serverCorrelationId": request.server_correlation,
        "status": request.status,
        "notificationMethod": "callback" if request.callback else "polling",
        "objectReference": request.reference,
        "pollLimit": max(POLL_LIMIT - polls, 1),
    }
    if request.status == "failed":
        state["error"] = error_of(request)
    return state


def error_of(request: books.Request) -> dict[str, Any]:
    return Refused(400, request.error or "genericError").body


def transaction_of(request: books.Request) -> dict[str, Any]:
    """The transaction as it stands: what was asked, and what became of it."""
    decided = request.decided_at or request.taken_at
    asked: dict[str, Any] = json.loads(request.body)
    return asked | {
        "transactionReference": request.reference,
        "transactionStatus": request.status,
        "type": "disbursement",
        "creationDate": _instant(datetime.fromisoformat(request.taken_at)),
        "modificationDate": _instant(datetime.fromisoformat(decided)),
    }


def _holder(told: dict[str, Any], side: str) -> str:
    return str(told[f"{side}Party"][0]["value"])


def _balance(shown: list[dict[str, Any]], account: str, currency: str) -> Decimal:
    left = FLOAT
    for each in shown:
        if each["currency"] == currency and each["transactionStatus"] in ("completed", "reversed"):
            came = _holder(each, "credit") == account
            left += Decimal(each["amount"]) * (1 if came else -1)
    return left


def _figure(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
