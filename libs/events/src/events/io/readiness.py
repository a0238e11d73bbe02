"""Readiness: what must be there for the service to do its work, in sentences."""

from collections.abc import Mapping

from events.delivery.ports import Tracking
from events.io.http.asked import Check
from events.ports import Bus, Store, Unavailable


def checks(name: str, store: Store, on: Bus, tracking: Tracking) -> Mapping[str, Check]:
    """The database, the bus, and the consumers that stand still."""

    async def database() -> str | None:
        try:
            await store.head()
        except Unavailable:
            return "the database does not answer"
        return None

    async def bus() -> str | None:
        try:
            await on.last(name)
        except Unavailable:
            return "the bus does not answer"
        return None

    async def consumers() -> str | None:
        try:
            stops = await tracking.stops()
        except Unavailable:
            return "the database does not answer"
        if not stops:
            return None
        told = ", ".join(f"{s.consumer} at {s.source} {s.position}: {s.error}" for s in stops)
        return f"standing still until an operator decides: {told}"

    return {"database": database, "bus": bus, "consumers": consumers}
