"""The page of what waits for a decision: each kind told in words, each act as its rule has it."""

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from services.console.tests.counter import Counter, at_the_counter, fields
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier
from services.disbursement.tests.conftest import database  # noqa: F401  one for the module
from services.disbursement.tests.test_recovered_then_returned import advance_came_twice

from console import waiting
from homeward.postgres import Database


@pytest.fixture
async def counter(database: Database, tmp_path: Path) -> AsyncIterator[Counter]:  # noqa: F811
    async with at_the_counter(database, tmp_path) as counter:
        yield counter


async def press(counter: Counter, page: str, act: str, **chosen: str) -> str:
    """Press that button's first form on the page, with its hidden fields."""
    sent = fields(page, f"/waiting/{act}") | chosen
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
    counter.sits_down(till.hana)
    page = (await counter.get("/waiting")).text
    assert "1 EUR = 160 JPY" in re.sub(r"</?bdi[^>]*>", "", page)
    assert "/waiting/confirm-rate" not in page, "Hana proposed it"
    counter.sits_down(till.maria)
    page = (await counter.get("/waiting")).text
    assert ">5,000 JPY<" in page, "a currency without minor units"
    assert "Publish it: done" in await press(counter, page, "confirm-rate")
    assert "/waiting/accept-delegation" not in page, "it was given to Eva"
    counter.sits_down(till.eva)
    page = (await counter.get("/waiting")).text
    assert "Take it on: done" in await press(counter, page, "accept-delegation")
    counter.sits_down(till.maria)
    page = (await counter.get("/waiting")).text
    assert "/waiting/confirm-delegation" not in page, "Maria gave it"
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
    assert "Nobody may waive" in page
    assert "/waiting/waive" not in page


async def test_what_arrived_is_paid_under_a_waiver_by_who_may(counter: Counter) -> None:
    till = counter.till
    path = await chain.ordered(till)
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(8))
    await till.does(till.hana, f"{path}/invoices", chain.invoice(10))
    counter.sits_down(till.hana)
    page = (await counter.get("/waiting")).text
    assert "does not match: short receipt" in page
    assert "/waiting/waive" not in page, "an approving officer waives"
    counter.sits_down(till.eva)
    page = (await counter.get("/waiting")).text
    why = {"reason": "less_is_enough"}
    for changed in ({"expires": "soon"}, {}, {"expires": "2026-03-09", "reason": "because"}):
        said = await press(counter, page, "waive", **(why | changed))
        assert "did not come from a page of yours" in said
    gone = await press(counter, page, "waive", **why, expires="2026-01-01", key="k2")
    assert "(WaiverExpired)" in gone
    said = await press(counter, page, "waive", **why, expires="2026-03-09")
    assert "Pay what arrived all the same: done" in said
    assert "Every invoice matches" in (await counter.get("/waiting")).text
    assert (await till.told()).count("match_exception_waived") == 1


async def test_an_invoice_that_looks_like_another_is_decided_on(counter: Counter) -> None:
    till = counter.till
    line = await chain.funded(till)
    for number in ("A-1", "B-2"):
        path = await chain.ordered(till, await chain.committed(till, line))
        await chain.delivered(till, path, 10)
        await till.does(till.hana, f"{path}/invoices", chain.invoice(10, number))
    counter.sits_down(till.jozef)
    page = (await counter.get("/waiting")).text
    assert page.count("looks like another, by document, amount") == 1
    said = await press(counter, page, "reject-invoice", reason="came_before")
    assert "Nothing is owed on it: done" in said
    assert "Every invoice matches" in (await counter.get("/waiting")).text
    await till.does(till.hana, f"{path}/invoices", chain.invoice(10, "C-3"))
    page = (await counter.get("/waiting")).text
    said = await press(counter, page, "different", reason="papers_seen")
    assert "It is another invoice: done" in said
    assert "Every invoice matches" in (await counter.get("/waiting")).text
    assert {"duplicate_invoice_cleared", "invoice_rejected"} <= set(await till.told())


async def in_dispute(till: Cashier) -> str:
    path = await chain.matched(till)
    receipt = (await till.hana.get(path)).json()["receipts"][0]["receipt"]
    said = {"receipt": receipt, "reason": "damaged", "lines": [{"line": 2, "quantity": 2}]}
    await till.does(till.lina, f"{path}/dispute-delivery", said)
    return path


async def settle(
    counter: Counter, page: str, content: bytes, media: str = "application/pdf", **changed: str
) -> str:
    action = "/waiting/settle-dispute/with-paper"
    answer = await counter.window.post(
        action,
        data=fields(page, action) | {"outcome": "reduced"} | changed,
        files={"file": ("agreed.pdf", content, media)},
        follow_redirects=True,
    )
    await counter.till.settle()
    return answer.text


async def test_a_dispute_is_settled_by_another_person_with_the_signed_paper(
    counter: Counter,
) -> None:
    till = counter.till
    path = await in_dispute(till)
    counter.sits_down(till.eva)
    page = (await counter.get("/waiting")).text
    assert "in dispute: damaged" in page
    assert "/waiting/settle-dispute" not in page
    counter.sits_down(till.hana)
    page = (await counter.get("/waiting")).text
    agreed = b"%PDF-1.7 two sacks go back"
    for changed in ({"outcome": "forgotten"}, {"csrf": "guessed"}, {"receipt": "<b>"}):
        said = await settle(counter, page, agreed, **changed)
        assert "did not come from a page of yours" in said
    said = await settle(counter, page, b"MZ no paper", key="k2")
    assert "(document_not_as_told)" in said
    said = await settle(counter, page, b"MZ no paper", media="application/pdé", key="k4")
    assert "(media_type_unsupported)" in said
    assert "receipt_dispute_resolved" not in await till.told()
    said = await settle(counter, page, agreed)
    assert "Settle it: done" in said
    after = (await counter.get("/waiting")).text
    assert "does not match: short receipt" in after, "what was taken back is not paid"
    stands = (await till.hana.get(path)).json()
    assert stands["receipts"][0]["dispute"] is None
    assert "(version_stale)" in await settle(counter, page, agreed, key="k3")


async def test_what_is_wrong_with_a_rate_is_shown_to_who_confirms_that(counter: Counter) -> None:
    till, rate = counter.till, {"base": "EUR", "quote": "JPY", "source": "UNORE"}
    await chain.publish(till, rate | {"value": "160", "date": "2026-02-01"})
    far = rate | {"value": "1", "date": "2026-03-01", "far_because": "devalued"}
    await till.does(till.hana, "/v1/exchange-rates", far, status=201)
    counter.sits_down(till.maria)
    page = (await counter.get("/waiting")).text
    shown = re.sub(r"</?bdi[^>]*>", "", page)
    assert "1 EUR = 160 JPY of 2026-02-01" in shown
    assert "devalued" in shown
    assert "Publish it: done" in await press(counter, page, "confirm-rate")

    wrong = {"date": "2026-03-01", "value": None, "reason": "typing_mistake"}
    await till.does(till.hana, "/v1/exchange-rates/rat_unore_eur_jpy/correct", wrong)
    page = (await counter.get("/waiting")).text
    assert "typing mistake" in page
    assert "Withdraw it: done" in await press(counter, page, "withdraw-rate", key="k2")
    assert (await till.told()).count("exchange_rate_withdrawn") == 1


async def test_a_higher_ceiling_waits_for_another_grant_manager(counter: Counter) -> None:
    till = counter.till
    line = await chain.funded(till)
    higher = {"ceiling": chain.eur(500_000_000)}
    await till.does(till.maria, f"/v1/budget-lines/{line}/revise", higher)
    counter.sits_down(till.maria)
    page = (await counter.get("/waiting")).text
    assert "500,000,000.00 EUR" in page
    assert "confirm-ceiling" not in page, "nobody confirms what they proposed"
    counter.sits_down(till.tomas)
    page = (await counter.get("/waiting")).text
    assert "Confirm it: done" in await press(counter, page, "confirm-ceiling", key="k2")
    stands = (await till.maria.get(f"/v1/budget-lines/{line}")).json()
    assert (stands["ceiling"], stands["proposed"]) == (higher["ceiling"], None)


async def test_a_rate_or_a_ceiling_is_declined_by_another_or_taken_back(counter: Counter) -> None:
    till = counter.till
    line = await chain.funded(till)
    rate = {"base": "EUR", "quote": "JPY", "value": "160", "source": "UNORE", "date": "2026-03-01"}
    higher = {"ceiling": chain.eur(9000)}

    async def says_no(act: str, reason: str, key: str) -> None:
        page = (await counter.get("/waiting")).text
        assert ": done" in await press(counter, page, act, key=key, reason=reason)

    await till.does(till.hana, "/v1/exchange-rates", rate, status=201)
    await till.does(till.maria, f"/v1/budget-lines/{line}/revise", higher)
    counter.sits_down(till.hana)
    await says_no("decline-rate", "mistake", "k1")
    counter.sits_down(till.tomas)
    await says_no("decline-ceiling", "donor_did_not_agree", "k2")
    wrong = {"date": "2026-03-01", "value": None, "reason": "typing_mistake"}
    await till.does(till.hana, "/v1/exchange-rates/rat_unore_eur_iqd/correct", wrong)
    await says_no("keep-rate", "not_needed", "k3")
    page = (await counter.get("/waiting")).text
    assert "donor did not agree" in page, "it is remembered"
    told = await till.told()
    assert (told.count("proposed_rate_declined"), told.count("ceiling_declined")) == (2, 1)


async def test_a_list_that_is_longer_goes_on_where_it_stopped(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = counter.till
    monkeypatch.setattr(waiting, "SHOWN", 2)
    monkeypatch.setattr(waiting, "ASKED", "1")
    for day in range(1, 6):
        rate = {"base": "EUR", "quote": "JPY", "value": "160", "source": "UNORE"}
        quote = ("JPY", "USD", "VND", "ALL", "PKR")[day - 1]
        asked = rate | {"quote": quote, "date": "2026-03-01"}
        await till.does(till.hana, "/v1/exchange-rates", asked, status=201)
    counter.sits_down(till.maria)
    seen, pages, path = list[str](), 0, "/waiting"
    while path:
        page = (await counter.get(path)).text
        seen += re.findall(r"1 EUR = 160 (\w+)", re.sub(r"</?bdi[^>]*>", "", page))
        more = re.search(r'href="(/waiting\?of=rates[^"]*)"', page)
        path, pages = html.unescape(more[1]) if more else "", pages + 1
    assert sorted(seen) == ["ALL", "JPY", "PKR", "USD", "VND"]
    assert pages == 3
    assert "All that waits, from the beginning" in page


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


async def test_what_is_a_vendors_own_waits_and_is_approved(counter: Counter) -> None:
    await advance_came_twice(counter.till)
    counter.sits_down(counter.till.hana)
    page = (await counter.get("/waiting?of=refunds")).text
    assert "the vendor paid it back, and the bank returned the payment as well" in page
    assert "It goes back to the vendor" not in page
    counter.sits_down(counter.till.eva)
    page = (await counter.get("/waiting?of=refunds")).text
    assert "700,000.000 IQD" in page
    said = await press(counter, page, "approve-refund")
    assert "It goes back to the vendor: done" in said
    for signatory in (counter.till.marta, counter.till.ivan):
        counter.sits_down(signatory)
        page = (await counter.get("/waiting?of=refunds")).text
        assert ">per_eva</" in page.partition("So far")[2], "who approved it"
        said = await press(counter, page, "sign-refund")
        assert "Sign that it goes back: done" in said
    page = (await counter.get("/waiting?of=refunds")).text
    assert html.unescape("the bank's line on which it goes out") in html.unescape(page)
    assert "<button" not in page[page.index("What we owe vendors") :]
