"""The log, told: how it stands, an entry, a receipt, a consistency proof."""

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query, Response

from audit.api.declared import FOR_NOW, TEXT, api
from audit.api.recording import Record
from audit.checking import view as checking
from audit.domain.reading import What
from audit.log import proofs, table
from audit.log.files import VKEY
from audit.log.logged import Logged
from audit.trail.sight import Sight
from events.io.http import Answer, Gateways, Now, Problem, View, Who
from events.roles import READERS, Role
from events.service import Connection

FINDINGS_SHOWN = 50
LOOK_ON = READERS | {Role.DONOR}
"""Figures and hashes of the log as a whole are for all of these; a donor has receipts of what is
of their grants."""
END = 2**63
"""Beyond every number that a database counts with."""
Index = Annotated[int, Path(ge=0, lt=END)]
NO_ENTRY = Problem("not_found", "The log has no such entry.")


class SourceAnswer(Answer):
    name: str
    entries: int
    gaps: int


class FindingAnswer(Answer):
    index: int
    rule: str
    detail: str


class WitnessAnswer(Answer):
    name: str
    cosigned_at: datetime | None
    """When it cosigned the newest checkpoint; null when it did not."""


class LogAnswer(Answer):
    """How the log stands."""

    entries: int
    """How many there are, signed or about to be."""
    size: int
    """How many the newest checkpoint covers."""
    pending: int | None
    """How many one covers that is signed and waits for its witnesses; null when none does."""
    pending_since: datetime | None
    """While it waits, nothing new is published: more than a minute is for a person to look into."""
    refused_since: datetime | None
    """Since when the table is not what was signed, so that the signer refuses and nothing is
    published: somebody or something has changed it. Null when all is well."""
    witnesses: tuple[WitnessAnswer, ...]
    """Those whom the log asks; how many of them it takes, its policy says."""
    root: str | None
    origin: str | None
    vkey: str | None
    checkpoints: int
    sources: tuple[SourceAnswer, ...]
    findings: tuple[FindingAnswer, ...]
    differences: int
    """In how many places a service's own store is not what the log has of it; for auditors,
    `/v1/differences` has them."""
    missing: int
    """How many gaps were found and are not healed; `/v1/gaps` has them."""


@api.query("/v1/log", answers=LogAnswer, allows=LOOK_ON)
async def read_log(me: Who, log: View, files: Gateways) -> LogAnswer:
    """Size, root and key; every source and its gaps, which must be none; what was found wrong,
    for donors by rule and entry alone.
    """
    signed = proofs.newest(files)
    waits = proofs.pending(files)
    key = files.read(VKEY)
    return LogAnswer(
        entries=await table.size_of(log),
        size=signed.checkpoint.size if signed else 0,
        pending=waits.size if waits else None,
        pending_since=waits.since if waits else None,
        refused_since=proofs.refused_since(files),
        witnesses=tuple(
            WitnessAnswer(name=each.name, cosigned_at=each.cosigned_at)
            for each in proofs.witnesses(files)
        ),
        root=signed.checkpoint.root.hex() if signed else None,
        origin=signed.checkpoint.origin if signed else None,
        vkey=key.decode().strip() if key else None,
        checkpoints=await table.count_checkpoints(log),
        sources=tuple(
            SourceAnswer(name=s.name, entries=s.entries, gaps=s.gaps)
            for s in await table.sources(log)
        ),
        differences=await checking.count_differences(log),
        missing=await checking.count_gaps(log),
        findings=tuple(
            FindingAnswer(index=index, rule=rule, detail="" if Role.DONOR in me.roles else detail)
            for index, rule, detail in await table.findings(log, FINDINGS_SHOWN)
        ),
    )


class EntryAnswer(Answer):
    index: int
    source: str
    entry: str
    """The entry's text, byte for byte what the leaf hash is of."""
    receipt: str | None
    """Its proof (c2sp.org/tlog-proof), as soon as a checkpoint covers it."""


@api.query("/v1/log/entries/{index}", answers=EntryAnswer, allows={Role.AUDITOR, Role.SERVICE})
async def read_entry(index: Index, log: View, files: Gateways, record: Record) -> EntryAnswer:
    """One entry, and the receipt that proves it to be in the log."""
    entry = await _entry(index, log)
    await record.shown(What.ENTRY, None, [entry])
    return EntryAnswer(
        index=index,
        source=entry.source,
        entry=entry.raw.decode(),
        receipt=proofs.receipt(entry, files),
    )


@api.query("/v1/log/proof", answers=Answer, allows=LOOK_ON)
async def read_proof(
    *,
    me: Who,
    now: Now,
    log: View,
    files: Gateways,
    index: Annotated[int | None, Query(ge=0, lt=END)] = None,
    source: Annotated[str | None, Query(max_length=32)] = None,
    position: Annotated[int | None, Query(ge=1, lt=END)] = None,
) -> Response:
    """The receipt of an event: by its index in the log, or by its source and position there."""
    if index is None and source is not None and position is not None:
        index = await table.index_of(log, source, position)
    entry = await _entry(index, log)
    if not await Sight(me, now, log).has(entry):
        raise NO_ENTRY
    receipt = proofs.receipt(entry, files)
    if receipt is None:
        raise Problem("not_found", "No checkpoint covers it yet; ask again in a moment.")
    return Response(receipt, media_type=TEXT, headers=FOR_NOW)


@api.query("/v1/log/consistency", answers=Answer, allows=LOOK_ON)
async def read_consistency(
    files: Gateways,
    old: Annotated[int, Query(ge=0, lt=END)],
    new: Annotated[int, Query(ge=0, lt=END)],
) -> Response:
    """The hashes that prove the log of `old` entries to be the beginning of that of `new`."""
    lines = proofs.consistency(old, new, files)
    if lines is None:
        raise Problem("not_found", "No such sizes have been signed.")
    return Response(lines, media_type=TEXT, headers=FOR_NOW)


async def _entry(index: int | None, log: Connection) -> Logged:
    entry = await table.entry_at(log, index) if index is not None else None
    if entry is None:
        raise NO_ENTRY
    return entry
