"""Export a grant: what `./homeward export` becomes.

The service's database is named by HOMEWARD_DATABASE_URL. The file is written as it is kept under
its digest; that it was made is an event.
"""

import argparse
import asyncio
import os
import re
import sys
from pathlib import Path

from disbursement.domain import registry
from disbursement.domain.export import Format
from disbursement.exports.gather import History
from disbursement.exports.make import MEDIA, Wanted, make
from disbursement.exports.publisher import BadPublisher, Publisher
from disbursement.views import lists, views
from events.decider import Rejected
from events.envelope import Actor, Context
from events.handler import Handler
from events.io.postgres import EpochKeys, open_store
from events.io.postgres.tracking import PostgresTracking
from events.io.system import SystemClock, SystemIds
from events.ports import Unavailable
from events.service import Connection
from events.values import SUBJECT, Code, ExportId, GrantId, PersonId

DATABASE = "HOMEWARD_DATABASE_URL"
OWN = "disbursement"
ALL_GRANTS = 1000
"""There are a dozen."""


def main() -> None:
    """Export what the command line names; a hindrance is told in a sentence."""
    asked = _arguments().parse_args()
    url = os.environ.get(DATABASE)
    if not url:
        sys.exit(f"Set {DATABASE} to the address of the disbursement service's database.")
    try:
        told = asyncio.run(_export(asked, url))
    except (OSError, Unavailable, BadPublisher, ValueError) as hindrance:
        sys.exit(str(hindrance))
    except Rejected as refusal:
        sys.exit(f"Refused: {type(refusal).__name__} {refusal.facts()}")
    print(told)  # noqa: T201  this is a command


async def _export(asked: argparse.Namespace, database_url: str) -> str:
    """What was exported, in a sentence."""
    clock, ids = SystemClock(), SystemIds()
    # A grant has no personal value, so no key of the vault is needed to tell of it.
    async with open_store(database_url, EpochKeys(os.urandom(32))) as store:
        seen = await _seen(PostgresTracking(store.pool))
        cut_off = asked.cut_off or seen
        if cut_off > seen:
            raise ValueError(f"The views have come to position {seen}; ask again, or for less.")
        wanted = Wanted(
            export=ExportId(ids.new("exp")),
            grant=await _grant(asked.grant, store.pool),
            format=Format(asked.format),
            by=PersonId(asked.by),
            at=clock.now(),
        )
        act, content = await make(
            wanted,
            History(store, registry, cut_off),
            store.pool,
            Publisher.read(os.environ),
            stands=await store.head(),
        )
        actor = Actor(
            id=wanted.by,
            role=Code("operator"),
            organisation=Code("homeward"),
            authentication=Code("command_line"),
        )
        context = Context(actor=actor, correlation=ids.event_id())
        await Handler(registry, store, clock, ids).do(act, context=context)
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


def _person(told: str) -> str:
    if not re.fullmatch(SUBJECT, told) or not told.startswith("per_"):
        raise argparse.ArgumentTypeError("a person id: per_...")
    return told


def _position(told: str) -> int:
    if not told.isdigit() or not int(told):
        raise argparse.ArgumentTypeError("a position of the history, from 1")
    return int(told)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./homeward export", description=__doc__)
    parser.add_argument("format", choices=[str(each) for each in Format], help="in which form")
    parser.add_argument("grant", help="the donor's reference, or its id: gra_...")
    parser.add_argument("--cut-off", type=_position, help="the last position to tell of")
    parser.add_argument("--out", type=Path, help="the file to write (else one named for it here)")
    parser.add_argument("--by", type=_person, default="per_system", help="your person id, kept")
    return parser


if __name__ == "__main__":
    main()
