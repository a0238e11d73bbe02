"""The bakery as a service of its own, for the tests that start processes."""

from pathlib import Path
from typing import Any

from libs.events.tests.bakery import OrderPlaced, bakery
from libs.events.tests.http.till import api

from events.io.serve import serve
from events.service import Connection, Heard, Service, View


async def count_orders(heard: list[Heard[Any]], connection: Connection) -> None:
    for fact in heard:
        if isinstance(fact.event, OrderPlaced):
            await connection.execute("insert into orders values ($1, 0)", fact.event.order)
        else:
            order = fact.envelope.subject
            await connection.execute("update orders set loaves = loaves + 1 where id = $1", order)


service = Service(
    name="bakery",
    registry=bakery,
    api=api,
    migrations=Path(__file__).parent / "migrations",
    views=(View("orders", {"bakery": bakery}, count_orders, ("orders",)),),
)

if __name__ == "__main__":
    serve(service)
