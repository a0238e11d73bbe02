"""A line to es_append: one call at a time, made again until its outcome is known."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import asyncpg

from events.cancelling import heed_cancellation
from events.io.postgres.faults import LOST, unavailable
from events.ports import Claim, Unavailable

CALL = "select * from es_append($1, $2, $3, $4)"
CALL_SECONDS = 10.0
"""After that the outcome of a call is unknown and it is made again."""
PATIENCE_SECONDS = 15.0
"""How long a lost database is tried for before the callers hear of it."""
PAUSE_SECONDS = 0.1

Refused = dict[int, tuple[str, int]]
"""By command, counted from 1: why it was not stored, and where it stands if it was already."""


class Line:
    """A connection, opened when it is needed and opened anew when it is lost."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._connection: asyncpg.Connection | None = None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.terminate()

    async def call(self, parts: Sequence[Sequence[object]]) -> tuple[int, Refused]:
        """The head before, and who was refused. `Unavailable` when that cannot be known."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await self._connect()
                row: Any = await self._connection.fetchrow(CALL, *parts, timeout=CALL_SECONDS)
            except asyncpg.DataError:
                raise
            except LOST as error:
                # Stored or not, nobody knows. The same call again finds out: events that
                # stand already are recognised by their ids.
                self.close()
                heed_cancellation(error)
                if asyncio.get_running_loop().time() > deadline:
                    raise Unavailable(f"appending: {type(error).__name__}") from error
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                columns = (row["refused"], row["reasons"] or (), row["stands"] or ())
                refused = zip(*columns, strict=True)
                return row["base"], {command: (why, at) for command, why, at in refused}

    async def held(self, claims: Iterable[Claim]) -> Claim:
        """Which of the claims is held. `Unavailable`."""
        with unavailable():
            for claim in claims:
                held = await held_claim(self._connection, claim.scope, claim.key)
                if held is not None:
                    return held
        raise AssertionError("a claim that was held is gone, and claims are never let go")


async def held_claim(connection: Any, scope: str, key: str) -> Claim | None:
    """The claim as it stands."""
    row = await connection.fetchrow(
        "select fingerprint, answer, pos from es_claim where scope = $1 and key = $2", scope, key
    )
    return None if row is None else Claim(scope, key, *row)
