"""What of the log is a grant's: for who gave the money, and nothing of others.

What a donor's trail has of it too (`log/grants.py`): the grant and its budget lines, every order
and handing over of cash that one of the lines pays for, with its deliveries, invoices, payments and
recoveries. Beside that what these name: vendors and accounts, the delegations under which somebody
acted, the rates that were applied; of each what the service told that it belongs to. Of each of
these streams no entry is missing, so that a gap shows; but one that names anything of others, be it
a payment, a case or a person, is not told: that something stands in its place is all of it. Nor is
what a vendor is called: names go with disclosure alone (`naming.py`), and of who has to do with a
restricted case not even then.

Every payment is told alike, whoever it was for: were those of restricted cases left out, what the
trail has and the bundle has not would tell which they are. Plans and cases are not among the
streams; their ids are in the entries, and with them it shows which payments were for the same case.
"""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from audit.domain.kinds import OBJECTS, OF_A_GRANT, OF_NOBODY, kind
from audit.log import grants, table
from audit.log.logged import Logged
from events.service import Connection

NAMED = {"vendor": "vendors", "account": "vendors", "delegation": grants.SOURCE}
"""The fields whose streams an order or a payment rests on, and the service whose they are."""
ID = re.compile(rf'(?<![0-9a-z_])(?:{"|".join(OBJECTS)})_[0-9a-z_]{{1,48}}+(?!":)'.encode())
"""An id, wherever in a value it stands."""
ORDERS = ("com", "csh")
NAMED_IN_PUBLIC = "vendors.organisation_named"
RATES = ("disbursement.exchange_rate_published", "disbursement.exchange_rate_corrected")
PAGE = 2000


@dataclass
class Excerpt:
    """The streams of a grant, as far as the log went at that size."""

    size: int
    own: frozenset[int]
    """The entries that are of the grant."""
    known: frozenset[str]
    """What these name, and the streams that go with them."""
    streams: frozenset[tuple[str, str]]
    """By the service that tells of them."""

    async def entries(self, log: Connection) -> AsyncIterator[Logged]:
        """Every entry of the streams, in the log's order."""
        after, names = -1, sorted({stream for _, stream in self.streams})
        while page := await table.page_of_streams(log, names, after, PAGE):
            for entry in page:
                if entry.index < self.size and (entry.source, entry.stream) in self.streams:
                    yield entry
            after = page[-1].index

    def tells(self, entry: Logged) -> bool:
        """Whether it names nothing that is of others, and nobody in words. Of its own the grant's
        orders tell for whom they are: there it is others' money alone that is not told.
        """
        if entry.type.startswith(f"{NAMED_IN_PUBLIC}."):
            return False
        named = {each.decode() for each in ID.findall(entry.raw)} - {entry.envelope.actorid}
        foreign = {kind(each) for each in named - self.known}
        if kind(entry.stream) in OF_A_GRANT:
            return entry.index in self.own and foreign.isdisjoint(OF_A_GRANT)
        return foreign <= OF_NOBODY


async def of_grant(
    grant: str, since: date | None, until: date | None, size: int, log: Connection
) -> Excerpt:
    """What belongs to it; of its orders those of which anything happened on one of these days.

    Nothing of a grant that the log does not know.
    """
    told = await table.of_streams(log, sorted(await grants.streams_of(log, grant, size)))
    own = await grants.within(log, [e.index for e in told if e.index < size], [grant])
    entries = [entry for entry in told if entry.index in own]
    used: list[Logged] = []
    for order in _orders(entries).values():
        if any(_within(entry, since, until) for entry in order):
            used += order
    beside = [entry for entry in entries if not _is_of_an_order(entry.stream)]
    named = {
        (service, str(data(e)[name]))
        for e in used
        for name, service in NAMED.items()
        if data(e).get(name)
    }
    streams = {(e.source, e.stream) for e in (*beside, *used, *await _rates(used, size, log))}
    known = {name for entry in entries for name in entry.names} | {name for _, name in named}
    return Excerpt(size, own, frozenset(known), frozenset(streams | named))


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


async def _rates(used: Iterable[Logged], size: int, log: Connection) -> list[Logged]:
    """Those that published the rates that were applied."""
    applied = {msgspec.json.encode(data(e)["rate"]) for e in used if data(e).get("rate")}
    published = [e for told in RATES for e in await table.of_type(log, told, size) if applied]
    return [e for e in published if msgspec.json.encode(data(e).get("rate")) in applied]


def _within(entry: Logged, since: date | None, until: date | None) -> bool:
    day = entry.envelope.time.date()
    return (since is None or since <= day) and (until is None or day <= until)


def data(entry: Logged) -> dict[str, Any]:
    """What the entry tells."""
    told: dict[str, Any] = msgspec.json.decode(entry.raw)["data"]
    return told
