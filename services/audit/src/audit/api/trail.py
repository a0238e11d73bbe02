"""The trail of anything, line by line, as far as the reader may know of it."""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import StringConstraints

from audit.api.declared import api
from audit.api.recording import Record
from audit.domain.reading import What
from audit.log import proofs
from audit.log.files import LogFiles
from audit.log.proofs import Signed
from audit.trail.giving import SAID_TO_DONORS
from audit.trail.sight import Shown, Sight
from audit.trail.why import Cause, Mandate, why
from audit.trail.words import in_words
from events.io.http import Answer, Gateways, Now, Problem, View, Who
from events.roles import Role
from events.values import DIGEST, ID, Digest

TRAIL_READERS = frozenset(
    {
        Role.AUDITOR,
        Role.DONOR,
        Role.FINANCE_OFFICER,
        Role.CERTIFYING_OFFICER,
        Role.APPROVING_OFFICER,
        Role.SIGNATORY,
        Role.GRANT_MANAGER,
        Role.PROGRAMME_MANAGER,
    }
)
"""Who answers for money, each for what they may know of; who looks on. A case's own people ask the
services that own it."""


class TrailLine(Answer):
    """One thing that happened."""

    index: int
    service: str
    position: int
    type: str
    stream: str
    happened_at: datetime
    recorded_at: datetime
    who: str
    role: str
    delegation: str | None
    said: str
    """In plain words, what they did."""
    names: tuple[str, ...]
    """The ids that it mentions, of those that the reader may know."""
    proven: bool
    """Whether it was just now proven to be under the newest checkpoint."""
    leaf: Digest
    """The hash of the entry, which the receipt proves to be in the log."""
    receipt: str
    """Where the receipt is (c2sp.org/tlog-proof), once a checkpoint covers the entry."""


class TrailAnswer(Answer):
    key: str
    size: int
    """How many entries the checkpoint covers that the proofs lead to."""
    root: str | None
    lines: tuple[TrailLine, ...]
    next: int | None
    """What to ask for as `after` to go on; nothing when this was the end."""


@api.query("/v1/trail/{key}", answers=TrailAnswer, allows=TRAIL_READERS)
async def read_trail(  # noqa: PLR0917  each is named in the route
    key: Annotated[str, StringConstraints(pattern=f"{ID}|{DIGEST}")],
    me: Who,
    now: Now,
    log: View,
    files: Gateways,
    record: Record,
    after: Annotated[int, Query(ge=-1, lt=2**63)] = -1,
) -> TrailAnswer:
    """All that has to do with a case, a plan, a vendor, a payment, a person, or a document by its
    SHA-256, in order, as far as the reader may know of it; auditors see all, donors what was done
    with their grants. A page without lines that names a next one found none that it may show.
    """
    sight = Sight(me, now, log)
    page = await sight.page(key, after)
    if page is None:
        raise Problem("not_found", "The log does not mention it.")
    await record.shown(What.TRAIL, key, [entry for entry, _ in page.lines])
    signed = proofs.newest(files)
    return TrailAnswer(
        key=key,
        size=signed.checkpoint.size if signed else 0,
        root=signed.checkpoint.root.hex() if signed else None,
        lines=_lines(page.lines, sight, signed, files),
        next=page.next,
    )


class MandateAnswer(Answer):
    """Under which authority somebody acted."""

    said: str
    entries: tuple[int, ...]
    """Those that gave it, among the lines."""


class CauseAnswer(Answer):
    """One reason, as the end of a sentence that begins with because."""

    said: str
    more: str
    entries: tuple[int, ...]
    """Those that tell of it, among the lines."""
    under: tuple[MandateAnswer, ...]


class WhyAnswer(Answer):
    payment: str
    size: int
    root: str | None
    causes: tuple[CauseAnswer, ...]
    """From the bank back to the registration; `verify.py --why` tells the same of a bundle."""
    untold: int
    """How many more causes there are, which rest on lines that the reader may not see."""
    lines: tuple[TrailLine, ...]
    """Every entry that a cause rests on, in the log's order, and no other."""


@api.query("/v1/trail/{payment}/why", answers=WhyAnswer, allows=TRAIL_READERS)
async def read_why(  # noqa: PLR0917  each is named in the route
    payment: Annotated[str, StringConstraints(pattern=ID)],
    me: Who,
    now: Now,
    log: View,
    files: Gateways,
    record: Record,
) -> WhyAnswer:
    """Why it was paid: nothing but what it needed, each cause with its entries."""
    sight = Sight(me, now, log)
    found = await why(payment, log)
    lines = await sight.readable(payment, list(found.told.values())) if found else []
    if found is None or not lines:
        raise Problem("not_found", "The log tells of no such payment that was paid.")
    await record.shown(What.WHY, payment, [entry for entry, _ in lines])
    signed = proofs.newest(files)
    shown = {entry.index for entry, _ in lines}
    causes = [cause for cause in found.causes if shown.issuperset(cause.entries)]
    return WhyAnswer(
        payment=payment,
        size=signed.checkpoint.size if signed else 0,
        root=signed.checkpoint.root.hex() if signed else None,
        causes=tuple(_cause(each, shown, sight) for each in causes),
        untold=len(found.causes) - len(causes),
        lines=_lines(lines, sight, signed, files),
    )


def _cause(cause: Cause, shown: Container[int], sight: Sight) -> CauseAnswer:
    return CauseAnswer(
        said=cause.said,
        more="" if sight.gives else cause.more,
        entries=cause.entries,
        under=tuple(_mandate(m) for m in cause.under if all(at in shown for at in m.entries)),
    )


def _mandate(mandate: Mandate) -> MandateAnswer:
    return MandateAnswer(said=mandate.said, entries=mandate.entries)


def _lines(
    entries: Sequence[Shown], sight: Sight, signed: Signed | None, files: LogFiles
) -> tuple[TrailLine, ...]:
    proven = proofs.Proven(signed, files)
    only = SAID_TO_DONORS if sight.gives else None
    return tuple(_line(each, proven.holds(each[0]), only) for each in entries)


def _line(shown: Shown, proven: bool, only: Container[str] | None) -> TrailLine:  # noqa: FBT001
    entry, names = shown
    envelope = entry.envelope
    return TrailLine(
        index=entry.index,
        service=entry.source,
        position=int(envelope.position),
        type=entry.type,
        stream=entry.stream,
        happened_at=envelope.time,
        recorded_at=envelope.recordedtime,
        who=envelope.actorid,
        role=envelope.actorrole,
        delegation=envelope.actordelegation,
        said=in_words(entry, only),
        names=names,
        proven=proven,
        leaf=Digest(entry.leaf.hex()),
        receipt=f"/v1/log/proof?index={entry.index}",
    )
