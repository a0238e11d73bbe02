"""Bring the services' databases up to date, and end: python -m events.io.migration

HOMEWARD_MIGRATION_DATABASE_URLS is a JSON object: by service, the address of its database under
the role that owns the tables. Only this process is told those addresses; a service runs under a
role that may only add, and waits until its tables are there.
"""

import asyncio
import importlib
import os
import sys
from pathlib import Path

import msgspec

from events.io.patience import patiently
from events.io.postgres.migrate import migrate
from events.ports import Unavailable
from events.service import Service

ADDRESSES = "HOMEWARD_MIGRATION_DATABASE_URLS"


def main() -> None:
    """Do all of them at once; a hindrance is told in a sentence, and the code is 1."""
    try:
        urls = msgspec.json.decode(os.environ.get(ADDRESSES, ""), type=dict[str, str])
    except msgspec.MsgspecError:
        sys.exit(f'Set {ADDRESSES} to an object like {{"intake": "postgresql://..."}}.')
    folders = {name: _declared(name).migrations for name in urls}
    try:
        asyncio.run(_migrate(urls, folders))
    except Unavailable as error:
        sys.exit(f"gave up waiting: {error}")


def _declared(name: str) -> Service:
    service: Service = importlib.import_module(f"{name}.main").service
    return service


async def _migrate(urls: dict[str, str], folders: dict[str, Path]) -> None:
    async def one(name: str) -> None:
        applied = await patiently(lambda: migrate(urls[name], folders[name]))
        sys.stdout.write(f"{name}: {', '.join(applied) or 'up to date'}\n")

    await asyncio.gather(*map(one, urls))


if __name__ == "__main__":
    main()
