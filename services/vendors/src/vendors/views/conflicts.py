"""Conflicts of interest, to be listed; acts are held against the person's own history."""

from typing import Any

import msgspec

from events.canonical import canonical
from events.registry import Registry
from events.service import Connection, Heard, View
from events.values import CaseId, Code, PersonId, VendorId
from vendors.domain.interest import (
    Conflict,
    ConflictOfInterestCleared,
    ConflictOfInterestDeclared,
    Interests,
    evolve,
)
from vendors.views.seen import SeenBy

told = Registry.of("vendors", [ConflictOfInterestDeclared, ConflictOfInterestCleared])


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        event = heard.event
        text = await tables.fetchval(
            "select state from conflict where conflict_id = $1", event.conflict
        )
        known = (msgspec.json.decode(text, type=Conflict),) if text else ()
        after = evolve(Interests(person=event.person, conflicts=known), event)
        (conflict,) = after.conflicts
        await tables.execute(
            "insert into conflict (conflict_id, person_id, vendor_id, case_id, standing, state)"
            " values ($1, $2, $3, $4, $5, $6) on conflict (conflict_id) do update"
            " set standing = excluded.standing, state = excluded.state",
            conflict.id,
            event.person,
            conflict.vendor,
            conflict.case,
            conflict.cleared is None,
            canonical(conflict).decode(),
        )


async def conflicts_after(
    tables: Connection,
    *,
    after: str | None,
    limit: int,
    seen_by: SeenBy,
    vendor: VendorId | None,
    standing: bool | None,
) -> list[tuple[PersonId, Conflict, bool]]:
    """Conflicts by id: whose, which, and whether the reader may know of the case."""
    person, of, now = seen_by
    rows = await tables.fetch(
        "select person_id, state, coalesce(may_know(case_id, $3, $4, $5), false) as whose"
        " from conflict where ($1::text is null or conflict_id > $1)"
        " and ($2::text is null or vendor_id = $2) and ($6::boolean is null or standing = $6)"
        " order by conflict_id limit $7",
        after,
        vendor,
        of,
        person,
        now,
        standing,
        limit,
    )
    return [
        (PersonId(r["person_id"]), msgspec.json.decode(r["state"], type=Conflict), r["whose"])
        for r in rows
    ]


async def runs(tables: Connection, organisation: Code, case: CaseId | None) -> bool:
    """Whether the organisation runs that case; None: any."""
    found = await tables.fetchval(
        "select exists (select from case_knowing"
        " where run_by = $1 and ($2::text is null or case_id = $2))",
        organisation,
        case,
    )
    return bool(found)


view = View("conflict", {"vendors": told}, _project, ("conflict",))
