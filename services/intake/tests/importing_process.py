"""A process that works off what lies in the spool, and is killed by the test that started it."""

import asyncio
import sys

from services.intake.tests.conftest import BLIND_INDEX_KEY, EPOCH_KEY

from events.handler import Handler
from events.io.postgres import EpochKeys, open_store
from events.io.system import SystemIds
from events.memory import FixedClock
from intake.domain import registry
from intake.gateways import Gateways
from intake.importing.work import Importer


async def main(url: str) -> None:
    """Work off all imports of that database."""
    async with open_store(url, EpochKeys(EPOCH_KEY)) as store:
        handler = Handler(registry, store, FixedClock(), SystemIds())
        given = Gateways(EPOCH_KEY, BLIND_INDEX_KEY)
        await Importer.of(handler, store.pool, given).work_all()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
