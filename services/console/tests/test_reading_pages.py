"""Every page that these people can come to by its links, read as a person reads it: no part of a
program, no code, no doubled word stands in it, and no link leads to nothing.
"""

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from services.audit.tests.conftest import Desk as AuditDesk
from services.audit.tests.conftest import desk  # noqa: F401  its database and files
from services.console.tests.conftest import Browser
from services.console.tests.counter import Counter, at_the_counter
from services.console.tests.test_findings import found  # noqa: F401  a log with a finding
from services.console.tests.test_pages import logged  # noqa: F401  a log with a whole case
from services.disbursement.tests import chain
from services.disbursement.tests.conftest import database  # noqa: F401  one for the module

from audit.main import service as audit
from events.io.http.trial import trial
from homeward.postgres import Database

RAW = re.compile(
    r"\bNone\b|\{'|<class|\bTrue\b|\bFalse\b|Traceback|\bundefined\b"
    r"|\ba a\b|\bthe the\b|\ba [aei][a-z]+ing officer|\b[a-z]{3} 01[a-z0-9]{2}"
    r"|\d{4}-\d{2}-\d{2}|\d\d:\d\d(?! UTC)"
)
PAGES_MAX = 40
FILE = "/log/receipts/"


@pytest.fixture
async def counter(database: Database, tmp_path: Path) -> AsyncIterator[Counter]:  # noqa: F811
    async with at_the_counter(database, tmp_path) as counter:
        yield counter


def read(page: httpx.Response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2]))


OF_AUDIT = ("/trail", "/log", "/findings")
ELSEWHERE = ("/payments", "/bank", "/waiting", "/grants")
Get = Callable[[str], Awaitable[httpx.Response]]


async def walk(get: Get, *starts: str, but: tuple[str, ...] = ()) -> set[str]:
    """Read each page that is come to from there by links; which ones they were."""
    todo, seen = list(starts), set[str]()
    while todo and len(seen) < PAGES_MAX:
        path = todo.pop()
        if path in seen or path.startswith(("/style", *but)):
            continue
        if path.startswith(FILE) and any(each.startswith(FILE) for each in seen):
            continue  # one receipt is as good as another
        seen.add(path)
        page = await get(path)
        assert page.status_code == 200, path
        if not page.headers["content-type"].startswith("text/html"):
            continue
        text = read(page)
        assert (wrong := RAW.search(text)) is None, (path, text[max(0, wrong.start() - 60) :][:120])
        for field in re.findall(r"<(?:input|select|textarea)[^>]*>", page.text):
            named = 'type="hidden"' in field or "aria-label" in field
            assert named or _is_labelled(page.text, field), (path, field)
        todo += map(html.unescape, re.findall(r'href="(/[^"]*)"', page.text))
    return seen


async def test_every_page_reads_as_written_for_people(counter: Counter) -> None:
    till = counter.till
    payment = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(payment))
    await till.bank_says("2.xml", chain.booked("/v1/payments/pay_9", message="NT-9"))
    for who in (till.hana, till.jozef, till.marta, till.maria, till.dalia):
        counter.sits_down(who)
        assert len(await walk(counter.get, "/payments", but=OF_AUDIT)) >= 2


async def test_an_auditor_comes_from_a_payment_to_its_trail_and_the_log(
    counter: Counter,
    desk: AuditDesk,  # noqa: F811
) -> None:
    till = counter.till
    payment = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(payment))
    told = await till.trial.store.read(0, 1000)
    await desk.keep([("disbursement", each) for each in told])
    await desk.publisher().publish()
    gone_to = trial(
        audit.api,
        audit.registry,
        store=desk.store,
        view=desk.store.pool,
        gateways=desk.files,
        clock=till.trial.clock,
        issuer=till.trial.issuer,
    )
    async with gone_to as on_trial:
        counter.wire.hosts["audit.test"] = httpx.ASGITransport(on_trial.app)
        counter.sits_down(till.elif_)
        name = payment.rpartition("/")[2]
        seen = await walk(counter.get, "/payments", "/log", "/findings", f"/payments/{name}")
        assert {"/log", "/findings", f"/trail/{name}"} <= seen
        assert any(each.startswith(FILE) for each in seen)


async def test_findings_and_what_they_rest_on_read_as_written_for_people(
    found: AuditDesk,  # noqa: F811
    browser: Browser,
) -> None:
    await browser.sign_in("elif")
    assert await found.size() > 0
    seen = await walk(browser.get, "/findings", but=(*ELSEWHERE, "/trail"))
    assert any(each.startswith("/findings/fnd_") for each in seen)


async def test_why_a_payment_was_made_reads_as_written_for_people(
    logged: AuditDesk,  # noqa: F811
    browser: Browser,
) -> None:
    await browser.sign_in("elif")
    assert await logged.size() > 0
    seen = await walk(browser.get, "/trail/pay_1", "/trail", "/trail/pay_1/why", but=ELSEWHERE)
    assert {"/trail/pay_1/why", "/log"} <= seen


def _is_labelled(page: str, field: str) -> bool:
    """Whether it stands inside a label that says something."""
    before, _, after = page.partition(field)
    inside = re.split(r"<label[^>]*>", before)[-1]
    said = re.sub(r"<[^>]+>", "", inside + after.partition("</label>")[0])
    return "</label>" not in inside and bool(said.strip())


def test_the_reading_would_see_what_is_wrong() -> None:
    for wrong in ("a approving officer", "ven 01m8x", "is None", "{'due': 1}", "10:39", "a a b"):
        assert RAW.search(wrong), wrong
    for right in ("an approving officer", "ven_01m8x", "none", "22 Nov 2026 10:39 UTC"):
        assert not RAW.search(right), right
