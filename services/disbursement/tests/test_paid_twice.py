"""The bank executes a payment that it had rejected, and the one that had taken its place as well:
the money is gone, the books say so, and somebody is asked to get it back.
"""

import asyncio
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import NOON, eur
from services.disbursement.tests.test_histories import World
from services.disbursement.tests.test_ledger import on
from services.disbursement.tests.test_recovery import credited

from disbursement.domain.bank_file import StopBankFile
from disbursement.domain.commitment import InvoiceSettled
from disbursement.domain.payment import HoldIfOpen
from disbursement.holding import hold
from events.service import Heard
from events.values import SYSTEM, PaymentId

TWICE = {"funds_spent": 1, "funds_spent_beyond": 1, "vendor_paid": 2, "invoice_paid_again": 1}


async def rejected(till: Cashier) -> tuple[str, str]:
    """The bank rejected the first payment; the invoice is open for another one."""
    first = await chain.instructed(till)
    await till.bank_says("no.xml", chain.status(first, "RJCT"))
    return first, f"/v1/commitments/{ok(await till.hana.get(first))['commitment']}"


async def another(till: Cashier, of: str) -> str:
    """A payment of the order's invoice that the bank has."""
    return await chain.instructed(till, await chain.released(till, await chain.requested(till, of)))


async def paid_twice(till: Cashier) -> tuple[str, str]:
    """Both are executed: the second first, and then, late, the first."""
    first, of = await rejected(till)
    second = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, of))
    )
    await till.bank_says("two.xml", chain.booked(second, message="NT-2", bank_ref="BANK-2"))
    await till.bank_says("one.xml", chain.booked(first, message="NT-1", bank_ref="BANK-1"))
    return first, second


async def budget(till: Cashier) -> dict[str, str]:
    [line] = ok(await till.maria.get("/v1/budget-lines"))["items"]
    names = ("reserved", "spent", "spent_beyond", "available")
    return {name: line[name]["amount"] for name in names}


async def owed(till: Cashier) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(await till.eva.get("/v1/recoveries"))["items"]
    return items


async def reserved(till: Cashier, payment: str) -> str:
    """What is left of the order's reservation."""
    of = ok(await till.hana.get(payment))["commitment"]
    left: str = ok(await till.hana.get(f"/v1/commitments/{of}"))["reserved"]["amount"]
    return left


async def test_the_line_has_spent_both_and_no_others_reservation_is_touched(till: Cashier) -> None:
    first, _ = await paid_twice(till)
    told = await till.told()
    assert {name: told.count(name) for name in TWICE} == TWICE
    assert await budget(till) == {
        "reserved": "0.00",
        "spent": "2000.00",
        "spent_beyond": "1000.00",
        "available": "3000.00",
    }
    assert await on(till) == {"expense": "1000.00", "receivable": "1000.00", "bank": "-2000.00"}
    assert await reserved(till, first) == "0.00"
    assert till.refusals() == []


async def test_a_line_that_has_no_more_goes_below_zero_and_says_so(till: Cashier) -> None:
    line = await chain.funded(till, ceiling=1500)
    of = await chain.matched(till, commitment=await chain.committed(till, line))
    first = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, of))
    )
    await till.bank_says("no.xml", chain.status(first, "RJCT"))
    second = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, of))
    )
    await till.bank_says("two.xml", chain.booked(second, message="NT-2", bank_ref="BANK-2"))
    await till.bank_says("one.xml", chain.booked(first, message="NT-1", bank_ref="BANK-1"))
    stands = await budget(till)
    assert (stands["available"], stands["spent_beyond"]) == ("-500.00", "1000.00")
    assert till.refusals() == []


async def test_somebody_is_asked_to_get_it_back(till: Cashier) -> None:
    first, second = await paid_twice(till)
    [asked] = await owed(till)
    assert (asked["payment"], asked["reason"]) == (first.rpartition("/")[2], "paid_twice")
    assert asked["stage"] == "initiated"
    assert asked["amount"] == {"amount": "1400000.000", "currency": "IQD"}
    await till.does(till.eva, f"/v1/recoveries/{asked['recovery']}/approve")
    assert (await on(till))["receivable"] == "1000.00", "it is owed since it was paid"
    assert ok(await till.hana.get(second))["stage"] == "reconciled"


async def test_what_the_vendor_pays_back_of_it_was_never_reserved(till: Cashier) -> None:
    first, _ = await paid_twice(till)
    [asked] = await owed(till)
    path = f"/v1/recoveries/{asked['recovery']}"
    await till.does(till.eva, f"{path}/approve")
    await chain.money_came(till, path, await credited(till, "1400000.000"))
    assert await budget(till) == {
        "reserved": "0.00",
        "spent": "1000.00",
        "spent_beyond": "0.00",
        "available": "4000.00",
    }
    assert await on(till) == {"expense": "1000.00", "bank": "-1000.00"}
    assert await reserved(till, first) == "0.00"
    assert till.refusals() == []


async def test_a_return_of_the_second_restores_what_it_took_and_reserves_nothing(
    till: Cashier,
) -> None:
    first, _ = await paid_twice(till)
    await till.bank_says("back.xml", chain.came_back(first))
    assert await budget(till) == {
        "reserved": "0.00",
        "spent": "1000.00",
        "spent_beyond": "0.00",
        "available": "4000.00",
    }
    assert await on(till) == {"expense": "1000.00", "bank": "-1000.00"}
    assert [each["stage"] for each in await owed(till)] == ["stopped"]
    assert await reserved(till, first) == "0.00"
    assert till.refusals() == []


async def test_when_the_one_that_settled_it_comes_back_the_other_one_has_paid_it(
    till: Cashier,
) -> None:
    _, second = await paid_twice(till)
    await till.bank_says("back.xml", chain.came_back(second))
    of = f"/v1/commitments/{ok(await till.hana.get(second))['commitment']}"
    assert ok(await till.hana.get(of))["stage"] == "liquidated"
    again = {"commitment": of.rpartition("/")[2], "invoice": None}
    [paid] = ok(await till.hana.get(of))["invoices"]
    again["invoice"] = paid["invoice"]
    assert refused(await till.hana.post("/v1/payments", again)) == (409, "CommitmentIsAt")
    assert await budget(till) == {
        "reserved": "0.00",
        "spent": "1000.00",
        "spent_beyond": "0.00",
        "available": "4000.00",
    }
    assert await on(till) == {"expense": "1000.00", "bank": "-1000.00"}
    assert [each["stage"] for each in await owed(till)] == ["stopped"]
    assert till.refusals() == []


async def test_what_has_taken_its_place_goes_no_further(till: Cashier) -> None:
    """Whatever stage it is at, as long as the bank does not have it; and nobody lets it go on."""
    first, of = await rejected(till)
    second = await chain.released(till, await chain.requested(till, of))
    await till.bank_says("one.xml", chain.booked(first))
    assert ok(await till.hana.get(second))["held"] == "invoice_settled_by_another_payment"
    let_go = {"reason": "seen"}
    assert await till.tries(till.tomas, f"{second}/release-from-hold", let_go) == (
        409,
        "InvoiceAlreadyPaid",
    )
    await till.does(till.hana, f"{second}/cancel", {"reason": "paid_late"})
    assert await budget(till) | {"available": ""} == {
        "reserved": "0.00",
        "spent": "1000.00",
        "spent_beyond": "0.00",
        "available": "",
    }


async def test_it_comes_out_of_a_file_that_is_not_sealed(till: Cashier) -> None:
    first, of = await rejected(till)
    second = await chain.released(till, await chain.requested(till, of))
    ok(await till.hana.post("/v1/bank-files", {"payments": [second.rpartition("/")[2]]}), 201)
    entries = await till.trial.store.read(0, 1000)
    await till._project("disbursement", entries[till._seen :])
    page = ok(await till.hana.get(second))
    settled = InvoiceSettled(
        by=SYSTEM,
        at=NOON,
        commitment=page["commitment"],
        invoice=page["invoice"],
        payment=PaymentId(first.rpartition("/")[2]),
        reserved=eur(1000),
        displaced=page["payment"],
    )
    fact = Heard(settled, entries[-1].envelope, entries[-1].position)
    asked = [act.command for act in await hold(fact, till.gateways)]
    assert [type(each) for each in asked] == [HoldIfOpen, StopBankFile]


async def test_a_late_success_of_an_order_that_was_cancelled_is_spent(till: Cashier) -> None:
    """Its goods were taken back and its reservation given back when the bank had said no."""
    first, of = await rejected(till)
    [receipt] = ok(await till.hana.get(of))["receipts"]
    lines = [{"line": 1, "quantity": 1}, {"line": 2, "quantity": 10}]
    said = {"receipt": receipt["receipt"], "reason": "damaged", "lines": lines}
    await till.does(till.lina, f"{of}/dispute-delivery", said)
    reduced = {"outcome": "reduced", "document": chain.DOCUMENT, "receipt": receipt["receipt"]}
    await till.does(till.hana, f"{of}/resolve-dispute", reduced)
    await till.does(till.hana, f"{of}/cancel", {"reason": "returnee_left"})
    await till.bank_says("one.xml", chain.booked(first))
    assert await budget(till) == {
        "reserved": "0.00",
        "spent": "1000.00",
        "spent_beyond": "1000.00",
        "available": "4000.00",
    }
    await till.bank_says("back.xml", chain.came_back(first))
    assert (await budget(till))["available"] == "5000.00"
    assert "bank" not in await on(till)
    assert till.refusals() == []


# In whatever order

REJECTS, EXECUTES, SENDS_BACK = 1, 2, 5


async def another_is_released(world: World, _: int) -> None:
    """If the invoice is open for one."""
    await world.somebody_asks_to_pay(0)
    await world.all_sign(len(world.payments) - 1)


async def the_bank_speaks(world: World, number: int) -> None:
    said = (REJECTS, EXECUTES, EXECUTES, SENDS_BACK)[number % 4]
    which = world.payments[number // 4 % len(world.payments)]
    await world.the_bank_says_of(which, said, more=number % 3)


speaks = st.tuples(st.just(the_bank_speaks), st.integers(0, 23))
others = st.tuples(
    st.sampled_from((another_is_released, World.the_order_is_cancelled)), st.integers(0, 7)
)
steps = st.lists(st.one_of(speaks, others), min_size=3, max_size=14)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(steps)
@example(
    [
        (the_bank_speaks, 0),
        (another_is_released, 0),
        (the_bank_speaks, 5),
        (the_bank_speaks, 2),
        (the_bank_speaks, 7),
        (the_bank_speaks, 3),
    ]
)
def test_budget_line_commitment_and_ledger_agree(asked: list[tuple[Any, int]]) -> None:
    async def play() -> None:
        world = World()
        await world.begins()
        await world.goods_arrive(9)
        await world.an_invoice_comes(9)
        await another_is_released(world, 0)
        for step, number in asked:
            await step(world, number)
            await world.holds()

    asyncio.run(play())
