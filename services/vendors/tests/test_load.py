"""A list loaded from the command line, into a real history."""

from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from services.vendors.tests import lists
from services.vendors.tests.test_lists import REAL

from events.io import command
from homeward.postgres import Database
from vendors.domain.sanctions import ListIsOlder
from vendors.main import service
from vendors.screening.load import load


@pytest.fixture
def empty(make_migrated: Callable[..., Database]) -> Database:
    return make_migrated(service.migrations)


async def test_it_is_told_once_in_the_history(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "list.xml"
    file.write_bytes(lists.un("2025-02-27", more=lists.entities(300)))
    told = await load(command.content(str(file), most=2**20), database.app)
    assert told == "UN list of 2025-02-27, version 2025-02-27: 302 entries under 307 names."
    assert (await load(file.read_bytes(), database.app)).endswith("loaded already.")
    with pytest.raises(ListIsOlder):
        await load(lists.un("2025-02-20"), database.app)
    bomb = b'<!DOCTYPE lolz [<!ENTITY lol "lol">]><CONSOLIDATED_LIST>&lol;</CONSOLIDATED_LIST>'
    with pytest.raises(ValueError, match=r"known here: it declares a document type or entities"):
        await load(bomb, database.app)
    with pytest.raises(ValueError, match="no sanctions list"):
        await load(b"<html/>", database.app)
    connection = await asyncpg.connect(database.app)
    try:
        (entry,) = await connection.fetch("select entry from es_event")
    finally:
        await connection.close()
    assert b"vendors.sanctions_list_loaded.v1" in entry["entry"]
    assert b"per_system" in entry["entry"]
    assert b"command_line" in entry["entry"]


async def test_a_first_list_of_two_waits_and_says_for_whom(empty: Database) -> None:
    told = await load(lists.un("2025-02-27"), empty.app)
    assert "the first list of a publisher has 300 entries or more" in told
    assert "A vendor approver confirms or declines it" in told


@pytest.mark.skipif(not REAL.exists(), reason="the UN's real list is not on this machine")
async def test_the_real_list_of_the_un_is_loaded(database: Database) -> None:
    told = await load(REAL.read_bytes(), database.app)
    assert told.startswith("UN list of 2026-02-27, version 2026-02-27: 1003 entries")
