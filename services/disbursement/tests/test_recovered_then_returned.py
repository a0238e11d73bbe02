"""A vendor pays back a part of a payment, and the bank then sends back the whole: what the payment
had used up is there again once, for commitment, budget line and ledger, in whatever order (A9).
"""

from typing import Any

import pytest
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.test_advances import HALF_OF_IT, half_paid
from services.disbursement.tests.test_ledger import on
from services.disbursement.tests.test_paid_twice import owed, paid_twice, reserved
from services.disbursement.tests.test_reconciliation import charge, grant, statement
from services.disbursement.tests.test_recovery import credited, owed_back

from events.roles import Role


async def budget(till: Cashier) -> dict[str, str]:
    [line] = ok(await till.maria.get("/v1/budget-lines"))["items"]
    names = ("reserved", "spent", "spent_beyond", "available")
    return {name: line[name]["amount"] for name in names}


async def payment_of(till: Cashier, recovery: str) -> str:
    return f"/v1/payments/{ok(await till.eva.get(recovery))['payment']}"


async def test_what_the_vendor_paid_back_is_not_restored_again_by_the_return(till: Cashier) -> None:
    path = await owed_back(till)
    payment = await payment_of(till, path)
    await chain.money_came(till, path, await credited(till))
    assert await budget(till) == {
        "reserved": "0.00",
        "spent": "700.00",
        "spent_beyond": "0.00",
        "available": "4300.00",
    }
    await till.bank_says("3.xml", chain.came_back(payment))
    assert await reserved(till, payment) == "700.00", "for the order, what it still used up"
    assert await budget(till) == {
        "reserved": "700.00",
        "spent": "0.00",
        "spent_beyond": "0.00",
        "available": "4300.00",
    }
    assert await on(till) == {"bank": "300.00", "expense": "700.00", "payable": "-1000.00"}, (
        "the vendor's own 300 are here: with them its whole invoice is owed again"
    )
    stands = ok(await till.eva.get(path))
    assert (stands["stage"], stands["refund"]["amount"]) == ("refund_owed", "420000.000")
    assert till.refusals() == []


async def test_paid_anew_it_has_cost_what_it_should_and_no_cent_twice(till: Cashier) -> None:
    path = await owed_back(till)
    payment = await payment_of(till, path)
    await chain.money_came(till, path, await credited(till))
    await till.bank_says("3.xml", chain.came_back(payment))
    of = f"/v1/commitments/{ok(await till.hana.get(payment))['commitment']}"
    anew = await chain.instructed(till, await chain.released(till, await chain.requested(till, of)))
    await till.bank_says("4.xml", chain.booked(anew, message="NT-2", bank_ref="BANK-2"))
    assert await reserved(till, payment) == "0.00"
    [line] = ok(await till.maria.get("/v1/budget-lines"))["items"]
    assert line["available"] == chain.eur(4300)
    assert line["spent"] == chain.eur(700), "what left the bank for good"
    assert line["exchange_difference"] == chain.eur(0)
    assert await on(till) == {"bank": "-700.00", "expense": "700.00"}
    stands = ok(await till.eva.get(path))
    assert (stands["stage"], stands["refund"]) == ("refunded", None)
    assert till.refusals() == []


async def test_a_part_of_what_is_owed_came_and_then_the_payment(till: Cashier) -> None:
    path = await owed_back(till)
    payment = await payment_of(till, path)
    line = await credited(till, "140000.000")
    await chain.money_came(till, path, line)
    await till.bank_says("3.xml", chain.came_back(payment))
    stands = ok(await till.eva.get(path))
    assert (stands["stage"], stands["owed"]["amount"]) == ("refund_owed", "0.000")
    assert stands["refund"]["amount"] == "140000.000"
    assert await reserved(till, payment) == "900.00"
    assert await budget(till) == {
        "reserved": "900.00",
        "spent": "0.00",
        "spent_beyond": "0.00",
        "available": "4100.00",
    }
    assert await on(till) == {"bank": "100.00", "expense": "900.00", "payable": "-1000.00"}
    assert till.refusals() == []


async def test_what_the_vendor_pays_after_the_return_restores_nothing(till: Cashier) -> None:
    """The return has restored all of it; the vendor's money waits for a person."""
    path = await owed_back(till)
    payment = await payment_of(till, path)
    await till.bank_says("3.xml", chain.came_back(payment))
    whole = {
        "reserved": "1000.00",
        "spent": "0.00",
        "spent_beyond": "0.00",
        "available": "4000.00",
    }
    assert (await reserved(till, payment), await budget(till)) == ("1000.00", whole)
    line = await credited(till)
    assert await till.tries(till.hana, f"{path}/receive", line) == (409, "RecoveryIsAt")
    assert (await reserved(till, payment), await budget(till)) == ("1000.00", whole)
    assert [each["line"] for each in ok(await till.hana.get("/v1/bank-lines"))["items"]] == [
        line["line"]
    ]
    assert await on(till) == {"expense": "1000.00", "payable": "-1000.00"}
    assert till.refusals() == []


# What is the vendor's


async def advance_came_twice(till: Cashier) -> tuple[str, str]:
    """Half of an order was paid in advance; the vendor paid it back, then the bank returned it."""
    order = await half_paid(till)
    [paid] = ok(await till.hana.get("/v1/payments"))["items"]
    body = {"payment": paid["payment"], "reason": "vendor_gave_up", **HALF_OF_IT}
    told = ok(await till.hana.post("/v1/recoveries", body), 201)
    await till.settle()
    path = f"/v1/recoveries/{told['recovery']}"
    await till.does(till.eva, f"{path}/approve")
    await chain.money_came(till, path, await credited(till, "700000.000"))
    payment = f"/v1/payments/{paid['payment']}"
    await till.bank_says("3.xml", chain.came_back(payment, amount="700000.000"))
    return order, path


async def went_out(till: Cashier, amount: str) -> dict[str, Any]:
    """The bank books it off our account, as no payment of ours."""
    left = f"{9_000_000 - int(amount.partition('.')[0])}.000"
    told = statement(charge(amount), opening="9000000.000", closing=left, name="STMT-9")
    await till.bank_says("9.xml", told)
    [line] = ok(await till.hana.get("/v1/bank-lines"))["items"]
    return {"answer": line["answer"], "line": line["line"]}


async def test_what_the_vendor_had_paid_back_waits_for_somebody_and_is_payable(
    till: Cashier,
) -> None:
    order, _ = await advance_came_twice(till)
    [waits] = ok(await till.eva.get("/v1/recoveries?refund=true"))["items"]
    assert (waits["stage"], waits["refund"]["amount"]) == ("refund_owed", "700000.000")
    assert await on(till) == {
        "commitments": "1000.00",
        "reserve_for_commitments": "-1000.00",
        "bank": "500.00",
        "payable": "-500.00",
    }
    assert await budget(till) == {
        "reserved": "1000.00",
        "spent": "0.00",
        "spent_beyond": "0.00",
        "available": "4000.00",
    }
    stands = ok(await till.hana.get(order))
    assert stands["advance_outstanding"]["amount"] == "0.000"
    assert till.refusals() == []


async def test_it_goes_back_when_one_approves_it_and_another_names_the_banks_line(
    till: Cashier,
) -> None:
    _, path = await advance_came_twice(till)
    line = await went_out(till, "700000.000")
    assert await till.tries(till.hana, f"{path}/refund", line) == (409, "RecoveryIsAt")
    await chain.refund_released(till, path)
    stands = await till.does(till.hana, f"{path}/refund", line)
    assert (stands["stage"], stands["refund"]) == ("refunded", None)
    assert ok(await till.eva.get("/v1/recoveries?refund=true"))["items"] == []
    assert ok(await till.hana.get("/v1/bank-lines"))["items"] == []
    assert await on(till) == {"commitments": "1000.00", "reserve_for_commitments": "-1000.00"}
    [told] = ok(await till.maria.get("/v1/budget-lines"))["items"]
    assert told["exchange_difference"] == chain.eur(0)
    assert (await grant(till))["by_events"] == chain.eur(0)
    assert till.refusals() == []


async def test_another_amount_is_not_the_refund(till: Cashier) -> None:
    _, path = await advance_came_twice(till)
    await chain.refund_released(till, path)
    line = await went_out(till, "699999.000")
    assert await till.tries(till.hana, f"{path}/refund", line) == (422, "NotTheRefund")


@pytest.mark.parametrize("person", ["eva", "marta", "ivan"])
async def test_who_approved_or_signed_a_refund_does_not_name_its_line(
    till: Cashier, person: str
) -> None:
    _, path = await advance_came_twice(till)
    await chain.refund_released(till, path)
    who = till.sign_in(person, Role.FINANCE_OFFICER)
    line = await went_out(till, "700000.000")
    assert await till.tries(who, f"{path}/refund", line) == (422, "ActedAlready")


async def test_where_the_whole_invoice_is_payable_again_it_goes_with_that(till: Cashier) -> None:
    path = await owed_back(till)
    payment = await payment_of(till, path)
    await chain.money_came(till, path, await credited(till))
    await till.bank_says("3.xml", chain.came_back(payment))
    refused = await till.tries(till.eva, f"{path}/approve-refund")
    assert refused == (422, "PaidWithItsInvoice")


async def test_of_what_was_paid_twice_the_vendor_has_its_own_money_back(till: Cashier) -> None:
    """The vendor paid the second payment back, and the bank returned that one too."""
    first, _ = await paid_twice(till)
    [asked] = await owed(till)
    path = f"/v1/recoveries/{asked['recovery']}"
    await till.does(till.eva, f"{path}/approve")
    await chain.money_came(till, path, await credited(till, "1400000.000"))
    assert await on(till) == {"expense": "1000.00", "bank": "-1000.00"}
    await till.bank_says("3.xml", chain.came_back(first))
    assert await on(till) == {"expense": "1000.00", "payable": "-1000.00"}
    assert ok(await till.eva.get(path))["refund"]["amount"] == "1400000.000"
    await till.does(till.eva, f"{path}/approve-refund")
    assert till.refusals() == []
