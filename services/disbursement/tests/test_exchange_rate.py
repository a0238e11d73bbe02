"""Exchange rates: published once per source and day, exact in whole numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from services.disbursement.tests.cashier import Cashier
from services.disbursement.tests.people import (
    HANA,
    MARIA,
    NOON,
    RATE,
    eur,
    iqd,
)

from disbursement.domain.currency import CurrencyUnknown
from disbursement.domain.exchange_rate import (
    AnotherRateProposed,
    ConfirmedByItsProposer,
    ConfirmExchangeRate,
    ExchangeRateProposed,
    ExchangeRatePublished,
    FarOffRateExplained,
    NoRate,
    NoRateProposed,
    ProposeExchangeRate,
    PublishExchangeRate,
    Rate,
    RateAhead,
    RateBeyondBounds,
    RateFarOff,
    RateIsZero,
    RateStands,
    RateValue,
    TooLargeToConvert,
    convert,
    exchange_rate,
    rate_id,
)
from events.money import Money
from events.scenario import scenario
from events.values import Code

# Grants


publish = PublishExchangeRate(by=MARIA, at=NOON, rate=RATE)
published = ExchangeRatePublished(by=MARIA, at=NOON, rate=RATE)


def test_a_rate_is_published_once_per_day_and_never_altered() -> None:
    scenario(exchange_rate).given().when(publish).then(published)
    stands = scenario(exchange_rate).given(published)
    stands.when(publish).then()
    other = replace(publish, rate=replace(RATE, value=RateValue("1401")))
    stands.when(other).then_rejected(
        RateStands(RATE.base, RATE.quote, RATE.date, RateValue("1400"))
    )
    next_day = replace(RATE, value=RateValue("1401"), date=date(2026, 3, 2))
    stands.when(replace(publish, rate=next_day)).then(replace(published, rate=next_day))


propose = ProposeExchangeRate(by=HANA, at=NOON, rate=RATE)
proposed = ExchangeRateProposed(by=HANA, at=NOON, rate=RATE)
confirm = ConfirmExchangeRate(by=MARIA, at=NOON, date=RATE.date, value=RATE.value)


def test_by_hand_one_person_proposes_a_rate_and_another_publishes_it() -> None:
    scenario(exchange_rate).given().when(propose).then(proposed)
    waits = scenario(exchange_rate).given(proposed)
    waits.when(propose).then()
    waits.when(replace(confirm, by=HANA)).then_rejected(ConfirmedByItsProposer(HANA))
    waits.when(confirm).then(published)
    scenario(exchange_rate).given().when(confirm).then_rejected(NoRateProposed(RATE.date))
    done = scenario(exchange_rate).given(proposed, published)
    done.when(propose).then()
    done.when(confirm).then()
    done.when(replace(confirm, value=RateValue("1"))).then_rejected(NoRateProposed(RATE.date))


def test_what_is_confirmed_is_what_was_read() -> None:
    other = replace(RATE, value=RateValue("1"))
    changed = scenario(exchange_rate).given(proposed, replace(proposed, rate=other))
    changed.when(confirm).then_rejected(AnotherRateProposed(RATE.date, other.value))
    changed.when(replace(confirm, value=other.value)).then(replace(published, rate=other))


def test_what_a_file_tells_needs_no_confirmation_any_more() -> None:
    loaded = scenario(exchange_rate).given(proposed).when(publish).then(published)
    assert loaded.events is not None
    after = scenario(exchange_rate).given(proposed, *loaded.events)
    after.when(confirm).then()


def test_no_rate_is_told_for_a_day_far_ahead() -> None:
    latest = date(2026, 4, 2)
    last = replace(RATE, date=latest)
    scenario(exchange_rate).given().when(replace(propose, rate=last)).then(
        replace(proposed, rate=last)
    )
    ahead = replace(RATE, date=date(2026, 4, 3))
    for ask in (publish, propose):
        scenario(exchange_rate).given().when(replace(ask, rate=ahead)).then_rejected(
            RateAhead(ahead.date, latest)
        )


newest = replace(RATE, date=date(2026, 2, 1), value=RateValue("1310.5"))


@pytest.mark.parametrize(
    ("value", "far"),
    [("1048.4", False), ("1572.6", False), ("1048.3", True), ("1572.7", True), ("1", True)],
)
def test_a_rate_further_than_20_percent_from_the_newest_is_proposed_with_a_reason(
    value: str, *, far: bool
) -> None:
    rate = replace(RATE, value=RateValue(value))
    ask = replace(propose, rate=rate, known=(newest,))
    one, rates = replace(proposed, rate=rate), scenario(exchange_rate).given()
    if not far:
        rates.when(ask).then(one)
        return
    rates.when(ask).then_rejected(
        RateFarOff(value, "1310.5", "EUR", "IQD", date(2026, 2, 1), within_percent=20)
    )
    explained = FarOffRateExplained(
        by=HANA, at=NOON, rate=rate, newest=newest, within_percent=20, reason=Code("devalued")
    )
    rates.when(replace(ask, far_because=Code("devalued"))).then(one, explained)
    waits = exchange_rate.fold([one, explained])
    assert waits is not None
    assert waits.proposed[0].far_off is not None, "whoever confirms it sees that"


def test_how_far_off_it_is_does_not_depend_on_which_way_round_it_was_told() -> None:
    turned = replace(newest, base=Code("IQD"), quote=Code("EUR"), value=RateValue("0.000763"))
    rates = scenario(exchange_rate).given()
    rates.when(replace(propose, known=(turned,))).then(proposed)
    rates.when(replace(propose, known=(replace(turned, value=RateValue("1310.5")),))).then_rejected(
        RateFarOff("1400", "1310.5", "IQD", "EUR", date(2026, 2, 1), within_percent=20)
    )


@pytest.mark.parametrize(
    "value",
    ["999999999999.99", "100000000.01", "0.000000009", "1310.1234567891", "1310.00000000001"],
)
def test_what_no_currency_is_worth_or_nobody_tells_so_finely_is_no_rate(value: str) -> None:
    rate = replace(RATE, value=RateValue(value))
    for ask in (replace(publish, rate=rate), replace(propose, rate=rate)):
        scenario(exchange_rate).given().when(ask).then_rejected(RateBeyondBounds(value))


async def test_nobody_alone_publishes_a_rate(till: Cashier) -> None:
    rate = {"base": "EUR", "quote": "IQD", "value": "1", "source": "UNORE", "date": "2026-03-02"}
    told = await till.does(till.hana, "/v1/exchange-rates", rate, status=201)
    path, seen = f"/v1/exchange-rates/{told['rate']}", {"date": "2026-03-02", "value": "1"}
    (waits,) = (await till.maria.get("/v1/proposed-rates")).json()["items"]
    assert (waits["value"], waits["proposed_by"]) == ("1", HANA)
    assert (await till.maria.get("/v1/exchange-rates")).json()["items"] == []
    refused = await till.tries(till.hana, f"{path}/confirm", seen)
    assert refused == (422, "ConfirmedByItsProposer")
    otherwise = await till.tries(till.maria, f"{path}/confirm", seen | {"value": "1400"})
    assert otherwise == (409, "AnotherRateProposed")
    await till.does(till.maria, f"{path}/confirm", seen)
    assert (await till.maria.get(path)).json()["latest"] == "2026-03-02"
    assert (await till.maria.get("/v1/proposed-rates")).json()["items"] == []
    assert len((await till.maria.get("/v1/exchange-rates")).json()["items"]) == 1


async def test_a_rate_is_of_a_publisher_that_counts(till: Cashier) -> None:
    rate = {"base": "EUR", "quote": "IQD", "value": "1", "source": "MyBlog", "date": "2026-03-02"}
    refused = await till.hana.post("/v1/exchange-rates", rate)
    assert (refused.status_code, "MyBlog" in refused.text) == (422, False)
    assert "source" in refused.text
    ahead = rate | {"source": "UNORE", "date": "2099-01-01"}
    assert await till.tries(till.hana, "/v1/exchange-rates", ahead) == (422, "RateAhead")


@pytest.mark.parametrize(
    "rate",
    [replace(RATE, value=RateValue("0.000")), replace(RATE, quote=Code("EUR"))],
    ids=["zero", "with itself"],
)
def test_a_rate_is_above_zero_between_two_currencies(rate: Rate) -> None:
    (
        scenario(exchange_rate)
        .given()
        .when(replace(publish, rate=rate))
        .then_rejected(RateIsZero(rate.base, rate.quote))
    )


def test_a_rate_is_between_currencies_that_are_paid_in() -> None:
    for rate in (replace(RATE, base=Code("ZZZ")), replace(RATE, quote=Code("ZZZ"))):
        scenario(exchange_rate).given().when(replace(publish, rate=rate)).then_rejected(
            CurrencyUnknown("ZZZ")
        )


def test_one_stream_per_source_and_pair() -> None:
    assert rate_id("UNORE", "EUR", "IQD") == "rat_unore_eur_iqd"


@pytest.mark.parametrize(
    ("amount", "into", "value", "expected"),
    [
        (iqd(1_400_000), "EUR", "1400", eur(1000)),
        (eur(1000), "IQD", "1400", iqd(1_400_000)),
        (Money(1, "IQD"), "EUR", "1400", Money(0, "EUR")),
        (Money(2_423_500_500, "IQD"), "EUR", "1310", Money(185_000, "EUR")),
        (Money(7_000, "IQD"), "EUR", "1400", Money(1, "EUR")),
        (Money(6_999, "IQD"), "EUR", "1400", Money(0, "EUR")),
        (Money(-7_000, "IQD"), "EUR", "1400", Money(-1, "EUR")),
        (Money(1, "EUR"), "IQD", "1310.25", Money(13_103, "IQD")),
    ],
)
def test_amounts_are_converted_exactly_half_a_minor_unit_rounded_up(
    amount: Money, into: str, value: str, expected: Money
) -> None:
    assert convert(amount, into, replace(RATE, value=RateValue(value))) == expected


def test_vietnamese_dong_have_no_decimals() -> None:
    dong = Rate(
        base=Code("EUR"),
        quote=Code("VND"),
        value=RateValue("28565.90"),
        source=Code("UNORE"),
        date=date(2026, 3, 1),
    )
    assert convert(eur(100), "VND", dong) == Money(2_856_590, "VND")


def test_without_a_rate_nothing_is_converted() -> None:
    assert convert(eur(5), "EUR", None) == eur(5)
    for rate in (None, replace(RATE, quote=Code("USD"))):
        with pytest.raises(NoRate):
            convert(eur(5), "IQD", rate)


def test_what_is_beyond_all_bounds_is_refused() -> None:
    rate = replace(RATE, value=RateValue("999999999999"))
    with pytest.raises(TooLargeToConvert):
        convert(Money(10**15, "EUR"), "IQD", rate)


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_there_and_back_again_is_off_by_less_than_a_minor_unit(minor: int, units: int) -> None:
    rate = replace(RATE, value=RateValue(f"{units}"))
    there = convert(Money(minor, "EUR"), "IQD", rate)
    assert convert(there, "EUR", rate) == Money(minor, "EUR")
