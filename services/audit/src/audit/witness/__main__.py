"""`./homeward witness`: one process and one SQLite file, for whoever wants to watch over a log."""

import argparse
import os
import sqlite3
import sys
from collections import defaultdict
from pathlib import Path

import uvicorn

from audit.domain.note import NAME, BadNote, VerifierKey, parse_keys
from audit.witness.app import app
from audit.witness.book import Book
from audit.witness.desk import Witness
from events.io.system import SystemClock

BIND = "127.0.0.1:8490"


def main(argv: list[str] | None = None) -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(
        prog=os.environ.get("HOMEWARD_WITNESS_AS"),
        description="Cosign the checkpoints of logs, each as long as it only ever grows.",
        epilog="Whoever reads the logs trusts this witness by the keys that --keys prints.",
    )
    parser.add_argument("--name", required=True, help="what it signs as: witness.example/donor")
    parser.add_argument(
        "--log",
        type=Path,
        action="append",
        default=[],
        metavar="VKEY",
        help="a file with a log's verifier keys, one a line; once for each log",
    )
    parser.add_argument(
        "--file",
        type=Path,
        default=Path("witness.sqlite"),
        help="where it keeps its keys and its memory (%(default)s)",
    )
    parser.add_argument("--bind", default=BIND, help="host:port (%(default)s)")
    parser.add_argument("--keys", action="store_true", help="print its verifier keys and end")
    asked = parser.parse_args(argv)
    if not (NAME.fullmatch(asked.name) and asked.name.isprintable()):
        parser.error(f"--name {asked.name!r}: it needs a name without spaces and without a plus")
    logs: defaultdict[str, list[VerifierKey]] = defaultdict(list)
    for path in asked.log:
        try:
            keys = parse_keys(path.read_text(encoding="utf-8"))
        except (OSError, BadNote, UnicodeDecodeError) as error:
            parser.error(f"--log {path}: {error}")
        logs[keys[0].name] += keys
    if not logs and not asked.keys:
        parser.error("a witness needs at least one --log")
    host, _, port = asked.bind.rpartition(":")
    if not port.isdecimal():
        parser.error(f"--bind {asked.bind}: it reads host:port")
    try:
        witness = Witness(asked.name, Book(asked.file), dict(logs), SystemClock())
    except (OSError, sqlite3.Error, KeyError, ValueError) as error:
        parser.error(f"--file {asked.file}: no file that a witness keeps: {error}")
    sys.stdout.write("".join(f"{key}\n" for key in witness.keys))
    sys.stdout.flush()
    if not asked.keys:
        uvicorn.run(app(witness), host=host, port=int(port), log_config=None, access_log=False)


if __name__ == "__main__":
    main()
