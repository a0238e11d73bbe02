"""A log whose copy was changed: nothing of it is shown or handed out, and somebody is told."""

import shutil
from collections.abc import Callable

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from specimens.histories import history

from audit.checking.keep import Checker
from audit.checking.order import Order
from audit.checking.telling import Teller
from audit.domain import registry
from audit.domain.difference import (
    CHECKPOINTS,
    FILES,
    LOG,
    MENTIONS,
    DifferenceFound,
    DifferenceRepaired,
    Kind,
)
from audit.domain.finding import FindingRaised
from events.handler import Handler
from events.io.http.trial import Caller, Trial
from events.memory import FixedClock, SeededIds
from events.roles import Role

ALL = history(2)
PAID = next(at for at, (_, e) in enumerate(ALL) if e.envelope.type == "disbursement.vendor_paid.v1")
PAYMENT = ALL[PAID][1].envelope.subject


@pytest.fixture
async def filled(desk: Desk) -> Desk:
    await desk.keep(ALL)
    await desk.publisher().publish()
    return desk


@pytest.fixture
def elif_(filled: Desk, audit: Trial) -> Caller:
    return audit.sign_in("per_elif", Role.AUDITOR, organisation="external")


async def tamper(desk: Desk, *statements: str) -> None:
    """As somebody would who has the owner's password, and knows of the triggers."""
    owner = await asyncpg.connect(desk.database.owner)
    for table in ("log_entry", "log_mention", "log_of_case", "log_alone", "log_checkpoint"):
        await owner.execute(f"alter table {table} disable trigger user")
    for statement in statements:
        await owner.execute(statement)
    await owner.close()


async def told(audit: Trial) -> list[tuple[str, Kind, int | None]]:
    """The differences that are on record."""
    events = await audit.events()
    found = [each for each in events if isinstance(each, DifferenceFound)]
    assert len([each for each in events if isinstance(each, FindingRaised)]) == len(found)
    return [(each.service, each.kind, each.position) for each in found]


CHANGED = "convert_to(replace(convert_from(entry, 'UTF8'), '2423500.500', '9923500.500'), 'UTF8')"
OTHER_WORDS = f"update log_entry set entry = {CHANGED} where index = {PAID}"
NO_EVENT = f"update log_entry set entry = '{{}}' where index = {PAID}"
WITH_ITS_LEAF = (
    f"update log_entry set entry = '{{}}', leaf = sha256('\\x007b7d') where index = {PAID}"
)
PATHS = (
    f"/v1/log/entries/{PAID}",
    f"/v1/log/proof?index={PAID}",
    f"/v1/trail/{PAYMENT}",
    f"/v1/trail/{PAYMENT}/why",
)


@pytest.mark.parametrize("done", [OTHER_WORDS, NO_EVENT, WITH_ITS_LEAF])
async def test_an_entry_that_was_changed_is_not_shown_and_is_told(
    filled: Desk, elif_: Caller, audit: Trial, done: str
) -> None:
    for path in PATHS:
        assert (await elif_.get(path)).status_code == 200
    await tamper(filled, done)
    for path in PATHS:
        answer = await elif_.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "not_as_signed"), path
        assert f"entry {PAID}" in answer.json()["detail"]
    found = await told(audit)
    assert {(kind, position) for _, kind, position in found} == {(Kind.EDITED, PAID)}
    assert len(found) == len(set(found))  # once, however often it is asked for
    assert {where for where, _, _ in found} <= {LOG, FILES}


async def test_a_start_on_a_log_that_was_changed_looks_at_what_comes(filled: Desk) -> None:
    await tamper(filled, "update log_entry set entry = '{}'")
    handler = Handler(registry, filled.store, FixedClock(), SeededIds())
    await (await Order.of_what_comes(Teller(handler, filled.store.pool))).look()


async def test_what_no_checkpoint_covers_yet_is_held_against_its_leaf(
    desk: Desk, audit: Trial
) -> None:
    await desk.keep(ALL)
    await tamper(desk, OTHER_WORDS)
    elif_ = audit.sign_in("per_elif", Role.AUDITOR)
    for path in PATHS:
        assert (await elif_.get(path)).status_code == 503, path
    assert await told(audit) == [(LOG, Kind.EDITED, PAID)]


GONE = f"tile/0/000.p/{len(ALL)}"


def _lost(desk: Desk) -> None:
    (desk.files.folder / GONE).unlink()


def _changed(desk: Desk) -> None:
    path = desk.files.folder / GONE
    data = path.read_bytes()
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])


@pytest.mark.parametrize(("done", "kind"), [(_lost, Kind.DELETED), (_changed, Kind.EDITED)])
async def test_a_tile_that_is_gone_or_changed_proves_nothing_and_is_told(
    filled: Desk, elif_: Caller, audit: Trial, done: Callable[[Desk], None], kind: Kind
) -> None:
    done(filled)
    for path in (*PATHS, "/v1/log/consistency?old=7&new=20"):
        answer = await elif_.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "not_as_signed"), path
    assert {(where, as_) for where, as_, _ in await told(audit)} == {(FILES, kind)}


async def test_a_checkpoint_that_nobody_signed_is_told(
    filled: Desk, elif_: Caller, audit: Trial
) -> None:
    path = filled.files.folder / "checkpoint"
    path.write_bytes(path.read_bytes().replace(f"\n{len(ALL)}\n".encode(), b"\n7\n"))
    answer = await elif_.get(PATHS[0])
    assert (answer.status_code, answer.json()["code"]) == (503, "not_as_signed")
    assert [each[0] for each in await told(audit)] == [CHECKPOINTS]


# The pass over what the audit service itself keeps


@pytest.fixture
def checker(filled: Desk) -> Checker:
    handler = Handler(registry, filled.store, FixedClock(), SeededIds())
    return Checker(Teller(handler, filled.store.pool), {}, share=1)


SIZE = len(ALL)
EARLY = SIZE - 5
NAMED = "delete from log_mention where name = '{}' and index = {}"


@pytest.mark.parametrize(
    ("done", "found"),
    [
        ("delete from log_entry where index = 7", (LOG, Kind.DELETED, 7)),
        (NO_EVENT, (LOG, Kind.EDITED, PAID)),
        (WITH_ITS_LEAF, (LOG, Kind.EDITED, PAID)),
        ("update log_entry set stream = 'pay_9' where index = 7", (LOG, Kind.MISFILED, 7)),
        ("update log_entry set names = '{}' where index = 7", (LOG, Kind.MISFILED, 7)),
        ("update log_entry set version = 9 where index = 7", (LOG, Kind.MISFILED, 7)),
        ("update log_entry set position = 999 where index = 7", (LOG, Kind.MISFILED, 7)),
        (NAMED.format(PAYMENT, PAID), (MENTIONS, Kind.DELETED, PAID)),
        (
            f"update log_mention set name = 'x' where name = '{PAYMENT}' and index = {PAID}",
            (MENTIONS, Kind.DELETED, PAID),
        ),
        ("insert into log_mention values ('pay_9', 3)", (MENTIONS, Kind.MISFILED, 0)),
        (f"delete from log_checkpoint where size = {EARLY}", (CHECKPOINTS, Kind.DELETED, EARLY)),
        (f"delete from log_checkpoint where size = {SIZE}", (CHECKPOINTS, Kind.DELETED, SIZE)),
        (
            f"update log_checkpoint set root = sha256('') where size = {EARLY}",
            (CHECKPOINTS, Kind.EDITED, EARLY),
        ),
        (
            f"update log_checkpoint set note = replace(note, '{EARLY}', '7') where size = {EARLY}",
            (CHECKPOINTS, Kind.EDITED, EARLY),
        ),
        (
            f"update log_checkpoint set size = 7 where size = {EARLY}",
            (CHECKPOINTS, Kind.EDITED, 7),
        ),
    ],
)
async def test_whatever_is_done_to_what_is_kept_of_the_log_is_found_in_one_pass(
    desk: Desk, audit: Trial, done: str, found: tuple[str, Kind, int]
) -> None:
    for part in (ALL[:EARLY], ALL[EARLY:]):
        await desk.keep(part)
        await desk.publisher().publish()
    handler = Handler(registry, desk.store, FixedClock(), SeededIds())
    checker = Checker(Teller(handler, desk.store.pool), {}, share=1)
    await checker.check_log(desk.files)
    assert await told(audit) == []
    await tamper(desk, done)
    for _ in range(2):
        await checker.check_log(desk.files)
    assert found in await told(audit)
    assert len(await told(audit)) <= 2  # of a row that was moved: where it was, and where it is


def _all_gone(desk: Desk) -> None:
    shutil.rmtree(desk.files.folder / "tile")


def _no_entries(desk: Desk) -> None:
    (desk.files.folder / f"tile/entries/000.p/{SIZE}").write_bytes(b"")


@pytest.mark.parametrize(
    ("done", "kind"),
    [
        (_lost, Kind.DELETED),
        (_changed, Kind.EDITED),
        (_all_gone, Kind.DELETED),
        (_no_entries, Kind.EDITED),
    ],
)
async def test_a_file_that_was_changed_is_told_and_written_anew_from_the_table(
    filled: Desk, audit: Trial, checker: Checker, done: Callable[[Desk], None], kind: Kind
) -> None:
    before = {each: each.read_bytes() for each in filled.files.folder.rglob("*") if each.is_file()}
    done(filled)
    await checker.check_log(filled.files)
    assert await told(audit) == [(FILES, kind, 0)]
    assert isinstance((await audit.events())[-1], DifferenceRepaired)
    for path, data in before.items():
        assert path.read_bytes() == data, path
    await checker.check_log(filled.files)
    assert len(await told(audit)) == 1


async def test_no_file_is_written_from_a_table_that_is_not_what_was_signed(
    filled: Desk, audit: Trial, checker: Checker
) -> None:
    tile = filled.files.folder / GONE
    right = tile.read_bytes()
    other = OTHER_WORDS.replace(" where", f", leaf = sha256('\\x00'::bytea || {CHANGED}) where")
    await tamper(filled, other)
    await checker.check_log(filled.files)
    assert await told(audit) == [(LOG, Kind.REPLACED, 0)]
    assert tile.read_bytes() == right
