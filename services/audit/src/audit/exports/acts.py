"""From what somebody asks for to a file that is kept, and the act that makes it known."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import msgspec

from audit.domain import bundle as bundle_domain
from audit.domain import export as export_domain
from audit.domain import sample as sample_domain
from audit.domain.export import Form, NoSuchGrant, NothingSignedBy
from audit.exports import asked
from audit.exports.copying import Wanted, make
from audit.exports.grant import of_grant
from audit.exports.sampled import draw_sample
from audit.log import table
from audit.log.files import LogFiles
from events.handler import Act
from events.service import Connection
from events.values import Code, Digest, ExportId, GrantId, PersonId, SampleId


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, when, and up to which size of the log; without one, as far as it is signed."""

    by: PersonId
    at: datetime
    cut_off: int | None = None


async def export(  # noqa: PLR0917
    new: ExportId,
    who: Asked,
    form: Form,
    grant: GrantId | None,
    days: tuple[date | None, date | None],
    log: Connection,
    files: LogFiles,
) -> Act[Any, Any, Any]:
    """Make an export. `DaysOutOfOrder`, `NothingSigned`, `CutOffNotSigned`, `NoSuchGrant`."""
    since, until = days
    export_domain.refuse(since, until)
    signed = await asked.signed_at(log, files, who.cut_off)
    hidden = await asked.restricted(log)
    entries = frozenset[int]()
    if grant is not None:
        found = await of_grant(grant, None, None, signed.checkpoint.size, log)
        if not found.own:
            raise NoSuchGrant(grant)
        entries = frozenset([e.index async for e in found.entries(log) if found.tells(e)])
    wanted = Wanted(form, grant, entries, since, until)
    kept = await asyncio.to_thread(make, files, signed, wanted, hidden)
    command = export_domain.MakeExport(
        by=who.by,
        at=who.at,
        export=new,
        form=form,
        grant=grant,
        since=since,
        until=until,
        cut_off=signed.checkpoint.size,
        root=Digest(signed.checkpoint.root.hex()),
        withheld=len(hidden),
        digest=kept.digest,
        size=kept.size,
    )
    return Act(export_domain.export, new, command)


async def bundle(  # noqa: PLR0917
    new: Code,
    who: Asked,
    grant: GrantId | None,
    days: tuple[date | None, date | None],
    log: Connection,
    files: LogFiles,
) -> Act[Any, Any, Any]:
    """Take a bundle: of a grant, its orders of these days; of the log, as it was signed by the last
    of them. `NothingSigned`, `NothingSignedBy`, `CutOffNotSigned`, `NoSuchGrant`,
    `EndsBeforeItBegins`.
    """
    since, until = days
    if grant is None and since is not None:
        raise ValueError("--from needs --grant: the log is taken from its beginning, or not at all")
    cut_off = who.cut_off
    if grant is None and until is not None and cut_off is None:
        cut_off = await asked.signed_by(log, files, until)
        if not cut_off:
            raise NothingSignedBy(until)
    signed = await asked.signed_at(log, files, cut_off)
    size, root = signed.checkpoint.size, Digest(signed.checkpoint.root.hex())
    command: bundle_domain.BundleCommand
    if grant is None:
        command = bundle_domain.ExportBundle(by=who.by, at=who.at, bundle=new, size=size, root=root)
    elif await table.streams_naming(log, [grant], size):
        command = bundle_domain.ExportGrantBundle(
            by=who.by,
            at=who.at,
            bundle=new,
            grant=grant,
            since=since,
            until=until,
            size=size,
            root=root,
        )
    else:
        raise NoSuchGrant(grant)
    return Act(bundle_domain.bundle, new, command)


async def sample(
    new: SampleId,
    who: Asked,
    drawing: Callable[[Digest], sample_domain.Drawing],
    log: Connection,
    files: LogFiles,
) -> Act[Any, Any, Any]:
    """Draw a sample; `drawing` is told the root of the log. The refusals of `domain/sample.py`."""
    signed = await asked.signed_at(log, files, who.cut_off)
    size, root = signed.checkpoint.size, Digest(signed.checkpoint.root.hex())
    wanted = drawing(root)
    sample_domain.refuse(wanted)
    if wanted.grant is not None and not await table.streams_naming(log, [wanted.grant], size):
        raise NoSuchGrant(wanted.grant)
    made = await asyncio.to_thread(draw_sample, files, signed, wanted)
    command = sample_domain.DrawSample(
        by=who.by,
        at=who.at,
        sample=new,
        cut_off=size,
        root=root,
        drawing=wanted,
        outcome=made.outcome,
        file=made.kept.digest,
    )
    return Act(sample_domain.sample, new, command)
