"""Cases as follow-up and figures know them."""

from typing import Any

from events.service import Connection, Heard, View
from events.values import CaseId, ProgrammeId
from plans.domain import followed
from plans.domain.followed import Followed
from plans.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        before = await followed_case(heard.event.case, tables)
        state = followed.evolve(before, heard.event)
        await tables.execute(
            "insert into followed_case (case_id, programme_id, organisation, run_by, state)"
            " values ($1, $2, $3, $4, $5) on conflict (case_id) do update"
            " set state = excluded.state",
            state.case,
            state.programme,
            state.organisation,
            state.run_by,
            written(state),
        )


async def followed_case(case: CaseId, tables: Connection) -> Followed | None:
    """The case; None when intake has told nothing of it yet."""
    text = await tables.fetchval("select state from followed_case where case_id = $1", case)
    return read(text, Followed) if text else None


async def followed_cases(programme: ProgrammeId, tables: Connection) -> list[Followed]:
    """The cases of a programme, each person once: a merged case is counted where it went."""
    rows = await tables.fetch(
        "select state from followed_case where programme_id = $1 order by case_id", programme
    )
    cases: list[Followed] = [read(row["state"], Followed) for row in rows]
    return [case for case in cases if case.merged_into is None]


view = View("followed_case", {"intake": followed.from_intake}, _project, ("followed_case",))
