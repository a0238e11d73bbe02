"""The suspected pairs, those that wait for a person and those that were decided."""

from datetime import datetime
from typing import Any

import msgspec

from events.service import Connection, Heard, View
from events.values import Code, PairId, PersonId
from intake.domain import registry
from intake.domain.duplicate import Known, Pair, PairEvent, Stage, pair
from intake.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        if not isinstance(heard.event, PairEvent):
            continue
        id_ = PairId(heard.envelope.subject)
        kept = await tables.fetchval("select state from duplicate_pair where pair_id = $1", id_)
        state = pair.evolve(read(kept, Pair) if kept else None, heard.event)
        await tables.execute(
            "insert into duplicate_pair (pair_id, person_id, case_id, other_person_id,"
            " other_case_id, stage, version, state) values ($1, $2, $3, $4, $5, $6, $7, $8)"
            " on conflict (pair_id) do update"
            " set stage = excluded.stage, version = excluded.version, state = excluded.state",
            id_,
            state.one.person,
            state.one.case,
            state.other.person,
            state.other.case,
            state.stage,
            int(heard.envelope.sequence),
            written(state),
        )


class PairRow(msgspec.Struct, frozen=True):
    pair: Pair
    version: int
    reached: tuple[bool, bool]
    """Whether whoever asks reaches the case on that side."""


async def pairs_after(
    tables: Connection,
    *,
    after: str | None,
    limit: int,
    organisation: Code | None,
    person: PersonId,
    now: datetime,
    stage: Stage | None = None,
) -> list[PairRow]:
    """Pairs by id with a case that the organisation reaches (None: any) and the person may know.

    A pair with a restricted case is there only for those who may know of that case.
    """
    rows = await tables.fetch(
        "select * from (select p.pair_id, p.state, p.version,"
        " not a.restricted as one_open, not b.restricted as other_open,"
        " ($3::text is null or $3 in (a.organisation, a.run_by)) and may_know(a, $5, $6) as one,"
        " ($3::text is null or $3 in (b.organisation, b.run_by)) and may_know(b, $5, $6) as other"
        " from duplicate_pair p join case_file a using (case_id)"
        " join case_file b on b.case_id = p.other_case_id"
        " where ($1::text is null or p.pair_id > $1) and ($4::text is null or p.stage = $4)) found"
        " where (one and (other or other_open)) or (other and one_open)"
        " order by pair_id limit $2",
        after,
        limit,
        organisation,
        stage,
        person,
        now,
    )
    return [
        PairRow(read(row["state"], Pair), row["version"], (row["one"], row["other"]))
        for row in rows
    ]


async def same_as(tables: Connection, person: PersonId) -> list[Known]:
    """Whom a person confirmed to be the same as this one, and the cases they are known by."""
    rows = await tables.fetch(
        "select state from duplicate_pair"
        " where stage = 'confirmed' and $1 in (person_id, other_person_id) order by pair_id",
        person,
    )
    found = [read(row["state"], Pair) for row in rows]
    return [side for each in found for side in each.sides if side.person != person]


view = View("duplicate_pair", {"intake": registry}, _project, ("duplicate_pair",))
