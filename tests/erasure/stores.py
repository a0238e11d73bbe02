"""Every place of a running copy where a value might lie, and the vaults as insiders open them."""

import asyncio
import base64
from collections.abc import Iterator

import asyncpg
import httpx

from events.io.postgres import EpochKeys, Vault
from events.personal import Disclosure
from homeward.demo.stage import FEEDS, Stage
from homeward.stack import SERVICES, STORED, Stack
from tests.erasure.search import files

CONSOLE_READERS = ("hana", "elif")


def disclosed(copy: Stack) -> list[tuple[str, Disclosure]]:
    """Every value that can still be opened with the keys that there are, by service."""
    return asyncio.run(_disclosed(copy))


async def _disclosed(copy: Stack) -> list[tuple[str, Disclosure]]:
    found: list[tuple[str, Disclosure]] = []
    for name in STORED:
        epochs = EpochKeys(base64.b64decode(copy.vault_keys[name]))
        async with asyncpg.create_pool(copy.databases[name].app, min_size=1, max_size=1) as pool:
            rows = await pool.fetch("select distinct event_id::text from es_disclosure")
            opened = await Vault(pool, epochs, "homeward").open([row[0] for row in rows])
        found += [(name, each) for values in opened.values() for each in values]
    return found


def everything(copy: Stack, stage: Stage, paid: str) -> Iterator[tuple[str, bytes]]:
    """All that is written down anywhere, and all that is shown to those who may see the most."""
    settle(copy)
    yield from rows(copy)
    yield from files(copy.folder.path)
    if not copy.postgres.runs.folder.is_relative_to(copy.folder.path):
        yield from files(copy.postgres.runs.folder)
    yield from answers(copy, stage)
    yield from pages(copy, stage, paid)


def settle(copy: Stack) -> None:
    """What was deleted in the databases is gone from their files, and a new WAL file is begun."""
    for name in STORED:
        copy.postgres.run(f"\\connect {name}\nvacuum full;")
    copy.postgres.run("checkpoint;\nselect pg_switch_wal();\ncheckpoint;")


def rows(copy: Stack) -> Iterator[tuple[str, bytes]]:
    """Every table of every database, as the superuser reads it."""
    for name in STORED:
        tables = copy.postgres.run(
            f"\\connect {name}\nselect tablename from pg_tables where schemaname = 'public';"
        )
        for table in tables.split():
            told = copy.postgres.run(f"\\connect {name}\nselect t::text from {table} t;")
            yield f"{name}.{table}", told.encode()


def answers(copy: Stack, stage: Stage) -> Iterator[tuple[str, bytes]]:
    """What the feeds say, and every description of an API."""
    for name in STORED:
        after = 0
        while True:
            path = f"{name}/v1/events?after={after}&limit=200"
            said = stage.downloads(FEEDS, path)
            yield path, said
            page = stage.reads(FEEDS, f"{name}/v1/events", after=after, limit=200)
            after += len(page["entries"])
            if after >= page["head"]:
                break
    for name in SERVICES:
        for path in ("openapi.json", "readyz", "healthz"):
            yield f"{name}/{path}", httpx.get(f"{copy.addresses[name]}/{path}").content


def pages(copy: Stack, stage: Stage, paid: str) -> Iterator[tuple[str, bytes]]:
    """The console's pages, as those see them who see payments and trails."""
    for who in CONSOLE_READERS:
        person = stage.world.people[who]
        with httpx.Client(base_url=copy.addresses["console"], follow_redirects=True) as browser:
            form = {"username": person.username, "password": person.password, "to": "/payments"}
            here = {"origin": copy.addresses["console"]}
            browser.post("/sign-in", data=form, headers=here).raise_for_status()
            for path in ("/payments", f"/payments/{paid}", f"/trail/{paid}", "/log"):
                yield f"console{path} for {who}", browser.get(path).content
