"""Load a file of exchange rates: what `./homeward rates load FILE|URL` becomes.

The file is the publisher's own XML (the UN's operational rates, the ECB's reference rates). Each
rate is an event with its source and date; all of a day are published, or none. One that is far off
the one before is only proposed, and counts when a person confirms it: then the command ends with 3.
The service's database is named by HOMEWARD_DATABASE_URL.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence

from disbursement.domain import registry
from disbursement.domain.exchange_rate import (
    FAR_OFF_PERCENT,
    ExchangeRatePublished,
    Proposal,
    PublishExchangeRate,
    Rate,
    RateId,
    exchange_rate,
    rate_id,
)
from disbursement.rates.published import Published, by_day, read
from disbursement.settings import rates_within_percent
from disbursement.views.wrong_rates import known_rates
from events.handler import Act, Handler
from events.io import command
from events.service import Connection
from events.values import SYSTEM

MOST_BYTES = 20 * 2**20
MOST_SHOWN = 10
PUBLISHED = str(ExchangeRatePublished.__struct_config__.tag)
SOME_WAIT = 3
"""What the command ends with where the file was loaded and some of its rates wait for a person."""


def main() -> None:
    """Load the file that the command line names; a hindrance is told in a sentence."""
    asked = _arguments().parse_args()

    some_wait = False

    async def work(url: str) -> str:
        nonlocal some_wait
        told, some_wait = await _load(read(command.content(asked.rates, most=MOST_BYTES)), url)
        return told

    command.run(work, service="disbursement")
    if some_wait:
        sys.exit(SOME_WAIT)


async def _load(found: Published, url: str) -> tuple[str, bool]:
    """What was loaded, in a sentence; whether some of it waits for a person."""
    percent = rates_within_percent(os.environ)
    async with command.opened(url, registry) as (store, handler):
        known = await _known(found, store.pool)
        new = await publish(found, handler, known, within_percent=percent)
        waiting = await waits(found, handler)
    days = by_day(found.rates)
    said = [f"{found.source}: {len(found.rates)} rates of {_span(list(days))}, {new} of them new"]
    if found.unknown:
        said.append(f"nothing is paid here in {', '.join(found.unknown)}")
    if waiting:
        said.append(_how(waiting, percent))
    return f"{'; '.join(said)}.", bool(waiting)


Known = Mapping[RateId, tuple[Rate, ...]]


async def publish(
    found: Published,
    handler: Handler,
    known: Known | None = None,
    *,
    within_percent: int = FAR_OFF_PERCENT,
) -> int:
    """Publish what is new, each day at once; how many rates that were. What is far off is proposed.

    `RateStands` when another value of that day is published: then nothing of the day is.
    """
    context = command.at_the_command_line(handler)
    new = 0
    for rates in by_day(found.rates).values():
        acts = [
            Act(
                exchange_rate,
                stream := _stream(rate),
                PublishExchangeRate(
                    by=SYSTEM,
                    at=handler.clock.now(),
                    rate=rate,
                    known=(known or {}).get(stream, ()),
                    within_percent=within_percent,
                ),
            )
            for rate in rates
        ]
        done = await handler.do(*acts, context=context)
        new += done.events.count(PUBLISHED)
    return new


async def _known(found: Published, view: Connection) -> Known:
    """What each pair's first rate is held against."""
    pairs = {_stream(each): (each.base, each.quote) for each in found.rates}
    return {stream: await known_rates(view, *pair) for stream, pair in pairs.items()}


async def waits(found: Published, handler: Handler) -> Sequence[Proposal]:
    """Those of its rates that count for nothing before a person confirms them."""
    stand = await handler.load_all(exchange_rate, sorted({_stream(each) for each in found.rates}))
    proposals = (
        stand[_stream(rate)].proposal(rate.date) for rate in found.rates if _stream(rate) in stand
    )
    told = set(found.rates)
    return [each for each in proposals if each and each.far_off and each.rate in told]


def _how(waiting: Sequence[Proposal], percent: int) -> str:
    shown = [
        f"{each.rate.base}/{each.rate.quote} {each.rate.value} of {each.rate.date}"
        f" (before: {each.far_off.newest.value} of {each.far_off.newest.date})"
        for each in waiting[:MOST_SHOWN]
        if each.far_off
    ]
    more = len(waiting) - len(shown)
    return (
        f"further than {percent} % from the one before, so that {len(waiting)} wait for a person:"
        f" {', '.join(shown)}{f' and {more} more' if more else ''}. A grant manager or finance"
        f" officer confirms or declines each (GET /v1/proposed-rates), POST"
        f" /v1/exchange-rates/{_stream(waiting[0].rate)}/confirm or /decline; what comes after it"
        " is then loaded again"
    )


def _stream(rate: Rate) -> RateId:
    return rate_id(rate.source, rate.base, rate.quote)


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
