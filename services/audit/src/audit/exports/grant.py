"""What of the log is a grant's: for who gave the money, and nothing of others.

What a donor's trail has of it too (`log/grants.py`): the grant and its budget lines, every order
and handing over of cash that one of the lines pays for, with its deliveries, invoices, payments and
recoveries. Beside that what these name: vendors and accounts, the delegations under which somebody
acted, the rates that were applied. Each of these streams whole, so that a gap shows.

Every payment is told alike, whoever it was for: were those of restricted cases left out, what the
trail has and the bundle has not would tell which they are. Plans and cases are not among the
streams; their ids are in the entries, and with them it shows which payments were for the same case.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from audit.domain.kinds import OF_A_GRANT, kind
from audit.log import grants, table
from audit.log.logged import Logged
from events.service import Connection

NAMED = ("vendor", "account", "delegation")
"""The fields whose streams an order or a payment rests on."""
ORDERS = ("com", "csh")
RATES = ("disbursement.exchange_rate_published", "disbursement.exchange_rate_corrected")
PAGE = 2000


@dataclass
class Excerpt:
    """The streams of a grant, as far as the log went at that size."""

    size: int
    streams: set[str] = field(default_factory=set)

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
    streams = await grants.streams_of(log, grant, size)
    entries = [e for e in await table.of_streams(log, sorted(streams)) if e.index < size]
    used: list[Logged] = []
    for order in _orders(entries).values():
        if any(_within(entry, since, until) for entry in order):
            used += order
    own = {entry.stream for entry in entries if not _is_of_an_order(entry.stream)}
    named = {str(data(e)[name]) for e in used for name in NAMED if data(e).get(name)}
    return Excerpt(size, own | {e.stream for e in used} | named | await _rates(used, size, log))


def _orders(entries: Iterable[Logged]) -> dict[str, list[Logged]]:
    """By order: what was done for it, in its own stream and in those that name it."""
    by_stream: defaultdict[str, list[Logged]] = defaultdict(list)
    for entry in entries:
        if _is_of_an_order(entry.stream):
            by_stream[entry.stream].append(entry)
    orders: defaultdict[str, list[Logged]] = defaultdict(list)
    for stream, its in by_stream.items():
        names = {stream, *(name for entry in its for name in entry.names)}
        for order in {name for name in names if kind(name) in ORDERS} or {stream}:
            orders[order] += its
    return orders


def _is_of_an_order(stream: str) -> bool:
    """Not the grant's own, nor a line's, which serves many."""
    return OF_A_GRANT[kind(stream)] >= OF_A_GRANT[ORDERS[0]]


async def _rates(used: Iterable[Logged], size: int, log: Connection) -> set[str]:
    """Where the rates were published that were applied."""
    applied = {msgspec.json.encode(data(e)["rate"]) for e in used if data(e).get("rate")}
    published = [e for told in RATES for e in await table.of_type(log, told, size) if applied]
    return {e.stream for e in published if msgspec.json.encode(data(e).get("rate")) in applied}


def _within(entry: Logged, since: date | None, until: date | None) -> bool:
    day = entry.envelope.time.date()
    return (since is None or since <= day) and (until is None or day <= until)


def data(entry: Logged) -> dict[str, Any]:
    """What the entry tells."""
    told: dict[str, Any] = msgspec.json.decode(entry.raw)["data"]
    return told
