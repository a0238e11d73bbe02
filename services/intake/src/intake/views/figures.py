"""The people that figures count."""

from typing import Any

from events.service import Connection, Heard, View
from events.values import ProgrammeId
from intake.domain import registry
from intake.domain.case import CaseEvent
from intake.domain.figures import Counted, evolve_counted
from intake.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        if not isinstance(heard.event, CaseEvent):
            continue
        case = heard.envelope.subject
        text = await tables.fetchval("select state from counted_person where case_id = $1", case)
        before = read(text, Counted) if text else None
        state = evolve_counted(before, heard.event, heard.envelope.id)
        if state is not None and state != before:
            await tables.execute(
                "insert into counted_person (case_id, programme_id, state) values ($1, $2, $3)"
                " on conflict (case_id) do update set state = excluded.state",
                state.case,
                state.programme,
                written(state),
            )


async def counted_people(programme: ProgrammeId, tables: Connection) -> list[Counted]:
    """The people of a programme, each once."""
    rows = await tables.fetch(
        "select state from counted_person where programme_id = $1 order by case_id", programme
    )
    people: list[Counted] = [read(row["state"], Counted) for row in rows]
    return [person for person in people if not person.merged]


view = View("counted_person", {"intake": registry}, _project, ("counted_person",))
