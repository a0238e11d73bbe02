"""Working imports off: a hundred rows at a time, the cases and their results in one append.

Nothing is done twice. The results of rows are on the import's own stream, at the version that the
append expects; and each case is stored with a claim of its row's key, whatever file it came in. So
this may be stopped anywhere, or run twice at once, and goes on where the history stands.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from events.envelope import Context
from events.handler import Act, Handler
from events.ports import Claim, ClaimTaken
from events.service import Connection
from events.values import CaseId, Code, ImportId
from intake.domain.batch import (
    ROWS_AT_ONCE,
    AbandonImport,
    Batch,
    RecordRows,
    Result,
    Row,
    RowsWorkedAlready,
)
from intake.domain.batch import batch as batches
from intake.domain.case import case as cases
from intake.domain.duplicate import Known
from intake.duplicates.index import Suspicion, look_up
from intake.duplicates.keeping import suspecting
from intake.gateways import Gateways
from intake.importing.rows import Judged, Setting, judge
from intake.importing.sheets import Line
from intake.importing.spool import Spool
from intake.views import terms_of, unrestricted

POLL_SECONDS = 0.5
SCOPE = "import_row"
"""The claims by which a row is taken once."""
NO_TERMS = Code("programme_unknown")
KEY_GONE = Code("key_gone")


@dataclass
class _Chunk:
    """What some rows lead to: their results, and the acts that are stored with them."""

    rows: list[Row] = field(default_factory=list)
    acts: list[Act[Any, Any, Any]] = field(default_factory=list)
    taken: dict[str, CaseId | None] = field(default_factory=dict)
    """By row key, the rows of this chunk that are taken."""


@dataclass(frozen=True)
class Importer:
    """Works off what lies in the spool."""

    handler: Handler
    view: Connection
    spool: Spool
    given: Gateways

    @classmethod
    def of(cls, handler: Handler, view: Connection, given: Gateways) -> Self:
        return cls(handler, view, Spool(view, given.key("import_spool")), given)

    async def work_all(self) -> None:
        """Work off every import that waits."""
        for batch in await self.spool.waiting():
            await self.work(batch)

    async def work(self, batch: ImportId) -> None:
        """Work off one import, from the row where it stands."""
        first = await self.handler.store.load(batch, limit=1)
        if not first:
            await self.spool.drop_orphan(batch, self.handler.clock.now())
            return
        received = first[0].envelope
        context = Context(
            actor=received.actor, correlation=received.correlationid, causation=received.id
        )
        state = await self._stands(batch)
        lines = None if state.is_over else await self.spool.lines(batch)
        while not state.is_over:
            if lines is None:
                await self._abandon(state, KEY_GONE, context)
            else:
                await self._go_on(state, lines, context)
            state = await self._stands(batch)
        await self.spool.drop(batch)

    async def _stands(self, batch: ImportId) -> Batch:
        state, _ = await self.handler.load(batches, batch)
        assert state is not None, "it was received"
        return state

    async def _abandon(self, state: Batch, reason: Code, context: Context) -> None:
        abandoned = AbandonImport(by=context.actor.id, at=self.handler.clock.now(), reason=reason)
        await self.handler.do(Act(batches, state.id, abandoned), context=context)

    async def _go_on(self, state: Batch, lines: Sequence[Line], context: Context) -> None:
        """The next rows. When somebody else worked them off meanwhile, they are looked at anew."""
        terms = await terms_of(self.view, state.programme)
        if terms is None:
            await self._abandon(state, NO_TERMS, context)
            return
        at = self.handler.clock.now()
        setting = Setting(
            state,
            terms,
            context.actor,
            at,
            row_key=self.given.lasting_key("import_row"),
            blind=self.given.blind,
        )
        judged = []
        for line in lines[state.worked : state.worked + ROWS_AT_ONCE]:
            judged.append(judge(line, setting, self.handler.ids))
            await asyncio.sleep(0)  # whoever else is served by this process waits for one row only
        looked_up = await asyncio.gather(*(self._look_up(each) for each in judged))
        chunk = _Chunk()
        for each, (held, suspected) in zip(judged, looked_up, strict=True):
            _add(each, held, suspected, state, chunk)
        record = RecordRows(by=context.actor.id, at=at, worked=state.worked, rows=tuple(chunk.rows))
        try:
            await self.handler.do(Act(batches, state.id, record), *chunk.acts, context=context)
        except (RowsWorkedAlready, ClaimTaken):
            return

    async def _look_up(self, judged: Judged) -> tuple[Claim | None, Sequence[Suspicion]]:
        """Whether the row was taken before; else who in the books may be the same person.

        Of restricted cases nobody reads in a row's result: the index finds those pairs later.
        """
        if judged.asked is None or judged.features is None:
            return None, ()
        held = await self.handler.store.claim(SCOPE, judged.key)
        if held is not None:
            return held, ()
        found = await look_up(self.view, judged.features, not_=judged.asked.returnee)
        told = await unrestricted(self.view, [each.known.case for each in found])
        return None, [each for each in found if each.known.case in told]


def _add(
    judged: Judged,
    held: Claim | None,
    suspected: Sequence[Suspicion],
    state: Batch,
    chunk: _Chunk,
) -> None:
    """One row's result and, where it opens a case, the acts."""
    row, asked = judged.line.row, judged.asked
    if asked is None:
        chunk.rows.append(Row(row, Result.REFUSED, faults=judged.faults))
        return
    if held is not None:
        before = CaseId(held.answer.decode()) if held.answer else None
        chunk.rows.append(Row(row, Result.ALREADY, before))
        return
    if judged.key in chunk.taken:
        chunk.rows.append(Row(row, Result.ALREADY, chunk.taken[judged.key]))
        return
    case = None if state.dry_run else asked.case
    chunk.taken[judged.key] = case
    chunk.rows.append(Row(row, Result.SUSPECTED if suspected else Result.TAKEN, case))
    if case is not None:
        claim = Claim(SCOPE, judged.key, answer=case.encode())
        chunk.acts.append(Act(cases, case, asked, claims=(claim,), new=True))
        here = Known(asked.returnee, case)
        chunk.acts.extend(suspecting(here, each, by=asked.by, at=asked.at) for each in suspected)


async def work_off_imports(running: Any) -> None:
    """The service's task."""
    importer = Importer.of(running.handler, running.store.pool, running.gateways)
    while True:
        await importer.work_all()
        await running.clock.sleep(POLL_SECONDS)
