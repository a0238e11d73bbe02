"""Who may know of which case."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from events.service import Connection, Heard, View
from events.values import CaseId, Code, PersonId
from plans.domain import knowing


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        event = heard.event
        match event:
            case knowing.ReturneeRegistered():
                await tables.execute(
                    "insert into case_knowing (case_id, organisation, run_by, counsellor)"
                    " values ($1, $2, $3, $4) on conflict do nothing",
                    event.case,
                    event.organisation,
                    event.run_by,
                    event.counsellor,
                )
            case knowing.CaseRestricted():
                await _restrict(tables, event.case, restricted=True)
            case knowing.CaseUnrestricted():
                await _restrict(tables, event.case, restricted=False)
            case knowing.NeedToKnowGiven():
                await tables.execute(
                    "insert into case_reader (case_id, person_id, access_id, until)"
                    " values ($1, $2, $3, $4)",
                    event.case,
                    event.person,
                    event.access,
                    event.until,
                )
            case knowing.NeedToKnowEnded():
                await tables.execute(
                    "delete from case_reader where case_id = $1 and person_id = $2"
                    " and access_id is not distinct from $3",
                    event.case,
                    event.person,
                    event.access,
                )
            case knowing.CaseTransferred(outside=False):
                await tables.execute(
                    "update case_knowing set organisation = $2, counsellor = $3 where case_id = $1",
                    event.case,
                    event.to_organisation,
                    event.counsellor,
                )


async def _restrict(tables: Connection, case: CaseId, *, restricted: bool) -> None:
    await tables.execute(
        "update case_knowing set restricted = $2 where case_id = $1", case, restricted
    )
    await tables.execute("delete from case_reader where case_id = $1", case)


async def may_know(
    tables: Connection,
    case: CaseId,
    *,
    organisation: Code | None,
    person: PersonId,
    now: datetime,
) -> bool:
    """Whether somebody may know of the case. None: their role reaches every organisation's."""
    known = await tables.fetchval(
        "select may_know($1, $2, $3, $4)", case, organisation, person, now
    )
    return bool(known)


async def hidden(
    tables: Connection, cases: Collection[CaseId], *, person: PersonId, now: datetime
) -> bool:
    """Whether one of these cases is restricted, and the person need not know of it."""
    found = await tables.fetchval("select hidden_from($1, $2, $3)", person, list(cases), now)
    return bool(found)


view = View(
    "need_to_know", {"intake": knowing.from_intake}, _project, ("case_knowing", "case_reader")
)
