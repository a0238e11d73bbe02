"""Read models: vendors, their accounts, sourcings; and what the plans service tells of."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec

from events import knowing
from events.canonical import canonical, decode_ours
from events.decider import Decider, State
from events.money import Money
from events.service import Connection, Heard, View
from events.values import (
    CaseId,
    EmergencyId,
    ItemId,
    PersonId,
    PlanId,
    ProjectId,
    SourcingId,
    VendorId,
)
from vendors.domain import need, paid, programme, registry
from vendors.domain.account import account
from vendors.domain.account.state import Account
from vendors.domain.need import (
    EmergencyAuthorised,
    Need,
    PlanAmendmentApproved,
    PlanApproved,
    ProjectApproved,
    ProjectCancelled,
    ProjectRejected,
    ProjectShareWithdrawn,
)
from vendors.domain.paid import (
    PaymentApproved,
    PaymentApprovedAgain,
    PaymentRequested,
    RefundApproved,
    RefundApprovedAgain,
)
from vendors.domain.programme import Buying, Diligence, Paying, ProgrammePublished
from vendors.domain.purchases import Award
from vendors.domain.sanctions import SanctionsListState, sanctions_list, stream_of
from vendors.domain.sourcing import sourcing
from vendors.domain.sourcing.facts import VendorSelected
from vendors.domain.sourcing.state import Sourcing
from vendors.domain.terms import Terms
from vendors.domain.vendor import vendor
from vendors.domain.vendor.state import Vendor
from vendors.views import committed, competition, conflicts, rates, vendor_rules
from vendors.views.seen import SeenBy

S = TypeVar("S", bound=State)
SUSPENDED = "plan_suspended"
Project = Callable[[list[Heard[Any]], Connection], Awaitable[None]]


class Row(msgspec.Struct, Generic[S], frozen=True):
    """An aggregate as the view has it."""

    state: S
    version: int


def _folding(
    prefix: str,
    decider: Decider[Any, Any, Any],
    kind: Any,
    table: str,
    keep: Callable[[Any, int, Heard[Any], Connection], Awaitable[None]],
) -> View:
    """A view with a row per stream of one kind: the state so far and the next fact make the new."""
    find = f"select state from {table} where {table}_id = $1"  # noqa: S608  names of ours

    async def project(batch: list[Heard[Any]], tables: Connection) -> None:
        for heard in batch:
            stream = heard.envelope.subject
            if stream.startswith(prefix):
                row = await tables.fetchrow(find, stream)
                before = _read(row["state"], kind) if row else None
                state = decider.evolve(before, heard.event)
                await keep(state, int(heard.envelope.sequence), heard, tables)

    return View(table, {"vendors": registry}, project, (table,))


async def _keep_vendor(state: Vendor, version: int, fact: Heard[Any], tables: Connection) -> None:
    matches, at = state.matches, fact.envelope.time
    await tables.execute(
        "insert into vendor (vendor_id, stage, version, state, searched_lists, searched_at,"
        " names_due, screened_on, proposed_on, waiting_since)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (vendor_id) do update"
        " set stage = excluded.stage, version = excluded.version, state = excluded.state,"
        " searched_lists = excluded.searched_lists, searched_at = excluded.searched_at,"
        " names_due = excluded.names_due, screened_on = excluded.screened_on,"
        " waiting_since = case when excluded.waiting_since is null then null"
        " else coalesce(vendor.waiting_since, excluded.waiting_since) end",
        state.id,
        state.stage,
        version,
        _written(state),
        matches.searched.lists if matches.searched else None,
        matches.searched.at if matches.searched else None,
        matches.is_due_for_its_names,
        state.screening.on if state.screening else None,
        at.date(),
        at if matches.waiting else None,
    )


async def vendors_after(
    tables: Connection, *, after: str | None, limit: int, stage: str | None
) -> list[Row[Vendor]]:
    """Vendors by id, those at that stage (None: all)."""
    rows = await tables.fetch(
        "select state, version from vendor where ($1::text is null or vendor_id > $1)"
        " and ($2::text is null or stage = $2) order by vendor_id limit $3",
        after,
        stage,
        limit,
    )
    return [Row(_read(row["state"], Vendor), row["version"]) for row in rows]


async def _keep_account(state: Account, version: int, _: Heard[Any], tables: Connection) -> None:
    await tables.execute(
        "insert into account (account_id, vendor_id, stage, version, state)"
        " values ($1, $2, $3, $4, $5) on conflict (account_id) do update"
        " set stage = excluded.stage, version = excluded.version, state = excluded.state",
        state.id,
        state.vendor,
        state.stage,
        version,
        _written(state),
    )


async def accounts_after(
    tables: Connection, *, after: str | None, limit: int, vendor: VendorId | None
) -> list[Row[Account]]:
    """Accounts by id, those of that vendor (None: all)."""
    rows = await tables.fetch(
        "select state, version from account where ($1::text is null or account_id > $1)"
        " and ($2::text is null or vendor_id = $2) order by account_id limit $3",
        after,
        vendor,
        limit,
    )
    return [Row(_read(row["state"], Account), row["version"]) for row in rows]


async def _keep_sourcing(
    state: Sourcing, version: int, heard: Heard[Any], tables: Connection
) -> None:
    selected = heard.event if isinstance(heard.event, VendorSelected) else None
    await tables.execute(
        "insert into sourcing (sourcing_id, case_id, item_id, stage, awarded_to, awarded_on,"
        " version, state) values ($1, $2, $3, $4, $5, $6, $7, $8)"
        " on conflict (sourcing_id) do update set stage = excluded.stage,"
        " awarded_to = excluded.awarded_to, awarded_on = excluded.awarded_on,"
        " version = excluded.version, state = excluded.state",
        state.id,
        state.case,
        state.item,
        state.stage,
        selected.vendor if selected else None,
        selected.at.date() if selected else None,
        version,
        _written(state),
    )


async def sourcings_after(
    tables: Connection, *, after: str | None, limit: int, seen_by: SeenBy, case: CaseId | None
) -> list[tuple[Row[Sourcing], bool]]:
    """Sourcings by id that somebody may see, those for that case (None: all); whether they may
    know of its case.
    """
    person, of, now = seen_by
    rows = await tables.fetch(
        "select state, version, whose from sourcing,"
        " lateral (select may_know(case_id, $3, $4, $5) as whose) seen"
        " where ($1::text is null or sourcing_id > $1)"
        " and ($2::text is null or case_id = $2 and whose) and ($3::text is null or whose)"
        " order by sourcing_id limit $6",
        after,
        case,
        of,
        person,
        now,
        limit,
    )
    return [(Row(_read(row["state"], Sourcing), row["version"]), row["whose"]) for row in rows]


async def awarded_lately(
    vendor: VendorId, to: Sourcing, since: date, tables: Connection
) -> tuple[Award, ...]:
    """What was awarded to the vendor or for the case while it counts together (red flag R4)."""
    rows = await tables.fetch(
        "select state, awarded_to from sourcing"
        " where (awarded_to = $1 or case_id = $2) and awarded_on >= $3 order by sourcing_id",
        vendor,
        to.case,
        since,
    )
    earlier = [(_read(row["state"], Sourcing), VendorId(row["awarded_to"])) for row in rows]
    return tuple(Award(SourcingId(s.id), v, s.case, s.estimate) for s, v in earlier)


async def _project_rules(batch: list[Heard[Any]], tables: Connection) -> None:
    await tables.executemany(
        "insert into programme_rules (programme_id, version, buying, paying)"
        " values ($1, $2, $3, $4)",
        [
            (e.programme, e.version, _written(e.buying), _written(e.paying))
            for e in (heard.event for heard in batch)
            if isinstance(e, ProgrammePublished)
        ],
    )


async def diligence(tables: Connection) -> Diligence:
    """The strictest rules of the programmes' latest versions. `NoProgrammeInForce`."""
    rows = await tables.fetch(
        "select distinct on (programme_id) paying, rules from programme_rules"
        " left join vendor_rules using (programme_id, version) order by programme_id, version desc"
    )
    return Diligence.strictest(
        (_read(row["paying"], Paying) for row in rows),
        (vendor_rules.read(row["rules"]) for row in rows if row["rules"]),
    )


async def _project_items(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        match heard.event:
            case PlanApproved(plan=plan, case=case, counsellor=counsellor) as approved:
                await _keep_items(approved, plan, case, (counsellor,), tables)
            case ProjectApproved(project=project) as approved:
                counsel = tuple(dict.fromkeys((approved.drafter, *approved.counsellors)))
                await _keep_items(approved, project, project, counsel, tables)
            case PlanAmendmentApproved(plan=plan, case=case, counsellor=counsellor) as approved:
                await _keep_items(approved, plan, case, (counsellor,), tables)
                await _stop_items(tables, "item_dropped", items=approved.dropped)
            case EmergencyAuthorised(emergency=help_, case=case, counsellor=counsellor) as approved:
                await _keep_items(approved, help_, case, (counsellor,), tables)
            case ProjectShareWithdrawn(stops_orders=False):
                pass
            case (
                ProjectShareWithdrawn(project=project)
                | ProjectCancelled(project=project)
                | ProjectRejected(project=project)
            ):
                await tables.execute("delete from planned_item where plan_id = $1", project)
            case _:
                await _stop(heard.event, tables)


async def _stop(event: Any, tables: Connection) -> None:
    match event:
        case need.PlanSuspended(plan=plan):
            await _stop_items(tables, SUSPENDED, plan=plan)
        case need.PlanResumed(plan=plan):
            await tables.execute(
                "update planned_item set stopped = null where plan_id = $1 and stopped = $2",
                plan,
                SUSPENDED,
            )
        case need.PlanCancelled(plan=plan):
            await _stop_items(tables, "plan_cancelled", plan=plan)
        case need.PlanCompleted(plan=plan):
            await _stop_items(tables, "plan_completed", plan=plan)
        case need.ItemCancelled(item=item):
            await _stop_items(tables, "item_cancelled", items=(item,))
        case need.EmergencyNotRatified(emergency=help_):
            await _stop_items(tables, "emergency_not_ratified", plan=help_)


async def _stop_items(
    tables: Connection, because: str, *, plan: str | None = None, items: Sequence[ItemId] = ()
) -> None:
    """What was given up stays so: a plan that rests does not make it rest instead."""
    await tables.execute(
        "update planned_item set stopped = $1 where (plan_id = $2 or item_id = any($3::text[]))"
        " and (stopped is null or stopped = $4)",
        because,
        plan,
        list(items),
        SUSPENDED,
    )


async def _keep_items(
    approved: PlanApproved | ProjectApproved | PlanAmendmentApproved | EmergencyAuthorised,
    plan: PlanId | ProjectId | EmergencyId,
    case: CaseId | ProjectId,
    counsellors: Sequence[PersonId],
    tables: Connection,
) -> None:
    await tables.executemany(
        "insert into planned_item (item_id, case_id, plan_id, programme_id, programme_version,"
        " spec, ceiling, counsellor, counsellors) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " on conflict (item_id) do update set programme_version = excluded.programme_version,"
        " spec = excluded.spec, ceiling = excluded.ceiling, counsellors = excluded.counsellors",
        [
            (
                item.item,
                case,
                plan,
                approved.programme,
                approved.programme_version,
                item.spec,
                _written(item.ceiling),
                counsellors[0],
                list(counsellors),
            )
            for item in approved.items
        ],
    )


async def need_of(item: ItemId, tables: Connection) -> Need | None:
    """The item, when it is in an approved plan whose programme's rules are known here."""
    found = await _needs("item_id = $1", item, tables)
    return found[0] if found else None


async def needs_of(case: CaseId, tables: Connection) -> Sequence[Need]:
    """All items of the case's approved plans."""
    return await _needs("case_id = $1", case, tables)


async def _needs(where: str, value: str, tables: Connection) -> list[Need]:
    rows = await tables.fetch(
        "select i.*, r.buying, t.terms from planned_item i join programme_rules r"  # noqa: S608  ours
        " on r.programme_id = i.programme_id and r.version = i.programme_version"
        " join programme_terms t on t.programme_id = r.programme_id and t.version = r.version"
        f" where i.{where} order by i.item_id",
        value,
    )
    return [
        Need(
            item=row["item_id"],
            case=row["case_id"],
            plan=row["plan_id"],
            programme=row["programme_id"],
            programme_version=row["programme_version"],
            spec=row["spec"],
            estimate=_read(row["ceiling"], Money),
            counsellors=tuple(row["counsellors"] or (row["counsellor"],)),
            buying=_read(row["buying"], Buying),
            terms=_read(row["terms"], Terms),
            country=await competition.country_of(row["case_id"], tables),
            stopped=row["stopped"],
        )
        for row in rows
    ]


def _written(value: object) -> str:
    return canonical(value).decode()


def _read(text: str, kind: Any) -> Any:
    return msgspec.json.decode(text, type=kind, dec_hook=decode_ours)


async def _keep_list(
    state: SanctionsListState, version: int, _: Heard[Any], tables: Connection
) -> None:
    await tables.execute(
        "insert into sanctions_list (sanctions_list_id, version, in_force, kept, state)"
        " values ($1, $2, $3, $4, $5) on conflict (sanctions_list_id) do update set"
        " version = excluded.version, in_force = excluded.in_force, kept = excluded.kept,"
        " state = excluded.state",
        stream_of(state.source),
        version,
        state.in_force.digest if state.in_force else None,
        list(state.files),
        _written(state),
    )


async def sanctions_lists(tables: Connection) -> list[SanctionsListState]:
    rows = await tables.fetch("select state from sanctions_list order by sanctions_list_id")
    return [_read(row["state"], SanctionsListState) for row in rows]


class Silent(msgspec.Struct, frozen=True):
    """A vendor of which nobody has given account."""

    vendor: VendorId
    screened_on: date | None
    waiting_since: datetime | None
    overdue: bool


async def silent(
    tables: Connection, today: date, days: int, *, after: str | None, limit: int
) -> list[Silent]:
    """Vendors that were not screened within so many days, or whose match nobody has decided."""
    last = today - timedelta(days=days)
    rows = await tables.fetch(
        "select vendor_id, screened_on, waiting_since,"
        " coalesce(screened_on, proposed_on, '-infinity') < $1 as overdue from vendor"
        " where stage not in ('debarred', 'rejected', 'inactive') and (waiting_since is not null"
        " or coalesce(screened_on, proposed_on, '-infinity') < $1)"
        " and ($3::text is null or vendor_id > $3) order by vendor_id limit $2",
        last,
        limit,
        after,
    )
    return [Silent(VendorId(r[0]), r[1], r[2], r[3]) for r in rows]


async def _project_payments(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        match heard.event:
            case PaymentRequested(payment=payment, vendor=of):
                await tables.execute(
                    "insert into payment_vendor (payment_id, vendor_id) values ($1, $2)"
                    " on conflict (payment_id) do nothing",
                    payment,
                    of,
                )
            case (
                PaymentApproved(payment=payment)
                | PaymentApprovedAgain(payment=payment)
                | RefundApproved(payment=payment)
                | RefundApprovedAgain(payment=payment)
            ):
                await tables.execute(
                    "insert into payment_approved (vendor_id, approved_at)"
                    " select vendor_id, $2 from payment_vendor where payment_id = $1"
                    " on conflict (vendor_id) do update set approved_at = excluded.approved_at",
                    payment,
                    heard.envelope.time,
                )


views = (
    _folding("ven_", vendor, Vendor, "vendor", _keep_vendor),
    _folding("acc_", account, Account, "account", _keep_account),
    _folding("src_", sourcing, Sourcing, "sourcing", _keep_sourcing),
    _folding("lst_", sanctions_list, SanctionsListState, "sanctions_list", _keep_list),
    View(
        "payments",
        {"disbursement": paid.from_disbursement},
        _project_payments,
        ("payment_vendor", "payment_approved"),
    ),
    View("programme_rules", {"plans": programme.published}, _project_rules, ("programme_rules",)),
    View("planned_item", {"plans": need.approved}, _project_items, ("planned_item",)),
    knowing.cases,
    knowing.projects,
    conflicts.view,
    vendor_rules.view,
    committed.view,
    rates.view,
    *competition.views,
)
