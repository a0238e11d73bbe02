"""The trail's indexes of cases, of grants and of what stands alone, and the notes about months,
follow from the entries: who changes them is found, and what was taken out is there again.
"""

from datetime import timedelta

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.test_checking import ALL, Watch, store, watch
from services.audit.tests.test_periods import OVER, late_payment
from specimens.histories import history

from audit.domain.difference import (
    ALONE,
    CASES,
    GRANTS,
    MONTHS,
    DifferenceCleared,
    DifferenceFound,
    DifferenceRepaired,
    Kind,
)
from audit.domain.finding import FindingRaised
from audit.replay import view as periods
from events.envelope import Entry
from events.io.http.trial import Trial
from events.roles import Role
from events.values import Code

__all__ = ["store", "watch"]

TABLES = ("log_of_case", "log_alone", "log_grant", "log_of_grant")
TAKEN_OUT = {
    "delete from log_of_case where name = 'pay_2'": CASES,
    "delete from log_of_case": CASES,
    "delete from log_grant where name = 'pay_1'": GRANTS,
    "delete from log_of_grant where index = (select max(index) from log_of_grant)": GRANTS,
    "delete from log_alone where stream = 'ven_1'": ALONE,
}
PUT_IN = {
    "insert into log_of_case values ('pay_1', 'cas_2')": CASES,
    "update log_of_case set \"case\" = 'cas_9' where name = 'pay_2'": CASES,
    "insert into log_grant values ('pay_1', 'gra_9')": GRANTS,
    "insert into log_of_grant values ('gra_9', 1)": GRANTS,
    "insert into log_of_grant values ('gra_1', 900000)": GRANTS,
    "insert into log_alone values ('ven_1', 40)": ALONE,
}


async def tamper(desk: Desk, statement: str) -> None:
    """As somebody would who has the owner's password, and knows of the triggers."""
    owner = await asyncpg.connect(desk.database.owner)
    for table in TABLES:
        await owner.execute(f"alter table {table} disable trigger user")
    await owner.execute(statement)
    await owner.close()


async def indexes(desk: Desk) -> list[set[tuple[object, ...]]]:
    return [{tuple(r) for r in await desk.store.pool.fetch(f"table {t}")} for t in TABLES]


async def told(watch: Watch) -> list[tuple[Code, Kind]]:
    """What differs, as one pass tells it; each is a finding too."""
    events = await watch.passes()
    found = [(e.service, e.kind) for e in events if isinstance(e, DifferenceFound)]
    assert len([e for e in events if isinstance(e, FindingRaised)]) == len(found)
    return found


@pytest.fixture
async def whole(watch: Watch) -> Watch:
    """Looked at once, and right."""
    await watch.desk.publisher().publish()
    assert await watch.passes() == []
    return watch


@pytest.mark.parametrize(("done", "part"), TAKEN_OUT.items())
async def test_what_is_taken_out_of_an_index_is_told_and_there_again(
    whole: Watch, done: str, part: str
) -> None:
    before = await indexes(whole.desk)
    await tamper(whole.desk, done)
    assert await indexes(whole.desk) != before
    assert await told(whole) == [(part, Kind.DELETED)]
    assert await indexes(whole.desk) == before
    assert await whole.passes() == []


@pytest.mark.parametrize(("done", "part"), PUT_IN.items())
async def test_what_no_entry_bears_out_is_told_until_somebody_takes_it_out(
    whole: Watch, audit: Trial, done: str, part: str
) -> None:
    before = await indexes(whole.desk)
    await tamper(whole.desk, done)
    assert (part, Kind.MISFILED) in await told(whole)
    assert await told(whole) == []
    elif_ = audit.sign_in("per_elif", Role.AUDITOR)
    assert (await elif_.get("/v1/checks")).json()["whole"] is False
    for table, rows in zip(TABLES, before, strict=True):
        beside = {tuple(r) for r in await whole.desk.store.pool.fetch(f"table {table}")} - rows
        for row in beside:
            await tamper(whole.desk, f"delete from {table} where {table} = row{row}::{table}")
    assert await indexes(whole.desk) == before
    assert DifferenceCleared in [type(each) for each in await whole.passes()]
    assert (await elif_.get("/v1/checks")).json()["whole"] is True


async def test_a_copy_goes_on_with_the_log(whole: Watch) -> None:
    ahead = history(3)[len(history(2)) :]
    await whole.store.append([entry for source, entry in ahead if source == "disbursement"])
    await whole.desk.keep(ahead)
    assert await told(whole) == []
    await tamper(whole.desk, "delete from log_of_case where name = 'pay_3'")
    whole.indexes.close()  # as after a restart, or when its connection is lost
    assert await told(whole) == [(CASES, Kind.DELETED)]


async def test_of_a_log_that_was_changed_no_index_is_made(whole: Watch) -> None:
    before = await indexes(whole.desk)
    owner = await asyncpg.connect(whole.desk.database.owner)
    await owner.execute("alter table log_entry disable trigger user")
    await owner.execute("update log_entry set names = '{cas_9}' where index = 30")
    await owner.close()
    assert [part for part, _ in await told(whole)] == ["log"]
    assert await indexes(whole.desk) == before


# Months


@pytest.fixture
async def noted(watch: Watch) -> Watch:
    """December has begun: November was worked in, and a payment of it was told late."""
    await late_payment(watch.desk, ALL)
    late = "select position, entry from log_entry where stream = 'pay_late'"
    rows = await watch.desk.store.pool.fetch(late)
    await watch.store.append([Entry(row["position"], bytes(row["entry"])) for row in rows])
    watch.clock.at = OVER + timedelta(minutes=1)
    await periods.note_months(watch.desk.store.pool, watch.clock.now())
    assert await watch.passes() == []
    return watch


async def notes(desk: Desk) -> list[list[tuple[object, ...]]]:
    asked = ("table worked_month order by 1", "table told_afterwards order by 1")
    return [[tuple(row) for row in await desk.store.pool.fetch(each)] for each in asked]


CHANGES = (
    "delete from worked_month where month = '2026-11'",
    "insert into worked_month values ('2026-10')",
    "delete from told_afterwards where index = (select max(index) from told_afterwards)",
    "update told_afterwards set month = '2027-01'",
    "insert into told_afterwards values (900000, '2026-11')",
    "update month_scan set next = 900000",
)


@pytest.mark.parametrize("done", CHANGES)
async def test_what_is_noted_of_months_is_told_when_it_is_changed_and_put_right(
    noted: Watch, done: str
) -> None:
    pool = noted.desk.store.pool
    before, gone_through = await notes(noted.desk), await pool.fetchval("table month_scan")
    await pool.execute(done)
    events = await noted.passes()
    assert [e.service for e in events if isinstance(e, DifferenceFound)] == [MONTHS]
    assert [e.service for e in events if isinstance(e, DifferenceRepaired)] == [MONTHS]
    assert await notes(noted.desk) == before
    assert await pool.fetchval("table month_scan") == gone_through
    assert await noted.passes() == []


async def test_what_was_not_gone_through_yet_is_no_difference(noted: Watch) -> None:
    ahead = history(3)[len(ALL) :]
    await noted.desk.keep([each for each in ahead if each[0] in ("plans", "intake")])
    before = await notes(noted.desk)
    assert await noted.passes() == []
    assert await notes(noted.desk) == before
