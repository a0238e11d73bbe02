"""A sealed file leaves when nothing stands for which one of its payments would wait.

Between the writing of a file and its handing over there may be days, when who carries the money is
away. So all that was asked when its payments were put in it is asked again in the moment before it
leaves, and the append that lets it leave binds what was told until then. What is wrong has the file
refused: that payment is held, and the others may go into another file.

Where a provider of mobile money had declined a payment of the same order, it is asked freshly what
became of that: as long as it is not known to have come to nothing, nothing is paid anew.

Each rail leaves by itself: one that is away keeps no other waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from disbursement.bank.instruct import SealBroken
from disbursement.bank.listen import hash_of
from disbursement.domain.bank_file import (
    BankFile,
    Fault,
    LetBankFileLeave,
    Stage,
    StopBankFile,
    bank_file,
)
from disbursement.domain.news import LookAtNews, Subject, news, news_of
from disbursement.domain.payment import (
    Payment,
    PutPaymentInFile,
    Reason,
    end_to_end_id,
    may_leave,
    payment,
    waits_for,
)
from disbursement.domain.screened import (
    NotScreenedSinceApproval,
    NotSearchedSinceList,
    SearchTooOld,
)
from disbursement.gateways import Gateways
from disbursement.mobile_money import orders
from disbursement.standing import put_in
from disbursement.views import HEAR_OTHERS, lists
from disbursement.views.reached import Seen, seen
from events.decider import Decider, Rejected, State
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.ports import Conflict, Unavailable
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, Code, PaymentId

LOOK_EVERY_SECONDS = 0.5
SENDER = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("rail"),
)
UNCLEAR = (NotScreenedSinceApproval, NotSearchedSinceList, SearchTooOld)
"""The vendor was not found clear on the sanctions lists lately enough."""

S = TypeVar("S", bound=State)
Wrong = dict[PaymentId, Reason | None]
"""The payments that are not to leave now; None: what is wrong passes without a person."""


@dataclass(frozen=True)
class Written:
    """A sealed file that nobody outside is known to have whole, and its content."""

    file: BankFile
    content: bytes
    rail: Code | None
    """Who carries the money: the bank (None), or the provider of that name."""


async def _nobody_else() -> None:
    """A bank's folder is there."""


@dataclass(frozen=True)
class Gate:
    """Lets files leave."""

    handler: Handler
    view: Connection
    gateways: Gateways

    async def send_to_the_bank(self) -> None:
        """Let each of its files leave that may. One that is broken is told after the rest."""
        broken: list[SealBroken] = []
        for file in await self.waited():
            try:
                written = await self.written(file)
            except SealBroken as error:
                broken.append(error)
                continue
            if written.rail is None and file.stage is Stage.SEALED:
                await self.opens(written)
        if broken:
            raise broken[0]

    async def waited(self) -> list[BankFile]:
        """Those sealed so long ago that what the rules find of their payments has come."""
        until = self.handler.clock.now() - self.gateways.files_wait
        unsent = await lists.unsent_files(self.view)
        return [each for each in unsent if each.sealed_at is None or each.sealed_at <= until]

    async def written(self, file: BankFile) -> Written:
        """`SealBroken`."""
        content = await asyncio.to_thread(self.gateways.bank.sealed, file.id)
        if content is None or hash_of(content) != file.file_hash:
            raise SealBroken(file.id)
        rail = Code(orders.read(content).provider) if orders.is_orders(content) else None
        return Written(file, content, rail)

    async def opens(
        self, written: Written, reach: Callable[[], Awaitable[None]] = _nobody_else
    ) -> bool:
        """Whether it leaves now. `reach`: who carries the money is there; `Unavailable`."""
        file = written.file
        wrong, reached = await self._wrong(file)
        if not wrong:
            await reach()
            asked, wrong = await self._not_known(file)
            if not wrong and (asked or written.rail is not None):  # that took a while
                wrong, reached = await self._wrong(file)
        if wrong:
            await self._stop(file, wrong)
            return False
        return await self._let(written, reached)

    async def _let(self, written: Written, reached: Seen) -> bool:
        """False: something came between; it is looked at again."""
        file, now = written.file, self.handler.clock.now()
        assert file.file_hash is not None, "it is sealed"
        leaves = LetBankFileLeave(by=SYSTEM, at=now, file_hash=file.file_hash, rail=written.rail)
        looks = LookAtNews(by=SYSTEM, at=now, seen=reached)
        subjects = [each for one in file.payments for each in await self._rests_on(one.payment)]
        binds = (Act(news, news_of(each), looks) for each in dict.fromkeys(subjects))
        try:
            await self.does(file, Act(bank_file, file.id, leaves), *binds)
        except (Rejected, Conflict):
            return False
        return True

    async def does(self, file: BankFile, *acts: Act[Any, Any, Any]) -> None:
        await self.handler.do(*acts, context=Context(actor=SENDER, correlation=file.id))

    async def state(self, decider: Decider[Any, S, Any], stream: str) -> tuple[S | None, int]:
        return await self.handler.load(decider, stream)

    async def _rests_on(self, one: PaymentId) -> tuple[Subject, ...]:
        state, _ = await self.handler.load(payment, one)
        assert state is not None, "it was put in the file"
        return state.vendor, state.case, state.item, state.account

    async def _wrong(self, file: BankFile) -> tuple[Wrong, Seen]:
        """And up to where what others told was known when it was asked."""
        reached = await seen(self.view, HEAR_OTHERS, self.handler.clock)
        now, wrong = self.handler.clock.now(), Wrong()
        for each in file.payments:
            of, _ = await self.handler.load(payment, each.payment)
            assert of is not None, "it was put in the file"
            asked = await put_in(of, file.id, by=SYSTEM, at=now, load=self, view=self.view)
            try:
                may_leave(asked, of)
            except Rejected as refusal:
                wrong[of.id] = _reason(refusal, asked, of)
        return wrong, reached

    async def _not_known(self, file: BankFile) -> tuple[bool, Wrong]:
        """Those whose order has a request that is not known to have come to nothing; and whether
        any provider was asked.
        """
        earlier = await lists.declined_before(self.view, [each.payment for each in file.payments])
        found = [each for each in earlier if not await self._came_to_nothing(each)]
        return bool(earlier), dict.fromkeys((f.payment for f in found), Reason.EARLIER_UNKNOWN)

    async def _came_to_nothing(self, earlier: lists.Declined) -> bool:
        """What was carried out after all is taken in like any answer."""
        provider = self.gateways.providers.get(earlier.provider)
        if provider is None:
            return False
        try:
            answer = await provider.ask(end_to_end_id(earlier.declined))
        except Unavailable:
            return False
        if answer is None or answer.came_to_nothing:
            return True
        if answer.is_final:
            await asyncio.to_thread(self.gateways.bank.lay, answer.name, answer.content())
        return False

    async def _stop(self, file: BankFile, wrong: Wrong) -> None:
        faults = tuple(
            Fault(payment=one, reason=reason.code) for one, reason in wrong.items() if reason
        )
        stopped = StopBankFile(by=SYSTEM, at=self.handler.clock.now(), faults=faults)
        await self.does(file, Act(bank_file, file.id, stopped))


def _reason(refusal: Rejected, asked: PutPaymentInFile, of: Payment) -> Reason | None:
    if isinstance(refusal, UNCLEAR):
        return Reason.NOT_CLEAR_ON_LISTS
    return waits_for(of, asked.standing, asked.at)


async def send_to_the_bank(running: Any) -> None:
    """The service's task."""
    gate = Gate(running.handler, running.store.pool, running.gateways)
    while True:
        await gate.send_to_the_bank()
        await running.clock.sleep(LOOK_EVERY_SECONDS)
