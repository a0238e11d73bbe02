"""What a programme says of paying: who may sign, when two approve, when it is due, advances."""

from datetime import timedelta
from typing import Any

import msgspec

from disbursement.domain import heard
from disbursement.domain.commitment.advanced import AdvanceRule
from disbursement.views.rows import read, written
from events.money import Money
from events.service import Connection, Heard, View
from events.values import ItemId


class PayingRules(msgspec.Struct, frozen=True, kw_only=True):
    """In the version under which the item was approved."""

    certifier_may_sign: bool
    second_approval_from: Money
    added_up_over: timedelta
    """Payments to one vendor, or for one case, count together over this time (R4)."""
    pay_within: timedelta
    """Of invoice and delivery."""
    screened_again: bool
    """The vendor is looked for on the sanctions lists again before it is paid (S4)."""
    search_counts_for: timedelta
    advance: AdvanceRule | None
    """None: the programme pays for such an item only what was delivered."""


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        event: heard.ProgrammePublished = fact.event
        advances = {each.type: each.advance for each in event.assistance if each.advance}
        await tables.execute(
            "insert into paying_fact (programme_id, version, paying, added_up_over_days, advances)"
            " values ($1, $2, $3, $4, $5) on conflict do nothing",
            event.programme,
            event.version,
            written(event.paying),
            event.buying.added_up_over_days,
            written(advances),
        )


async def rules(view: Connection, item: ItemId) -> PayingRules | None:
    """The programme's for this item; None as long as the programme was not heard of."""
    row = await view.fetchrow(
        "select f.paying, f.added_up_over_days, f.advances::jsonb -> p.type as advance"
        " from planned_item_fact p join paying_fact f on f.programme_id = p.programme_id"
        " and f.version = p.programme_version where item_id = $1",
        item,
    )
    if row is None:
        return None
    paying: heard.Paying = read(row["paying"], heard.Paying)
    return PayingRules(
        certifier_may_sign=paying.certifier_may_sign,
        second_approval_from=paying.second_approval_from,
        added_up_over=timedelta(days=row["added_up_over_days"]),
        pay_within=timedelta(days=paying.pay_within_days),
        screened_again=paying.screening_again_at_release,
        search_counts_for=timedelta(days=paying.screening_at_most_days),
        advance=read(row["advance"], AdvanceRule) if row["advance"] else None,
    )


view = View("paying", {"plans": heard.of_programmes}, _project, ("paying_fact",))
