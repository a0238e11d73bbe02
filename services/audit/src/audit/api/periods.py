"""Months over HTTP: what the log says of each, closing it, and what came late."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Response

from audit.api.declared import api
from audit.api.recording import Record
from audit.domain import period as domain
from audit.domain.happened import happened
from audit.domain.reading import What
from audit.replay import view as periods
from audit.replay.closing import stream_of
from audit.trail.knowing import readable
from events.handler import Act
from events.io.http import Answer, Body, Do, Load, Now, View, Who
from events.money import Money
from events.roles import Role
from events.values import Code, Digest, PersonId

READ_BY = frozenset(
    {
        Role.AUDITOR,
        Role.FINANCE_OFFICER,
        Role.CERTIFYING_OFFICER,
        Role.APPROVING_OFFICER,
        Role.GRANT_MANAGER,
    }
)
CLOSED_BY = frozenset({Role.APPROVING_OFFICER})
LATE_SHOWN = 200


class MonthAnswer(Answer):
    period: domain.Month
    statement: Digest | None
    """What is closed; null while nothing is drawn up."""
    size: int | None
    """How many entries of the log it is drawn up over."""
    drawn_up_at: datetime | None
    closed_at: datetime | None
    closed_by: PersonId | None
    late: int
    """How many entries happened by its end and came after its figures."""

    @classmethod
    def of(cls, shown: periods.MonthShown) -> "MonthAnswer":
        it = shown.period
        return cls(
            period=shown.month,
            statement=it.statement if it else None,
            size=it.figures.size if it else None,
            drawn_up_at=it.drawn_up_at if it else None,
            closed_at=it.closed_at if it else None,
            closed_by=it.closed_by if it else None,
            late=shown.late,
        )


class MonthsAnswer(Answer):
    items: tuple[MonthAnswer, ...]


@api.query("/v1/periods", answers=MonthsAnswer, allows=READ_BY)
async def list_periods(view: View) -> MonthsAnswer:
    """List the months that were worked in, the newest first: open, drawn up, closed."""
    shown = await periods.months(view)
    return MonthsAnswer(items=tuple(MonthAnswer.of(each) for each in shown))


class ProjectionAnswer(Answer):
    service: Code
    view: Code
    rows: int
    digest: Digest


class TotalAnswer(Answer):
    field: Code
    count: int
    total: Money


class PositionAnswer(Answer):
    service: Code
    position: int


class PeriodAnswer(Answer):
    """What a month comes to. `./homeward replay --period` comes to the same."""

    period: domain.Month
    statement: Digest
    size: int
    root: Digest
    positions: tuple[PositionAnswer, ...]
    projections: tuple[ProjectionAnswer, ...]
    totals: tuple[TotalAnswer, ...]
    drawn_up_at: datetime
    closed_at: datetime | None
    closed_by: PersonId | None

    @classmethod
    def of(cls, it: domain.Period, _version: int = 0) -> "PeriodAnswer":
        figures = it.figures
        return cls(
            period=it.id,
            statement=it.statement,
            size=figures.size,
            root=figures.root,
            positions=tuple(
                PositionAnswer(service=each.service, position=each.position)
                for each in figures.positions
            ),
            projections=tuple(
                ProjectionAnswer(
                    service=each.service, view=each.view, rows=each.rows, digest=each.digest
                )
                for each in figures.projections
            ),
            totals=tuple(
                TotalAnswer(field=each.field, count=each.count, total=each.total)
                for each in figures.totals
            ),
            drawn_up_at=it.drawn_up_at,
            closed_at=it.closed_at,
            closed_by=it.closed_by,
        )


@api.query("/v1/periods/{period}", answers=PeriodAnswer, allows=READ_BY)
async def read_period(period: domain.Month, load: Load) -> Response:
    """One month's figures, as they were drawn up last, or closed."""
    return await load(domain.period, stream_of(period), answer=PeriodAnswer.of)


class LateEntry(Answer):
    index: int
    service: str
    position: int
    type: str
    stream: str
    happened_at: datetime
    recorded_at: datetime


class LateAnswer(Answer):
    period: domain.Month
    entries: tuple[LateEntry, ...]
    next: int | None
    """What to ask for as `after` to go on; nothing when this was the end."""


@api.query("/v1/periods/{period}/late", answers=LateAnswer, allows=READ_BY)
async def read_late(
    *,
    period: domain.Month,
    me: Who,
    now: Now,
    view: View,
    record: Record,
    after: Annotated[int, Query(ge=-1, lt=2**63)] = -1,
) -> LateAnswer:
    """What happened by the month's end and became known after its figures were drawn up, as far
    as the reader may know of it.
    """
    found = await periods.late(view, period, after, LATE_SHOWN + 1)
    page = found[:LATE_SHOWN]
    told = [entry for entry, _ in await readable(period, page, me, now, view)]
    await record.shown(What.ENTRIES, period, told)
    return LateAnswer(
        period=period,
        entries=tuple(
            LateEntry(
                index=entry.index,
                service=entry.source,
                position=int(entry.envelope.position),
                type=entry.type,
                stream=entry.stream,
                happened_at=happened(entry.envelope),
                recorded_at=entry.envelope.recordedtime,
            )
            for entry in told
        ),
        next=page[-1].index if len(found) > LATE_SHOWN else None,
    )


class CloseBody(Body):
    statement: Digest
    """As it was on the page: the digest of what is closed."""


@api.command(
    "/v1/periods/{period}/close",
    answers=PeriodAnswer,
    allows=CLOSED_BY,
    conflicts={domain.PeriodClosedAlready, domain.StatementChanged},
    unknown={domain.NothingDrawnUp},
)
async def close_period(
    period: domain.Month, body: CloseBody, me: Who, now: Now, do: Do
) -> Response:
    """Close the month on the figures that were seen. It stays closed."""
    command = domain.ClosePeriod(by=me.id, at=now, statement=body.statement)
    return await do(Act(domain.period, stream_of(period), command), answer=PeriodAnswer.of)
