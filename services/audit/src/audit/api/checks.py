"""The continuous checks over HTTP: how every store stands against the log, and what was missing."""

from datetime import datetime
from typing import Literal

from audit.api.declared import api
from audit.checking import view as checking
from audit.domain.difference import Kind
from events.io.http import Answer, Now, Page, Paging, View
from events.roles import Role
from events.values import Code, DifferenceId, GapId

READ_BY = frozenset({Role.AUDITOR})


class StoreAnswer(Answer):
    """How the last pass over a service's own store went."""

    service: str
    passed_at: datetime | None
    rows: int
    """How many rows were held against the log."""
    seconds: float | None
    head: int
    """Where the store ended."""
    logged: int
    """Where the log ends of it."""
    differences: int
    """How many stand; `/v1/differences` has them."""
    failing_since: datetime | None
    failing_with: str | None


class ChecksAnswer(Answer):
    whole: bool
    """Every store was read within the last hour, nothing differs, in the log's own keeping either,
    no gap."""
    stores: tuple[StoreAnswer, ...]
    gaps: int
    """How many are not healed; `/v1/gaps` has them."""


@api.query("/v1/checks", answers=ChecksAnswer, allows=READ_BY)
async def read_checks(view: View, now: Now) -> ChecksAnswer:
    """Every service's own store against the log, and what is missing of any."""
    stores = await checking.checks(view)
    open_gaps = await checking.gaps(view, after=None, limit=1000, healed=False)
    return ChecksAnswer(
        whole=bool(stores)
        and not open_gaps
        and not await checking.count_differences(view)
        and await checking.own_is_whole(view, now)
        and all(each.whole(now) for each in stores),
        stores=tuple(
            StoreAnswer(
                service=each.service,
                passed_at=each.passed_at,
                rows=each.rows,
                seconds=each.seconds,
                head=each.head,
                logged=each.logged,
                differences=max(each.differences, each.differs),
                failing_since=each.failing_since,
                failing_with=each.failing_with,
            )
            for each in stores
        ),
        gaps=len(open_gaps),
    )


class DifferenceAnswer(Answer):
    difference: DifferenceId
    service: Code
    kind: Kind | Literal["never_stored"]
    """What was done to the store, as far as one can tell; `never_stored`: it never had what the
    log has there, so somebody else told it on the bus in the service's name."""
    position: int | None
    last: int | None
    entry: int | None
    """What belongs there: `/v1/log/entries/{index}` has it, with its receipt."""
    stands: bool
    found_at: datetime
    cleared_at: datetime | None

    @classmethod
    def of(cls, shown: checking.Shown) -> "DifferenceAnswer":
        it = shown.difference
        return cls(
            difference=it.id,
            service=it.service,
            kind="never_stored" if it.never_stored else it.kind,
            position=it.position,
            last=it.last,
            entry=it.entry,
            stands=it.stands,
            found_at=shown.found_at,
            cleared_at=shown.cleared_at,
        )


@api.query("/v1/differences", answers=Page[DifferenceAnswer], allows=READ_BY)
async def list_differences(
    *, view: View, page: Paging, service: Code | None = None, stands: bool | None = None
) -> Page[DifferenceAnswer]:
    """List where a service's own store is, or was, not what the log has of it."""
    shown = await checking.differences(
        view, after=page.after, limit=page.limit + 1, service=service, stands=stands
    )
    return page.of([DifferenceAnswer.of(each) for each in shown], key=lambda each: each.difference)


class GapAnswer(Answer):
    gap: GapId
    service: Code
    after: int
    last: int
    found_at: datetime
    healed_at: datetime | None

    @classmethod
    def of(cls, shown: checking.ShownGap) -> "GapAnswer":
        return cls(
            gap=shown.gap.id,
            service=shown.gap.service,
            after=shown.gap.after,
            last=shown.gap.last,
            found_at=shown.found_at,
            healed_at=shown.healed_at,
        )


@api.query("/v1/gaps", answers=Page[GapAnswer], allows=READ_BY)
async def list_gaps(*, view: View, page: Paging, healed: bool | None = None) -> Page[GapAnswer]:
    """List what was missing of a service's history, and when it came."""
    shown = await checking.gaps(view, after=page.after, limit=page.limit + 1, healed=healed)
    return page.of([GapAnswer.of(each) for each in shown], key=lambda each: each.gap)
