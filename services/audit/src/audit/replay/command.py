"""Make views again from the log alone, beside those that stand: what `./homeward replay` becomes.

The log is the running one, or a copy of it: a folder or a zip. Both clocks can be set back:
--as-of, to what had happened by then; --known-at, to what was known by then. A day means its end.
With --compare each table is held against the live one; with --period a month is worked out, and
held against what was closed. Nothing is written but, of the running log, that it was replayed.
"""

import argparse
import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime, time
from pathlib import Path
from typing import NoReturn

import asyncpg

from audit.domain import registry
from audit.domain.replay import RecordReplay, replay
from audit.replay import report
from audit.replay.closed import check_period, closes_in
from audit.replay.figures import CannotDrawUp
from audit.replay.history import BadHistory, Cut, FolderHistory, History, running_log
from audit.replay.live import compare, standing
from audit.replay.rebuild import declared, rebuilt
from audit.replay.what_if import BadPage, WhatIf
from audit.settings import SCRATCH
from events.handler import Act
from events.io import command
from events.service import Service
from events.values import Code, Digest, ReplayId

LIVE = "HOMEWARD_LIVE_DATABASES"
"""By service, the database that a replay is held against."""
SERVICES = ("intake", "plans", "vendors", "disbursement", "audit")
DIFFERS_STATUS = 1
HINDERED_STATUS = 2


def main() -> None:
    """Replay what the command line names. 1: something differs. 2: nothing was replayed."""
    asked = arguments().parse_args()
    try:
        status = asyncio.run(_replay(asked))
    except (BadHistory, BadPage, CannotDrawUp, ValueError) as hindrance:
        _hindered(str(hindrance))
    except (OSError, asyncpg.PostgresError) as error:
        _hindered(f"A database is not to be had: {type(error).__name__}")
    sys.exit(status)


def _hindered(why: str) -> NoReturn:
    sys.stderr.write(f"Nothing was replayed: {why}\n")
    sys.exit(HINDERED_STATUS)


async def _replay(asked: argparse.Namespace) -> int:
    if asked.compare and asked.log is not None:
        raise ValueError("a copy is not compared: the live views are where the log runs")
    services = [declared(name) for name in asked.service or SERVICES]
    only = views(asked.view, services)
    async with AsyncExitStack() as until:
        history: History
        if asked.log is not None:
            history = FolderHistory.open(asked.log)
        else:
            history = await until.enter_async_context(
                running_log(_address(command.DATABASE), asked.size)
            )
        if asked.period:
            return await check_period(
                asked.period, history, _address(SCRATCH), as_json=asked.json, size=asked.size
            )
        what_if = WhatIf.read(asked.what_if) if asked.what_if else None
        live = None
        if asked.compare:
            addresses = json.loads(_address(LIVE))
            live = await until.enter_async_context(
                standing({each.name: addresses[each.name] for each in services})
            )
        cut = Cut(asked.as_of, asked.known_at, asked.size)
        back = asked.as_of or asked.known_at or asked.size or what_if
        made, pools = await until.enter_async_context(
            rebuilt(
                services,
                history,
                cut,
                _address(SCRATCH),
                limit=live.limit if live and not back else lambda *_: None,
                rewrite=what_if.rewrite if what_if else lambda told: told,
                only=only,
            )
        )
        if what_if is not None:
            what_if.told()
        compared = await compare(made.views, pools, live) if live else None
        closes = await closes_in(history) if asked.log else []
        told = report.Report(history.size, cut, made, compared, services, what_if, closes)
        sys.stdout.write(told.as_json() if asked.json else told.as_text())
        if asked.log is None:
            await _record(asked, told)
        stuck = any(each.stands_at is not None for each in made.views)
        differs = not back and any(not each.same for each in compared or ())
        return DIFFERS_STATUS if stuck or differs else 0


async def _record(asked: argparse.Namespace, told: report.Report) -> None:
    """That the running log was replayed is an event, like every look at it."""
    async with command.opened(_address(command.DATABASE), registry) as (_, handler):
        new = ReplayId(handler.ids.new("rpl"))
        names = asked.service or ["all"]
        performed = RecordReplay(
            by=asked.by,
            at=handler.clock.now(),
            replay=new,
            scope=Code(names[0] if len(names) == 1 else "several"),
            size=told.size,
            as_of=asked.as_of,
            known_at=asked.known_at,
            programme=told.what_if.page.programme if told.what_if else None,
            digest=Digest(told.digest),
        )
        context = command.operator(asked.by, handler)
        await handler.do(Act(replay, new, performed, new=True), context=context)


def _address(name: str) -> str:
    address = os.environ.get(name)
    if not address:
        raise ValueError(f"set {name}; ./homeward replay does it by itself")
    return address


def views(asked: list[str], services: list[Service]) -> frozenset[str]:
    """The views that were named, as `service.view`. `ValueError` for one that nobody has."""
    known = [f"{service.name}.{view.name}" for service in services for view in service.views]
    found = frozenset(
        each for each in known for name in asked if name in (each, each.partition(".")[2])
    )
    for name in asked:
        if not any(name in (each, each.partition(".")[2]) for each in known):
            raise ValueError(f"there is no view {name}. There is: {', '.join(known)}")
    return found


def instant(told: str) -> datetime:
    """A day, which means its end, or an instant with its zone. Times are UTC."""
    try:
        if len(told) == len("2026-10-31"):
            return datetime.combine(datetime.fromisoformat(told).date(), time.max, UTC)
        at = datetime.fromisoformat(told)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{told} is no day (2026-10-31) and no instant (2026-10-31T17:00:00Z)"
        ) from None
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{told} has no zone: write {told}Z for UTC")
    return at.astimezone(UTC)


def _month(told: str) -> str:
    try:
        return f"{datetime.strptime(told, '%Y-%m').replace(tzinfo=UTC):%Y-%m}"
    except ValueError:
        raise argparse.ArgumentTypeError(f"{told} is no month, such as 2026-10") from None


def _size(told: str) -> int:
    if not told.isdigit() or not int(told):
        raise argparse.ArgumentTypeError("a number of entries, from 1")
    return int(told)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./homeward replay",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "log", nargs="?", type=Path, help="a copy of the log (else the running one)"
    )
    parser.add_argument("--as-of", type=instant, metavar="T", help="what had happened by then")
    parser.add_argument("--known-at", type=instant, metavar="T", help="what was known by then")
    parser.add_argument("--size", type=_size, metavar="N", help="the log's first N entries alone")
    parser.add_argument(
        "--service", action="append", choices=SERVICES, help="its views alone (several times)"
    )
    parser.add_argument(
        "--view", action="append", default=[], help="this view alone (several times)"
    )
    parser.add_argument("--compare", action="store_true", help="hold each table against the live")
    parser.add_argument("--period", type=_month, metavar="YYYY-MM", help="a month, and its close")
    parser.add_argument(
        "--what-if",
        type=Path,
        metavar="PAGE",
        help="as if this page of a programme had been published in place of each one it had",
    )
    parser.add_argument("--json", action="store_true", help="for a machine")
    command.by_whom(parser)
    return parser


if __name__ == "__main__":
    main()
