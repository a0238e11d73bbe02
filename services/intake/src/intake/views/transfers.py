"""Transfers: which cases were offered to whom."""

from datetime import datetime
from typing import Any

import msgspec

from events.service import Connection, Heard, View
from events.values import Code, PersonId, TransferId
from intake.domain import registry
from intake.domain.transfer import (
    CaseTransferOffered,
    Stage,
    Transfer,
    TransferEvent,
    transfer,
)
from intake.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        if not isinstance(heard.event, TransferEvent):
            continue
        row = None
        if not isinstance(heard.event, CaseTransferOffered):
            row = await tables.fetchrow(
                "select state from transfer_file where transfer_id = $1", heard.event.transfer
            )
        state = transfer.evolve(read(row["state"], Transfer) if row else None, heard.event)
        await tables.execute(
            "insert into transfer_file (transfer_id, case_id, from_organisation, to_organisation,"
            " to_person, offered_by, stage, version, state, agreed, accepted_by)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
            " on conflict (transfer_id) do update"
            " set stage = excluded.stage, version = excluded.version, state = excluded.state,"
            " accepted_by = excluded.accepted_by",
            state.id,
            state.case,
            state.from_organisation,
            state.to_organisation,
            state.to_person,
            state.offered_by,
            state.stage,
            int(heard.envelope.sequence),
            written(state),
            state.agreed_on is not None,
            state.accepted_by,
        )


class TransferRow(msgspec.Struct, frozen=True):
    transfer: Transfer
    version: int


async def transfers_after(
    tables: Connection,
    *,
    after: TransferId | str | None,
    limit: int,
    person: PersonId,
    organisation: Code,
    now: datetime,
    stage: Stage | None = None,
) -> list[TransferRow]:
    """Transfers by id that are the person's to see: `Transfer.known_to`, in SQL."""
    rows = await tables.fetch(
        "select t.state, t.version from transfer_file t join case_file f using (case_id)"
        " where ($1::text is null or transfer_id > $1)"
        " and (t.to_organisation = $2 and (t.accepted_by = $3 or t.to_person = $3"
        " and (t.agreed or not f.restricted) or t.to_person is null and not f.restricted)"
        " or t.from_organisation = $2 and (t.offered_by = $3"
        " or t.to_person is null and not f.restricted"
        " or f.restricted and $2 in (f.organisation, f.run_by) and may_know(f, $3, $6)))"
        " and ($4::text is null or t.stage = $4) order by transfer_id limit $5",
        after,
        organisation,
        person,
        stage,
        limit,
        now,
    )
    return [TransferRow(read(row["state"], Transfer), row["version"]) for row in rows]


view = View("transfer_file", {"intake": registry}, _project, ("transfer_file",))
