"""What is bought is worth the same to who awards it and to who reserves the money for it."""

from datetime import date

import pytest
from services.disbursement.tests.cashier import Cashier

from disbursement.domain.exchange_rate import convert
from disbursement.views import lookups
from events.money import Money
from events.values import Code
from vendors.domain import worth

TODAY = date(2026, 3, 2)
Told = tuple[str, str, str, str, str]
DIRECT: Told = ("bank", "EUR", "IQD", "1400", "2026-02-01")
OF_EUROS: Told = ("UNORE", "USD", "EUR", "0.5", "2026-03-01")
OF_DINARS: Told = ("UNORE", "USD", "IQD", "1000", "2026-03-01")
CASES: dict[str, tuple[list[Told], int | None]] = {
    "the pair itself comes before a newer one by a third": ([DIRECT, OF_EUROS, OF_DINARS], 100_000),
    "by a third": ([OF_EUROS, OF_DINARS], 70_000),
    "the newest of the pair": ([DIRECT, ("ECB", "EUR", "IQD", "2800", "2026-02-02")], 50_000),
    "told the other way round": ([("ECB", "IQD", "EUR", "0.001", "2026-02-02")], 140_000),
    "of one day, told for what it is told in": (
        [("ECB", "IQD", "EUR", "0.001", "2026-02-01"), DIRECT],
        100_000,
    ),
    "of one day and way, the first source": (
        [DIRECT, ("ECB", "EUR", "IQD", "2800", "2026-02-01")],
        50_000,
    ),
    "two sources do not make one third": ([("ECB", *OF_EUROS[1:]), OF_DINARS], None),
    "45 days before": ([("bank", "EUR", "IQD", "1400", "2026-01-16")], 100_000),
    "older": ([("bank", "EUR", "IQD", "1400", "2026-01-15")], None),
    "an old one of the pair, a young third": (
        [("bank", "EUR", "IQD", "1400", "2026-01-15"), OF_EUROS, OF_DINARS],
        70_000,
    ),
    "of tomorrow": ([("bank", "EUR", "IQD", "1400", "2026-03-03")], None),
}


@pytest.mark.parametrize(("told", "expected"), CASES.values(), ids=list(CASES))
async def test_an_award_and_a_commitment_take_the_same_rate(
    till: Cashier, told: list[Told], expected: int | None
) -> None:
    asked = Money(1_400_000_000, "IQD")
    rates = [
        worth.Rate(
            source=Code(source),
            base=Code(base),
            quote=Code(quote),
            value=worth.RateValue(value),
            date=date.fromisoformat(day),
        )
        for source, base, quote, value, day in told
    ]
    await till.tables.executemany(
        "insert into exchange_rate_view (source, base, quote, day, value)"
        " values ($1, $2, $3, $4, $5)",
        [(each.source, each.base, each.quote, each.date, each.value) for each in rates],
    )
    reserved = await lookups.rate_of(till.tables, "EUR", "IQD", TODAY)
    if expected is None:
        assert reserved is None
        with pytest.raises(worth.NoRateToAddUp):
            worth.worth(asked, "EUR", worth.young(rates, TODAY))
        return
    assert convert(asked, "EUR", reserved) == Money(expected, "EUR")
    assert worth.worth(asked, "EUR", worth.young(rates, TODAY)) == Money(expected, "EUR")
