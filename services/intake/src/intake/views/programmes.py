"""The programme versions that cases are decided under."""

from typing import Any

from events.service import Connection, Heard, View
from events.values import ProgrammeId
from intake.domain.programme import Terms, plans, terms
from intake.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    published = [terms(heard.event) for heard in batch]
    await tables.executemany(
        "insert into programme_version (programme_id, version, terms) values ($1, $2, $3)"
        " on conflict do nothing",
        [(each.programme, each.version, written(each)) for each in published],
    )


async def terms_of(
    tables: Connection, programme: ProgrammeId, version: int | None = None
) -> Terms | None:
    """The terms of that version, or of the latest; None when there is none."""
    row = await tables.fetchrow(
        "select terms from programme_version where programme_id = $1"
        " and ($2::integer is null or version = $2) order by version desc limit 1",
        programme,
        version,
    )
    return read(row["terms"], Terms) if row else None


async def latest_terms(tables: Connection, *, after: str | None, limit: int) -> list[Terms]:
    """The latest terms of each programme, by its id."""
    rows = await tables.fetch(
        "select distinct on (programme_id) terms from programme_version"
        " where ($1::text is null or programme_id > $1)"
        " order by programme_id, version desc limit $2",
        after,
        limit,
    )
    return [read(row["terms"], Terms) for row in rows]


view = View("programme_version", {"plans": plans}, _project, ("programme_version",))
