"""Load a file of exchange rates: what `./homeward rates load FILE|URL` becomes.

The file is the publisher's own XML (the UN's operational rates, the ECB's reference rates). Each
rate is an event with its source and date; all of a day are published, or none. The service's
database is named by HOMEWARD_DATABASE_URL.
"""

import argparse
import os
from collections.abc import Sequence

from msgspec.structs import replace

from disbursement.domain import registry
from disbursement.domain.exchange_rate import (
    PublishExchangeRate,
    Rate,
    exchange_rate,
    is_far_off,
    rate_id,
)
from disbursement.rates.published import Published, by_day, read
from disbursement.settings import rates_within_percent
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
    percent = rates_within_percent(os.environ)
    async with command.opened(url, registry) as (_, handler):
        far = await far_off(found, handler, percent)
        new = await publish(found, handler)
    days = by_day(found.rates)
    said = [f"{found.source}: {len(found.rates)} rates of {_span(list(days))}, {new} of them new"]
    if found.unknown:
        said.append(f"nothing is paid here in {', '.join(found.unknown)}")
    if far:
        told = ", ".join(f"{each.quote} {each.value} of {each.date}" for each in far)
        said.append(f"further than {percent} % from the one before, look at them: {told}")
    return f"{'; '.join(said)}."


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


async def far_off(found: Published, handler: Handler, percent: int) -> Sequence[Rate]:
    """Those of its new rates that are further than that from the one before them: they count, and
    where one is wrong it is corrected.
    """
    streams = {rate_id(each.source, each.base, each.quote) for each in found.rates}
    stand = await handler.load_all(exchange_rate, sorted(streams))
    told = {stream: dict(rates.by_day) for stream, rates in stand.items()}
    far = []
    for rate in sorted(found.rates, key=lambda each: each.date):
        values = told.setdefault(rate_id(rate.source, rate.base, rate.quote), {})
        last = max((day for day in values if day < rate.date), default=None)
        if rate.date not in values and last is not None:
            before = replace(rate, value=values[last], date=last)
            far += [rate] if is_far_off(rate, before, percent) else []
        values.setdefault(rate.date, rate.value)
    return far


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
