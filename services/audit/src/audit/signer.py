"""`python -m audit.signer`: the log's signer, a process with a role and a folder of its own.

What it needs is its folder and its socket: no database, no bus, no network. Let nobody else read
the folder, the audit service least of all; that one is only let at the socket.
"""

import argparse
import fcntl
import os
import sys
from pathlib import Path

import uvicorn

from audit.log.signer import Signer
from audit.log.signing import app
from events.io.system import SystemClock

LOCK = "lock"


def main(argv: list[str] | None = None) -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(
        prog="python -m audit.signer", description="Sign checkpoints of a log that only ever grows."
    )
    parser.add_argument(
        "--folder", type=Path, required=True, help="its keys, made when missing, and its memory"
    )
    parser.add_argument("--socket", type=Path, help="where the audit service asks it")
    parser.add_argument("--keys", action="store_true", help="print the log's verifier keys and end")
    asked = parser.parse_args(argv)
    if not asked.keys and asked.socket is None:
        parser.error("it listens on a --socket")
    os.umask(0o077)
    signer = Signer(asked.folder, SystemClock())
    if asked.keys:
        sys.stdout.write(f"{signer.vkey}\n")
        return
    with (asked.folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"another signer works on {asked.folder}: two memories are none")
        signer.recall()
        uvicorn.run(app(signer), uds=str(asked.socket), log_config=None, access_log=False)


if __name__ == "__main__":
    main()
