"""What plans ask to be kept on budget lines, and what is kept."""

from collections.abc import Sequence
from datetime import date

import msgspec

from disbursement.domain.earmark import PlanEarmark, Shortfall
from disbursement.views.rows import read
from events.money import Money
from events.service import Connection
from events.values import BudgetLineId, Code, ItemId, PlanId


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What an item of a plan in force asks of its programme's grant."""

    item: ItemId
    ceiling: Money
    category: Code
    lines: tuple[BudgetLineId, ...]
    """The grant's lines of that category that are open, the first to close before the others."""


class ItemFunds(msgspec.Struct, frozen=True, kw_only=True):
    """How an item stands with its funds."""

    to_earmark: bool
    """Whether it waits until they are kept for it."""
    category: Code | None
    earmarked_on: BudgetLineId | None
    """The line that keeps them; None: none does, or not all that its plan asks for is kept."""
    short: tuple[Shortfall, ...] = ()
    """What its plan lacks."""


async def heard_so_far(view: Connection) -> int:
    """Grows with all that is heard of plans and of budget lines."""
    heard: int = await view.fetchval(
        "select coalesce(sum(pos), 0)::bigint from es_tracking"
        " where consumer in ('decided', 'told', 'following')"
    )
    return heard


async def out_of_step(
    view: Connection, today: date, after: PlanId | None, limit: int
) -> Sequence[PlanId]:
    """Plans for which something else is kept than they ask for, and those that lack something."""
    rows = await view.fetch(
        "select plan_id from (select plan_id from plan_earmark_view where short union"
        " select coalesce(w.plan_id, e.plan_id) as plan_id from"
        " items_to_earmark($1) w full join earmark_view e using (item_id)"
        " left join budget_line_view b using (line_id) left join grant_view g using (grant_id)"
        " where w.item_id is null or e.item_id is null or w.ceiling <> e.ceiling"
        " or not (g.state::jsonb ->> 'closes')::date >= $1"
        " or (g.state::jsonb ->> 'closed')::boolean) plans"
        " where $2::text is null or plan_id > $2 order by plan_id limit $3",
        today,
        after,
        limit,
    )
    return [PlanId(row["plan_id"]) for row in rows]


async def wanted(view: Connection, plan: PlanId, today: date) -> Sequence[Wanted]:
    """All that the plan asks for today."""
    rows = await view.fetch(
        "select item_id, ceiling, category, array("
        " select b.line_id from budget_line_view b join grant_view g using (grant_id)"
        " where g.state::jsonb ->> 'reference' = w.grant_reference"
        " and b.state::jsonb ->> 'category' = w.category"
        " and $2 between (g.state::jsonb ->> 'opens')::date and (g.state::jsonb ->> 'closes')::date"
        " and (g.state::jsonb ->> 'closed')::boolean is not true"
        " order by (g.state::jsonb ->> 'closes')::date, b.line_id) as lines"
        " from items_to_earmark($2) w where plan_id = $1 order by item_id",
        plan,
        today,
    )
    return [
        Wanted(
            item=ItemId(row["item_id"]),
            ceiling=read(row["ceiling"], Money),
            category=Code(row["category"]),
            lines=tuple(BudgetLineId(line) for line in row["lines"]),
        )
        for row in rows
    ]


async def earmarked(view: Connection, plan: PlanId) -> Sequence[ItemId]:
    """The items for which something is kept in that plan's name."""
    rows = await view.fetch(
        "select item_id from earmark_view where plan_id = $1 order by item_id", plan
    )
    return [ItemId(row["item_id"]) for row in rows]


async def of_item(view: Connection, item: ItemId) -> ItemFunds:
    """How an item of an approved plan stands with its funds."""
    row = await view.fetchrow(
        "select f.type is not null as to_earmark, coalesce(p.budget_category, f.category)"
        " as category, e.line_id, s.state from planned_item_fact p"
        " left join paid_from_fact f on f.programme_id = p.programme_id"
        " and f.version = p.programme_version and f.type = p.type"
        " left join earmark_view e on e.item_id = p.item_id and e.ceiling = p.ceiling"
        " left join plan_earmark_view s on s.plan_id = p.plan_id and s.short"
        " where p.item_id = $1",
        item,
    )
    if row is None:
        return ItemFunds(to_earmark=False, category=None, earmarked_on=None)
    plan: PlanEarmark | None = read(row["state"], PlanEarmark) if row["state"] else None
    on = row["line_id"] if plan is None else None
    return ItemFunds(
        to_earmark=row["to_earmark"],
        category=row["category"] and Code(row["category"]),
        earmarked_on=on and BudgetLineId(on),
        short=plan.short if plan else (),
    )
