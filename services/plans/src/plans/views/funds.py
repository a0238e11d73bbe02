"""Which plans have their money kept, and which wait for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from events.service import Connection, Heard, View
from plans.domain.funds import Funds, evolve, from_disbursement
from plans.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        state = evolve(await funds_of(tables, heard.event.plan), heard.event)
        await tables.execute(
            "insert into plan_funds (plan_id, short, state) values ($1, $2, $3)"
            " on conflict (plan_id) do update set short = excluded.short, state = excluded.state",
            state.plan,
            bool(state.short),
            written(state),
        )


async def funds_of(tables: Connection, plan: str) -> Funds | None:
    """How it stands with the money for it; None as long as disbursement has not told."""
    return (await funds_of_all(tables, [plan])).get(plan)


async def funds_of_all(tables: Connection, plans: Sequence[str]) -> Mapping[str, Funds]:
    """The same of many, by plan."""
    rows = await tables.fetch(
        "select plan_id, state from plan_funds where plan_id = any($1::text[])", list(plans)
    )
    return {row["plan_id"]: read(row["state"], Funds) for row in rows}


view = View("plan_funds", {"disbursement": from_disbursement}, _project, ("plan_funds",))
