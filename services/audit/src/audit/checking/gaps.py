"""What was due and has not come: noted when the bus leaves it out, told as events, once each."""

from dataclasses import dataclass
from datetime import timedelta

from audit.checking.compare import last_position
from audit.checking.stores import Store
from audit.checking.telling import Teller
from audit.domain.findings import Severity
from audit.domain.gap import FindGap, HealGap, gap
from audit.log import table
from events.service import Connection
from events.values import SYSTEM, Code, GapId

PATIENCE = timedelta(minutes=1)
"""What stands in a store for so long and is not in the log is missing there."""
UNHEALED = timedelta(minutes=5)
"""A gap that stands for so long is a finding."""
RULE = Code("source_gap")


def id_of(source: str, after: int) -> GapId:
    return GapId(f"gap_{source}_{after}")


async def note(source: str, after: int, before: int, log: Connection) -> None:
    """The bus has gone on at `before`, and what follows `after` did not come."""
    await log.execute(
        "insert into source_gap (source, after, last, found_at) values ($1, $2, $3, now())"
        " on conflict (source, after) do update set closed = false where source_gap.closed",
        source,
        after,
        before - 1,
    )


async def reached(source: str, tracked: int, log: Connection) -> int:
    """The last position that the log has of the source. Where its table was worked on, and does not
    have each up to there once, what its tracking row says is as good.
    """
    last = await last_position(log, source)
    if last == tracked:
        return tracked
    entries = await log.fetchval("select count(*) from logged where source = $1", source)
    return last if entries == last else tracked


@dataclass(frozen=True)
class Gaps:
    """Tells what was noted, and when it came after all."""

    teller: Teller

    async def tell(self) -> None:
        """Every gap that is not closed: that it is there, that it is healed, that it stays."""
        log = self.teller.log
        rows = await log.fetch(
            "select source, after, last, found_at from source_gap where not closed"
            " order by found_at, source, after"
        )
        for row in rows:
            source, after = row["source"], row["after"]
            found, at = id_of(source, after), self.teller.now
            command = FindGap(
                by=SYSTEM, at=at, gap=found, service=Code(source), after=after, last=row["last"]
            )
            await self.teller.do(gap, found, command)
            if await last_position(log, source) >= row["last"]:
                await self.teller.do(gap, found, HealGap(by=SYSTEM, at=at))
                await log.execute(
                    "update source_gap set closed = true where source = $1 and after = $2",
                    source,
                    after,
                )
            elif at - row["found_at"] > UNHEALED:
                await self._raise(source, after)

    async def look_into(self, source: str, store: Store) -> None:
        """Note what has stood in the store for long, and is not in the log."""
        after = await last_position(self.teller.log, source)
        waits = await store.waits(after, self.teller.now - PATIENCE)
        if waits is not None:
            await note(source, after, waits + 1, self.teller.log)

    async def _raise(self, source: str, after: int) -> None:
        before = await table.index_of(self.teller.log, source, after)
        entries = () if before is None else (before,)
        await self.teller.raise_finding(RULE, Severity.HIGH, entries, id_of(source, after))
