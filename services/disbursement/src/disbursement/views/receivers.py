"""Who may receive for a case, as intake tells it; for a community's project, its committee."""

from typing import Any

from disbursement.domain import receiving as told
from disbursement.domain.commitment import Receivers
from events.service import Connection, Heard, View
from events.values import CaseId, ItemId, PersonId


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        match heard.event:
            case told.ReturneeRegistered(case=case, is_child=True):
                await tables.execute(
                    "insert into child_case (case_id) values ($1) on conflict do nothing", case
                )
            case told.GuardianAppointed(case=case, guardian=guardian):
                await tables.execute(
                    "insert into case_guardian (case_id, person_id) values ($1, $2)"
                    " on conflict do nothing",
                    case,
                    guardian,
                )


async def may_receive(tables: Connection, case: CaseId, item: ItemId) -> Receivers:
    """For this case, or this project: only a community's has a budget line of its own."""
    row = await tables.fetchrow(
        "select exists (select from child_case where case_id = $1) as child,"
        " array(select person_id from case_guardian where case_id = $1) as guardians,"
        " exists (select from planned_item_fact where item_id = $2"
        " and budget_category is not null) as community",
        case,
        item,
    )
    return Receivers(
        child=row["child"],
        guardians=frozenset(PersonId(person) for person in row["guardians"]),
        community=row["community"],
    )


view = View("receivers", {"intake": told.from_intake}, _project, ("child_case", "case_guardian"))
