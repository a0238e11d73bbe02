"""The real clock and the real ids."""

import asyncio
import os
from datetime import UTC, datetime

import uuid_utils

from events.values import new_id


class SystemClock:
    """The machine's time, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  this is the Clock

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SystemIds:
    """UUIDv7 (RFC 9562) and the operating system's randomness."""

    def event_id(self) -> str:
        return str(uuid_utils.uuid7())

    def new(self, prefix: str) -> str:
        return new_id(prefix, uuid_utils.uuid7().int)

    def salt(self) -> bytes:
        return os.urandom(16)
