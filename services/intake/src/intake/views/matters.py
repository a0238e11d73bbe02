"""What is still open about a case: told by the other services' facts, and by complaints."""

from enum import StrEnum
from typing import Any

from events.service import Connection, Heard, View
from events.values import CaseId, CashId, CommitmentId, InvoiceId, PlanId
from intake.domain import heard
from intake.domain.matters import Matters
from intake.views.complaints import open_complaints


class Kind(StrEnum):
    PLAN = "plan"
    COMMITMENT = "commitment"
    INVOICE = "invoice"
    CASH = "cash"


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for told in batch:
        event = told.event
        match event:
            case heard.PlanDrafted():
                await _opened(tables, Kind.PLAN, event.plan, event.case)
            case _ if isinstance(event, heard.PlanEnded):
                await _ended(tables, Kind.PLAN, event.plan)
            case heard.CommitmentRequested(commitment=commitment):
                await _opened(tables, Kind.COMMITMENT, commitment, event.case, commitment)
            case heard.CommitmentLiquidated():
                await _ended(tables, Kind.COMMITMENT, event.commitment)
            case heard.CommitmentCancelled():
                await tables.execute(
                    "update open_matter set open = false where commitment_id = $1",
                    event.commitment,
                )
            case heard.CashRequested(cash=cash):
                await _opened(tables, Kind.CASH, cash, event.case)
            case heard.CashHandOverConfirmed() | heard.CashCancelled():
                await _ended(tables, Kind.CASH, event.cash)
            case heard.InvoiceReceived():
                await _invoiced(tables, event)
            case heard.VendorPaid():
                await _ended(tables, Kind.INVOICE, event.invoice)
            case heard.PaymentReturned():
                await _ended(tables, Kind.INVOICE, event.invoice, ended=False)


async def _opened(
    tables: Connection,
    kind: Kind,
    matter: str,
    case: CaseId,
    commitment: CommitmentId | None = None,
) -> None:
    await tables.execute(
        "insert into open_matter (kind, matter_id, case_id, commitment_id)"
        " values ($1, $2, $3, $4) on conflict do nothing",
        kind,
        matter,
        case,
        commitment,
    )


async def _ended(tables: Connection, kind: Kind, matter: str, *, ended: bool = True) -> None:
    await tables.execute(
        "update open_matter set open = $3 where kind = $1 and matter_id = $2",
        kind,
        matter,
        not ended,
    )


async def _invoiced(tables: Connection, event: heard.InvoiceReceived) -> None:
    """An invoice is owed unless it only says what will be asked; it may stand for another."""
    if event.replaces is not None:
        await _ended(tables, Kind.INVOICE, event.replaces)
    await tables.execute(
        "insert into open_matter (kind, matter_id, case_id, commitment_id, open)"
        " select $1, $2, case_id, commitment_id, $4 from open_matter"
        " where kind = 'commitment' and matter_id = $3 on conflict do nothing",
        Kind.INVOICE,
        event.invoice,
        event.commitment,
        not event.pro_forma,
    )


async def open_matters(case: CaseId, tables: Connection) -> Matters:
    """All that is open about the case, as far as it is known here."""
    rows = await tables.fetch(
        "select kind, matter_id from open_matter where case_id = $1 and open order by matter_id",
        case,
    )
    found = {kind: tuple(r["matter_id"] for r in rows if r["kind"] == kind) for kind in Kind}
    return Matters(
        plans=tuple(map(PlanId, found[Kind.PLAN])),
        commitments=tuple(map(CommitmentId, found[Kind.COMMITMENT])),
        shared=await _shared(case, tables),
        invoices=tuple(map(InvoiceId, found[Kind.INVOICE])),
        cash=tuple(map(CashId, found[Kind.CASH])),
        in_confidence=bool(await open_complaints(tables, case)),
    )


async def _shared(case: CaseId, tables: Connection) -> tuple[CommitmentId, ...]:
    """The open commitments of projects: what disbursement names as their case is the project."""
    rows = await tables.fetch(
        "select distinct commitment_id from open_matter m"
        " join project_share s on s.project_id = m.case_id"
        " where s.case_id = $1 and m.open order by commitment_id",
        case,
    )
    return tuple(CommitmentId(row["commitment_id"]) for row in rows)


async def _share(batch: list[Heard[Any]], tables: Connection) -> None:
    """Who has a share, as it was agreed on last; whoever leaves has none."""
    for told in batch:
        match told.event:
            case heard.ProjectApproved(project=project, shares=shares):
                await tables.execute("delete from project_share where project_id = $1", project)
                await tables.executemany(
                    "insert into project_share (project_id, case_id) values ($1, $2)",
                    [(project, share.case) for share in shares],
                )
            case heard.ProjectShareWithdrawn(project=project, case=case):
                await tables.execute(
                    "delete from project_share where project_id = $1 and case_id = $2",
                    project,
                    case,
                )


shares = View("project_share", {"plans": heard.of_projects}, _share, ("project_share",))
view = View(
    "open_matter",
    {"plans": heard.from_plans, "disbursement": heard.from_disbursement},
    _project,
    ("open_matter",),
)
