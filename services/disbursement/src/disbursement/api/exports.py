"""Exports over HTTP: made once, read again as they were made."""

from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import Field

from disbursement.api.donors import NOT_YOURS, Gave, Giving
from disbursement.api.routes import api
from disbursement.domain.export import CutOffAhead, Export, Format, NoSuchGrant, export
from disbursement.exports.gather import History
from disbursement.exports.make import MEDIA, Wanted, make
from disbursement.gateways import Gateways as Own
from disbursement.views import exports
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
    Request,
    View,
    Who,
)
from events.io.http.given import BEHIND_SECONDS
from events.roles import Role
from events.values import Digest, ExportId, GrantId

EXPORTS = frozenset({Role.GRANT_MANAGER})
"""Who answers to donors and to the public for a grant."""
READS_EXPORTS = EXPORTS | {Role.AUDITOR, Role.DONOR}
"""A donor reads the reports that were made for it."""


class ExportGrantBody(Body):
    grant: GrantId
    format: Format
    cut_off: Annotated[int | None, Field(ge=1, le=2**53)] = None
    """The last position of this service's history that it tells of; without one: all of it."""
    since: date | None = None
    """The first day that OCDS and the donor's report tell of one by one; sums are of the whole."""


class ExportAnswer(Answer):
    export: ExportId
    grant: GrantId
    format: Format
    cut_off: int
    digest: Digest
    size: int
    since: date | None

    @classmethod
    def of(cls, state: Export, _version: int) -> "ExportAnswer":
        return cls(
            export=state.id,
            grant=state.grant,
            format=state.format,
            cut_off=state.cut_off,
            digest=state.digest,
            size=state.size,
            since=state.since,
        )


@api.command("/v1/exports", creates=ExportAnswer, allows=EXPORTS, unknown={NoSuchGrant})
async def export_grant(
    *,
    body: ExportGrantBody,
    me: Who,
    now: Now,
    do: Do,
    ids: NewIds,
    view: View,
    own: Gateways,
    asked: Request,
) -> Response:
    """Export a grant as of a cut-off: IATI, OCDS, HXL, or the donor's report.

    The same grant, form and cut-off give the same bytes, unless a case has become restricted or a
    programme's words have changed since.
    """
    desk, gateways = asked.desk, _own(own)
    stands = await desk.handler.store.head()
    cut_off = body.cut_off or stands
    if cut_off > stands:
        raise CutOffAhead(cut_off, stands)
    if desk.progress is not None and not await desk.progress.reach(cut_off, BEHIND_SECONDS):
        raise Problem(
            "view_behind",
            f"The views have not reached position {cut_off} yet.",
            headers={"Retry-After": "1"},
        )
    wanted = Wanted(
        export=ExportId(ids.new("exp")),
        grant=body.grant,
        format=body.format,
        by=me.id,
        at=now,
        since=body.since,
    )
    history = History(desk.handler.store, desk.handler.registry, cut_off)
    act, _ = await make(wanted, history, view, gateways.publisher, stands=stands)
    return await do(act, answer=ExportAnswer.of)


def _own(gateways: object) -> Own:
    assert isinstance(gateways, Own)
    return gateways


@api.query("/v1/exports/{export_id}", answers=ExportAnswer, allows=READS_EXPORTS)
async def read_export(export_id: ExportId, load: Load, gave: Gave) -> Response:
    """Read what was exported, as of when, and its digest."""
    state, _ = await load.state(export, export_id)
    _must_know(state, gave)
    return await load(export, export_id, answer=ExportAnswer.of)


@api.query("/v1/exports", answers=Page[ExportAnswer], allows=READS_EXPORTS)
async def list_exports(
    view: View, page: Paging, gave: Gave, grant: GrantId | None = None
) -> Page[ExportAnswer]:
    """List exports by id; those of a grant."""
    rows = await exports.exports(
        view, after=page.after, limit=page.limit + 1, grant=grant, reports_on=gave.grants
    )
    return page.of([ExportAnswer.of(r.state, r.version) for r in rows], key=lambda a: a.export)


@api.query("/v1/exports/{export_id}/file", answers=Answer, allows=READS_EXPORTS)
async def read_export_file(export_id: ExportId, load: Load, view: View, gave: Gave) -> Response:
    """Read the file, byte for byte as it was exported."""
    state, _ = await load.state(export, export_id)
    _must_know(state, gave)
    content = await exports.file_of(view, state.digest) if state is not None else None
    if state is None or content is None:
        raise Problem("not_found", "There is no such export.")
    media, ending = MEDIA[state.format]
    name = f"{state.format}-{state.grant}-{state.cut_off}.{ending}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "ETag": f'"{state.digest}"',
    }
    return Response(content, media_type=media, headers=headers)


def _must_know(state: Export | None, gave: Giving) -> None:
    """Of what is exported of its grants, a donor has the reports for donors."""
    if gave.grants is None:
        return
    if state is None or state.format is not Format.DONOR_REPORT:
        raise NOT_YOURS
    gave.must_know(state.grant)
