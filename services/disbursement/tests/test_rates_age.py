"""A rate serves as long as the grant lets it: the UN tells new ones each month."""

import pytest
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok


async def asked(till: Cashier, line: str) -> tuple[int, str]:
    body = {"item": "itm_oven", "budget_line": line, "amount": chain.MONEY}
    answer = await till.hana.post("/v1/commitments", body)
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.parametrize(
    ("published", "said"),
    [
        ("2026-01-16", (201, "")),  # 45 days before
        ("2026-01-15", (422, "RateTooOld")),
        ("1900-01-01", (422, "RateTooOld")),
    ],
)
async def test_a_rate_that_is_older_than_45_days_reserves_nothing(
    till: Cashier, published: str, said: tuple[int, str]
) -> None:
    line = await chain.funded(till, published=published)
    assert await asked(till, line) == said


async def test_a_donor_may_take_older_ones_or_younger_ones_only(till: Cashier) -> None:
    line = await chain.funded(till, published="2025-04-01", rates_within_days=366)
    assert await asked(till, line) == (201, "")
    [grant] = ok(await till.maria.get("/v1/grants"))["items"]
    assert grant["rates_within_days"] == 366


async def test_what_was_paid_on_a_day_without_a_young_rate_is_told_apart(till: Cashier) -> None:
    """The bank's fact stands, at the rate of the reservation; by the donor's rule there is none."""
    line = await chain.funded(till, published="2026-01-16")
    path = await chain.matched(till, commitment=await chain.committed(till, line))
    payment = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, path))
    )
    await till.bank_says("1.xml", chain.booked(payment))
    assert ok(await till.hana.get(payment))["stage"] == "reconciled"
    [grant] = ok(await till.maria.get("/v1/grants"))["items"]
    told = ok(await till.maria.get(f"/v1/grants/{grant['grant']}/budget"))
    assert "1400000.000" in str(told["lines"][0])
    assert till.refusals() == []
