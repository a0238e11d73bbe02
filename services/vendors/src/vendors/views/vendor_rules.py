"""What programmes ask of vendors."""

import msgspec

from events.canonical import canonical, decode_ours
from events.service import Connection, Heard, View
from events.values import ProgrammeId
from vendors.domain.vendor_rules import VendorRules, VendorRulesPublished, published


async def _project(batch: list[Heard[VendorRulesPublished]], tables: Connection) -> None:
    for heard in batch:
        event = heard.event
        await tables.execute(
            "insert into vendor_rules (programme_id, version, rules) values ($1, $2, $3)"
            " on conflict do nothing",
            event.programme,
            event.version,
            canonical(VendorRules(event.kinds, event.tiers)).decode(),
        )


async def of_version(programme: ProgrammeId, version: int, tables: Connection) -> VendorRules:
    """What that version asks; nothing where its page is silent."""
    text = await tables.fetchval(
        "select rules from vendor_rules where programme_id = $1 and version = $2",
        programme,
        version,
    )
    return read(text) if text else VendorRules()


def read(text: str) -> VendorRules:
    return msgspec.json.decode(text, type=VendorRules, dec_hook=decode_ours)


view = View("vendor_rules", {"plans": published}, _project, ("vendor_rules",))
