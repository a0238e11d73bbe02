"""Who takes no part in what is done for which vendor or case (D6)."""

from collections.abc import Collection
from typing import Any

from disbursement.domain.conflict import (
    ConflictDeclared,
    ConflictOfInterestCleared,
    ConflictOfInterestDeclared,
    from_vendors,
)
from events.service import Connection, Heard, View
from events.values import CaseId, PersonId, VendorId


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case ConflictOfInterestDeclared() as declared:
                await tables.execute(
                    "insert into conflict_fact (conflict_id, person_id, vendor_id, case_id)"
                    " values ($1, $2, $3, $4) on conflict do nothing",
                    declared.conflict,
                    declared.person,
                    declared.vendor,
                    declared.case,
                )
            case ConflictOfInterestCleared(conflict=conflict):
                await tables.execute("delete from conflict_fact where conflict_id = $1", conflict)


async def takes_part(
    view: Connection,
    person: PersonId,
    *,
    vendors: Collection[VendorId] = (),
    cases: Collection[CaseId] = (),
) -> None:
    """The person may act on what is these vendors' and these cases'; `ConflictDeclared`."""
    conflict = await view.fetchval(
        "select min(conflict_id) from conflict_fact where person_id = $1"
        " and (vendor_id = any($2::text[]) or case_id = any($3::text[]))",
        person,
        list(vendors),
        list(cases),
    )
    if conflict is not None:
        raise ConflictDeclared(conflict)


view = View("conflict", {"vendors": from_vendors}, _project, ("conflict_fact",))
