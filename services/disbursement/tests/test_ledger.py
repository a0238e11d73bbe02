"""The ledger: expense at delivery, a payable at the match, the bank when the bank says so."""

from typing import Any

import pytest
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused

from events.io.http.trial import forged
from events.money import Money, total
from events.roles import Role


async def on(till: Cashier, until: int | None = None) -> dict[str, str]:
    """The balance of each account of the grant, those at zero left out."""
    at = "" if until is None else f"?until={until}"
    said = (await till.maria.get(f"{await grant(till)}/trial-balance{at}")).json()
    assert said["balanced"] is True
    return {
        each["account"]: each["balance"]["amount"]
        for each in said["lines"]
        if Money.from_wire(each["balance"])
    }


async def grant(till: Cashier) -> str:
    return f"/v1/grants/{(await till.maria.get('/v1/grants')).json()['items'][0]['grant']}"


async def budget(till: Cashier) -> dict[str, Any]:
    said: dict[str, Any] = (await till.maria.get(f"{await grant(till)}/budget")).json()
    return said


PUBLISHED = {"base": "EUR", "quote": "IQD", "source": "UNORE"}


async def test_each_step_of_the_chain_is_booked(till: Cashier) -> None:
    path = await chain.ordered(till)
    assert await on(till) == {"commitments": "1000.00", "reserve_for_commitments": "-1000.00"}
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(5))
    assert await on(till) == {
        "commitments": "142.86",
        "reserve_for_commitments": "-142.86",
        "expense": "857.14",
        "received_not_invoiced": "-857.14",
    }
    await till.does(till.dalia, f"{path}/deliveries", chain.more_sacks(5))
    assert await on(till) == {"expense": "1000.00", "received_not_invoiced": "-1000.00"}
    await till.does(till.hana, f"{path}/invoices", chain.invoice(10))
    assert await on(till) == {"expense": "1000.00", "payable": "-1000.00"}

    dearer = PUBLISHED | {"value": "1600", "date": "2026-03-04"}
    await chain.publish(till, dearer)
    payment = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, path))
    )
    await till.bank_says("1.xml", chain.booked(payment))
    assert await on(till) == {
        "expense": "1000.00",
        "bank": "-875.00",
        "exchange_difference": "-125.00",
    }

    await till.bank_says("2.xml", chain.came_back(payment))
    assert await on(till) == {"expense": "1000.00", "payable": "-1000.00"}


async def test_a_delivery_in_bad_condition_is_no_expense(till: Cashier) -> None:
    path = await chain.ordered(till)
    broken = {"line": 1, "quantity": 1, "condition": "damaged"}
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(1) | {"lines": [broken]})
    assert await on(till) == {"commitments": "1000.00", "reserve_for_commitments": "-1000.00"}


async def test_what_is_cancelled_leaves_the_budgets_memory(till: Cashier) -> None:
    path = await chain.ordered(till)
    await till.does(till.hana, f"{path}/cancel", {"reason": "returnee_left"})
    assert await on(till) == {}


async def test_what_was_delivered_is_reduced_to_and_paid_but_not_cancelled(till: Cashier) -> None:
    path = await chain.ordered(till)
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(5))
    delivered = await on(till)
    reason = {"reason": "returnee_left"}
    for officer in (till.hana, till.eva):
        assert await till.tries(officer, f"{path}/cancel", reason) == (422, "DeliveredAndOwed")
    assert await on(till) == delivered

    less = {"lines": [{"line": 2, "quantity": 5}], **reason}
    await till.does(till.hana, f"{path}/reduce", less)
    await till.does(till.hana, f"{path}/invoices", chain.invoice(5))
    assert await till.tries(till.hana, f"{path}/cancel", reason) == (422, "DeliveredAndOwed")
    assert await on(till) == {"expense": "857.14", "payable": "-857.14"}
    released = await chain.released(till, await chain.requested(till, path))
    payment = await chain.instructed(till, released)
    await till.bank_says("1.xml", chain.booked(payment, amount="1200000.000"))
    assert ok(await till.hana.get(path))["stage"] == "liquidated"
    assert await on(till) == {"expense": "857.14", "bank": "-857.14"}

    await till.bank_says("2.xml", chain.came_back(payment, amount="1200000.000"))
    assert await till.tries(till.hana, f"{path}/cancel", reason) == (422, "DeliveredAndOwed")
    assert await on(till) == {"expense": "857.14", "payable": "-857.14"}


async def test_the_ledger_is_read_from_the_first_posting_to_the_last(till: Cashier) -> None:
    await chain.matched(till)
    url, told = f"{await grant(till)}/ledger?limit=3", []
    while url:
        page = (await till.maria.get(url)).json()
        told += page["items"]
        url = (
            f"{await grant(till)}/ledger?limit=3&cursor={page['next']}" if page.get("next") else ""
        )
    assert total((Money.from_wire(each["amount"]) for each in told), "EUR") == Money(0, "EUR")
    places = [(each["position"], each["number"]) for each in told]
    assert places == sorted(set(places))
    assert [each["account"] for each in told[:2]] == ["commitments", "reserve_for_commitments"]
    after_the_first = await on(till, until=told[0]["position"])
    assert after_the_first == {"commitments": "1000.00", "reserve_for_commitments": "-1000.00"}


@pytest.mark.parametrize("key", ["x", "1", "1/2/3", "-1/0", "1/٣", "1/1e3", f"{2**63}/1", "1/\0"])
async def test_no_cursor_of_another_form_reads_the_ledger(till: Cashier, key: str) -> None:
    await chain.ordered(till)
    url = f"{await grant(till)}/ledger?limit=1"
    cursor = ok(await till.maria.get(url))["next"]
    assert refused(await till.maria.get(f"{url}&cursor={forged(cursor, key)}")) == (
        400,
        "query_invalid",
    )


async def test_budget_against_actual_is_told_by_the_donors_rule(till: Cashier) -> None:
    """The rate of the day on which it was paid; what the rule has no rate for is told apart."""
    path = await chain.matched(till)
    (line,) = (await budget(till))["lines"]
    assert (line["committed"], line["expense"], line["paid"]) == (
        chain.eur(1000),
        chain.eur(1000),
        chain.eur(0),
    )
    dearer = PUBLISHED | {"value": "1600", "date": "2026-03-04"}
    await chain.publish(till, dearer)
    payment = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, path))
    )
    await till.bank_says("1.xml", chain.booked(payment))
    (line,) = (await budget(till))["lines"]
    assert (line["committed"], line["paid"], line["without_rate"]) == (
        chain.eur(0),
        chain.eur(875),
        [],
    )
    assert line["ceiling"] == chain.eur(5000)
    assert line["available"] == chain.eur(4000)


async def test_a_partner_does_not_read_the_ledger(till: Cashier) -> None:
    await chain.funded(till)
    counsellor = till.sign_in("lina", Role.COUNSELLOR)
    assert (await counsellor.get(f"{await grant(till)}/budget")).status_code == 403
