"""A provider of mobile money, spoken to as GSMA 1.2 says.

Whatever happens to an answer, a request is put under one correlation id, and before it is put the
provider is asked whether it has come already. A provider refuses the second of two requests under
one id, so the payment is made once even if both are on their way.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from disbursement.iso20022.references import uetr
from disbursement.mobile_money.answers import (
    COMPLETED,
    FAILED,
    PENDING,
    Answer,
    Done,
    Failure,
    RequestState,
)
from disbursement.mobile_money.orders import Order, Party
from disbursement.settings import Wallets
from events.ports import Clock, Unavailable

RESOURCE = re.compile(r"/(requeststates|transactions)/[A-Za-z0-9._~-]{1,256}$", re.ASCII)
"""Of a link that the provider gives, only this is followed, and only at the provider."""
DECIDED = frozenset({"businessRule", "validation", "identification"})
"""Categories of errors after which the request will never be carried out."""
AUTHORISATION = "authorisation"
DUPLICATE = "duplicateRequest"
TIMEOUT_SECONDS = 20.0
PAGE = 50


class _Link(msgspec.Struct):
    link: str


class Balance(msgspec.Struct, frozen=True, rename="camel"):
    """Of our account, at this instant."""

    current_balance: str | None = None
    currency: str | None = None


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """One entry of our account's statement."""

    transaction_reference: str
    transaction_status: str
    amount: str
    currency: str
    credit_party: tuple[Party, ...]
    creation_date: datetime

    @property
    def day(self) -> date:
        return self.creation_date.astimezone(UTC).date()

    @property
    def is_pending(self) -> bool:
        return self.transaction_status.lower() == PENDING


class NotAuthorised(Unavailable):
    """The provider takes nothing from us: our key is none, or not for this. A person has to act."""


@dataclass(frozen=True)
class GsmaProvider:
    """Under our own account there. Every failure to answer is `Unavailable`."""

    wallets: Wallets
    client: httpx.AsyncClient
    clock: Clock

    async def pay(self, order: Order) -> Answer:
        """Put the request, unless it has come already; what is known of it then."""
        known = await self.ask(order.reference)
        if known is not None:
            return known
        body = msgspec.json.encode(order.transaction)
        headers = {
            "Content-Type": "application/json",
            "X-Content-Hash": hashlib.sha256(body).hexdigest(),
            "X-CorrelationID": order.correlation,
        }
        if self.wallets.callback:
            headers["X-Callback-URL"] = f"{self.wallets.callback}/{order.reference}"
        said = await self._send("POST", "/transactions/type/disbursement", headers, body)
        match said.status_code:
            case HTTPStatus.CREATED:
                return self._answer(order.reference, done=_read(said, Done))
            case HTTPStatus.ACCEPTED:
                return await self._of_state(order.reference, _read(said, RequestState))
        failure = _read(said, Failure)
        if failure.error_code == DUPLICATE:
            raise Unavailable("the provider has the request, and says nothing of it yet")
        if failure.error_category == AUTHORISATION:
            raise NotAuthorised(f"the provider refuses us: {failure.error_code}")
        if failure.error_category not in DECIDED:
            raise Unavailable(f"the provider does not take it now: {failure.error_code}")
        return self._answer(order.reference, failure=failure)

    async def ask(self, reference: str) -> Answer | None:
        """What became of the request; None: it never came."""
        said = await self._send("GET", f"/responses/{uetr(reference)}")
        if said.status_code == HTTPStatus.NOT_FOUND:
            return None
        found = RESOURCE.search(urlsplit(_read(said, _Link).link).path)
        if found is None:
            raise Unavailable("the provider names a resource that is none")
        told = await self._send("GET", found[0])
        if found[1] == "transactions":
            return self._answer(reference, done=_read(told, Done))
        return await self._of_state(reference, _read(told, RequestState))

    async def balance(self) -> Balance:
        """What is on our account now. `Unavailable`."""
        said = await self._send("GET", f"{self._account}/balance")
        found: Balance = _found(said, Balance)
        return found

    async def entries(self, since: datetime) -> tuple[Entry, ...]:
        """All that our account's statement shows of what began since then. `Unavailable`."""
        found: list[Entry] = []
        begun = quote(since.strftime("%Y-%m-%dT%H:%M:%SZ"))
        while True:
            asked = f"limit={PAGE}&offset={len(found)}&fromDateTime={begun}"
            said = await self._send("GET", f"{self._account}/statemententries?{asked}")
            page = _found(said, tuple[Entry, ...])
            found += page
            if len(page) < PAGE:
                return tuple(found)

    async def transaction(self, reference: str) -> Done:
        """One that our account's statement names. `Unavailable`."""
        if RESOURCE.search(path := f"/transactions/{reference}") is None:
            raise Unavailable("the provider names a transaction that is none")
        done: Done = _found(await self._send("GET", path), Done)
        return done

    @property
    def _account(self) -> str:
        return f"/accounts/accountid/{quote(self.wallets.account, safe='')}"

    async def _of_state(self, reference: str, state: RequestState) -> Answer:
        if state.status == FAILED:
            failure = state.error or Failure("internal", "genericError")
            return self._answer(reference, state=state, failure=failure)
        if state.status != COMPLETED or state.object_reference is None:
            return self._answer(reference, state=state)
        if RESOURCE.search(path := f"/transactions/{state.object_reference}") is None:
            raise Unavailable("the provider names a transaction that is none")
        told = await self._send("GET", path)
        return self._answer(reference, state=state, done=_read(told, Done))

    def _answer(self, reference: str, **said: Any) -> Answer:
        of = self.wallets
        return Answer(provider=of.provider, account=of.account, reference=reference, **said)

    async def _send(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> httpx.Response:
        ours = {
            "X-Date": self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "X-Client-Id": self.wallets.client,
            "X-API-Key": self.wallets.key,
        }
        try:
            said = await self.client.request(
                method,
                f"{self.wallets.url}{path}",
                headers=ours | (headers or {}),
                content=body,
                timeout=TIMEOUT_SECONDS,
            )
        except httpx.HTTPError as error:
            raise Unavailable(f"the provider does not answer: {type(error).__name__}") from None
        lost = said.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        if said.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise NotAuthorised(f"the provider answers {said.status_code}")
        if lost or said.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise Unavailable(f"the provider answers {said.status_code}")
        return said


def _found(said: httpx.Response, kind: Any) -> Any:
    """`NotAuthorised`, `Unavailable`."""
    if said.is_success:
        return _read(said, kind)
    failure = _read(said, Failure)
    if failure.error_category == AUTHORISATION:
        raise NotAuthorised(f"the provider refuses us: {failure.error_code}")
    raise Unavailable(f"the provider does not tell: {failure.error_code}")


def _read(said: httpx.Response, kind: Any) -> Any:
    try:
        return msgspec.json.decode(said.content, type=kind)
    except msgspec.MsgspecError:
        raise Unavailable(f"the provider's answer ({said.status_code}) cannot be read") from None
