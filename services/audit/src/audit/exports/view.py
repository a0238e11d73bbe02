"""What was exported and drawn, as a list."""

from typing import Any

import msgspec

from audit.domain import registry
from audit.domain.export import Export, ExportMade, export
from audit.domain.sample import Sample, SampleDrawn, sample
from events.canonical import canonical, decode_ours
from events.service import Connection, Heard, View


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case ExportMade():
                made = export.evolve(None, fact.event)
                await tables.execute(
                    "insert into export_view (export_id, state) values ($1, $2)"
                    " on conflict (export_id) do nothing",
                    made.id,
                    canonical(made).decode(),
                )
            case SampleDrawn():
                drawn = sample.evolve(None, fact.event)
                await tables.execute(
                    "insert into sample_view (sample_id, state) values ($1, $2)"
                    " on conflict (sample_id) do nothing",
                    drawn.id,
                    canonical(drawn).decode(),
                )
            case _:
                pass


async def exports(view: Connection, *, after: str | None, limit: int) -> list[Export]:
    """By id."""
    rows = await view.fetch(
        "select state from export_view where $1::text is null or export_id > $1"
        " order by export_id limit $2",
        after,
        limit,
    )
    return [_read(row["state"], Export) for row in rows]


async def samples(view: Connection, *, after: str | None, limit: int) -> list[Sample]:
    """By id."""
    rows = await view.fetch(
        "select state from sample_view where $1::text is null or sample_id > $1"
        " order by sample_id limit $2",
        after,
        limit,
    )
    return [_read(row["state"], Sample) for row in rows]


def _read(text: str, kind: Any) -> Any:
    return msgspec.json.decode(text, type=kind, dec_hook=decode_ours)


view = View("exports", {"audit": registry}, _project, ("export_view", "sample_view"))
