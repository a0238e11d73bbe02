"""The bank's page: a file made, downloaded, answered for; an answer uploaded; what fits nothing."""

import hashlib
import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from services.console.tests.conftest import hidden
from services.console.tests.counter import Counter, at_the_counter, fields
from services.disbursement.tests import chain
from services.disbursement.tests.conftest import database  # noqa: F401  one for the module
from services.disbursement.tests.test_reconciliation import charge, statement

from console import bank, uploading
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


async def confirmed(counter: Counter, page: httpx.Response) -> httpx.Response:
    """Maria looks at the file and says that the bank says the same."""
    counter.sits_down(counter.till.maria)
    return await sent(counter, await counter.get(page.url.path), "confirm")


async def sent(counter: Counter, page: httpx.Response, act: str, **chosen: str) -> httpx.Response:
    path = f"{page.url.path}/{act}"
    data = fields(page.text, path) | chosen
    answer = await counter.window.post(path, data=data, follow_redirects=True)
    await counter.till.settle()
    return answer


async def test_an_answer_is_uploaded_and_the_page_says_what_it_tells(counter: Counter) -> None:
    path = await chain.instructed(counter.till)
    counter.sits_down(counter.till.hana)
    page = await upload(counter, chain.booked(path))
    assert page.status_code == 200
    assert "A file of the bank that Hana uploaded" in page.text
    assert "1 line told something new of a payment, 0 told what is known, 0 fit" in page.text
    assert "1,400,000.000 IQD" in page.text
    assert "You uploaded it: another person confirms it." in page.text
    assert (await counter.till.hana.get(path)).json()["stage"] == "instructed"
    page = await upload(counter, chain.booked(path))
    assert page.status_code == 409
    assert "waits for another person" in page.text


async def test_a_second_person_compares_it_with_the_bank_and_it_counts(counter: Counter) -> None:
    path = await chain.instructed(counter.till)
    counter.sits_down(counter.till.hana)
    brought = await upload(counter, chain.booked(path))
    assert "1 file of the bank waits for a second person" in (await counter.get("/bank")).text
    counter.sits_down(counter.till.maria)
    waits = (await counter.get("/waiting")).text
    assert f'<a href="{brought.url.path}">Compare it with the bank</a>' in waits
    page = await confirmed(counter, brought)
    assert "What the file tells counts from now on." in page.text
    assert "confirmed by Maria" in (await counter.get("/bank")).text
    assert (await counter.till.hana.get(path)).json()["stage"] == "reconciled"
    again = await counter.get(brought.url.path)
    assert "Maria confirmed that the bank says so." in again.text
    assert "Does the bank say so?" not in again.text


async def test_who_had_a_part_is_refused_in_a_sentence(counter: Counter) -> None:
    path = await chain.instructed(counter.till)
    counter.sits_down(counter.till.hana)
    brought = await upload(counter, chain.booked(path))
    counter.sits_down(counter.till.eva)
    page = await sent(counter, await counter.get(brought.url.path), "confirm")
    assert page.status_code == 422
    assert "Who had a part in a payment does not confirm" in page.text
    assert (await counter.till.hana.get(path)).json()["stage"] == "instructed"


async def test_a_second_person_declines_it_with_a_reason(counter: Counter) -> None:
    path = await chain.instructed(counter.till)
    counter.sits_down(counter.till.hana)
    brought = await upload(counter, chain.booked(path))
    counter.sits_down(counter.till.eva)
    page = await counter.get(brought.url.path)
    assert (await sent(counter, page, "decline", reason="nonsense")).status_code == 403
    page = await sent(counter, page, "decline", reason="not_from_the_bank")
    assert "Nothing of the file counts." in page.text
    page = await counter.get("/bank")
    assert "declined: it counts for nothing" in page.text
    assert "not from the bank" in page.text
    assert "facts and statements agree" in page.text
    assert (await counter.till.hana.get(path)).json()["stage"] == "instructed"
    counter.sits_down(counter.till.hana)
    again = await upload(counter, chain.booked(path))
    counter.sits_down(counter.till.maria)
    told = (await counter.get(again.url.path)).text
    assert "the same file was declined before" in told
    assert "by Eva: the bank says no such thing" in told


async def test_a_long_list_goes_on_and_says_so(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = {name: (path, {**query, "limit": "1"}) for name, (path, query) in bank.LISTS.items()}
    monkeypatch.setattr(bank, "LISTS", short)
    path = await chain.instructed(counter.till)
    counter.sits_down(counter.till.hana)
    for message in ("NT-1", "NT-2"):
        await upload(counter, chain.booked(path, message=message))
    page = await counter.get("/bank")
    assert "1+ files of the bank wait for a second person" in page.text
    found = re.search(r'href="(/bank\?of=uploads&amp;cursor=[^"]+)"', page.text)
    assert found is not None
    after = await counter.get(html.unescape(found[1]))
    assert "of=uploads" not in after.text, "the second is the last"
    assert "of=answers" in after.text, "the other lists begin where they begin"
    assert "All lists, from the beginning" in after.text


async def test_many_differences_are_told_in_part_with_how_many_more(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank, "SHOWN", 1)
    told = statement(charge(), charge("7.000"), opening="100.000", closing="80.500")
    await counter.till.bank_says("1.xml", told)
    counter.sits_down(counter.till.hana)
    page = await counter.get("/bank")
    assert "All 2 of them: 1 more" in page.text
    assert page.text.count("it names no payment</li>") == 1
    whole = await counter.get("/bank?whole=true")
    assert whole.text.count("it names no payment</li>") == 2


async def test_a_double_click_uploads_once(counter: Counter) -> None:
    path = await chain.instructed(counter.till)
    counter.sits_down(counter.till.hana)
    for _ in range(2):
        page = await upload(counter, chain.booked(path), key="the-same")
        assert "A file of the bank that Hana uploaded" in page.text
    assert (await counter.till.told()).count("bank_answer_uploaded") == 1


async def test_what_is_no_answer_of_a_bank_is_refused_in_a_sentence(counter: Counter) -> None:
    counter.sits_down(counter.till.hana)
    for content in ("", "%PDF-1.7", "<html/>"):
        page = await upload(counter, content)
        assert page.status_code == 422
        assert "neither pain.002, camt.05x nor MT940" in page.text
    assert "bank_answer_uploaded" not in await counter.till.told()


async def test_a_file_that_is_too_large_is_refused_in_a_sentence_and_not_kept(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "FILE_MAX_BYTES", 1000)
    counter.sits_down(counter.till.hana)
    page = await upload(counter, b"x" * 1001)
    assert page.status_code == 413
    assert "The file is too large" in page.text
    assert "bank_answer_uploaded" not in await counter.till.told()


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
    assert "bank_answer_uploaded" not in await counter.till.told()


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
    assert "1 fit nothing" in told.text
    assert "it names no payment of ours" in told.text
    await confirmed(counter, told)
    counter.sits_down(counter.till.hana)
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
