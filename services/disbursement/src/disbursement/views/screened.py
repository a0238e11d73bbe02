"""When the platform last looked for a vendor and found nothing, and who asks that it does again."""

from typing import Any

from disbursement.domain import heard as told
from disbursement.domain.screened import CLEAR, Search
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
            case told.ProgrammePublished(programme=programme, version=version, paying=paying):
                await tables.execute(
                    "insert into screening_rule_fact (programme_id, version, again)"
                    " values ($1, $2, $3) on conflict do nothing",
                    programme,
                    version,
                    paying.screening_again_at_release,
                )


async def search(view: Connection, vendor: VendorId, item: ItemId) -> Search | None:
    """None: the programme of the item does not ask that one looks again at release."""
    asked = await view.fetchval(
        "select again from planned_item_fact join screening_rule_fact r using (programme_id)"
        " where item_id = $1 and r.version = programme_version",
        item,
    )
    if asked is False:
        return None
    return Search(
        await view.fetchval("select clear_at from vendor_search_fact where vendor_id = $1", vendor)
    )


view = View(
    "screened",
    {"vendors": told.of_searches, "plans": told.of_programmes},
    _project,
    ("vendor_search_fact", "screening_rule_fact"),
)
