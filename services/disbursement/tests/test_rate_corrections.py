"""A rate that was published wrong is corrected by two, for what comes after (S16)."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.people import HANA, MARIA, NOON, RATE

from disbursement.domain.exchange_rate import (
    AnotherRateProposed,
    ConfirmedByItsProposer,
    ConfirmExchangeRate,
    ExchangeRateCorrected,
    ExchangeRatePublished,
    ExchangeRateWithdrawn,
    NoRateProposed,
    NoRateStands,
    ProposeCorrection,
    ProposeExchangeRate,
    PublishExchangeRate,
    RateBeyondBounds,
    RateCorrectionProposed,
    RateFarOff,
    RateStands,
    RateValue,
    exchange_rate,
)
from disbursement.settings import BadPercent, rates_within_percent
from disbursement.views import lookups
from events.scenario import scenario
from events.values import Code

WRONG = replace(RATE, value=RateValue("1"))
published = ExchangeRatePublished(by=MARIA, at=NOON, rate=WRONG)
correct = ProposeCorrection(
    by=HANA, at=NOON, date=RATE.date, value=RATE.value, reason=Code("typing_mistake")
)
correction = RateCorrectionProposed(
    by=HANA, at=NOON, rate=WRONG, value=RATE.value, reason=Code("typing_mistake")
)
confirm = ConfirmExchangeRate(by=MARIA, at=NOON, date=RATE.date, value=RATE.value)
corrected = ExchangeRateCorrected(
    by=MARIA, at=NOON, rate=RATE, before=WRONG.value, reason=Code("typing_mistake")
)


def test_one_person_proposes_what_is_right_and_another_confirms_it() -> None:
    stands = scenario(exchange_rate).given(published)
    stands.when(correct).then(correction)
    stands.when(replace(correct, value=WRONG.value)).then()
    waits = scenario(exchange_rate).given(published, correction)
    waits.when(correct).then()
    waits.when(replace(confirm, by=HANA)).then_rejected(ConfirmedByItsProposer(HANA))
    waits.when(replace(confirm, value=RateValue("1401"))).then_rejected(
        AnotherRateProposed(RATE.date, RATE.value)
    )
    waits.when(confirm).then(corrected)
    done = scenario(exchange_rate).given(published, correction, corrected)
    done.when(confirm).then()
    again = replace(correct, value=RateValue("1402"))
    done.when(again).then(replace(correction, rate=RATE, value=RateValue("1402")))


def test_only_what_is_published_is_corrected() -> None:
    scenario(exchange_rate).given().when(correct).then_rejected(NoRateStands(RATE.date))
    other_day = replace(correct, date=date(2026, 3, 2))
    scenario(exchange_rate).given(published).when(other_day).then_rejected(
        NoRateStands(date(2026, 3, 2))
    )


withdrawing = replace(correction, value=None)
withdrawn = ExchangeRateWithdrawn(by=MARIA, at=NOON, rate=WRONG, reason=Code("typing_mistake"))


def test_what_should_not_have_been_published_is_withdrawn_by_two_and_the_day_is_free() -> None:
    stands = scenario(exchange_rate).given(published)
    stands.when(replace(correct, value=None)).then(withdrawing)
    waits = scenario(exchange_rate).given(published, withdrawing)
    waits.when(confirm).then_rejected(AnotherRateProposed(RATE.date, None))
    waits.when(replace(confirm, value=None)).then(withdrawn)
    free = scenario(exchange_rate).given(published, withdrawing, withdrawn)
    free.when(replace(confirm, value=None)).then_rejected(NoRateProposed(RATE.date))
    free.when(PublishExchangeRate(by=MARIA, at=NOON, rate=RATE)).then(replace(published, rate=RATE))


@pytest.mark.parametrize("ended", [(correction, corrected), (withdrawing, withdrawn)])
def test_a_file_that_tells_again_what_was_found_wrong_is_no_news(ended: tuple[Any, ...]) -> None:
    """The publishers' files hold months: each day of them is loaded again and again."""
    again = PublishExchangeRate(by=MARIA, at=NOON, rate=WRONG)
    scenario(exchange_rate).given(published, *ended).when(again).then()


def test_what_is_right_is_asked_as_any_rate_is() -> None:
    stands = scenario(exchange_rate).given(replace(published, rate=RATE))
    far = replace(correct, value=RateValue("1"), known=(replace(RATE, date=date(2026, 2, 1)),))
    stands.when(far).then_rejected(
        RateFarOff("1", "1400", "EUR", "IQD", date(2026, 2, 1), within_percent=20)
    )
    huge = replace(correct, value=RateValue("999999999999"))
    stands.when(huge).then_rejected(RateBeyondBounds("999999999999"))
    by_hand = ProposeExchangeRate(by=HANA, at=NOON, rate=WRONG)
    stands.when(by_hand).then_rejected(RateStands("EUR", "IQD", RATE.date, RATE.value))


def test_how_far_off_is_said_by_the_organisation() -> None:
    assert rates_within_percent({}) == 20
    assert rates_within_percent({"HOMEWARD_RATES_WITHIN_PERCENT": "5"}) == 5
    for wrong in ("0", "100", "-5", "5 %", "2.5", "٥"):
        with pytest.raises(BadPercent, match="HOMEWARD_RATES_WITHIN_PERCENT"):
            rates_within_percent({"HOMEWARD_RATES_WITHIN_PERCENT": wrong})


TYPED = {"base": "EUR", "quote": "IQD", "source": "UNORE", "value": "1", "date": "2026-03-03"}
RATES = "/v1/exchange-rates/rat_unore_eur_iqd"
RIGHT = {"date": "2026-03-03", "value": "1410.5", "reason": "typing_mistake"}


async def test_a_slip_of_the_pen_is_shown_to_both_persons_and_put_right(till: Cashier) -> None:
    await chain.funded(till)
    asked = await till.hana.post("/v1/exchange-rates", TYPED)
    assert (asked.status_code, asked.json()["code"]) == (422, "RateFarOff")
    assert "1400" in asked.text
    await till.does(
        till.hana, "/v1/exchange-rates", TYPED | {"far_because": "devalued"}, status=201
    )
    (waits,) = ok(await till.maria.get("/v1/proposed-rates"))["items"]
    assert (waits["far_from"]["value"], waits["far_because"]) == ("1400", "devalued")
    only = {"date": "2026-03-01", "value": "1", "reason": "typing_mistake"}
    assert await till.tries(till.hana, f"{RATES}/correct", only) == (422, "RateFarOff")
    await till.does(till.maria, f"{RATES}/confirm", {"date": "2026-03-03", "value": "1"})

    await till.does(till.hana, f"{RATES}/correct", RIGHT)
    (waits,) = ok(await till.maria.get("/v1/proposed-rates"))["items"]
    told = (waits["value"], waits["instead_of"], waits["reason"], waits["far_from"])
    assert told == ("1410.5", "1", "typing_mistake", None)
    seen = {"date": "2026-03-03", "value": "1410.5"}
    assert await till.tries(till.hana, f"{RATES}/confirm", seen) == (422, "ConfirmedByItsProposer")
    await till.does(till.maria, f"{RATES}/confirm", seen)
    rates = ok(await till.maria.get("/v1/exchange-rates"))["items"]
    assert [(each["date"], each["value"]) for each in rates] == [
        ("2026-03-01", "1400"),
        ("2026-03-03", "1410.5"),
    ]


async def test_what_is_withdrawn_converts_nothing_any_more(till: Cashier) -> None:
    await chain.funded(till)
    await chain.publish(till, TYPED)
    day = date(2026, 3, 4)
    found = await lookups.rate_of(till.tables, "EUR", "IQD", day)
    assert found is not None
    assert found.value == "1"
    nothing = {"date": "2026-03-03", "value": None}
    await till.does(till.hana, f"{RATES}/correct", nothing | {"reason": "typing_mistake"})
    (waits,) = ok(await till.maria.get("/v1/proposed-rates"))["items"]
    assert (waits["value"], waits["instead_of"]) == (None, "1")
    await till.does(till.maria, f"{RATES}/confirm", nothing)
    found = await lookups.rate_of(till.tables, "EUR", "IQD", day)
    assert found is not None
    assert found.value == "1400"
    assert await till.tries(till.hana, f"{RATES}/correct", RIGHT) == (404, "NoRateStands")


async def test_where_all_are_withdrawn_the_next_is_held_against_the_last_of_them(
    till: Cashier,
) -> None:
    await chain.publish(till, TYPED | {"value": "1400", "quote": "ALL"})
    nothing = {"date": "2026-03-03", "value": None}
    of_pair = "/v1/exchange-rates/rat_unore_eur_all"
    await till.does(till.hana, f"{of_pair}/correct", nothing | {"reason": "typing_mistake"})
    await till.does(till.maria, f"{of_pair}/confirm", nothing)
    slip = TYPED | {"quote": "ALL", "value": "14", "source": "ECB"}
    refusal = await till.hana.post("/v1/exchange-rates", slip)
    assert (refusal.status_code, refusal.json()["code"]) == (422, "RateFarOff")
    await till.does(till.hana, "/v1/exchange-rates", slip | {"value": "1395"}, status=201)
    (waits,) = ok(await till.maria.get("/v1/proposed-rates"))["items"]
    assert (waits["value"], waits["far_from"]) == ("1395", None)


async def test_it_is_held_against_the_newest_order_as_well_where_the_last_one_was_wrong(
    till: Cashier,
) -> None:
    """It was made at 1,400; what was published since was a slip of the pen, and withdrawn."""
    await chain.committed(till, await chain.funded(till))
    await chain.correct(till, "rat_unore_eur_iqd", "2026-03-01", None)
    await chain.publish(till, TYPED | {"value": "14"})
    await chain.correct(till, "rat_unore_eur_iqd", "2026-03-03", None)
    again = TYPED | {"value": "14", "date": "2026-03-02"}
    refusal = await till.hana.post("/v1/exchange-rates", again)
    assert (refusal.status_code, refusal.json()["code"]) == (422, "RateFarOff")
    assert "1400" in refusal.text
