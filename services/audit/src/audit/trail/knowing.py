"""Which lines of the log somebody may read: the need to know holds here as in every service.

It is read out of the log itself, so that it is never behind the lines that it is about.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol, TypeVar

import msgspec

from audit.domain.kinds import OF_A_CASE, SERVES_MANY, kind
from audit.domain.knowing import TELLING, Known, known
from audit.log import mentions, table
from events.io.identity import Acting
from events.roles import Role
from events.service import Connection

CONFIDENTIAL = re.compile(
    r"intake\.(complaint_|payment_hold_asked|access_|need_to_know_|case_restricted"
    r"|case_unrestricted|protected_|transfer_package_read|erasure_|legal_hold_)"
    r"|\w+\.(personal_data_read|document_read|confidential_read|\w+_words_read|subject_erased)"
    r"|audit\.(finding_|protected_read)"
)
"""What is told in confidence, of whatever case. Those whose work it is read it at intake, which
knows who is complained about; here it is for auditors alone, and so is
what a rule found: nobody is warned that somebody will look."""


class Told(Protocol):
    """What is asked about an entry, whether its bytes are at hand or not."""

    @property
    def index(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def stream(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...


T = TypeVar("T", bound=Told)


async def is_hidden(key: str, me: Acting, at: datetime, log: Connection) -> bool:
    """Whether what is asked about has to do with a case that the reader may not know of."""
    if Role.AUDITOR in me.roles or kind(key) not in OF_A_CASE:
        return False
    return key in await _hidden({key}, me, at, log)


async def readable(
    key: str, entries: Sequence[T], me: Acting, at: datetime, log: Connection
) -> list[tuple[T, tuple[str, ...]]]:
    """Those of the entries that the reader may know of, each with the ids they may: none
    when what was asked about is itself hidden.
    """
    if Role.AUDITOR in me.roles:
        return [(entry, entry.names) for entry in entries]
    hides = await _hidden(_things(entries), me, at, log)
    if key in hides:
        return []
    return [
        (entry, tuple(name for name in entry.names if name not in hides))
        for entry in entries
        if not CONFIDENTIAL.match(entry.type) and not _is_hidden(entry, hides)
    ]


def _is_hidden(entry: Told, hides: frozenset[str]) -> bool:
    """What is of several cases, as a bank's file is, stays while one of them may be known."""
    of_cases = {name for name in entry.names if kind(name) in OF_A_CASE}
    direct = {name for name in of_cases if kind(name) == "cas"} | {entry.stream}
    return bool(direct & hides) or bool(of_cases and of_cases <= hides)


async def protected(entries: Sequence[T], log: Connection) -> list[T]:
    """Those that are told in confidence, or have to do with a restricted case."""
    cases, told = await _cases_of(_things(entries), log)
    restricted = {case for case, who in told.items() if who.restricted}
    quiet = {thing for thing, its in cases.items() if its & restricted}
    return [
        entry
        for entry in entries
        if CONFIDENTIAL.match(entry.type)
        or entry.stream in quiet
        or not quiet.isdisjoint(entry.names)
    ]


def _things(entries: Sequence[Told]) -> set[str]:
    """What the entries mention that may have to do with a case."""
    named = {name for entry in entries for name in entry.names if kind(name) in OF_A_CASE}
    return named | {entry.stream for entry in entries if kind(entry.stream) not in SERVES_MANY}


async def _hidden(
    things: AbstractSet[str], me: Acting, at: datetime, log: Connection
) -> frozenset[str]:
    """Those that are, or have to do with, a case that the reader may not know of."""
    cases, told = await _cases_of(things, log)
    know = {case for case, who in told.items() if who.to(me.id, me.organisation, at)}
    return frozenset(thing for thing, its in cases.items() if its - know)


async def _cases_of(
    things: AbstractSet[str], log: Connection
) -> tuple[dict[str, set[str]], dict[str, Known]]:
    """Each thing with the cases that it has to do with; and who may know of these."""
    cases = {thing: {thing} if kind(thing) == "cas" else set[str]() for thing in things}
    for thing, case in await mentions.cases_of(log, sorted(things)):
        cases[thing].add(case)
    told = await table.of_types(log, TELLING, sorted(set[str]().union(*cases.values())))
    return cases, known((e.type, msgspec.json.decode(e.envelope.data)) for e in told)
