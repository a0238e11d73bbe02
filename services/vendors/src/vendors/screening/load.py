"""Load a sanctions list: what `./homeward screening load FILE|URL` becomes.

The file is the publisher's own XML (UN, EU or OFAC). The service's database is named by
HOMEWARD_DATABASE_URL; all vendors are screened within seconds by the service that runs on it.
"""

import argparse

from events.io import command
from events.values import SYSTEM
from vendors.domain import registry
from vendors.domain.sanctions import (
    FIRST_AT_LEAST,
    SanctionsListState,
    sanctions_list,
    stream_of,
)
from vendors.screening.lists import SanctionsList
from vendors.screening.loading import loading
from vendors.screening.work import InProcess

MOST_BYTES = 200 * 2**20


def main() -> None:
    """Load the list that the command line names; a hindrance is told in a sentence."""
    asked = _arguments().parse_args()

    async def work(url: str) -> str:
        return await load(command.content(asked.list, most=MOST_BYTES), url)

    command.run(work, service="vendors")


async def load(content: bytes, database_url: str) -> str:
    """What was loaded, in a sentence. `ValueError` when it is no list."""
    read = await InProcess().read(content)
    if read.found is None:
        raise ValueError(f"this is no sanctions list that is known here: {read.wrong}.")
    async with command.opened(database_url, registry) as (store, handler):
        state, _ = await handler.load(sanctions_list, stream_of(read.found.source))
        act = await loading(read.found, state, store.pool, by=SYSTEM, at=handler.clock.now())
        done = await handler.do(act, context=command.at_the_command_line(handler))
    return _sentence(read.found, done.state, is_new=bool(done.events))


def _sentence(found: SanctionsList, state: SanctionsListState, *, is_new: bool) -> str:
    what = f"{found.source.upper()} list of {found.dated}, version {found.version}"
    told = f"{what}: {found.entries} entries under {len(found.names)} names"
    if state.in_force is not None and state.in_force.digest == found.digest:
        return f"{told}{'' if is_new else '; it was loaded already'}."
    return f"{told}. It is not in force: {_why(state)}. {_how(found)}"


def _why(state: SanctionsListState) -> str:
    if state.in_force is None and not state.withdrawn:
        return f"the first list of a publisher has {FIRST_AT_LEAST} entries or more"
    if state.in_force is None or state.proposed is None or state.proposed.dropped is None:
        return "there is nothing to hold it against"
    dropped, of = state.proposed.dropped, state.in_force.entries
    return f"{dropped} of the {of} entries that are searched now are not on it"


def _how(found: SanctionsList) -> str:
    return (
        "A vendor approver confirms or declines it: POST"
        f" /v1/sanctions-lists/{found.source}/confirm or /decline with digest {found.digest} and a"
        " reason."
    )


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./homeward screening", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    load_ = commands.add_parser("load", help="load a list from a file or an address")
    load_.add_argument("list", metavar="FILE|URL")
    return parser


if __name__ == "__main__":
    main()
