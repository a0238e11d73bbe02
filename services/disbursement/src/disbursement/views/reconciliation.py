"""Events, ledger and statement side by side: what was paid by our facts, what the ledger has booked
for it, what the bank's statements show. Whatever differs has a name, an amount and its lines.
"""

from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from disbursement.domain import registry
from disbursement.domain.bank_answer import BankMovementsTold, BankStatementRead
from disbursement.domain.bank_statement import Kind, MovementTold, StatementTold
from disbursement.domain.payment import (
    BankChargeKept,
    PaymentAcceptedByBank,
    PaymentInstructed,
    PaymentPutInFile,
    PaymentRejectedByBank,
    PaymentRequested,
    PaymentReturned,
    PaymentTakenOutOfFile,
    Stage,
    VendorPaid,
)
from disbursement.views.rows import read, written
from events.money import MINOR_MAX, Money
from events.service import Connection, Heard, View
from events.values import Code, GrantId, PaymentId


async def project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case BankStatementRead(answer=answer, statement=statement):
                await _statement(answer, statement, fact.position, tables)
            case BankMovementsTold(answer=answer, movements=movements):
                await _movements(answer, movements, tables)
            case _:
                await _payment(fact, tables)


async def _payment(fact: Heard[Any], tables: Connection) -> None:
    event, day = fact.event, fact.envelope.time.date()
    match event:
        case PaymentRequested():
            await tables.execute(
                "insert into reconciled_payment (payment_id, line_id, currency, minor, stage,"
                " since) values ($1, $2, $3, $4, $5, $6)",
                event.payment,
                event.budget_line,
                event.amount.currency,
                event.amount.minor,
                Stage.REQUESTED,
                day,
            )
        case PaymentPutInFile(payment=payment):
            await _stands(payment, Stage.IN_FILE, day, tables)
        case PaymentTakenOutOfFile(payment=payment):
            await _stands(payment, Stage.REQUESTED, day, tables)
        case PaymentInstructed(payment=payment):
            await _stands(payment, Stage.INSTRUCTED, day, tables)
        case PaymentAcceptedByBank(payment=payment):
            await _stands(payment, Stage.ACCEPTED, day, tables)
        case PaymentRejectedByBank(payment=payment):
            await _stands(payment, Stage.REJECTED, day, tables)
        case VendorPaid(payment=payment, functional_amount=functional):
            await _stands(payment, Stage.PAID, event.value_date, tables)
            await tables.execute(
                "update reconciled_payment set paid_at = $2, functional_currency = $3,"
                " functional_minor = $4 where payment_id = $1",
                payment,
                fact.position,
                functional.currency,
                functional.minor,
            )
        case PaymentReturned(payment=payment):
            await _stands(payment, Stage.RETURNED, day, tables)
            await tables.execute(
                "update reconciled_payment set returned_at = $2 where payment_id = $1",
                payment,
                fact.position,
            )
        case BankChargeKept(payment=payment, amount=kept, functional_amount=functional):
            await tables.execute(
                "update reconciled_payment set charged_at = $2, charge_minor = $3,"
                " functional_charge = $4 where payment_id = $1",
                payment,
                fact.position,
                kept.minor,
                functional.minor,
            )


async def _stands(payment: PaymentId, stage: Stage, since: date, tables: Connection) -> None:
    await tables.execute(
        "update reconciled_payment set stage = $2, since = $3 where payment_id = $1",
        payment,
        stage,
        since,
    )


async def _statement(
    answer: str, statement: StatementTold, position: int, tables: Connection
) -> None:
    await tables.execute(
        "insert into bank_statement_view (answer_id, statement, position, kind, account, counts,"
        " closed_on, state) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        answer,
        statement.statement,
        position,
        statement.kind,
        statement.account,
        statement.kind is Kind.STATEMENT and not statement.again,
        statement.closed_on,
        written(statement),
    )


async def _movements(answer: str, movements: tuple[MovementTold, ...], tables: Connection) -> None:
    await tables.executemany(
        "insert into bank_movement_view (answer_id, statement, entry, first_line, last_line,"
        " account, counts, currency, minor, value_date, bank_ref)"
        " select $1, $2, $3, $4, $5, account, counts and $6, $7, $8, $9, $10"
        " from bank_statement_view where answer_id = $1 and statement = $2",
        [
            (
                answer,
                each.statement,
                each.entry,
                each.first,
                each.last,
                each.booked,
                each.amount.currency,
                each.amount.minor,
                each.value_date,
                each.bank_ref,
            )
            for each in movements
        ],
    )
    await tables.executemany(
        "insert into bank_movement_payment (answer_id, statement, entry, payment_id)"
        " values ($1, $2, $3, $4) on conflict do nothing",
        [
            (answer, each.statement, each.entry, payment)
            for each in movements
            for payment in each.payments
        ],
    )


class Break(StrEnum):
    """Why two of the three differ."""

    NOT_ON_STATEMENT = "not_on_statement"
    """The bank said that it was paid, and no statement shows it yet."""
    RETURN_NOT_ON_STATEMENT = "return_not_on_statement"
    NOT_BY_EVENTS = "not_by_events"
    """On a statement more often than it was paid."""
    OF_NO_PAYMENT = "of_no_payment"
    """A movement, or a part of one, that is none of our payments: `why` and `outcome` say more."""
    CONVERTED_BY_BANK = "converted_by_bank"
    """Booked in another currency than it was paid in."""
    LEDGER_BEHIND = "ledger_behind"
    """The ledger has not come to the fact yet."""
    LEDGER_DIFFERS = "ledger_differs"


class Place(msgspec.Struct, frozen=True):
    """Lines of a bank's file."""

    answer: str
    statement: int
    first: int
    last: int


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One break: by how much one side is above the other, and where to look."""

    kind: Break
    amount: Money
    payment: PaymentId | None = None
    lines: tuple[Place, ...] = ()
    why: Code | None = None
    outcome: Code | None = None


class Paid(msgspec.Struct, frozen=True):
    """A payment on all three sides."""

    payment: PaymentId
    stage: Stage
    since: date
    amount: Money
    by_events: Money
    """What left and did not come back, below zero, in the payment's currency: of what the bank sent
    back, its charge."""
    on_statement: Money
    functional: Money | None
    """The same by the events, in the grant's currency; None for what was never paid."""
    in_ledger: Money | None
    """What the ledger's bank account has for it."""
    ledger_behind: bool
    account: str | None
    lines: tuple[Place, ...]


PAYMENTS = """
select p.*, b.conversion, b.on_statement, b.account, b.lines, l.minor as in_ledger,
    (select max(position) from ledger_posting) as ledger_at
from reconciled_payment p
left join lateral (
    select sum(case when m.currency <> p.currency then null
            when m.minor < 0 then -p.minor else p.minor - p.charge_minor end)::bigint
            as on_statement,
        bool_or(m.currency <> p.currency) as conversion, min(m.account) as account,
        json_agg(json_build_object('answer', m.answer_id, 'statement', m.statement, 'first',
            m.first_line, 'last', m.last_line) order by m.answer_id, m.entry)::text as lines
    from bank_movement_payment x join bank_movement_view m using (answer_id, statement, entry)
    where x.payment_id = p.payment_id and m.counts
) b on true
left join lateral (
    select sum(minor)::bigint as minor from ledger_posting
    where account = 'bank' and position in (p.paid_at, p.returned_at, p.charged_at)
) l on true
where p.stage <> 'requested' and ($1::text is null
    or p.line_id in (select line_id from budget_line_view where grant_id = $1))
order by p.payment_id
"""


async def payments(view: Connection, grant: GrantId | None = None) -> list[Paid]:
    """Those that the bank has heard of, of one grant or of all."""
    rows = await view.fetch(PAYMENTS, grant)
    return [_paid(row) for row in rows]


def _paid(row: Any) -> Paid:
    stage, amount = Stage(row["stage"]), Money(row["minor"], row["currency"])
    charge = Money(-row["charge_minor"], row["currency"])
    functional, in_ledger, behind = None, None, False
    if row["functional_currency"] is not None:
        whole = Money(-row["functional_minor"], row["functional_currency"])
        kept = Money(-row["functional_charge"], whole.currency)
        functional = whole if stage is Stage.PAID else kept
        in_ledger = Money(row["in_ledger"] or 0, whole.currency)
        behind = (row["ledger_at"] or 0) < max(
            row["paid_at"], row["returned_at"] or 0, row["charged_at"] or 0
        )
    return Paid(
        payment=PaymentId(row["payment_id"]),
        stage=stage,
        since=row["since"],
        amount=amount,
        by_events=-amount if stage is Stage.PAID else charge,
        on_statement=Money(row["on_statement"] or 0, amount.currency),
        functional=functional,
        in_ledger=in_ledger,
        ledger_behind=behind,
        account=row["account"],
        lines=tuple(read(row["lines"], list[Place])) if row["lines"] else (),
    )


def breaks(paid: Paid) -> list[Difference]:
    """What differs for one payment: the statement from the events, the ledger from them."""
    found = []
    if paid.on_statement != paid.by_events:
        found.append(
            Difference(
                kind=_kind(paid),
                amount=paid.on_statement - paid.by_events,
                payment=paid.payment,
                lines=paid.lines,
            )
        )
    if paid.functional is not None and paid.in_ledger is not None:
        difference = paid.in_ledger - paid.functional
        kind = Break.LEDGER_BEHIND if paid.ledger_behind else Break.LEDGER_DIFFERS
        if difference:
            found.append(Difference(kind=kind, amount=difference, payment=paid.payment))
    return found


def _kind(paid: Paid) -> Break:
    if paid.lines and not paid.on_statement and paid.stage is Stage.PAID:
        return Break.CONVERTED_BY_BANK
    if paid.on_statement > paid.by_events:
        return Break.NOT_ON_STATEMENT
    once = paid.on_statement == -paid.amount
    returned = paid.stage is Stage.RETURNED
    return Break.RETURN_NOT_ON_STATEMENT if once and returned else Break.NOT_BY_EVENTS


class Unmatched(msgspec.Struct, frozen=True):
    """A movement that is more, or other, than our payments in it."""

    account: str | None
    difference: Difference


UNMATCHED = """
select m.*, m.minor - coalesce(sum(p.moved), 0)::bigint as rest,
    bool_or(p.currency <> m.currency) as conversion,
    (select why from bank_line_view o where o.answer_id = m.answer_id
        and o.line between m.first_line and m.last_line order by o.line limit 1) as why,
    (select resolved from bank_line_view o where o.answer_id = m.answer_id
        and o.line between m.first_line and m.last_line order by o.line limit 1) as outcome
from bank_movement_view m
left join bank_movement_payment x using (answer_id, statement, entry)
left join lateral (
    select r.currency, case when r.currency <> m.currency then null
            when m.minor < 0 then -r.minor else r.minor - r.charge_minor end as moved
    from reconciled_payment r where r.payment_id = x.payment_id
) p on true
where m.counts
group by m.answer_id, m.statement, m.entry
having m.minor <> coalesce(sum(p.moved), 0)
order by m.answer_id, m.statement, m.entry
"""


async def unmatched(view: Connection) -> list[Unmatched]:
    rows = await view.fetch(UNMATCHED)
    return [
        Unmatched(
            row["account"],
            Difference(
                kind=Break.CONVERTED_BY_BANK if row["conversion"] else Break.OF_NO_PAYMENT,
                amount=Money(row["rest"], row["currency"]),
                lines=(
                    Place(row["answer_id"], row["statement"], row["first_line"], row["last_line"]),
                ),
                why=row["why"],
                outcome=row["outcome"],
            ),
        )
        for row in rows
    ]


class Moved(msgspec.Struct, frozen=True):
    """What the statements show of one account in one currency, no further than money goes."""

    account: str | None
    amount: Money


async def moved(view: Connection) -> list[Moved]:
    rows = await view.fetch(
        "select account, currency,"
        " greatest(-$1::bigint, least($1::bigint, sum(minor)))::bigint as minor"
        " from bank_movement_view where counts"
        " group by account, currency order by account, currency",
        MINOR_MAX - 1,
    )
    return [Moved(row["account"], Money(row["minor"], row["currency"])) for row in rows]


class Shown(msgspec.Struct, frozen=True):
    answer: str
    told: StatementTold


async def statements(view: Connection) -> list[Shown]:
    """Those that count, by account and day."""
    rows = await view.fetch(
        "select answer_id, state from bank_statement_view where counts"
        " order by account, closed_on, position"
    )
    return [Shown(row["answer_id"], read(row["state"], StatementTold)) for row in rows]


view = View(
    "reconciliation",
    {"disbursement": registry},
    project,
    (
        "reconciled_payment",
        "bank_statement_view",
        "bank_movement_view",
        "bank_movement_payment",
    ),
)
