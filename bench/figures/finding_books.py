"""What the rules' books cost on disk: the memory of who keeps them, and how soon a start goes on.

Another process reads the entries, so that its memory is the books' and not the generator's.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import msgspec
import psutil

from audit.domain.findings import HEARD, Seen, look_at
from audit.findings.kept import KeptBooks
from audit.findings.watch import AT_ONCE
from bench.frauds.history import Writer, made

PAYMENTS_PER_ENTRY = 50_000 / 890_000
MIB = 1024 * 1024
FILE, ENTRIES = "findings.sqlite", "entries"


class Books(msgspec.Struct, frozen=True):
    entries: int
    read_seconds: float
    file_mib: float
    resident_mib: float
    """At the end; all of the process."""
    grown_mib: float
    """Since a tenth of the entries was read."""
    restart_ms: float
    """From opening the file to having read the next entries of a log that goes on."""


def books(entries: int, seed: int) -> Books:
    """Of a made history of about so many entries."""
    with tempfile.TemporaryDirectory() as name:
        history, writer = made(int(entries * PAYMENTS_PER_ENTRY), seed), Writer()
        with (Path(name) / ENTRIES).open("wb") as file:
            for index, told in enumerate(history.told()):
                raw = writer.write(told)
                if told.kind in HEARD:
                    file.write(b"%d %s\n" % (index, raw))
        asked = [sys.executable, "-m", __name__, name, str(index + 1)]
        done = subprocess.run(asked, check=True, stdout=subprocess.PIPE)
    return msgspec.json.decode(done.stdout, type=Books)


def _read(folder: Path, entries: int) -> Books:
    """All but the last page; then these, as after a start."""
    kept, early = KeptBooks(folder / FILE), 0
    page: list[tuple[int, bytes]] = []
    began = perf_counter()
    with (folder / ENTRIES).open("rb") as file:
        for line in file:
            index, _, raw = line.rstrip(b"\n").partition(b" ")
            if len(page) == AT_ONCE:
                _look(kept, page)
                page.clear()
                if not early and int(index) * 10 >= entries:
                    early = psutil.Process().memory_info().rss
            page.append((int(index), raw))
    seconds, resident = perf_counter() - began, psutil.Process().memory_info().rss
    kept.close()
    size = (folder / FILE).stat().st_size
    began = perf_counter()
    again = KeptBooks(folder / FILE)
    assert 0 < again.next <= page[0][0], "it goes on where the last one ended"
    _look(again, page)
    restart = perf_counter() - began
    return Books(
        entries=entries,
        read_seconds=round(seconds, 1),
        file_mib=round(size / MIB, 1),
        resident_mib=round(resident / MIB, 1),
        grown_mib=round((resident - early) / MIB, 1),
        restart_ms=round(restart * 1000, 1),
    )


def _look(kept: KeptBooks, page: list[tuple[int, bytes]]) -> None:
    for index, raw in page:
        look_at(Seen.of(index, raw), kept.books)
    kept.keep(kept.place + len(page), page[-1][0] + 1)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(_read(Path(sys.argv[1]), int(sys.argv[2]))))
