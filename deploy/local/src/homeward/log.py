"""The log's signer and its witness: their folders, the keys that others trust, the policy.

The signer's folder is not the audit service's. Run as root, it belongs to an account that nobody
else here has, and every other program runs without the power to open it all the same
(`processes.role`); otherwise all are one user's, and it is a folder of another process.
"""

import os
from pathlib import Path

from audit.log.signer import KEY, MEMORY, Forgotten, Signer
from audit.witness.book import Book
from audit.witness.desk import Witness
from events.io.system import SystemClock
from homeward.processes import CannotStart

SIGNERS_USER = 64_001
"""Nobody's account: what belongs to it is the signer's."""
WITNESS = "witness.homeward.local/donor"
GENERATED = (
    "# Written by ./homeward at each start. Take this line away to keep a policy of your own."
)


def prepare_signer(folder: Path) -> str:
    """Make the signer's keys where there are none; the log's verifier keys, one a line."""
    try:
        return Signer(folder, SystemClock()).vkey
    except Forgotten as why:
        raise CannotStart(str(why)) from None


def take_over(before: Path, folder: Path) -> None:
    """Keys that an earlier version kept in the audit service's folder are the signer's now."""
    if not (before / KEY).exists():
        return
    if any((folder / name).exists() for name in (KEY, MEMORY)):
        raise CannotStart(
            f"Keys of the log are in {folder} and in {before}. A log has one history: keep the"
            f" folder whose {MEMORY} has the larger size, and put the other one away."
        )
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    before.rename(folder)


def close_to_others(folder: Path) -> None:
    """Give the folder to nobody, where we may: who has not kept root's powers cannot open it."""
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, SIGNERS_USER, SIGNERS_USER)


def prepare_witness(folder: Path, log_vkey: str) -> str:
    """Make the witness's keys and tell it of the log; the key that the policy names."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "log.vkey").write_text(f"{log_vkey}\n")
    _, lasting = Witness(WITNESS, Book(folder / "witness.sqlite"), {}, SystemClock()).keys
    return str(lasting)


def write_policy(file: Path, log_vkey: str, witness_vkey: str, address: str) -> None:
    """The log's policy with that one witness; a policy that somebody else wrote stays."""
    if file.exists() and not file.read_text().startswith(GENERATED):
        return
    logs = "".join(f"log {each}\n" for each in log_vkey.split("\n"))
    file.write_text(f"{GENERATED}\n{logs}witness donor {witness_vkey} {address}\nquorum donor\n")
