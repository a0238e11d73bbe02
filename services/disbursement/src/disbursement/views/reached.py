"""How far the read models have come: with what was told, and with what was done here."""

from collections.abc import Collection

from events.ports import Clock
from events.service import Connection
from events.values import Code

Seen = tuple[tuple[Code, int], ...]
"""By service: up to where in its history all of them had come."""


TAKES_NEWS = "take_down_news"
"""The policy by which what others tell becomes news here."""
PAUSE_SECONDS = 0.02
PAUSES = 50


async def seen(view: Connection, hears: Collection[tuple[str, str]], clock: Clock) -> Seen:
    """`hears`: the read models, each with a service that it hears.

    For a moment it waits for them to hold all that is news already: who looks then need not look
    again.
    """
    for _ in range(PAUSES):
        rows = await view.fetch(
            "select source, min(coalesce(pos, 0)) as reached, coalesce((select pos"
            " from es_tracking n where n.consumer = $3 and n.source = h.source), 0) as news"
            " from unnest($1::text[], $2::text[]) as h (consumer, source)"
            " left join es_tracking using (consumer, source) group by h.source order by source",
            [consumer for consumer, _ in hears],
            [source for _, source in hears],
            TAKES_NEWS,
        )
        if all(row["reached"] >= row["news"] for row in rows):
            break
        await clock.sleep(PAUSE_SECONDS)
    return tuple((Code(row["source"]), row["reached"]) for row in rows)


async def has_come_to(view: Connection, consumer: str, source: str, position: int) -> bool:
    """Whether that read model has taken in what the service told up to there."""
    at = await view.fetchval(
        "select pos from es_tracking where consumer = $1 and source = $2", consumer, source
    )
    return at is not None and at >= position
