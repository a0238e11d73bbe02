"""What was paid is converted by its grant's rule: whatever is published later, pages, exports and
the ledger go on saying the same of it. Where the rate itself is found wrong, a new fact puts right
what it comes to by the rule; the ledger stays as it was booked.
"""

from typing import Any

from services.disbursement.tests import chain, test_cash
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.test_exports import (
    approved,
    expenditures,
    made,
    page,
    rows,
    unpacked,
)
from services.disbursement.tests.test_recovery import credited, owed_back

from disbursement.converting import convert_what_waits, correct_what_was_wrong
from disbursement.domain import registry, reported
from disbursement.domain.payment import PaymentConversionCorrected
from events.money import Money, total

EUR_IQD = {"base": "EUR", "quote": "IQD", "source": "UNORE"}
UNORE, INFOREURO = "rat_unore_eur_iqd", "rat_inforeuro_eur_iqd"


async def paid(till: Cashier, **terms: Any) -> str:
    """The oven is paid for on 4 March; 1 EUR was 1,400 IQD on the day of its order."""
    line = await chain.funded(till, **terms)
    await pay(till, line)
    return line


async def pay(till: Cashier, line: str) -> None:
    order = await chain.matched(till, commitment=await chain.committed(till, line))
    payment = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, order))
    )
    await till.bank_says("1.xml", chain.booked(payment))


async def budget(till: Cashier) -> dict[str, Any]:
    [grant] = ok(await till.maria.get("/v1/grants"))["items"]
    [line] = ok(await till.maria.get(f"/v1/grants/{grant['grant']}/budget"))["lines"]
    told: dict[str, Any] = line
    return told


async def telling(till: Cashier) -> None:
    """The programme lets a single case be told."""
    await till.heard(reported.from_plans, page, view="exports")
    await till.heard(reported.from_plans, approved, view="exports")


async def report(till: Cashier) -> list[dict[str, str]]:
    """The lines of the donor's budget against actual, and all of them together."""
    return rows(unpacked(await made(till, "donor_report"))["budget.csv"])


def figures(line: dict[str, str]) -> tuple[str, str, str]:
    """By the rule, between, in the ledger."""
    by_rule, between, ledger = (f"#value+paid+{each}+eur" for each in ("rule", "between", "ledger"))
    return line[by_rule], line[between], line[ledger]


async def waits_are_converted(till: Cashier) -> None:
    """What the service's task does each time that it looks."""
    await correct_what_was_wrong(till.handler, till.tables)
    await till.settle()
    await convert_what_waits(till.handler, till.tables)
    await till.settle()


async def conversions(till: Cashier) -> list[str]:
    """What happened to what the payment comes to by the rule."""
    return [kind for kind in await till.told() if "conver" in kind]


async def last_correction(till: Cashier) -> PaymentConversionCorrected:
    facts = [registry.read(each.envelope) for each in await till.trial.store.read(0, 1000)]
    return next(each for each in reversed(facts) if isinstance(each, PaymentConversionCorrected))


async def test_a_rate_that_is_published_later_for_a_past_day_restates_nothing(
    till: Cashier,
) -> None:
    await paid(till)
    told, reported = await budget(till), await report(till)
    assert (told["paid"], told["paid_in_ledger"]) == (chain.eur(1000), chain.eur(1000))
    await chain.publish(till, EUR_IQD | {"value": "1", "date": "2026-03-04"})
    await waits_are_converted(till)
    assert await budget(till) == told
    assert await report(till) == reported
    assert figures(reported[0]) == ("1000.00", "0.00", "1000.00")


async def test_what_was_converted_at_a_rate_that_is_corrected_is_converted_anew_once(
    till: Cashier,
) -> None:
    """What was reserved and booked keeps its rate: the difference stands between the two."""
    line = await paid(till)
    await chain.correct(till, UNORE, "2026-03-01", "1250")
    for _ in range(2):
        await waits_are_converted(till)
    told = await budget(till)
    assert (told["paid"], told["corrected"]) == (chain.eur(1120), 1)
    assert (told["paid_in_ledger"], told["between"]["amount"]) == (chain.eur(1000), "-120.00")
    assert await conversions(till) == ["payment_converted", "payment_conversion_corrected"]
    half = {"amount": "700000.000", "currency": "IQD"}
    asked = {"item": "itm_oven", "budget_line": line, "amount": half}
    after = ok(await till.hana.post("/v1/commitments", asked), 201)
    assert after["reserved"] == chain.eur(560)


async def test_where_the_rate_is_withdrawn_it_is_without_one_until_another_is_published(
    till: Cashier,
) -> None:
    await paid(till)
    await chain.correct(till, UNORE, "2026-03-01", None)
    await waits_are_converted(till)
    told, (line, _) = await budget(till), await report(till)
    assert (told["paid"], told["without_rate"]) == (chain.eur(0), [chain.MONEY])
    assert (told["corrected"], told["between"]) == (1, chain.eur(1000))
    assert (line["#meta+without_rate"], figures(line)[0]) == ("1400000.000 IQD", "0.00")
    await chain.publish(till, EUR_IQD | {"value": "1250", "date": "2026-03-03"})
    await waits_are_converted(till)
    told = await budget(till)
    assert (told["paid"], told["without_rate"], told["corrected"]) == (chain.eur(1120), [], 1)
    assert await conversions(till) == [
        "payment_converted",
        "payment_conversion_withdrawn",
        "payment_converted",
    ]


async def test_a_slip_of_the_pen_in_a_correction_is_put_right_as_well(till: Cashier) -> None:
    """Also before anybody looked: a rate that stands again was never wrong."""
    await paid(till)
    for wrong in ("1", "2"):
        await chain.correct(till, UNORE, "2026-03-01", wrong)
    await chain.correct(till, UNORE, "2026-03-01", "1400")
    await waits_are_converted(till)
    assert await conversions(till) == ["payment_converted"]
    await chain.correct(till, UNORE, "2026-03-01", "1")
    await waits_are_converted(till)
    assert (await budget(till))["paid"]["amount"] == "1400000.00"
    await chain.correct(till, UNORE, "2026-03-01", "1400")
    await waits_are_converted(till)
    told = await budget(till)
    assert (told["paid"], told["between"], told["corrected"]) == (chain.eur(1000), chain.eur(0), 1)


async def test_what_was_converted_by_way_of_a_third_currency_is_corrected_as_well(
    till: Cashier,
) -> None:
    """One dollar was 0.9 euro and 1,260 dinar; a rate that it was not made of changes nothing."""
    line = await chain.funded(till, published="2026-01-05")
    told = {"base": "USD", "source": "UNORE"}
    for quote, value, day in (
        ("EUR", "0.9", "2026-03-01"),
        ("IQD", "1250", "2026-02-28"),
        ("IQD", "1260", "2026-03-02"),
    ):
        await chain.publish(till, told | {"quote": quote, "value": value, "date": day})
    await pay(till, line)
    await chain.correct(till, "rat_unore_usd_iqd", "2026-02-28", "1255")
    await waits_are_converted(till)
    assert await conversions(till) == ["payment_converted"]
    await chain.correct(till, "rat_unore_usd_iqd", "2026-03-02", "1125")
    await waits_are_converted(till)
    assert (await budget(till))["paid"] == chain.eur(1120)
    corrected = await last_correction(till)
    assert (corrected.wrong.quote, corrected.wrong.value) == ("IQD", "1260")
    assert (corrected.rate.value, corrected.before.amount) == ("1250", "1000.00")


async def test_what_is_executed_is_booked_at_the_rate_of_the_grants_rule(till: Cashier) -> None:
    """Of the month, where the donor says so, whatever the day's is."""
    line = await chain.funded(till, conversion="rate_of_the_month_paid")
    order = await chain.matched(till, commitment=await chain.committed(till, line))
    await chain.publish(till, EUR_IQD | {"value": "1600", "date": "2026-03-04"})
    payment = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, order))
    )
    await till.bank_says("1.xml", chain.booked(payment))
    told = await budget(till)
    assert (told["paid"], told["paid_in_ledger"]) == (chain.eur(1000), chain.eur(1000))
    assert told["between"] == chain.eur(0)
    assert (await till.told()).count("payment_converted") == 1


async def test_what_had_no_rate_under_the_rule_is_converted_once_there_is_one(
    till: Cashier,
) -> None:
    """The month's own rate, by the grant's source: another day's and another's do not count."""
    await paid(till, published="2026-02-20", conversion="rate_of_the_month_paid", rates="InforEuro")
    told = await budget(till)
    assert (told["paid"], told["without_rate"]) == (chain.eur(0), [chain.MONEY])
    assert told["between"] == told["paid_in_ledger"] == chain.eur(1000)
    for day, value in (("2026-02-01", "1000"), ("2026-03-01", "1250"), ("2026-03-04", "1600")):
        rate = EUR_IQD | {"source": "InforEuro", "value": value, "date": day}
        await chain.publish(till, rate)
    await waits_are_converted(till)
    told = await budget(till)
    assert (told["paid"], told["without_rate"]) == (chain.eur(1120), [])
    assert (told["paid_in_ledger"], told["between"]["amount"]) == (chain.eur(1000), "-120.00")
    await chain.correct(till, INFOREURO, "2026-03-01", "2000")
    await waits_are_converted(till)
    told = await budget(till)
    assert (told["paid"], told["between"], told["corrected"]) == (
        chain.eur(700),
        chain.eur(300),
        1,
    )


async def test_exports_of_one_cut_off_agree_and_say_what_was_corrected_by_then(
    till: Cashier,
) -> None:
    by_the_month = {"published": "2026-02-20", "conversion": "rate_of_the_month_paid"}
    await telling(till)
    await paid(till, **by_the_month)
    before = await till.trial.store.head()
    await chain.publish(till, EUR_IQD | {"value": "1250", "date": "2026-03-01"})
    await waits_are_converted(till)
    between = await till.trial.store.head()
    await chain.correct(till, UNORE, "2026-03-01", "1600")
    await waits_are_converted(till)

    for cut_off, figured, corrected in (
        (before, ("0.00", "1000.00", "1000.00"), ("0", "")),
        (between, ("1120.00", "-120.00", "1000.00"), ("0", "")),
        (
            await till.trial.store.head(),
            ("875.00", "125.00", "1000.00"),
            ("1", till.handler.clock.now().date().isoformat()),
        ),
    ):
        files = unpacked(await made(till, "donor_report", cut_off=cut_off))
        line, whole = rows(files["budget.csv"])
        assert figures(line) == figures(whole) == figured
        [of] = rows(files["payments.csv"])
        assert (line["#meta+conversions+corrected"], of["#date+conversion+corrected"]) == corrected
        hxl = rows(await made(till, "hxl", cut_off=cut_off))
        assert {each["#value+spent+eur"] for each in hxl} == {"1000.00"}
        iati = expenditures(await made(till, "iati", cut_off=cut_off))
        assert [each.find("value").text for each in iati] == ["1000.00"]


async def test_cash_is_converted_when_it_is_handed_over(till: Cashier) -> None:
    line = await test_cash.planned(till)
    asked = await till.does(till.hana, "/v1/cash", test_cash.body(line), status=201)
    path, seen = f"/v1/cash/{asked['cash']}", {"document": chain.DOCUMENT}
    await till.does(till.eva, f"{path}/approve")
    signed = seen | {"proof": "signature"}
    await till.does(test_cash.witness(till, "olga"), f"{path}/hand-over", signed)
    await chain.publish(till, EUR_IQD | {"value": "1600", "date": "2026-03-02"})
    await till.does(test_cash.witness(till, "petra"), f"{path}/confirm", seen)
    told = await budget(till)
    assert (told["paid"]["amount"], told["between"]["amount"]) == ("87.50", "12.50")
    assert told["paid_in_ledger"] == chain.eur(100)
    assert figures((await report(till))[0]) == ("87.50", "12.50", "100.00")
    await chain.correct(till, UNORE, "2026-03-02", "1120")
    await waits_are_converted(till)
    told = await budget(till)
    assert (told["paid"], told["between"]["amount"]) == (chain.eur(125), "-25.00")
    assert figures((await report(till))[0]) == ("125.00", "-25.00", "100.00")
    await chain.correct(till, UNORE, "2026-03-02", None)
    await chain.correct(till, UNORE, "2026-03-01", None)
    await waits_are_converted(till)
    told = await budget(till)
    assert (told["paid"], told["without_rate"]) == (chain.eur(0), [test_cash.body(line)["amount"]])
    assert told["corrected"] == 1


async def test_what_is_here_of_a_returned_payment_has_the_rate_that_stands(till: Cashier) -> None:
    """The vendor paid a part back, then the bank all of it: that part is here, and owed to them."""
    path = await owed_back(till)
    payment = f"/v1/payments/{ok(await till.eva.get(path))['payment']}"
    await chain.money_came(till, path, await credited(till))
    await till.bank_says("3.xml", chain.came_back(payment))
    assert (await budget(till))["paid"] == chain.eur(-300)
    await chain.correct(till, UNORE, "2026-03-01", None)
    await waits_are_converted(till)
    assert (await budget(till))["without_rate"] != []
    await chain.publish(till, EUR_IQD | {"value": "1250", "date": "2026-03-03"})
    await waits_are_converted(till)
    told = await budget(till)
    assert (told["paid"], told["without_rate"]) == (chain.eur(-336), [])


async def test_what_a_vendor_gave_back_counts_at_the_rate_at_which_it_was_paid(
    till: Cashier,
) -> None:
    path = await owed_back(till)
    await chain.publish(till, EUR_IQD | {"value": "1", "date": "2026-03-02"})
    await chain.money_came(till, path, await credited(till))
    told, (line, _) = await budget(till), await report(till)
    assert told["paid"] == chain.eur(700)
    assert figures(line)[0] == "700.00"
    parts = Money.parse(figures(line)[0], "EUR"), Money.parse(figures(line)[1], "EUR")
    assert total(parts, "EUR") == Money.parse(figures(line)[2], "EUR")
