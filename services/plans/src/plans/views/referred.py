"""The referrals that intake told of."""

from typing import Any

from asyncpg import Record

from events.service import Connection, Heard, View
from events.values import CaseId, ItemId, ReferralId
from plans.domain import referred
from plans.domain.referred import Referred


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        match heard.event:
            case referred.ReferralMade(referral=referral, case=case, item=item):
                await tables.execute(
                    "insert into referral_told (referral_id, case_id, item_id) values ($1, $2, $3)"
                    " on conflict (referral_id) do nothing",
                    referral,
                    case,
                    item,
                )
            case referred.ReferralDeclined(referral=referral):
                await tables.execute(
                    "update referral_told set declined = true where referral_id = $1", referral
                )


async def referral_told(tables: Connection, referral: ReferralId) -> Referred | None:
    """The referral; None when intake has told of none such."""
    row = await tables.fetchrow("select * from referral_told where referral_id = $1", referral)
    return _referred(row) if row else None


async def referrals_for(
    tables: Connection, case: CaseId, item: ItemId, *, after: str | None, limit: int
) -> list[Referred]:
    """Those that the item may be done under, by id."""
    rows = await tables.fetch(
        "select * from referral_told where case_id = $1 and not declined"
        " and (item_id is null or item_id = $2) and ($3::text is null or referral_id > $3)"
        " order by referral_id limit $4",
        case,
        item,
        after,
        limit,
    )
    return [_referred(row) for row in rows]


def _referred(row: Record) -> Referred:
    return Referred(
        referral=ReferralId(row["referral_id"]),
        case=CaseId(row["case_id"]),
        item=ItemId(row["item_id"]) if row["item_id"] else None,
        declined=row["declined"],
    )


view = View("referral_told", {"intake": referred.from_intake}, _project, ("referral_told",))
