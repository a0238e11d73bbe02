"""What one person proposes another may decline, and who proposed it may take it back."""

from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.people import HANA, LINE, MARIA, NOON, RATE, TODAY, TOMAS, eur
from services.disbursement.tests.test_exchange_rate import propose, proposed
from services.disbursement.tests.test_funding import line_proposed
from services.disbursement.tests.test_rate_corrections import correction, published

from disbursement.domain.budget_line import (
    AnotherCeilingProposed,
    BudgetLineEstablished,
    BudgetRaiseProposed,
    CeilingDeclined,
    ConfirmCeiling,
    DeclineCeiling,
    NoCeilingProposed,
    ReviseBudgetLine,
    budget_line,
)
from disbursement.domain.exchange_rate import (
    AnotherRateProposed,
    ConfirmExchangeRate,
    DeclineProposedRate,
    NoRateProposed,
    ProposedRateDeclined,
    RateValue,
    exchange_rate,
)
from events.scenario import scenario
from events.values import Code, PersonId

# Rates

decline = DeclineProposedRate(
    by=MARIA, at=NOON, date=RATE.date, value=RATE.value, reason=Code("mistake")
)
no = ProposedRateDeclined(
    by=MARIA, at=NOON, rate=RATE, withdraws=False, proposed_by=HANA, reason=Code("mistake")
)


@pytest.mark.parametrize("person", [MARIA, HANA], ids=["another", "who proposed it"])
def test_a_proposed_rate_waits_no_more_when_somebody_says_no(person: PersonId) -> None:
    """It counts for nothing as long as it waits: nobody needs a second person to stop it."""
    said = scenario(exchange_rate).given(proposed).when(replace(decline, by=person))
    said.then(replace(no, by=person))
    over = scenario(exchange_rate).given(proposed, no)
    confirm = ConfirmExchangeRate(by=MARIA, at=NOON, date=RATE.date, value=RATE.value)
    over.when(confirm).then_rejected(NoRateProposed(RATE.date))
    over.when(decline).then_rejected(NoRateProposed(RATE.date))
    over.when(propose).then(proposed)


def test_nobody_declines_what_they_did_not_read() -> None:
    other = replace(decline, value=RateValue("1"))
    refusal = AnotherRateProposed(RATE.date, RATE.value)
    scenario(exchange_rate).given(proposed).when(other).then_rejected(refusal)
    scenario(exchange_rate).when(decline).then_rejected(NoRateProposed(RATE.date))


@pytest.mark.parametrize("value", [RATE.value, None], ids=["corrected", "withdrawn"])
def test_of_a_correction_what_is_published_stays(value: RateValue | None) -> None:
    asked = replace(correction, value=value)
    said = scenario(exchange_rate).given(published, asked).when(replace(decline, value=value))
    as_it_would_stand = published.rate if value is None else RATE
    declined = replace(no, rate=as_it_would_stand, withdraws=value is None)
    said.then(declined)
    stands = exchange_rate.fold((published, asked, declined))
    assert stands is not None
    assert stands.standing(RATE.date) == published.rate
    [remembered] = stands.declined
    assert (remembered.value, remembered.by, remembered.on) == (value, MARIA, TODAY)


# Ceilings

decline_ceiling = DeclineCeiling(
    by=TOMAS, at=NOON, line=LINE, ceiling=eur(1500), reason=Code("donor_did_not_agree")
)
declined_ceiling = CeilingDeclined(
    by=TOMAS,
    at=NOON,
    line=LINE,
    ceiling=eur(1500),
    proposed_by=MARIA,
    reason=Code("donor_did_not_agree"),
)


@pytest.mark.parametrize("person", [TOMAS, MARIA], ids=["another", "who proposed it"])
def test_a_first_ceiling_is_declined_and_another_one_proposed(person: PersonId) -> None:
    said = scenario(budget_line).given(line_proposed).when(replace(decline_ceiling, by=person))
    said.then(replace(declined_ceiling, by=person))
    over = scenario(budget_line).given(line_proposed, declined_ceiling)
    confirm = ConfirmCeiling(by=TOMAS, at=NOON, line=LINE, ceiling=eur(1500))
    over.when(confirm).then_rejected(NoCeilingProposed(LINE))
    less = ReviseBudgetLine(by=MARIA, at=NOON, line=LINE, ceiling=eur(900))
    raised = BudgetRaiseProposed(by=MARIA, at=NOON, line=LINE, before=eur(0), ceiling=eur(900))
    over.when(less).then(raised)
    established = BudgetLineEstablished(
        by=TOMAS,
        at=NOON,
        line=LINE,
        grant=line_proposed.grant,
        category=line_proposed.category,
        ceiling=eur(900),
    )
    over.given(raised).when(replace(confirm, ceiling=eur(900))).then(established)


def test_nobody_declines_a_ceiling_that_they_did_not_read() -> None:
    other = replace(decline_ceiling, ceiling=eur(1501))
    waits = scenario(budget_line).given(line_proposed)
    waits.when(other).then_rejected(AnotherCeilingProposed(LINE, eur(1500)))


# Over HTTP


async def test_a_declined_rate_is_published_by_nobody_and_remembered(till: Cashier) -> None:
    asked = {"base": "EUR", "quote": "JPY", "value": "160", "source": "UNORE"}
    asked["date"] = "2026-03-01"
    told = await till.does(till.hana, "/v1/exchange-rates", asked, status=201)
    path = f"/v1/exchange-rates/{told['rate']}"
    read: dict[str, Any] = {"date": "2026-03-01", "value": "160"}
    silent = await till.maria.post(f"{path}/decline", read)
    assert (silent.status_code, silent.json()["errors"][0]["pointer"]) == (422, "/reason")
    body = read | {"reason": "not_as_published"}
    told = await till.does(till.maria, f"{path}/decline", body)
    assert (told["proposed"], told["days"]) == ([], 0)
    assert told["declined"] == [
        {
            **read,
            "proposed_by": "per_hana",
            "by": "per_maria",
            "on": "2026-03-02",
            "reason": "not_as_published",
        }
    ]
    assert ok(await till.hana.get("/v1/proposed-rates"))["items"] == []
    assert await till.tries(till.maria, f"{path}/confirm", read) == (404, "NoRateProposed")
    await till.does(till.hana, "/v1/exchange-rates", asked | {"value": "161"}, status=201)
    told = await till.does(till.maria, f"{path}/confirm", read | {"value": "161"})
    assert (told["days"], len(told["declined"])) == (1, 1)


async def test_a_higher_ceiling_is_declined_and_the_line_stays(till: Cashier) -> None:
    path = f"/v1/budget-lines/{await chain.funded(till)}"
    higher = {"ceiling": chain.eur(9000)}
    await till.does(till.maria, f"{path}/revise", higher)
    body = higher | {"reason": "donor_did_not_agree"}
    assert await till.tries(till.hana, f"{path}/decline", body) == (403, "forbidden")
    stands = await till.does(till.tomas, f"{path}/decline", body)
    assert (stands["ceiling"], stands["proposed"]) == (chain.eur(5000), None)
    assert stands["declined"] == {
        **body,
        "proposed_by": "per_maria",
        "by": "per_tomas",
        "on": "2026-03-02",
    }
    await till.does(till.maria, f"{path}/revise", higher)
    stands = await till.does(till.maria, f"{path}/decline", body)
    assert (stands["proposed"], stands["declined"]["by"]) == (None, "per_maria")
    assert (await till.told()).count("ceiling_declined") == 2
