"""For an operator: a view of a running service, emptied and made again from all of history.

    python -m events.io.rebuild SERVICE VIEW

The service's database is named by HOMEWARD_DATABASE_URL. What is done here is to empty the view's
tables and put it back to the beginning, at once; the service, which runs, sees that and projects
all of its history anew. Whoever reads the view meanwhile sees it fill. It ends when the view has
come as far as it was, with 1 when nothing moves for a minute: then no service runs, and the view is
made again when one starts.
"""

import argparse
import asyncio
import importlib
import os
import sys
from collections.abc import Mapping
from time import monotonic

import asyncpg

from events.io.postgres.faults import unavailable
from events.io.postgres.tracking import PostgresTracking
from events.ports import Unavailable
from events.service import Service, View

DATABASE = "HOMEWARD_DATABASE_URL"
LOOK_SECONDS = 0.2
PATIENCE_SECONDS = 60.0


def main() -> None:
    """Do what the command line says; a hindrance is told in a sentence, and the code is 1."""
    parser = argparse.ArgumentParser(
        prog=os.environ.get("HOMEWARD_REBUILD_AS"),
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("service")
    parser.add_argument("view")
    asked = parser.parse_args()
    url = os.environ.get(DATABASE)
    if not url:
        sys.exit(f"Set {DATABASE} to the address of the service's database.")
    try:
        told = asyncio.run(rebuild(url, declared_view(asked.service, asked.view)))
    except (Unavailable, LookupError) as hindrance:
        sys.exit(str(hindrance))
    sys.stdout.write(f"{asked.service}.{asked.view}: {told}\n")


def declared_view(service: str, view: str) -> View:
    """The view, as its service declares it. `LookupError`."""
    try:
        declared: Service = importlib.import_module(f"{service}.main").service
    except ModuleNotFoundError:
        raise LookupError(f"There is no service {service}.") from None
    for each in declared.views:
        if each.name == view:
            return each
    names = ", ".join(each.name for each in declared.views)
    raise LookupError(f"{service} has no view {view}. It has: {names}.")


async def rebuild(url: str, view: View, *, patience_seconds: float = PATIENCE_SECONDS) -> str:
    """Empty it and wait until it has come as far as it was; how fast that was. `Unavailable`."""
    with unavailable():
        pool = await asyncpg.create_pool(url, min_size=1, max_size=1)
    async with pool:
        tracking = PostgresTracking(pool)
        before = {source: await tracking.last(view.name, source) for source in view.hears}
        began = monotonic()
        await tracking.reset(view.name, view.tables)
        await _until_there(tracking, view, before, patience_seconds)
        seconds = monotonic() - began
    events = sum(before.values())
    rate = events / seconds if seconds else 0.0
    return f"made again from {events:,} events in {seconds:.1f} s, {rate:,.0f} a second"


async def _until_there(
    tracking: PostgresTracking, view: View, before: Mapping[str, int], patience_seconds: float
) -> None:
    moved, at = monotonic(), -1
    while True:
        now = {source: await tracking.last(view.name, source) for source in before}
        if all(now[source] >= before[source] for source in before):
            return
        if sum(now.values()) != at:
            moved, at = monotonic(), sum(now.values())
        elif monotonic() - moved > patience_seconds:
            raise Unavailable(
                f"{view.name} is emptied, and nobody fills it: its service does not run, or it"
                " stands still (see `operate SERVICE stops`). It is made again when it runs."
            )
        await asyncio.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    main()
