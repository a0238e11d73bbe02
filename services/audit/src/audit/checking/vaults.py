"""Each service's vault: a value that an entry has a digest of is kept, or was erased by an event.

The digests are in the entries, which are held against the log; the values are for nobody here.
`<service>_auditor` sees of a sealed value which event it is of, and no more: so they are counted.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from audit.checking.compare import PAGE, Found, last_position
from audit.checking.stores import Store
from audit.domain.difference import Difference, Kind
from audit.log import erasures
from audit.log.logged import Logged
from events.service import Connection

TOLD_WITHIN = timedelta(seconds=30)
"""A service destroys first and tells then: what is missing for less may be about to be told."""


@dataclass
class Vaults:
    """What is missing of each, and since when it was seen to be."""

    now: Callable[[], datetime]
    _since: dict[str, dict[int, datetime]] = field(default_factory=dict)

    async def compare(
        self,
        service: str,
        store: Store,
        log: Connection,
        pace: Callable[[], Awaitable[None]],
        told: Sequence[Difference],
    ) -> tuple[Found, ...]:
        """Where values are missing that nobody erased. `told`: what stands already. `pace` is
        awaited between pages.
        """
        missing: dict[int, Logged] = {}
        end = await last_position(log, service)
        for after in range(0, end, PAGE):
            until = min(after + PAGE, end)
            missing |= await _missing(service, await store.lacking(after, until), log)
            await pace()
        before, now = self._since.get(service, {}), self.now()
        since = {position: before.get(position, now) for position in missing}
        self._since[service] = since
        stands = [each for each in told if each.kind is Kind.VALUE_MISSING]
        return _runs(
            (position, missing[position])
            for position, seen in since.items()
            if now - seen >= TOLD_WITHIN or any(each.covers(position) for each in stands)
        )


async def _missing(service: str, kept: dict[int, int], log: Connection) -> dict[int, Logged]:
    """Those of which fewer values are kept than were not erased."""
    if not kept:
        return {}
    entries = await erasures.at(log, service, kept.keys())
    told = {position: erasures.sealed(entry) for position, entry in entries.items()}
    erased = await erasures.erased(log, service, {each.person for each in told.values()})
    return {
        position: entries[position]
        for position, each in told.items()
        if kept[position] + len(each.erased(erased, position)) < each.digests
    }


def _runs(missing: Iterable[tuple[int, Logged]]) -> tuple[Found, ...]:
    """Those that follow on each other are one."""
    found: list[Found] = []
    for at, entry in missing:
        if found and found[-1].last == at - 1:
            run = found.pop()
            found.append(Found(run.kind, run.position, at, run.entry, run.stream))
        else:
            found.append(Found(Kind.VALUE_MISSING, at, at, entry.index, entry.stream))
    return tuple(found)
