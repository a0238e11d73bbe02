"""What an export asks of the log's table: how far it goes, and what it must not tell."""

from datetime import date

import msgspec

from audit.domain.export import CutOffNotSigned, NothingSigned
from audit.domain.kinds import OF_A_CASE, kind
from audit.domain.knowing import TELLING, known
from audit.log import table
from audit.log.files import LogFiles
from audit.log.proofs import Signed, kept, last_kept, newest
from events.service import Connection

OF_MONEY = frozenset({"com", "rec", "inv", "pay"})
"""What is told of a restricted case too: what its money did."""


async def signed_at(log: Connection, files: LogFiles, cut_off: int | None) -> Signed:
    """The checkpoint of that size, or the newest. `NothingSigned`, `CutOffNotSigned`; `BrokenLog`
    where what is kept of that size is none.
    """
    last = newest(files)
    if last is None:
        raise NothingSigned
    if cut_off in (None, last.checkpoint.size):
        return last
    note = await log.fetchval("select note from log_checkpoint where size = $1", cut_off)
    if note is None or cut_off is None:
        raise CutOffNotSigned(cut_off or 0)
    return kept(cut_off, note, files)


async def signed_by(log: Connection, files: LogFiles, day: date) -> int:
    """How far the log was signed at the end of that day; 0 before the first checkpoint."""
    last = await last_kept(log, files, day)
    return last.checkpoint.size if last else 0


async def restricted_cases(log: Connection) -> list[str]:
    """The cases that only those know of who need to."""
    streams = await log.fetch(
        "select distinct stream from logged where type = 'intake.case_restricted.v1'"
    )
    told = await table.of_types(log, TELLING, [row["stream"] for row in streams])
    facts = ((e.type, msgspec.json.decode(e.envelope.data)) for e in told)
    return sorted(case for case, who in known(facts).items() if who.restricted)


async def restricted(log: Connection) -> frozenset[str]:
    """These cases, and what leads to them alone."""
    cases = await restricted_cases(log)
    rows = await log.fetch(
        'select name from log_of_case where name in (select name from log_of_case where "case" ='
        ' any($1)) group by name having bool_and("case" = any($1))',
        cases,
    )
    beside = {row["name"] for row in rows}
    return frozenset(
        {*cases, *(n for n in beside if kind(n) in OF_A_CASE and kind(n) not in OF_MONEY)}
    )
