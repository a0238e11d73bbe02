"""What of the log is a grant's: for who gave the money, and nothing of others.

The grant and its budget lines; every order that one of the lines pays for, with its deliveries,
invoices and payments; the vendors and accounts that these name, the delegations under which
somebody acted, the rates that were applied. Each of these streams whole, so that a gap shows. Plans
and cases are not among them, and what is bought for a restricted case is left out and counted.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from audit.domain.kinds import kind
from audit.domain.knowing import TELLING, known
from audit.log import table
from audit.log.logged import Logged
from events.service import Connection

NAMED = ("vendor", "account", "delegation")
"""The fields whose streams an order or a payment rests on."""
RATES = "disbursement.exchange_rate_published"
PAGE = 2000


@dataclass
class Excerpt:
    """The streams of a grant, as far as the log went at that size."""

    size: int
    streams: set[str] = field(default_factory=set)
    left_out: int = 0
    """Orders for restricted cases."""

    async def entries(self, log: Connection) -> AsyncIterator[Logged]:
        """Every entry of the streams, in the log's order."""
        after = -1
        while page := await table.page_of_streams(log, sorted(self.streams), after, PAGE):
            for entry in page:
                if entry.index < self.size:
                    yield entry
            after = page[-1].index


async def of_grant(
    grant: str, since: date | None, until: date | None, size: int, log: Connection
) -> Excerpt:
    """What belongs to it; of its orders those of which anything happened on one of these days.

    Nothing of a grant that the log does not know.
    """
    found = Excerpt(size)

    async def told(streams: Iterable[str]) -> dict[str, list[Logged]]:
        entries = await table.of_streams(log, sorted(streams))
        by_stream: dict[str, list[Logged]] = {}
        for entry in entries:
            if entry.index < size:
                by_stream.setdefault(entry.stream, []).append(entry)
        return by_stream

    own = await table.streams_naming(log, [grant], size)
    lines = {each for each in own if kind(each) == "bud"}
    found.streams |= {each for each in own if kind(each) in ("gra", "bud")}
    naming = await table.streams_naming(log, sorted(lines), size)
    orders = {
        name: entries
        for name, entries in (await told(n for n in naming if kind(n) == "com")).items()
        if any(data(entry).get("budget_line") in lines for entry in entries)
    }
    hidden = await _of_restricted(orders, size, log)
    found.left_out = len(hidden)
    paying = await table.streams_naming(log, sorted(orders.keys() - hidden), size)
    payments = await told(name for name in paying if kind(name) == "pay")
    used: list[Logged] = []
    for name in sorted(orders.keys() - hidden):
        its = {pay: entries for pay, entries in payments.items() if _names(entries, name)}
        entries = [*orders[name], *(entry for each in its.values() for entry in each)]
        if any(_within(entry, since, until) for entry in entries):
            found.streams |= {name, *its}
            used += entries
    found.streams |= {str(data(e)[name]) for e in used for name in NAMED if data(e).get(name)}
    rates = {msgspec.json.encode(data(e)["rate"]) for e in used if data(e).get("rate")}
    for entry in await table.of_type(log, RATES, size):
        if msgspec.json.encode(data(entry).get("rate")) in rates:
            found.streams.add(entry.stream)
    return found


async def _of_restricted(
    orders: dict[str, list[Logged]], size: int, log: Connection
) -> frozenset[str]:
    """The orders for cases that are restricted, as the log tells it."""
    cases = {name: _cases(entries) for name, entries in orders.items()}
    telling = await table.of_types(log, TELLING, sorted(set[str]().union(*cases.values())))
    restricted = {
        case
        for case, who in known((e.type, data(e)) for e in telling if e.index < size).items()
        if who.restricted
    }
    return frozenset(name for name, its in cases.items() if its & restricted)


def _cases(entries: Sequence[Logged]) -> set[str]:
    return {name for entry in entries for name in entry.names if kind(name) == "cas"}


def _names(entries: Sequence[Logged], name: str) -> bool:
    return any(name in entry.names for entry in entries)


def _within(entry: Logged, since: date | None, until: date | None) -> bool:
    day = entry.envelope.time.date()
    return (since is None or since <= day) and (until is None or day <= until)


def data(entry: Logged) -> dict[str, Any]:
    """What the entry tells."""
    told: dict[str, Any] = msgspec.json.decode(entry.raw)["data"]
    return told
