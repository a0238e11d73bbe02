"""The page of what waits for a decision: each kind told in words, each act as its rule has it."""

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from services.console.tests.counter import Counter, at_the_counter
from services.disbursement.tests import chain
from services.disbursement.tests.conftest import database  # noqa: F401  one for the module

from events.roles import Role
from homeward.postgres import Database


@pytest.fixture
async def counter(database: Database, tmp_path: Path) -> AsyncIterator[Counter]:  # noqa: F811
    async with at_the_counter(database, tmp_path) as counter:
        yield counter


async def press(counter: Counter, page: str, act: str, **chosen: str) -> str:
    """Press that button's first form on the page, with its hidden fields."""
    form = page.partition(f'action="/waiting/{act}"')[2].partition("</form>")[0]
    assert form, f"no {act} on the page"
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    sent = {name: html.unescape(value) for name, value in fields.items()} | chosen
    answer = await counter.window.post(f"/waiting/{act}", data=sent, follow_redirects=True)
    await counter.till.settle()
    return answer.text


async def test_where_nothing_waits_each_kind_says_so(counter: Counter) -> None:
    counter.sits_down(counter.till.eva)
    page = (await counter.get("/waiting")).text
    for said in ("No payment is held.", "No rate waits", "Every delegation is confirmed."):
        assert said in page
    counter.sits_down(counter.till.dalia)
    assert (await counter.get("/waiting")).status_code == 403
    assert ">Decisions</a>" not in (await counter.get("/payments")).text


async def test_a_hold_says_why_and_is_lifted_by_who_may(counter: Counter) -> None:
    till = counter.till
    payment = await chain.requested(till)
    await till.does(till.eva, f"{payment}/hold", {"reason": "unclear_papers"})
    counter.sits_down(till.hana)
    page = (await counter.get("/waiting")).text
    assert "unclear papers" in page
    assert "1,400,000.000 IQD" in page
    assert "Let it go on" not in page
    counter.sits_down(till.jozef)
    page = (await counter.get("/waiting")).text
    said = await press(counter, page, "lift", reason="papers_seen")
    assert "Let it go on: done" in said
    assert (await till.hana.get(payment)).json()["held"] is None
    assert "(version_stale)" in await press(counter, page, "lift", key="k2", reason="explained")
    assert (await till.told()).count("payment_released_from_hold") == 1


async def test_a_rate_and_a_delegation_wait_for_a_second_person(counter: Counter) -> None:
    till = counter.till
    rate = {"base": "EUR", "quote": "JPY", "value": "160", "source": "UNORE", "date": "2026-03-01"}
    await till.does(till.hana, "/v1/exchange-rates", rate, status=201)
    given = {
        "person": "per_eva",
        "authority": "approve",
        "limit": {"amount": "5000", "currency": "JPY"},
        "starts": "2026-01-01",
        "ends": "2026-12-31",
    }
    await till.does(till.maria, "/v1/delegations", given, status=201)
    counter.sits_down(till.eva)
    page = (await counter.get("/waiting")).text
    assert "Take it on: done" in await press(counter, page, "accept-delegation")
    counter.sits_down(till.hana)
    page = (await counter.get("/waiting")).text
    assert "1 EUR = 160 JPY" in re.sub(r"</?bdi[^>]*>", "", page)
    assert "ConfirmedByItsProposer" in await press(counter, page, "confirm-rate")
    counter.sits_down(till.maria)
    page = (await counter.get("/waiting")).text
    assert ">5,000 JPY<" in page, "a currency without minor units"
    assert "ConfirmedByItsGiver" in await press(counter, page, "confirm-delegation")
    assert "Publish it: done" in await press(counter, page, "confirm-rate")
    till.tomas = till.sign_in("tomas", Role.GRANT_MANAGER)
    counter.sits_down(till.tomas)
    page = (await counter.get("/waiting")).text
    assert "No rate waits" in page
    assert "Confirm it: done" in await press(counter, page, "confirm-delegation")
    assert "Every delegation is confirmed." in (await counter.get("/waiting")).text


async def test_a_budget_line_tells_what_is_available_and_why(counter: Counter) -> None:
    await chain.requested(counter.till)
    counter.sits_down(counter.till.maria)
    page = (await counter.get("/waiting")).text
    for label in ("Ceiling", "Kept for plans", "Committed", "Spent", "Available"):
        assert f"<dt>{label}</dt>" in page


async def test_an_invoice_that_does_not_match_says_with_what(counter: Counter) -> None:
    path = await chain.ordered(counter.till)
    await counter.till.does(counter.till.hana, f"{path}/invoices", chain.invoice(10))
    counter.sits_down(counter.till.eva)
    page = (await counter.get("/waiting")).text
    assert "does not match: no receipt" in page


async def test_no_act_is_done_from_elsewhere_or_for_no_reason(counter: Counter) -> None:
    till = counter.till
    payment = await chain.requested(till)
    await till.does(till.eva, f"{payment}/hold", {"reason": "unclear"})
    counter.sits_down(till.jozef)
    page = (await counter.get("/waiting")).text
    for changed in ({"csrf": "guessed"}, {"reason": "because"}, {"reason": ""}):
        said = await press(counter, page, "lift", **({"reason": "explained"} | changed))
        assert "did not come from a page of yours" in said
    assert (await counter.window.post("/waiting/delete", data={})).status_code == 403
    assert "payment_released_from_hold" not in await till.told()
