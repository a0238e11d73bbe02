"""The simulated provider and what we ask of it, held against GSMA's own specification (1.2.0)."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
import yaml
from jsonschema import Draft4Validator

from disbursement.iso20022.pain001 import Bank, BankAccount, Party, Scheme, Transfer
from disbursement.iso20022.references import uetr
from disbursement.mobile_money import orders
from disbursement.mobile_money.provider import GsmaProvider
from disbursement.settings import Wallets
from events.memory import NOON, FixedClock
from events.money import Money
from homeward.mobile_money.book import Book
from homeward.mobile_money.counter import Counter, Pace

GSMA = Path(os.environ.get("HOMEWARD_SHARED_DATA", "../shared/data")) / "gsma"
STRICT = GSMA / "mobile-money-api-specification-1.2.0-disbursements.yaml"
WHOLE = GSMA / "mobile-money-api-specification-1.2.0-master_0.yaml"
OURS = Wallets(
    provider="zaincash", url="http://127.0.0.1:9/mm", client="c", key="k", account="HOMEWARD-0001"
)

pytestmark = pytest.mark.skipif(
    not STRICT.exists(), reason="the specification is not beside this checkout (shared/data/gsma)"
)


def faults(specification: Path, name: str, body: Any) -> list[str]:
    """What is wrong with a body, by the specification's schema of that name."""
    document = yaml.safe_load(specification.read_text("utf-8"))
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return [error.message for error in Draft4Validator(schema).iter_errors(body)]


def order(amount: Money, remittance: str = "Invoice 7") -> orders.Order:
    reference = "pay-019a"
    transfer = Transfer(
        end_to_end_id=reference,
        uetr=uetr(reference),
        amount=amount,
        creditor=Party("Al-Noor Ovens", "IQ", "Baghdad"),
        account=BankAccount(Scheme.BBAN, "9647701234567"),
        bank=Bank(name="NOTPROVIDED"),
        remittance=remittance,
    )
    return orders.read(orders.write("fil-1", "x", OURS.account, [transfer], NOON)).orders[0]


def body_of(asked: orders.Order) -> Any:
    return msgspec.json.decode(msgspec.json.encode(asked.transaction))


@dataclass
class Wire:
    """Everything that is said between us and the provider."""

    clock: FixedClock
    counter: Counter
    ours: GsmaProvider
    heard: list[httpx.Response]

    def bodies(self, status: int, path: str) -> list[Any]:
        return [
            each.json()
            for each in self.heard
            if each.status_code == status and path in each.request.url.path
        ]


@pytest_asyncio.fixture
async def wire(tmp_path: Path) -> AsyncIterator[Wire]:
    clock, heard = FixedClock(), []

    async def hear(response: httpx.Response) -> None:
        await response.aread()
        heard.append(response)

    book = Book(tmp_path / "book.sqlite")
    counter = Counter(book, clock, {"c": "k"}, Pace(), httpx.AsyncClient())
    transport = httpx.ASGITransport(app=counter.app(), root_path="/mm")
    client = httpx.AsyncClient(transport=transport, event_hooks={"response": [hear]})
    yield Wire(clock, counter, GsmaProvider(OURS, client, clock), heard)
    book.close()


@pytest.mark.parametrize(
    ("amount", "figure"),
    [
        (Money(1_400_000_500, "IQD"), "1400000.5"),
        (Money(500, "EUR"), "5"),
        (Money(25_969, "VND"), "25969"),
        (Money(1, "IQD"), "0.001"),
        (Money(10, "EUR"), "0.1"),
    ],
)
def test_what_we_ask_is_what_both_specifications_take(amount: Money, figure: str) -> None:
    body = body_of(order(amount))
    assert body["amount"] == figure
    for specification in (STRICT, WHOLE):
        assert faults(specification, "requestTransactionType", body) == []


@pytest.mark.parametrize("spoilt", [{"amount": "5.00"}, {"amount": 5}, {"currency": "EURO"}])
def test_the_specification_would_have_found_it(spoilt: dict[str, Any]) -> None:
    body = body_of(order(Money(500, "EUR"))) | spoilt
    assert faults(STRICT, "requestTransactionType", body)


async def test_the_provider_answers_as_the_specification_says(wire: Wire) -> None:
    asked = order(Money(500, "EUR"))
    await wire.ours.pay(asked)
    await wire.ours.ask(asked.reference)
    wire.clock.advance(1)
    await wire.counter.tick()
    answer = await wire.ours.ask(asked.reference)
    assert answer is not None
    assert answer.is_final
    for status, path, schema in (
        (202, "/transactions/type", "requestStateObject"),
        (404, "/responses/", "errorObject"),
        (200, "/responses/", "responseResponse"),
        (200, "/requeststates/", "requestStateObject"),
        (200, "/transactions/MM", "responseTransactionType"),
    ):
        found = wire.bodies(status, path)
        assert found, path
        for body in found:
            assert faults(STRICT, schema, body) == [], path


async def test_the_account_is_told_as_the_specification_says(wire: Wire) -> None:
    asked = order(Money(500, "EUR"))
    await wire.ours.pay(asked)
    wire.clock.advance(1)
    await wire.counter.tick()
    [done] = wire.counter.book.carried_out()
    before = await wire.ours.balance()
    await wire.ours._send("POST", f"/transactions/{done.reference}/reversals")
    after = await wire.ours.balance()
    assert int(after.current_balance or "") - int(before.current_balance or "") == 5
    paid, back = await wire.ours.entries(NOON)
    undone = await wire.ours.transaction(back.transaction_reference)
    assert undone.original_transaction_reference == paid.transaction_reference
    for status, path, schema in (
        (200, "/balance", "responseAccountBalance"),
        (201, "/reversals", "responseReversal"),
    ):
        for body in wire.bodies(status, path):
            assert faults(WHOLE, schema, body) == [], path
    for body in wire.bodies(200, "/statemententries"):
        for each in body:
            assert faults(WHOLE, "responseStatementEntries", each) == []


async def test_a_failure_is_told_as_the_specification_says(wire: Wire) -> None:
    asked = order(Money(500, "EUR"), "SIM-FAIL-insufficientFunds")
    await wire.ours.pay(asked)
    wire.clock.advance(1)
    await wire.counter.tick()
    await wire.ours.ask(asked.reference)
    [state] = wire.bodies(200, "/requeststates/")
    assert faults(STRICT, "requestStateObject", state) == []
    assert state["error"]["errorCode"] == "insufficientFunds"


async def test_one_correlation_id_is_one_transaction(wire: Wire) -> None:
    """Also when somebody does not ask first, as we do."""
    asked = order(Money(500, "EUR"))
    request = wire.ours._send
    await wire.ours.pay(asked)
    sent = wire.heard[-1].request
    said = await request(
        "POST", "/transactions/type/disbursement", dict(sent.headers), sent.content
    )
    assert said.json()["errorCode"] == "duplicateRequest"
    assert faults(STRICT, "errorObject", said.json()) == []
