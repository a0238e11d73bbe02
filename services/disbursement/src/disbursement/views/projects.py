"""What plans told of projects: their items, for as long as orders may be placed for them.

A project stands where a case stands: it has its organisations, a day from which money may be
committed (it is approved when all its participants have arrived) and a last one.
"""

from disbursement.domain import heard as told
from disbursement.views.rows import written
from events.service import Connection

Told = (
    told.ProjectApproved | told.ProjectShareWithdrawn | told.ProjectCancelled | told.ProjectRejected
)


async def project(event: Told, tables: Connection) -> None:
    match event:
        case told.ProjectApproved():
            await _approved(event, tables)
        case told.ProjectShareWithdrawn(stops_orders=False):
            pass
        case told.ProjectShareWithdrawn() | told.ProjectCancelled() | told.ProjectRejected():
            await tables.execute("delete from planned_item_fact where plan_id = $1", event.project)


async def _approved(event: told.ProjectApproved, tables: Connection) -> None:
    await tables.execute(
        "insert into case_fact (case_id, organisation, run_by) values ($1, $2, $3)"
        " on conflict (case_id) do nothing",
        event.project,
        event.organisation,
        event.run_by,
    )
    await tables.execute(
        "insert into arrival_fact (case_id, arrived, use_by) values ($1, $2, $3)"
        " on conflict (case_id) do update set use_by = excluded.use_by",
        event.project,
        event.at.date(),
        event.use_by,
    )
    counsellors = list(dict.fromkeys((event.drafter, *event.counsellors)))
    await tables.executemany(
        "insert into planned_item_fact (item_id, plan_id, case_id, programme_id,"
        " programme_version, counsellor, counsellors, budget_category, ceiling, type,"
        " spec) values ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " on conflict (item_id) do update set ceiling = excluded.ceiling,"
        " counsellors = excluded.counsellors",
        [
            (
                item.item,
                event.project,
                event.programme,
                event.programme_version,
                event.drafter,
                counsellors,
                event.budget_line,
                written(item.ceiling),
                item.type,
                item.spec,
            )
            for item in event.items
        ],
    )
