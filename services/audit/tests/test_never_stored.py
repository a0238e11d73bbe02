"""An entry in the log that its service never stored: somebody has its password on the bus.

It is told apart from a store that was put back, which lacks what it had.
"""

from itertools import count

import pytest
from msgspec.structs import replace
from services.audit.tests.stores import OwnStore
from services.audit.tests.test_broken import tamper
from services.audit.tests.test_checking import ALL, ONE, TOLD, Watch, find, store, watch
from specimens.histories import NOON, Teller

from audit.domain.difference import (
    LOG,
    DifferenceCleared,
    DifferenceFound,
    Kind,
    UnstoredEntryFound,
    difference,
)
from audit.domain.finding import FindingRaised
from events.envelope import Entry
from events.io.http.trial import Trial
from events.memory import SeededIds
from events.roles import Role
from events.scenario import scenario
from events.values import SYSTEM, Code

__all__ = ["store", "watch"]

LAST = TOLD[-1].position
_seeds = count(50)


def forged(*payments: str) -> list[tuple[str, Entry]]:
    """Approvals that nobody at disbursement made, behind all that it told."""
    teller = Teller(ids=SeededIds(next(_seeds)), minutes=10_000)
    teller.positions["disbursement"] = LAST
    return [
        teller.tell("per_mallory", "disbursement.payment_approved", payment, {"payment": payment})
        for payment in payments
    ]


def test_it_is_told_once_by_an_event_of_its_own() -> None:
    command = replace(find, never_stored=True, kind=Kind.ROLLED_BACK, entry=7)
    told = UnstoredEntryFound(
        by=SYSTEM,
        at=NOON,
        difference=ONE,
        service=Code("plans"),
        kind=Kind.ROLLED_BACK,
        position=3,
        last=3,
        entry=7,
    )
    scenario(difference).given().when(command).then(told)
    scenario(difference).given(told).when(command).then()


@pytest.fixture
async def robbed(watch: Watch) -> Watch:
    """All was well, and then the bus brought two approvals that disbursement never made."""
    await watch.passes()
    await watch.desk.keep(forged("pay_8", "pay_9"))
    return watch


async def test_what_the_store_never_had_is_told_so(robbed: Watch, audit: Trial) -> None:
    told = await robbed.passes()
    [found] = [each for each in told if isinstance(each, UnstoredEntryFound)]
    assert (found.position, found.last, found.entry) == (LAST + 1, LAST + 2, len(ALL))
    [raised] = [each for each in told if isinstance(each, FindingRaised)]
    assert (raised.rule, raised.severity, raised.payment) == ("never_stored", "high", "pay_8")
    assert raised.entries == (len(ALL),)
    assert raised.people == ("per_mallory",)
    elif_ = audit.sign_in("per_elif", Role.AUDITOR)
    [shown] = (await elif_.get("/v1/differences")).json()["items"]
    assert (shown["kind"], shown["stands"]) == ("never_stored", True)
    assert (await elif_.get("/v1/checks")).json()["whole"] is False


async def test_it_stays_so_while_the_service_goes_on_in_its_place(
    robbed: Watch, store: OwnStore
) -> None:
    await robbed.passes()
    await store.append([entry for _, entry in forged("pay_4", "pay_5")])
    assert await robbed.passes() == []  # something else stands there now; it is the same
    own = forged("pay_4", "pay_5", "pay_6")[2:]
    await store.append([entry for _, entry in own])
    await robbed.desk.keep(own)
    assert await robbed.passes() == []
    await store.tamper(f"delete from es_event where pos > {LAST + 2}")
    assert await robbed.differences() == [(Kind.ROLLED_BACK, LAST + 3, LAST + 3)]


async def test_of_a_store_that_was_put_back_nothing_is_said_to_be_so(
    robbed: Watch, store: OwnStore
) -> None:
    """What it had since the last pass is not known: it may have been lost."""
    await store.tamper(f"delete from es_event where pos > {LAST - 3}")
    assert await robbed.differences() == [(Kind.ROLLED_BACK, LAST - 2, LAST + 2)]


async def test_a_store_that_has_it_after_all_clears_it(robbed: Watch, store: OwnStore) -> None:
    await robbed.passes()
    rows = await robbed.desk.store.pool.fetch(
        "select position, entry from log_entry where source = 'disbursement' and position > $1",
        LAST,
    )
    await store.append([Entry(row["position"], bytes(row["entry"])) for row in rows])
    assert [type(each) for each in await robbed.passes()] == [DifferenceCleared]


@pytest.mark.parametrize(
    "done",
    [
        "update log_entry set position = position + 100000 where index = {}",
        "update log_entry set source = 'plans', position = 9999 where index = {}",
    ],
)
async def test_of_a_row_that_is_moved_in_the_log_the_log_is_to_blame(
    watch: Watch, done: str
) -> None:
    """Not the service, whose password would be changed for nothing."""
    await watch.passes()
    index = next(n for n, (source, _) in enumerate(ALL) if source == "disbursement")
    await tamper(watch.desk, done.format(index))
    kinds = DifferenceFound | UnstoredEntryFound
    found = [each for each in await watch.passes() if isinstance(each, kinds)]
    assert [(each.service, each.kind, each.position) for each in found] == [
        (LOG, Kind.MISFILED, index)
    ]


async def test_what_came_saying_that_it_belongs_elsewhere_is_still_never_stored(
    watch: Watch,
) -> None:
    await watch.passes()
    [(_, entry)] = forged("pay_8")
    raw = entry.raw.replace(f'"position":"{LAST + 1}"'.encode(), b'"position":"7"')
    assert raw != entry.raw
    await watch.desk.keep([("disbursement", Entry(LAST + 1, raw))])
    told = await watch.passes()
    assert [each.position for each in told if isinstance(each, UnstoredEntryFound)] == [LAST + 1]
