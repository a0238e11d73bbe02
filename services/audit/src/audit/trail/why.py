"""Why was this paid? The causes of a payment and no more, each with the entries that tell of it.

What counts as a cause is said once, in `verify.py`: here its rules read the log's table in the
place of a bundle, and only the streams that they ask for.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import msgspec

from audit import verify
from audit.domain.kinds import ITEM, SERVES_MANY, kind
from audit.log import mentions, table
from audit.log.logged import Logged
from events.service import Connection

GIVEN = ("delegation_granted", "delegation_confirmed")
OF_MANY = (
    "vendors.vendor_proposed.v1",
    "vendors.vendor_screened.v1",
    "vendors.vendor_approved.v1",
    "vendors.bank_account_proposed.v1",
    "vendors.bank_account_callback_verified.v1",
    "vendors.bank_account_approved.v1",
    "disbursement.delegation_granted.v1",
    "disbursement.delegation_confirmed.v1",
)
"""What counts of the streams that serve many payments, and are as long as these are many."""
SELECTED = "vendors.vendor_selected.v1"


@dataclass(frozen=True)
class Mandate:
    """Under which authority somebody acted, and the entries that gave it."""

    said: str
    entries: tuple[int, ...]


@dataclass(frozen=True)
class Cause:
    """One sentence of the answer; the entries that it speaks of; what else they say."""

    said: str
    entries: tuple[int, ...]
    more: str
    under: tuple[Mandate, ...]

    @property
    def rests_on(self) -> set[int]:
        """Its entries, and those that gave the authority for them."""
        return {*self.entries, *(index for each in self.under for index in each.entries)}


@dataclass(frozen=True)
class Why:
    """The causes, from the bank back to the registration."""

    causes: tuple[Cause, ...]
    told: dict[int, Logged]
    """Every entry that a cause or a mandate names, by its index."""


class Part:
    """The streams of the log that were taken, read as `verify.py` reads those of a bundle."""

    def __init__(self) -> None:
        self.told: dict[int, Logged] = {}
        self.asked: set[str] = set()
        self.chosen: dict[str, str] = {}
        """Each item with the stream that tells how its vendor was chosen."""
        self._events: dict[int, verify.Event] = {}
        self._streams: defaultdict[tuple[str, str], list[int]] = defaultdict(list)

    def take(self, entries: Sequence[Logged]) -> None:
        for entry in entries:
            self.told[entry.index] = entry
            self._streams[entry.source, entry.stream].append(entry.index)

    def event(self, index: int) -> verify.Event:
        if index not in self._events:
            entry = self.told[index]
            _ = entry.envelope  # `BrokenLog`, where it is none
            self._events[index] = msgspec.json.decode(entry.raw)
        return self._events[index]

    act = event
    """The same, read whole."""

    def events(self, service: str, stream: str) -> list[tuple[int, verify.Event]]:
        self.asked.add(stream)
        return [(index, self.event(index)) for index in self._streams[service, stream]]

    def choosing(self, item: str) -> str:
        self.asked.add(item)
        return self.chosen.get(item, "")

    def paid(self, payment: str) -> int | None:
        """The entry that tells that the bank paid it."""
        paid = (at for at, e in self.events("disbursement", payment) if _is_paid(e))
        return next(paid, None)


def _is_paid(event: verify.Event) -> bool:
    return verify.name_of(event) == "vendor_paid"


async def why(payment: str, log: Connection) -> Why | None:
    """Why it was paid; None when it was not, as far as the log goes."""
    part, known, wanted = Part(), {""}, {payment}
    found: Why | None = None
    while wanted:
        many = {stream for stream in wanted if kind(stream) in SERVES_MANY}
        part.take(await table.of_streams(log, sorted(wanted - many)))
        part.take(await table.of_types(log, OF_MANY, sorted(many)))
        for item in (name for name in wanted if kind(name) == ITEM):
            told = [e for e in await mentions.places(log, [item]) if e.type == SELECTED]
            if told:
                part.chosen[item] = max(told, key=lambda each: each.index).stream
        known |= wanted
        found = explain(part, payment)
        wanted = part.asked - known
    return found


def explain(part: Part, payment: str) -> Why | None:
    """As far as the part goes that was taken; what is missing of it is in `asked` then."""
    at = part.paid(payment)
    if at is None:
        return None
    paid = verify.Paid(cast("verify.Log", part), at)
    causes = tuple(
        Cause(
            said=sentence,
            entries=tuple(index for index, _ in acts),
            more=more,
            under=tuple(mandate for act in acts for mandate in _mandates(paid, act)),
        )
        for sentence, acts, more in verify.because(paid)
        if acts
    )
    named = {index for cause in causes for index in cause.rests_on}
    return Why(causes, {index: part.told[index] for index in sorted(named)})


def _mandates(paid: verify.Paid, act: tuple[int, verify.Event]) -> list[Mandate]:
    name, _ = verify.delegation(paid.log, *act)
    first: dict[str, int] = {}
    for at, event in paid.log.events("disbursement", name):
        first.setdefault(verify.name_of(event), at)
    gave = tuple(first[it] for it in GIVEN if it in first)
    return [Mandate(said, gave) for said in verify.mandates(paid, [act])]
