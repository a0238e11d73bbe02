"""Load a sanctions list: what `./homeward screening load FILE|URL` becomes.

The file is the publisher's own XML (UN, EU or OFAC). The service's database is named by
HOMEWARD_DATABASE_URL; all vendors are screened within seconds by the service that runs on it.
"""

import argparse
import asyncio
import os
import re
import sys
from pathlib import Path

import httpx

from events.decider import Rejected
from events.envelope import Actor, Context
from events.handler import Handler
from events.io.postgres import EpochKeys, open_store
from events.io.system import SystemClock, SystemIds
from events.ports import Unavailable
from events.values import SUBJECT, Code, PersonId
from vendors.domain import registry
from vendors.screening import keeping
from vendors.screening.lists import SanctionsList
from vendors.screening.screener import loading
from vendors.screening.work import InProcess

DATABASE = "HOMEWARD_DATABASE_URL"
MOST_BYTES = 200 * 2**20
TIMEOUT_SECONDS = 120.0


def main() -> None:
    """Load the list that the command line names; a hindrance is told in a sentence."""
    asked = _arguments().parse_args()
    url = os.environ.get(DATABASE)
    if not url:
        sys.exit(f"Set {DATABASE} to the address of the vendors service's database.")
    try:
        told = asyncio.run(load(_content(asked.list), url, PersonId(asked.by)))
    except (OSError, httpx.HTTPError, Unavailable, ValueError) as hindrance:
        sys.exit(str(hindrance))
    except Rejected as refusal:
        sys.exit(f"Refused: {type(refusal).__name__} {refusal.facts()}")
    print(told)  # noqa: T201  this is a command


async def load(content: bytes, database_url: str, by: PersonId) -> str:
    """What was loaded, in a sentence. `ValueError` when it is no list."""
    read = await InProcess().read(content)
    if read.found is None:
        raise ValueError(f"This is no sanctions list that is known here: {read.wrong}.")
    # A list has no personal value, so no key of the vault is needed to say that it is loaded.
    async with open_store(database_url, EpochKeys(os.urandom(32))) as store:
        clock, ids = SystemClock(), SystemIds()
        await keeping.keep_list(store.pool, read.found)
        actor = Actor(
            id=by,
            role=Code("operator"),
            organisation=Code("homeward"),
            authentication=Code("command_line"),
        )
        context = Context(actor=actor, correlation=ids.event_id())
        act = loading(read.found, by=by, at=clock.now())
        done = await Handler(registry, store, clock, ids).do(act, context=context)
    return _sentence(read.found, is_new=bool(done.events))


def _sentence(found: SanctionsList, *, is_new: bool) -> str:
    what = f"{found.source.upper()} list of {found.dated}, version {found.version}"
    how_many = f"{found.entries} entries under {len(found.names)} names"
    return f"{what}: {how_many}{'' if is_new else '; it was loaded already'}."


def _content(told: str) -> bytes:
    if not told.startswith(("https://", "http://")):
        return Path(told).read_bytes()
    content = bytearray()
    with httpx.stream("GET", told, follow_redirects=True, timeout=TIMEOUT_SECONDS) as answer:
        answer.raise_for_status()
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > MOST_BYTES:
                raise ValueError("The file is too large for a sanctions list.")
    return bytes(content)


def _person(told: str) -> str:
    if not re.fullmatch(SUBJECT, told) or not told.startswith("per_"):
        raise argparse.ArgumentTypeError("a person id: per_...")
    return told


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./homeward screening", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    load_ = commands.add_parser("load", help="load a list from a file or an address")
    load_.add_argument("list", metavar="FILE|URL")
    load_.add_argument("--by", type=_person, default="per_system", help="your person id, kept")
    return parser


if __name__ == "__main__":
    main()
