"""The bank and each provider of mobile money by themselves: on a real store, run by the service's
worker, with the provider as a process of its own that can be halted.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from dataclasses import replace as with_
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import pytest_asyncio
from services.disbursement.tests.cashier import Cashier, ok, vendor_suspended
from services.disbursement.tests.people import ACCOUNT, NADIA, NOON
from services.disbursement.tests.test_refused_files import (
    TwoPayments,
    nothing_else,
    stands,
    two_released,
)

from disbursement.bank.leaving import send_to_the_bank
from disbursement.domain import heard
from disbursement.domain.heard import WalletDeclared
from disbursement.main import service
from disbursement.mobile_money.provider import GsmaProvider
from disbursement.mobile_money.sending import send_to_providers
from disbursement.settings import Wallets
from events.delivery.memory import MemoryBus
from events.delivery.ports import Alone
from events.delivery.worker import Delivery, Worker
from events.handler import Handler
from events.io.postgres import PostgresTracking
from events.io.system import SystemClock, SystemIds
from events.memory import FixedClock
from events.values import Code
from homeward.mobile_money.book import Book
from homeward.processes import free_port

LATER = 60.0


@dataclass
class Process:
    """The simulated provider, on its own."""

    program: subprocess.Popen[bytes]
    address: str
    data: Path

    def halt(self) -> None:
        self.program.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.program.send_signal(signal.SIGCONT)

    def asked(self) -> int:
        with closing(Book(self.data / "book.sqlite")) as book:
            found: int = book._db.execute("select count(*) from request").fetchone()[0]
            return found


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    address, data = f"127.0.0.1:{free_port()}", tmp_path / "provider"
    data.mkdir()
    told = {"HOMEWARD_BIND": address, "HOMEWARD_DATA": str(data), "HOMEWARD_CLIENT": "us:key"}
    command = [sys.executable, "-m", "homeward.mobile_money"]
    program = subprocess.Popen(command, env=os.environ | told)
    there = Process(program, address, data)
    yield there
    there.go_on()
    program.terminate()
    program.wait()


@pytest_asyncio.fixture
async def two(at_once: Cashier, process: Process) -> AsyncIterator[TwoPayments]:
    """The ovens are paid to a wallet, the mills at a bank; the provider is halted."""
    released = await two_released(at_once)
    wallet = WalletDeclared(by=NADIA, at=NOON, account=ACCOUNT, provider=Code("zaincash"))
    await at_once.heard(heard.from_vendors, wallet)
    at_once.payees.wallets[ACCOUNT] = Code("zaincash")
    ours = Wallets(
        provider="zaincash",
        url=f"http://{process.address}",
        client="us",
        key="key",
        account="HOMEWARD-0001",
    )
    async with httpx.AsyncClient() as client:
        async with asyncio.timeout(LATER):
            while not await _answers(client, ours.url):  # noqa: ASYNC110  another process
                await asyncio.sleep(0.1)
        known = {"zaincash": GsmaProvider(ours, client, SystemClock())}
        at_once.gateways = with_(at_once.gateways, providers=known)
        process.halt()
        yield released


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/heartbeat")).is_success
    except httpx.TransportError:
        return False


class Unhurried(FixedClock):
    """It is noon for ever, and who sleeps does sleep."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@asynccontextmanager
async def at_work(till: Cashier) -> AsyncIterator[Worker]:
    """Policies, effects, and the tasks that send, on read models that keep up."""
    clock = Unhurried(till.trial.clock.now())
    handler = Handler(service.registry, till.trial.store, clock, SystemIds())
    running = SimpleNamespace(
        handler=handler,
        store=SimpleNamespace(pool=till.tables),
        gateways=till.gateways,
        clock=clock,
    )
    delivery = Delivery(
        handler=handler,
        bus=MemoryBus(),
        feed=nothing_else,
        tracking=PostgresTracking(till.tables),
        leader=Alone(),
        gateways=till.gateways,
        running=running,
    )
    sending = (send_to_the_bank, send_to_providers)
    worker = Worker(with_(service, views=(), tasks=sending), delivery)
    tasks = [asyncio.create_task(worker.run()), asyncio.create_task(_keep_showing(till))]
    try:
        yield worker
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _keep_showing(till: Cashier) -> None:
    while True:
        await till.shows()
        await asyncio.sleep(0.05)


async def until(till: Cashier, path: str, *stages: str) -> None:
    async with asyncio.timeout(LATER):
        while (await stands(till, path))[0] not in stages:  # noqa: ASYNC110  another process
            await asyncio.sleep(0.1)


async def test_while_a_provider_is_away_the_banks_files_leave_and_its_own_wait_and_are_stopped(
    at_once: Cashier, two: TwoPayments, process: Process
) -> None:
    till = at_once
    async with at_work(till):
        ok(await till.hana.post("/v1/bank-files", two.body(two.ovens)), 201)
        await until(till, two.ovens, "in_file")
        ok(await till.hana.post("/v1/bank-files", two.body(two.mills)), 201)
        await until(till, two.mills, "instructed")
        assert (await stands(till, two.ovens))[0] == "in_file"
        tag = (await till.eva.get(two.ovens)).headers["etag"]
        ok(await till.eva.post(f"{two.ovens}/hold", {"reason": "stop_it"}, if_match=tag))
        assert await stands(till, two.ovens) == ("released", "stop_it", None)
        process.go_on()
        await asyncio.sleep(2)
    assert len(till.at_the_bank()) == 1
    assert process.asked() == 0


async def test_what_waited_for_the_provider_goes_when_that_goes_on(
    at_once: Cashier, two: TwoPayments, process: Process
) -> None:
    till = at_once
    async with at_work(till):
        ok(await till.hana.post("/v1/bank-files", two.body(two.ovens)), 201)
        await until(till, two.ovens, "in_file")
        process.go_on()
        await until(till, two.ovens, "instructed", "accepted")
    assert process.asked() == 1


async def test_money_does_not_go_to_a_vendor_that_was_suspended_while_the_provider_was_away(
    at_once: Cashier, two: TwoPayments, process: Process
) -> None:
    till = at_once
    async with at_work(till):
        ok(await till.hana.post("/v1/bank-files", two.body(two.ovens)), 201)
        await until(till, two.ovens, "in_file")
        await till.heard(heard.from_vendors, vendor_suspended, view="told")
        process.go_on()
        await until(till, two.ovens, "released")
    assert (await stands(till, two.ovens))[1] == "vendor_suspended"
    assert process.asked() == 0
