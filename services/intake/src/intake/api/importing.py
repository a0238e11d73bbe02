"""Imports over HTTP: a file is taken, worked off later, and the result of each row read here."""

import asyncio
import csv
import hashlib
import hmac
import io
from collections.abc import Collection
from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from events.handler import Act, Once, fingerprint
from events.io.http import (
    Answer,
    Do,
    Fault,
    Files,
    Gateways,
    Load,
    NewIds,
    Now,
    Page,
    Paging,
    Problem,
    Request,
    Upload,
    View,
    Who,
)
from events.io.http.asked import json_response
from events.io.http.do import encode
from events.roles import Role
from events.values import CaseId, Code, Digest, ImportId, PersonId, ProgrammeId
from intake import views
from intake.api.routes import api
from intake.domain import batch as batches
from intake.domain.batch import Batch, Format, Result, Row
from intake.importing import sheets
from intake.importing.columns import COLUMNS, Kind
from intake.importing.spool import Spool
from intake.views.imports import imports_after, rows_after

SENDS = {Role.COUNSELLOR, Role.PARTNER_SYSTEM}
"""Who registers people; and a machine of a partner, for those who do."""
READS = SENDS | {Role.PROGRAMME_MANAGER}
KOBO = "kobo_submission"
BOM = "\ufeff"
"""So that spreadsheets read the template as UTF-8."""
UNKNOWN_IMPORT = Problem("not_found", "There is no such import, or it is not yours to see.")


class ImportAnswer(Answer):
    batch: ImportId
    programme: ProgrammeId
    office: Code
    format: Format
    dry_run: bool
    content: Digest
    rows: int
    worked: int
    taken: int
    suspected: int
    already: int
    refused: int
    completed: bool
    abandoned: Code | None
    """Why the rest cannot be worked off, when it cannot."""
    received_by: PersonId
    version: int

    @classmethod
    def of(cls, state: Batch, version: int) -> "ImportAnswer":
        return cls(
            batch=state.id,
            programme=state.programme,
            office=state.office,
            format=state.format,
            dry_run=state.dry_run,
            content=state.content,
            rows=state.rows,
            worked=state.worked,
            taken=state.counts[Result.TAKEN],
            suspected=state.counts[Result.SUSPECTED],
            already=state.counts[Result.ALREADY],
            refused=state.counts[Result.REFUSED],
            completed=state.completed,
            abandoned=state.abandoned,
            received_by=state.received_by,
            version=version,
        )


class FaultAnswer(Answer):
    field: Code | None
    """The column; none when the rule is about the row."""
    reason: Code


class RowAnswer(Answer):
    row: int
    result: Result
    case: CaseId | None
    """What it became, where that is theirs to see."""
    faults: tuple[FaultAnswer, ...]

    @classmethod
    def of(cls, row: Row, seen: Collection[CaseId]) -> "RowAnswer":
        case = row.case if row.case in seen else None
        faults = tuple(FaultAnswer(field=f.field, reason=f.reason) for f in row.faults)
        return cls(row=row.row, result=row.result, case=case, faults=faults)


class ColumnAnswer(Answer):
    """How a column may be headed, and what may stand in it."""

    name: str
    also: tuple[str, ...]
    kind: Kind
    needed: bool
    means: str
    example: str
    choices: tuple[str, ...]


Office = Annotated[Code, Field(description="The office that keeps the cases.")]


@api.command(
    "/v1/imports",
    creates=ImportAnswer,
    allows=SENDS,
    files=Files(tuple(sheets.MEDIA), sheets.FILE_MAX_BYTES),
)
async def receive_import(
    *,
    file: Upload,
    programme: ProgrammeId,
    office: Office,
    me: Who,
    now: Now,
    do: Do,
    ids: NewIds,
    view: View,
    gateways: Gateways,
    dry_run: bool = False,
) -> Response:
    """Register people from a file: CSV, XLSX, or Kobo submissions. It is worked off later."""
    await _terms(view, programme)
    received, lines = await asyncio.to_thread(_read, file, gateways.key("import_content"))
    batch = ImportId(ids.new("imp"))
    asked = batches.ReceiveImport(
        by=me.id,
        at=now,
        batch=batch,
        organisation=me.organisation,
        office=office,
        programme=programme,
        dry_run=dry_run,
        rows=len(lines),
        **received,
    )
    spool = Spool(view, gateways.key("import_spool"))
    await spool.put(batch, lines, now)
    said = await do(Act(batches.batch, batch, asked), answer=ImportAnswer.of)
    if "idempotent-replayed" in said.headers:
        await spool.drop(batch)
    return said


@api.command(
    "/v1/kobo-submissions",
    creates=ImportAnswer,
    allows=SENDS,
    files=Files(("application/json",), sheets.FILE_MAX_BYTES),
)
async def receive_kobo_submission(
    *,
    file: Upload,
    programme: ProgrammeId,
    office: Office,
    me: Who,
    now: Now,
    ids: NewIds,
    view: View,
    gateways: Gateways,
    asked: Request,
) -> Response:
    """Take one submission as Kobo's REST service posts it: once for its `_uuid`, without a key."""
    await _terms(view, programme)
    received, lines = await asyncio.to_thread(_read, file, gateways.key("import_content"))
    if len(lines) != 1 or lines[0].key is None:
        detail = "Send one submission, with its _uuid."
        raise Problem("body_invalid", detail, errors=[Fault("/_uuid", "missing", detail)])
    batch = ImportId(ids.new("imp"))
    one = batches.ReceiveImport(
        by=me.id,
        at=now,
        batch=batch,
        organisation=me.organisation,
        office=office,
        programme=programme,
        dry_run=False,
        rows=1,
        **received,
    )
    spool = Spool(view, gateways.key("import_spool"))
    await spool.put(batch, lines, now)
    done = await asked.desk.handler.do(
        Act(batches.batch, batch, one),
        context=asked.context,
        once=Once(_once(me.organisation, programme, lines[0].key), b"", scope=KOBO),
        answer=lambda state, version: encode(ImportAnswer.of(state, version)),
    )
    if done.replayed:
        await spool.drop(batch)
    assert done.answer is not None, "it was made with one"
    stands = ImportAnswer.model_validate_json(done.answer)
    return json_response(done.answer, 202, {"Location": f"/v1/imports/{stands.batch}"})


def _once(organisation: Code, programme: ProgrammeId, key: str) -> str:
    return fingerprint(organisation.encode(), programme.encode(), key.encode()).hex()


async def _terms(view: View, programme: ProgrammeId) -> None:
    if await views.terms_of(view, programme) is None:
        raise Problem("not_found", "No such programme is published, or not yet known here.")


def _read(file: Upload, key: bytes) -> tuple[dict[str, Any], list[sheets.Line]]:
    """What the file is, and its rows; a problem with all that is wrong with it.

    A file's digest is keyed: of a short file the plain one would tell what stood in it.
    """
    form = sheets.MEDIA[file.media]
    try:
        lines = sheets.read(form, file.content)
    except sheets.BadFile as bad:
        faults = [Fault(each.where, each.code, each.detail) for each in bad.wrong]
        raise Problem("body_invalid", "The file cannot be taken.", errors=faults) from None
    content = Digest(hmac.digest(key, file.content, hashlib.sha256).hex())
    return {"format": form, "content": content}, lines


@api.query("/v1/imports", answers=Page[ImportAnswer], allows=READS)
async def list_imports(me: Who, paging: Paging, view: View) -> Page[ImportAnswer]:
    """List the imports of your organisation."""
    found = await imports_after(
        view, after=paging.after, limit=paging.limit + 1, organisation=me.organisation
    )
    lines = [ImportAnswer.of(row.batch, row.version) for row in found]
    return paging.of(lines, key=lambda line: line.batch)


@api.query("/v1/imports/{batch}", answers=ImportAnswer, allows=READS)
async def read_import(batch: ImportId, me: Who, load: Load) -> Response:
    """Read how far an import has come."""
    await _ours(batch, me, load)
    return await load(batches.batch, batch, answer=ImportAnswer.of)


@api.query("/v1/imports/{batch}/rows", answers=Page[RowAnswer], allows=READS)
async def list_import_rows(
    *,
    batch: ImportId,
    me: Who,
    load: Load,
    paging: Paging,
    view: View,
    result: Result | None = None,
) -> Page[RowAnswer]:
    """List what became of each row: taken, suspected, there already, or refused and why."""
    await _ours(batch, me, load)
    [after] = paging.numbers()
    found = await rows_after(view, batch, after=after, limit=paging.limit + 1, result=result)
    seen = await views.reached(
        view,
        {row.case for row in found if row.case},
        organisation=me.organisation,
        person=me.id,
        now=load.now,
    )
    return paging.of([RowAnswer.of(row, seen) for row in found], key=lambda line: str(line.row))


async def _ours(batch: ImportId, me: Who, load: Load) -> None:
    state: Batch | None
    state, _ = await load.state(batches.batch, batch)
    if state is None or state.organisation != me.organisation:
        raise UNKNOWN_IMPORT


@api.query("/v1/import-columns", answers=Page[ColumnAnswer], allows=READS)
async def list_import_columns() -> Page[ColumnAnswer]:
    """List the columns that a file may have."""
    return Page(
        items=tuple(
            ColumnAnswer(
                name=column.name,
                also=column.also,
                kind=column.kind,
                needed=column.needed,
                means=column.means,
                example=column.example,
                choices=tuple(column.words),
            )
            for column in COLUMNS
        )
    )


class TemplateAnswer(Answer):
    """A CSV file with the headings."""


@api.query("/v1/import-template", answers=TemplateAnswer, allows=READS)
async def read_import_template() -> Response:
    """Download a CSV file with the headings and nothing below them."""
    page = io.StringIO()
    csv.writer(page).writerow([column.name for column in COLUMNS])
    told = {"Content-Disposition": 'attachment; filename="homeward-import.csv"'}
    return Response(BOM + page.getvalue(), media_type="text/csv; charset=utf-8", headers=told)
