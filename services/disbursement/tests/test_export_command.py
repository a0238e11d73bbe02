"""`./homeward export` against a real database: what it writes, and what it says."""

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, cashier, ok

from disbursement.exports.publisher import BadPublisher, Publisher
from disbursement.main import service
from events.io.postgres import EpochKeys, open_store
from homeward.postgres import Database

PUBLISHER = (
    '{"name": "Returns Agency", "iati": "XI-EXAMPLE-1", "organisation_type": "10",'
    ' "sector": "15190", "ocds": "ocds-a1b2c3", "home": "https://returns.example/open"}'
)


@pytest.fixture
async def kept(database: Database, tmp_path: Path) -> AsyncIterator[Cashier]:
    """A till whose history is in the database, with an order of which its views know."""
    async with (
        open_store(database.app, EpochKeys(os.urandom(32))) as store,
        cashier(database, tmp_path, store) as till,
    ):
        await chain.ordered(till)
        await till.tables.executemany(
            "insert into es_tracking (consumer, source, pos) values ($1, 'disbursement', $2)"
            " on conflict (consumer, source) do update set pos = excluded.pos",
            [(view.name, await store.head()) for view in service.views],
        )
        yield till


async def run(
    database: Database, folder: Path, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "disbursement.exports.command", *words],
        env=os.environ | {"HOMEWARD_DATABASE_URL": database.app} | environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


async def test_a_grant_is_exported_under_the_donors_reference(
    kept: Cashier, database: Database, tmp_path: Path
) -> None:
    words = ("ocds", "SK-2023-AVRR", "--out", "orders.json")
    done = await run(database, tmp_path, *words, HOMEWARD_PUBLISHER=PUBLISHER)
    assert done.returncode == 0, done.stderr
    content = (tmp_path / "orders.json").read_bytes()
    assert b"ocds-a1b2c3-com_" in content
    await kept.settle()
    (export,) = ok(await kept.maria.get("/v1/exports"))["items"]
    assert export["digest"] == hashlib.sha256(content).hexdigest()
    assert export["digest"] in done.stdout
    said = await kept.maria.get(f"/v1/exports/{export['export']}/file")
    assert said.content == content

    for line, sentence in (
        ("iati XX-1", "There is no grant XX-1. There is: SK-2023-AVRR."),
        ("iati SK-2023-AVRR --cut-off 99999", "ask again, or for less"),
        ("pdf SK-2023-AVRR", "invalid choice: 'pdf'"),
        ("ocds SK-2023-AVRR --by per_maria", "unrecognized arguments: --by"),
    ):
        refused = await run(database, tmp_path, *line.split())
        assert refused.returncode != 0
        assert sentence in refused.stderr
        assert "Traceback" not in refused.stderr


def test_the_publisher_is_read_from_the_environment() -> None:
    assert Publisher.read({"HOMEWARD_PUBLISHER": PUBLISHER}).name == "Returns Agency"
    assert Publisher.read({}) == Publisher()
    with pytest.raises(BadPublisher, match="ocds"):
        Publisher.read({"HOMEWARD_PUBLISHER": PUBLISHER.replace("ocds-", "ocid-")})
    with pytest.raises(BadPublisher, match="logo"):
        Publisher.read({"HOMEWARD_PUBLISHER": PUBLISHER.replace("{", '{"logo": "", ')})
