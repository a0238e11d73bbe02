"""Bundles for the offline verifier: taking one is itself an event."""

import tempfile
from collections.abc import AsyncIterator
from datetime import date
from typing import IO, Literal

from fastapi import Response
from fastapi.responses import StreamingResponse

from audit.api.declared import api
from audit.api.recording import Record
from audit.domain import bundle as domain
from audit.domain.reading import What
from audit.exports.make import make
from audit.exports.naming import names_of_vendors
from audit.log import proofs, table
from audit.log.files import LogFiles
from audit.trail.giving import grants_of
from events.handler import Act
from events.io.http import (
    Answer,
    Body,
    Do,
    Gateways,
    Load,
    NewIds,
    Now,
    Others,
    Problem,
    View,
    Who,
)
from events.roles import Role
from events.values import Code, Digest, GrantId

CHUNK = 1 << 18
NO_BUNDLE = Problem("not_found", "There is no such bundle.")


class BundleAnswer(Answer):
    bundle: Code
    size: int
    root: Digest
    grant: GrantId | None
    since: date | None
    until: date | None

    @classmethod
    def of(cls, bundle: domain.Bundle, _version: int) -> "BundleAnswer":
        return cls(
            bundle=bundle.id,
            size=bundle.size,
            root=bundle.root,
            grant=bundle.grant,
            since=bundle.since,
            until=bundle.until,
        )


@api.command("/v1/bundles", creates=BundleAnswer, allows={Role.AUDITOR})
async def export_bundle(me: Who, now: Now, do: Do, ids: NewIds, files: Gateways) -> Response:
    """Take a copy of the log as it is signed now. That it was taken is itself an event."""
    new, (size, root) = Code(ids.new("bun")), _newest(files)
    command = domain.ExportBundle(by=me.id, at=now, bundle=new, size=size, root=root)
    return await do(Act(domain.bundle, new, command), answer=BundleAnswer.of)


class GrantBundleBody(Body):
    since: date | None = None
    until: date | None = None
    """Of the grant's orders those of which anything happened from the one day to the other."""


@api.command("/v1/grants/{grant}/bundles", creates=BundleAnswer, allows={Role.AUDITOR})
async def export_grant_bundle(
    *,
    grant: GrantId,
    body: GrantBundleBody,
    me: Who,
    now: Now,
    do: Do,
    ids: NewIds,
    log: View,
    files: Gateways,
) -> Response:
    """Take what is a grant's, each entry with its path to the root that is signed now."""
    new, (size, root) = Code(ids.new("bun")), _newest(files)
    if not await table.streams_naming(log, [grant], size):
        raise Problem("not_found", "The log tells of no such grant.")
    command = domain.ExportGrantBundle(
        by=me.id,
        at=now,
        bundle=new,
        grant=grant,
        since=body.since,
        until=body.until,
        size=size,
        root=root,
    )
    where = f"/v1/bundles/{new}"
    return await do(Act(domain.bundle, new, command), answer=BundleAnswer.of, location=where)


def _newest(files: LogFiles) -> tuple[int, Digest]:
    signed = proofs.newest(files)
    if signed is None:
        raise Problem("not_found", "Nothing is signed yet; ask again in a moment.")
    return signed.checkpoint.size, Digest(signed.checkpoint.root.hex())


@api.query("/v1/bundles/{bundle}", answers=Answer, allows={Role.AUDITOR, Role.DONOR})
async def read_bundle(
    *, bundle: Code, me: Who, load: Load, log: View, files: Gateways, record: Record
) -> Response:
    """The copy, as a zip: unpack it or not, `verify.py` in it checks it offline. A donor has those
    of the grants that they gave.
    """
    exported, _ = await load.state(domain.bundle, bundle)
    if exported is None or (Role.DONOR in me.roles and not await _gave(exported, me, log)):
        raise NO_BUNDLE
    await record.all_of(What.COPY, bundle, 0, exported.size - 1)
    return await _packed(exported, log, files)


class DiscloseBody(Body):
    purpose: Literal["audit"]
    """For which the vendors service tells names, and has it on record who was told which."""


@api.command(
    "/v1/bundles/{bundle}/disclose",
    answers=Answer,
    if_match=False,
    allows={Role.AUDITOR},
)
async def disclose_bundle(
    *,
    bundle: Code,
    body: DiscloseBody,
    load: Load,
    log: View,
    files: Gateways,
    record: Record,
    others: Others,
) -> Response:
    """The copy of the whole log, with the names and towns of the vendors that were paid, in
    `disclosures.jsonl`: the verifier holds them to the log's digests. None of a vendor that has to
    do with a restricted case; never how it is reached nor where it banks.
    """
    exported, _ = await load.state(domain.bundle, bundle)
    if exported is None:
        raise NO_BUNDLE
    names = await names_of_vendors(exported, body.purpose, others, log)
    await record.all_of(What.COPY, bundle, 0, exported.size - 1)
    return await _packed(exported, log, files, names.lines)


async def _packed(
    exported: domain.Bundle, log: View, files: LogFiles, names: bytes = b""
) -> Response:
    packed = tempfile.TemporaryFile()  # noqa: SIM115  it goes with the answer
    await make(exported, packed, log, files, names)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{exported.id}.zip"',
        "Content-Length": str(packed.tell()),
    }
    return StreamingResponse(_sent(packed), media_type="application/zip", headers=headers)


async def _gave(exported: domain.Bundle, me: Who, log: View) -> bool:
    return exported.grant in await grants_of(me, log)


async def _sent(packed: IO[bytes]) -> AsyncIterator[bytes]:
    with packed:
        packed.seek(0)
        while chunk := packed.read(CHUNK):
            yield chunk
