"""Migrations: plain numbered SQL files, each applied once, in order, by the owner of the tables."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from events.ports import Unavailable

HERE = Path(__file__).parent
LIBRARY = HERE / "migrations"
NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
LOCK = 0x486F6D6577617264
"""An advisory lock's number, so that several processes may try at once."""
WAIT_SECONDS = 60
"""How long to wait for another process that is at it."""


class BadMigrations(Exception):
    """The files do not go with each other, or not with what was applied. Nothing was done."""


@dataclass(frozen=True)
class Migration:
    """One file of a folder."""

    folder: str
    name: str
    sql: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(name: str, folder: Path) -> list[Migration]:
    """The folder's files in order, numbered from 0001 without a gap. `BadMigrations`."""
    files = sorted(folder.glob("*.sql"))
    for number, file in enumerate(files, start=1):
        match = NAME.fullmatch(file.name)
        if match is None or int(match[1]) != number:
            raise BadMigrations(f"{file} should be number {number:04}, as in {number:04}_what.sql")
    return [Migration(name, file.name, file.read_text("utf-8")) for file in files]


async def migrate(url: str, service: Path | None = None) -> list[str]:
    """Apply what is missing: the library's files, then the service's; the names of those applied.

    `url` is the owner's. Grants are settled anew each time (see roles.sql).
    """
    return await apply(url, _wanted(service))


async def up_to_date(url: str, service: Path | None = None) -> None:
    """`Unavailable` while a file is not applied yet. `url` is the app's, which may only look."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("select folder, name, digest from es_migration")
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        rows = []  # nothing is applied, or all of it is being applied just now
    finally:
        await connection.close()
    for migration in _missing(_wanted(service), [tuple(row) for row in rows]):
        raise Unavailable(f"its database lacks {migration.folder} {migration.name}")


def _wanted(service: Path | None) -> list[Migration]:
    wanted = migrations("events", LIBRARY)
    if service is not None:
        wanted += migrations("service", service)
    return wanted


async def apply(url: str, wanted: Sequence[Migration]) -> list[str]:
    """Apply these, as far as they are missing."""
    roles = (HERE / "roles.sql").read_text("utf-8")
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"set lock_timeout = '{WAIT_SECONDS}s'")
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        await connection.execute(
            "create table if not exists es_migration (folder text, name text, digest text not null,"
            " applied_at timestamptz not null default now(), primary key (folder, name))"
        )
        rows = await connection.fetch("select folder, name, digest from es_migration")
        missing = _missing(wanted, [tuple(row) for row in rows])
        for migration in missing:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    "insert into es_migration (folder, name, digest) values ($1, $2, $3)",
                    migration.folder,
                    migration.name,
                    migration.digest,
                )
                await connection.execute(roles)  # whoever sees it applied may use it
        await connection.execute(roles)
        return [migration.name for migration in missing]
    finally:
        await connection.close()


def _missing(
    wanted: Sequence[Migration], applied: Sequence[tuple[str, str, str]]
) -> Sequence[Migration]:
    """What is left to apply. A database that is ahead of these files is left as it is."""
    by_number = {(folder, name[:4]): (name, digest) for folder, name, digest in applied}
    missing: list[Migration] = []
    for migration in wanted:
        name, digest = by_number.get((migration.folder, migration.name[:4]), (None, None))
        if name is None:
            missing.append(migration)
        elif name != migration.name:
            raise BadMigrations(f"{migration.name} has the number of {name}, which was applied")
        elif digest != migration.digest:
            raise BadMigrations(f"{migration.name} was altered after it was applied")
    return missing
