"""A log whose copy was changed: nothing of it is shown or handed out, and somebody is told."""

from collections.abc import Callable

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.histories import history

from audit.domain.difference import CHECKPOINTS, FILES, LOG, DifferenceFound, Kind
from audit.domain.finding import FindingRaised
from events.io.http.trial import Caller, Trial
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
