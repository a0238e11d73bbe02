"""The pre-notifications, for finding those that nobody took up."""

import datetime as dt
from typing import Any

import msgspec

from events.service import Connection, Heard, View
from events.values import Code
from intake.domain import registry
from intake.domain.pre_notification import (
    Notice,
    PreNotification,
    PreNotificationEvent,
    PreNotificationMade,
    pre_notification,
)
from intake.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        if not isinstance(heard.event, PreNotificationEvent):
            continue
        row = None
        if not isinstance(heard.event, PreNotificationMade):
            row = await tables.fetchrow(
                "select state from pre_notification where pre_notification_id = $1",
                heard.envelope.subject,
            )
        before = read(row["state"], PreNotification) if row else None
        state = pre_notification.evolve(before, heard.event)
        await tables.execute(
            "insert into pre_notification (pre_notification_id, organisation, run_by, stage,"
            " departure, version, state) values ($1, $2, $3, $4, $5, $6, $7)"
            " on conflict (pre_notification_id) do update"
            " set stage = excluded.stage, version = excluded.version, state = excluded.state",
            state.id,
            state.organisation,
            state.run_by,
            state.stage,
            state.departure,
            int(heard.envelope.sequence),
            written(state),
        )


class NoticeRow(msgspec.Struct, frozen=True):
    notice: PreNotification
    version: int


async def notices_after(
    tables: Connection,
    *,
    after: str | None,
    limit: int,
    organisation: Code | None,
    stage: Notice | None = None,
    departure: dt.date | None = None,
) -> list[NoticeRow]:
    """Pre-notifications by id, those that the organisation reaches (None: all of them)."""
    rows = await tables.fetch(
        "select state, version from pre_notification"
        " where ($1::text is null or pre_notification_id > $1)"
        " and ($2::text is null or $2 in (organisation, run_by))"
        " and ($3::text is null or stage = $3) and ($4::date is null or departure = $4)"
        " order by pre_notification_id limit $5",
        after,
        organisation,
        stage,
        departure,
        limit,
    )
    return [NoticeRow(read(row["state"], PreNotification), row["version"]) for row in rows]


view = View("pre_notification", {"intake": registry}, _project, ("pre_notification",))
