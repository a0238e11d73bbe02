"""Being told to end, while something else goes wrong."""

import asyncio


def heed_cancellation(error: BaseException) -> None:
    """Go on being cancelled, if this task is.

    When a task is cancelled just as what it uses fails, the failure may be raised in place of the
    cancellation: asyncpg does so when a connection is being lost, a `TaskGroup` when one of its
    tasks ends with an error. Whoever took that for an outage and tried again would never end, and
    who waits for its end would wait for ever.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from error
