"""The last withdrawn rate of each pair: a slip of the pen is seen by it where no other is left."""

from typing import Any

from disbursement.domain import registry
from disbursement.domain.exchange_rate import ExchangeRateWithdrawn, Rate, RateValue
from events.service import Connection, Heard, View
from events.values import Code


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case ExchangeRateWithdrawn(rate=rate):
                await tables.execute(
                    "insert into withdrawn_rate (source, base, quote, day, value, withdrawn_at)"
                    " values ($1, $2, $3, $4, $5, $6) on conflict (base, quote) do update"
                    " set source = excluded.source, day = excluded.day, value = excluded.value,"
                    " withdrawn_at = excluded.withdrawn_at",
                    rate.source,
                    rate.base,
                    rate.quote,
                    rate.date,
                    rate.value,
                    fact.envelope.time,
                )


async def last_rate(view: Connection, one: str, other: str) -> Rate | None:
    """Whoever told it and whichever way round; None: none of the two was ever withdrawn."""
    row = await view.fetchrow(
        "select source, base, quote, day, value from withdrawn_rate"
        " where (base = $1 and quote = $2) or (base = $2 and quote = $1)"
        " order by withdrawn_at desc, base = $1 desc limit 1",
        one,
        other,
    )
    if row is None:
        return None
    return Rate(
        base=Code(row["base"]),
        quote=Code(row["quote"]),
        value=RateValue(row["value"]),
        source=Code(row["source"]),
        date=row["day"],
    )


view = View("withdrawn_rates", {"disbursement": registry}, _project, ("withdrawn_rate",))
