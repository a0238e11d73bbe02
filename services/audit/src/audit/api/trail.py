"""The trail of anything, line by line, as far as the reader may know of it."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from audit.api.declared import api
from audit.log import proofs
from audit.log.table import Logged
from audit.trail.chain import trail
from audit.trail.knowing import readable
from audit.trail.words import in_words
from events.io.http import Answer, Gateways, Now, Problem, View, Who
from events.roles import Role
from events.values import ID

TRAIL_READERS = frozenset(
    {
        Role.AUDITOR,
        Role.FINANCE_OFFICER,
        Role.CERTIFYING_OFFICER,
        Role.APPROVING_OFFICER,
        Role.SIGNATORY,
        Role.GRANT_MANAGER,
        Role.PROGRAMME_MANAGER,
    }
)
"""Who answers for money, each for what they may know of. A case's own people ask the services that
own it."""


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


class TrailAnswer(Answer):
    key: str
    size: int
    """How many entries the checkpoint covers that the proofs lead to."""
    root: str | None
    lines: tuple[TrailLine, ...]


@api.query("/v1/trail/{key}", answers=TrailAnswer, allows=TRAIL_READERS)
async def read_trail(
    key: Annotated[str, StringConstraints(pattern=ID)],
    me: Who,
    now: Now,
    log: View,
    files: Gateways,
) -> TrailAnswer:
    """All that has to do with a case, a plan, a vendor, a payment or a person, in order, as far as
    the reader may know of it; auditors see all.
    """
    lines = await readable(key, await trail(key, log), me, now, log)
    if not lines:
        raise Problem("not_found", "The log does not mention it.")
    signed = proofs.newest(files)
    return TrailAnswer(
        key=key,
        size=signed.checkpoint.size if signed else 0,
        root=signed.checkpoint.root.hex() if signed else None,
        lines=tuple(
            _line(entry, names, proofs.holds(entry, signed, files)) for entry, names in lines
        ),
    )


def _line(entry: Logged, names: tuple[str, ...], proven: bool) -> TrailLine:  # noqa: FBT001
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
        said=in_words(entry),
        names=names,
        proven=proven,
    )
