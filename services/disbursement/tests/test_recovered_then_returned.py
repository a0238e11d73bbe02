"""A vendor pays back a part of a payment, and the bank then sends back the whole: what the payment
had used up is there again once, for commitment, budget line and ledger, in whatever order (A9).
"""

from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.test_ledger import on
from services.disbursement.tests.test_paid_twice import reserved
from services.disbursement.tests.test_recovery import credited, owed_back


async def budget(till: Cashier) -> dict[str, str]:
    [line] = ok(await till.maria.get("/v1/budget-lines"))["items"]
    names = ("reserved", "spent", "spent_beyond", "available")
    return {name: line[name]["amount"] for name in names}


async def payment_of(till: Cashier, recovery: str) -> str:
    return f"/v1/payments/{ok(await till.eva.get(recovery))['payment']}"


async def test_what_the_vendor_paid_back_is_not_restored_again_by_the_return(till: Cashier) -> None:
    path = await owed_back(till)
    payment = await payment_of(till, path)
    await till.does(till.hana, f"{path}/receive", await credited(till))
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
    await till.does(till.hana, f"{path}/receive", await credited(till))
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
    await till.does(till.hana, f"{path}/receive", line)
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
