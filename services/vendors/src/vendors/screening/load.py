"""Load a sanctions list: what `./homeward screening load FILE|URL` becomes.

The file is the publisher's own XML (UN, EU or OFAC). The service's database is named by
HOMEWARD_DATABASE_URL; all vendors are screened within seconds by the service that runs on it.
"""

import argparse

from events.io import command
from events.values import PersonId
from vendors.domain import registry
from vendors.screening import keeping
from vendors.screening.lists import SanctionsList
from vendors.screening.screener import loading
from vendors.screening.work import InProcess

MOST_BYTES = 200 * 2**20


def main() -> None:
    """Load the list that the command line names; a hindrance is told in a sentence."""
    asked = _arguments().parse_args()

    async def work(url: str) -> str:
        return await load(command.content(asked.list, most=MOST_BYTES), url, asked.by)

    command.run(work, service="vendors")


async def load(content: bytes, database_url: str, by: PersonId) -> str:
    """What was loaded, in a sentence. `ValueError` when it is no list."""
    read = await InProcess().read(content)
    if read.found is None:
        raise ValueError(f"this is no sanctions list that is known here: {read.wrong}.")
    async with command.opened(database_url, registry) as (store, handler):
        await keeping.keep_list(store.pool, read.found)
        act = loading(read.found, by=by, at=handler.clock.now())
        done = await handler.do(act, context=command.operator(by, handler))
    return _sentence(read.found, is_new=bool(done.events))


def _sentence(found: SanctionsList, *, is_new: bool) -> str:
    what = f"{found.source.upper()} list of {found.dated}, version {found.version}"
    how_many = f"{found.entries} entries under {len(found.names)} names"
    return f"{what}: {how_many}{'' if is_new else '; it was loaded already'}."


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./homeward screening", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    load_ = commands.add_parser("load", help="load a list from a file or an address")
    load_.add_argument("list", metavar="FILE|URL")
    command.by_whom(load_)
    return parser


if __name__ == "__main__":
    main()
