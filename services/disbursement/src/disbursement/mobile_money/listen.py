"""What became of requests to providers of mobile money: asked again and again until it is final.

First soon, then ever more seldom. What failed is asked for a month more: a provider may carry out
what it had declined. A knock at the door has any request of ours asked now. Silence decides
nothing: a payment of which the provider does not speak stays unknown.
"""

import asyncio
import re
import socket
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import uvicorn

from disbursement.domain.payment import Stage, end_to_end_id, payment_of
from disbursement.gateways import BankFolder, LocalBankFolder, MobileMoney, bank_root, providers
from events.ports import Clock, Unavailable
from events.service import Connection
from events.values import ID, PaymentId

LOOK_EVERY_SECONDS = 0.5
FIRST_SECONDS = 1.0
SELDOM_SECONDS = 900.0
AFTER_REJECTION = timedelta(days=30)
"""So long is a request that failed asked again."""
KNOCK_MAX_BYTES = 65_536
KNOCKS_MAX = 1000
"""Between two looks: who may knock is not known."""
GRACE_SECONDS = 5


@dataclass
class Waiting:
    """How often the provider was asked of a payment, and when it is asked next."""

    times: int = 0
    due: float = 0.0

    def asked(self, now: float, poll_limit: float | None) -> None:
        """Not more often than the provider allows, but for a few times a day."""
        self.times += 1
        wait = min(FIRST_SECONDS * 2 ** min(self.times - 1, 20), SELDOM_SECONDS)
        over = poll_limit is not None and self.times >= poll_limit
        self.due = now + (SELDOM_SECONDS if over else wait)


@dataclass
class Asker:
    """Asks the providers, and lays what is final where the bank's answers are."""

    view: Connection
    bank: BankFolder
    providers: Mapping[str, MobileMoney]
    clock: Clock
    _waiting: dict[str, Waiting] = field(default_factory=dict)
    _knocked: set[str] = field(default_factory=set)

    async def ask_for_ever(self) -> None:
        while True:
            await self.ask()
            await self.clock.sleep(LOOK_EVERY_SECONDS)

    def knock(self, reference: str) -> None:
        """Something was decided, somebody says: it is asked of next, if it is a request of ours."""
        ours = re.fullmatch(ID, payment_of(reference)) is not None
        if ours and len(self._knocked) < KNOCKS_MAX:
            self._knocked.add(reference)

    async def ask(self) -> None:
        """Of every payment that a provider has and that is due, each provider by itself."""
        now = self.clock.now()
        knocked, self._knocked = self._knocked, set()
        found = await asked_again(self.view, self.providers, now.date(), knocked)
        self._waiting = {one: self._waiting.get(one, Waiting()) for one in found}
        for one in knocked & found.keys():
            self._waiting[one].due = 0.0
        due = [one for one in found if self._waiting[one].due <= now.timestamp()]
        of = {name: [one for one in due if found[one] == name] for name in set(found.values())}
        asking = (
            self._ask_all(references, self.providers[name]) for name, references in of.items()
        )
        told = await asyncio.gather(*asking, return_exceptions=True)
        for failure in told:
            if isinstance(failure, BaseException):
                raise failure

    async def _ask_all(self, references: Iterable[str], provider: MobileMoney) -> None:
        """One that does not answer is asked no more now; each is asked in its turn."""
        for reference in references:
            waiting, now = self._waiting[reference], self.clock.now().timestamp()
            try:
                waiting.asked(now, await self._ask(reference, provider))
            except Unavailable:
                waiting.asked(now, None)
                break

    async def _ask(self, reference: str, provider: MobileMoney) -> float | None:
        """How often the provider allows to be asked, where it says so. `Unavailable`."""
        answer = await provider.ask(reference)
        if answer is None:
            return None
        if answer.is_final:
            await asyncio.to_thread(self.bank.lay, answer.name, answer.content())
        return answer.state.poll_limit if answer.state else None


UNDER_WAY = (Stage.INSTRUCTED, Stage.ACCEPTED)
KNOCKED_FOR = (*UNDER_WAY, Stage.REJECTED, Stage.PAID, Stage.RECONCILED, Stage.RETURNED)
"""A request was made."""


async def asked_again(
    view: Connection, known: Iterable[str], today: date, knocked: Iterable[str] = ()
) -> dict[str, str]:
    """The references of requests that providers have not answered for, that failed within a month,
    or that somebody knocked for; each with its provider.
    """
    rows = await view.fetch(
        "select payment_id, wallet from payment_view p join account_fact using (account_id)"
        " join reconciled_payment r using (payment_id) where wallet = any($1) and"
        " (p.stage = any($2) or p.stage = $3 and r.since >= $4"
        " or payment_id = any($5) and p.stage = any($6)) order by payment_id",
        list(known),
        list(UNDER_WAY),
        Stage.REJECTED,
        today - AFTER_REJECTION,
        [payment_of(each) for each in knocked],
        list(KNOCKED_FOR),
    )
    return {end_to_end_id(PaymentId(row["payment_id"])): row["wallet"] for row in rows}


@dataclass
class Door:
    """An ASGI application: a provider's callback. It is not read: the provider is asked instead."""

    asker: Asker

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        size, more = 0, True
        while more and size <= KNOCK_MAX_BYTES:
            part = await receive()
            size += len(part.get("body", b""))
            more = part.get("more_body", False)
        right = scope["method"] == "PUT" and not more
        if right:
            self.asker.knock(scope["path"].rpartition("/")[2])
        await send({"type": "http.response.start", "status": 204 if right else 400, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class _DoorServer(uvicorn.Server):
    """Beside the service's own: signals are that one's."""

    @contextmanager
    def capture_signals(self) -> Any:
        yield


async def serve_door(address: str, door: Door) -> None:
    """Serve it at `host:port` until cancelled; then the address is free. `OSError`: it is taken."""
    host, _, port = address.rpartition(":")
    config = uvicorn.Config(
        door,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    with socket.create_server((host, int(port))) as listening:
        server = _DoorServer(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await asyncio.wait({serving})
        finally:
            server.should_exit = True
            await asyncio.wait({serving})
        serving.result()


async def listen_to_providers(running: Any) -> None:
    """The service's task."""
    known = providers(running)
    folder = LocalBankFolder(bank_root(running.settings.data))
    asker = Asker(running.store.pool, folder, known, running.clock)
    doors = {each.wallets.listen for each in known.values() if each.wallets.listen}
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(asker.ask_for_ever())
        for address in sorted(doors):
            tasks.create_task(serve_door(address, Door(asker)))
