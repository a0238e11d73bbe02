"""Whose papers are over."""

from datetime import date

from events.service import Connection
from events.values import VendorId


async def over(tables: Connection, today: date, *, after: str, limit: int) -> list[VendorId]:
    """Approved vendors with a kind of paper of which none counts any more, by id."""
    rows = await tables.fetch(
        "select vendor_id from vendor where stage = 'approved' and vendor_id > $2 and exists"
        " (select 1 from jsonb_array_elements("
        "   coalesce(state::jsonb #> '{dossier,papers}', '[]')) each (paper)"
        "  group by paper ->> 'kind'"
        "  having max(coalesce(paper ->> 'valid_until', 'infinity')::date) < $1)"
        " order by vendor_id limit $3",
        today,
        after,
        limit,
    )
    return [VendorId(row["vendor_id"]) for row in rows]
