"""What it looks like when Postgres is not there, as one exception."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from events.cancelling import heed_cancellation
from events.ports import Unavailable

LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidAuthorizationSpecificationError,
)
"""The server went away, is starting or stopping, is full, or fell back to a replica. Asyncpg's
`InternalClientError` is its own state machine, when the server dies in mid-statement."""


@contextmanager
def unavailable() -> Iterator[None]:
    """Raise `Unavailable` for whatever says that the database is not ready."""
    try:
        yield
    except asyncpg.DataError:
        raise
    except LOST as error:
        heed_cancellation(error)
        raise Unavailable(f"the database is not ready: {type(error).__name__}") from error


@contextmanager
def surviving() -> Iterator[None]:
    """End the block, and nothing else, when the database is not ready."""
    try:
        yield
    except LOST as error:
        heed_cancellation(error)
