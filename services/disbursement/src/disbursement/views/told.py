"""What others told: arrivals, approved plans, programmes' rules, vendors and their accounts."""

from typing import Any

from disbursement.domain import heard as told
from disbursement.domain.commitment import Tolerance
from disbursement.domain.payment.waiting import CLOSED, SUSPENDED
from disbursement.views import projects
from disbursement.views.rows import written
from events.service import Connection, Heard, View
from events.values import CaseId, Code

CLEAR = "clear"
ASSISTANCE = "assistance"
"""The scope of consent without which nothing is done for somebody."""


async def project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case (
                told.VendorApproved()
                | told.VendorApprovalExtended()
                | told.VendorReinstated()
                | told.VendorSuspended()
                | told.VendorDebarred()
            ):
                await _vendor(fact, tables)
            case told.VendorScreened(vendor=vendor, on=day, result=result):
                await tables.execute(
                    "insert into vendor_fact (vendor_id, screened, clear) values ($1, $2, $3)"
                    " on conflict (vendor_id) do update"
                    " set screened = excluded.screened, clear = excluded.clear",
                    vendor,
                    day,
                    result == CLEAR,
                )
            case told.VendorSelected():
                await _selection(fact.event, tables)
            case told.AwardTakenBack(item=item, vendor=vendor):
                await tables.execute(
                    "delete from selection_fact where item_id = $1 and vendor_id = $2",
                    item,
                    vendor,
                )
            case told.InstalmentConditionMet(item=item, released=released):
                await tables.execute(
                    "insert into released_item_fact (item_id, released) values ($1, $2)"
                    " on conflict (item_id) do update set released = excluded.released",
                    item,
                    written(released),
                )
            case (
                told.ProjectApproved()
                | told.ProjectShareWithdrawn()
                | told.ProjectCancelled()
                | told.ProjectRejected()
            ):
                await projects.project(fact.event, tables)
            case told.ProgrammePublished():
                await _programme(fact.event, tables)
            case told.BudgetLinesNamed():
                await _paid_from(fact.event, tables)
            case told.PlanApproved() | told.PlanAmendmentApproved() | told.EmergencyAuthorised():
                await _items(fact.event, tables)
            case _:
                await _case(fact, tables)
                await _halt(fact, tables)
                await _account(fact, tables)


async def _case(fact: Heard[Any], tables: Connection) -> None:
    match fact.event:
        case told.ReturneeRegistered(case=case, organisation=keeps, run_by=runs):
            await tables.execute(
                "insert into case_fact (case_id, organisation, run_by) values ($1, $2, $3)"
                " on conflict (case_id) do nothing",
                case,
                keeps,
                runs,
            )
        case told.CaseTransferred(case=case, to_organisation=keeps, outside=False):
            await tables.execute(
                "update case_fact set organisation = $2 where case_id = $1", case, keeps
            )
        case told.ConsentWithdrawn(case=case, scopes=scopes) if ASSISTANCE in scopes:
            await tables.execute(
                "insert into withdrawn_fact (case_id) values ($1) on conflict do nothing", case
            )
        case told.ConsentGiven(case=case, scopes=scopes) if ASSISTANCE in scopes:
            await tables.execute("delete from withdrawn_fact where case_id = $1", case)
        case told.ArrivalConfirmed(case=case, date=day, use_by=use_by):
            await tables.execute(
                "insert into arrival_fact (case_id, arrived, use_by) values ($1, $2, $3)"
                " on conflict (case_id) do update"
                " set arrived = excluded.arrived, use_by = excluded.use_by",
                case,
                day,
                use_by,
            )
        case told.EntitlementExtended(case=case, use_by=use_by):
            await tables.execute(
                "update arrival_fact set use_by = $2 where case_id = $1", case, use_by
            )


async def _halt(fact: Heard[Any], tables: Connection) -> None:
    match fact.event:
        case told.CaseSuspended(case=case):
            await _halted(tables, case, SUSPENDED)
        case told.CaseClosed(case=case):
            await _halted(tables, case, CLOSED)
        case told.CaseResumed(case=case):
            await _goes_on(tables, case, SUSPENDED)
        case told.CaseReopened(case=case):
            await _goes_on(tables, case, CLOSED)


async def _halted(tables: Connection, case: CaseId, because: Code) -> None:
    await tables.execute(
        "insert into halted_fact (case_id, because) values ($1, $2) on conflict do nothing",
        case,
        because,
    )


async def _goes_on(tables: Connection, case: CaseId, because: Code) -> None:
    await tables.execute(
        "delete from halted_fact where case_id = $1 and because = $2", case, because
    )


async def _programme(event: told.ProgrammePublished, tables: Connection) -> None:
    tolerance = Tolerance(
        basis_points=event.paying.invoice_tolerance_basis_points,
        at_most=event.paying.invoice_tolerance_at_most,
    )
    await tables.execute(
        "insert into programme_fact (programme_id, version, tolerance, in_instalments)"
        " values ($1, $2, $3, $4) on conflict (programme_id, version) do update"
        " set tolerance = excluded.tolerance, in_instalments = excluded.in_instalments",
        event.programme,
        event.version,
        written(tolerance),
        [each.type for each in event.assistance if each.instalments is not None],
    )


async def _paid_from(event: told.BudgetLinesNamed, tables: Connection) -> None:
    await tables.executemany(
        "insert into paid_from_fact (programme_id, version, type, grant_reference, category)"
        " values ($1, $2, $3, $4, $5) on conflict do nothing",
        [
            (event.programme, event.version, each.type, event.grant, each.category)
            for each in event.lines
        ],
    )


async def _items(
    event: told.PlanApproved | told.PlanAmendmentApproved | told.EmergencyAuthorised,
    tables: Connection,
) -> None:
    by = event.emergency if isinstance(event, told.EmergencyAuthorised) else event.plan
    await tables.executemany(
        "insert into planned_item_fact (item_id, plan_id, case_id, programme_id,"
        " programme_version, counsellor, ceiling, type, spec)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " on conflict (item_id) do update set ceiling = excluded.ceiling, type = excluded.type,"
        " spec = coalesce(excluded.spec, planned_item_fact.spec),"
        " plan_id = excluded.plan_id, programme_version = excluded.programme_version",
        [
            (
                item.item,
                by,
                event.case,
                event.programme,
                event.programme_version,
                event.counsellor,
                written(item.ceiling),
                item.type,
                item.spec,
            )
            for item in event.items
        ],
    )


async def _vendor(fact: Heard[Any], tables: Connection) -> None:
    event = fact.event
    ended = isinstance(event, told.VendorSuspended | told.VendorDebarred)
    until = None if ended else event.valid_until
    await tables.execute(
        "insert into vendor_fact (vendor_id, approved_until) values ($1, $2)"
        " on conflict (vendor_id) do update set approved_until = excluded.approved_until",
        event.vendor,
        until,
    )


async def _selection(event: told.VendorSelected, tables: Connection) -> None:
    await tables.execute(
        "insert into selection_fact (item_id, vendor_id, amount, collectors)"
        " values ($1, $2, $3, $4) on conflict (item_id) do update set"
        " vendor_id = excluded.vendor_id, amount = excluded.amount,"
        " collectors = excluded.collectors",
        event.item,
        event.vendor,
        written(event.amount),
        list(event.collectors),
    )


async def _account(fact: Heard[Any], tables: Connection) -> None:
    match fact.event:
        case told.BankAccountProposed() as proposed:
            await tables.execute(
                "insert into account_fact (account_id, vendor_id, currency, last4, active)"
                " values ($1, $2, $3, $4, false) on conflict (account_id) do nothing",
                proposed.account,
                proposed.vendor,
                proposed.currency,
                proposed.last4,
            )
        case told.WalletDeclared(account=account, provider=provider):
            await tables.execute(
                "update account_fact set wallet = $2 where account_id = $1", account, provider
            )
        case told.BankAccountApproved(account=account, usable_from=usable_from):
            await tables.execute(
                "update account_fact set usable_from = $2, approver = $3 where account_id = $1",
                account,
                usable_from,
                fact.envelope.actorid,
            )
        case told.BankAccountActivated(account=account):
            await tables.execute(
                "update account_fact set active = true, active_since = $2 where account_id = $1",
                account,
                fact.envelope.time,
            )
        case told.BankAccountReplaced(account=account) | told.BankAccountFrozen(account=account):
            await tables.execute(
                "update account_fact set active = false where account_id = $1", account
            )


view = View(
    "told",
    {"intake": told.from_intake, "plans": told.from_plans, "vendors": told.from_vendors},
    project,
    (
        "case_fact",
        "withdrawn_fact",
        "halted_fact",
        "arrival_fact",
        "planned_item_fact",
        "released_item_fact",
        "programme_fact",
        "paid_from_fact",
        "vendor_fact",
        "selection_fact",
        "account_fact",
    ),
)
