"""Making an export: a zip of the log in a form that others read.

    manifest.jsonl      what it tells of: the log's size and root, the days, the grant; each file
    checkpoint          the log as it was signed at that size, with its cosignatures
    ocel.json           for process mining (`ocel.py`), or
    tables/…            CSV files, control totals, data dictionary (`tables.py`)

Nothing is told that leads to a restricted case: neither its id nor those of its plans and searches;
what its money did is told without them. Of a grant it is what its bundle has too (`grant.py`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from audit.domain.export import Form
from audit.exports.keeping import Kept, KeptFiles
from audit.exports.logged import logged
from audit.exports.ocel import write_ocel
from audit.exports.scope import Create, Scope
from audit.exports.tables import write_tables
from audit.log.files import LogFiles
from audit.log.proofs import Signed
from events.values import GrantId

FORMAT = "homeward-export/1"
IN_CONFIDENCE = re.compile(
    r"intake\.(complaint_|payment_hold_|access_|need_to_know_|case_restricted|case_unrestrict"
    r"|protected_|transfer_package_read|erasure_|legal_hold_)"
    r"|\w+\.(personal_data_read|document_read|\w+_words_read|subject_erased)"
)
"""What is told in confidence, and so in no copy that goes from hand to hand."""


@dataclass(frozen=True)
class Wanted:
    """What somebody asked for."""

    form: Form
    grant: GrantId | None = None
    entries: frozenset[int] = frozenset()
    """Of a grant: what its bundle tells."""
    since: date | None = None
    until: date | None = None


def make(files: LogFiles, signed: Signed, wanted: Wanted, hidden: frozenset[str]) -> Kept:
    """Make it, and keep it. `BrokenLog` if the files are not those that were signed for."""
    scope = Scope(wanted.since, wanted.until, hidden, IN_CONFIDENCE)

    def fill(create: Create) -> None:
        with create("checkpoint") as file:
            file.write(signed.note.encode())
        match wanted.form:
            case Form.OCEL:
                with create("ocel.json") as file:
                    write_ocel(_entries(files, signed, wanted), file, scope=scope)
            case Form.TABLES:
                write_tables(_entries(files, signed, wanted), create, scope=scope)
            case _:
                assert_never(wanted.form)

    return KeptFiles(files).keep(fill, _told(signed, wanted, len(hidden)))


def _entries(files: LogFiles, signed: Signed, wanted: Wanted) -> Iterator[tuple[int, bytes]]:
    whole = logged(files, signed.checkpoint)
    if wanted.grant is None:
        return whole
    return ((index, raw) for index, raw in whole if index in wanted.entries)


def _told(signed: Signed, wanted: Wanted, withheld: int) -> dict[str, object]:
    return {
        "export": FORMAT,
        "form": wanted.form,
        "cut_off": signed.checkpoint.size,
        "root": signed.checkpoint.root.hex(),
        "grant": wanted.grant,
        "since": wanted.since and wanted.since.isoformat(),
        "until": wanted.until and wanted.until.isoformat(),
        "withheld": withheld,
    }
