"""Emergencies, and which of them others should have decided on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from events.canonical import canonical, decode_ours
from events.service import Connection, Heard, View
from events.values import CaseId, Code, EmergencyId, PersonId
from plans.domain import registry
from plans.domain.emergency import emergency
from plans.domain.emergency.refusals import Stage
from plans.domain.emergency.state import Help


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        stream = heard.envelope.subject
        if not stream.startswith("eme_"):
            continue
        text = await tables.fetchval(
            "select state from emergency_state where emergency_id = $1", stream
        )
        state = emergency.evolve(_read(text) if text else None, heard.event)
        await tables.execute(
            "insert into emergency_state (emergency_id, case_id, organisation, run_by, stage,"
            " authoriser, ratify_by, version, state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            " on conflict (emergency_id) do update set stage = excluded.stage,"
            " authoriser = excluded.authoriser, ratify_by = excluded.ratify_by,"
            " version = excluded.version, state = excluded.state",
            state.id,
            state.case,
            state.organisation,
            state.run_by,
            state.stage,
            state.authoriser,
            state.ratify_by,
            int(heard.envelope.sequence),
            canonical(state).decode(),
        )


class EmergencyRow(msgspec.Struct, frozen=True):
    state: Help
    version: int


async def emergencies_after(
    tables: Connection,
    *,
    after: str | None,
    limit: int,
    organisation: Code | None,
    person: PersonId,
    now: datetime,
    case: CaseId | None = None,
    overdue: bool = False,
) -> list[EmergencyRow]:
    """Emergencies by id, those that the person may know of, by the organisation or by name.

    `overdue`: only those that others should have decided on by now, and did not.
    """
    rows = await tables.fetch(
        "select state, version from emergency_state"
        " where ($1::text is null or emergency_id > $1)"
        " and may_know(case_id, $2, $3, $4) and ($5::text is null or case_id = $5)"
        " and (not $6 or stage = $7 and ratify_by < $4) order by emergency_id limit $8",
        after,
        organisation,
        person,
        now,
        case,
        overdue,
        Stage.AUTHORISED,
        limit,
    )
    return [EmergencyRow(_read(row["state"]), row["version"]) for row in rows]


async def overdue(
    tables: Connection, *, case: CaseId, person: PersonId, at: datetime
) -> Sequence[EmergencyId]:
    """Those of this case, or authorised by this person, that were not decided on in time."""
    rows = await tables.fetch(
        "select emergency_id from emergency_state where (case_id = $1 or authoriser = $2)"
        " and stage = $3 and ratify_by < $4 order by ratify_by",
        case,
        person,
        Stage.AUTHORISED,
        at,
    )
    return [EmergencyId(row["emergency_id"]) for row in rows]


def _read(text: str) -> Help:
    return msgspec.json.decode(text, type=Help, dec_hook=decode_ours)


view = View("emergency", {"plans": registry}, _project, ("emergency_state",))
