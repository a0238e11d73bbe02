"""The bank's page: a file made, downloaded, answered for; an answer uploaded; what fits nothing."""

import hashlib
import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from services.console.tests.conftest import hidden
from services.console.tests.counter import Counter, at_the_counter
from services.disbursement.tests import chain
from services.disbursement.tests.conftest import database  # noqa: F401  one for the module

from console import uploading
from homeward.postgres import Database


@pytest.fixture
async def counter(database: Database, tmp_path: Path) -> AsyncIterator[Counter]:  # noqa: F811
    async with at_the_counter(database, tmp_path) as counter:
        yield counter


async def upload(
    counter: Counter, content: bytes | str, *, name: str = "answer.xml", **changed: str
) -> httpx.Response:
    page = await counter.get("/bank")
    form = {each: hidden(page, each) for each in ("csrf", "key")} | changed
    sent = content.encode() if isinstance(content, str) else content
    answer = await counter.window.post(
        "/bank/answers",
        data=form,
        files={"file": (name, sent, "text/xml")},
        follow_redirects=True,
    )
    await counter.till.settle()
    return answer


async def test_an_empty_page_says_what_will_come(counter: Counter) -> None:
    counter.sits_down(counter.till.hana)
    page = await counter.get("/bank")
    assert page.status_code == 200
    for said in ("Nothing of the bank waits", "No file was made yet", "no difference is unexplain"):
        assert said in page.text


async def test_released_payments_are_chosen_summed_and_become_one_file(counter: Counter) -> None:
    path = (await chain.released(counter.till)).removeprefix("/v1")
    counter.sits_down(counter.till.hana)
    page = await counter.get("/bank")
    assert "1 payment can go to the bank" in page.text
    payment = path.rpartition("/")[2]
    batch = await counter.get(f"/bank/batch?pay={payment}")
    assert "SK-2023-AVRR" in batch.text
    assert batch.text.count("1,400,000.000 IQD") == 3, "by currency, by fund, on its line"
    form = {name: hidden(batch, name) for name in ("csrf", "key", "payments")}
    for _ in range(2):
        made = await counter.window.post("/bank/files", data=form, follow_redirects=True)
        await counter.till.settle()
        assert made.url.path.startswith("/bank/files/fil_")
    assert len(counter.till.at_the_bank()) == 1
    again = await counter.window.post("/bank/files", data=form | {"key": "another"})
    assert again.status_code == 409
    assert (
        "cannot go into a file any more" in (await counter.get(f"/bank/batch?pay={payment}")).text
    )


async def test_the_file_is_downloaded_and_shows_what_became_of_each_payment(
    counter: Counter,
) -> None:
    path = await chain.instructed(counter.till)
    counter.sits_down(counter.till.hana)
    found = re.search(r'href="(/bank/files/fil_\w+)"', (await counter.get("/bank")).text)
    assert found is not None
    page = await counter.get(found[1])
    assert "with the bank" in page.text
    form = {"csrf": hidden(page, "csrf")}
    file = await counter.window.post(f"{found[1]}/content", data=form)
    assert "attachment" in file.headers["content-disposition"]
    assert file.headers["cache-control"] == "no-store"
    assert hashlib.sha256(file.content).hexdigest() in page.text
    await counter.till.settle()
    assert (await counter.till.told()).count("bank_file_downloaded") == 1
    assert (await counter.window.post(f"{found[1]}/content", data={})).status_code == 403
    counter.sits_down(counter.till.eva)
    assert "Download it" not in (await counter.get(found[1])).text
    await counter.till.bank_says("1.xml", chain.booked(path))
    counter.sits_down(counter.till.hana)
    page = await counter.get(found[1])
    assert "paid and reconciled" in page.text
    gone = await counter.window.post(f"{found[1]}/content", data={"csrf": hidden(page, "csrf")})
    assert gone.status_code == 404
    assert "No copy of the file is kept" in gone.text


async def test_an_answer_is_uploaded_and_the_page_says_what_came_of_it(counter: Counter) -> None:
    path = await chain.instructed(counter.till)
    counter.sits_down(counter.till.hana)
    page = await upload(counter, chain.booked(path))
    assert page.status_code == 200
    assert "The bank's file was read: 1 line" in html.unescape(page.text)
    assert "1 told something new of a payment, 0 told what was known, 0 fit nothing" in page.text
    assert (await counter.till.hana.get(path)).json()["stage"] == "reconciled"
    page = await upload(counter, chain.booked(path))
    assert page.status_code == 409
    assert "was read before: nothing has changed" in page.text
    listed = (await counter.get("/bank")).text
    assert '<td data-label="Brought by">Hana</td>' in listed


async def test_a_double_click_uploads_once(counter: Counter) -> None:
    path = await chain.instructed(counter.till)
    counter.sits_down(counter.till.hana)
    for _ in range(2):
        page = await upload(counter, chain.booked(path), key="the-same")
        assert "was read: 1 line" in page.text
    assert (await counter.till.told()).count("bank_answer_uploaded") == 1


async def test_what_is_no_answer_of_a_bank_is_refused_in_a_sentence(counter: Counter) -> None:
    counter.sits_down(counter.till.hana)
    for content in ("", "%PDF-1.7", "<html/>"):
        page = await upload(counter, content)
        assert page.status_code == 422
        assert "neither pain.002, camt.05x nor MT940" in page.text
    assert "bank_answer_read" not in await counter.till.told()


async def test_a_file_that_is_too_large_is_refused_in_a_sentence_and_not_kept(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "FILE_MAX_BYTES", 1000)
    counter.sits_down(counter.till.hana)
    page = await upload(counter, b"x" * 1001)
    assert page.status_code == 413
    assert "The file is too large" in page.text
    assert "bank_answer_read" not in await counter.till.told()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"csrf=1&key=2", "application/x-www-form-urlencoded"),
        (b"nothing", "multipart/form-data; boundary=x"),
        (b"nothing", "multipart/form-data; boundary=" + 300 * "x"),
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n" + b"y" * 50_000, "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--", "multipart/form-data"),
    ],
)
async def test_a_form_that_is_none_is_refused(counter: Counter, content: bytes, kind: str) -> None:
    counter.sits_down(counter.till.hana)
    headers = {"content-type": kind}
    page = await counter.window.post("/bank/answers", content=content, headers=headers)
    assert page.status_code == 400
    assert "The form is not as the page made it" in page.text


async def test_an_upload_needs_the_pages_token_and_our_site(counter: Counter) -> None:
    path = await chain.instructed(counter.till)
    counter.sits_down(counter.till.hana)
    assert (await upload(counter, chain.booked(path), csrf="guessed")).status_code == 403
    counter.window.headers["origin"] = "https://evil.test"
    assert (await upload(counter, chain.booked(path))).status_code == 403
    assert "bank_answer_read" not in await counter.till.told()


async def test_only_a_finance_officer_is_offered_the_upload(counter: Counter) -> None:
    for who in (counter.till.eva, counter.till.marta, counter.till.elif_):
        counter.sits_down(who)
        page = await counter.get("/bank")
        assert page.status_code == 200
        assert 'type="file"' not in page.text
    counter.sits_down(counter.till.dalia)
    assert (await counter.get("/bank")).status_code == 403
    assert ">Bank</a>" not in (await counter.get("/payments")).text


async def test_a_line_that_fits_nothing_waits_and_a_person_says_what_it_was(
    counter: Counter,
) -> None:
    await chain.instructed(counter.till)
    counter.sits_down(counter.till.hana)
    told = await upload(counter, chain.booked("/v1/payments/pay_9"))
    assert "1 fit nothing and waits for a person" in told.text
    page = await counter.get("/bank")
    assert "1 line of the bank waits for a person" in page.text
    assert "it names no payment of ours" in page.text
    assert "1,400,000.000 IQD" in page.text
    assert "not all that the bank told is dealt with" in page.text
    found = re.search(r'action="(/bank/answers/ans_\w+/lines/1)"', page.text)
    assert found is not None
    row = page.text.partition(found[0])[2]
    form = {
        name: html.unescape(row.partition(f'name="{name}" value="')[2].partition('"')[0])
        for name in ("csrf", "key", "etag")
    }
    nonsense = await counter.window.post(found[1], data=form | {"outcome": "x"})
    assert nonsense.status_code == 403
    for _ in range(2):
        page = await counter.window.post(
            found[1], data=form | {"outcome": "bank_charge"}, follow_redirects=True
        )
        await counter.till.settle()
        assert "On record" in page.text
    assert "said: " in (await counter.get("/bank")).text
    assert (await counter.till.told()).count("bank_line_resolved") == 0
    counter.sits_down(counter.till.eva)
    row = (await counter.get("/bank")).text.partition(found[0])[2]
    form = {
        name: html.unescape(row.partition(f'name="{name}" value="')[2].partition('"')[0])
        for name in ("csrf", "key", "etag")
    }
    await counter.window.post(found[1], data=form | {"outcome": "bank_charge"})
    await counter.till.settle()
    page = await counter.get("/bank")
    assert "Each line of the bank fits" in page.text
    assert "facts and statements agree" in page.text
    assert (await counter.till.told()).count("bank_line_resolved") == 1


async def test_what_failed_by_one_persons_word_is_confirmed_by_another(counter: Counter) -> None:
    path = await chain.instructed(counter.till)
    counter.sits_down(counter.till.hana)
    page = await upload(counter, chain.status(path, "RJCT"))
    assert "another person has to see at the bank, too" in page.text
    page = await counter.get("/bank")
    assert "1 not paid, as one person alone says" in page.text
    assert "I have seen it at the bank, too" not in page.text, "not who uploaded it"
    counter.sits_down(counter.till.eva)
    page = await counter.get("/bank")
    found = re.search(r'action="(/bank/answers/[a-z0-9_]+/confirm)"', page.text)
    assert found is not None
    form = page.text.partition(found[1])[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    sent = {name: html.unescape(value) for name, value in fields.items()}
    page = await counter.window.post(found[1], data=sent, follow_redirects=True)
    await counter.till.settle()
    assert "What the bank did not pay can be paid anew." in page.text
    assert "bank_answer_confirmed" in await counter.till.told()
    assert "as one person alone says" not in (await counter.get("/bank")).text
