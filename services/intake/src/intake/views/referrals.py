"""Referrals as they stand: what is waited for, until when."""

from datetime import datetime
from typing import Any

import msgspec

from events.service import Connection, Heard, View
from events.values import CaseId, Code, PersonId
from intake.domain import registry
from intake.domain.referral import Referral, ReferralEvent, ReferralMade, Stage, referral
from intake.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        if not isinstance(heard.event, ReferralEvent):
            continue
        kept = None
        if not isinstance(heard.event, ReferralMade):
            kept = await tables.fetchval(
                "select state from referral_file where referral_id = $1", heard.envelope.subject
            )
        state = referral.evolve(read(kept, Referral) if kept else None, heard.event)
        await tables.execute(
            "insert into referral_file"
            " (referral_id, case_id, to_organisation, stage, due, version, state, wanted)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (referral_id) do update"
            " set stage = excluded.stage, due = excluded.due, version = excluded.version,"
            " state = excluded.state, wanted = excluded.wanted",
            state.id,
            state.case,
            state.to,
            state.stage,
            state.due,
            int(heard.envelope.sequence),
            written(state),
            state.wanted,
        )


class ReferralRow(msgspec.Struct, frozen=True):
    referral: Referral
    version: int


async def referrals_after(
    tables: Connection,
    *,
    after: str | None,
    limit: int,
    person: PersonId,
    organisation: Code,
    now: datetime,
    case: CaseId | None = None,
    stage: Stage | None = None,
    overdue: bool = False,
) -> list[ReferralRow]:
    """Referrals by id that the person may know of: `known_to`, in SQL."""
    rows = await tables.fetch(
        "select r.state, r.version from referral_file r"
        " join case_file f on f.case_id = r.case_id"
        " where ($1::text is null or referral_id > $1)"
        " and (r.to_organisation = $3 and r.wanted and not f.restricted"
        " or ($3 in (f.organisation, f.run_by) and may_know(f, $2, $4)))"
        " and ($5::text is null or r.case_id = $5) and ($6::text is null or r.stage = $6)"
        " and (not $7 or r.due < $4::timestamptz::date) order by referral_id limit $8",
        after,
        person,
        organisation,
        now,
        case,
        stage,
        overdue,
        limit,
    )
    return [ReferralRow(read(row["state"], Referral), row["version"]) for row in rows]


view = View("referral_file", {"intake": registry}, _project, ("referral_file",))
