"""Break-glass accesses: who asked for which, who let them in, until when."""

from datetime import datetime
from typing import Any

import msgspec

from events.service import Connection, Heard, View
from events.values import AccessId, Code, PersonId
from intake.domain import registry
from intake.domain.access import Access, AccessEvent, AccessRequested, Stage, access
from intake.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        if not isinstance(heard.event, AccessEvent):
            continue
        row = None
        if not isinstance(heard.event, AccessRequested):
            row = await tables.fetchrow(
                "select state from access_file where access_id = $1", heard.event.access
            )
        state = access.evolve(read(row["state"], Access) if row else None, heard.event)
        await tables.execute(
            "insert into access_file"
            " (access_id, case_id, person_id, organisation, stage, until, version, state)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (access_id) do update"
            " set stage = excluded.stage, until = excluded.until, version = excluded.version,"
            " state = excluded.state",
            state.id,
            state.case,
            state.person,
            state.organisation,
            state.stage,
            state.until,
            int(heard.envelope.sequence),
            written(state),
        )


class AccessRow(msgspec.Struct, frozen=True):
    access: Access
    version: int


async def accesses_after(
    tables: Connection,
    *,
    after: AccessId | str | None,
    limit: int,
    person: PersonId | None,
    organisation: Code,
    stage: Stage | None = None,
) -> list[AccessRow]:
    """Accesses by id: the person's own or, with None, all that the organisation decides on."""
    rows = await tables.fetch(
        "select a.state, a.version from access_file a left join case_file c using (case_id)"
        " where ($1::text is null or access_id > $1)"
        " and (person_id = $2 or $2 is null and $3 = coalesce(c.run_by, a.organisation))"
        " and ($4::text is null or a.stage = $4)"
        " order by access_id limit $5",
        after,
        person,
        organisation,
        stage,
        limit,
    )
    return [AccessRow(read(row["state"], Access), row["version"]) for row in rows]


async def accesses_over(tables: Connection, now: datetime, limit: int) -> list[Access]:
    """Accesses whose time is over and that nobody has ended, the oldest first."""
    rows = await tables.fetch(
        "select state from access_file where stage = $1 and until <= $2 order by until limit $3",
        Stage.GRANTED,
        now,
        limit,
    )
    return [read(row["state"], Access) for row in rows]


view = View("access_file", {"intake": registry}, _project, ("access_file",))
