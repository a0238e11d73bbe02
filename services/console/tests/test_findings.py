"""An auditor reads what a rule found, in plain words with receipts, and says what it was."""

import pytest
from services.audit.tests.conftest import Desk as AuditDesk
from services.audit.tests.test_reviewing import TWICE, logged, project
from services.console.tests.conftest import Browser, hidden

from audit.domain import registry
from audit.findings.watch import Watcher
from events.handler import Handler
from events.memory import FixedClock, SeededIds


@pytest.fixture
async def found(desk: AuditDesk) -> AuditDesk:
    await desk.keep(logged(TWICE))
    await desk.publisher().publish()
    clock = FixedClock()
    clock.at = clock.at.replace(year=2027)
    handler = Handler(registry, desk.store, clock, SeededIds(5))
    await Watcher(handler, desk.store.pool).look()
    await project(desk)
    return desk


async def test_an_auditor_reviews_a_finding(found: AuditDesk, browser: Browser) -> None:
    await browser.sign_in("elif")
    queue = await browser.get("/findings")
    assert "invoice number, or the paper itself, was paid for before" in queue.text
    path = queue.text.partition('<a href="/findings/fnd_')[2].partition('"')[0]
    page = await browser.get(f"/findings/fnd_{path}")
    assert "✓ in the log" in page.text
    assert "c2sp.org/tlog-proof@v1" in page.text
    form = {name: hidden(page, name).replace("&#34;", '"') for name in ("csrf", "key")}
    form["etag"] = hidden(page, "etag").replace("&#34;", '"')
    csrf = page.text.rpartition('name="csrf" value="')[2].partition('"')[0]
    done = await browser.post(
        f"/findings/fnd_{path}/review", **(form | {"csrf": csrf}), outcome="explained"
    )
    assert done.status_code == 200
    assert "explained, said" in done.text
    await project(found)
    assert "There is none." in (await browser.get("/findings")).text


async def test_an_auditor_sees_that_a_finding_was_not_reviewed_in_time(
    found: AuditDesk, browser: Browser
) -> None:
    await browser.sign_in("elif")
    assert "not reviewed in their time" not in (await browser.get("/findings")).text
    clock = FixedClock()
    clock.at = clock.at.replace(year=2028)
    handler = Handler(registry, found.store, clock, SeededIds(6))
    await Watcher(handler, found.store.pool).tell_overdue()
    await project(found)
    assert "not reviewed in their time" in (await browser.get("/findings")).text
    late = (await browser.get("/findings?which=late")).text
    assert "invoice number, or the paper itself, was paid for before" in late


async def test_others_see_no_findings(found: AuditDesk, browser: Browser) -> None:
    await browser.sign_in("hana")
    assert "Findings</a>" not in (await browser.get("/log")).text
    assert (await browser.get("/findings")).status_code == 403
