"""Every page that these people can come to by its links, read as a person reads it: no part of a
program, no code, no doubled word stands in it, and no link leads to nothing.
"""

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from services.console.tests.counter import Counter, at_the_counter
from services.disbursement.tests import chain
from services.disbursement.tests.conftest import database  # noqa: F401  one for the module

from homeward.postgres import Database

RAW = re.compile(
    r"\bNone\b|\{'|<class|\bTrue\b|\bFalse\b|Traceback|\bundefined\b"
    r"|\ba a\b|\bthe the\b|\ba [aei][a-z]+ing officer|\b[a-z]{3} 01[a-z0-9]{2}"
    r"|\d{4}-\d{2}-\d{2}|\d\d:\d\d(?! UTC)"
)
PAGES_MAX = 40


@pytest.fixture
async def counter(database: Database, tmp_path: Path) -> AsyncIterator[Counter]:  # noqa: F811
    async with at_the_counter(database, tmp_path) as counter:
        yield counter


def read(page: httpx.Response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2]))


async def test_every_page_reads_as_written_for_people(counter: Counter) -> None:
    till = counter.till
    payment = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(payment))
    await till.bank_says("2.xml", chain.booked("/v1/payments/pay_9", message="NT-9"))
    for who in (till.hana, till.jozef, till.marta, till.maria, till.elif_, till.dalia):
        counter.sits_down(who)
        todo, seen = ["/payments"], set[str]()
        while todo and len(seen) < PAGES_MAX:
            path = todo.pop()
            if path in seen or path.startswith(("/style", "/trail", "/log", "/findings")):
                continue  # the audit service's pages have tests of their own
            seen.add(path)
            page = await counter.get(path)
            assert page.status_code == 200, path
            assert (wrong := RAW.search(read(page))) is None, (path, wrong)
            for field in re.findall(r"<(?:input|select)[^>]*>", page.text):
                named = 'type="hidden"' in field or "aria-label" in field
                assert named or f"<label>{_label(page.text, field)}" in page.text, field
            todo += map(html.unescape, re.findall(r'href="(/[^"]*)"', page.text))
        assert len(seen) >= 2


def _label(page: str, field: str) -> str:
    return page.partition(field)[0].rpartition("<label>")[2]


def test_the_reading_would_see_what_is_wrong() -> None:
    for wrong in ("a approving officer", "ven 01m8x", "is None", "{'due': 1}", "10:39", "a a b"):
        assert RAW.search(wrong), wrong
    for right in ("an approving officer", "ven_01m8x", "none", "22 Nov 2026 10:39 UTC"):
        assert not RAW.search(right), right
