"""Closed months: figures that a person closes, and that a replay comes to again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.logs import write_bundle
from specimens.histories import NOON, Teller, history

from audit.domain import registry
from audit.domain.note import Checkpoint
from audit.domain.period import (
    ClosePeriod,
    ControlTotal,
    DrawUpPeriod,
    Figures,
    Month,
    NeedsPerson,
    NothingDrawnUp,
    PeriodClosed,
    PeriodClosedAlready,
    PeriodDrawnUp,
    PeriodNotOver,
    Projection,
    SourcePosition,
    StatementChanged,
    ends,
    period,
)
from audit.main import service
from audit.replay import view as periods
from audit.replay.closed import closes_in
from audit.replay.closing import Drawer, OtherRoot, beside, stream_of
from audit.replay.figures import figures_of
from audit.replay.history import FolderHistory
from events.delivery.consume import Ear
from events.delivery.consume import Projection as Projecting
from events.envelope import Actor, Context, Entry
from events.handler import Act, Handler
from events.io import command
from events.io.http.trial import Trial
from events.io.postgres import PostgresTracking
from events.memory import FixedClock, MemoryStore, SeededIds
from events.money import Money
from events.roles import Role
from events.scenario import scenario
from events.values import SYSTEM, Code, Digest, PersonId
from homeward.postgres import SCRATCH as SCRATCH_NAME
from homeward.postgres import Database, Postgres

EVA, MARIA = PersonId("per_eva"), PersonId("per_maria")
NOVEMBER = Month("2026-11")
OVER = datetime(2026, 12, 2, 1, tzinfo=UTC)
FIGURES = Figures(
    size=3,
    root=Digest("ab" * 32),
    positions=(SourcePosition(Code("plans"), 3),),
    projections=(Projection(Code("plans"), Code("plan"), 1, Digest("cd" * 32)),),
    totals=(ControlTotal(Code("disbursement.vendor_paid.amount"), 1, Money(100, "EUR")),),
)
OTHERS = Figures(**{**{n: getattr(FIGURES, n) for n in FIGURES.__struct_fields__}, "size": 4})
STATEMENT = FIGURES.statement(NOVEMBER)
draw_up = DrawUpPeriod(by=SYSTEM, at=OVER, period=NOVEMBER, figures=FIGURES)
TOLD = {name: getattr(FIGURES, name) for name in FIGURES.__struct_fields__}
drawn_up = PeriodDrawnUp(by=SYSTEM, at=OVER, period=NOVEMBER, statement=STATEMENT, **TOLD)
close = ClosePeriod(by=EVA, at=OVER, statement=STATEMENT)
closed = PeriodClosed(by=EVA, at=OVER, period=NOVEMBER, statement=STATEMENT, **TOLD)


# The rules


def test_a_month_is_drawn_up_when_it_is_over_and_anew_when_its_figures_are_others() -> None:
    early = DrawUpPeriod(by=SYSTEM, at=ends(NOVEMBER), period=NOVEMBER, figures=FIGURES)
    scenario(period).given().when(early).then_rejected(PeriodNotOver(ends(NOVEMBER)))
    scenario(period).given().when(draw_up).then(drawn_up)
    scenario(period).given(drawn_up).when(draw_up).then()
    again = DrawUpPeriod(by=SYSTEM, at=OVER, period=NOVEMBER, figures=OTHERS)
    [anew] = period.decide(again, period.fold([drawn_up]))
    assert anew.statement == OTHERS.statement(NOVEMBER) != STATEMENT


def test_a_person_closes_what_they_saw_once() -> None:
    scenario(period).given(drawn_up).when(close).then(closed)
    scenario(period).given(drawn_up, closed).when(close).then_rejected(PeriodClosedAlready(EVA))
    scenario(period).given(drawn_up, closed).when(draw_up).then_rejected(PeriodClosedAlready(EVA))
    scenario(period).given().when(close).then_rejected(NothingDrawnUp())
    other = ClosePeriod(by=EVA, at=OVER, statement=Digest("00" * 32))
    scenario(period).given(drawn_up).when(other).then_rejected(
        StatementChanged(Digest("00" * 32), STATEMENT)
    )
    by_itself = ClosePeriod(by=SYSTEM, at=OVER, statement=STATEMENT)
    scenario(period).given(drawn_up).when(by_itself).then_rejected(NeedsPerson())


def test_a_month_ends_with_its_last_instant() -> None:
    assert ends(Month("2026-12")) == datetime(2026, 12, 31, 23, 59, 59, 999999, UTC)
    assert ends(Month("2028-02")).day == 29


# Figures, and an offline replay of them


@pytest.fixture
def scratch(make_database: Callable[[str], Database]) -> str:
    return make_database("scratch").owner


async def test_the_audit_services_role_makes_its_schemas_in_the_scratch_database(
    postgres: Postgres,
) -> None:
    made = postgres.make_database(SCRATCH_NAME)
    try:
        connection = await asyncpg.connect(made.app)
        await connection.execute("create schema replay_plans; create table replay_plans.x ()")
        await connection.close()
    finally:
        postgres.drop_database(made)


async def worked_out(folder: Path, scratch: str, size: int) -> Figures:
    figures, _ = await figures_of(NOVEMBER, [service], FolderHistory.open(folder), size, scratch)
    return figures


async def test_the_figures_are_positions_root_digests_and_control_totals(
    tmp_path: Path, scratch: str
) -> None:
    told = history(3)
    copy = write_bundle(tmp_path, [entry.raw for _, entry in told])
    figures = await worked_out(copy.folder, scratch, len(told))
    assert figures.size == len(told)
    assert figures.root == FolderHistory.open(copy.folder).root.hex()
    heads = {source: entry.position for source, entry in told}
    assert {each.service: each.position for each in figures.positions} == heads
    assert {each.view for each in figures.projections} == {view.name for view in service.views}
    paid = [each for each in figures.totals if each.field == "disbursement.vendor_paid.amount"]
    assert [(each.count, each.total) for each in paid] == [(3, Money(3 * 2_423_500_500, "IQD"))]
    reserved = [each for each in figures.totals if each.field.endswith("funds_reserved.amount")]
    assert [(each.count, each.total) for each in reserved] == [(3, Money(3 * 184_929, "EUR"))]


async def closed_log(folder: Path, scratch: str, told: list[tuple[str, Entry]]) -> Path:
    """The log, with the month closed on what it says."""
    raw = [entry.raw for _, entry in told]
    drawn = await worked_out(write_bundle(folder / "1", raw).folder, scratch, len(raw))
    handler = Handler(registry, MemoryStore(), FixedClock(OVER), SeededIds(3))
    for each in (
        DrawUpPeriod(by=SYSTEM, at=OVER, period=NOVEMBER, figures=drawn),
        ClosePeriod(by=EVA, at=OVER, statement=drawn.statement(NOVEMBER)),
    ):
        actor = Actor(id=each.by, role=Code("approving_officer"), organisation=Code("iom"))
        context = Context(actor=actor, correlation="c")
        await handler.do(Act(period, stream_of(NOVEMBER), each), context=context)
    closes = [entry.raw for entry in await handler.store.read(0, 10)]
    return write_bundle(folder / "2", [*raw, *closes]).folder


async def test_an_offline_replay_comes_to_what_was_closed(tmp_path: Path, scratch: str) -> None:
    copy = await closed_log(tmp_path, scratch, history(2))
    [was] = await closes_in(FolderHistory.open(copy))
    again = await worked_out(copy, scratch, was.size)
    assert again.statement(NOVEMBER) == was.statement
    assert again.projections == was.projections


async def test_a_log_in_which_another_amount_was_paid_does_not(
    tmp_path: Path, scratch: str
) -> None:
    told = history(2)
    copy = await closed_log(tmp_path, scratch, told)
    [was] = await closes_in(FolderHistory.open(copy))
    other = [
        entry.raw.replace(b"2423500.500", b"2423500.501")
        if entry.envelope.type == "disbursement.vendor_paid.v1"
        else entry.raw
        for _, entry in told
    ]
    again = await worked_out(write_bundle(tmp_path / "3", other).folder, scratch, len(other))
    assert again.statement(NOVEMBER) != was.statement
    assert again.root != was.root
    assert again.totals != was.totals


async def test_what_happened_after_the_months_end_is_not_in_its_figures(
    tmp_path: Path, scratch: str
) -> None:
    teller = Teller()
    paid = {"amount": {"amount": "10.00", "currency": "EUR"}}
    story = [
        teller.tell(
            "per_a", "disbursement.vendor_paid", f"pay_{number}", paid | {"value_date": day}, at
        )
        for number, (day, at) in enumerate(
            [
                ("2026-11-30", OVER),  # told in December, paid in November
                ("2026-12-01", OVER),
                ("2026-10-31", NOON),
            ]
        )
    ]
    copy = write_bundle(tmp_path, [entry.raw for _, entry in story])
    [total] = (await worked_out(copy.folder, scratch, 3)).totals
    assert (total.count, total.total) == (1, Money(1000, "EUR"))


# Drawing up what is due


class Drawing:
    """The task, with figures that say nothing but over how many entries they are."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.clock = FixedClock(NOON)
        handler = Handler(registry, desk.store, self.clock, SeededIds())
        self.asked: list[tuple[str, int]] = []
        self.drawer = Drawer(handler, desk.store.pool, self._work_out)

    async def _work_out(self, month: Month, size: int) -> Figures:
        self.asked.append((month, size))
        return Figures(**TOLD | {"size": size, "root": Digest("aa" * 32)})

    async def draws_up(self) -> list[Month]:
        size = await self.desk.size()
        signed = Checkpoint("log.example", size, b"\xaa" * 32)
        drawn = await self.drawer.draw_up(signed)
        await self.project()
        return drawn

    async def project(self) -> None:
        tracking = PostgresTracking(self.desk.store.pool)
        after = await tracking.last(periods.view.name, "audit")
        if entries := await self.desk.store.read(after, 100):
            await Projecting(periods.view, Ear("audit", registry), tracking).take(entries)


@pytest.fixture
def drawing(desk: Desk) -> Drawing:
    return Drawing(desk)


async def test_a_month_is_drawn_up_a_day_after_its_end_and_once(
    desk: Desk, drawing: Drawing
) -> None:
    told = history(1)
    await desk.keep(told)
    assert await drawing.draws_up() == []
    drawing.clock.at = ends(NOVEMBER) + timedelta(hours=23)
    assert await drawing.draws_up() == []
    drawing.clock.at = OVER
    assert await drawing.draws_up() == [NOVEMBER]
    assert drawing.asked == [(NOVEMBER, len(told))]
    assert await drawing.draws_up() == []


async def late_payment(desk: Desk, told: list[tuple[str, Entry]]) -> None:
    """Told on the second of December: paid on the thirtieth of November."""
    teller = Teller(ids=SeededIds(9))
    for source, entry in told:
        teller.positions[source] = entry.position
    data = {"value_date": "2026-11-30"}
    source, entry = teller.tell("per_a", "disbursement.vendor_paid", "pay_late", data, OVER)
    await desk.keep([(source, entry)])


async def test_what_comes_late_before_the_close_is_drawn_up_anew_and_after_it_is_listed(
    desk: Desk, drawing: Drawing, audit: Trial
) -> None:
    told = history(1)
    await desk.keep(told)
    drawing.clock.at = OVER
    await drawing.draws_up()
    await late_payment(desk, told)
    assert await drawing.draws_up() == [NOVEMBER]
    assert drawing.asked[-1] == (NOVEMBER, len(told) + 1)

    eva = audit.sign_in("per_eva", Role.APPROVING_OFFICER)
    statement = (await eva.get(f"/v1/periods/{NOVEMBER}")).json()["statement"]
    body = {"statement": statement}
    answer = await eva.post(f"/v1/periods/{NOVEMBER}/close", body, if_match=2)
    assert answer.status_code == 200
    assert answer.json()["closed_by"] == "per_eva"
    await drawing.project()
    again = Teller(ids=SeededIds(5))
    again.positions["intake"] = max(e.position for s, e in told if s == "intake")
    source, entry = again.tell(
        "per_a", "intake.arrival_confirmed", "cas_1", {"date": "2026-11-05"}, OVER
    )
    await desk.keep([(source, entry)])
    assert await drawing.draws_up() == []  # what is closed stays

    [december, item] = (await eva.get("/v1/periods")).json()["items"]
    assert (december["period"], december["statement"]) == ("2026-12", None)
    assert (item["period"], item["late"]) == (NOVEMBER, 1)
    [shown] = (await eva.get(f"/v1/periods/{NOVEMBER}/late")).json()["entries"]
    assert (shown["type"], shown["index"]) == ("intake.arrival_confirmed.v1", len(told) + 1)
    assert shown["happened_at"].startswith("2026-11-05T23:59:59")
    assert shown["recorded_at"].startswith("2026-12-02")


async def test_figures_over_another_root_than_was_signed_are_not_drawn_up(
    desk: Desk, drawing: Drawing
) -> None:
    await desk.keep(history(1))
    drawing.clock.at = OVER
    with pytest.raises(OtherRoot):
        await drawing.drawer.draw_up(Checkpoint("log.example", 3, b"\xbb" * 32))


async def test_who_closes_and_who_reads(desk: Desk, drawing: Drawing, audit: Trial) -> None:
    await desk.keep(history(1))
    eva = audit.sign_in("per_eva", Role.APPROVING_OFFICER)
    path = f"/v1/periods/{NOVEMBER}"
    assert (await eva.get(path)).status_code == 404
    body = {"statement": "00" * 32}
    drawing.clock.at = OVER
    await drawing.draws_up()
    refused = await eva.post(f"{path}/close", body, if_match=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "StatementChanged")
    elif_ = audit.sign_in("per_elif", Role.AUDITOR)
    assert (await elif_.get(path)).status_code == 200
    assert (await elif_.post(f"{path}/close", body, if_match=1)).status_code == 403
    lina = audit.sign_in("per_lina", Role.COUNSELLOR)
    assert (await lina.get("/v1/periods")).status_code == 403
    assert (await eva.get("/v1/periods/2026-13")).status_code == 404


async def test_a_process_of_its_own_works_it_out(
    desk: Desk, scratch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All services' views, over a log that tells of one month that was drawn up."""
    handler = Handler(registry, MemoryStore(), FixedClock(NOON), SeededIds(3))
    october = Month("2026-10")
    drawn = DrawUpPeriod(by=SYSTEM, at=NOON, period=october, figures=FIGURES)
    actor = Actor(id=SYSTEM, role=Code("service"), organisation=Code("homeward"))
    context = Context(actor=actor, correlation="c")
    await handler.do(Act(period, stream_of(october), drawn), context=context)
    await desk.keep([("audit", entry) for entry in await handler.store.read(0, 10)])
    monkeypatch.setenv(command.DATABASE, desk.database.app)
    figures = await beside(scratch)(NOVEMBER, 1)
    assert figures.size == 1
    assert {each.service for each in figures.projections} == {
        "intake",
        "plans",
        "vendors",
        "disbursement",
        "audit",
    }
    [mine] = [each for each in figures.projections if each.view == "periods"]
    assert mine.rows == 1
