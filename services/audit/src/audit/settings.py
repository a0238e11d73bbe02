"""What the audit service is told besides what every service is."""

from collections.abc import Mapping
from pathlib import Path

from events.io.settings import BadSettings

SIGNER = "HOMEWARD_SIGNER"
SCRATCH = "HOMEWARD_SCRATCH_DATABASE_URL"
"""A database with nothing in it, under a role that may make schemas there: for replays."""


def signer_socket(environment: Mapping[str, str]) -> Path:
    """Where the log's signer listens. `BadSettings`: the log never holds a key of its own."""
    told = environment.get(SIGNER)
    if not told:
        raise BadSettings(
            f"audit cannot start without {SIGNER} (the socket on which python -m audit.signer,"
            " a process with a folder of its own, signs for the log)."
        )
    return Path(told)
