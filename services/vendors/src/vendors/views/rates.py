"""The exchange rates that disbursement published."""

from collections.abc import Collection
from datetime import date

from events.service import Connection, Heard, View
from events.values import Code
from vendors.domain.worth import ExchangeRateWithdrawn, Rate, RateValue, Told, published, young


async def _project(batch: list[Heard[Told]], tables: Connection) -> None:
    """What was corrected or withdrawn counts no more."""
    for heard in batch:
        rate = heard.event.rate
        await tables.execute(
            "delete from exchange_rate where source = $1 and base = $2 and quote = $3 and day = $4",
            rate.source,
            rate.base,
            rate.quote,
            rate.date,
        )
        if not isinstance(heard.event, ExchangeRateWithdrawn):
            await tables.execute(
                "insert into exchange_rate (source, base, quote, day, value)"
                " values ($1, $2, $3, $4, $5)",
                rate.source,
                rate.base,
                rate.quote,
                rate.date,
                rate.value,
            )


async def between(tables: Connection, currencies: Collection[str], day: date) -> tuple[Rate, ...]:
    """The latest that count on that day and tell of any of these currencies."""
    rows = await tables.fetch(
        "select distinct on (source, base, quote) source, base, quote, day, value"
        " from exchange_rate where day <= $2 and (base = any($1::text[]) or quote = any($1))"
        " order by source, base, quote, day desc",
        sorted(currencies),
        day,
    )
    latest = tuple(
        Rate(
            base=Code(row["base"]),
            quote=Code(row["quote"]),
            value=RateValue(row["value"]),
            source=Code(row["source"]),
            date=row["day"],
        )
        for row in rows
    )
    return young(latest, day)


view = View("exchange_rates", {"disbursement": published}, _project, ("exchange_rate",))
