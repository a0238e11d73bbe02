"""Make the services' streams on a NATS that others run: python -m events.io.bus SERVICE ...

    python -m events.io.bus --remake SERVICE ...

throws the streams away first. That is for a relay that stands still because its stream holds
another history than the store; afterwards it is resumed (events.io.operate) and fills the stream.

HOMEWARD_NATS_URL, HOMEWARD_NATS_ADMIN_PASSWORD, and HOMEWARD_NATS_REPLICAS (1 when absent). The
local runtime does this by itself. Doing it again makes what is missing and changes nothing.
"""

import asyncio
import os
import sys

import nats

from events.io.bus.permissions import ADMIN, inbox
from events.io.bus.streams import make_streams, remake_stream

ATTEMPTS = 60
REMAKE = "--remake"


async def main(services: list[str], *, anew: bool = False) -> None:
    """Connect as the administrator, for a minute at most, and make them."""
    admin = await nats.connect(
        os.environ["HOMEWARD_NATS_URL"].split(","),
        user=ADMIN,
        password=os.environ["HOMEWARD_NATS_ADMIN_PASSWORD"],
        inbox_prefix=inbox(ADMIN),
        max_reconnect_attempts=ATTEMPTS,
        reconnect_time_wait=1,
    )
    try:
        replicas = int(os.environ.get("HOMEWARD_NATS_REPLICAS", "1"))
        if anew:
            for service in services:
                await remake_stream(admin, service, replicas=replicas)
            sys.stdout.write(f"made {', '.join(services)} anew\n")
            return
        made = await make_streams(admin, services, replicas=replicas)
        sys.stdout.write(f"made {', '.join(made) or 'nothing: all of them are there'}\n")
    finally:
        await admin.close()


if __name__ == "__main__":
    named = sys.argv[1:]
    asyncio.run(main([each for each in named if each != REMAKE], anew=REMAKE in named))
