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
    IVAN,
    JOZEF,
    LINE,
    MARIA,
    MARTA,
    NOON,
    SELECTED,
    TOMAS,
    USABLE,
    eur,
    iqd,
    mandate,
)
from services.disbursement.tests.test_advances import HALF
from services.disbursement.tests.test_histories import STEPS, World

from disbursement.domain import registry
from disbursement.domain.bank_answer import answer_id
from disbursement.domain.budget_line import BudgetLine, ReserveFunds, budget_line
from disbursement.domain.cash import CancelCash, Cash, cash
from disbursement.domain.cash import Stage as CashStage
from disbursement.domain.commitment import (
    AmendCommitment,
    ApproveAdvance,
    ApproveAmendment,
    CertifyAmendment,
    ClaimAdvance,
    Commitment,
    DropClaim,
    InvoiceStage,
    ReduceOrder,
    RefundBeside,
    UndeliveredLine,
    commitment,
)
from disbursement.domain.commitment import claimed as claimed_rules
from disbursement.domain.commitment.amending import more_of
from disbursement.domain.delegation import Authority
from disbursement.domain.exchange_rate import convert
from disbursement.domain.item_ceiling import CommitOnItem, item_ceiling
from disbursement.domain.payment import MayStop, Payment, payment
from disbursement.domain.payment import Stage as PaymentStage
from disbursement.domain.recovery import (
    ApproveRecovery,
    ApproveRefund,
    InitiateRecovery,
    PayRefund,
    ProposeWriteOff,
    ReceiveRecovery,
    Recovery,
    RejectRecovery,
    SignRefund,
    Stage,
    WithdrawRecovery,
    WriteOff,
    recovery,
    recovery_of,
)
from disbursement.domain.recovery.refunding import WAITS
from disbursement.exports.report import line_of
from disbursement.ledger import Account, post
from disbursement.ledger.book import Booked
from events.handler import Act
from events.money import Money, total
from events.values import CashId, Code, CommitmentId, InvoiceId, PaymentId, PersonId

Acts = tuple[Act[Any, Any, Any], ...]
PAID = (PaymentStage.PAID, PaymentStage.RECONCILED)
MAY = mandate(TOMAS, Authority.APPROVE)


@dataclass
class Wider(World):
    """The same order, what is changed of it, cash on its line, and money that comes back."""

    cashes: list[CashId] = field(default_factory=list)
    sent_back: bool = False
    claims: dict[PaymentId, Money] = field(default_factory=dict)
    """What was asked back of advances while goods were owed for it, and was not let stand."""
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
            cancel = CancelCash(by=HANA, at=NOON, reason=Code("did_not_come"))
            await self.tries(Act(cash, self.cashes[number % len(self.cashes)], cancel))

    async def it_is_claimed_back(self, number: int) -> None:
        if not self.payments:
            return
        one, of = self._one(number), await self._paid(number)
        amount = Money(max(of.amount.minor // (1 + number % 4), 1), "IQD")
        back = Code("back")
        kept = await self._kept(one)
        asked = InitiateRecovery(
            by=HANA, at=NOON, payment=of, amount=amount, reason=back, kept=kept
        )
        claimed = ClaimAdvance(by=HANA, at=NOON, payment=one, amount=amount)
        before = min(amount, (await self.stands()).outstanding)
        if await self.tries(Act(recovery, recovery_of(one), asked), self._order(claimed)):
            was_advance = claimed_rules.advance_of(await self.stands(), one) is not None
            more = before if was_advance else iqd(0)
            self.claims[one] = self.claims.get(one, iqd(0)) + more
        if number % 5:
            await self.the_claim_is_approved(number)

    async def _kept(self, one: PaymentId) -> Money:
        before = claimed_rules.paid_in_place_of(await self.stands(), one)
        states = [(await self.handler.load(recovery, recovery_of(each)))[0] for each in before]
        return total((each.came for each in states if each is not None and each.came), "IQD")

    async def the_claim_is_approved(self, number: int) -> None:
        owed = await self._owed(number)
        if owed is not None:
            approved = ApproveRecovery(by=TOMAS, at=NOON, mandate=MAY, of=await self._paid(number))
            claimed = ClaimAdvance(by=TOMAS, at=NOON, payment=owed.payment, amount=owed.amount)
            await self.tries(Act(recovery, owed.id, approved), self._order(claimed))

    async def the_claim_is_dropped(self, number: int) -> None:
        """Rejected, or withdrawn once it was approved."""
        owed = await self._owed(number)
        if owed is not None:
            why = Code("it_comes")
            withdrawn = WithdrawRecovery(by=TOMAS, at=NOON, of=await self._paid(number), reason=why)
            rejected = RejectRecovery(by=TOMAS, at=NOON, reason=why)
            all_of = DropClaim(by=TOMAS, at=NOON, payment=owed.payment, all_of=owed.owed)
            before = claimed_rules.advance_of(await self.stands(), owed.payment)
            dropped = replace(all_of, all_of=None)
            mistake = replace(withdrawn, by=MARIA, by_mistake=True)
            tried: tuple[Any, ...] = ((withdrawn, all_of), (rejected, dropped))
            for act, drop in tried if owed.received else (*tried, (mistake, dropped)):
                if await self.tries(Act(recovery, owed.id, act), self._order(drop)) and before:
                    self.claims[owed.payment] -= before.claimed_back or iqd(0)

    def _order(self, command: Any) -> Act[Any, Any, Any]:
        return Act(commitment, COMMITMENT, command)

    async def all_of_it_arrives_and_is_invoiced(self, number: int) -> None:
        await self.goods_arrive(9)
        await self.an_invoice_comes(9)
        await self.somebody_asks_to_pay(self.invoices - 1)
        await self.all_sign(len(self.payments) - 1)
        await self.the_file_is_sent(len(self.payments) - 1)
        if number % 2 and self.payments:
            await self.the_bank_says_of(self.payments[-1], 2, more=number % 3)

    async def the_bank_sends_it_back(self, number: int) -> None:
        if self.payments:
            await self.the_bank_says_of(self._one(number), 5)

    async def the_bank_says_of(self, which: PaymentId, said: int, more: int = 0) -> None:
        self.sent_back = self.sent_back or said % 6 == 5
        await super().the_bank_says_of(which, said, more)

    async def what_is_the_vendors_goes_back(self, number: int) -> None:
        owed = await self._owed(number)
        if owed is None or owed.came is None:
            return
        of = await self._paid(number)
        beside = self._order(RefundBeside(by=EVA, at=NOON, invoice=of.invoice, payment=of.id))
        rests: Any = {"at": NOON, "of": of, "stops": MayStop(account=USABLE)}
        approved = ApproveRefund(by=TOMAS, mandate=MAY, **rests)
        await self.tries(Act(recovery, owed.id, approved), beside)
        for who in (MARTA, IVAN):
            signed = SignRefund(by=who, mandate=mandate(who, Authority.SIGN), search=None, **rests)
            await self.tries(Act(recovery, owed.id, signed), beside)
        line: Any = {"answer": answer_id(DOCUMENT), "line": 99, "amount": owed.came}
        went = PayRefund(by=HANA, search=None, **line, **rests)
        await self.tries(Act(recovery, owed.id, went), beside)

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
            give_up = WriteOff(by=TOMAS, at=NOON, mandate=MAY, of=await self._paid(number))
            await self.tries(Act(recovery, owed.id, give_up))

    async def _paid(self, number: int) -> Payment:
        of, _ = await self.handler.load(payment, self._one(number))
        assert of is not None, "it was paid"
        return of

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
        assert of.bound <= of.amount
        if not self.sent_back:
            self._nothing_is_set_off_against_what_is_asked_back(of)
        await self._the_vendor_has_no_more_than_the_order(of)
        await self._the_vendor_is_not_out_of_money(of)
        await self._the_books_balance(line)
        await self._nothing_after_the_end()

    async def _cashes(self) -> list[Cash]:
        states = [(await self.handler.load(cash, each))[0] for each in self.cashes]
        return [each for each in states if each is not None]

    async def _the_books_balance(self, line: BudgetLine) -> None:
        """After every fact: each commitment's book by itself, and all of them together."""
        books: dict[str, Any] = {}
        balance = dict.fromkeys(Account, eur(0))
        for entry in await self.store.read(0, 10_000):
            event = registry.read(entry.envelope)
            if not isinstance(event, get_args(Booked)):
                continue
            whose = getattr(event, "commitment", None) or event.cash
            books[whose], postings = post(books.get(whose), event)
            for posting in postings:
                balance[posting.account] += posting.amount
            assert total(balance.values(), "EUR") == eur(0), event
            assert balance[Account.ADVANCE] >= eur(0), event
            assert balance[Account.WRITTEN_OFF] >= eur(0), event
        assert balance[Account.COMMITMENTS] == -balance[Account.RESERVE] >= eur(0)
        row = line_of(line, balance)
        kept = (row.earmarked, row.committed, row.expense, row.owed_back, row.given_up)
        assert total((*kept, row.left_over, row.available), "EUR") == row.ceiling
        out = -balance[Account.BANK] - balance[Account.CASH]
        assert out == line.spent + line.exchange_difference
        await self._owed_either_way(balance)

    async def _owed_either_way(self, balance: dict[Account, Money]) -> None:
        """By the vendor what was approved and did not come, and what was paid twice; by us what
        the vendor's refund comes to, and more.
        """
        assert balance[Account.RECEIVABLE] >= eur(0)
        refunds = [each.came_to for each in await self._recoveries() if each.stage in WAITS]
        assert -balance[Account.PAYABLE] >= total(refunds, "EUR")
        of = await self.stands()
        if not self.sent_back:
            asked = [e.payment for e in await self._recoveries() if e.stage is Stage.INITIATED]
            claims = [i.claimed_back for i in of.invoices if i.payment in asked]
            waits = total((each for each in claims if each), "IQD")
            worth = convert(of.outstanding + waits, "EUR", of.rate)
            assert balance[Account.ADVANCE] == worth

    def _nothing_is_set_off_against_what_is_asked_back(self, of: Commitment) -> None:
        """What a vendor owes in money it does not owe in goods as well."""
        advances = [i.payable for i in of.invoices if i.advance and i.stage is InvoiceStage.SETTLED]
        set_off = [i.set_off for i in of.invoices if i.stands]
        taken = total((each for each in set_off if each), "IQD")
        paid = total((each for each in advances if each), "IQD")
        assert taken + total(self.claims.values(), "IQD") <= paid

    async def _the_vendor_has_no_more_than_the_order(self, of: Commitment) -> None:
        """What was paid and did not come back, but for what was paid twice by the bank."""
        if any(each.again for each in of.executions.done):
            return
        states = [(await self.handler.load(payment, each))[0] for each in self.payments]
        paid = [each.amount for each in states if each is not None and each.stage in PAID]
        back = [each.came for each in await self._recoveries() if each.came is not None]
        assert total(paid, "IQD") - total(back, "IQD") <= of.amount

    async def _the_vendor_is_not_out_of_money(self, of: Commitment) -> None:
        """Of no invoice that is settled the vendor paid back more than was paid, all together."""
        settled = {each.id for each in of.invoices if each.stage is InvoiceStage.SETTLED}
        balance = dict.fromkeys(settled, iqd(0))
        for each in self.payments:
            paid, _ = await self.handler.load(payment, each)
            back, _ = await self.handler.load(recovery, recovery_of(each))
            if paid is not None and paid.invoice in settled:
                came = back.came if back is not None else None
                held = paid.amount if paid.stage in PAID else iqd(0)
                balance[paid.invoice] += held - (came or iqd(0))
        assert all(each >= iqd(0) for each in balance.values()), balance

    async def _recoveries(self) -> list[Recovery]:
        found = [
            (await self.handler.load(recovery, recovery_of(each)))[0] for each in self.payments
        ]
        return [each for each in found if each is not None]


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
    Wider.the_claim_is_approved,
    Wider.the_claim_is_dropped,
    Wider.all_of_it_arrives_and_is_invoiced,
    Wider.the_bank_sends_it_back,
    Wider.what_is_the_vendors_goes_back,
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
CLAIMED = (*ADVANCED, (Wider.it_is_claimed_back, 3))
"""And is asked for a part of it back."""
HALF_COMES = ((Wider.it_is_claimed_back, 1), (Wider.some_of_it_comes, 3))
ANEW = (
    *LUCKY,
    *HALF_COMES,
    (Wider.the_bank_sends_it_back, 0),
    (World.somebody_asks_to_pay, 0),
    (World.all_sign, 1),
    (World.the_file_is_sent, 1),
    (World.the_bank_says, 7),
)
"""A vendor paid a half back, the bank sent back all of it, and it is paid once more."""


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.sampled_from((LUCKY, ADVANCED, CLAIMED, ANEW, ())), steps)
def test_what_holds_after_every_step(first: Any, more: list[tuple[Taken, int]]) -> None:
    play((*first, *more))


def play(taken: Any, world: Wider | None = None) -> Wider:
    world = world or Wider()

    async def go() -> None:
        await world.begins()
        for step, number in taken:
            await step(world, number)
            await world.holds()

    asyncio.run(go())
    return world


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
    lost = play((*LUCKY, (Wider.it_is_claimed_back, 4), (Wider.the_rest_is_given_up, 0)))
    assert "recovery_written_off" in told(lost)
    arrived = (Wider.all_of_it_arrives_and_is_invoiced, 1)
    beside = play((*CLAIMED, arrived, (Wider.some_of_it_comes, 0), arrived))
    assert told(beside) >= {"advance_claimed", "recovery_received", "advance_cleared"}
    dropped = play((*CLAIMED, arrived, (Wider.the_claim_is_dropped, 0)))
    assert told(dropped) >= {"advance_claim_dropped", "recovery_withdrawn", "advance_cleared"}
    mistaken = play((*LUCKY, (Wider.it_is_claimed_back, 1), (Wider.the_claim_is_dropped, 0)))
    assert "recovery_withdrawn" in told(mistaken)
    returned = (*CLAIMED, (Wider.some_of_it_comes, 0), (Wider.the_bank_sends_it_back, 0))
    theirs = play((*returned, (Wider.what_is_the_vendors_goes_back, 0)))
    assert told(theirs) >= {"refund_owed", "refund_approved", "refund_signed", "refund_paid"}


def test_paid_anew_no_more_comes_than_the_vendor_has_of_both() -> None:
    """A half is claimed and comes, the bank sends all of it back, and it is paid once more."""
    world = play((*ANEW, *HALF_COMES, *HALF_COMES))
    entries = asyncio.run(world.store.read(0, 10_000))
    received = [each for each in entries if "recovery_received" in each.envelope.type]
    assert len(received) == 2, "a half of the first, a half of the second, and nothing is left"
    assert "returned_paid_anew" in told(world)
