"""A service's own store, filled with what it told, and somebody who has the owner's password."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from events.envelope import Entry
from homeward.postgres import Database

INSERT = (
    "insert into es_event (pos, stream, version, type, event_id, entry, recorded_at)"
    " values ($1, $2, $3, $4, $5, $6, $7)"
)


@dataclass(frozen=True)
class OwnStore:
    database: Database

    async def append(self, entries: Sequence[Entry]) -> None:
        """As the service itself would have: in their places, and stored when they were recorded."""
        owner = await asyncpg.connect(self.database.owner)
        for entry in entries:
            told = entry.envelope
            await owner.execute(
                INSERT,
                entry.position,
                told.subject,
                int(told.sequence),
                told.type,
                told.id,
                entry.raw,
                told.recordedtime,
            )
        await owner.close()

    async def tamper(self, *statements: str) -> None:
        """As somebody would who has the owner's password, and knows of the trigger."""
        owner = await asyncpg.connect(self.database.owner)
        await owner.execute("alter table es_event disable trigger append_only")
        for statement in statements:
            await owner.execute(statement)
        await owner.execute("alter table es_event enable trigger append_only")
        await owner.close()


async def own_store(database: Database, entries: Sequence[Entry]) -> OwnStore:
    """Of a database with the library's tables."""
    store = OwnStore(database)
    await store.append(entries)
    return store
