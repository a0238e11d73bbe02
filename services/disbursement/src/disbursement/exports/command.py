"""Export a grant: what `./homeward export` becomes.

The service's database is named by HOMEWARD_DATABASE_URL. The file is written as it is kept under
its digest; that it was made is an event.
"""

import argparse
import os
from datetime import date
from functools import partial
from pathlib import Path

from disbursement.domain import registry
from disbursement.domain.export import Format
from disbursement.exports.gather import History
from disbursement.exports.make import MEDIA, Wanted, make
from disbursement.exports.publisher import Publisher
from disbursement.views import lists, views
from events.io import command
from events.io.postgres.tracking import PostgresTracking
from events.service import Connection
from events.values import SYSTEM, ExportId, GrantId

OWN = "disbursement"
ALL_GRANTS = 1000
"""There are a dozen."""


def main() -> None:
    """Export what the command line names; a hindrance is told in a sentence."""
    asked = _arguments().parse_args()
    command.run(partial(_export, asked), service="disbursement")


async def _export(asked: argparse.Namespace, url: str) -> str:
    """What was exported, in a sentence."""
    async with command.opened(url, registry) as (store, handler):
        seen = await _seen(PostgresTracking(store.pool))
        cut_off = asked.cut_off or seen
        if cut_off > seen:
            raise ValueError(f"The views have come to position {seen}; ask again, or for less.")
        wanted = Wanted(
            export=ExportId(handler.ids.new("exp")),
            grant=await _grant(asked.grant, store.pool),
            format=Format(asked.format),
            by=SYSTEM,
            at=handler.clock.now(),
            since=asked.since,
        )
        act, content = await make(
            wanted,
            History(store, registry, cut_off),
            store.pool,
            Publisher.read(os.environ),
            stands=await store.head(),
        )
        await handler.do(act, context=command.at_the_command_line(handler))
    path = asked.out or Path(f"{wanted.format}-{wanted.grant}.{MEDIA[wanted.format][1]}")
    path.write_bytes(content)
    return f"{path}: {len(content)} bytes, as of position {cut_off}, {act.command.digest}"


async def _seen(tracking: PostgresTracking) -> int:
    """How far all views have come in this service's own history."""
    own = [view.name for view in views if OWN in view.hears]
    return min([await tracking.last(name, OWN) for name in own])


async def _grant(named: str, view: Connection) -> GrantId:
    """By its id or by the donor's reference. `ValueError` when there is none."""
    known = await lists.grants(view, after=None, limit=ALL_GRANTS)
    for row in known:
        if named in (row.state.id, row.state.reference):
            return row.state.id
    references = ", ".join(row.state.reference for row in known) or "none yet"
    raise ValueError(f"There is no grant {named}. There is: {references}.")


def _position(told: str) -> int:
    if not told.isdigit() or not int(told):
        raise argparse.ArgumentTypeError("a position of the history, from 1")
    return int(told)


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise argparse.ArgumentTypeError("a day, such as 2026-11-21") from None


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./homeward export", description=__doc__)
    parser.add_argument("format", choices=[str(each) for each in Format], help="in which form")
    parser.add_argument("grant", help="the donor's reference, or its id: gra_...")
    parser.add_argument("--cut-off", type=_position, help="the last position to tell of")
    parser.add_argument(
        "--from", dest="since", type=_day, help="the first day (ocds, donor_report)"
    )
    parser.add_argument("--out", type=Path, help="the file to write (else one named for it here)")
    return parser


if __name__ == "__main__":
    main()
