"""Whoever reads what the log has of restricted cases, or in confidence, is on record for it."""

import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.test_checking import Watch, store, watch
from services.audit.tests.test_need_to_know import COMPLAINT, RESTRICTED
from services.audit.tests.test_periods import NOVEMBER, OVER, Drawing, drawing
from specimens.histories import GRANT, VENDOR, case, told

from audit.domain.reading import ConfidentialRead, ProtectedRead, What
from audit.domain.tiles import WIDTH
from audit.replay import view as periods
from events.io.http.trial import Caller, Trial
from events.roles import Role

__all__ = ["drawing", "store", "watch"]


@pytest.fixture
async def filled(desk: Desk, audit: Trial) -> Trial:
    """Case 2 is restricted; somebody complained in case 1; of case 3 anybody may know."""
    stories = (VENDOR, GRANT, case(1), case(2), case(3), RESTRICTED, COMPLAINT)
    await desk.keep(told(*stories))
    await desk.publisher().publish()
    return audit


@pytest.fixture
def elif_(audit: Trial) -> Caller:
    return audit.sign_in("per_elif", Role.AUDITOR, organisation="external")


async def readings(audit: Trial) -> list[tuple[str, What, str | None]]:
    told_of = [event for event in await audit.events() if isinstance(event, ProtectedRead)]
    return [(event.by, event.what, event.key) for event in told_of]


@pytest.mark.parametrize(
    ("path", "what", "key"),
    [
        ("/v1/trail/cas_2", What.TRAIL, "cas_2"),
        ("/v1/trail/cas_1", What.TRAIL, "cas_1"),
        ("/v1/trail/cmp_1", What.TRAIL, "cmp_1"),
        ("/v1/trail/ven_1", What.TRAIL, "ven_1"),
        ("/v1/trail/pay_2/why", What.WHY, "pay_2"),
    ],
)
async def test_an_auditor_who_reads_of_it_is_on_record(
    filled: Trial, elif_: Caller, path: str, what: What, key: str
) -> None:
    assert (await elif_.get(path)).status_code == 200
    assert await readings(filled) == [("per_elif", what, key)]


@pytest.mark.parametrize("path", ["cas_3", "pay_3", "pay_3/why", "bud_9", "cas_nobodys"])
async def test_what_anybody_may_know_is_read_without_ado(
    filled: Trial, elif_: Caller, path: str
) -> None:
    await elif_.get(f"/v1/trail/{path}")
    assert await readings(filled) == []


async def test_so_is_who_was_let_in(filled: Trial) -> None:
    petra = filled.sign_in("per_petra", Role.PROGRAMME_MANAGER)
    assert (await petra.get("/v1/trail/pay_2")).status_code == 200
    assert await readings(filled) == [("per_petra", What.TRAIL, "pay_2")]


async def test_who_is_shown_nothing_of_it_is_not(filled: Trial) -> None:
    hana = filled.sign_in("per_hana", Role.FINANCE_OFFICER)
    dana = filled.sign_in("per_dana", Role.DONOR, organisation="AMIF", grants=["SK-2023-AVRR"])
    for who in (hana, dana):
        for key in ("pay_2", "cas_1", "ven_1", "bud_1", "gra_1", "pay_2/why"):
            await who.get(f"/v1/trail/{key}")
    assert await readings(filled) == []


async def test_an_entry_and_entries_by_the_hundred(
    filled: Trial, elif_: Caller, desk: Desk
) -> None:
    size = await desk.size()
    seen = 0
    for index in range(size):
        await elif_.get(f"/v1/log/entries/{index}")
        (now,) = [len(await readings(filled))]
        seen, was = now, seen
        assert now - was in (0, 1)
    assert 0 < seen < size
    assert (await elif_.get(f"/log/tile/entries/000.p/{size % WIDTH}")).status_code == 200
    assert (await readings(filled))[-1] == ("per_elif", What.ENTRIES, None)


async def test_a_copy(filled: Trial, elif_: Caller) -> None:
    bundle = (await elif_.post("/v1/bundles")).json()["bundle"]
    assert await readings(filled) == []
    for _ in range(2):
        assert (await elif_.get(f"/v1/bundles/{bundle}")).status_code == 200
    assert await readings(filled) == [("per_elif", What.COPY, bundle)] * 2


async def test_of_what_comes_late_each_is_told_what_they_may_know_of(
    desk: Desk, drawing: Drawing, audit: Trial
) -> None:
    """Which entries came late would else tell who complained, and which case is restricted."""
    before = told(VENDOR, GRANT, case(1), case(2))
    await desk.keep(before)
    drawing.clock.at = OVER
    await drawing.draws_up()
    await desk.keep(told(VENDOR, GRANT, case(1), case(2), RESTRICTED, COMPLAINT)[len(before) :])
    await periods.note_months(desk.store.pool, OVER)
    late = f"/v1/periods/{NOVEMBER}/late"
    elif_ = audit.sign_in("per_elif", Role.AUDITOR)
    seen = {each["type"] for each in (await elif_.get(late)).json()["entries"]}
    assert {"intake.case_restricted.v1", "intake.complaint_received.v1"} <= seen
    [read] = [each for each in await audit.events() if isinstance(each, ProtectedRead)]
    assert (read.by, read.what) == ("per_elif", What.ENTRIES)
    assert str(read.key) == NOVEMBER
    hana = audit.sign_in("per_hana", Role.FINANCE_OFFICER)
    assert (await hana.get(late)).json()["entries"] == []


async def test_who_reads_what_rules_have_found_is_on_record(
    audit: Trial, watch: Watch, elif_: Caller
) -> None:
    assert (await elif_.get("/v1/findings")).json()["items"] == []
    assert not any(isinstance(each, ConfidentialRead) for each in await audit.events())
    await watch.store.tamper("delete from es_event where pos in (4, 9)")
    await watch.passes()
    found = [each["finding"] for each in (await elif_.get("/v1/findings")).json()["items"]]
    await elif_.get(f"/v1/findings/{found[0]}")
    listed, one = [each for each in await audit.events() if isinstance(each, ConfidentialRead)]
    assert (listed.by, listed.what, listed.shown) == ("per_elif", "list_findings", 2)
    assert [listed.first, listed.last] == found
    assert (one.by, one.what, one.key) == ("per_elif", "read_finding", found[0])


async def test_what_cannot_be_recorded_is_not_shown(
    filled: Trial, elif_: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise OSError("the store is away")

    monkeypatch.setattr("events.handler.Handler.do", away)
    answer = await elif_.get("/v1/trail/cas_2")
    assert answer.status_code >= 500
    assert "cas_2" not in answer.text
