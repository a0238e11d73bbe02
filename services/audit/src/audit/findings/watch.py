"""Running the rules over the log as it grows, and telling what nobody has reviewed in time.

Sources reach the log one beside the other, so entries are read in the order in which they were
recorded, once all of that time have had time to arrive. One that a service dated ahead counts as of
the moment at which it was here: none waits for a clock that is wrong. In which order they were read
is itself written down (`finding_read`): read again, however late something came, they say the same.

So once a day they are read again, into books that are made for it and thrown away: what was not
found because somebody changed the books that are kept is found then.
"""

import asyncio
import hashlib
import heapq
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from audit.checking.telling import Teller
from audit.domain.finding import RaiseFinding, TellFindingOverdue, finding
from audit.domain.findings import HEARD, Found, Seen, look_at
from audit.findings import view as findings_view
from audit.findings.kept import KeptBooks
from audit.log import table
from events.envelope import Actor, Context, open_entry
from events.handler import Act, Handler
from events.io.patience import patiently
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, Code, FindingId, PersonId

PAGE = 1000
AT_ONCE = 200
"""So many entries are read before others of this process have their turn."""
PAUSE_SECONDS = 2.0
AGAIN_SECONDS = 86_400.0
SHARE = 0.1
"""Which part of the time is spent on reading again."""
FILE = "findings.sqlite"
"""In the service's folder."""
SETTLED = timedelta(seconds=5)
"""An entry is looked at when it is so old: what was recorded before it is in the log by then."""
LEFT_OUT = timedelta(hours=1)
"""What is so old and was not read was left out."""
MOST = 5_000
"""So many entries wait at most; then the oldest of them are read, whatever may still come."""
WATCHER = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("findings"),
)


def id_of(found: Found) -> FindingId:
    """The same finding has the same id, whoever finds it and when."""
    told = f"{found.rule} {' '.join(map(str, found.entries))}"
    return FindingId(f"fnd_{hashlib.sha256(told.encode()).hexdigest()[:32]}")


@dataclass
class Watcher:
    """Looks at the log, and raises what the rules find."""

    handler: Handler
    log: Connection
    kept: KeptBooks = field(default_factory=KeptBooks)
    share: float = 1.0
    """Which part of the time it reads."""
    settled: timedelta = SETTLED
    _next: int = 0
    """All entries before it were seen, to wait or to be read."""
    _waiting: list[tuple[datetime, int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._next = self.kept.next

    async def look(self) -> None:
        """At all that has come since the last time, and has settled."""
        await self._go_on()
        while True:
            page = await table.unread(self.log, sorted(HEARD), self._next, PAGE)
            until = now = self.handler.clock.now()
            for index, raw in page:
                recorded = min(open_entry(raw).recordedtime, now)
                heapq.heappush(self._waiting, (recorded, index, raw))
                self._next = index + 1
            if len(page) == PAGE:
                until = min(until, recorded)
            await self._look_until(until - self.settled)
            if len(page) < PAGE:
                return

    async def _go_on(self) -> None:
        """What was read before and is not in these books: after a crash, or with other rules."""
        self.kept.forget()
        if self.kept.place > await table.count_read(self.log):
            self.kept.begin_anew()  # books that say so are none of this log
            self._next = 0
        read: set[int] = set()
        while page := await table.read_since(self.log, self.kept.place, AT_ONCE):
            read.update(index for index, _ in page)
            await self._read(page)
        if read:
            self._waiting = [each for each in self._waiting if each[1] not in read]
            heapq.heapify(self._waiting)

    async def _look_until(self, settled: datetime) -> None:
        while self._waiting and (self._waiting[0][0] <= settled or len(self._waiting) > MOST):
            oldest = heapq.nsmallest(AT_ONCE, self._waiting)
            page = [each for each in oldest if each[0] <= settled]
            page = page or oldest[: len(self._waiting) - MOST]
            await table.note_read(self.log, self.kept.place, [index for _, index, _ in page])
            for _ in page:
                heapq.heappop(self._waiting)
            await self._read([(index, raw) for _, index, raw in page])

    async def _read(self, page: list[tuple[int, bytes]]) -> None:
        began = time.monotonic()
        for index, raw in page:
            for found in look_at(Seen.of(index, raw), self.kept.books):
                await self._raise(found)
        following = min((index for _, index, _ in self._waiting), default=self._next)
        self.kept.keep(self.kept.place + len(page), following)
        await asyncio.sleep((time.monotonic() - began) * (1 / self.share - 1))

    async def _raise(self, found: Found) -> None:
        new, now = id_of(found), self.handler.clock.now()
        people = await table.actors_at(self.log, found.entries, besides="audit")
        command = RaiseFinding(
            by=SYSTEM,
            at=now,
            finding=new,
            rule=found.rule,
            severity=found.severity,
            entries=found.entries,
            people=tuple(PersonId(each) for each in people if each != SYSTEM),
            review_by=now + timedelta(days=found.review_days),
            payment=found.payment,
            cash=found.cash,
            case=found.case,
            vendor=found.vendor,
        )
        context = Context(actor=WATCHER, correlation=new)
        await self.handler.do(Act(finding, new, command), context=context)

    async def tell_overdue(self) -> None:
        """Of each finding that nobody has reviewed in its time: say so, once."""
        now = self.handler.clock.now()
        for each in await findings_view.due(self.log, now):
            told = Act(finding, each, TellFindingOverdue(by=SYSTEM, at=now))
            await self.handler.do(told, context=Context(actor=WATCHER, correlation=each))


async def keep_watching(running: Any) -> None:
    """The service's task."""
    kept = KeptBooks(running.settings.data / FILE)
    watcher = Watcher(running.handler, running.store.pool, kept)
    teller = Teller(running.handler, running.store.pool)
    try:
        while True:
            await teller.unless_broken(watcher.look)
            await patiently(watcher.tell_overdue)
            await running.clock.sleep(PAUSE_SECONDS)
    finally:
        kept.close()


async def keep_looking_again(running: Any) -> None:
    """The service's task: after a start and once a day."""
    teller = Teller(running.handler, running.store.pool)
    while True:
        await teller.unless_broken(lambda: look_again(running.handler, running.store.pool))
        await running.clock.sleep(AGAIN_SECONDS)


async def look_again(handler: Handler, log: Connection, *, share: float = SHARE) -> None:
    """At all of the log as if nobody had; what was raised before is not raised again."""
    with tempfile.TemporaryDirectory() as folder:
        kept = KeptBooks(Path(folder) / FILE)
        try:
            await Watcher(handler, log, kept, share, LEFT_OUT).look()
        finally:
            kept.close()
