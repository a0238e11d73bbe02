"""All findings, as they stand."""

from datetime import datetime
from typing import Any

import msgspec

from audit.domain import registry
from audit.domain.finding import Finding, FindingEvent, finding
from audit.domain.findings import Severity
from events.canonical import canonical
from events.service import Connection, Heard, View
from events.values import CaseId, Code, FindingId, PaymentId, VendorId


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        if not isinstance(fact.event, FindingEvent):
            continue
        text = await tables.fetchval(
            "select state from finding_view where finding_id = $1", fact.event.finding
        )
        state = finding.evolve(_read(text) if text else None, fact.event)
        await tables.execute(
            "insert into finding_view (finding_id, rule, severity, payment_id, case_id, vendor_id,"
            " review_by, is_open, overdue, state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            " on conflict (finding_id) do update set is_open = excluded.is_open,"
            " overdue = excluded.overdue, state = excluded.state",
            state.id,
            state.rule,
            state.severity,
            state.payment,
            state.case,
            state.vendor,
            state.review_by,
            state.outcome is None,
            state.overdue,
            canonical(state).decode(),
        )


def _read(text: str) -> Finding:
    return msgspec.json.decode(text, type=Finding)


async def findings(
    view: Connection,
    *,
    after: str | None,
    limit: int,
    rule: Code | None,
    severity: Severity | None,
    payment: PaymentId | None,
    case: CaseId | None,
    vendor: VendorId | None,
    is_open: bool | None,
    overdue: bool | None,
) -> list[Finding]:
    """By id; those that answer to all that is asked."""
    rows = await view.fetch(
        "select state from finding_view where ($1::text is null or finding_id > $1)"
        " and ($2::text is null or rule = $2) and ($3::text is null or severity = $3)"
        " and ($4::text is null or payment_id = $4) and ($5::text is null or case_id = $5)"
        " and ($6::text is null or vendor_id = $6) and ($7::boolean is null or is_open = $7)"
        " and ($8::boolean is null or overdue = $8) order by finding_id limit $9",
        after,
        rule,
        severity,
        payment,
        case,
        vendor,
        is_open,
        overdue,
        limit,
    )
    return [_read(row["state"]) for row in rows]


async def count_overdue(tables: Connection) -> int:
    """How many are open and were to be reviewed by now."""
    return int(await tables.fetchval("select count(*) from finding_view where is_open and overdue"))


async def due(view: Connection, now: datetime) -> list[FindingId]:
    """Those that nobody has reviewed in time, and of which that was not told."""
    rows = await view.fetch(
        "select finding_id from finding_view where is_open and not overdue and review_by <= $1"
        " order by review_by, finding_id",
        now,
    )
    return [FindingId(row["finding_id"]) for row in rows]


view = View("findings", {"audit": registry}, _project, ("finding_view",))
