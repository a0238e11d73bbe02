"""For an operator: which consumers of a service stand still, and letting them go on.

    python -m events.io.operate stops
    python -m events.io.operate refusals
    python -m events.io.operate resume CONSUMER SOURCE --by per_omar
    python -m events.io.operate skip CONSUMER SOURCE POSITION --by per_omar --why "..."
    python -m events.io.operate rewrap
    python -m events.io.operate vault

`rewrap` puts the keys of the personal values under the key in HOMEWARD_EPOCH_KEY, out of those in
HOMEWARD_EARLIER_EPOCH_KEYS. Once it ends with 0, these can be destroyed: what a backup from before
holds of people who were erased since cannot be opened by anybody any more.

`vault` tells whether every personal value of the history opens or was erased by an event that says
so; it ends with 1 when one is missing, or somebody was erased and no event tells of it.

The service's database is named by HOMEWARD_DATABASE_URL. `resume` lets the consumer try the same
event again, after what was wrong has been put right. `skip` leaves the event out for ever: what
followed from it must be done by hand. Both are kept, with who and why. `refusals` lists what
policies asked for and the domain refused, the newest first; their facts may name cases.

The consumer `relay` stands still when the service's stream on the bus holds another history than
its database. Find out why; throw the stream away with `python -m events.io.bus --remake SERVICE`;
then resume the relay, which fills it again. Services that took what is lost have to be told.
"""

import argparse
import asyncio
import os
import sys

import asyncpg

from events.delivery.ports import NotStopped
from events.delivery.worker import RELAY
from events.io.postgres import EpochKeys, Vault
from events.io.postgres.faults import unavailable
from events.io.postgres.openings import openings
from events.io.postgres.tracking import PostgresTracking
from events.io.settings import BadSettings, earlier_keys, epoch_key
from events.ports import Unavailable

DATABASE = "HOMEWARD_DATABASE_URL"
MOST = 1000
"""How many refusals are listed."""


def main() -> None:
    """Do what the command line says; a hindrance is told in a sentence, and the code is 1."""
    asked = _arguments().parse_args()
    url = os.environ.get(DATABASE)
    if not url:
        sys.exit(f"Set {DATABASE} to the address of the service's database.")
    try:
        asyncio.run(_operate(asked, url))
    except (NotStopped, Unavailable, BadSettings, ValueError) as hindrance:
        sys.exit(str(hindrance))


async def _operate(asked: argparse.Namespace, url: str) -> None:
    with unavailable():
        pool = await asyncpg.create_pool(url, min_size=1, max_size=1)
    async with pool:
        tracking = PostgresTracking(pool)
        match asked.command:
            case "refusals":
                for refusal in await tracking.refusals(MOST):
                    print(  # noqa: T201
                        f"{refusal.policy} at {refusal.source} {refusal.position}: {refusal.rule}"
                        f" {refusal.facts.decode()}, at {refusal.at:%Y-%m-%d %H:%M:%S} UTC"
                    )
            case "rewrap":
                await _rewrap(pool)
            case "vault":
                await _look_into_the_vault(pool)
            case "skip" if asked.consumer == RELAY:
                raise ValueError("the relay leaves nothing out: remake its stream, then resume it")
            case "resume":
                await tracking.resume(asked.consumer, asked.source, by=asked.by)
            case "skip":
                await tracking.skip(
                    asked.consumer, asked.source, asked.position, by=asked.by, why=asked.why
                )
            case _:
                stops = await tracking.stops()
                if not stops:
                    print("Nothing stands still.", file=sys.stderr)  # noqa: T201
                for stop in stops:
                    print(  # noqa: T201  this is a command
                        f"{stop.consumer} at {stop.source} {stop.position}: {stop.error},"
                        f" since {stop.at:%Y-%m-%d %H:%M:%S} UTC"
                    )


async def _rewrap(pool: asyncpg.Pool) -> None:
    """Put every key under the current epoch; a failure when one could not be."""
    now = epoch_key(os.environ.get("HOMEWARD_EPOCH_KEY", ""))
    vault = Vault(pool, EpochKeys(now, *earlier_keys(os.environ)), "homeward")
    moved = await vault.rewrap()
    print(f"{moved} keys are under the current epoch's key now.")  # noqa: T201
    left = await vault.left_behind()
    if left:
        raise ValueError(
            f"{left} keys are under an epoch whose key is not in HOMEWARD_EARLIER_EPOCH_KEYS."
            " Do not destroy it: without it their values are lost."
        )


async def _look_into_the_vault(pool: asyncpg.Pool) -> None:
    """Tell what is there and what was erased; a failure when the two are not all."""
    found = await openings(pool)
    print(  # noqa: T201
        f"{found.digests} values in the history: {found.kept} are kept, {found.erased} erased."
    )
    if found.missing:
        raise ValueError(f"{found.missing} values are missing though nobody was erased.")
    if found.untold:
        told = ", ".join(f"{person} ({kind})" for person, kind in found.untold)
        raise ValueError(f"Destroyed, and no event says so (unless it is under way): {told}.")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=os.environ.get("HOMEWARD_OPERATE_AS", "python -m events.io.operate"),
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("stops", help="list the consumers that stand still")
    commands.add_parser("refusals", help="list what was refused to policies")
    commands.add_parser("rewrap", help="put all keys of personal values under the current epoch")
    commands.add_parser("vault", help="compare the personal values kept with the history")
    resume = commands.add_parser("resume", help="let one try the same event again")
    skip = commands.add_parser("skip", help="let one go on without the event")
    for command in (resume, skip):
        command.add_argument("consumer", help="as `stops` names it, such as payments.match")
        command.add_argument("source", help="the service whose event it is")
    skip.add_argument("position", type=int, help="of the event, as `stops` shows it")
    for command in (resume, skip):
        command.add_argument("--by", required=True, help="your person id, kept as given")
    skip.add_argument("--why", required=True, help="the reason, in a sentence; kept for ever")
    return parser


if __name__ == "__main__":
    main()
