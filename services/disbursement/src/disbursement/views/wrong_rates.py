"""Rates that were published and found wrong: what is converted anew for it, and what the next rate
of the pair is held against.
"""

from typing import Any

import msgspec

from disbursement.domain import registry
from disbursement.domain.exchange_rate import (
    ExchangeRateCorrected,
    ExchangeRateWithdrawn,
    Rate,
    RateValue,
    cross,
)
from disbursement.views import lookups
from disbursement.views.rows import read
from events.service import Connection, Heard, View
from events.values import Code


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case ExchangeRateCorrected(rate=rate, before=before, reason=reason):
                wrong = msgspec.structs.replace(rate, value=before)
                await _wrong(tables, wrong, reason, fact.position)
            case ExchangeRateWithdrawn(rate=rate, reason=reason):
                await _wrong(tables, rate, reason, fact.position)


async def _wrong(tables: Connection, rate: Rate, reason: Code, position: int) -> None:
    await tables.execute(
        "insert into wrong_rate (source, base, quote, day, value, reason, position)"
        " values ($1, $2, $3, $4, $5, $6, $7) on conflict (source, base, quote, day, value)"
        " do update set reason = excluded.reason, position = excluded.position",
        rate.source,
        rate.base,
        rate.quote,
        rate.date,
        rate.value,
        reason,
        position,
    )


async def known_rates(view: Connection, one: str, other: str) -> tuple[Rate, ...]:
    """Against which a new rate between the two is held: the newest; where none is left, the last
    that was found wrong, and the one at which an order was made last.
    """
    newest = await lookups.newest_rate(view, one, other)
    if newest is not None:
        return (newest,)
    wrong = await view.fetchrow(
        "select source, base, quote, day, value from wrong_rate"
        " where (base = $1 and quote = $2) or (base = $2 and quote = $1)"
        " order by position desc limit 1",
        one,
        other,
    )
    order = await view.fetchval(
        "select rate::text from (select state::jsonb -> 'rate' as rate, requested_on"
        " from commitment_view) ordered where (rate ->> 'base', rate ->> 'quote')"
        " in (($1, $2), ($2, $1)) order by requested_on desc limit 1",
        one,
        other,
    )
    return (*([_rate(wrong)] if wrong else []), *([read(order, Rate)] if order else []))


class FoundWrong(msgspec.Struct, frozen=True):
    """Something was converted at a rate that counts no more."""

    used: Rate
    wrong: Rate
    """The same, or the one of which it was crossed."""
    reason: Code


_USED = """
with used as (
    select rate::jsonb as rate from ledger_payment where rate is not null group by rate
), told as (
    select source, base, quote, day, value from exchange_rate_view
    union all select source, base, quote, day, value from wrong_rate
)
select u.rate::text as used, w.source, w.base, w.quote, w.day, w.value, w.reason,
    t.quote as other, t.day as other_day, t.value as other_value
from wrong_rate w
join used u on u.rate ->> 'source' = w.source
left join told t on t.source = w.source and t.base = w.base and t.quote <> w.quote
    and t.quote in (u.rate ->> 'base', u.rate ->> 'quote')
    and greatest(t.day, w.day) = (u.rate ->> 'date')::date
where w.quote in (u.rate ->> 'base', u.rate ->> 'quote')
    and not exists (
        select from exchange_rate_view stands where stands.source = w.source
        and stands.base = w.base and stands.quote = w.quote and stands.day = w.day
        and stands.value = w.value
    )
order by w.position, used, other_day, other_value
"""
"""Each rate that was used, with each wrong one that is it, or of which it may have been crossed;
what was found right after all stands again."""


async def used(view: Connection) -> list[FoundWrong]:
    """What was converted at what was found wrong: each rate once, by what was found wrong first."""
    found: dict[Rate, FoundWrong] = {}
    for row in await view.fetch(_USED):
        rate, wrong = read(row["used"], Rate), _rate(row)
        if rate == wrong or _is_crossed_of(rate, wrong, row):
            found.setdefault(rate, FoundWrong(rate, wrong, Code(row["reason"])))
    return list(found.values())


def _is_crossed_of(rate: Rate, wrong: Rate, row: Any) -> bool:
    if row["other"] is None:
        return False
    beside = msgspec.structs.replace(
        wrong,
        quote=Code(row["other"]),
        date=row["other_day"],
        value=RateValue(row["other_value"]),
    )
    return rate in (cross(wrong, beside), cross(beside, wrong))


def _rate(row: Any) -> Rate:
    return Rate(
        base=Code(row["base"]),
        quote=Code(row["quote"]),
        value=RateValue(row["value"]),
        source=Code(row["source"]),
        date=row["day"],
    )


view = View("wrong_rates", {"disbursement": registry}, _project, ("wrong_rate",))
