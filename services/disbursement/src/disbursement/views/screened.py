"""When the platform last looked for a vendor and found nothing, and who asks that it does again."""

from datetime import timedelta
from typing import Any

from disbursement.domain import heard as told
from disbursement.domain.screened import CLEAR, COUNTS_DAYS, Search
from disbursement.views import paying
from events.service import Connection, Heard, View
from events.values import ItemId, VendorId


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case told.VendorSearched(vendor=vendor):
                await tables.execute(
                    "insert into vendor_search_fact (vendor_id, searched_at) values ($1, $2)"
                    " on conflict (vendor_id) do update set searched_at = excluded.searched_at",
                    vendor,
                    fact.envelope.time,
                )
            case told.VendorScreened(vendor=vendor, result=result):
                # By hand a screening is told too: it is worth what the last search was worth.
                await tables.execute(
                    "update vendor_search_fact set clear_at = case when $2 then searched_at end"
                    " where vendor_id = $1",
                    vendor,
                    result == CLEAR,
                )


async def search(view: Connection, vendor: VendorId, item: ItemId) -> Search | None:
    """None: the programme of the item does not ask that one looks again at release."""
    rules = await paying.rules(view, item)
    if rules is not None and not rules.screened_again:
        return None
    clear_at = await view.fetchval(
        "select clear_at from vendor_search_fact where vendor_id = $1", vendor
    )
    return Search(clear_at, rules.search_counts_for if rules else timedelta(days=COUNTS_DAYS))


view = View("screened", {"vendors": told.of_searches}, _project, ("vendor_search_fact",))
