"""What our account with a provider of mobile money shows is a statement as a bank's is."""

from datetime import timedelta

import pytest
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.test_mobile_money import OURS, Provider, Wallet, provider, wallet

from disbursement.bank import reading
from disbursement.domain.bank_statement import Kind, Sum
from disbursement.domain.payment import PaymentReturned
from disbursement.iso20022.schema import NotReadable
from disbursement.mobile_money.statement import Reader
from disbursement.views import lists
from events.money import Money

__all__ = ["provider", "wallet"]
HEADERS = {"X-Client-Id": OURS.client, "X-API-Key": OURS.key}


async def paid(provider: Provider, wallet: Wallet) -> tuple[str, str]:
    """Paid and reconciled; the payment's path and the provider's reference."""
    path = await wallet.instructed()
    [done] = await provider.carries_out()
    provider.clock.advance(2)
    await wallet.asks()
    assert await wallet.stands(path) == "reconciled"
    return path, done.reference


async def reads(till: Cashier, provider: Provider, wallet: Wallet) -> None:
    """The account is read, and what it shows is taken in."""
    reader = Reader(till.tables, till.gateways.bank, provider.ours, provider.clock)
    await reader.read()
    await till.bank_ear.take_all()
    await till.settle()


async def taken_back(provider: Provider, reference: str) -> None:
    url = f"{OURS.url}/transactions/{reference}/reversals"
    said = await provider.client.post(url, headers=HEADERS, json={"type": "reversal"})
    assert said.status_code == 201


async def test_money_that_came_back_restores_the_commitment_once(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    path, reference = await paid(provider, wallet)
    await taken_back(provider, reference)
    for _ in range(3):
        await reads(till, provider, wallet)
    assert await wallet.stands(path) == "returned"
    [back] = [e for e in await till.trial.events() if isinstance(e, PaymentReturned)]
    assert back.reason == "reversed"
    await chain.requested(till, f"/v1/commitments/{back.commitment}")
    told = await till.told()
    assert told.count("payment_return_booked") == 1
    assert ok(await till.hana.get("/v1/bank-lines"))["items"] == []


async def test_each_day_that_is_over_is_a_statement_that_adds_up_and_is_told_once(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    _, reference = await paid(provider, wallet)
    await taken_back(provider, reference)
    till.it_is(provider.clock.now() + timedelta(days=2))
    for _ in range(2):
        await reads(till, provider, wallet)
    told = [
        (each["kind"], each["sum"], each["state"])
        for each in await till.tables.fetch(
            "select kind, state::jsonb ->> 'sum' as sum, state from bank_statement_view"
            " where counts order by closed_on"
        )
    ]
    assert [each[:2] for each in told] == [(Kind.STATEMENT, Sum.ADDS_UP)] * 2
    assert (await till.told()).count("payment_return_booked") == 1


async def test_money_that_fits_nothing_waits_for_a_person(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    await paid(provider, wallet)
    provider.book._db.execute(
        "update request set body = replace(body, 'pay-', 'xyz-') where status = 'completed'"
    )
    till.it_is(provider.clock.now() + timedelta(days=1))
    await reads(till, provider, wallet)
    opened = await till.tables.fetch("select why from bank_line_view")
    assert [each["why"] for each in opened] == ["unknown_reference"]


async def test_another_account_that_ends_alike_is_not_ours_to_go_on_from(
    till: Cashier, provider: Provider, wallet: Wallet
) -> None:
    """A bank's, or one that we had with the provider before."""
    await paid(provider, wallet)
    yesterday = provider.clock.now().date() - timedelta(days=1)
    other = statement("-5").replace(b"2026-03-02", str(yesterday + timedelta(days=9)).encode())
    for named in (b"asiahawala", b"zaincash"):
        told = other.replace(b'"zaincash"', b'"%s"' % named).replace(b"HOMEWARD", b"ANOTHERS")
        told = told.replace(b'"lines"', b'"label":"%s-0123456789ab","lines"' % named)
        till.gateways.bank.lay(f"{named.decode()}.json", told)
    await till.bank_ear.take_all()
    await till.settle()
    ours = provider.ours.wallets
    first = await lists.next_day(till.tables, ours.provider, ours.label, ours.account[-4:])
    assert first == provider.clock.now().date()
    till.it_is(provider.clock.now() + timedelta(days=1))
    await reads(till, provider, wallet)
    first = await lists.next_day(till.tables, ours.provider, ours.label, ours.account[-4:])
    assert first == provider.clock.now().date()


def statement(amount: str) -> bytes:
    return (
        '{"mobile_money_statement":"1.2","provider":"zaincash","account":"HOMEWARD-0001",'
        '"day":"2026-03-02","over":true,"opening":"10","closing":"5","currency":"EUR","lines":'
        f'[{{"reference":"MM1","amount":"{amount}","currency":"EUR","of":null,"came_back":false}}]}}'
    ).encode()


def test_a_statement_is_read_with_its_balances() -> None:
    [shown] = reading.read(statement("-5")).statements
    assert (shown.opening, shown.closing) == (Money(1000, "EUR"), Money(500, "EUR"))
    assert (shown.sum, shown.account) == (Sum.ADDS_UP, "HOMEWARD-0001")


@pytest.mark.parametrize("content", [statement("-5")[:-4], statement("1e400"), statement("five")])
def test_what_is_none_is_not_read(content: bytes) -> None:
    with pytest.raises(NotReadable):
        reading.read(content)
