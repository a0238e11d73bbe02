"""The pages, as a person without JavaScript meets them."""

import hashlib
import html
import re

import httpx
import pytest
from services.audit.tests.conftest import Desk as AuditDesk
from services.console.tests.conftest import Browser, hidden
from specimens.histories import history

from audit.domain.note import COSIGNED_ED25519, VerifierKey, parse_keys
from audit.domain.policy import Policy
from audit.domain.proof import check_receipt
from audit.log.witnesses import Witnesses

# Signing in


async def test_who_is_not_signed_in_is_asked_to_and_comes_back(browser: Browser) -> None:
    page = await browser.get("/trail/pay_1")
    assert page.url.path == "/sign-in"
    assert hidden(page, "to") == "/trail/pay_1"


async def test_a_person_signs_in_and_out(browser: Browser) -> None:
    page = await browser.sign_in("elif")
    assert "Elif · auditor" in page.text
    await browser.post("/sign-out", csrf=hidden(page, "csrf"))
    assert (await browser.get("/log")).url.path == "/sign-in"


async def test_a_wrong_password_says_so_and_keeps_the_name(browser: Browser) -> None:
    page = await browser.post("/sign-in", username="elif", password="wrong")
    assert page.status_code == 401
    assert "do not go together" in page.text
    assert 'value="elif"' in page.text
    assert "wrong" not in page.text


async def test_the_browser_gets_a_name_for_the_session_and_never_the_token(
    browser: Browser,
) -> None:
    answer = await browser.client.post(
        "/sign-in", data={"username": "elif", "password": browser.passwords["elif"]}
    )
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "ey" not in cookie.split(";")[0].partition("=")[2][:2]
    assert answer.headers["location"] == "/payments"


@pytest.mark.parametrize("to", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
async def test_signing_in_leads_to_no_other_site(browser: Browser, to: str) -> None:
    answer = await browser.client.post(
        "/sign-in",
        data={"username": "elif", "password": browser.passwords["elif"], "to": to},
    )
    assert answer.headers["location"] == "/payments"


OURS = {"origin": "http://console.test", "sec-fetch-site": "same-origin"}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (OURS, 303),
        ({"origin": "http://console.test"}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({}, 403),
        (OURS | {"origin": "https://evil.test"}, 403),
        (OURS | {"origin": "null"}, 403),
        (OURS | {"sec-fetch-site": "cross-site"}, 403),
        (OURS | {"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"origin": "https://evil.test"}, 403),
    ],
    ids=str,
)
async def test_only_a_form_of_our_own_site_does_anything(
    browser: Browser, said: dict[str, str], status: int
) -> None:
    del browser.client.headers["origin"]
    form = {"username": "elif", "password": browser.passwords["elif"]}
    answer = await browser.client.post("/sign-in", data=form, headers=said)
    assert answer.status_code == status
    assert ("set-cookie" in answer.headers) == (status == 303)


async def test_a_form_without_the_pages_token_does_nothing(browser: Browser) -> None:
    await browser.sign_in("elif")
    assert (await browser.post("/sign-out", csrf="guessed")).status_code == 403
    assert (await browser.get("/log")).url.path == "/log"


async def test_every_page_forbids_what_it_does_not_need(browser: Browser) -> None:
    await browser.sign_in("elif")
    for path in ("/sign-in", "/log", "/trail", "/nowhere"):
        headers = (await browser.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


async def test_no_page_needs_a_script_or_anything_from_elsewhere(browser: Browser) -> None:
    await browser.sign_in("elif")
    for path in ("/sign-in", "/log", "/trail"):
        text = (await browser.get(path)).text
        assert "<script" not in text
        assert "style=" not in text
        assert "http://" not in text


# The trail


@pytest.fixture
async def logged(desk: AuditDesk) -> AuditDesk:
    await desk.keep(history(2))
    await desk.publisher().publish()
    return desk


async def test_the_trail_tells_it_in_plain_words_with_proofs(
    logged: AuditDesk, browser: Browser
) -> None:
    await browser.sign_in("elif")
    page = await browser.get("/trail/pay_1")
    assert page.status_code == 200
    assert "Jozef certified the payment" in page.text
    paid = '<bdi dir="ltr">2,423,500.500 IQD</bdi>'
    assert f"the platform learned that the bank paid {paid}" in page.text
    assert '✓ proven <bdi dir="ltr">#' in page.text
    assert "all proven under the checkpoint" in page.text
    assert "pay_2" not in page.text


async def test_what_is_not_signed_yet_is_not_called_proven(
    logged: AuditDesk, browser: Browser
) -> None:
    await logged.keep(history(3))
    await browser.sign_in("elif")
    page = await browser.get("/trail/per_zuzana")
    assert "✓ proven" in page.text
    assert "not signed yet" in page.text
    assert "4 of 6 under a signed checkpoint so far" in page.text


async def test_a_trail_is_found_by_an_id(logged: AuditDesk, browser: Browser) -> None:
    await browser.sign_in("elif")
    assert (await browser.get("/trail?key=+cas_1 ")).url.path == "/trail/cas_1"
    assert "That is not an id" in (await browser.get("/trail?key=<i>")).text
    assert "<i>" not in (await browser.get("/trail?key=<i>")).text
    assert (await browser.get("/trail/cas_9")).status_code == 404


# The log


async def test_the_log_is_whole(logged: AuditDesk, browser: Browser) -> None:
    await browser.sign_in("elif")
    page = await browser.get("/log")
    assert "The log is whole" in page.text
    assert "no gap" in page.text
    for line in logged.signer().vkey.splitlines():
        fingerprint = hashlib.sha256(line.encode()).hexdigest()
        assert f"{fingerprint[:4]} {fingerprint[4:8]}" in page.text
        assert "<details><summary" in page.text[: page.text.index(line)], "it is folded"
    assert "Ed25519 key" in page.text
    assert "ML-DSA-44 key" in page.text


async def test_a_store_that_is_not_what_the_log_has_is_on_the_page(
    logged: AuditDesk, browser: Browser
) -> None:
    await logged.store.pool.execute(
        "insert into difference_view (difference_id, service, stands, found_at, state)"
        " values ('dif_1', 'plans', true, now(), '')"
    )
    await browser.sign_in("elif")
    page = await browser.get("/log")
    assert "The log needs a look" in page.text
    assert "1 place</span> where the store of a service is not what the log has" in page.text


async def test_why_it_was_paid_is_a_page_with_receipts(logged: AuditDesk, browser: Browser) -> None:
    await browser.sign_in("elif")
    trail = await browser.get("/trail/pay_1")
    assert 'href="/trail/pay_1/why"' in trail.text
    page = await browser.get("/trail/pay_1/why")
    for said in ("the bank confirmed it", "signed and released it", "under delegation"):
        assert said in page.text
    assert "every line proven" in page.text
    links = re.findall(r'href="(/log/receipts/\d+)"', page.text)
    keys = parse_keys(logged.signer().vkey)
    entries = [entry for _, entry in history(2)]
    for link in set(links):
        receipt = await browser.get(link)
        index = int(link.rpartition("/")[2])
        assert check_receipt(receipt.text, entries[index].raw, keys).size == len(entries)


async def test_a_long_trail_goes_on_on_the_next_page(
    logged: AuditDesk, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.trail.sight.PAGE_LINES", 5)
    await browser.sign_in("elif")
    path, seen = "/trail/per_hana", []
    while path:
        page = await browser.get(path)
        seen += re.findall(r'href="/log/receipts/(\d+)"', page.text)
        following = re.search(r'href="([^"]+)" rel="next"', page.text)
        path = html.unescape(following[1]) if following else ""
    assert len(seen) == len(set(seen)) > 5


async def test_a_donor_sees_its_trail_and_no_page_of_others(
    logged: AuditDesk, browser: Browser
) -> None:
    await browser.sign_in("dana")
    page = await browser.get("/trail/gra_1")
    assert page.status_code == 200
    assert ">Payments<" not in page.text
    assert "cas_1" not in page.text
    assert "and are not yours to see" in (await browser.get("/trail/pay_1/why")).text
    assert (await browser.get("/trail/cas_1")).status_code == 404


async def test_a_log_whose_witnesses_are_missing_says_what_waits(
    logged: AuditDesk, browser: Browser
) -> None:
    key = VerifierKey("w.example/donor", bytes(32), COSIGNED_ED25519)
    policy = f"witness w {key} http://w.example\nquorum w\n"
    logged.files.folder.with_name("policy").write_text(policy)
    await logged.keep(history(3))
    nobody = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(503)))
    asking = Witnesses(Policy.parse(policy.encode()), nobody)
    assert await logged.publisher_asking(asking).publish() is None
    await browser.sign_in("elif")
    page = await browser.get("/log")
    assert "The log needs a look" in page.text
    assert "signed and not published" in page.text
    assert "did not cosign the newest checkpoint" in page.text


async def test_an_empty_log_says_so(browser: Browser) -> None:
    await browser.sign_in("elif")
    assert "The log is empty" in (await browser.get("/log")).text


# What goes wrong


async def test_a_service_that_does_not_answer_has_a_page(browser: Browser) -> None:
    await browser.sign_in("elif")
    del browser.wire.hosts["audit.test"]
    page = await browser.get("/log")
    assert page.status_code == 503
    assert "does not answer" in page.text
    assert "Elif" in page.text


async def test_there_is_no_such_page(browser: Browser) -> None:
    await browser.sign_in("elif")
    page = await browser.get("/nowhere")
    assert page.status_code == 404
    assert "There is no such page" in page.text
    assert isinstance(page, httpx.Response)
