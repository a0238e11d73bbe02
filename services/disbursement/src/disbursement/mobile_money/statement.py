"""What a provider's account of ours shows: a statement for each day that is over, as a bank's is.

GSMA 1.2 tells entries and the balance of this instant, so a day's balances are reckoned back from
that; what is missing between one day and the next shows there. Money of ours that came back is told
at once, beforehand, as in a bank's report of the day so far.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import Any

import msgspec

from disbursement.bank.account import LAST
from disbursement.domain.bank_statement import Kind
from disbursement.gateways import BankFolder, MobileMoney
from disbursement.iso20022.answers import (
    BankEntry,
    BankStatement,
    Direction,
    Movement,
    Told,
    exact,
)
from disbursement.iso20022.schema import FILE_MAX_BYTES, NotReadable
from disbursement.mobile_money.answers import COMPLETED, REVERSED
from disbursement.mobile_money.provider import Entry
from disbursement.views import lists
from events.money import Money, total
from events.ports import Clock, Unavailable
from events.service import Connection

BEGINNING = b'{"mobile_money_statement":"1.2"'
LOOK_EVERY_SECONDS = 60.0
BACK = timedelta(days=90)
"""No further back is an account read that was never read before."""
MOVED = (COMPLETED, REVERSED)
A_DAY = timedelta(days=1)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the account, and which request of ours it is, or undoes."""

    reference: str
    amount: str
    """Below zero where money left."""
    currency: str
    of: str | None
    came_back: bool


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A day of our account. It names no payee."""

    mobile_money_statement: str = "1.2"
    provider: str
    account: str
    day: date
    over: bool
    opening: str | None
    closing: str | None
    currency: str | None
    lines: tuple[Line, ...]
    label: str | None = None
    """Which of our accounts it is. None: it was read when statements were named by provider."""

    @property
    def identifier(self) -> str:
        return f"{self.label or self.provider}-{self.day}"

    @property
    def name(self) -> str:
        return f"{self.identifier}.{'statement' if self.over else 'report'}.json"


def is_statement(data: bytes) -> bool:
    return data.startswith(BEGINNING)


def read(data: bytes) -> Told:
    """`NotReadable` for what is none."""
    if len(data) > FILE_MAX_BYTES:
        raise NotReadable(f"larger than {FILE_MAX_BYTES} bytes")
    try:
        told = msgspec.json.decode(data, type=Statement)
    except msgspec.MsgspecError:
        raise NotReadable("no statement of a provider of mobile money") from None
    amounts = [_money(each.amount, each.currency) for each in told.lines]
    lines = tuple(_entry(told, n, a) for n, a in enumerate(amounts, start=1))
    shown = BankStatement(
        kind=Kind.STATEMENT if told.over else Kind.REPORT,
        identifier=told.identifier,
        page="1",
        account=told.account,
        opening=_balance(told, told.opening),
        closing=_balance(told, told.closing),
        closed_on=told.day,
        movements=tuple(_movement(told, n, a) for n, a in enumerate(amounts, start=1)),
    )
    return Told(lines, (shown,))


def _money(amount: str, currency: str) -> Money:
    try:
        return exact(Decimal(amount), currency)
    except DecimalException:
        raise NotReadable("an amount that is none") from None


def _balance(told: Statement, amount: str | None) -> Money | None:
    return None if amount is None or told.currency is None else _money(amount, told.currency)


def _entry(told: Statement, number: int, amount: Money) -> BankEntry:
    line = told.lines[number - 1]
    return BankEntry(
        message_id=told.identifier,
        statement=told.identifier,
        line=number,
        end_to_end_id=line.of,
        amount=max(amount, -amount),
        direction=Direction.DEBIT if amount.minor < 0 else Direction.CREDIT,
        booked=True,
        value_date=told.day,
        bank_reference=line.reference,
        return_reason=REVERSED if line.came_back else None,
    )


def _movement(told: Statement, number: int, amount: Money) -> Movement:
    return Movement(
        entry=number,
        first=number,
        last=number,
        amount=amount,
        booked=True,
        value_date=told.day,
        bank_reference=told.lines[number - 1].reference,
    )


@dataclass
class Reader:
    """Reads one provider's account, and lays what it shows where the bank's answers are."""

    view: Connection
    bank: BankFolder
    provider: MobileMoney
    clock: Clock
    _known: dict[str, Line] = field(default_factory=dict)
    """What an entry is does not change; asked once."""

    async def read(self) -> None:
        """The days that are over and were not read, and what came back since. `Unavailable`."""
        today, of = self.clock.now().date(), self.provider.wallets
        first = await lists.next_day(self.view, of.provider, of.label, of.account[-LAST:])
        if first is None:
            return
        start = max(first, today - BACK)
        before = await self.provider.balance()
        entries = await self.provider.entries(datetime.combine(start, time(), UTC))
        if await self.provider.balance() != before:
            raise Unavailable("the account moves while it is read")
        told = [(each, await self._line(each)) for each in entries if _moved(each)]
        days = [start + A_DAY * n for n in range((today - start).days)]
        for day in days:
            if any(each.day == day and each.is_pending for each in entries):
                break
            await self._lay(self._of_day(day, told, before.current_balance, before.currency))
        back = tuple(line for each, line in told if line.came_back and each.day == today)
        if back:
            await self._lay(self._told(today, back, over=False))

    def _of_day(
        self,
        day: date,
        told: Sequence[tuple[Entry, Line]],
        now: str | None,
        currency: str | None,
    ) -> Statement:
        of_it = tuple(line for each, line in told if each.day == day)
        if now is None or currency is None:
            return self._told(day, of_it, over=True)
        later = _sum((line for each, line in told if each.day > day), currency)
        closing = _money(now, currency) - later
        opening = closing - _sum(of_it, currency)
        balances = (_text(opening), _text(closing), currency)
        return self._told(day, of_it, over=True, balances=balances)

    def _told(
        self,
        day: date,
        lines: tuple[Line, ...],
        *,
        over: bool,
        balances: tuple[str | None, str | None, str | None] = (None, None, None),
    ) -> Statement:
        of, (opening, closing, currency) = self.provider.wallets, balances
        return Statement(
            provider=of.provider,
            account=of.account,
            day=day,
            over=over,
            opening=opening,
            closing=closing,
            currency=currency,
            lines=lines,
            label=of.label,
        )

    async def _lay(self, statement: Statement) -> None:
        content = msgspec.json.encode(statement)
        await asyncio.to_thread(self.bank.lay, statement.name, content)

    async def _line(self, entry: Entry) -> Line:
        reference = entry.transaction_reference
        if reference not in self._known:
            ours = self.provider.wallets.account
            came = any(party.value == ours for party in entry.credit_party)
            done = await self.provider.transaction(reference)
            undone = done.original_transaction_reference
            of = done if undone is None else await self.provider.transaction(undone)
            self._known[reference] = Line(
                reference=reference,
                amount=entry.amount if came else f"-{entry.amount}",
                currency=entry.currency,
                of=of.requesting_organisation_transaction_reference,
                came_back=came and undone is not None,
            )
        return self._known[reference]


def _moved(entry: Entry) -> bool:
    return entry.transaction_status.lower() in MOVED


def _sum(lines: Iterator[Line] | Sequence[Line], currency: str) -> Money:
    return total((_money(e.amount, currency) for e in lines if e.currency == currency), currency)


def _text(amount: Money) -> str:
    return amount.to_wire()["amount"]


async def read_statements(running: Any) -> None:
    """The service's task."""
    gateways = running.gateways
    readers = [
        Reader(running.store.pool, gateways.bank, each, running.clock)
        for each in gateways.providers.values()
    ]
    while readers:
        reading = (each.read() for each in readers)
        for failure in await asyncio.gather(*reading, return_exceptions=True):
            if isinstance(failure, BaseException):
                raise failure
        await running.clock.sleep(LOOK_EVERY_SECONDS)
