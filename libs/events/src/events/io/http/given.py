"""The parameters that a route's function may declare beside path, query and body."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query

from events.io.http.asked import Asked, Given
from events.io.http.do import Doer, Loader
from events.io.http.models import PAGE_QUERIES, Cursor, take_cursor
from events.io.http.problems import Problem
from events.io.http.reveal import Revealer
from events.io.identity import Acting
from events.io.peers import OnBehalf
from events.ports import Ids
from events.service import Connection

BEHIND_SECONDS = 5.0
"""How long a query waits for its view to reach `min_position`."""


async def _who(asked: Asked) -> Acting:
    return asked.me


async def _now(asked: Asked) -> datetime:
    return asked.now


async def _ids(asked: Asked) -> Ids:
    return asked.ids


async def _do(asked: Asked) -> Doer:
    return Doer(asked)


async def _load(asked: Asked) -> Loader:
    return Loader(asked)


async def _reveal(asked: Asked) -> Revealer:
    return Revealer(asked)


async def _gateways(asked: Asked) -> Any:
    return asked.desk.gateways


async def _others(asked: Asked) -> OnBehalf:
    _, _, token = asked.headers[b"authorization"].partition(b" ")
    return OnBehalf(asked.desk.peers, token.decode("ascii"))


async def _asked(asked: Asked) -> Asked:
    return asked


async def _view(asked: Asked) -> Connection:
    desk = asked.desk
    position = asked.parameters.get("min_position")
    if (
        position is not None
        and desk.progress is not None
        and not await desk.progress.reach(position, BEHIND_SECONDS)
    ):
        raise Problem(
            "view_behind",
            f"The view has not reached position {position} within {BEHIND_SECONDS:.0f} seconds.",
            headers={"Retry-After": "1"},
        )
    assert desk.view is not None, "this service was started without a database for its views"
    return desk.view


_MIN_POSITION = (
    Annotated[
        int | None,
        Query(ge=0, description="The `Position` of your last command: wait until it is visible."),
    ],
    None,
)

Who = Annotated[Acting, Given(_who)]
"""Who acts, in the role that opened the route."""
Now = Annotated[datetime, Given(_now)]
"""The instant of the request."""
NewIds = Annotated[Ids, Given(_ids)]
"""Where new ids come from: `ids.new("pay")`."""
Do = Annotated[Doer, Given(_do)]
"""Puts commands to aggregates and makes the answer."""
Load = Annotated[Loader, Given(_load)]
"""Reads one aggregate from its history."""
View = Annotated[Connection, Given(_view, {"min_position": _MIN_POSITION}, reads_views=True)]
"""The read models' tables; waits for `min_position`.

While one of the service's views stands still, an operation that decides with them answers 503,
and one that only reads says so in the header `View-Stopped`.
"""
Paging = Annotated[Cursor, Given(take_cursor, PAGE_QUERIES)]
"""`limit` and `cursor` of a collection."""
Reveal = Annotated[Revealer, Given(_reveal, records=True)]
"""Opens a person's values after recording that they were read."""
Others = Annotated[OnBehalf, Given(_others)]
"""The other services, asked under the token of who asks."""
Gateways = Annotated[Any, Given(_gateways)]
"""The service's gateways, as its declaration made them."""
Request = Annotated[Asked, Given(_asked)]
"""The whole of it, for the rare route that needs more."""
