"""The ledger as it stands: every posting by grant and budget line, and what was paid from it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from disbursement.domain import registry
from disbursement.domain.cash import (
    CashConversionCorrected,
    CashConversionWithdrawn,
    CashConverted,
    CashHandOverConfirmed,
)
from disbursement.domain.exchange_rate import Rate
from disbursement.domain.grant import Grant
from disbursement.domain.payment import (
    BankChargeKept,
    PaymentConversionCorrected,
    PaymentConversionWithdrawn,
    PaymentConverted,
    PaymentReturned,
    VendorPaid,
)
from disbursement.domain.recovery import RecoveryReceived, RefundPaid
from disbursement.ledger import Account, Book, post
from disbursement.ledger.book import Booked, book_of
from disbursement.views.rows import read, written
from events.money import Money
from events.service import Connection, Heard, View
from events.values import BudgetLineId, CashId, CommitmentId, GrantId, PaymentId


async def project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        if isinstance(fact.event, get_args(Booked)):
            await _book(fact, tables)
        await _keep_what_was_paid(fact, tables)


async def _book(fact: Heard[Any], tables: Connection) -> None:
    event = fact.event
    text = await tables.fetchval(
        "select state from ledger_book where commitment_id = $1", book_of(event)
    )
    book, postings = post(read(text, Book) if text else None, event)
    await tables.execute(
        "insert into ledger_book (commitment_id, state) values ($1, $2)"
        " on conflict (commitment_id) do update set state = excluded.state",
        book.commitment,
        written(book),
    )
    await tables.executemany(
        "insert into ledger_posting (position, number, day, line_id, commitment_id, account,"
        " currency, minor) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            (
                fact.position,
                number,
                fact.envelope.time.date(),
                book.budget_line,
                book.commitment,
                each.account,
                each.amount.currency,
                each.amount.minor,
            )
            for number, each in enumerate(postings, start=1)
        ],
    )


async def _keep_what_was_paid(fact: Heard[Any], tables: Connection) -> None:
    event = fact.event
    match event:
        case CashHandOverConfirmed(cash=cash, reserved=reserved):
            await _paid(tables, cash, event, fact.envelope.time.date(), reserved)
        case VendorPaid(payment=payment, functional_amount=functional):
            await _paid(tables, payment, event, event.value_date, functional)
        case PaymentConverted(payment=spent) | CashConverted(cash=spent):
            await _by_rule(tables, spent, event.rate, event.by_rule)
        case PaymentConversionCorrected(payment=spent) | CashConversionCorrected(cash=spent):
            await _by_rule(tables, spent, event.rate, event.by_rule, corrects=1)
        case PaymentConversionWithdrawn(payment=spent) | CashConversionWithdrawn(cash=spent):
            await _by_rule(tables, spent, None, None, corrects=1)
        case PaymentReturned(payment=payment):
            await _came_back(tables, payment)
        case BankChargeKept():
            await _charged(tables, event, fact.envelope.time.date())
        case RefundPaid(payment=payment):
            await tables.execute("delete from ledger_payment where payment_id = $1", payment)
        case RecoveryReceived(payment=payment, amount=amount):
            await tables.execute(
                "update ledger_payment set minor = minor - $2 where payment_id = $1",
                payment,
                amount.minor,
            )
        case _:
            pass


async def _charged(tables: Connection, event: BankChargeKept, day: date) -> None:
    """Beside its payment, of which nothing is paid any more."""
    await tables.execute(
        "insert into ledger_payment (payment_id, line_id, currency, minor, whole, by_rule,"
        " value_date) values ($1, $2, $3, $4, $4, $5, $6) on conflict do nothing",
        f"{event.payment}/charge",
        event.budget_line,
        event.amount.currency,
        event.amount.minor,
        event.by_rule.minor,
        day,
    )


async def _by_rule(
    tables: Connection, spent: str, rate: Rate | None, worth: Money | None, *, corrects: int = 0
) -> None:
    await tables.execute(
        "update ledger_payment set rate = $2, by_rule = $3, corrected = corrected + $4"
        " where payment_id = $1",
        spent,
        rate and written(rate),
        worth and worth.minor,
        corrects,
    )


async def _came_back(tables: Connection, payment: PaymentId) -> None:
    """Less than nothing was paid as long as we keep what the vendor had paid back before."""
    await tables.execute(
        "update ledger_payment set minor = minor - whole where payment_id = $1", payment
    )
    await tables.execute("delete from ledger_payment where payment_id = $1 and minor = 0", payment)


async def _paid(
    tables: Connection,
    spent: str,
    event: VendorPaid | CashHandOverConfirmed,
    day: date,
    in_ledger: Money,
) -> None:
    """What needs no conversion is worth by the rule what it is worth in the ledger."""
    amount = event.amount
    await tables.execute(
        "insert into ledger_payment (payment_id, line_id, currency, minor, whole, by_rule,"
        " value_date) values ($1, $2, $3, $4, $4, $5, $6) on conflict do nothing",
        spent,
        event.budget_line,
        amount.currency,
        amount.minor,
        amount.minor if amount.currency == in_ledger.currency else None,
        day,
    )


class Line(msgspec.Struct, frozen=True):
    """One posting, as the ledger is read from the first to the last."""

    position: int
    number: int
    day: date
    budget_line: BudgetLineId
    commitment: CommitmentId
    account: Account
    amount: Money


async def postings(
    view: Connection, grant: GrantId, *, after: tuple[int, int], limit: int
) -> list[Line]:
    """The grant's postings in the order of history, those after (position, number)."""
    rows = await view.fetch(
        "select p.* from ledger_posting p join budget_line_view using (line_id)"
        " where grant_id = $1 and (position, number) > ($2::bigint, $3::bigint)"
        " order by position, number limit $4",
        grant,
        *after,
        limit,
    )
    return [_line(row) for row in rows]


async def postings_on(
    view: Connection, grant: GrantId, accounts: Sequence[Account], *, until: int
) -> list[Line]:
    """All of the grant's postings on these accounts, up to that position of history."""
    rows = await view.fetch(
        "select p.* from ledger_posting p join budget_line_view using (line_id)"
        " where grant_id = $1 and account = any($2) and position <= $3 order by position, number",
        grant,
        list(accounts),
        until,
    )
    return [_line(row) for row in rows]


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        position=row["position"],
        number=row["number"],
        day=row["day"],
        budget_line=BudgetLineId(row["line_id"]),
        commitment=CommitmentId(row["commitment_id"]),
        account=Account(row["account"]),
        amount=Money(row["minor"], row["currency"]),
    )


class Balance(msgspec.Struct, frozen=True):
    """What stands on one account of one budget line."""

    budget_line: BudgetLineId
    account: Account
    debit: Money
    credit: Money

    @property
    def amount(self) -> Money:
        return self.debit - self.credit


async def balances(
    view: Connection, grant: GrantId, *, until: int | None = None
) -> Sequence[Balance]:
    """By budget line and account, up to that position of history (None: all of it)."""
    rows = await view.fetch(
        "select line_id, account, currency,"
        " sum(minor) filter (where minor > 0)::bigint as debit,"
        " -sum(minor) filter (where minor < 0)::bigint as credit"
        " from ledger_posting join budget_line_view using (line_id)"
        " where grant_id = $1 and ($2::bigint is null or position <= $2)"
        " group by line_id, account, currency order by line_id, account",
        grant,
        until,
    )
    return [
        Balance(
            budget_line=BudgetLineId(row["line_id"]),
            account=Account(row["account"]),
            debit=Money(row["debit"] or 0, row["currency"]),
            credit=Money(row["credit"] or 0, row["currency"]),
        )
        for row in rows
    ]


class Actual(msgspec.Struct, frozen=True):
    """What was paid from a budget line, or handed over in cash, and not recovered, in the donor's
    currency by the donor's rule: what comes back counts at the rate at which it was paid.
    """

    budget_line: BudgetLineId
    paid: Money
    without_rate: tuple[Money, ...]
    """What was paid in a currency for which the rule has no rate: told, never guessed."""
    corrected: int = 0
    """How many of them were converted at a rate that was then found wrong, and not left so."""


async def actuals(view: Connection, grant: Grant) -> Sequence[Actual]:
    """By budget line. Each amount counts as it was converted, whatever is published later, but for
    a rate that was found wrong.
    """
    rows = await view.fetch(
        "select line_id, case when by_rule is null then currency end as without,"
        " sum(minor)::bigint as minor, count(*) filter (where corrected > 0) as corrected,"
        " sum(by_rule - div(by_rule::numeric * (whole - minor), whole))::bigint as by_rule"
        " from ledger_payment join budget_line_view using (line_id) where grant_id = $1"
        " group by line_id, without order by line_id, without",
        grant.id,
    )
    found: dict[BudgetLineId, Actual] = {}
    for row in rows:
        line = BudgetLineId(row["line_id"])
        so_far = found.get(line) or Actual(line, Money.zero(grant.currency), ())
        so_far = replace(so_far, corrected=so_far.corrected + row["corrected"])
        if row["without"] is None:
            found[line] = replace(so_far, paid=Money(row["by_rule"], grant.currency))
        else:
            without = (*so_far.without_rate, Money(row["minor"], row["without"]))
            found[line] = replace(so_far, without_rate=without)
    return list(found.values())


class Spent(msgspec.Struct, frozen=True):
    """What was paid, or handed over in cash, in another currency than the grant's."""

    id: PaymentId | CashId
    budget_line: BudgetLineId
    currency: str
    day: date


async def unconverted(view: Connection) -> Sequence[Spent]:
    """For which its grant's rule had no rate; not what came back whole: nothing of it is left."""
    return _spent(
        await view.fetch(
            "select payment_id, line_id, currency, value_date from ledger_payment"
            " where by_rule is null and minor <> 0 order by payment_id"
        )
    )


async def converted_at(view: Connection, rate: Rate) -> Sequence[Spent]:
    return _spent(
        await view.fetch(
            "select payment_id, line_id, currency, value_date from ledger_payment"
            " where rate = $1 order by payment_id",
            written(rate),
        )
    )


def _spent(rows: Sequence[Mapping[str, Any]]) -> Sequence[Spent]:
    return [
        Spent(
            id=row["payment_id"],
            budget_line=BudgetLineId(row["line_id"]),
            currency=row["currency"],
            day=row["value_date"],
        )
        for row in rows
    ]


view = View(
    "ledger",
    {"disbursement": registry},
    project,
    ("ledger_book", "ledger_posting", "ledger_payment"),
)
