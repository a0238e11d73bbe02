"""What vendors owe back, and the bank's lines on which it comes, or goes to them again."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from disbursement.domain import registry
from disbursement.domain.bank_answer import BankAnswerId
from disbursement.domain.exchange_rate import convert
from disbursement.domain.recovery import Recovery, Stage, recovery
from disbursement.views.lookups import rate_by_rule
from disbursement.views.rows import Row, read, written
from events.money import Money
from events.service import Connection, Heard, View
from events.values import BudgetLineId, GrantId, VendorId


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        if fact.envelope.subject.startswith("rcv_"):
            await _keep(fact, tables)


async def _keep(fact: Heard[Any], tables: Connection) -> None:
    text = await tables.fetchval(
        "select state from recovery_view where recovery_id = $1", fact.envelope.subject
    )
    state = recovery.evolve(read(text, Recovery) if text else None, fact.event)
    await tables.execute(
        "insert into recovery_view (recovery_id, vendor_id, stage, version, state)"
        " values ($1, $2, $3, $4, $5) on conflict (recovery_id) do update"
        " set stage = excluded.stage, version = excluded.version, state = excluded.state",
        state.id,
        state.vendor,
        state.stage,
        int(fact.envelope.sequence),
        written(state),
    )


async def recoveries(
    view: Connection,
    *,
    after: str | None,
    limit: int,
    stages: Sequence[Stage],
    vendor: VendorId | None,
) -> list[Row[Recovery]]:
    rows = await view.fetch(
        "select state, version from recovery_view where ($1::text is null or recovery_id > $1)"
        " and stage = any($2) and ($3::text is null or vendor_id = $3)"
        " order by recovery_id limit $4",
        after,
        list(stages),
        vendor,
        limit,
    )
    return [Row(read(row["state"], Recovery), row["version"]) for row in rows]


async def came_back(view: Connection, grant: GrantId) -> list[Money]:
    """What vendors paid back to a grant, in its currency on the days on which it came."""
    rows = await view.fetch(
        "select r.state from recovery_view r"
        " join budget_line_view b on b.line_id = r.state::jsonb ->> 'budget_line'"
        " where grant_id = $1",
        grant,
    )
    return [read(row["state"], Recovery).came_to for row in rows]


class Booked(msgspec.Struct, frozen=True):
    """Money that the bank booked to our account, or off it."""

    amount: Money
    value_date: date | None


async def credit(view: Connection, answer: BankAnswerId, line: int) -> Booked | None:
    """What came on that line of a statement that counts; None where none did."""
    booked = await _booked(view, answer, line)
    return booked if booked and booked.amount.minor > 0 else None


async def debit(view: Connection, answer: BankAnswerId, line: int) -> Booked | None:
    """What went on that line, above zero; None where nothing did."""
    booked = await _booked(view, answer, line)
    if booked is None or booked.amount.minor >= 0:
        return None
    return Booked(-booked.amount, booked.value_date)


async def _booked(view: Connection, answer: BankAnswerId, line: int) -> Booked | None:
    row = await view.fetchrow(
        "select currency, minor, value_date from bank_movement_view where answer_id = $1"
        " and first_line::bigint = $2 and last_line::bigint = $2 and counts",
        answer,
        line,
    )
    return Booked(Money(row["minor"], row["currency"]), row["value_date"]) if row else None


async def worth(
    view: Connection, came: Booked, line: BudgetLineId, into: str, today: date
) -> Money | None:
    """In the currency of the line's grant, at the rate of its day; None where none is published."""
    if came.amount.currency == into:
        return came.amount
    day = came.value_date or today
    rate = await rate_by_rule(view, line, came.amount.currency, day)
    return convert(came.amount, into, rate) if rate else None


view = View("recoveries", {"disbursement": registry}, _project, ("recovery_view",))
