"""Which lines of the log somebody may read: the need to know holds here as in every service.

It is read out of the log itself, so that it is never behind the lines that it is about.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

import msgspec

from audit.domain.knowing import TELLING, known
from audit.log import table
from audit.log.table import Logged
from events.io.identity import Acting
from events.roles import Role
from events.service import Connection

OF_A_CASE = frozenset(
    (
        *("cas", "pla", "itm", "eme", "prj", "ref", "trf", "acs", "cmp", "dup", "pre", "imp"),
        *("src", "quo", "com", "rec", "inv", "pay", "ins", "sur", "vis"),
    )
)
"""The kinds of ids that have to do with a case. A stream of any other kind is asked as well."""
SERVES_MANY = frozenset({"ven", "reg", "acc", "bud", "gra", "del", "prg", "fil", "bun"})
"""Streams that mention the cases of many and are of none of them."""
CONFIDENTIAL = re.compile(
    r"intake\.(complaint_|payment_hold_asked|access_|need_to_know_|case_restricted"
    r"|case_unrestricted|protected_|transfer_package_read|erasure_|legal_hold_)"
    r"|\w+\.(personal_data_read|subject_erased)"
)
"""What is told in confidence, of whatever case. Those whose work it is read it at intake, which
knows who is complained about; here it is for auditors alone."""


async def readable(
    key: str, entries: Sequence[Logged], me: Acting, at: datetime, log: Connection
) -> list[tuple[Logged, tuple[str, ...]]]:
    """Those of the entries that the reader may know of, each with the ids they may: none
    when what was asked about is itself hidden.
    """
    if Role.AUDITOR in me.roles:
        return [(entry, entry.names) for entry in entries]
    named = {name for entry in entries for name in entry.names if _kind(name) in OF_A_CASE}
    streams = {entry.stream for entry in entries if _kind(entry.stream) not in SERVES_MANY}
    hides = await _hidden(named | streams, me, at, log)
    if key in hides:
        return []
    return [
        (entry, tuple(name for name in entry.names if name not in hides))
        for entry in entries
        if not CONFIDENTIAL.match(entry.type) and not _is_hidden(entry, hides)
    ]


def _is_hidden(entry: Logged, hides: frozenset[str]) -> bool:
    """What is of several cases, as a bank's file is, stays while one of them may be known."""
    of_cases = {name for name in entry.names if _kind(name) in OF_A_CASE}
    direct = {name for name in of_cases if _kind(name) == "cas"} | {entry.stream}
    return bool(direct & hides) or bool(of_cases and of_cases <= hides)


def _kind(name: str) -> str:
    return name.partition("_")[0]


async def _hidden(
    things: AbstractSet[str], me: Acting, at: datetime, log: Connection
) -> frozenset[str]:
    """Those that are, or have to do with, a case that the reader may not know of."""
    cases = {thing: {thing} if _kind(thing) == "cas" else set[str]() for thing in things}
    for thing, beside in await table.named_with(log, sorted(things)):
        if _kind(thing) != "cas":
            cases[thing].update(name for name in beside if _kind(name) == "cas")
    told = await table.of_types(log, TELLING, sorted(set[str]().union(*cases.values())))
    know = {
        case
        for case, who in known((e.type, msgspec.json.decode(e.raw)["data"]) for e in told).items()
        if who.to(me.id, me.organisation, at)
    }
    return frozenset(thing for thing, its in cases.items() if its - know)
