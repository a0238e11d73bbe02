"""Load a file of exchange rates: what `./homeward rates load FILE|URL` becomes.

The file is the publisher's own XML (the UN's operational rates, the ECB's reference rates). Each
rate is an event with its source and date; all of a day are published, or none. The service's
database is named by HOMEWARD_DATABASE_URL.
"""

import argparse
import asyncio
import os
import re
import sys
from pathlib import Path

import httpx

from disbursement.domain import registry
from disbursement.domain.exchange_rate import PublishExchangeRate, exchange_rate, rate_id
from disbursement.rates.published import Published, by_day, read
from events.decider import Rejected
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.io.postgres import EpochKeys, open_store
from events.io.system import SystemClock, SystemIds
from events.ports import Conflict, Unavailable
from events.values import SUBJECT, Code, PersonId

DATABASE = "HOMEWARD_DATABASE_URL"
MOST_BYTES = 20 * 2**20
TIMEOUT_SECONDS = 60.0


def main() -> None:
    """Load the file that the command line names; a hindrance is told in a sentence."""
    asked = _arguments().parse_args()
    url = os.environ.get(DATABASE)
    if not url:
        sys.exit(f"Set {DATABASE} to the address of the disbursement service's database.")
    try:
        told = asyncio.run(_load(read(_content(asked.rates)), url, PersonId(asked.by)))
    except (OSError, httpx.HTTPError, Unavailable, Conflict, ValueError) as hindrance:
        sys.exit(f"No rate was loaded: {hindrance}")
    except Rejected as refusal:
        sys.exit(f"Refused: {refusal.rule} {refusal.facts()}")
    print(told)  # noqa: T201  this is a command


async def _load(found: Published, database_url: str, by: PersonId) -> str:
    # A rate has no personal value, so no key of the vault is needed to publish it.
    async with open_store(database_url, EpochKeys(os.urandom(32))) as store:
        handler = Handler(registry, store, SystemClock(), SystemIds())
        new = await publish(found, handler, by)
    days = by_day(found.rates)
    sentence = f"{found.source}: {len(found.rates)} rates of {_span(list(days))}, {new} of them new"
    if not found.unknown:
        return f"{sentence}."
    return f"{sentence}; nothing is paid here in {', '.join(found.unknown)}."


async def publish(found: Published, handler: Handler, by: PersonId) -> int:
    """Publish what is new, each day at once; how many rates that were.

    `RateStands` when another value of that day is published: then nothing of the day is.
    """
    actor = Actor(
        id=by,
        role=Code("operator"),
        organisation=Code("homeward"),
        authentication=Code("command_line"),
    )
    context = Context(actor=actor, correlation=handler.ids.event_id())
    new = 0
    for rates in by_day(found.rates).values():
        acts = [
            Act(
                exchange_rate,
                rate_id(rate.source, rate.base, rate.quote),
                PublishExchangeRate(by=by, at=handler.clock.now(), rate=rate),
            )
            for rate in rates
        ]
        done = await handler.do(*acts, context=context)
        new += len(done.events)
    return new


def _span(days: list[object]) -> str:
    return str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}"


def _content(told: str) -> bytes:
    if not told.startswith(("https://", "http://")):
        return Path(told).read_bytes()
    content = bytearray()
    with httpx.stream("GET", told, follow_redirects=True, timeout=TIMEOUT_SECONDS) as answer:
        answer.raise_for_status()
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > MOST_BYTES:
                raise ValueError("the file is too large for exchange rates")
    return bytes(content)


def _person(told: str) -> str:
    if not re.fullmatch(SUBJECT, told) or not told.startswith("per_"):
        raise argparse.ArgumentTypeError("a person id: per_...")
    return told


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./homeward rates", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    load_ = commands.add_parser("load", help="load rates from a file or an address")
    load_.add_argument("rates", metavar="FILE|URL")
    load_.add_argument("--by", type=_person, default="per_system", help="your person id, kept")
    return parser


if __name__ == "__main__":
    main()
