"""The cases as they stand, for finding them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec

from events.service import Connection, Heard, View
from events.values import CaseId, Code, PersonId
from intake.domain import registry
from intake.domain.case import CaseEvent, case
from intake.domain.case.kinds import Stage
from intake.domain.case.registering import ReturneeRegistered
from intake.domain.case.state import Case
from intake.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        if not isinstance(heard.event, CaseEvent):
            continue
        stream = CaseId(heard.envelope.subject)
        row = None
        if not isinstance(heard.event, ReturneeRegistered):
            row = await tables.fetchrow("select state from case_file where case_id = $1", stream)
        state = case.evolve(read(row["state"], Case) if row else None, heard.event)
        await _keep(state, int(heard.envelope.sequence), tables)


async def _keep(state: Case, version: int, tables: Connection) -> None:
    await tables.execute(
        "insert into case_file"
        " (case_id, organisation, run_by, office, stage, version, state, counsellor, restricted)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (case_id) do update"
        " set organisation = excluded.organisation, office = excluded.office,"
        " stage = excluded.stage, version = excluded.version, state = excluded.state,"
        " counsellor = excluded.counsellor, restricted = excluded.restricted",
        state.id,
        state.organisation,
        state.run_by,
        state.office,
        state.stage,
        version,
        written(state),
        state.counsellor,
        state.restricted,
    )
    await tables.execute("delete from case_reader where case_id = $1", state.id)
    await tables.executemany(
        "insert into case_reader (case_id, person_id, until) values ($1, $2, $3)",
        [(state.id, reader.person, reader.until) for reader in state.readers],
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
    person: PersonId,
    now: datetime,
    office: Code | None = None,
    stage: Stage | None = None,
) -> list[CaseRow]:
    """Cases by id that the organisation reaches (None: all) and the person may know of."""
    rows = await tables.fetch(
        "select state, version from case_file f where ($1::text is null or case_id > $1)"
        " and ($2::text is null or $2 in (organisation, run_by))"
        " and ($3::text is null or office = $3) and ($4::text is null or stage = $4)"
        " and may_know(f, $6, $7) order by case_id limit $5",
        after,
        organisation,
        office,
        stage,
        limit,
        person,
        now,
    )
    return [CaseRow(read(row["state"], Case), row["version"]) for row in rows]


async def reached(
    tables: Connection,
    asked: Collection[CaseId],
    *,
    organisation: Code | None,
    person: PersonId,
    now: datetime,
) -> frozenset[CaseId]:
    """Those of these cases that the organisation reaches (None: all) and the person may know of."""
    rows = await tables.fetch(
        "select case_id from case_file f where case_id = any ($1::text[])"
        " and ($2::text is null or $2 in (organisation, run_by)) and may_know(f, $3, $4)",
        list(asked),
        organisation,
        person,
        now,
    )
    return frozenset(CaseId(row["case_id"]) for row in rows)


async def unrestricted(tables: Connection, asked: Collection[CaseId]) -> frozenset[CaseId]:
    """Those of these cases of which anybody may learn that there is such a case."""
    rows = await tables.fetch(
        "select case_id from case_file where case_id = any ($1::text[]) and not restricted",
        list(asked),
    )
    return frozenset(CaseId(row["case_id"]) for row in rows)


async def offices_of(tables: Connection, people: Collection[PersonId]) -> frozenset[Code]:
    """Where these people work, as far as the cases that they counsel tell."""
    rows = await tables.fetch(
        "select distinct office from case_file where counsellor = any ($1::text[])", list(people)
    )
    return frozenset(Code(row["office"]) for row in rows)


view = View("case_file", {"intake": registry}, _project, ("case_file", "case_reader"))
