"""Reading what the bank leaves for us: each file once, whatever it is called."""

import asyncio
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from msgspec.structs import replace

from disbursement.bank import account
from disbursement.bank.reading import read
from disbursement.bank.weigh import Known, Weighed, files, references, weigh
from disbursement.counting import counted_after_all, uncounted
from disbursement.domain.bank_answer import (
    BankAnswerId,
    Open,
    OpenLine,
    ReadBankAnswer,
    answer_id,
    bank_answer,
)
from disbursement.domain.bank_file import Stage, bank_file, file_of
from disbursement.domain.exchange_rate import Rate
from disbursement.domain.item_ceiling import (
    DrawInstalmentsAfterAll,
    GiveBackInstalments,
    item_ceiling,
)
from disbursement.domain.payment import (
    Payment,
    RecordExecution,
    RecordRejection,
    RecordReturn,
    payment,
)
from disbursement.gateways import BankFolder, LocalBankFolder, bank_root
from disbursement.iso20022.answers import BankAnswer, BankEntry, Told
from disbursement.iso20022.schema import NotReadable
from disbursement.settings import Debtor
from disbursement.views.lookups import rate_by_rule
from events.decider import Rejected
from events.envelope import Actor, Context
from events.handler import Act, Handler, Once
from events.ports import Claim, ClaimTaken, Conflict, Unavailable
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, BudgetLineId, Code, Digest, PaymentId, PersonId

POLL_SECONDS = 0.5
ATTEMPTS = 5
SCOPE = "bank_answer"
"""The claims by which a file's content is taken once."""
STATEMENT = "bank_statement"
"""The claims by which a statement counts once, whatever the bank tells under its reference."""

BANK = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("bank_answer"),
)


@dataclass(frozen=True)
class Matched:
    """A file, what follows from it, and the payments that it speaks of."""

    told: Told
    weighed: Weighed
    payments: Mapping[PaymentId, Payment]


@dataclass
class Ear:
    """Takes the bank's files in."""

    handler: Handler
    view: Connection
    bank: BankFolder
    debtor: Debtor

    async def listen(self) -> None:
        """Take in what is there, for ever."""
        while True:
            await self.take_all()
            await self.handler.clock.sleep(POLL_SECONDS)

    async def take_all(self) -> None:
        """Take in every file that is there, by name.

        One that fails by a mistake of ours stays there, and is told when the others are taken.
        """
        mistakes: list[Exception] = []
        for name in await asyncio.to_thread(self.bank.answers):
            try:
                await self._take_file(name)
            except Unavailable:
                raise
            except Exception as mistake:  # noqa: BLE001  told below; the next files are taken first
                mistakes.append(mistake)
        if mistakes:
            raise mistakes[0]

    async def _take_file(self, name: str) -> None:
        try:
            content = await asyncio.to_thread(self.bank.read, name)
        except FileNotFoundError:
            return
        except OSError:
            digest = hash_of(b"unreadable\n" + os.fsencode(name))
            await self._record(digest, UNREADABLE)
        else:
            digest = await self.take(content)
        await asyncio.to_thread(self.bank.put_away, name, digest)

    async def take(self, content: bytes) -> Digest:
        """Take one file in, with all that follows from it, or not at all; its hash."""
        digest = hash_of(content)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._take(digest, content)
            except (Rejected, Conflict, ClaimTaken):  # it was weighed on what has changed since
                if attempt == ATTEMPTS:
                    raise
            else:
                break
        return digest

    async def _take(self, digest: Digest, content: bytes) -> None:
        if await self.handler.store.claim(SCOPE, digest) is not None:
            return
        try:
            matched = await self.match(content)
        except NotReadable:
            await self._record(digest, UNREADABLE)
        else:
            await self._record(digest, matched)
            await self.forget(matched.payments.values())

    async def match(self, content: bytes) -> "Matched":
        """What a file says, weighed against our payments as they stand. `NotReadable`."""
        told = await asyncio.to_thread(read, content)
        known = await self._known(told.lines, answer_id(hash_of(content)))
        others = account.of_others(told, self.debtor.ibans)
        weighed = weigh(told.lines, known, others)
        weighed.borne_out = [
            (of, said) for of, said in weighed.borne_out if await self._is_open(of, said.line)
        ]
        return Matched(told, weighed, known.payments)

    async def _is_open(self, answer: BankAnswerId, line: int) -> bool:
        """Whether nobody has said yet what became of the line."""
        state, _ = await self.handler.load(bank_answer, answer)
        return state is not None and line in state.open_lines

    async def forget(self, payments: Iterable[Payment]) -> None:
        """The bank has answered for them: of names and numbers only the file's hash is kept.

        Not while the sending is unrecorded, for then the same bytes may be handed over again.
        """
        for file in sorted({each.file for each in payments if each.file is not None}):
            state, _ = await self.handler.load(bank_file, file)
            if state is not None and state.stage is Stage.SENT:
                await asyncio.to_thread(self.bank.forget, file)

    async def _record(self, digest: Digest, matched: "Matched") -> None:
        reading, claims = await self.reading(digest, matched)
        await self.handler.do(
            Act(bank_answer, reading.answer, reading, claims),
            *acts(matched.weighed, matched.payments),
            context=Context(actor=BANK, correlation=reading.answer),
            once=Once(digest, bytes.fromhex(digest), scope=SCOPE),
        )

    async def reading(
        self, digest: Digest, matched: "Matched", by: PersonId = SYSTEM
    ) -> tuple[ReadBankAnswer, tuple[Claim, ...]]:
        """What is recorded of the file, and the claims by which its statements count once."""
        told, weighed = matched.told, matched.weighed
        before = await self._told_before(told)
        statements, known = account.statements(told, before), account.alike(told, before)
        reading = ReadBankAnswer(
            by=by,
            at=self.handler.clock.now(),
            answer=answer_id(digest),
            file_hash=digest,
            lines=len(told.lines),
            open_lines=(
                *account.news(told, weighed.open_lines, known),
                *account.doubts(told, statements, known),
            ),
            statements=statements,
            movements=account.movements(told, weighed),
        )
        new = {
            one: account.content(told, each)
            for each in reversed(told.statements)  # of two in one file the first is taken
            for one in account.identities(each)
            if one not in before
        }
        return reading, tuple(Claim(STATEMENT, one, said) for one, said in sorted(new.items()))

    async def _told_before(self, told: Told) -> dict[str, bytes | None]:
        """The identities of its statements that another file has taken, each with its content."""
        named = {one for each in told.statements for one in account.identities(each)}
        held = {one: await self.handler.store.claim(STATEMENT, one) for one in sorted(named)}
        return {one: claim.fingerprint for one, claim in held.items() if claim is not None}

    async def _known(self, lines: Sequence[BankAnswer], answer: BankAnswerId) -> Known:
        whole = {message: await self._payments_of(message) for message in files(lines)}
        wanted = references(lines).union(*whole.values())
        payments: dict[PaymentId, Payment] = {}
        for one, state in (await self.handler.load_all(payment, sorted(wanted))).items():
            payments[PaymentId(one)] = state
        return Known(
            payments=payments,
            files=whole,
            rates=await self._rates(lines, payments.values()),
            at=self.handler.clock.now(),
            answer=answer,
            charge_percent=self.debtor.return_charge_percent,
        )

    async def _payments_of(self, message: str) -> Sequence[PaymentId]:
        state, _ = await self.handler.load(bank_file, file_of(message))
        return tuple(each.payment for each in state.payments) if state else ()

    async def _rates(
        self, lines: Sequence[BankAnswer], payments: Iterable[Payment]
    ) -> dict[tuple[BudgetLineId, str, date], Rate]:
        days = {line.value_date for line in lines if isinstance(line, BankEntry)}
        days.add(self.handler.clock.now().date())
        found: dict[tuple[BudgetLineId, str, date], Rate] = {}
        for line, currency in {(p.budget_line, p.amount.currency) for p in payments if p.rate}:
            for day in days:
                if day is None:
                    continue
                rate = await rate_by_rule(self.view, line, currency, day)
                if rate is not None:
                    found[line, currency, day] = rate
        return found


def acts(
    weighed: Weighed, payments: Mapping[PaymentId, Payment], by: PersonId = SYSTEM
) -> Iterator[Act[Any, Any, Any]]:
    """What the bank says of each payment, and what it means for the instalments of its item and for
    what is counted together.
    """
    for one, said in weighed.commands:
        command = replace(said, by=by)
        yield Act(payment, one, command)
        item, at = payments[one].item, command.at
        if isinstance(command, RecordRejection | RecordReturn):
            given_back = GiveBackInstalments(by=by, at=at, item=item, payment=one)
            yield Act(item_ceiling, item, given_back)
            yield from uncounted(payments[one], by, at)
        if isinstance(command, RecordExecution):
            drawn = DrawInstalmentsAfterAll(by=by, at=at, item=item, payment=one)
            yield Act(item_ceiling, item, drawn)
            if one in weighed.after_all:
                yield from counted_after_all(payments[one], by, at)
    for answer, resolved in weighed.borne_out:
        yield Act(bank_answer, answer, replace(resolved, by=by))


def hash_of(content: bytes) -> Digest:
    return Digest(hashlib.sha256(content).hexdigest())


def _unreadable() -> OpenLine:
    return OpenLine(
        line=0,
        why=Open.NOT_READABLE,
        reference=None,
        status=None,
        amount=None,
        value_date=None,
        bank_ref=None,
    )


UNREADABLE = Matched(Told(()), Weighed(open_lines=[_unreadable()]), {})
"""Left to a person as a whole."""


async def listen_to_the_bank(running: Any) -> None:
    """The service's task."""
    folder = LocalBankFolder(bank_root(running.settings.data))
    ear = Ear(running.handler, running.store.pool, folder, running.gateways.debtor)
    await ear.listen()
