"""A vendor with a wallet is paid by its provider of mobile money, once, whatever gets lost."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
import pytest_asyncio
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier
from services.disbursement.tests.people import ACCOUNT, FILE, NADIA, NOON, OVENS, PAYMENT, iqd

from disbursement.bank import reading
from disbursement.domain.bank_file import (
    Instructed,
    OneRailInAFile,
    PrepareBankFile,
    ProviderPaysAtOnce,
    bank_file,
)
from disbursement.domain.heard import WalletDeclared, from_vendors
from disbursement.domain.invoice_number import InvoiceNumber
from disbursement.domain.payment import PaymentRejectedByBank, VendorPaid
from disbursement.gateways import SEALED
from disbursement.iso20022.answers import BankStatus, Status
from disbursement.iso20022.pain001 import Bank, BankAccount, Party, Scheme, Transfer
from disbursement.iso20022.references import uetr
from disbursement.iso20022.schema import NotReadable
from disbursement.mobile_money import orders
from disbursement.mobile_money.answers import Answer, Done
from disbursement.mobile_money.listen import Asker, Door, serve_door
from disbursement.mobile_money.provider import GsmaProvider
from disbursement.settings import BadWallets, Wallets
from events.memory import FixedClock
from events.ports import Unavailable
from events.scenario import scenario
from events.values import Code
from homeward.mobile_money.book import Book, Request
from homeward.mobile_money.counter import Counter, Pace
from homeward.processes import free_port

ONE = '{"provider":"x","url":"https://a.org/m","client":"c","key":"k","account":"HW-1"}'
OURS = Wallets(
    provider="zaincash",
    url="http://127.0.0.1:9/mm",
    client="homeward",
    key="open sesame",
    account="HOMEWARD-0001",
    callback="http://127.0.0.1:10/knock",
)


@dataclass
class Provider:
    """The simulated one, and ours who speak to it; no wire between them."""

    folder: Path
    clock: FixedClock
    doors: list[Door] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.book = Book(self.folder / "provider.sqlite")
        callbacks = httpx.AsyncClient(transport=httpx.MockTransport(self._knock))
        self.counter = Counter(self.book, self.clock, {"homeward": OURS.key}, Pace(), callbacks)
        self.is_away = False
        self.is_silent = False
        self.falls_silent_at: str | None = None
        """It takes the request under this reference, and says nothing of that one any more."""
        self._app = httpx.ASGITransport(app=self.counter.app(), root_path="/mm")
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._wire))
        self.ours = GsmaProvider(OURS, self.client, self.clock)

    async def _wire(self, request: httpx.Request) -> httpx.Response:
        if self.is_away:
            raise httpx.ConnectError("nobody is there")
        if self.falls_silent_at is not None:
            correlation = uetr(self.falls_silent_at)
            if request.headers.get("X-CorrelationID") == correlation:
                self.is_silent = True
                await self._app.handle_async_request(request)
            if self.is_silent and correlation in (
                request.headers.get("X-CorrelationID"),
                request.url.path.rpartition("/")[2],
            ):
                raise httpx.ReadTimeout("it says nothing")
        return await self._app.handle_async_request(request)

    async def _knock(self, request: httpx.Request) -> httpx.Response:
        """A callback goes to whoever is at the door; nobody is in most tests."""
        for door in self.doors:
            transport = httpx.ASGITransport(app=door)
            return await transport.handle_async_request(request)
        raise httpx.ConnectError("nobody is there")

    async def carries_out(self, seconds: float = 1.0) -> list[Request]:
        self.clock.advance(seconds)
        await self.counter.tick()
        return self.book.carried_out()


@pytest_asyncio.fixture
async def provider(till: Cashier, tmp_path: Path) -> AsyncIterator[Provider]:
    clock = till.trial.clock
    assert isinstance(clock, FixedClock)
    there = Provider(tmp_path, clock)
    till.gateways = replace(till.gateways, providers={"zaincash": there.ours})
    till.payees.wallets[ACCOUNT] = Code("zaincash")
    yield there
    there.book.close()


@dataclass
class Wallet:
    """The chain up to the second signature, for an account that is a wallet."""

    till: Cashier
    asker: Asker

    async def released(self, number: str = "INV-2231") -> str:
        path = await chain.ordered(self.till)
        declared = WalletDeclared(by=NADIA, at=NOON, account=ACCOUNT, provider=Code("zaincash"))
        await self.till.heard(from_vendors, declared)
        await self.till.does(self.till.dalia, f"{path}/deliveries", chain.delivery(10))
        await self.till.does(self.till.hana, f"{path}/invoices", chain.invoice(10, number))
        return await chain.released(self.till, await chain.requested(self.till, path))

    async def instructed(self, number: str = "INV-2231") -> str:
        return await chain.instructed(self.till, await self.released(number))

    async def asks(self) -> None:
        """The provider is asked what is due, and what it says is taken in."""
        await self.asker.ask()
        await self.till.bank_ear.take_all()
        await self.till.settle()

    async def stands(self, payment: str) -> str:
        stage: str = (await self.till.eva.get(payment)).json()["stage"]
        return stage


@pytest.fixture
def wallet(till: Cashier, provider: Provider) -> Wallet:
    known = till.gateways.providers
    return Wallet(till, Asker(till.tables, till.gateways.bank, known, till.trial.clock))


async def test_a_wallet_is_paid_by_its_provider_and_reconciled(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    payment = await wallet.instructed()
    await wallet.asks()
    assert await wallet.stands(payment) == "accepted"
    [done] = await provider.carries_out()
    provider.clock.advance(2)
    await wallet.asks()
    assert await wallet.stands(payment) == "reconciled"
    [paid] = [e for e in await till.trial.events() if isinstance(e, VendorPaid)]
    assert (paid.amount, paid.bank_ref, paid.value_date) == (
        iqd(1_400_000),
        done.reference,
        NOON.date(),
    )
    asked = msgspec.json.decode(done.body)
    assert (asked["amount"], asked["creditParty"][0]["value"]) == ("1400000", "+9647701234567")


async def test_nothing_of_it_goes_to_the_bank_and_no_number_is_kept(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    await wallet.instructed()
    assert till.at_the_bank() == []
    assert list((till.folder / SEALED).iterdir()) == []
    for entry in await till.trial.store.read(0, 1000):
        assert b"7701234567" not in entry.raw


async def test_what_the_provider_declines_is_owed_as_before(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    payment = await wallet.instructed("SIM-FAIL-insufficientFunds")
    await provider.carries_out()
    await wallet.asks()
    assert await wallet.stands(payment) == "rejected"
    [no] = [e for e in await till.trial.events() if isinstance(e, PaymentRejectedByBank)]
    assert no.reason == "insufficientFunds"
    again = await chain.requested(till, f"/v1/commitments/{no.commitment}")
    assert again != payment


async def carried_out_after_all(provider: Provider, wallet: Wallet) -> tuple[str, Request]:
    """It was declined, and then the provider carries it out; the payment and the request."""
    payment = await wallet.instructed("SIM-FAIL-requestDeclined")
    await provider.carries_out()
    await wallet.asks()
    assert await wallet.stands(payment) == "rejected"
    provider.book._db.execute("update request set status = 'completed', error = null")
    return payment, provider.book.carried_out()[0]


async def test_what_was_declined_and_is_carried_out_after_all_is_heard_by_a_knock(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    provider.doors.append(Door(wallet.asker))
    payment, done = await carried_out_after_all(provider, wallet)
    await provider.counter._knock(done)
    await wallet.asks()
    assert await wallet.stands(payment) == "reconciled"
    [paid] = [e for e in await till.trial.events() if isinstance(e, VendorPaid)]
    assert (paid.after_rejection, paid.bank_ref) == (True, done.reference)


async def test_and_without_a_knock_by_asking_for_a_month(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    await carried_out_after_all(provider, wallet)
    till.it_is(NOON + timedelta(days=31))
    await wallet.asks()
    assert "vendor_paid" not in await till.told()
    till.it_is(NOON + timedelta(days=30))
    await wallet.asks()
    assert (await till.told()).count("payment_reconciled") == 1


async def test_a_failure_that_is_asked_again_is_no_news(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    await wallet.instructed("SIM-FAIL-requestDeclined")
    await provider.carries_out()
    for _ in range(4):
        await wallet.asks()
        provider.clock.advance(1000)
    told = await till.told()
    assert (told.count("bank_answer_read"), told.count("payment_rejected_by_bank")) == (2, 1)


async def test_who_knocks_for_nothing_of_ours_has_nothing_asked(wallet: Wallet) -> None:
    for reference in ("pay-none", "\0", "fil-1", "pay-" + "0" * 26):
        wallet.asker.knock(reference)
    await wallet.asks()
    assert wallet.asker._waiting == {}


async def test_what_the_provider_refuses_at_once_is_rejected(
    provider: Provider, wallet: Wallet
) -> None:
    payment = await wallet.instructed("SIM-REFUSE-identifierError")
    await wallet.asks()
    assert await wallet.stands(payment) == "rejected"
    assert await provider.carries_out() == []


def order(remittance: str = "Invoice 7", reference: str = "pay-1") -> orders.Order:
    transfer = Transfer(
        end_to_end_id=reference,
        uetr=uetr(reference),
        amount=iqd(1_400_000),
        creditor=Party("Al-Noor Ovens", "IQ", "Baghdad"),
        account=BankAccount(Scheme.BBAN, "9647701234567"),
        bank=Bank(name="NOTPROVIDED"),
        remittance=remittance,
    )
    content = orders.write("fil-1", "zaincash", OURS.account, [transfer], NOON)
    assert content == orders.write("fil-1", "zaincash", OURS.account, [transfer], NOON)
    assert orders.is_orders(content)
    return orders.read(content).orders[0]


async def test_after_a_lost_answer_the_provider_is_asked_before_it_is_asked_to_pay(
    provider: Provider,
) -> None:
    with pytest.raises(Unavailable):
        await provider.ours.pay(order("SIM-LOST"))
    await provider.carries_out()
    answer = await provider.ours.pay(order("SIM-LOST"))
    assert answer.is_final
    assert len(await provider.carries_out()) == 1


async def test_two_requests_at_the_same_instant_are_carried_out_once(provider: Provider) -> None:
    both = (provider.ours.pay(order()), provider.ours.pay(order()))
    one, other = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(each).__name__ for each in (one, other)) in (
        ["Answer", "Answer"],
        ["Answer", "Unavailable"],
    )
    assert len(await provider.carries_out()) == 1


async def test_what_never_came_is_known_to_have_never_come(provider: Provider) -> None:
    assert await provider.ours.ask("pay-1") is None


async def test_a_provider_that_pays_at_once_says_so_at_once(provider: Provider) -> None:
    answer = await provider.ours.pay(order("SIM-NOW"))
    assert answer.done is not None
    assert answer.is_final


async def test_a_wrong_key_decides_nothing(provider: Provider) -> None:
    other = msgspec.structs.replace(OURS, key="guessed")
    with pytest.raises(Unavailable):
        await GsmaProvider(other, provider.client, provider.clock).pay(order())


async def test_a_knock_has_it_asked_now_and_is_not_believed(
    provider: Provider, wallet: Wallet
) -> None:
    payment = await wallet.instructed("SIM-LATE")
    for _ in range(4):
        await wallet.asks()
        provider.clock.advance(0.5)
    provider.doors.append(Door(wallet.asker))
    reference = chain.reference(payment)
    waiting = wallet.asker._waiting[reference]
    waiting.due = (provider.clock.now() + timedelta(hours=1)).timestamp()
    await provider.carries_out(5)
    await wallet.asks()
    assert await wallet.stands(payment) == "reconciled"


@pytest.mark.parametrize(("method", "size"), [("GET", 0), ("PUT", 70_000)])
async def test_only_a_small_put_is_a_knock(wallet: Wallet, method: str, size: int) -> None:
    transport = httpx.ASGITransport(app=Door(wallet.asker))
    async with httpx.AsyncClient(transport=transport) as caller:
        said = await caller.request(method, "http://door/knock/pay-1", content=b"x" * size)
    assert said.status_code == 400


async def test_a_door_that_was_left_is_opened_again_at_once(wallet: Wallet) -> None:
    """The lead is lost with the database, and taken again while providers keep connections open."""
    address = f"127.0.0.1:{free_port()}"
    async with httpx.AsyncClient(base_url=f"http://{address}") as caller:
        for _ in range(3):
            opened = asyncio.create_task(serve_door(address, Door(wallet.asker)))
            assert (await _knocked(caller)).status_code == 204
            opened.cancel()
            await asyncio.wait({opened})
            assert opened.cancelled()


async def test_a_door_whose_address_is_taken_ends_nothing_but_itself(wallet: Wallet) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(OSError, match="in use"):
            await serve_door(address, Door(wallet.asker))


async def _knocked(caller: httpx.AsyncClient) -> httpx.Response:
    async with asyncio.timeout(60):
        while True:
            try:
                return await caller.put("/knock/pay-1")
            except httpx.TransportError:  # not open yet
                await asyncio.sleep(0.01)


async def test_silence_decides_nothing(provider: Provider, wallet: Wallet) -> None:
    payment = await wallet.instructed("SIM-LATE")
    for _ in range(3):
        await wallet.asks()
        provider.clock.advance(1)
    assert await wallet.stands(payment) == "accepted"


async def test_a_wallet_with_a_provider_who_is_none_of_ours_is_held(
    till: Cashier, wallet: Wallet
) -> None:
    till.gateways = replace(till.gateways, providers={})
    payment = await wallet.instructed()
    stands = (await till.eva.get(payment)).json()
    assert (stands["stage"], stands["held"]) == ("released", "no_provider")


def said(status: str, amount: str = "1400000", reference: str = "pay-1") -> bytes:
    done = Done("MM1", status, amount, "IQD", reference, NOON)
    return Answer(provider="zaincash", account="HW-1", reference="pay-1", done=done).content()


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("pending", Status.ACCEPTED),
        ("Declined", Status.REJECTED),
        ("under review", Status.UNKNOWN),
    ],
)
def test_a_word_that_is_none_of_ours_waits_for_a_person(word: str, status: Status) -> None:
    [line] = reading.read(said(word)).lines
    assert isinstance(line, BankStatus)
    assert line.status is status


@pytest.mark.parametrize("content", [b"{}", said("completed")[:-3], said("completed", "1e400")])
def test_what_cannot_be_read_is_none_of_ours(content: bytes) -> None:
    with pytest.raises(NotReadable):
        reading.read(content)


async def test_another_amount_and_another_payments_reference_wait_for_a_person(
    till: Cashier, wallet: Wallet
) -> None:
    payment = await wallet.instructed()
    reference = chain.reference(payment)
    for name, content in (
        ("1.json", said("completed", "1400000.5", reference)),
        ("2.json", said("completed", reference="pay-none")),
    ):
        till.gateways.bank.lay(name, content)
    await till.bank_ear.take_all()
    await till.settle()
    lines = (await till.hana.get("/v1/bank-lines")).json()["items"]
    assert sorted(line["why"] for line in lines) == ["other_amount", "unknown_reference"]
    assert await wallet.stands(payment) != "reconciled"


prepare = PrepareBankFile(
    by=NADIA,
    at=NOON,
    file=FILE,
    message_id=Code("fil-1"),
    execution=NOON.date(),
    payments=(
        Instructed(
            payment=PAYMENT,
            end_to_end_id=Code("pay-1"),
            vendor=OVENS,
            account=ACCOUNT,
            amount=iqd(1_400_000),
            invoice_number=InvoiceNumber("INV-2231"),
        ),
    ),
    rails=frozenset({Code("zaincash")}),
    within=timedelta(days=30),
)


def test_one_file_is_for_one_rail() -> None:
    both = msgspec.structs.replace(prepare, rails=frozenset({None, Code("zaincash")}))
    scenario(bank_file).when(both).then_rejected(OneRailInAFile(2))


def test_a_provider_is_asked_for_no_later_day() -> None:
    tomorrow = NOON.date() + timedelta(days=1)
    later = msgspec.structs.replace(prepare, execution=tomorrow)
    scenario(bank_file).when(later).then_rejected(ProviderPaysAtOnce(tomorrow, NOON.date()))


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '[{"provider": "x"}]',
        '[{"provider":"x","url":"http://example.org/mm","client":"c","key":"k","account":"HW-1"}]',
        f"[{ONE},{ONE}]",
        '[{"provider":"x y","url":"https://a.org/m","client":"c","key":"k","account":"HW-1"}]',
    ],
)
def test_wallets_are_reached_over_tls_and_told_whole(text: str) -> None:
    with pytest.raises(BadWallets):
        Wallets.read({"HOMEWARD_MOBILE_MONEY": text})


def test_no_key_is_shown() -> None:
    assert OURS.key not in repr(OURS)
