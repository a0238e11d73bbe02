"""`python -m audit.signer`: the log's signer, a process with a role and a folder of its own.

What it needs is its folder and its socket: no database, no bus, no network. Let nobody else read
the folder, the audit service least of all; that one is only let at the socket.
"""

import argparse
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from audit.domain.note import BadNote
from audit.log.signer import Forgotten, Signer, WouldFork, continue_from
from audit.log.signing import app
from events.io.system import SystemClock

LOCK = "lock"


def main(argv: list[str] | None = None) -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(
        prog="python -m audit.signer", description="Sign checkpoints of a log that only ever grows."
    )
    parser.add_argument(
        "--folder", type=Path, required=True, help="its keys and its memory, made for a new log"
    )
    parser.add_argument("--socket", type=Path, help="where the audit service asks it")
    parser.add_argument("--keys", action="store_true", help="print the log's verifier keys and end")
    parser.add_argument(
        "--continue",
        dest="newest",
        metavar="CHECKPOINT",
        help="after its memory was lost: take this checkpoint (a file, or - ) for the last that it"
        " signed, and end. Be sure that nobody has a newer one",
    )
    asked = parser.parse_args(argv)
    if asked.newest is None and not asked.keys and asked.socket is None:
        parser.error("it listens on a --socket")
    os.umask(0o077)
    try:
        _run(asked)
    except (Forgotten, WouldFork, BadNote, OSError) as no:
        sys.exit(str(no))


def _run(asked: argparse.Namespace) -> None:
    if asked.newest is not None:
        with _alone(asked.folder):
            told = asked.newest
            note = sys.stdin.buffer.read() if told == "-" else Path(told).read_bytes()
            signed = continue_from(asked.folder, note)
        sys.stdout.write(f"it signs only what continues the {signed.size} entries of that\n")
        return
    signer = Signer(asked.folder, SystemClock())
    if asked.keys:
        sys.stdout.write(f"{signer.vkey}\n")
        return
    with _alone(asked.folder):
        signer.recall()
        uvicorn.run(app(signer), uds=str(asked.socket), log_config=None, access_log=False)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"another signer works on {folder}: two memories are none")
        yield


if __name__ == "__main__":
    main()
