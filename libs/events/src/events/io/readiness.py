"""Readiness: what must be there for the service to answer requests, and what else is amiss.

Without the bus a service answers as ever, and what it says arrives later; so it is not taken out
of service for that, nor for a consumer that stands still. Both are told all the same.
"""

from collections.abc import Callable, Mapping

from events.delivery.ports import Tracking
from events.io.http.asked import Check
from events.ports import Bus, Store, Unavailable


def needed(store: Store) -> Mapping[str, Check]:
    """The database."""

    async def database() -> str | None:
        try:
            await store.head()
        except Unavailable:
            return "the database does not answer"
        return None

    return {"database": database}


def told(
    name: str, on: Bus, tracking: Tracking, failing: Callable[[], Mapping[str, str]]
) -> Mapping[str, Check]:
    """The bus, what stands still, what was refused to policies, what of the worker fails."""

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
        each = ", ".join(f"{s.consumer} at {s.source} {s.position}: {s.error}" for s in stops)
        return f"standing still until an operator decides: {each}"

    async def parts() -> str | None:
        each = ", ".join(f"{part}: {where}" for part, where in sorted(failing().items()))
        return f"failing, and tried again: {each}" if each else None

    async def refusals() -> str | None:
        try:
            count = await tracking.refused()
        except Unavailable:
            return "the database does not answer"
        if not count:
            return None
        return f"acts that policies asked for and were refused: {count}; an operator can list them"

    return {"bus": bus, "consumers": consumers, "parts": parts, "refusals": refusals}
