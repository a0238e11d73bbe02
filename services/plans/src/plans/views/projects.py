"""Read model of projects: each row holds a folded state."""

from datetime import datetime
from typing import Any

import msgspec

from events.canonical import canonical, decode_ours
from events.service import Connection, Heard, View
from events.values import CaseId, Code, PersonId
from plans.domain import registry
from plans.domain.project import project
from plans.domain.project.facts import ProjectProposed
from plans.domain.project.kinds import Stage
from plans.domain.project.state import Project


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        stream = heard.envelope.subject
        if not stream.startswith("prj_"):
            continue
        text = None
        if not isinstance(heard.event, ProjectProposed):
            text = await tables.fetchval("select state from project where project_id = $1", stream)
        state = project.evolve(_read(text) if text else None, heard.event)
        await tables.execute(
            "insert into project (project_id, organisation, run_by, stage, cases, version, state)"
            " values ($1, $2, $3, $4, $5, $6, $7) on conflict (project_id) do update set"
            " stage = excluded.stage, cases = excluded.cases, version = excluded.version,"
            " state = excluded.state",
            state.id,
            state.organisation,
            state.run_by,
            state.stage,
            [share.case for share in state.shares],
            int(heard.envelope.sequence),
            canonical(state).decode(),
        )


class ProjectRow(msgspec.Struct, frozen=True):
    project: Project
    version: int


async def projects_after(
    tables: Connection,
    *,
    after: str | None,
    limit: int,
    organisation: Code | None,
    person: PersonId,
    now: datetime,
    case: CaseId | None = None,
    stage: Stage | None = None,
) -> list[ProjectRow]:
    """Projects by id, those that the organisation reaches (None: all), without those of a
    restricted case that the person need not know of.
    """
    rows = await tables.fetch(
        "select state, version from project where ($1::text is null or project_id > $1)"
        " and ($2::text is null or $2 in (organisation, run_by))"
        " and ($3::text is null or cases @> array[$3::text])"
        " and ($4::text is null or stage = $4) and not hidden_from($6, cases, $7)"
        " order by project_id limit $5",
        after,
        organisation,
        case,
        stage,
        limit,
        person,
        now,
    )
    return [ProjectRow(_read(row["state"]), row["version"]) for row in rows]


def _read(text: str) -> Project:
    read: Project = msgspec.json.decode(text, type=Project, dec_hook=decode_ours)
    return read


view = View("project", {"plans": registry}, _project, ("project",))
