"""When the platform last looked for a vendor and found nothing, and who asks that it does again."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from disbursement.domain import heard as told
from disbursement.domain.screened import CLEAR, COUNTS_DAYS, Search
from disbursement.views import paying
from events.service import Connection, Heard, View
from events.values import Digest, ItemId, PaymentId, VendorId


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case told.SanctionsListLoaded(source=source, digest=digest):
                await tables.execute(
                    "insert into sanctions_in_force (source, digest) values ($1, $2)"
                    " on conflict (source) do update set digest = excluded.digest",
                    source,
                    digest,
                )
            case told.SanctionsListWithdrawn(source=source, digest=digest):
                await tables.execute(
                    "delete from sanctions_in_force where source = $1 and digest = $2",
                    source,
                    digest,
                )
            case told.VendorSearched(vendor=vendor, lists=lists):
                await tables.execute(
                    "insert into vendor_search_fact (vendor_id, searched_at, lists)"
                    " values ($1, $2, $3) on conflict (vendor_id) do update"
                    " set searched_at = excluded.searched_at, lists = excluded.lists",
                    vendor,
                    fact.envelope.time,
                    lists,
                )
            case told.VendorScreened(vendor=vendor, result=result):
                # By hand a screening is told too: it is worth what the last search was worth.
                await tables.execute(
                    "update vendor_search_fact set clear_at = case when $2 then searched_at end,"
                    " clear_on = case when $2 then lists end where vendor_id = $1",
                    vendor,
                    result == CLEAR,
                )


async def search(view: Connection, vendor: VendorId, item: ItemId) -> Search | None:
    """None: the programme of the item does not ask that one looks again at release."""
    rules = await paying.rules(view, item)
    if rules is not None and not rules.screened_again:
        return None
    found = await view.fetchrow(
        "select clear_at, clear_on from vendor_search_fact where vendor_id = $1", vendor
    )
    in_force = await _in_force(view)
    return Search(
        clear_at=found and found["clear_at"],
        counts_for=rules.search_counts_for if rules else timedelta(days=COUNTS_DAYS),
        on_lists_in_force=in_force is None or (found is not None and found["clear_on"] == in_force),
    )


async def is_asked_for(view: Connection, payment: PaymentId) -> bool:
    """Whether the programme asks that the vendor is searched for again before this is paid."""
    item = await view.fetchval(
        "select state::jsonb ->> 'item' from payment_view where payment_id = $1", payment
    )
    rules = await paying.rules(view, ItemId(item)) if item else None
    return rules is None or rules.screened_again


async def _in_force(view: Connection) -> Digest | None:
    """The digest of all lists in force, as a search names them; None: no list was told of."""
    rows = await view.fetch("select source, digest from sanctions_in_force")
    told = sorted((str(row["source"]), str(row["digest"])) for row in rows)
    text = "\n".join(f"{source} {digest}" for source, digest in told)
    return Digest(sha256(text.encode()).hexdigest()) if told else None


view = View(
    "screened",
    {"vendors": told.of_searches},
    _project,
    ("vendor_search_fact", "sanctions_in_force"),
)
