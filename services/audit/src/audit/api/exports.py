"""Exports of the log over HTTP: made once, read again as they were made."""

from datetime import date
from typing import Annotated

from fastapi import Response
from fastapi.responses import FileResponse
from pydantic import Field

from audit.api.declared import api
from audit.api.recording import Record
from audit.domain import export as domain
from audit.domain.reading import What
from audit.exports import acts
from audit.exports import view as exports_view
from audit.exports.keeping import KeptFiles
from audit.log.files import LogFiles
from events.io.http import (
    Answer,
    Body,
    Do,
    Gateways,
    Load,
    NewIds,
    Now,
    Page,
    Paging,
    Problem,
    View,
    Who,
)
from events.roles import Role
from events.values import Digest, ExportId, GrantId

AUDITORS = frozenset({Role.AUDITOR})
ZIP = "application/zip"
UNKNOWN = frozenset({domain.NoSuchGrant, domain.NothingSigned})

CutOff = Annotated[int | None, Field(ge=1, le=2**53)]
"""The size of a checkpoint that was signed; without one, of the newest."""


class MakeExportBody(Body):
    form: domain.Form
    grant: GrantId | None = None
    since: date | None = None
    until: date | None = None
    cut_off: CutOff = None


class ExportAnswer(Answer):
    export: ExportId
    form: domain.Form
    grant: GrantId | None
    since: date | None
    until: date | None
    cut_off: int
    root: Digest
    withheld: int
    """How many ids are told nowhere in it: of restricted cases."""
    digest: Digest
    size: int

    @classmethod
    def of(cls, export: domain.Export, _version: int = 0) -> "ExportAnswer":
        return cls(
            export=export.id,
            form=export.form,
            grant=export.grant,
            since=export.since,
            until=export.until,
            cut_off=export.cut_off,
            root=export.root,
            withheld=export.withheld,
            digest=export.digest,
            size=export.size,
        )


@api.command("/v1/exports", creates=ExportAnswer, allows=AUDITORS, unknown=UNKNOWN)
async def make_export(
    *, body: MakeExportBody, me: Who, now: Now, do: Do, ids: NewIds, log: View, files: Gateways
) -> Response:
    """Take a copy of the log for process mining (OCEL 2.0) or as tables (CSV), as of a checkpoint.

    Restricted cases are told nowhere in it. That it was taken is itself an event.
    """
    who = acts.Asked(by=me.id, at=now, cut_off=body.cut_off)
    days = body.since, body.until
    new = ExportId(ids.new("exp"))
    act = await acts.export(new, who, body.form, body.grant, days, log, files)
    return await do(act, answer=ExportAnswer.of)


@api.query("/v1/exports", answers=Page[ExportAnswer], allows=AUDITORS)
async def list_exports(view: View, page: Paging) -> Page[ExportAnswer]:
    """List exports by id."""
    found = await exports_view.exports(view, after=page.after, limit=page.limit + 1)
    return page.of([ExportAnswer.of(each) for each in found], key=lambda each: each.export)


@api.query("/v1/exports/{export_id}", answers=ExportAnswer, allows=AUDITORS)
async def read_export(export_id: ExportId, load: Load) -> Response:
    """Read what was exported, as of when, and its digest."""
    return await load(domain.export, export_id, answer=ExportAnswer.of)


@api.query("/v1/exports/{export_id}/file", gives=(ZIP,), allows=AUDITORS)
async def read_export_file(
    export_id: ExportId, load: Load, files: Gateways, record: Record
) -> Response:
    """Read the file, byte for byte as it was exported."""
    state, _ = await load.state(domain.export, export_id)
    if state is None:
        raise Problem("not_found", "There is no such export.")
    await record.all_of(What.COPY, state.id, 0, state.cut_off - 1)
    return kept_file(files, state.digest, f"{state.form}-{state.id}.zip")


def kept_file(files: LogFiles, digest: Digest, name: str) -> Response:
    """The file with this digest, under a name of ours."""
    path = KeptFiles(files).path(digest)
    if not path.is_file():
        raise Problem("not_found", "The file is not kept here any more; what it tells of is.")
    headers = {"Cache-Control": "no-store", "ETag": f'"{digest}"'}
    return FileResponse(path, media_type=ZIP, filename=name, headers=headers)
