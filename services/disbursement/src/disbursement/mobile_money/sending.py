"""The requests of a file are put to their provider, once it answers and nothing stands against one.

A provider that is away, or takes nothing from us because our key is none any more, has the file
stay where it can be stopped. Once a request is on its way, the file has left: after a lost answer
the same requests are put again, and those that came have come.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from disbursement.bank.instruct import SealBroken
from disbursement.bank.leaving import LOOK_EVERY_SECONDS, Gate, Written
from disbursement.domain.bank_file import (
    BankFile,
    KeepBankFileBack,
    RecordSending,
    Stage,
    bank_file,
)
from disbursement.domain.payment import RecordInstruction, payment
from disbursement.gateways import Gateways, MobileMoney
from disbursement.mobile_money import orders
from disbursement.mobile_money.orders import Order
from disbursement.mobile_money.provider import NotAuthorised
from events.handler import Act
from events.ports import Unavailable
from events.values import SYSTEM

FIRST_AGAIN = timedelta(seconds=30)
SELDOM_AGAIN = timedelta(minutes=15)


class NotTaken(Unavailable):
    """The provider took nothing of a file from us the last time; it is put again later."""


@dataclass(frozen=True)
class Carrier:
    """One provider's."""

    gate: Gate
    provider: MobileMoney

    async def send(self) -> None:
        """Whatever goes wrong with one file is told after the others were looked at, but for a
        provider that is away: it is away for all.
        """
        for file in await self.gate.waited():
            try:
                written = await self.gate.written(file)
            except SealBroken:
                continue  # told where the bank's files leave
            if written.rail == self.provider.wallets.provider:
                await self._send(written)

    async def _send(self, written: Written) -> None:
        asked = orders.read(written.content).orders
        if written.file.stage is Stage.SEALED:
            self._must_be_due(written.file)

            async def reach() -> None:
                await self._which_came(asked)

            if not await self.gate.opens(written, reach):
                return
        try:
            await self._put(asked)
        except NotAuthorised:
            if not any(await self._which_came(asked)):
                await self._keep_back(written.file)
            raise
        await self._record(written.file)

    def _must_be_due(self, file: BankFile) -> None:
        """`NotTaken`."""
        if file.kept_back_at is not None:
            wait = min(FIRST_AGAIN * 2 ** min(file.kept_back - 1, 10), SELDOM_AGAIN)
            if self.gate.handler.clock.now() < file.kept_back_at + wait:
                raise NotTaken(file.id)

    async def _which_came(self, asked: Sequence[Order]) -> list[bool]:
        """`Unavailable`."""
        return [await self.provider.ask(each.reference) is not None for each in asked]

    async def _put(self, asked: Sequence[Order]) -> None:
        """What the provider answers is laid where the bank's answers are. `Unavailable`.

        Silence about one keeps no other waiting; silence about the next one too is for all.
        """
        silent: Unavailable | None = None
        last: Unavailable | None = None
        for order in asked:
            try:
                answer = await self.provider.pay(order)
            except NotAuthorised:
                raise
            except Unavailable as silence:
                if last is not None:
                    raise
                silent = last = silence
            else:
                last = None
                await asyncio.to_thread(self.gate.gateways.bank.lay, answer.name, answer.content())
        if silent is not None:
            raise silent

    async def _keep_back(self, file: BankFile) -> None:
        kept = KeepBankFileBack(by=SYSTEM, at=self.gate.handler.clock.now())
        await self.gate.does(file, Act(bank_file, file.id, kept))

    async def _record(self, file: BankFile) -> None:
        at, file_hash = self.gate.handler.clock.now(), file.file_hash
        assert file_hash is not None, "it is sealed"
        sent = RecordSending(by=SYSTEM, at=at, file_hash=file_hash)
        instructed = RecordInstruction(by=SYSTEM, at=at, file=file.id, file_hash=file_hash)
        await self.gate.does(
            file,
            Act(bank_file, file.id, sent),
            *(Act(payment, each.payment, instructed) for each in file.payments),
        )


def carriers(gate: Gate) -> list[Carrier]:
    """One for each provider."""
    return [Carrier(gate, each) for each in gate.gateways.providers.values()]


async def send_to_providers(running: Any) -> None:
    """The service's task: each provider by itself."""
    gateways: Gateways = running.gateways
    each_by_itself = carriers(Gate(running.handler, running.store.pool, gateways))
    while each_by_itself:
        sending = (each.send() for each in each_by_itself)
        for failure in await asyncio.gather(*sending, return_exceptions=True):
            if isinstance(failure, BaseException):
                raise failure
        await running.clock.sleep(LOOK_EVERY_SECONDS)
