"""Reading what the bank leaves for us: each file once, whatever it is called."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from disbursement.bank.weigh import Known, Weighed, files, references, weigh
from disbursement.domain.bank_answer import Open, OpenLine, ReadBankAnswer, answer_id, bank_answer
from disbursement.domain.bank_file import bank_file
from disbursement.domain.exchange_rate import Rate
from disbursement.domain.payment import Payment, payment
from disbursement.gateways import BankFolder, LocalBankFolder, bank_root
from disbursement.iso20022.answers import BankAnswer, BankEntry, read
from disbursement.iso20022.schema import NotReadable
from disbursement.views.lookups import rate_of
from events.decider import Rejected
from events.envelope import Actor, Context
from events.handler import Act, Handler, Once
from events.ports import Conflict
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, BankFileId, Code, Digest, PaymentId

POLL_SECONDS = 0.5
ATTEMPTS = 5
SCOPE = "bank_answer"
"""The claims by which a file's content is taken once."""

BANK = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("bank_answer"),
)


@dataclass
class Ear:
    """Takes the bank's files in."""

    handler: Handler
    view: Connection
    bank: BankFolder
    _taken: set[str] = field(default_factory=set)
    """Marks of the files that this process has seen taken: not read again."""

    async def listen(self) -> None:
        """Take in what is there, for ever."""
        while True:
            await self.take_all()
            await self.handler.clock.sleep(POLL_SECONDS)

    async def take_all(self) -> None:
        """Take in every file that was not taken before, by name."""
        for mark, content in await asyncio.to_thread(lambda: list(self.bank.answers(self._taken))):
            await self.take(content)
            self._taken.add(mark)

    async def take(self, content: bytes) -> None:
        """Take one file in, with all that follows from it, or not at all."""
        digest = Digest(hashlib.sha256(content).hexdigest())
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._take(digest, content)
            except (Rejected, Conflict):  # it was weighed on what has changed since
                if attempt == ATTEMPTS:
                    raise
            else:
                return

    async def _take(self, digest: Digest, content: bytes) -> None:
        if await self.handler.store.claim(SCOPE, digest) is not None:
            return
        at = self.handler.clock.now()
        try:
            lines: Sequence[BankAnswer] = read(content)
        except NotReadable:
            lines, weighed = (), Weighed(open_lines=[_unreadable()])
        else:
            weighed = weigh(lines, await self._known(lines))
        answer = answer_id(digest)
        taken = ReadBankAnswer(
            by=SYSTEM,
            at=at,
            answer=answer,
            file_hash=digest,
            lines=len(lines),
            open_lines=tuple(weighed.open_lines),
        )
        await self.handler.do(
            Act(bank_answer, answer, taken),
            *(Act(payment, one, command) for one, command in weighed.commands),
            context=Context(actor=BANK, correlation=answer),
            once=Once(digest, bytes.fromhex(digest), scope=SCOPE),
        )

    async def _known(self, lines: Sequence[BankAnswer]) -> Known:
        whole = {message: await self._payments_of(message) for message in files(lines)}
        wanted = references(lines).union(*whole.values())
        payments: dict[PaymentId, Payment] = {}
        for one in sorted(wanted):
            state, _ = await self.handler.load(payment, one)
            if state is not None:
                payments[one] = state
        return Known(
            payments=payments,
            files=whole,
            rates=await self._rates(lines, payments.values()),
            at=self.handler.clock.now(),
        )

    async def _payments_of(self, message: str) -> Sequence[PaymentId]:
        file = BankFileId(message.replace("-", "_"))
        state, _ = await self.handler.load(bank_file, file)
        return tuple(each.payment for each in state.payments) if state else ()

    async def _rates(
        self, lines: Sequence[BankAnswer], payments: Any
    ) -> dict[tuple[str, str, date], Rate]:
        days = {line.value_date for line in lines if isinstance(line, BankEntry)}
        days.add(self.handler.clock.now().date())
        pairs = {(p.reserved.currency, p.amount.currency) for p in payments}
        found: dict[tuple[str, str, date], Rate] = {}
        for into, paid in pairs:
            for day in days:
                if into == paid or day is None:
                    continue
                rate = await rate_of(self.view, into, paid, day)
                if rate is not None:
                    found[into, paid, day] = rate
        return found


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


async def listen_to_the_bank(running: Any) -> None:
    """The service's task."""
    folder = LocalBankFolder(bank_root(running.settings.data))
    await Ear(running.handler, running.store.pool, folder).listen()
