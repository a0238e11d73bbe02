"""Keeping funds for what is approved: all that a plan asks for, or nothing of it.

It looks which plans ask for something else than what is kept for them, and puts that right. What a
plan no longer needs is free in any case; what its lines do not have holds it until they do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from disbursement.domain.budget_line import BudgetLine, EarmarkFunds, budget_line
from disbursement.domain.earmark import (
    EarmarkedItem,
    Lack,
    RecordEarmarks,
    RefuseEarmark,
    Shortfall,
    earmark,
    earmark_of,
)
from disbursement.domain.item_ceiling import (
    EarmarkItem,
    FreeItemEarmark,
    ItemSpending,
    item_ceiling,
)
from disbursement.views import earmarks
from disbursement.views.earmarks import Wanted
from events.decider import Rejected
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.money import Money
from events.ports import Conflict
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, BudgetLineId, Code, ItemId, PlanId

POLL_SECONDS = 0.5
BATCH = 100

KEEPER = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("earmarking"),
)


@dataclass(frozen=True)
class Asked:
    """What an item needs of its line, beside what is kept for it."""

    wanted: Wanted
    line: BudgetLineId | None
    more: Money


@dataclass
class Earmarker:
    """Looks what is to be kept, and keeps it."""

    handler: Handler
    view: Connection
    _seen: tuple[int, date] | None = None

    async def keep_up(self) -> None:
        """All that is out of step, as far as one look shows it; nothing if nothing was heard."""
        today = self.handler.clock.now().date()
        seen = (await earmarks.heard_so_far(self.view), today)
        if seen == self._seen:
            return
        after = None
        while plans := await earmarks.out_of_step(self.view, today, after, BATCH):
            for plan in plans:
                await self.settle(plan, today)
            after = plans[-1]
        self._seen = seen

    async def settle(self, plan: PlanId, today: date) -> None:
        """Keep what the plan asks for, or say what is lacking."""
        wanted = await earmarks.wanted(self.view, plan, today)
        kept = await earmarks.earmarked(self.view, plan)
        ids = list(dict.fromkeys((*kept, *(each.item for each in wanted))))
        items = await self.handler.load_all(item_ceiling, ids)
        await self._free(plan, _no_longer(wanted, items))
        asked = [_asked(each, items.get(each.item)) for each in wanted]
        names = sorted({each.line for each in asked if each.line is not None})
        lines = await self.handler.load_all(budget_line, names)
        short = tuple(_short(asked, lines))
        if short:
            refused = RefuseEarmark(by=SYSTEM, at=self._now, plan=plan, short=short)
            await self._do(plan, Act(earmark, earmark_of(plan), refused))
        else:
            await self._keep(plan, asked)

    async def _free(self, plan: PlanId, items: Iterable[ItemId]) -> None:
        freed = [
            Act(item_ceiling, item, FreeItemEarmark(by=SYSTEM, at=self._now, item=item))
            for item in items
        ]
        if freed:
            await self._do(plan, *freed)

    async def _keep(self, plan: PlanId, asked: Sequence[Asked]) -> None:
        by, at = SYSTEM, self._now
        acts: list[Act[Any, Any, Any]] = []
        items: list[EarmarkedItem] = []
        for each in asked:
            item, ceiling, line = each.wanted.item, each.wanted.ceiling, each.line
            assert line is not None, "without a line it is short"
            items.append(EarmarkedItem(item=item, line=line, ceiling=ceiling))
            kept = EarmarkItem(
                by=by, at=at, item=item, plan=plan, line=line, ceiling=ceiling, more=each.more
            )
            acts.append(Act(item_ceiling, item, kept))
            if each.more:
                more = EarmarkFunds(by=by, at=at, line=line, item=item, amount=each.more)
                acts.append(Act(budget_line, line, more, shared=True))
        recorded = RecordEarmarks(by=by, at=at, plan=plan, items=tuple(items))
        await self._do(plan, Act(earmark, earmark_of(plan), recorded), *acts)

    async def _do(self, plan: PlanId, act: Act[Any, Any, Any], *others: Act[Any, Any, Any]) -> None:
        """What happens in between may make it impossible: the next look shows that."""
        try:
            await self.handler.do(act, *others, context=Context(actor=KEEPER, correlation=plan))
        except (Rejected, Conflict):
            return

    @property
    def _now(self) -> datetime:
        return self.handler.clock.now()


def _no_longer(wanted: Sequence[Wanted], items: Mapping[str, ItemSpending]) -> list[ItemId]:
    """What is kept and not asked for, or on a line that no longer pays for it."""
    lines = {each.item: each.lines for each in wanted}
    return [
        stands.id
        for stands in items.values()
        if stands.earmark is not None and stands.earmark.line not in lines.get(stands.id, ())
    ]


def _asked(wanted: Wanted, item: ItemSpending | None) -> Asked:
    """The line on which it is kept already goes on; else the first one to close."""
    nothing = Money.zero(wanted.ceiling.currency)
    committed, earmarked, line = nothing, nothing, None
    if item is not None:
        committed = item.committed
        if item.earmark is not None and item.earmark.line in wanted.lines:
            line, earmarked = item.earmark.line, item.earmarked
    if line is None:
        line = wanted.lines[0] if wanted.lines else None
    return Asked(wanted, line, max(wanted.ceiling - committed - earmarked, nothing))


def _short(asked: Sequence[Asked], lines: Mapping[str, BudgetLine]) -> Iterable[Shortfall]:
    """The items that cannot be kept, each line's funds going to one after the other. A line whose
    first ceiling nobody has confirmed is not there yet.
    """
    left = {line: state.available for line, state in lines.items() if state.ceiling}
    for each in asked:
        available = left.get(each.line) if each.line is not None else None
        if available is None or available.currency != each.more.currency:
            yield _shortfall(each, Lack.NO_BUDGET_LINE, None)
        elif each.more > available:
            yield _shortfall(each, Lack.NOT_ENOUGH_FUNDS, available)
        else:
            assert each.line is not None, "it has funds"
            left[each.line] = available - each.more


def _shortfall(asked: Asked, because: Lack, available: Money | None) -> Shortfall:
    return Shortfall(
        item=asked.wanted.item,
        category=asked.wanted.category,
        because=because,
        asked=asked.more,
        available=available,
    )


async def earmark_what_is_approved(running: Any) -> None:
    """The service's task."""
    earmarker = Earmarker(running.handler, running.store.pool)
    while True:
        await earmarker.keep_up()
        await running.clock.sleep(POLL_SECONDS)
