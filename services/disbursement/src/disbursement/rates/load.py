"""Load a file of exchange rates: what `./homeward rates load FILE|URL` becomes.

The file is the publisher's own XML (the UN's operational rates, the ECB's reference rates). Each
rate is an event with its source and date; all of a day are published, or none. The service's
database is named by HOMEWARD_DATABASE_URL.
"""

import argparse

from disbursement.domain import registry
from disbursement.domain.exchange_rate import PublishExchangeRate, exchange_rate, rate_id
from disbursement.rates.published import Published, by_day, read
from events.handler import Act, Handler
from events.io import command
from events.values import SYSTEM

MOST_BYTES = 20 * 2**20


def main() -> None:
    """Load the file that the command line names; a hindrance is told in a sentence."""
    asked = _arguments().parse_args()

    async def work(url: str) -> str:
        return await _load(read(command.content(asked.rates, most=MOST_BYTES)), url)

    command.run(work, service="disbursement")


async def _load(found: Published, url: str) -> str:
    async with command.opened(url, registry) as (_, handler):
        new = await publish(found, handler)
    days = by_day(found.rates)
    sentence = f"{found.source}: {len(found.rates)} rates of {_span(list(days))}, {new} of them new"
    if not found.unknown:
        return f"{sentence}."
    return f"{sentence}; nothing is paid here in {', '.join(found.unknown)}."


async def publish(found: Published, handler: Handler) -> int:
    """Publish what is new, each day at once; how many rates that were.

    `RateStands` when another value of that day is published: then nothing of the day is.
    """
    context = command.at_the_command_line(handler)
    new = 0
    for rates in by_day(found.rates).values():
        acts = [
            Act(
                exchange_rate,
                rate_id(rate.source, rate.base, rate.quote),
                PublishExchangeRate(by=SYSTEM, at=handler.clock.now(), rate=rate),
            )
            for rate in rates
        ]
        done = await handler.do(*acts, context=context)
        new += len(done.events)
    return new


def _span(days: list[object]) -> str:
    return str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./homeward rates", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    load_ = commands.add_parser("load", help="load rates from a file or an address")
    load_.add_argument("rates", metavar="FILE|URL")
    return parser


if __name__ == "__main__":
    main()
