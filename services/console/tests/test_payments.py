"""The payment pages before the real disbursement service, over HTTP in this process.

Only the signing in is left out here: a session is begun with a token of the trial's issuer.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace
from services.audit.tests.conftest import Desk as AuditDesk
from services.console.tests.conftest import hidden
from services.console.tests.counter import Counter, at_the_counter
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, registered
from services.disbursement.tests.conftest import database  # noqa: F401  one for the module
from services.disbursement.tests.people import OVENS

from audit.main import service as audit_service
from console import queue
from console.reading import budget
from disbursement.domain.heard import from_intake
from events.handler import Handler
from events.io.http import Desk
from events.io.http.app import Application
from events.io.http.trial import ISSUER as ISSUER_OF_TRIALS
from events.io.http.trial import Caller
from events.io.identity import Tokens
from events.memory import MemoryStore, SeededIds
from events.roles import Role
from events.values import Code
from homeward.postgres import Database
from vendors.main import service as vendors_service

PROPOSED = {
    "kind": "company",
    "country": "IQ",
    "name": "شركة النور للأفران",
    "latin_name": "Al-Noor Ovens",
    "town": "Baghdad",
    "phone": "+964 790 000 0101",
}
SCREENED = {
    "list_set": "UN",
    "list_version": "2026-02-27",
    "on": "2026-03-02",
    "result": "clear",
}


@pytest.fixture
async def counter(database: Database, tmp_path: Path) -> AsyncIterator[Counter]:  # noqa: F811
    async with at_the_counter(database, tmp_path) as counter:
        yield counter


async def test_with_no_payment_the_queue_says_what_will_come(counter: Counter) -> None:
    counter.sits_down(counter.till.eva)
    page = await counter.get("/payments")
    assert "Nothing waits for you" in page.text
    assert "No payment has been requested yet" in page.text


async def test_the_queue_puts_first_what_waits_for_the_reader(counter: Counter) -> None:
    payment = await chain.requested(counter.till)
    counter.sits_down(counter.till.jozef)
    assert "One payment waits for you" in (await counter.get("/payments")).text
    counter.sits_down(counter.till.eva)
    page = await counter.get("/payments")
    assert "Nothing waits for you" in page.text
    assert payment.removeprefix("/v1") in page.text
    assert '<bdi dir="ltr" class="num">1,400,000.000 IQD</bdi>' in page.text
    assert "waits for a certifying officer" in page.text


async def test_a_line_says_from_which_money_how_old_and_what_stands_out(counter: Counter) -> None:
    till = counter.till
    payment = await chain.requested(till, await chain.matched(till, sacks=8))
    till.trial.clock.advance(7300)  # type: ignore[attr-defined]
    till.hana = till.trial.sign_in("per_hana", Role.FINANCE_OFFICER)  # her token has ended
    till.eva = till.trial.sign_in("per_eva", Role.APPROVING_OFFICER)
    counter.sits_down(till.hana)
    page = await counter.get("/payments")
    for shown in ("SK-2023-AVRR", "business start", ">2 h</bdi>", "Hana", "delivered short"):
        assert shown in page.text
    assert "Nothing waits for you" in page.text
    await till.does(till.eva, f"{payment}/hold", {"reason": "unclear"})
    page = await counter.get("/payments")
    assert "One payment waits for you" in page.text
    assert "on hold: unclear" in page.text


@pytest.mark.parametrize("pages", [20, 1])
async def test_the_page_has_the_end_of_a_trail_however_many_pages_it_takes(
    counter: Counter, desk: AuditDesk, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    till = counter.till
    payment = await chain.released(till)
    history = await till.trial.store.read(0, 1000)
    await desk.keep([("disbursement", entry) for entry in history])
    await desk.publisher().publish()
    counter.wire.hosts["audit.test"] = httpx.ASGITransport(_audit(desk, till))
    monkeypatch.setattr("audit.trail.sight.PAGE_LINES", 3)
    monkeypatch.setattr("console.reading.TRAIL_PAGES", pages)
    counter.sits_down(till.trial.sign_in("per_elif", Role.AUDITOR))
    page = await counter.get(payment.removeprefix("/v1"))
    _, _, trail = page.text.partition("How it came here")
    assert ("signed the payment" in trail) is (pages > 1)
    assert ("the whole trail has the rest" in trail) is (pages == 1)


def _audit(desk: AuditDesk, till: Cashier) -> Application:
    """The audit service over that log, for those to whom the trial's issuer gives tokens."""
    clock = till.trial.clock
    tokens = Tokens(issuer=ISSUER_OF_TRIALS, keys=till.trial.issuer, clock=clock)
    handler = Handler(audit_service.registry, desk.store, clock, SeededIds())
    of = Desk(handler, tokens, view=desk.store.pool, gateways=desk.files)
    app: Application = audit_service.api.app(of)
    return app


async def test_what_is_released_waits_for_the_finance_officer(counter: Counter) -> None:
    await chain.released(counter.till)
    counter.sits_down(counter.till.hana)
    page = await counter.get("/payments")
    assert "One payment waits for you" in page.text
    assert ">Put into a bank file</a>" in page.text
    counter.sits_down(counter.till.ivan)
    assert "Nothing waits for you" in (await counter.get("/payments")).text


async def test_a_released_payment_is_put_into_a_bank_file_once(counter: Counter) -> None:
    path = (await chain.released(counter.till)).removeprefix("/v1")
    counter.sits_down(counter.till.elif_)
    assert "<button>Put into" not in (await counter.get(path)).text
    counter.sits_down(counter.till.hana)
    page = await counter.get(path)
    form = {name: hidden(page, name) for name in ("csrf", "key")}
    for _ in range(2):
        page = await counter.window.post(f"{path}/bank-file", data=form, follow_redirects=True)
        await counter.till.settle()
        assert "Put into a bank file: done" in page.text
    assert len(counter.till.at_the_bank()) == 1
    again = await counter.window.post(f"{path}/bank-file", data=form | {"key": "another"})
    assert again.status_code == 409
    assert "What you see below is how it stands now." in again.text


async def test_payments_are_found_by_any_of_their_ids_and_by_stage(counter: Counter) -> None:
    path = (await chain.requested(counter.till)).removeprefix("/v1")
    payment = (await counter.till.hana.get(f"/v1{path}")).json()
    counter.sits_down(counter.till.elif_)
    assert (await counter.get(f"/payments?find=+{payment['payment']}")).url.path == path
    for name in ("case", "vendor", "invoice"):
        assert path in (await counter.get(f"/payments?find={payment[name]}")).text
        none = await counter.get(f"/payments?find={payment[name]}0")
        assert "There is no such payment." in none.text
    assert path in (await counter.get("/payments?stage=requested")).text
    for stage in ("paid", "held"):
        assert path not in (await counter.get(f"/payments?stage={stage}")).text
    assert "That is not an id" in (await counter.get("/payments?find=<i>")).text


async def test_the_queue_asks_for_one_page_however_much_there_is(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "LIMIT", 1)
    first = (await chain.requested(counter.till)).removeprefix("/v1")
    second = (await another(counter.till)).removeprefix("/v1")
    counter.sits_down(counter.till.elif_)
    page = await counter.get("/payments")
    assert first in page.text
    assert second not in page.text
    found = re.search(r'href="([^"]*)" rel="next"', page.text)
    assert found is not None
    page = await counter.get(found[1])
    assert second in page.text
    assert first not in page.text
    assert 'rel="next"' not in page.text


async def another(till: Cashier) -> str:
    """A second payment: the one before is given up and its invoice is asked for again."""
    [given_up] = (await till.hana.get("/v1/payments")).json()["items"]
    path = f"/v1/payments/{given_up['payment']}"
    await till.does(till.eva, f"{path}/cancel", {"reason": "mistake"})
    return await chain.requested(till, f"/v1/commitments/{given_up['commitment']}")


async def test_four_people_carry_a_payment_to_the_bank_with_buttons(counter: Counter) -> None:
    payment = await chain.requested(counter.till)
    path = payment.removeprefix("/v1")
    till = counter.till
    acts = (
        (till.jozef, "certify"),
        (till.eva, "approve"),
        (till.marta, "sign"),
        (till.ivan, "sign"),
    )
    for who, act in acts:
        counter.sits_down(who)
        page = await counter.press(await counter.get(path), act)
        assert page.status_code == 200
        assert f"{act.title()}: done" in page.text
    assert "signed, goes into a bank file" in page.text
    assert "All have signed." in page.text
    assert [told for told in await till.told() if not told.endswith("_under_limit")][-4:] == [
        "payment_certified",
        "payment_approved",
        "payment_signed",
        "payment_signed",
    ]


async def test_where_a_button_is_missing_stands_the_rule(counter: Counter) -> None:
    payment = await chain.requested(counter.till)
    path = payment.removeprefix("/v1")
    counter.sits_down(counter.till.eva)
    page = await counter.get(path)
    assert "<button>Certify</button>" not in page.text
    assert "This is for a certifying officer." in page.text
    await counter.till.does(
        counter.till.jozef, f"{payment}/certify", await chain.seen(counter.till, payment)
    )
    counter.sits_down(counter.till.marta)
    assert "This is for an approving officer." in (await counter.get(path)).text
    await counter.till.does(
        counter.till.eva, f"{payment}/approve", await chain.seen(counter.till, payment)
    )
    await counter.till.does(
        counter.till.marta, f"{payment}/sign", await chain.seen(counter.till, payment)
    )
    counter.sits_down(counter.till.marta)
    page = await counter.get(path)
    assert "<button>Sign</button>" not in page.text
    assert "(ActedAlready)" in page.text


async def test_the_page_shows_what_agrees_and_what_it_costs(counter: Counter) -> None:
    matched = await chain.matched(counter.till, sacks=8)
    payment = await chain.requested(counter.till, matched)
    counter.sits_down(counter.till.eva)
    page = await counter.get(payment.removeprefix("/v1"))
    assert 'invoice <bdi dir="ltr">INV-2231</bdi>' in page.text
    assert '<td data-label="Delivered" class="num less">8</td>' in page.text
    assert "The returnee signed for the delivery of" in page.text
    assert "Dalia recorded it" in page.text
    assert 'ending <bdi dir="ltr">9012</bdi>' in page.text
    assert "unchanged" in page.text
    assert "this payment" in page.text
    assert "The log does not have it yet, does not answer" in page.text


async def test_a_double_click_is_one_act(counter: Counter) -> None:
    payment = await chain.requested(counter.till)
    counter.sits_down(counter.till.jozef)
    page = await counter.get(payment.removeprefix("/v1"))
    assert "Certify: done" in (await counter.press(page, "certify")).text
    assert "Certify: done" in (await counter.press(page, "certify")).text
    assert (await counter.till.told()).count("payment_certified") == 1


async def test_a_page_that_is_out_of_date_does_nothing_and_shows_what_stands(
    counter: Counter,
) -> None:
    payment = await chain.requested(counter.till)
    counter.sits_down(counter.till.jozef)
    page = await counter.get(payment.removeprefix("/v1"))
    await counter.till.does(counter.till.eva, f"{payment}/hold", {"reason": "unclear"})
    answer = await counter.press(page, "certify")
    assert answer.status_code == 412
    assert "version_stale" in answer.text
    assert "on hold: unclear" in answer.text
    assert "payment_certified" not in await counter.till.told()


async def test_evidence_that_was_not_on_the_page_is_not_signed_for(counter: Counter) -> None:
    payment = await chain.requested(counter.till)
    counter.sits_down(counter.till.jozef)
    page = await counter.get(payment.removeprefix("/v1"))
    answer = await counter.press(page, "certify", evidence="0" * 64)
    assert answer.status_code == 409
    assert "EvidenceChanged" in answer.text


async def test_a_form_of_another_page_presses_nothing(counter: Counter) -> None:
    payment = await chain.requested(counter.till)
    counter.sits_down(counter.till.jozef)
    page = await counter.get(payment.removeprefix("/v1"))
    assert (await counter.press(page, "certify", csrf="guessed")).status_code == 403
    assert (await counter.press(page, "delete")).status_code == 403
    assert "payment_certified" not in await counter.till.told()


async def test_a_session_ends_with_its_token(counter: Counter) -> None:
    counter.sits_down(counter.till.jozef)
    assert (await counter.get("/payments")).url.path == "/payments"
    counter.till.trial.clock.advance(901)  # type: ignore[attr-defined]
    assert (await counter.get("/payments")).url.path == "/sign-in"


async def test_a_cancelled_payment_is_not_on_hold_and_takes_nothing_of_its_line(
    counter: Counter,
) -> None:
    till = counter.till
    payment = await chain.requested(till)
    await till.does(till.eva, f"{payment}/hold", {"reason": "unclear_papers"})
    counter.sits_down(till.eva)
    page = (await counter.get(payment.removeprefix("/v1"))).text
    assert "on hold: unclear papers" in page
    assert "this payment 1,000.00 EUR" in page
    await till.does(till.hana, f"{payment}/cancel", {"reason": "mistake"})
    page = (await counter.get(payment.removeprefix("/v1"))).text
    assert "on hold" not in page
    assert "this payment 1,000.00 EUR" not in page
    assert "committed 1,000.00 EUR" in page


@pytest.mark.parametrize("stage", ["cancelled", "rejected", "returned"])
def test_what_came_to_nothing_has_no_part_of_the_bar(stage: str) -> None:
    line = {each: {"amount": "0.00", "currency": "EUR"} for each in ("spent", "earmarked")}
    line |= {each: {"amount": "50.00", "currency": "EUR"} for each in ("reserved", "available")}
    payment = {"stage": stage, "reserved": line["reserved"], "budget": line}
    assert [part.name for part in budget(payment)] == ["committed", "left"]
    under_way = budget(payment | {"stage": "approved"})
    assert [part.name for part in under_way] == ["this payment", "left"]


async def test_a_payment_that_is_not_there(counter: Counter) -> None:
    counter.sits_down(counter.till.jozef)
    page = await counter.get("/payments/pay_9")
    assert page.status_code == 404
    assert "There is no such payment" in page.text
    assert "nothing was stored" not in page.text
    assert (await counter.get("/payments/what")).status_code == 404


@pytest.mark.parametrize("name", ["key", "etag", "evidence"])
@pytest.mark.parametrize("text", ["Ā", '"1"\r\nx: y', "", "x" * 300, "\0"])
async def test_a_form_that_was_tampered_with_is_a_page_and_does_nothing(
    counter: Counter, name: str, text: str
) -> None:
    payment = await chain.requested(counter.till)
    counter.sits_down(counter.till.jozef)
    before = await counter.till.told()
    page = await counter.press(
        await counter.get(payment.removeprefix("/v1")), "certify", **{name: text}
    )
    assert page.status_code == 400
    assert "The form is not as the page made it" in page.text
    assert await counter.till.told() == before


async def test_a_partners_people_see_the_page_without_its_funding(counter: Counter) -> None:
    till = counter.till
    await till.heard(from_intake, replace(registered, organisation=Code("ngo_tirana")))
    payment = await chain.requested(till)
    counter.sits_down(till.sign_in("arben", Role.COUNSELLOR, organisation="ngo_tirana"))
    page = await counter.get(payment.removeprefix("/v1"))
    assert page.status_code == 200
    assert "Do they agree?" in page.text
    assert "ending" not in page.text
    assert 'class="budget"' not in page.text


# The vendor


class TheVendorsIds(SeededIds):
    """Gives the vendor the id by which disbursement knows it."""

    def new(self, prefix: str) -> str:
        return str(OVENS) if prefix == "ven" else super().new(prefix)


@pytest.fixture
async def vendors(counter: Counter) -> MemoryStore:
    """The real vendors service on the wire, with the vendor that is paid; what it has recorded."""
    trial, store = counter.till.trial, MemoryStore()
    handler = Handler(vendors_service.registry, store, trial.clock, TheVendorsIds())
    tokens = Tokens(issuer=ISSUER_OF_TRIALS, keys=trial.issuer, clock=trial.clock)
    app = vendors_service.api.app(Desk(handler, tokens))
    counter.wire.hosts["vendors.test"] = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=counter.wire, base_url="http://vendors.test") as client:
        token = trial.issuer.token("per_nadia", Role.VENDOR_OFFICER)
        nadia = Caller(client, SeededIds(), token)
        assert (await nadia.post("/v1/vendors", PROPOSED)).status_code == 201
        path = f"/v1/vendors/{OVENS}/screenings"
        karim = Caller(client, SeededIds(2), trial.issuer.token("per_karim", Role.VENDOR_APPROVER))
        assert (await karim.post(path, SCREENED, if_match=1)).status_code == 200
    return store


async def test_the_page_shows_what_the_screening_of_the_vendor_found(
    counter: Counter, vendors: MemoryStore
) -> None:
    payment = await chain.requested(counter.till)
    counter.sits_down(counter.till.jozef)
    page = await counter.get(payment.removeprefix("/v1"))
    assert ">2 Mar 2026</bdi>" in page.text
    assert '<span class="chip good">clear</span>' in page.text
    assert '<span class="chip bad">proposed</span>' in page.text
    assert "personal_data_read" not in await _told(vendors)
    del counter.wire.hosts["vendors.test"]
    page = await counter.get(payment.removeprefix("/v1"))
    assert page.status_code == 200
    assert "The vendors' service does not answer." in page.text


async def test_the_vendors_name_is_shown_on_request_and_that_is_recorded(
    counter: Counter, vendors: MemoryStore
) -> None:
    payment = await chain.requested(counter.till)
    path = payment.removeprefix("/v1")
    counter.sits_down(counter.till.jozef)
    page = await counter.get(path)
    assert "Al-Noor Ovens" not in page.text
    asked = {name: hidden(page, name) for name in ("csrf", "key")}
    page = await counter.window.post(f"{path}/vendor-name", data=asked)
    assert page.status_code == 200
    assert "Al-Noor Ovens" in page.text
    assert "<button>Certify</button>" in page.text
    assert (await _told(vendors))[-1] == "personal_data_read"
    assert "Al-Noor Ovens" not in (await counter.get(path)).text
    page = await counter.window.post(f"{path}/vendor-name", data=asked | {"csrf": "guessed"})
    assert page.status_code == 403
    assert (await _told(vendors)).count("personal_data_read") == 1


@pytest.mark.usefixtures("vendors")
async def test_who_has_no_part_in_payments_is_not_offered_the_vendors_name(
    counter: Counter,
) -> None:
    payment = await chain.requested(counter.till)
    counter.sits_down(counter.till.dalia)
    assert "Show the vendor" not in (await counter.get(payment.removeprefix("/v1"))).text


async def _told(store: MemoryStore) -> list[str]:
    return [entry.envelope.type.split(".")[1] for entry in await store.read(0, 100)]


async def test_a_donor_finds_its_grants_and_takes_the_reports_home(counter: Counter) -> None:
    till = counter.till
    await chain.requested(till)
    (grant,) = (await till.maria.get("/v1/grants")).json()["items"]
    body = {"grant": grant["grant"], "format": "donor_report"}
    made = await till.does(till.maria, "/v1/exports", body, status=201)
    dana = till.trial.sign_in("per_dana", Role.DONOR, organisation="AMIF", grants=["SK-2023-AVRR"])
    counter.sits_down(dana)
    page = await counter.get("/payments")
    assert page.url.path == "/grants"
    assert f'href="/trail/{grant["grant"]}"' in page.text
    report = await counter.get(f"/grants/reports/{made['export']}")
    assert report.content[:2] == b"PK"
    other = till.trial.sign_in("per_dana", Role.DONOR, organisation="GCERF", grants=["X-1"])
    counter.sits_down(other)
    assert "No grant of yours is open here" in (await counter.get("/grants")).text
    assert (await counter.get(f"/grants/reports/{made['export']}")).status_code == 404
