"""A trail as somebody may see it: a page at a time, each page at the cost of a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.log import table
from audit.log.logged import Logged
from audit.log.mentions import Place
from audit.trail import giving
from audit.trail.chain import trail
from audit.trail.knowing import T, is_hidden, readable
from events.io.identity import Acting
from events.roles import Role
from events.service import Connection

PAGE_LINES = 100
SCANNED_LINES = 500
SCANS = 4
"""How often so many more lines are looked at of which none may be shown, until a page tells that
it found nothing and where to go on."""

Shown = tuple[Logged, tuple[str, ...]]
"""An entry, and the ids in it that may be known."""


@dataclass(frozen=True)
class Page:
    lines: Sequence[Shown]
    next: int | None
    """After which index to go on; None: this was the end."""


class Sight:
    """What somebody may see of the log at an instant."""

    def __init__(self, me: Acting, at: datetime, log: Connection) -> None:
        self._me, self._at, self._log = me, at, log
        self._grants: frozenset[str] | None = None

    @property
    def gives(self) -> bool:
        """Whether it is a donor's."""
        return Role.DONOR in self._me.roles

    async def page(self, key: str, after: int) -> Page | None:
        """The next lines of the trail; None when there is nothing to be told."""
        if not self.gives and await is_hidden(key, self._me, self._at, self._log):
            return None
        told: list[tuple[Place, tuple[str, ...]]] = []
        more, limit = True, PAGE_LINES
        for _ in range(1 + SCANS):
            found = await self._trail(key, after, limit + 1)
            more = len(found) > limit
            told = await self.readable(key, found[:limit])
            after = found[:limit][-1].index if found else after
            if told or not more:
                break
            limit = SCANNED_LINES
        if not told and not more:
            return None
        if len(told) > PAGE_LINES:
            told, more = told[:PAGE_LINES], True
            after = told[-1][0].index
        entries = {
            each.index: each for each in await table.at(self._log, [p.index for p, _ in told])
        }
        lines = [(entries[place.index], names) for place, names in told]
        return Page(lines, after if more else None)

    async def readable(self, key: str, entries: Sequence[T]) -> list[tuple[T, tuple[str, ...]]]:
        """Those of the entries that may be seen, each with the ids that may."""
        if self.gives:
            return await giving.readable(entries, await self._theirs(), self._log)
        return await readable(key, entries, self._me, self._at, self._log)

    async def has(self, entry: Logged) -> bool:
        """Whether this one may be seen, by whoever may have its receipt."""
        return not self.gives or bool(await self.readable("", [entry]))

    async def _trail(self, key: str, after: int, limit: int) -> list[Place]:
        if not self.gives:
            return await trail(key, self._log, after=after, limit=limit)
        theirs = await self._theirs()
        return await giving.trail_of_money(key, theirs, self._log, after=after, limit=limit)

    async def _theirs(self) -> frozenset[str]:
        if self._grants is None:
            self._grants = await giving.grants_of(self._me, self._log)
        return self._grants
