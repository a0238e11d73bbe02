"""Making an export: its bytes, kept under their digest, and the act that says so."""

import hashlib
from datetime import date, datetime
from typing import Any

import msgspec

from disbursement.domain.export import (
    ExportGrant,
    Format,
    NoSuchGrant,
    NothingToTell,
    export,
    refuse_in_part,
)
from disbursement.exports import donor, hxl, iati, ocds
from disbursement.exports.gather import History, gather
from disbursement.exports.publisher import Publisher
from disbursement.exports.report import Report
from disbursement.views import exports
from events.handler import Act
from events.service import Connection
from events.values import Digest, ExportId, GrantId, PersonId

MEDIA = {
    Format.IATI: ("application/xml", "xml"),
    Format.OCDS: ("application/json", "json"),
    Format.HXL: ("text/csv; charset=utf-8", "csv"),
    Format.DONOR_REPORT: ("application/zip", "zip"),
}
"""The media type of each form, and how its files' names end."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asked for."""

    export: ExportId
    grant: GrantId
    format: Format
    by: PersonId
    at: datetime
    since: date | None = None
    """The first day that it is to tell of; without one, from the beginning."""


async def make(
    wanted: Wanted, history: History, view: Connection, publisher: Publisher, *, stands: int
) -> tuple[Act[Any, Any, Any], bytes]:
    """Its bytes, which are kept from here on, and the act that makes it known.

    `stands`: the last position there is. `NoSuchGrant`, `NothingToTell`, `ToldInWhole`.
    """
    if wanted.since is not None:
        refuse_in_part(wanted.format)
    report = await gather(history, view, wanted.grant, wanted.since)
    if report is None:
        raise NoSuchGrant(wanted.grant)
    content = written(report, wanted.format, publisher)
    digest = Digest(hashlib.sha256(content).hexdigest())
    await exports.keep_file(view, digest, content)
    command = ExportGrant(
        by=wanted.by,
        at=wanted.at,
        export=wanted.export,
        grant=wanted.grant,
        format=wanted.format,
        since=wanted.since,
        cut_off=history.cut_off,
        stands=stands,
        digest=digest,
        size=len(content),
    )
    return Act(export, wanted.export, command), content


def written(report: Report, format_: Format, publisher: Publisher) -> bytes:
    """The report in that form."""
    match format_:
        case Format.IATI:
            return iati.write(report, publisher)
        case Format.OCDS:
            if not any(True for _ in ocds.released(report)):
                raise NothingToTell(report.grant.id, format_)
            return ocds.write(report, publisher)
        case Format.HXL:
            return hxl.write(report)
        case Format.DONOR_REPORT:
            return donor.write(report)
