"""At the same instant, on the real store: what one of them may do, two do not do together."""

import asyncio

import pytest
from services.disbursement.tests import (
    chain,
    test_claimed_back,
    test_converted,
    test_reversed,
)
from services.disbursement.tests.cashier import Cashier, refused
from services.disbursement.tests.people import ITEM

from disbursement.converting import correct_what_was_wrong


@pytest.fixture
def till(at_once: Cashier) -> Cashier:
    return at_once


async def test_two_officers_at_the_same_instant_do_not_overspend_a_line(till: Cashier) -> None:
    line = await chain.funded(till, ceiling=1500)
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    answers = await asyncio.gather(*(till.hana.post("/v1/commitments", asked) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422, 422]
    assert {refused(a)[1] for a in answers if a.is_error} == {"NotEnoughFunds"}
    stands = (await till.hana.get(f"/v1/budget-lines/{line}")).json()
    assert stands["reserved"] == chain.eur(1000)
    assert stands["available"] == chain.eur(500)


async def test_two_orders_for_one_item_stay_within_its_ceiling_together(till: Cashier) -> None:
    line = await chain.funded(till, ceiling=5000)
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    answers = await asyncio.gather(*(till.hana.post("/v1/commitments", asked) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 422]
    assert {refused(a)[1] for a in answers if a.is_error} == {"AboveItemCeiling"}


async def test_two_people_who_send_one_payment_at_the_same_instant_send_it_once(
    till: Cashier,
) -> None:
    payment = await chain.released(till)
    body = {"payments": [payment.rpartition("/")[2]]}
    answers = await asyncio.gather(
        till.hana.post("/v1/bank-files", body), till.marta.post("/v1/bank-files", body)
    )
    await till.settle()
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(till.at_the_bank()) == 1
    assert (await till.told()).count("payment_instructed") == 1


async def test_what_two_processes_find_converted_at_a_wrong_rate_is_corrected_once(
    till: Cashier,
) -> None:
    await test_converted.paid(till)
    await chain.correct(till, test_converted.UNORE, "2026-03-01", "1250")
    await asyncio.gather(*(correct_what_was_wrong(till.handler, till.tables) for _ in range(3)))
    await till.settle()
    assert (await till.told()).count("payment_conversion_corrected") == 1
    told = await test_converted.budget(till)
    assert (told["paid"], told["paid_in_ledger"]) == (chain.eur(1120), chain.eur(1000))


async def test_two_people_at_the_same_instant_undo_a_loss_once(till: Cashier) -> None:
    order, path, ulla = await test_reversed.lost_advance(till)
    await till.does(till.hana, f"{path}/propose-reversal", {"reason": "it_came"})
    seen = (await till.hana.get(path)).json()["version"]
    answers = await asyncio.gather(
        *(ulla.post(f"{path}/reverse-write-off", if_match=seen) for _ in range(3))
    )
    won, *lost = sorted(answer.status_code for answer in answers)
    assert won == 200
    assert {*lost} <= {412, 422}, "another version, or nothing is given up any more"
    await till.settle()
    told = await till.told()
    assert (told.count("write_off_reversed"), told.count("advance_claimed_again")) == (1, 1)
    stands = (await till.hana.get(order)).json()
    assert stands["advance_claimed_back"] == test_claimed_back.HALF
