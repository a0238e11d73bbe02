"""Complaints as they stand: which are open, of which case, what is overdue. No word of any."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from events.service import Connection, Heard, View
from events.values import CaseId, Code, ComplaintId, PersonId
from intake.domain import registry
from intake.domain.complaint import complaint
from intake.domain.complaint.facts import ComplaintEvent, ComplaintReceived
from intake.domain.complaint.kinds import Deadline
from intake.domain.complaint.state import Complaint
from intake.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        if not isinstance(heard.event, ComplaintEvent):
            continue
        row = None
        if not isinstance(heard.event, ComplaintReceived):
            row = await tables.fetchrow(
                "select state from complaint_file where complaint_id = $1", heard.envelope.subject
            )
        state = complaint.evolve(read(row["state"], Complaint) if row else None, heard.event)
        await _keep(state, heard, tables)


async def _keep(state: Complaint, heard: Heard[Any], tables: Connection) -> None:
    promised = {Deadline.ACKNOWLEDGE: state.acknowledge_by, Deadline.ANSWER: state.answer_by}
    if state.acknowledged:
        del promised[Deadline.ACKNOWLEDGE]
    dues = promised.values() if state.is_open else ()
    escalations = [due for each, due in promised.items() if each not in state.escalated]
    await tables.execute(
        "insert into complaint_file (complaint_id, received_event, run_by, case_id, handler,"
        " category, apart, kept_from, is_open, due, escalate_at, version, state)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        " on conflict (complaint_id) do update set handler = excluded.handler,"
        " category = excluded.category, apart = excluded.apart, is_open = excluded.is_open,"
        " due = excluded.due, escalate_at = excluded.escalate_at, version = excluded.version,"
        " state = excluded.state",
        state.id,
        heard.envelope.id,
        state.run_by,
        state.case,
        state.handler,
        state.category,
        state.apart,
        list(state.kept_from),
        state.is_open,
        min(dues, default=None),
        min(escalations, default=None) if state.is_open else None,
        int(heard.envelope.sequence),
        written(state),
    )


class ComplaintRow(msgspec.Struct, frozen=True):
    complaint: Complaint
    version: int
    received_event: str
    """The event whose disclosures say who is complained about."""


async def complaints_after(
    tables: Connection,
    *,
    after: str | None,
    limit: int,
    person: PersonId,
    office: Code | None,
    officer_of: Code | None,
    now: datetime,
    case: CaseId | None = None,
    category: Code | None = None,
    is_open: bool | None = None,
    overdue: bool = False,
) -> list[ComplaintRow]:
    """Complaints by id that this person handles or, as an officer of `officer_of`, may know of.

    Who is complained about is not known here: ask the vault before a row is shown.
    """
    rows = await tables.fetch(
        "select state, version, received_event from complaint_file"
        " where ($1::text is null or complaint_id > $1)"
        " and (handler = $2 or run_by = $4) and not (apart and $3 = any(kept_from))"
        " and ($5::text is null or case_id = $5) and ($6::text is null or category = $6)"
        " and ($7::boolean is null or is_open = $7) and (not $8 or due < $9)"
        " order by complaint_id limit $10",
        after,
        person,
        office or "",
        officer_of,
        case,
        category,
        is_open,
        overdue,
        now,
        limit,
    )
    return [
        ComplaintRow(read(row["state"], Complaint), row["version"], row["received_event"])
        for row in rows
    ]


async def open_complaints(tables: Connection, case: CaseId) -> Sequence[ComplaintId]:
    """The open complaints about a case. They stop its closure.

    Tell nobody more of them than that something in confidence is open: who asks to close a case
    may be complained about.
    """
    rows = await tables.fetch(
        "select complaint_id from complaint_file where case_id = $1 and is_open"
        " order by complaint_id",
        case,
    )
    return [ComplaintId(row["complaint_id"]) for row in rows]


async def to_escalate(tables: Connection, now: datetime, limit: int) -> Sequence[ComplaintId]:
    """Complaints of which a deadline has passed that nobody was told of yet, the oldest first."""
    rows = await tables.fetch(
        "select complaint_id from complaint_file where escalate_at < $1"
        " order by escalate_at, complaint_id limit $2",
        now,
        limit,
    )
    return [ComplaintId(row["complaint_id"]) for row in rows]


view = View("complaint_file", {"intake": registry}, _project, ("complaint_file",))
