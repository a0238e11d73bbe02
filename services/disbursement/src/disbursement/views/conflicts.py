"""Who takes no part in what is done for which vendor or case (D6)."""

from collections.abc import Collection
from typing import Any

from disbursement.domain.conflict import (
    ConflictDeclared,
    ConflictOfInterestCleared,
    ConflictOfInterestDeclared,
    from_vendors,
)
from disbursement.domain.payment import Reason
from events.service import Connection, Heard, View
from events.values import CaseId, ConflictId, PaymentId, PersonId, VendorId


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
                await tables.execute(
                    "update conflict_fact set cleared = true where conflict_id = $1", conflict
                )


async def takes_part(
    view: Connection,
    person: PersonId,
    *,
    vendors: Collection[VendorId] = (),
    cases: Collection[CaseId] = (),
) -> None:
    """The person may act on what is these vendors' and these cases'; `ConflictDeclared`."""
    conflict = await view.fetchval(
        "select min(conflict_id) from conflict_fact where person_id = $1 and not cleared"
        " and (vendor_id = any($2::text[]) or case_id = any($3::text[]))",
        person,
        list(vendors),
        list(cases),
    )
    if conflict is not None:
        raise ConflictDeclared(conflict)


async def over(view: Connection) -> list[PaymentId]:
    """The payments that are held for conflicts of which each was cleared."""
    rows = await view.fetch(
        "select payment_id from payment_view p join commitment_view c using (commitment_id)"
        " join conflict_fact f on (f.vendor_id = p.vendor_id or f.case_id = p.case_id)"
        " and (p.state::jsonb -> 'recorders' ? person_id or exists (select from"
        " jsonb_array_elements((p.state::jsonb -> 'acts') || (c.state::jsonb -> 'acts')) act"
        " where act ->> 1 = person_id))"
        " where p.held and p.state::jsonb -> 'holds' ? $1"
        " group by payment_id having bool_and(cleared) order by payment_id",
        Reason.CONFLICT_DECLARED,
    )
    return [PaymentId(row["payment_id"]) for row in rows]


async def of_any(
    view: Connection, people: Collection[PersonId], *, vendor: VendorId | None, case: CaseId
) -> ConflictId | None:
    """One that somebody among these has with the case, or the vendor (None: it goes to none)."""
    found = await view.fetchval(
        "select min(conflict_id) from conflict_fact where not cleared"
        " and person_id = any($1::text[]) and (vendor_id = $2 or case_id = $3)",
        list(people),
        vendor,
        case,
    )
    return ConflictId(found) if found else None


view = View("conflict", {"vendors": from_vendors}, _project, ("conflict_fact",))
