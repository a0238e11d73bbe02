"""Who counsels a case, or ever did, as intake tells it; of a project, those of its participants."""

from typing import Any

from disbursement.domain import heard as told
from events.service import Connection, Heard, View
from events.values import CaseId, PersonId


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case (
                told.ReturneeRegistered(case=case, counsellor=counsellor)
                | told.CaseTransferred(case=case, counsellor=counsellor, outside=False)
            ):
                await tables.execute(
                    "insert into counsellor_fact (case_id, person_id) values ($1, $2)"
                    " on conflict do nothing",
                    case,
                    counsellor,
                )


async def ever(view: Connection, case: CaseId) -> frozenset[PersonId]:
    """All of them, whether they counsel it now or did before."""
    rows = await view.fetch(
        "select distinct person_id from counsellor_fact where case_id = $1 or case_id ="
        " any(select unnest(cases) from project_knowing where project_id = $1)",
        case,
    )
    return frozenset(PersonId(row["person_id"]) for row in rows)


view = View("counsellors", {"intake": told.of_counsellors}, _project, ("counsellor_fact",))
