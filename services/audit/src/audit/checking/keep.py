"""The continuous check: pass after pass over every store, for as long as the service runs."""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import asyncpg

from audit.checking import view
from audit.checking.compare import Found, Had, Pass, compare
from audit.checking.forged import Forgeries
from audit.checking.gaps import Gaps
from audit.checking.indexes import OwnIndexes
from audit.checking.measures import Measures
from audit.checking.months import Months
from audit.checking.order import Order
from audit.checking.own import compare_own
from audit.checking.stores import Store, opened, read_stores
from audit.checking.telling import Teller, id_of
from audit.checking.vaults import Vaults
from audit.checking.views import OwnViews
from audit.domain.difference import (
    CHECKPOINTS,
    FILES,
    KEPT,
    LOG,
    MONTHS,
    ClearDifference,
    Difference,
    Kind,
    RepairDifference,
    difference,
    of_view,
)
from audit.findings.view import count_overdue
from audit.log import proofs
from audit.log.files import CHECKPOINT, LogFiles
from audit.log.logged import BrokenLog, Logged
from audit.log.proofs import Signed
from events.io.patience import patiently
from events.ports import Unavailable
from events.values import SYSTEM, Code, DifferenceId

PUBLISHING_SECONDS = 1.0
PAUSE_SECONDS = 5.0
"""Between two rounds over all stores."""
ORDER_SECONDS = 1.0
SHARE = 0.1
"""Which part of the time the check keeps a store at work."""
AT_WORK_SECONDS = 5.0
"""A page takes no longer: what does was waiting, and is not waited for again."""
UNREADABLE_AFTER = timedelta(minutes=2)


@dataclass
class Checker:
    """Compares, and tells what it finds."""

    teller: Teller
    stores: Mapping[str, str]
    """Addresses that can only read, by service."""
    share: float = SHARE
    measures: Measures = field(default_factory=Measures)
    _last: Signed | None = None
    """The newest checkpoint that a pass has seen: who takes it off the disk and out of the table
    has not taken it from here.
    """

    def __post_init__(self) -> None:
        self._vaults = Vaults(lambda: self.teller.now)

    async def count(self) -> None:
        """What else is measured, as far as it is told."""
        self.measures.gaps = await view.count_gaps(self.teller.log)
        self.measures.overdue = await count_overdue(self.teller.log)

    async def expect(self) -> None:
        """Each store is among those that are to be whole, whether or not a pass has seen it."""
        await self.teller.log.executemany(
            "insert into store_check (service) values ($1) on conflict do nothing",
            [(service,) for service in self.stores],
        )
        self.measures.begin((*self.stores, *KEPT))

    async def check_all(self) -> None:
        """One pass over each store."""
        for service, url in self.stores.items():
            await self.check(service, url)

    async def check_log(self, files: LogFiles) -> None:
        """One pass over what this service keeps of the log: its table, its index, its files. Files
        are written anew where the table is what was signed.
        """
        log = self.teller.log
        try:
            signed = await self._published(files)
        except BrokenLog as broken:
            await self.teller.differs(broken.part, broken.kind, broken.at)
            await self._note(broken.part, 1)
            return
        order, months = Order(self.teller), await Months.begin(log, self.teller.now)

        async def look(entries: Sequence[Logged]) -> None:
            await order.take(entries)
            await months.take(entries)

        passes = await compare_own(log, files, signed, self._pace(), look=look)
        for part, passed in passes.items():
            for each in passed.differences:
                await self._tell(part, each)
            if part != FILES or not passes[LOG].differences:  # else nothing was said of them
                await self._clear(part, passed)
            await self._note(part, len(passed.differences))
        if not passes[LOG].differences:
            await self._put_right(MONTHS, await months.end(self.teller.now))
        if passes[FILES].differences:
            await compare_own(log, files, signed, self._pace(), repair=True)
            for each in passes[FILES].differences:
                await self._repaired(id_of(FILES, each.kind, each.position))

    async def _published(self, files: LogFiles) -> Signed | None:
        """The checkpoint that is published; where that is an earlier one than was published before,
        the last of those is published again, and told. `BrokenLog`.
        """
        kept = await proofs.last_kept(self.teller.log, files)
        last = max(filter(None, (self._last, kept)), key=_size, default=None)
        signed = proofs.newest(files)
        if last is not None and _size(signed) < _size(last):
            await asyncio.sleep(PUBLISHING_SECONDS)  # it is kept a moment before it is published
            signed = proofs.newest(files)
        if last is None or _size(signed) > _size(last):
            self._last = signed
            return signed
        if signed is not None and _size(signed) == _size(last):
            return await self._as_kept(files, signed, kept)
        size = last.checkpoint.size
        await self.teller.differs(CHECKPOINTS, Kind.ROLLED_BACK, size)
        files.write([(CHECKPOINT, last.note.encode())])
        await self._repaired(id_of(CHECKPOINTS, Kind.ROLLED_BACK, size))
        return last

    async def _as_kept(self, files: LogFiles, signed: Signed, kept: Signed | None) -> Signed:
        """What is published, byte for byte what is kept of it: a witness's line that is cut off is
        no other checkpoint, and all the same not what was published. Where it is not kept, that is
        told by the pass.
        """
        if kept is not None and _size(kept) == _size(signed) and kept.note != signed.note:
            await self.teller.differs(CHECKPOINTS, Kind.EDITED, _size(kept))
            files.write([(CHECKPOINT, kept.note.encode())])
            await self._repaired(id_of(CHECKPOINTS, Kind.EDITED, _size(kept)))
            signed = kept
        self._last = signed
        return signed

    async def check_views(self, own: OwnViews) -> None:
        """One pass over what this service lists. What was not as its events say is written anew."""
        for name, differs in (await own.compare(self._pace())).items():
            await self._put_right(of_view(name), differs)

    async def check_indexes(self, own: OwnIndexes) -> None:
        """One pass over the indexes of the trail. What is missing is there again; what no entry
        bears out stays, as it does in the log's table, until a person takes it out.
        """
        if self.measures.differences.get(LOG):
            own.close()  # what follows from another log is no index of this one
            return
        log = self.teller.log
        for part, found in (await own.compare(self._pace())).items():
            if found.missing:
                await self.teller.differs(part, Kind.DELETED)
                await self._repaired(id_of(part, Kind.DELETED, None))
            if found.beside:
                await self.teller.differs(part, Kind.MISFILED)
            for each in () if found.beside else await view.standing(log, part):
                await self._no_more(each)
            await self._note(part, found.missing + found.beside)

    async def _put_right(self, part: Code, differs: int) -> None:
        """It was not what it has to be in so many places, and is now."""
        if differs:
            await self.teller.differs(part, Kind.EDITED)
            await self._repaired(id_of(part, Kind.EDITED, None))
        await self._note(part, differs)

    async def _repaired(self, new: DifferenceId) -> None:
        await self.teller.do(difference, new, RepairDifference(by=SYSTEM, at=self.teller.now))

    async def _note(self, part: Code, differs: int) -> None:
        self.measures.note(part, differs)
        await view.note_own(self.teller.log, part, self.teller.now, differs)

    async def check(self, service: str, url: str) -> None:
        """One pass over a store; what was found and what is no more is told."""
        began = time.monotonic()
        try:
            had = await self._had(service)
            async with opened(url) as store:
                passed = await compare(service, store, self.teller.log, self._pace(), had)
                passed = await self._with_its_vault(service, store, passed)
                await Gaps(self.teller).look_into(service, store)
        except (Unavailable, asyncpg.PostgresError) as error:
            await self._cannot_read(service, error)
            return
        for each in passed.differences:
            await self._tell(Code(service), each)
        await self._clear(service, passed)
        await self.teller.log.execute(
            "insert into store_check as kept"
            " (service, passed_at, rows, head, seconds, differs, agreed)"
            " values ($1, $2, $3, $4, $5, $6, $7) on conflict (service) do update set"
            " passed_at = excluded.passed_at, rows = excluded.rows, head = excluded.head,"
            " seconds = excluded.seconds, differs = excluded.differs,"
            " agreed = greatest(kept.agreed, excluded.agreed),"
            " failing_since = null, failing_with = null",
            service,
            self.teller.now,
            passed.rows,
            passed.head,
            time.monotonic() - began,
            len(passed.differences),
            passed.agreed,
        )
        self.measures.note(service, len(passed.differences))

    async def _with_its_vault(self, service: str, store: Store, passed: Pass) -> Pass:
        told = await view.standing(self.teller.log, service)
        missing = await self._vaults.compare(service, store, self.teller.log, self._pace(), told)
        return replace(passed, differences=(*passed.differences, *missing))

    async def _had(self, service: str) -> Had:
        """What earlier passes saw of the store."""
        log = self.teller.log
        told = [each for each in await view.standing(log, service) if each.never_stored]
        never = [range(each.position or 0, (each.last or 0) + 1) for each in told]
        return Had(await view.agreed(log, service), never)

    def _pace(self) -> Any:
        """What is awaited between pages, so that the store is at work for a share of the time."""
        last = time.monotonic()

        async def pace() -> None:
            nonlocal last
            took = min(time.monotonic() - last, AT_WORK_SECONDS)
            await asyncio.sleep(took * (1 / self.share - 1))
            last = time.monotonic()

        return pace

    async def _tell(self, service: Code, found: Found) -> None:
        await self.teller.differs(
            service,
            found.kind,
            found.position,
            last=found.last,
            entry=found.entry,
            stream=found.stream,
            never_stored=found.never_stored,
        )

    async def _clear(self, service: str, passed: Pass) -> None:
        for each in await view.standing(self.teller.log, service):
            if not passed.differs_at(each.position):
                await self._no_more(each)

    async def _no_more(self, cleared: Difference) -> None:
        command = ClearDifference(by=SYSTEM, at=self.teller.now)
        await self.teller.do(difference, cleared.id, command)

    async def _cannot_read(self, service: str, error: Exception) -> None:
        """Somebody may have taken the right away, or the store: after a while that is told."""
        now = self.teller.now
        since = await self.teller.log.fetchval(
            "insert into store_check as kept (service, failing_since, failing_with)"
            " values ($1, $2, $3) on conflict (service) do update set"
            " failing_since = coalesce(kept.failing_since, excluded.failing_since),"
            " failing_with = excluded.failing_with returning failing_since",
            service,
            now,
            type(error.__cause__ or error).__name__,
        )
        if now - since < UNREADABLE_AFTER:
            return
        await self.teller.differs(Code(service), Kind.UNREADABLE)


def _size(signed: Signed | None) -> int:
    return 0 if signed is None else signed.checkpoint.size


async def keep_checking(running: Any) -> None:
    """The service's task."""
    teller = Teller(running.handler, running.store.pool)
    checker = Checker(teller, read_stores(os.environ))
    store = running.store
    own = OwnViews(running.settings.database_url, store, running.service.views)
    indexes = OwnIndexes(running.settings.database_url)
    try:
        while True:
            await patiently(checker.count)
            await patiently(checker.expect)
            await patiently(lambda: checker.check_views(own))
            await patiently(lambda: checker.check_log(running.gateways))
            await checker.teller.unless_broken(lambda: checker.check_indexes(indexes))
            await checker.check_all()
            await running.clock.sleep(PAUSE_SECONDS)
    finally:
        own.close()
        indexes.close()


async def keep_order(running: Any) -> None:
    """The service's task: gaps, forgeries and disorder are told at once, however long a pass is."""
    teller = Teller(running.handler, running.store.pool)
    gaps, forgeries = Gaps(teller), Forgeries(teller)
    order = await patiently(lambda: Order.of_what_comes(teller))
    while True:
        await patiently(gaps.tell)
        await patiently(forgeries.tell)
        await teller.unless_broken(order.look)
        await running.clock.sleep(ORDER_SECONDS)
