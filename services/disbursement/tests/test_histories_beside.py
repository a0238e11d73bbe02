"""What else happens beside orders and payments: amendments, advances, cash, money owed back.

The same things hold after every step as in `test_histories.py`; cash and what is owed back are
counted with them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from services.disbursement.tests import commitment_asks, test_cash
from services.disbursement.tests.people import (
    COMMITMENT,
    DOCUMENT,
    EVA,
    HANA,
    ITEM,
    JOZEF,
    LINE,
    NOON,
    SELECTED,
    TOMAS,
    eur,
    iqd,
    mandate,
)
from services.disbursement.tests.test_advances import HALF
from services.disbursement.tests.test_histories import STEPS, World

from disbursement.domain import registry
from disbursement.domain.bank_answer import answer_id
from disbursement.domain.budget_line import BudgetLine, ReserveFunds, budget_line
from disbursement.domain.cash import CancelCash, Cash, CashId, cash
from disbursement.domain.cash import Stage as CashStage
from disbursement.domain.commitment import (
    AmendCommitment,
    ApproveAdvance,
    ApproveAmendment,
    CertifyAmendment,
    Commitment,
    ReduceOrder,
    UndeliveredLine,
    commitment,
)
from disbursement.domain.commitment.amending import more_of
from disbursement.domain.delegation import Authority
from disbursement.domain.item_ceiling import CommitOnItem, item_ceiling
from disbursement.domain.payment import payment
from disbursement.domain.recovery import (
    ApproveRecovery,
    InitiateRecovery,
    ProposeWriteOff,
    ReceiveRecovery,
    Recovery,
    RecoveryApproved,
    RecoveryReceived,
    RecoveryStopped,
    RecoveryWrittenOff,
    WriteOff,
    recovery,
    recovery_of,
)
from disbursement.ledger import Account, post
from disbursement.ledger.book import Booked
from events.handler import Act
from events.money import Money, total
from events.values import Code, CommitmentId, InvoiceId, PersonId

Acts = tuple[Act[Any, Any, Any], ...]
OWED_BACK = RecoveryApproved | RecoveryReceived | RecoveryWrittenOff | RecoveryStopped


@dataclass
class Wider(World):
    """The same order, what is changed of it, cash on its line, and money that comes back."""

    cashes: list[CashId] = field(default_factory=list)
    credits: int = 0

    # What may happen

    async def it_is_amended(self, number: int) -> None:
        of = await self.stands()
        lines = of.order.lines if of.order else ()
        sacks = 10 + number % 3
        changed = tuple(replace(o, quantity=sacks) if o.line == 2 else o for o in lines)
        amount = total((o.unit_price * o.quantity for o in changed), "IQD")
        amend = AmendCommitment(
            by=HANA,
            at=NOON,
            amount=amount,
            lines=changed,
            deliver_by=None,
            reason=Code("more_needed"),
            plan=commitment_asks.request().plan,
            selection=replace(SELECTED, amount=iqd(2_000_000)),
            funding=commitment_asks.request().funding,
        )
        await self.tries(Act(commitment, COMMITMENT, amend))
        certify = CertifyAmendment(by=JOZEF, at=NOON, mandate=mandate(JOZEF, Authority.CERTIFY))
        await self.tries(Act(commitment, COMMITMENT, certify))
        waits = (await self.stands()).amendment
        if waits is not None and number % 4:
            await self._amendment_is_approved(await self.stands(), waits.number, waits.amount)

    async def _amendment_is_approved(self, of: Commitment, number: int, amount: Money) -> None:
        more = more_of(of, amount)
        agree = ApproveAmendment(
            by=EVA, at=NOON, amendment=number, mandate=mandate(EVA, Authority.APPROVE)
        )
        await self.tries(Act(commitment, COMMITMENT, agree), *self._funds(EVA, COMMITMENT, more))

    async def something_will_not_come(self, number: int) -> None:
        off = UndeliveredLine(line=2, quantity=1 + number % 3)
        reduce = ReduceOrder(by=HANA, at=NOON, lines=(off,), reason=Code("not_needed"))
        await self.tries(Act(commitment, COMMITMENT, reduce))

    async def something_is_advanced(self, number: int) -> None:
        self.invoices += 1
        bill = commitment_asks.bill(10, invoice=InvoiceId(f"inv_{self.invoices}"), pro_forma=True)
        await self.tries(Act(commitment, COMMITMENT, bill))
        advance = ApproveAdvance(
            by=EVA,
            at=NOON,
            invoice=bill.invoice,
            amount=iqd(100_000 * (1 + number % 7)),
            rule=HALF,
            mandate=mandate(EVA, Authority.APPROVE),
        )
        await self.tries(Act(commitment, COMMITMENT, advance))

    async def cash_is_asked_for(self, number: int) -> None:
        new = CashId(f"csh_{len(self.cashes) + 1}")
        ask = replace(test_cash.ask, cash=new, amount=iqd(70_000 * (1 + number % 3)))
        worth = eur(50 * (1 + number % 3))
        if await self.tries(Act(cash, new, ask), *self._funds(HANA, CommitmentId(new), worth)):
            self.cashes.append(new)

    async def cash_goes_on(self, number: int) -> None:
        if self.cashes:
            one = self.cashes[number % len(self.cashes)]
            for ask in (test_cash.approve, test_cash.hand_over, test_cash.confirm)[
                : 1 + number % 3
            ]:
                await self.tries(Act(cash, one, ask))

    async def cash_is_given_up(self, number: int) -> None:
        if self.cashes:
            one = self.cashes[number % len(self.cashes)]
            cancel = CancelCash(by=HANA, at=NOON, reason=Code("did_not_come"))
            await self.tries(Act(cash, one, cancel))

    async def it_is_claimed_back(self, number: int) -> None:
        if not self.payments:
            return
        one = self._one(number)
        of, _ = await self.handler.load(payment, one)
        assert of is not None
        amount = Money(max(of.amount.minor // (1 + number % 4), 1), "IQD")
        asked = InitiateRecovery(by=HANA, at=NOON, payment=of, amount=amount, reason=Code("back"))
        await self.tries(Act(recovery, recovery_of(one), asked))
        approved = ApproveRecovery(by=TOMAS, at=NOON, mandate=mandate(TOMAS, Authority.APPROVE))
        await self.tries(Act(recovery, recovery_of(one), approved))

    async def some_of_it_comes(self, number: int) -> None:
        owed = await self._owed(number)
        if owed is not None and owed.owed.minor > 0:
            self.credits += 1
            came = ReceiveRecovery(
                by=HANA,
                at=NOON,
                answer=answer_id(DOCUMENT),
                line=self.credits,
                amount=Money(max(owed.owed.minor // (1 + number % 3), 1), "IQD"),
            )
            await self.tries(Act(recovery, owed.id, came))

    async def the_rest_is_given_up(self, number: int) -> None:
        owed = await self._owed(number)
        if owed is not None:
            propose = ProposeWriteOff(by=HANA, at=NOON, reason=Code("vendor_closed"))
            await self.tries(Act(recovery, owed.id, propose))
            give_up = WriteOff(by=TOMAS, at=NOON, mandate=mandate(TOMAS, Authority.APPROVE))
            await self.tries(Act(recovery, owed.id, give_up))

    async def _owed(self, number: int) -> Recovery | None:
        if not self.payments:
            return None
        state, _ = await self.handler.load(recovery, recovery_of(self._one(number)))
        return state

    def _funds(
        self, by: PersonId, of: CommitmentId, amount: Money
    ) -> tuple[Act[Any, Any, Any], ...]:
        if not amount:
            return ()
        on_item = CommitOnItem(
            by=by, at=NOON, item=ITEM, ceiling=eur(2000), commitment=of, amount=amount
        )
        reserve = ReserveFunds(by=by, at=NOON, line=LINE, commitment=of, amount=amount)
        return Act(item_ceiling, ITEM, on_item), Act(budget_line, LINE, reserve)

    # What holds

    async def holds(self) -> None:
        line, of = await self.line(), await self.stands()
        under_way = (CashStage.REQUESTED, CashStage.APPROVED, CashStage.HANDED_OVER)
        cashes = await self._cashes()
        waiting = total((each.reserved for each in cashes if each.stage in under_way), "EUR")
        assert eur(0) <= of.reserved
        assert of.reserved + waiting == line.reserved
        assert eur(0) <= line.spent
        assert line.reserved + line.spent <= line.ceiling
        assert of.outstanding >= iqd(0)
        assert of.taken <= of.amount
        await self._the_books_balance(line)
        await self._nothing_after_the_end()

    async def _cashes(self) -> list[Cash]:
        states = [(await self.handler.load(cash, each))[0] for each in self.cashes]
        return [each for each in states if each is not None]

    async def _the_books_balance(self, line: BudgetLine) -> None:
        """After every fact: each commitment's book by itself, and all of them together."""
        books: dict[str, Any] = {}
        balance = dict.fromkeys(Account, eur(0))
        owed = eur(0)
        for entry in await self.store.read(0, 10_000):
            event = registry.read(entry.envelope)
            if not isinstance(event, get_args(Booked)):
                continue
            whose = getattr(event, "commitment", None) or event.cash
            books[whose], postings = post(books.get(whose), event)
            for posting in postings:
                balance[posting.account] += posting.amount
                if isinstance(event, OWED_BACK) and posting.account is Account.RECEIVABLE:
                    owed += posting.amount
            assert total(balance.values(), "EUR") == eur(0), event
        assert balance[Account.COMMITMENTS] == -balance[Account.RESERVE] >= eur(0)
        lost = balance[Account.WRITTEN_OFF]
        out = -balance[Account.BANK] - balance[Account.CASH] - balance[Account.RECEIVABLE] + owed
        assert out == line.spent + line.exchange_difference, lost


Taken = Callable[[Wider, int], Any]
BESIDE: tuple[Taken, ...] = (
    *STEPS[:7],
    Wider.it_is_amended,
    Wider.something_will_not_come,
    Wider.something_is_advanced,
    Wider.cash_is_asked_for,
    Wider.cash_goes_on,
    Wider.cash_is_given_up,
    Wider.it_is_claimed_back,
    Wider.some_of_it_comes,
    Wider.the_rest_is_given_up,
)
steps = st.lists(st.tuples(st.sampled_from(BESIDE), st.integers(0, 59)), max_size=20)
LUCKY = (
    (World.goods_arrive, 9),
    (World.an_invoice_comes, 9),
    (World.somebody_asks_to_pay, 0),
    (World.all_sign, 0),
    (World.the_file_is_sent, 0),
    (World.the_bank_says, 6),
)
"""A vendor is paid for goods."""
ADVANCED = ((Wider.something_is_advanced, 6), *LUCKY[2:])
"""A vendor is paid half of the order on an offer."""


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.sampled_from((LUCKY, ADVANCED, ())), steps)
def test_what_holds_after_every_step(first: Any, more: list[tuple[Taken, int]]) -> None:
    play((*first, *more))


def play(taken: Any) -> Wider:
    async def go() -> Wider:
        world = Wider()
        await world.begins()
        for step, number in taken:
            await step(world, number)
            await world.holds()
        return world

    return asyncio.run(go())


def told(world: Wider) -> set[str]:
    entries = asyncio.run(world.store.read(0, 10_000))
    return {entry.envelope.type.split(".")[1] for entry in entries}


def test_the_histories_do_come_to_all_of_it() -> None:
    """So that what holds is not said of nothing."""
    amended = play(((Wider.it_is_amended, 1), (Wider.something_will_not_come, 1)))
    assert told(amended) >= {"amendment_requested", "commitment_amended"}
    given = play(((Wider.cash_is_asked_for, 1), (Wider.cash_goes_on, 2)))
    assert "cash_hand_over_confirmed" in told(given)
    back = play((*ADVANCED, (Wider.it_is_claimed_back, 1), (Wider.some_of_it_comes, 1)))
    assert told(back) >= {"advance_approved", "recovery_received", "recovered_funds_placed"}
    lost = play((*LUCKY, (Wider.it_is_claimed_back, 0), (Wider.the_rest_is_given_up, 0)))
    assert "recovery_written_off" in told(lost)
