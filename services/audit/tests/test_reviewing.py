"""Findings at work: raised from the log, once; reviewed by another person, in time."""

import sqlite3
from datetime import timedelta

import asyncpg
import pytest
from msgspec.structs import replace
from services.audit.tests.conftest import Desk
from services.audit.tests.stories import MONDAY, Cash, Purchase, Told, vendor
from specimens.histories import Teller

from audit.domain import registry
from audit.domain.finding import (
    FindingNamedCash,
    FindingOverdue,
    FindingRaised,
    FindingReviewed,
    NoSuchFinding,
    Outcome,
    RaiseFinding,
    ReviewedAlready,
    ReviewFinding,
    ReviewsOwnAct,
    TellFindingOverdue,
    finding,
)
from audit.domain.findings import HEARD, RULES, Books, Found, Seen, Severity, look_at
from audit.findings import kept, watch, words
from audit.findings import view as findings_view
from audit.findings.kept import KeptBooks
from audit.findings.watch import Watcher
from events.delivery.consume import Ear
from events.envelope import Entry
from events.handler import Handler
from events.io.http.trial import Caller, Trial
from events.memory import FixedClock
from events.roles import Role
from events.scenario import scenario
from events.values import SYSTEM, CaseId, CashId, Code, FindingId, PaymentId, PersonId, VendorId

ELIF, HANA = PersonId("per_elif"), PersonId("per_hana")
DUE = MONDAY + timedelta(days=2)
FOUND = FindingId("fnd_1")
raise_it = RaiseFinding(
    by=SYSTEM,
    at=MONDAY,
    finding=FOUND,
    rule=Code("invoice_twice"),
    severity=Severity.HIGH,
    entries=(3, 8),
    people=(HANA,),
    review_by=DUE,
    payment=PaymentId("pay_1"),
    case=CaseId("cas_1"),
    vendor=VendorId("ven_1"),
)
raised = FindingRaised(
    by=SYSTEM,
    at=MONDAY,
    finding=FOUND,
    rule=raise_it.rule,
    severity=raise_it.severity,
    entries=raise_it.entries,
    people=raise_it.people,
    review_by=DUE,
    payment=raise_it.payment,
    case=raise_it.case,
    vendor=raise_it.vendor,
)
reviewed = FindingReviewed(by=ELIF, at=DUE, finding=FOUND, outcome=Outcome.MISTAKE)
overdue = FindingOverdue(by=SYSTEM, at=DUE, finding=FOUND, review_by=DUE)
tell = TellFindingOverdue(by=SYSTEM, at=DUE)


def test_it_is_raised_once() -> None:
    scenario(finding).given().when(raise_it).then(raised)
    scenario(finding).given(raised).when(raise_it).then()
    scenario(finding).given(raised, reviewed).when(raise_it).then()


def test_one_about_cash_names_it_beside() -> None:
    cash = CashId("csh_1")
    about = replace(raise_it, payment=None, cash=cash)
    named = FindingNamedCash(
        by=SYSTEM, at=MONDAY, finding=FOUND, cash=cash, severity=raise_it.severity
    )
    scenario(finding).given().when(about).then(replace(raised, payment=None), named)
    scenario(finding).given(replace(raised, payment=None), named).when(about).then()


def test_a_person_says_what_it_was_once() -> None:
    review = ReviewFinding(by=ELIF, at=DUE, outcome=Outcome.MISTAKE)
    scenario(finding).given(raised).when(review).then(reviewed)
    scenario(finding).given(raised, overdue).when(review).then(reviewed)
    scenario(finding).given().when(review).then_rejected(NoSuchFinding())
    again = ReviewedAlready(Outcome.MISTAKE)
    scenario(finding).given(raised, reviewed).when(review).then_rejected(again)


def test_nobody_reviews_what_they_did() -> None:
    review = ReviewFinding(by=HANA, at=DUE, outcome=Outcome.EXPLAINED)
    scenario(finding).given(raised).when(review).then_rejected(ReviewsOwnAct(HANA))


def test_it_is_told_to_be_overdue_once_and_not_before() -> None:
    early = TellFindingOverdue(by=SYSTEM, at=DUE - timedelta(seconds=1))
    scenario(finding).given(raised).when(tell).then(overdue)
    scenario(finding).given(raised).when(early).then()
    scenario(finding).given(raised, overdue).when(tell).then()
    scenario(finding).given(raised, reviewed).when(tell).then()


# On a real database


ONE = Purchase()
TWICE = [
    *vendor(),
    *ONE.story(),
    *ONE.but(number=2, on=MONDAY + timedelta(days=10), invoice_number="a-01").story(),
]


def logged(story: list[Told]) -> list[tuple[str, Entry]]:
    teller = Teller()
    return [teller.tell(told.by, told.kind, told.stream, told.data, told.at) for told in story]


@pytest.fixture
async def watcher(desk: Desk, audit: Trial) -> Watcher:
    return _watcher(desk, audit)


def _watcher(desk: Desk, audit: Trial, kept: KeptBooks | None = None) -> Watcher:
    clock = FixedClock()
    clock.at = clock.at.replace(year=2027)
    handler = Handler(registry, desk.store, clock, audit.ids)
    return Watcher(handler, desk.store.pool, kept or KeptBooks())


async def project(desk: Desk) -> None:
    """Bring the view up to the service's own history."""
    ear = Ear("audit", registry)
    entries = await desk.store.read(0, 1000)
    facts = [fact for entry in entries if (fact := ear.hear(entry)) is not None]
    await desk.store.pool.execute("delete from finding_view")
    await findings_view.view.project(facts, desk.store.pool)


async def rules(audit: Trial) -> list[str]:
    return [each.rule for each in await audit.events() if isinstance(each, FindingRaised)]


async def test_what_is_found_in_the_log_is_raised_once_also_after_a_restart(
    desk: Desk, audit: Trial, watcher: Watcher
) -> None:
    await desk.keep(logged(TWICE))
    await watcher.look()
    await watcher.look()
    await _watcher(desk, audit).look()
    (found,) = await audit.events()
    assert isinstance(found, FindingRaised)
    assert (found.rule, found.payment, found.severity) == ("invoice_twice", "pay_2", Severity.HIGH)
    assert found.people == (HANA,)


async def test_who_reviewed_may_look_at_what_was_done_regardless(
    desk: Desk, audit: Trial, watcher: Watcher
) -> None:
    """Elif did nothing of what is found: she said that it was irregular."""
    *before, paid = ONE.story()
    about, then = {"finding": "fnd_1"}, paid.at - timedelta(hours=2)
    names = {"payment": "pay_1", "severity": "high"}
    against = [
        Told("audit.finding_raised", "fnd_1", SYSTEM, then, about | names),
        Told("audit.finding_reviewed", "fnd_1", ELIF, then, about | {"outcome": "irregularity"}),
        Told("disbursement.payment_released_from_hold", "pay_1", HANA, then, {"payment": "pay_1"}),
    ]
    await desk.keep(logged([*vendor(), *before, *against]))
    await watcher.look()
    (found,) = await audit.events()
    assert isinstance(found, FindingRaised)
    assert (found.rule, found.people) == ("went_on_regardless", (HANA,))


async def test_it_goes_on_where_the_log_grows(desk: Desk, audit: Trial, watcher: Watcher) -> None:
    entries = logged(TWICE)
    for upto in range(len(entries)):
        await desk.keep(entries[upto : upto + 1])
        await watcher.look()
    assert await rules(audit) == ["invoice_twice"]


async def test_a_start_goes_on_where_the_last_one_ended(
    desk: Desk, audit: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries, path = logged(TWICE), desk.folder / "findings.sqlite"
    before = next(n for n, (_, e) in enumerate(entries) if e.envelope.subject == "pay_2")
    await desk.keep(entries[:before])
    first = KeptBooks(path)
    await _watcher(desk, audit, first).look()
    first.close()
    read: list[int] = []

    def looked(seen: Seen, books: Books) -> list[Found]:
        read.append(seen.index)
        return look_at(seen, books)

    monkeypatch.setattr(watch, "look_at", looked)
    await desk.keep(entries[before:])
    await _watcher(desk, audit, KeptBooks(path)).look()
    assert min(read) == before
    assert await rules(audit) == ["invoice_twice"]


async def test_other_rules_read_all_of_it_again_in_the_same_order(
    desk: Desk, audit: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.folder / "findings.sqlite"
    late = [*vendor(), *ONE.story(), *vendor("ven_2", approved=MONDAY - timedelta(days=9))]
    for each in logged(late):
        await desk.keep([each])
        await _watcher(desk, audit, KeptBooks(path)).look()
    order = "select index from finding_read order by place"
    read = [row["index"] for row in await desk.store.pool.fetch(order)]
    monkeypatch.setattr(kept, "rules_digest", lambda: "others")
    again = _watcher(desk, audit, KeptBooks(path))
    assert again.kept.place == 0
    await again.look()
    assert again.kept.place == len(read)
    assert read == [row["index"] for row in await desk.store.pool.fetch(order)]


@pytest.mark.parametrize(
    "done",
    [
        "update reading set next = 1000000",
        "update reading set place = 1000000, next = 1000000",
        "delete from thing",
        "update reading set place = 0",
    ],
)
async def test_books_that_somebody_changed_hide_nothing_from_who_reads_again(
    desk: Desk, audit: Trial, done: str
) -> None:
    entries, path = logged(TWICE), desk.folder / "findings.sqlite"
    before = next(n for n, (_, e) in enumerate(entries) if e.envelope.subject == "pay_2")
    await desk.keep(entries[:before])
    first = KeptBooks(path)
    await _watcher(desk, audit, first).look()
    first.close()
    with sqlite3.connect(path) as file:
        file.execute(done)
    file.close()
    await desk.keep(entries[before:])
    second = _watcher(desk, audit, KeptBooks(path))
    await second.look()
    await watch.look_again(second.handler, desk.store.pool, share=1)
    found = await rules(audit)  # wrong books may find more than there is
    assert "invoice_twice" in found
    await watch.look_again(second.handler, desk.store.pool, share=1)
    assert await rules(audit) == found


@pytest.mark.parametrize("row", ["(1000000, 0)", "(-1, 0)", "(0, 1000000)"])
async def test_nobody_says_that_an_entry_was_read_out_of_its_turn(desk: Desk, row: str) -> None:
    await desk.keep(logged(TWICE))
    with pytest.raises(asyncpg.RaiseError):
        await desk.store.pool.execute(f"insert into finding_read values {row}")


async def test_what_fails_half_way_is_read_once(
    desk: Desk, audit: Trial, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.keep(logged(TWICE))

    async def fails(_found: Found) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(watcher, "_raise", fails)
        with pytest.raises(ConnectionError):
            await watcher.look()
    await watcher.look()
    assert await rules(audit) == ["invoice_twice"]
    account = watcher.kept.books.accounts.get("acc_1")
    assert account is not None
    assert account.payments == 2


async def test_two_watchers_side_by_side_read_the_same(desk: Desk, audit: Trial) -> None:
    one, other = _watcher(desk, audit), _watcher(desk, audit)
    entries = logged(TWICE)
    for upto in range(0, len(entries), 3):
        await desk.keep(entries[upto : upto + 3])
        await (one if upto % 2 else other).look()
    await one.look()
    await other.look()
    assert one.kept.place == other.kept.place
    assert await rules(audit) == ["invoice_twice"]


async def test_what_was_dated_ahead_is_read_when_it_was_here(desk: Desk, audit: Trial) -> None:
    """A service's clock is years ahead: what it says of a payment is looked at all the same."""
    await desk.keep(logged(TWICE))
    watcher = _watcher(desk, audit)
    assert isinstance(watcher.handler.clock, FixedClock)
    watcher.handler.clock.at = watcher.handler.clock.at.replace(year=2020)
    await watcher.look()
    assert (watcher.kept.place, await rules(audit)) == (0, [])
    watcher.handler.clock.at += watch.SETTLED
    await watcher.look()
    assert watcher.kept.next == len(TWICE)
    assert await rules(audit) == ["invoice_twice"]


async def test_no_more_wait_than_there_is_room_for(
    desk: Desk, audit: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever their times are: the oldest are read."""
    monkeypatch.setattr(watch, "MOST", 3)
    await desk.keep(logged(TWICE))
    watcher = _watcher(desk, audit)
    assert isinstance(watcher.handler.clock, FixedClock)
    watcher.handler.clock.at = watcher.handler.clock.at.replace(year=2020)
    await watcher.look()
    read = await desk.store.pool.fetchval("select count(*) from finding_read")
    heard = sum(told.kind in HEARD for told in TWICE)
    assert read == heard - 3


async def test_a_stop_after_a_finding_and_before_the_books_were_kept_raises_it_once(
    desk: Desk, audit: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.folder / "findings.sqlite"
    await desk.keep(logged(TWICE))

    class StoppedError(Exception):
        pass

    def stops(_kept: KeptBooks, _place: int, _following: int) -> None:
        raise StoppedError

    with monkeypatch.context() as killed:
        killed.setattr(KeptBooks, "keep", stops)
        first = KeptBooks(path)
        with pytest.raises(StoppedError):
            await _watcher(desk, audit, first).look()
        first.close()
    assert await rules(audit) == ["invoice_twice"]
    again = _watcher(desk, audit, KeptBooks(path))
    await again.look()
    assert again.kept.place == sum(told.kind in HEARD for told in TWICE)
    assert await rules(audit) == ["invoice_twice"]


async def test_what_another_service_told_late_is_waited_for(desk: Desk, audit: Trial) -> None:
    entries = logged([*vendor(), *ONE.story()])
    late = [each for each in entries if each[0] == "plans"]
    await desk.keep([each for each in entries if each[0] != "plans"])
    watcher = _watcher(desk, audit)
    assert isinstance(watcher.handler.clock, FixedClock)
    asked = next(e for _, e in entries if e.envelope.type == "disbursement.payment_requested.v1")
    watcher.handler.clock.at = asked.envelope.recordedtime
    await watcher.look()
    assert "pay_1" not in watcher.kept.books.payments
    await desk.keep(late)
    watcher.handler.clock.at += timedelta(days=30)
    await watcher.look()
    assert await rules(audit) == []


async def test_an_auditor_reviews_over_http(desk: Desk, audit: Trial, watcher: Watcher) -> None:
    await desk.keep(logged(TWICE))
    await watcher.look()
    await project(desk)
    elif_, hana = audit.sign_in(ELIF, Role.AUDITOR), audit.sign_in(HANA, Role.AUDITOR)
    (item,) = (await elif_.get("/v1/findings?payment=pay_2&is_open=true")).json()["items"]
    assert (item["rule"], item["outcome"]) == ("invoice_twice", None)
    path = f"/v1/findings/{item['finding']}"
    refused = await hana.post(f"{path}/review", {"outcome": "explained"}, if_match=1)
    assert (refused.status_code, refused.json()["code"]) == (422, "ReviewsOwnAct")
    done = await elif_.post(f"{path}/review", {"outcome": "mistake"}, if_match=1)
    assert (done.status_code, done.json()["outcome"]) == (200, "mistake")
    again = await elif_.post(f"{path}/review", {"outcome": "mistake"}, if_match=2)
    assert (again.status_code, again.json()["code"]) == (409, "ReviewedAlready")
    await project(desk)
    assert (await elif_.get("/v1/findings?is_open=true")).json()["items"] == []
    assert (await elif_.get(path)).json()["reviewed_by"] == ELIF


async def test_a_finding_about_cash_names_it(desk: Desk, audit: Trial, watcher: Watcher) -> None:
    await desk.keep(logged(list(Cash(met=False).story())))
    await watcher.look()
    await project(desk)
    raised, named = await audit.events()
    assert (type(raised), type(named)) == (FindingRaised, FindingNamedCash)
    (item,) = (await audit.sign_in(ELIF, Role.AUDITOR).get("/v1/findings")).json()["items"]
    assert (item["rule"], item["cash"], item["payment"]) == ("nobody_was_met", "csh_5", None)


async def test_a_finding_is_told_in_plain_words_and_cites_entries_with_receipts(
    desk: Desk, audit: Trial, watcher: Watcher
) -> None:
    await desk.keep(logged(TWICE))
    await watcher.look()
    await desk.publisher().publish()
    await project(desk)
    elif_ = audit.sign_in(ELIF, Role.AUDITOR)
    (item,) = (await elif_.get("/v1/findings")).json()["items"]
    assert item["said"].startswith("The vendor's invoice number, or the paper itself")
    evidence = (await elif_.get(f"/v1/findings/{item['finding']}/evidence")).json()
    assert [line["index"] for line in evidence["lines"]] == item["entries"]
    assert [line["type"].partition(".")[2] for line in evidence["lines"]] == [
        "invoice_received.v1",
        "invoice_received.v1",
        "payment_requested.v1",
    ]
    for line in evidence["lines"]:
        assert line["receipt"].startswith("c2sp.org/tlog-proof@v1")
        assert line["said"]
    assert (await elif_.get("/v1/findings/fnd_0/evidence")).status_code == 404


async def test_the_trail_of_a_payment_tells_who_reviewed_its_finding(
    desk: Desk, audit: Trial
) -> None:
    """And the trail of the other payment, which it does not name, says nothing of it."""
    about = {"finding": FOUND, "payment": "pay_2", "case": "cas_2", "vendor": "ven_1"}
    rule, outcome = {"rule": "invoice_twice"}, {"finding": FOUND, "outcome": "mistake"}
    found = [
        Told("audit.finding_raised", FOUND, SYSTEM, DUE, about | rule),
        Told("audit.finding_reviewed", FOUND, ELIF, DUE, outcome),
    ]
    await desk.keep(logged([*TWICE, *found]))
    await desk.publisher().publish()
    elif_ = audit.sign_in(ELIF, Role.AUDITOR)

    async def told(payment: str) -> list[str]:
        lines = (await elif_.get(f"/v1/trail/{payment}")).json()["lines"]
        return [line["said"] for line in lines if line["stream"] == FOUND]

    first, review = await told("pay_2")
    assert "invoice twice" in first
    assert review == "reviewed a finding: mistake"
    assert await told("pay_1") == []


def test_every_rule_has_its_words() -> None:
    assert {rule.name for rule in RULES} <= words.SAID.keys()


async def test_findings_are_for_auditors(audit: Trial) -> None:
    hana: Caller = audit.sign_in(HANA, Role.FINANCE_OFFICER)
    assert (await hana.get("/v1/findings")).status_code == 403
    assert (await hana.get("/v1/findings/fnd_1")).status_code == 403
    unknown = await audit.sign_in(ELIF, Role.AUDITOR).get("/v1/findings/fnd_1")
    assert unknown.status_code == 404


async def test_what_nobody_reviews_in_time_is_told(
    desk: Desk, audit: Trial, watcher: Watcher
) -> None:
    await desk.keep(logged(TWICE))
    await watcher.look()
    await project(desk)
    await watcher.tell_overdue()
    assert await findings_view.count_overdue(desk.store.pool) == 0
    clock = watcher.handler.clock
    assert isinstance(clock, FixedClock)
    clock.at += timedelta(days=2)
    for _ in range(2):
        await watcher.tell_overdue()
        await project(desk)
    told = [type(each) for each in await audit.events()]
    assert told == [FindingRaised, FindingOverdue]
    assert await findings_view.count_overdue(desk.store.pool) == 1
    elif_ = audit.sign_in(ELIF, Role.AUDITOR)
    assert len((await elif_.get("/v1/findings?overdue=true")).json()["items"]) == 1
