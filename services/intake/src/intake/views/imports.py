"""Imports as they stand, and the result of every row."""

from typing import Any

import msgspec

from events.service import Connection, Heard, View
from events.values import Code, ImportId
from intake.domain import registry
from intake.domain.batch import Batch, ImportEvent, ImportRowsWorked, Result, Row, batch
from intake.views.rows import read, written


async def _project(batches: list[Heard[Any]], tables: Connection) -> None:
    for heard in batches:
        if not isinstance(heard.event, ImportEvent):
            continue
        stream = heard.envelope.subject
        kept = await tables.fetchval("select state from import_batch where batch_id = $1", stream)
        state = batch.evolve(read(kept, Batch) if kept else None, heard.event)
        await tables.execute(
            "insert into import_batch (batch_id, organisation, version, state)"
            " values ($1, $2, $3, $4) on conflict (batch_id) do update"
            " set version = excluded.version, state = excluded.state",
            state.id,
            state.organisation,
            int(heard.envelope.sequence),
            written(state),
        )
        if isinstance(heard.event, ImportRowsWorked):
            await tables.executemany(
                "insert into import_row (batch_id, row_number, result, told)"
                " values ($1, $2, $3, $4)",
                [(stream, row.row, row.result, written(row)) for row in heard.event.rows],
            )


class BatchRow(msgspec.Struct, frozen=True):
    batch: Batch
    version: int


async def imports_after(
    tables: Connection, *, after: str | None, limit: int, organisation: Code
) -> list[BatchRow]:
    """The organisation's imports by id."""
    rows = await tables.fetch(
        "select state, version from import_batch"
        " where ($1::text is null or batch_id > $1) and organisation = $2"
        " order by batch_id limit $3",
        after,
        organisation,
        limit,
    )
    return [BatchRow(read(row["state"], Batch), row["version"]) for row in rows]


async def rows_after(
    tables: Connection, batch: ImportId, *, after: int, limit: int, result: Result | None
) -> list[Row]:
    """The results of an import's rows, in the file's order."""
    rows = await tables.fetch(
        "select told from import_row where batch_id = $1 and row_number > $2::bigint"
        " and ($3::text is null or result = $3) order by row_number limit $4",
        batch,
        after,
        result,
        limit,
    )
    return [read(row["told"], Row) for row in rows]


view = View("import_batch", {"intake": registry}, _project, ("import_batch", "import_row"))
