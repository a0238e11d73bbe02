"""Drawing up the months that are over, so that a person can close them.

What a month comes to is worked out by a process of its own, which replays the log in a scratch
database: as long as that takes, this service goes on with its work.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from audit.domain.note import Checkpoint
from audit.domain.period import DrawUpPeriod, Figures, Month, ends, period
from audit.log import proofs
from audit.replay import view
from audit.settings import SCRATCH
from events.canonical import decode_ours
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.io.patience import patiently
from events.ports import Unavailable
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, Code

SETTLES = timedelta(days=1)
"""After a month's end, until its figures are drawn up: by then what was under way has come in."""
PAUSE_SECONDS = 60.0
DRAWER = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("closing"),
)
WorkOut = Callable[[Month, int], Awaitable[Figures]]

log = logging.getLogger("homeward.audit")


class OtherRoot(Exception):
    """The table's entries do not come to the root that was signed over so many."""


def stream_of(month: Month) -> str:
    return f"clo_{month.replace('-', '_')}"


@dataclass(frozen=True)
class Drawer:
    """Draws up what is due."""

    handler: Handler
    tables: Connection
    work_out: WorkOut

    async def draw_up(self, signed: Checkpoint) -> list[Month]:
        """Every month that is over and not closed, unless it stands as it was drawn up."""
        now = self.handler.clock.now()
        await view.note_months(self.tables, now)
        drawn = []
        for shown in await view.months(self.tables):
            over = ends(shown.month) + SETTLES < now
            closed = shown.period is not None and shown.period.closed_by is not None
            if not over or closed or (shown.period is not None and not shown.late):
                continue
            figures = await self.work_out(shown.month, signed.size)
            if figures.root != signed.root.hex():
                raise OtherRoot(f"{figures.root} is not what was signed over {signed.size}")
            command = DrawUpPeriod(by=SYSTEM, at=now, period=shown.month, figures=figures)
            stream = stream_of(shown.month)
            context = Context(actor=DRAWER, correlation=stream)
            await self.handler.do(Act(period, stream, command), context=context)
            drawn.append(shown.month)
        return drawn


def beside(scratch: str) -> WorkOut:
    """Works it out in a process of its own. `Unavailable` when that fails."""

    async def work_out(month: Month, size: int) -> Figures:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-m", "audit.replay", "--json", "--period", month, "--size", str(size)),
            env=os.environ | {SCRATCH: scratch},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            said, why = await process.communicate()
        except asyncio.CancelledError:
            process.kill()
            raise
        if process.returncode:
            log.error("%s could not be drawn up: %s", month, why.decode(errors="replace")[-500:])
            raise Unavailable(f"the replay ended with {process.returncode}")
        told = msgspec.json.decode(said, type=dict[str, msgspec.Raw])
        return msgspec.json.decode(told["figures"], type=Figures, dec_hook=decode_ours)

    return work_out


async def keep_drawing_up(running: Any) -> None:
    """The service's task. Without a scratch database nothing is drawn up."""
    scratch = os.environ.get(SCRATCH)
    if not scratch:
        log.warning("no month is drawn up: %s is not set", SCRATCH)
        return
    drawer = Drawer(running.handler, running.store.pool, beside(scratch))
    while True:
        signed = proofs.newest(running.gateways)
        if signed is not None:
            checkpoint = signed.checkpoint
            await patiently(lambda: drawer.draw_up(checkpoint))  # noqa: B023  awaited here
        await running.clock.sleep(PAUSE_SECONDS)
