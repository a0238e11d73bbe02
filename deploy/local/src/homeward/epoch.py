"""A new epoch: every key of the vaults comes under a new key, and the one before is destroyed.

What was erased since cannot be opened any more then, not from a backup of the databases either. It
is done while no service runs, and goes on at the next start when it was interrupted: the earlier
keys are forgotten only once nothing is under them.
"""

import signal
from collections.abc import Mapping

from events.io.settings import EARLIER
from homeward.folder import DataFolder
from homeward.postgres import Database
from homeward.processes import CannotStart, stop, tail
from homeward.supervisor import Program

REWRAP_SECONDS = 600.0


def finish(
    folder: DataFolder, databases: Mapping[str, Database], current: Mapping[str, str]
) -> None:
    """Re-wrap what is still under an earlier epoch's key, then forget that key. `CannotStart`."""
    for name, earlier in folder.earlier_keys().items():
        if name not in databases:
            continue
        rewrap = Program(
            name=f"rewrap-{name}",
            module="events.io.operate",
            environment={
                "HOMEWARD_DATABASE_URL": databases[name].app,
                "HOMEWARD_EPOCH_KEY": current[name],
                EARLIER: earlier,
            },
            logs=folder.logs,
            arguments=("rewrap",),
        )
        try:
            if rewrap.process.wait(REWRAP_SECONDS):
                raise CannotStart(
                    f"The keys of {name} are not all under the new epoch; the earlier key is kept."
                    f" The log ({rewrap.log}) ends:\n{tail(rewrap.log)}"
                )
        finally:
            stop(rewrap.process, signal.SIGTERM)
    folder.forget_earlier_keys()
