"""The feed: a service's whole history over REST, the very bytes, without a gap.

It is what heals a consumer whose bus has lost its files: for the platform's services, which read
for nobody. It names every case, restricted ones too, and nobody records who reads it; so people
read the same entries at the audit service, where a reading of what is protected is on record.
"""

from typing import Annotated

import msgspec
from fastapi import Query, Response
from pydantic import Field

from events.io.http.asked import json_response
from events.io.http.given import Request
from events.io.http.models import Answer

FEED_LIMIT_MAX = 500
FEED_WAIT_MAX_SECONDS = 30
ELSEWHERE = (
    "People read the same entries at the audit service: /v1/trail/{id}, /v1/log/entries/{index},"
    " /v1/bundles."
)


class FeedEntry(Answer):
    """One event: its place in this service's history, and its canonical text."""

    position: int
    entry: Annotated[
        str, Field(description="A CloudEvents 1.0 event: exactly the bytes that are hashed.")
    ]


class FeedPage(Answer):
    """Consecutive events and the last position that stands."""

    entries: tuple[FeedEntry, ...]
    head: int


class _Entry(msgspec.Struct):
    position: int
    entry: str


async def read_events(
    asked: Request,
    after: Annotated[int, Query(ge=0, le=2**53, description="The last position you have.")] = 0,
    limit: Annotated[int, Query(ge=1, le=FEED_LIMIT_MAX, description="How many at most.")] = 200,
    wait: Annotated[
        int, Query(ge=0, le=FEED_WAIT_MAX_SECONDS, description="Seconds to wait for the next.")
    ] = 0,
) -> Response:
    """Read the history in order.

    Positions count from 1 without a gap; go on with `after` = the last position you got. With
    `wait` the answer comes as soon as there is something new, or empty when the time is up.
    """
    store = asked.desk.handler.store
    head = await (store.wait(after, wait) if wait else store.head())
    entries = await store.read(after, limit) if head > after else []
    page = {"entries": [_Entry(e.position, e.raw.decode()) for e in entries], "head": head}
    return json_response(msgspec.json.encode(page), 200, {"Cache-Control": "no-store"})
