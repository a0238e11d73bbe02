"""Read models: the cases, and the programme versions that they are decided under."""

from typing import Any

import msgspec

from events.canonical import canonical, decode_ours
from events.service import Connection, Heard, View
from events.values import CaseId, Code, ProgrammeId
from intake.domain import registry
from intake.domain.case import CaseEvent, case
from intake.domain.case.kinds import Stage
from intake.domain.case.registering import ReturneeRegistered
from intake.domain.case.state import Case
from intake.domain.programme import Terms, plans, terms


async def _project_cases(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        if not isinstance(heard.event, CaseEvent):
            continue
        stream = CaseId(heard.envelope.subject)
        row = None
        if not isinstance(heard.event, ReturneeRegistered):
            row = await tables.fetchrow("select state from case_file where case_id = $1", stream)
        state = case.evolve(_read(row["state"], Case) if row else None, heard.event)
        await tables.execute(
            "insert into case_file (case_id, organisation, run_by, office, stage, version, state)"
            " values ($1, $2, $3, $4, $5, $6, $7) on conflict (case_id) do update"
            " set stage = excluded.stage, version = excluded.version, state = excluded.state",
            state.id,
            state.organisation,
            state.run_by,
            state.office,
            state.stage,
            int(heard.envelope.sequence),
            _written(state),
        )


class CaseRow(msgspec.Struct, frozen=True):
    case: Case
    version: int


async def cases_after(
    tables: Connection,
    *,
    after: str | None,
    limit: int,
    organisation: Code | None,
    office: Code | None = None,
    stage: Stage | None = None,
) -> list[CaseRow]:
    """Cases by id, those that the organisation reaches (None: all of them)."""
    rows = await tables.fetch(
        "select state, version from case_file where ($1::text is null or case_id > $1)"
        " and ($2::text is null or $2 in (organisation, run_by))"
        " and ($3::text is null or office = $3) and ($4::text is null or stage = $4)"
        " order by case_id limit $5",
        after,
        organisation,
        office,
        stage,
        limit,
    )
    return [CaseRow(_read(row["state"], Case), row["version"]) for row in rows]


async def _project_programmes(batch: list[Heard[Any]], tables: Connection) -> None:
    published = [terms(heard.event) for heard in batch]
    await tables.executemany(
        "insert into programme_version (programme_id, version, terms) values ($1, $2, $3)"
        " on conflict do nothing",
        [(each.programme, each.version, _written(each)) for each in published],
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
    return _read(row["terms"], Terms) if row else None


async def latest_terms(tables: Connection, *, after: str | None, limit: int) -> list[Terms]:
    """The latest terms of each programme, by its id."""
    rows = await tables.fetch(
        "select distinct on (programme_id) terms from programme_version"
        " where ($1::text is null or programme_id > $1)"
        " order by programme_id, version desc limit $2",
        after,
        limit,
    )
    return [_read(row["terms"], Terms) for row in rows]


def _written(state: object) -> str:
    return canonical(state).decode()


def _read(text: str, kind: Any) -> Any:
    return msgspec.json.decode(text, type=kind, dec_hook=decode_ours)


views = (
    View("case_file", {"intake": registry}, _project_cases, ("case_file",)),
    View("programme_version", {"plans": plans}, _project_programmes, ("programme_version",)),
)
