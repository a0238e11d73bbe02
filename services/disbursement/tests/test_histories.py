"""Whatever people and the bank do, in whatever order: these things hold after every step."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from services.disbursement.tests import commitment_asks, payment_asks
from services.disbursement.tests.people import (
    CASE,
    COMMITMENT,
    DALIA,
    DOCUMENT,
    EVA,
    EVIDENCE,
    FILE,
    GRANT,
    HANA,
    ITEM,
    IVAN,
    JOZEF,
    LINA,
    LINE,
    MARIA,
    MARTA,
    NADIA,
    NOON,
    OVENS,
    RATE,
    TODAY,
    TOMAS,
    USABLE,
    eur,
    iqd,
    signed,
)

from disbursement.domain import registry
from disbursement.domain.budget_line import (
    BudgetLine,
    ConfirmCeiling,
    EstablishBudgetLine,
    ReserveFunds,
    budget_line,
)
from disbursement.domain.commitment import (
    CancelCommitment,
    Commitment,
    Condition,
    DisputeDelivery,
    DisputedLine,
    DisputeReason,
    InvoicedLine,
    InvoiceStage,
    Outcome,
    ReceivedLine,
    RecordDelivery,
    RecordInvoice,
    ResolveDispute,
    SubmitInvoice,
    commitment,
)
from disbursement.domain.exchange_rate import convert
from disbursement.domain.invoice_number import InvoiceNumber
from disbursement.domain.item_ceiling import CommitOnItem, item_ceiling
from disbursement.domain.payment import (
    BEFORE_THE_FILE,
    CancelPayment,
    HoldPayment,
    RecordAcceptance,
    RecordExecution,
    RecordInstruction,
    RecordRejection,
    RecordReturn,
    RequestPayment,
    Standing,
    TakePaymentOutOfFile,
    payment,
)
from disbursement.ledger import Account, post
from disbursement.ledger.book import Booked
from disbursement.policies import policies
from events.decider import Rejected
from events.delivery.consume import Ear, Reaction
from events.delivery.memory import MemoryTracking
from events.delivery.ports import Watch
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.memory import FixedClock, MemoryStore, SeededIds
from events.money import Money, total
from events.values import SYSTEM, Code, InvoiceId, PaymentId, PersonId, ReceiptId

LAST_WORDS = {"payment_cancelled", "payment_returned"}


@dataclass
class World:
    """One commitment, its funds and its payments, and everybody who may act on them."""

    store: MemoryStore = field(default_factory=MemoryStore)
    tracking: MemoryTracking = field(default_factory=MemoryTracking)
    invoices: int = 0
    receipts: int = 0
    payments: list[PaymentId] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.handler = Handler(registry, self.store, FixedClock(), SeededIds())

    async def tries(self, *acts: Act[Any, Any, Any]) -> bool:
        """Somebody acts; whether it was allowed. What follows by policy follows."""
        by = acts[0].command.by
        actor = Actor(id=by, role=Code("x"), organisation=Code("iom"))
        try:
            await self.handler.do(*acts, context=Context(actor=actor, correlation="c"))
        except Rejected:
            return False
        await self.settle()
        return True

    async def settle(self) -> None:
        ear = Ear("disbursement", registry)
        seen = 0
        while (entries := await self.store.read(0, 10_000)) and len(entries) > seen:
            seen = len(entries)
            for policy in policies:

                async def react(fact: Any, policy: Any = policy) -> list[Any]:
                    return list(policy.react(fact))

                await Reaction(policy.name, react, ear, self.handler, self.tracking, Watch()).take(
                    entries
                )

    async def line(self) -> BudgetLine:
        state, _ = await self.handler.load(budget_line, LINE)
        assert state is not None
        return state

    async def stands(self) -> Commitment:
        state, _ = await self.handler.load(commitment, COMMITMENT)
        assert state is not None
        return state

    async def begins(self) -> None:
        """An order for an oven and ten sacks of flour is with the vendor."""
        establish = EstablishBudgetLine(
            by=MARIA,
            at=NOON,
            line=LINE,
            grant=GRANT,
            currency=Code("EUR"),
            category=Code("business_start"),
            ceiling=eur(1500),
        )
        confirm = ConfirmCeiling(by=TOMAS, at=NOON, line=LINE, ceiling=eur(1500))
        assert await self.tries(Act(budget_line, LINE, establish))
        assert await self.tries(Act(budget_line, LINE, confirm))
        reserve = ReserveFunds(by=HANA, at=NOON, line=LINE, commitment=COMMITMENT, amount=eur(1000))
        on_item = CommitOnItem(
            by=HANA, at=NOON, item=ITEM, ceiling=eur(2000), commitment=COMMITMENT, amount=eur(1000)
        )
        assert await self.tries(
            Act(commitment, COMMITMENT, commitment_asks.request()),
            Act(item_ceiling, ITEM, on_item),
            Act(budget_line, LINE, reserve),
        )
        for ask in (
            commitment_asks.certify(JOZEF),
            commitment_asks.approve(EVA),
            commitment_asks.issue(),
        ):
            assert await self.tries(Act(commitment, COMMITMENT, ask))

    # What may happen, with a number that says how much or which

    async def goods_arrive(self, number: int) -> None:
        self.receipts += 1
        lines = [ReceivedLine(line=2, quantity=1 + number % 10, condition=Condition.GOOD)]
        if number % 3 == 0:
            lines.append(ReceivedLine(line=1, quantity=1, condition=Condition.GOOD))
        delivery = RecordDelivery(
            by=DALIA,
            at=NOON,
            receipt=ReceiptId(f"rec_{self.receipts}"),
            lines=tuple(lines),
            date=TODAY,
            confirmation=signed(ReceiptId(f"rec_{self.receipts}")),
        )
        await self.tries(Act(commitment, COMMITMENT, delivery))

    async def a_delivery_is_disputed(self, number: int) -> None:
        receipts = (await self.stands()).receipts
        if not receipts:
            return
        of = receipts[number % len(receipts)]
        lines = (DisputedLine(line=2, quantity=1 + number % 3),)
        reason = DisputeReason.DAMAGED
        disputed = DisputeDelivery(by=LINA, at=NOON, receipt=of.id, reason=reason, lines=lines)
        held = HoldPayment(by=LINA, at=NOON, reason=Code("delivery_disputed"))
        called_back, _ = await self.paying()
        holds = [Act(payment, each, held) for each in called_back]
        await self.tries(Act(commitment, COMMITMENT, disputed), *holds)

    async def a_dispute_is_settled(self, number: int) -> None:
        in_dispute = [each.id for each in (await self.stands()).receipts if each.dispute]
        if not in_dispute:
            return
        _, with_the_bank = await self.paying()
        settled = ResolveDispute(
            by=HANA,
            at=NOON,
            receipt=in_dispute[0],
            outcome=tuple(Outcome)[number % len(Outcome)],
            document=DOCUMENT,
            with_the_bank=frozenset(with_the_bank),
        )
        await self.tries(Act(commitment, COMMITMENT, settled))

    async def paying(self) -> tuple[list[PaymentId], list[PaymentId]]:
        """The payments of invoices that can be called back, and those that the bank has."""
        paying = [i.payment for i in (await self.stands()).invoices if i.payment is not None]
        found = [(each, (await self.handler.load(payment, each))[0]) for each in paying]
        here = [each for each, of in found if of is not None and of.stage in BEFORE_THE_FILE]
        return here, [each for each in paying if each not in here]

    async def an_invoice_comes(self, number: int) -> None:
        self.invoices += 1
        sacks = 1 + number % 11
        lines = [InvoicedLine(line=2, quantity=sacks, unit_price=iqd(40_000 + number % 3))]
        if number % 2:
            lines.append(InvoicedLine(line=1, quantity=1, unit_price=iqd(1_000_000)))
        earlier = (await self.stands()).invoices
        replaces = earlier[number % len(earlier)].id if earlier and number % 5 == 0 else None
        bill = RecordInvoice(
            by=HANA,
            at=NOON,
            invoice=InvoiceId(f"inv_{self.invoices}"),
            number=InvoiceNumber(f"N{self.invoices}"),
            date=TODAY,
            amount=total((each.unit_price * each.quantity for each in lines), "IQD"),
            lines=tuple(lines),
            document=DOCUMENT,
            replaces=replaces,
        )
        await self.tries(Act(commitment, COMMITMENT, bill))

    async def somebody_asks_to_pay(self, number: int) -> None:
        of = await self.stands()
        if not of.invoices:
            return
        invoice = of.invoices[number % len(of.invoices)]
        if invoice.payable is None:
            return
        new = PaymentId(f"pay_{len(self.payments) + 1}")
        request = RequestPayment(
            by=HANA,
            at=NOON,
            payment=new,
            commitment=COMMITMENT,
            invoice=invoice.id,
            item=ITEM,
            case=CASE,
            vendor=OVENS,
            budget_line=LINE,
            account=USABLE,
            amount=invoice.payable,
            reserved=of.share_of(invoice),
            rate=RATE,
            evidence=EVIDENCE,
            counsellors=(LINA,),
            collectors=(NADIA,),
            recorders=(DALIA,),
        )
        submit = SubmitInvoice(
            by=HANA, at=NOON, invoice=invoice.id, payment=new, amount=invoice.payable
        )
        if await self.tries(Act(payment, new, request), Act(commitment, COMMITMENT, submit)):
            self.payments.append(new)

    async def somebody_acts(self, number: int) -> None:
        """Anybody at all tries to carry a payment on; mostly the right people."""
        person = (JOZEF, EVA, MARTA, IVAN, HANA, LINA)[number % 6]
        put = replace(payment_asks.put_in(FILE, await self.standing()), by=person)
        for ask in (
            payment_asks.certify(person),
            payment_asks.approve(person),
            payment_asks.sign(person),
            put,
        ):
            if self.payments:
                await self.tries(Act(payment, self._one(number), ask))

    async def all_sign(self, number: int) -> None:
        for person in (JOZEF, EVA, MARTA, IVAN):
            await self._sign(number, person)
        await self._ask(number, payment_asks.put_in(FILE, await self.standing()))

    async def _sign(self, number: int, person: PersonId) -> None:
        asks = (
            payment_asks.certify(person),
            payment_asks.approve(person),
            payment_asks.sign(person),
        )
        for ask in asks:
            await self._ask(number, ask)

    async def the_file_is_sent(self, number: int) -> None:
        await self._ask(
            number, RecordInstruction(by=SYSTEM, at=NOON, file=FILE, file_hash=DOCUMENT)
        )

    async def the_bank_says(self, number: int) -> None:
        if not self.payments:
            return
        await self.the_bank_says_of(self._one(number), number // 3, more=number % 3)

    async def the_bank_says_of(self, which: PaymentId, said: int, more: int = 0) -> None:
        state, _ = await self.handler.load(payment, which)
        assert state is not None
        executed = RecordExecution(
            by=SYSTEM,
            at=NOON,
            amount=state.amount,
            value_date=TODAY,
            bank_ref=Code("BANK-1"),
            rate=RATE,
            functional_amount=max(state.reserved + eur(more - 1), eur(0)),
        )
        says: tuple[Any, ...] = (
            RecordAcceptance(by=SYSTEM, at=NOON),
            RecordRejection(by=SYSTEM, at=NOON, reason=Code("AC01")),
            executed,
            executed,
            payment_asks.on_the_statement(f"BANK-{more % 2}"),
            RecordReturn(by=SYSTEM, at=NOON, amount=state.amount, reason=Code("AC04")),
        )
        await self.tries(Act(payment, which, says[said % len(says)]))

    async def somebody_stops_it(self, number: int) -> None:
        stops: tuple[Any, ...] = (
            HoldPayment(by=EVA, at=NOON, reason=Code("look")),
            payment_asks.release(MARIA, await self.standing()),
            CancelPayment(by=HANA, at=NOON, reason=Code("mistake")),
            TakePaymentOutOfFile(by=SYSTEM, at=NOON, file=FILE, fault=None),
        )
        stop = stops[number // 3 % 4]
        await self._ask(number, stop)

    async def standing(self) -> Standing:
        """Nothing but what becomes of the order is in the way."""
        return Standing(commitment=await self.stands(), account=USABLE)

    async def the_order_is_cancelled(self, number: int) -> None:
        if number % 4 == 0:
            cancel = CancelCommitment(by=HANA, at=NOON, reason=Code("returnee_left"))
            await self.tries(Act(commitment, COMMITMENT, cancel))

    def _one(self, number: int) -> PaymentId:
        return self.payments[number % len(self.payments)]

    async def _ask(self, number: int, command: Any) -> None:
        if self.payments:
            await self.tries(Act(payment, self._one(number), command))

    # What holds

    async def holds(self) -> None:
        line, of = await self.line(), await self.stands()
        assert eur(0) <= line.reserved
        assert line.reserved + line.spent - line.spent_beyond <= line.ceiling
        assert of.order is not None
        for ordered in of.order.lines:
            number = ordered.line
            assert of.settled(number) <= of.invoiced(number)
            assert of.received(number) <= ordered.quantity
            assert of.invoiced(number) <= of.received(number) + taken_back(of, number)
        assert of.reserved == line.reserved
        await self._paid_within_what_arrived(of)
        await self._the_ledger_balances(line)
        await self._nothing_after_the_end()

    async def _paid_within_what_arrived(self, of: Commitment) -> None:
        paid = [i.payable for i in of.invoices if i.stage is InvoiceStage.SETTLED]
        arrived = total(
            (
                o.unit_price * (of.received(o.line) + taken_back(of, o.line))
                for o in (of.order.lines if of.order else ())
            ),
            "IQD",
        )
        assert total((each for each in paid if each is not None), "IQD") <= arrived

    async def _the_ledger_balances(self, line: BudgetLine) -> None:
        """After every fact; and what left the bank is what the budget line says was spent."""
        book, balance = None, dict.fromkeys(Account, eur(0))
        for entry in await self.store.read(0, 10_000):
            event = registry.read(entry.envelope)
            if isinstance(event, get_args(Booked)):
                book, postings = post(book, event)
                for posting in postings:
                    balance[posting.account] += posting.amount
                assert total(balance.values(), "EUR") == eur(0)
        assert balance[Account.COMMITMENTS] == -balance[Account.RESERVE] >= eur(0)
        assert balance[Account.PAYABLE] <= eur(0)
        assert balance[Account.NOT_INVOICED] <= await self._worth_of_what_was_taken_back()
        assert -balance[Account.BANK] == line.spent + line.exchange_difference
        assert self.tracking.refused_acts == {}

    async def _worth_of_what_was_taken_back(self) -> Money:
        of = await self.stands()
        lines = of.order.lines if of.order else ()
        back = total((o.unit_price * taken_back(of, o.line) for o in lines), "IQD")
        return convert(back, "EUR", of.rate) + eur(1)

    async def _nothing_after_the_end(self) -> None:
        executions: Counter[str] = Counter()
        over: set[str] = set()
        for entry in await self.store.read(0, 10_000):
            envelope = entry.envelope
            name = envelope.type.split(".")[1]
            assert envelope.subject not in over, f"{name} after the end"
            executions[envelope.subject] += name == "vendor_paid"
            if name in LAST_WORDS:
                over.add(envelope.subject)
        assert all(times <= 1 for times in executions.values())


def taken_back(of: Commitment, line: int) -> int:
    parts = [part for receipt in of.receipts for part in receipt.taken_back]
    return sum(part.quantity for part in parts if part.line == line)


Step = Callable[[World, int], Any]
STEPS: tuple[Step, ...] = (
    World.goods_arrive,
    World.an_invoice_comes,
    World.somebody_asks_to_pay,
    World.somebody_acts,
    World.all_sign,
    World.the_file_is_sent,
    World.the_bank_says,
    World.somebody_stops_it,
    World.the_order_is_cancelled,
    World.a_delivery_is_disputed,
    World.a_dispute_is_settled,
)
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 59)), max_size=25)
"""Often enough the likely order, so that payments come to every end."""
likely = st.tuples(*(st.tuples(st.just(step), st.integers(0, 59)) for step in STEPS[:7]))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(likely, steps)
def test_what_holds_after_every_step(
    first: tuple[tuple[Step, int], ...], more: list[tuple[Step, int]]
) -> None:
    async def play() -> None:
        world = World()
        await world.begins()
        for step, number in (*first, *more):
            await step(world, number)
            await world.holds()

    asyncio.run(play())


def test_the_histories_do_come_to_a_payment() -> None:
    """The same steps with lucky numbers: a vendor is paid, so the rest is not said of nothing."""

    async def play() -> list[str]:
        world = World()
        await world.begins()
        await world.goods_arrive(9)
        await world.an_invoice_comes(9)
        await world.somebody_asks_to_pay(0)
        await world.all_sign(0)
        await world.the_file_is_sent(0)
        await world.the_bank_says(6)
        await world.holds()
        return [e.envelope.type.split(".")[1] for e in await world.store.read(0, 1000)]

    told = asyncio.run(play())
    assert told[-4:] == [
        "invoice_settled",
        "payment_charged",
        "commitment_liquidated",
        "funds_spent",
    ]
