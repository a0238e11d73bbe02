"""What the audit service lists follows from its events: who changes a list is found, and the list
is right again with the next pass. Whether all is whole does not hang on the lists.
"""

import asyncio

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.stores import OwnStore
from services.audit.tests.test_checking import Watch, store, watch

from audit.checking import views
from audit.domain.difference import DifferenceFound, DifferenceRepaired
from audit.domain.finding import FindingRaised
from audit.domain.reading import ConfidentialRead
from events.io.http.trial import Caller, Trial
from events.roles import Role

__all__ = ["store", "watch"]


@pytest.fixture
async def elif_(desk: Desk, watch: Watch, audit: Trial) -> Caller:
    """An auditor, where a row of a store was edited and told."""
    await desk.publisher().publish()
    await watch.store.tamper("update es_event set entry = '{}' where pos = 9")
    await watch.passes()
    await watch.passes()
    return audit.sign_in("per_elif", Role.AUDITOR)


async def listed(caller: Caller, path: str) -> list[dict[str, object]]:
    items: list[dict[str, object]] = (await caller.get(path)).json()["items"]
    return items


async def whole(caller: Caller) -> bool:
    return bool((await caller.get("/v1/checks")).json()["whole"])


LISTS = ("/v1/differences", "/v1/findings")
CHANGES = {
    "truncate difference_view": "/v1/differences",
    "update difference_view set stands = false": "/v1/differences",
    "delete from finding_view": "/v1/findings",
    "update finding_view set is_open = false": "/v1/findings",
    "update finding_view set review_by = '2099-01-01'": "/v1/findings",
    "insert into finding_view select 'fnd_9', rule, severity, null, null, null, review_by,"
    " is_open, overdue, replace(state, finding_id, 'fnd_9') from finding_view": "/v1/findings",
}


@pytest.mark.parametrize("done", CHANGES)
async def test_a_list_that_was_changed_is_told_and_is_right_again(
    watch: Watch, elif_: Caller, done: str
) -> None:
    tables = "select * from difference_view, finding_view order by difference_id, finding_id"
    pool = watch.desk.store.pool
    before = {path: await listed(elif_, path) for path in LISTS}
    rows = await pool.fetch(tables)
    await pool.execute(done)
    assert not await whole(elif_)
    told = await watch.passes()
    name = "checking" if "difference" in done else "findings"
    found = [each for each in told if isinstance(each, DifferenceFound)]
    assert [each.service for each in found] == [f"views:{name}"]
    assert [type(each) for each in told if isinstance(each, DifferenceRepaired)]
    assert [each.rule for each in told if isinstance(each, FindingRaised)] == ["store_differs"]
    after = {path: await listed(elif_, path) for path in LISTS}
    for path in LISTS:
        assert all(each in after[path] for each in before[path])
        assert len(after[path]) == len(before[path]) + 1  # and that this was so
    assert not await whole(elif_)
    assert {type(each) for each in await watch.passes()} == {ConfidentialRead}  # the lists
    assert {tuple(each) for each in rows} <= {tuple(each) for each in await pool.fetch(tables)}


async def test_nothing_is_whole_while_a_store_differs_whatever_the_list_says(
    watch: Watch, elif_: Caller
) -> None:
    await watch.desk.store.pool.execute("truncate difference_view")
    said = (await elif_.get("/v1/checks")).json()
    assert said["whole"] is False
    assert [each["differences"] for each in said["stores"]] == [1]


@pytest.mark.parametrize("table", ["store_check", "own_check"])
async def test_nothing_is_whole_before_a_pass_has_said_so(
    watch: Watch, audit: Trial, table: str
) -> None:
    elif_ = audit.sign_in("per_elif", Role.AUDITOR)
    await watch.desk.publisher().publish()
    await watch.passes()
    assert await whole(elif_)
    await watch.desk.store.pool.execute(f"truncate {table}")
    await watch.checker.expect()
    assert not await whole(elif_)
    await watch.passes()
    assert await whole(elif_)


async def test_a_view_that_somebody_does_not_let_go_of_holds_up_no_other_pass(
    watch: Watch, elif_: Caller, store: OwnStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LOCK_SECONDS", 0.1)
    held = await asyncpg.connect(watch.desk.database.app)
    await held.execute("begin")
    await held.fetch("select pos from es_tracking where consumer = 'checking' for update")
    await store.tamper("update es_event set entry = '{}' where pos = 12")
    async with asyncio.timeout(60):
        await watch.checker.check_views(watch.own)
        await watch.checker.check_all()
    await held.close()
    told = await watch.passes()
    assert [each.position for each in told if isinstance(each, DifferenceFound)] == [12]


@pytest.mark.parametrize("table", ["store_check", "own_check"])
async def test_what_no_pass_has_seen_for_an_hour_is_not_said_to_be_whole(
    watch: Watch, audit: Trial, table: str
) -> None:
    elif_ = audit.sign_in("per_elif", Role.AUDITOR)
    await watch.desk.publisher().publish()
    await watch.passes()
    earlier = f"update {table} set passed_at = passed_at - interval '{{}} minutes'"
    await watch.desk.store.pool.execute(earlier.format(59))
    assert await whole(elif_)
    await watch.desk.store.pool.execute(earlier.format(1))
    assert not await whole(elif_)


async def test_a_view_that_is_said_to_be_elsewhere_goes_on_where_it_was(
    watch: Watch, elif_: Caller, store: OwnStore
) -> None:
    pool = watch.desk.store.pool
    asked = "select pos from es_tracking where consumer = 'findings'"
    before = await pool.fetchval(asked)
    await pool.execute("update es_tracking set pos = 1000000 where consumer = 'findings'")
    await store.tamper("update es_event set entry = '{}' where pos = 12")
    for _ in range(3):
        await watch.passes()
    assert before < await pool.fetchval(asked) < 100
    assert len(await listed(elif_, "/v1/findings")) >= 2
    services = {each["service"] for each in await listed(elif_, "/v1/differences")}
    assert "views:findings" in services


async def test_the_second_copy_is_made_anew_when_its_connection_is_lost(
    watch: Watch, elif_: Caller
) -> None:
    watch.own.close()
    await watch.desk.store.pool.execute("truncate finding_view")
    assert [each.service for each in await watch.passes() if isinstance(each, DifferenceFound)] == [
        "views:findings"
    ]
    assert len(await listed(elif_, "/v1/findings")) == 2
