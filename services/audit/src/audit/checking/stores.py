"""The stores of the services, read by roles that can do nothing but that.

`<service>_auditor` has `select` on the service's `es_event`, and of its vault on which event each
value is of, and on nothing else (roles.sql). What is compared is computed where the rows are: of a
page that agrees, one digest crosses the network.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from events.io.postgres.faults import unavailable
from events.io.settings import BadSettings
from events.service import Connection

STORES = "HOMEWARD_STORE_URLS"
STATEMENT_SECONDS = 60.0
LATE_SECONDS = 600
"""A row is stored so soon after its event was recorded. One that says otherwise was touched."""

LEAF = r"sha256('\x00'::bytea || entry)"
DATED = f"""abs(extract(epoch from recorded_at - convert_from(
    substring(entry from position('"recordedtime":"'::bytea in entry) + 16 for 27), 'UTF8'
)::timestamptz)) < {LATE_SECONDS}"""
NAMED = """position(convert_to('"id":"' || event_id || '"', 'UTF8') in entry) > 0"""

LACKING = """
    select pos, kept from (
        select pos, (position(']'::bytea in substring(entry from at)) - 7) / 46 as digests,
            (select count(*) from es_disclosure d where d.event_id = sealed.event_id) as kept
        from (
            select pos, event_id, entry, position('"_sd":["'::bytea in entry) as at
            from es_event where pos > $1 and pos <= $2
        ) as sealed where at > 0
    ) as counted where kept < digests order by pos"""
"""`"_sd":[` has 7 bytes, a digest in quotes and what follows it 46. In a text the quotes would be
escaped. Nothing is taken apart that could turn out to be no JSON."""


@dataclass(frozen=True)
class Summary:
    """What a page comes down to. Two that are equal are of the same rows in the same order."""

    rows: int
    digest: bytes


@dataclass(frozen=True)
class Row:
    """One event as a store has it."""

    position: int
    stream: str
    version: int
    type: str
    event_id: str
    recorded_at: datetime
    leaf: bytes


def read_stores(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The addresses by service; none where nobody said any. `BadSettings`."""
    try:
        return msgspec.json.decode(environment.get(STORES) or "{}", type=dict[str, str])
    except msgspec.MsgspecError:
        raise BadSettings(
            f'{STORES} should be like {{"intake": "postgresql://intake_auditor:...@.../intake"}}.'
        ) from None


@dataclass(frozen=True)
class Store:
    """A service's own store, to be read."""

    connection: Any

    async def head(self) -> int:
        """The last position that stands there."""
        with unavailable():
            found = await self.connection.fetchval("select max(pos) from es_event")
        return int(found or 0)

    async def strays(self) -> range:
        """Where rows stand before the first position, which no service gives and nobody relays."""
        with unavailable():
            row = await self.connection.fetchrow(
                "select min(pos) as first, max(pos) as last from es_event where pos < 1"
            )
        return range(row["first"], row["last"] + 1) if row["first"] is not None else range(0)

    async def summary(self, after: int, until: int) -> Summary | None:
        """Of the rows at these positions; None when one of them is not sound in itself."""
        try:
            with unavailable():
                row = await self.connection.fetchrow(
                    _summed("es_event", "pos", LEAF, f"{DATED} and {NAMED}"), after, until
                )
        except asyncpg.DataError:  # something that is no event, and so has no time
            return None
        return Summary(row["rows"], row["digest"]) if row["sound"] is not False else None

    async def rows(self, after: int, until: int) -> dict[int, Row]:
        """The rows at these positions, by position."""
        with unavailable():
            rows = await self.connection.fetch(
                "select pos, stream, version, type, event_id::text as event_id, recorded_at,"  # noqa: S608
                f" {LEAF} as leaf from es_event where pos > $1 and pos <= $2",
                after,
                until,
            )
        return {row["pos"]: Row(**_renamed(row)) for row in rows}

    async def entry(self, position: int) -> bytes:
        with unavailable():
            return bytes(
                await self.connection.fetchval(
                    "select entry from es_event where pos = $1", position
                )
                or b""
            )

    async def lacking(self, after: int, until: int) -> dict[int, int]:
        """How many values are kept of those events at these positions that have digests of more."""
        with unavailable():
            rows = await self.connection.fetch(LACKING, after, until)
        return {row["pos"]: row["kept"] for row in rows}

    async def waits(self, after: int, since: datetime) -> int | None:
        """The last position behind `after` that has stood there since then; None for none."""
        with unavailable():
            found: int | None = await self.connection.fetchval(
                "select max(pos) from es_event where pos > $1 and recorded_at < $2", after, since
            )
        return found


async def log_summary(log: Connection, service: str, after: int, until: int) -> Summary:
    """Of what the log has of the service at these positions."""
    row = await log.fetchrow(
        _summed("logged", "position", "leaf", "true", "and source = $3"), after, until, service
    )
    return Summary(row["rows"], row["digest"])


def _summed(table: str, position: str, leaf: str, sound: str, also: str = "") -> str:
    return f"""
        select count(*) as rows, bool_and(sound) as sound,
            sha256(coalesce(string_agg(mark, ''::bytea order by at), ''::bytea)) as digest
        from (
            select {position} as at, {sound} as sound, sha256(
                convert_to(concat_ws(' ', {position}, stream, version, type), 'UTF8') || {leaf}
            ) as mark
            from {table} where {position} > $1 and {position} <= $2 {also}
        ) as rows"""  # noqa: S608  our own names


def _renamed(row: Any) -> dict[str, Any]:
    return {"position" if name == "pos" else name: value for name, value in row.items()}


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """The store at that address. `Unavailable`, or what Postgres refuses."""
    with unavailable():
        connection = await asyncpg.connect(
            url,
            timeout=10,
            command_timeout=STATEMENT_SECONDS,
            server_settings={"default_transaction_read_only": "on"},
        )
    try:
        yield Store(connection)
    finally:
        connection.terminate()
