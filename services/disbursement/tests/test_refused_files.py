"""A file that cannot be written lets its payments go: what is wrong is held, the rest is paid."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from dataclasses import replace as with_
from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests import cashier as told
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.payment_asks import put_in
from services.disbursement.tests.people import (
    ACCOUNT,
    DOCUMENT,
    FILE,
    HANA,
    ITEM,
    NOON,
    OVENS,
    PAYMENT,
    TODAY,
    iqd,
    paid,
    put_in_file,
    released,
    with_the_bank,
)

from disbursement.bank.leaving import Gate
from disbursement.domain import heard
from disbursement.domain.bank_file import (
    BankFileIsAt,
    BankFilePrepared,
    BankFileRefused,
    BankFileSealed,
    BankFileSent,
    Fault,
    Instructed,
    NotInTheFile,
    RefuseBankFile,
    SealBankFile,
    Stage,
    bank_file,
)
from disbursement.domain.invoice_number import InvoiceNumber
from disbursement.domain.payment import (
    PaymentHeld,
    PaymentPutInFile,
    PaymentTakenOutOfFile,
    TakePaymentOutOfFile,
    payment,
)
from disbursement.domain.payment.refusals import InOtherFile
from disbursement.main import service
from events.delivery.memory import MemoryBus
from events.delivery.ports import Alone
from events.delivery.worker import Delivery, Worker
from events.envelope import Entry
from events.handler import Handler
from events.io.postgres import PostgresTracking
from events.memory import FixedClock, SeededIds
from events.scenario import scenario
from events.values import SYSTEM, AccountId, BankFileId, Code, ItemId, PaymentId, VendorId

OTHER_FILE = BankFileId("fil_2")
NO_BANK_TAKES_IT = Code("no_bank_takes_it")
LATER = 60.0

prepared = BankFilePrepared(
    by=HANA,
    at=NOON,
    file=FILE,
    message_id=Code("fil-1"),
    execution=TODAY,
    payments=(
        Instructed(
            payment=PAYMENT,
            end_to_end_id=Code("pay-1"),
            vendor=OVENS,
            account=ACCOUNT,
            amount=iqd(1_400_000),
            invoice_number=InvoiceNumber("INV-2231"),
        ),
    ),
)
fault = Fault(payment=PAYMENT, reason=NO_BANK_TAKES_IT)
refuse = RefuseBankFile(by=SYSTEM, at=NOON, faults=(fault,))
file_refused = BankFileRefused(by=SYSTEM, at=NOON, file=FILE, payments=(PAYMENT,), faults=(fault,))
seal = SealBankFile(by=SYSTEM, at=NOON, file_hash=DOCUMENT)
sealed = BankFileSealed(
    by=SYSTEM,
    at=NOON,
    file=FILE,
    message_id=Code("fil-1"),
    file_hash=DOCUMENT,
    payments=(PAYMENT,),
)
sent = BankFileSent(by=SYSTEM, at=NOON, file=FILE, file_hash=DOCUMENT)


# The file


def test_a_file_that_was_not_sealed_is_refused_once_and_never_sealed() -> None:
    scenario(bank_file).given(prepared).when(refuse).then(file_refused)
    scenario(bank_file).given(prepared, file_refused).when(refuse).then()
    scenario(bank_file).given(prepared, file_refused).when(seal).then_rejected(
        BankFileIsAt(Stage.REFUSED, Stage.PREPARED)
    )


@pytest.mark.parametrize("history", [(prepared, sealed), (prepared, sealed, sent)])
def test_a_sealed_file_was_written(
    history: tuple[BankFilePrepared | BankFileSealed | BankFileSent, ...],
) -> None:
    stands = Stage.SEALED if len(history) == 2 else Stage.SENT
    scenario(bank_file).given(*history).when(refuse).then_rejected(
        BankFileIsAt(stands, Stage.PREPARED)
    )


def test_a_fault_is_one_of_the_files_own_payments() -> None:
    elsewhere = replace(fault, payment=PaymentId("pay_2"))
    scenario(bank_file).given(prepared).when(replace(refuse, faults=(elsewhere,))).then_rejected(
        NotInTheFile(PaymentId("pay_2"))
    )


# The payment

taken_out = PaymentTakenOutOfFile(by=SYSTEM, at=NOON, payment=PAYMENT, file=FILE)
held = PaymentHeld(by=SYSTEM, at=NOON, payment=PAYMENT, reason=NO_BANK_TAKES_IT)
take_out = TakePaymentOutOfFile(by=SYSTEM, at=NOON, file=FILE, fault=None)
put_in_another = put_in(OTHER_FILE)


def test_what_was_taken_out_of_a_refused_file_goes_into_another_under_its_one_reference() -> None:
    scenario(payment).given(*released, put_in_file).when(take_out).then(taken_out)
    scenario(payment).given(*released, put_in_file, taken_out).when(put_in_another).then(
        PaymentPutInFile(
            by=HANA, at=NOON, payment=PAYMENT, file=OTHER_FILE, end_to_end_id=Code("pay-1")
        )
    )


def test_the_payment_that_was_the_reason_is_held() -> None:
    wrong = replace(take_out, fault=NO_BANK_TAKES_IT)
    scenario(payment).given(*released, put_in_file).when(wrong).then(taken_out, held)


def test_only_a_payment_that_the_bank_does_not_know_of_is_taken_out_and_of_that_file() -> None:
    elsewhere = replace(take_out, file=OTHER_FILE)
    scenario(payment).given(*released, put_in_file).when(elsewhere).then()
    scenario(payment).given(*released, put_in_file, taken_out).when(take_out).then()
    scenario(payment).given(*with_the_bank).when(take_out).then()
    scenario(payment).given(*released, put_in_file, paid).when(take_out).then()
    scenario(payment).given(*with_the_bank).when(put_in_another).then_rejected(InOtherFile(PAYMENT))


# The whole way: a worker on a real store, with two vendors, one of whom cannot be paid

MILLS, MILLS_ACCOUNT, FLOUR = VendorId("ven_mills"), AccountId("acc_mills"), ItemId("itm_flour")


@pytest.fixture
def till(at_once: Cashier) -> Cashier:
    return at_once


@dataclass(frozen=True)
class TwoPayments:
    """Released; their paths and their bodies for a file."""

    ovens: str
    mills: str

    def body(self, *paths: str) -> dict[str, list[str]]:
        return {"payments": [path.rpartition("/")[2] for path in paths]}


async def two_released(till: Cashier) -> TwoPayments:
    line = await chain.funded(till)
    mills = (
        replace(told.screened, vendor=MILLS),
        replace(told.vendor_approved, vendor=MILLS),
        replace(told.account_proposed, account=MILLS_ACCOUNT, vendor=MILLS),
        replace(told.account_approved, account=MILLS_ACCOUNT),
        replace(told.account_activated, account=MILLS_ACCOUNT, vendor=MILLS),
        replace(told.selected, item=FLOUR, vendor=MILLS),
    )
    item = replace(told.plan_approved.items[0], item=FLOUR)
    await till.heard(heard.from_plans, replace(told.plan_approved, items=(item,)))
    await till.heard(heard.of_searches, replace(told.searched, vendor=MILLS))
    for event in mills:
        await till.heard(heard.from_vendors, event)
    await chain.on_file(till, chain.ANOTHER, about=MILLS)
    paths = []
    bills: tuple[tuple[ItemId, dict[str, Any]], ...] = (
        (ITEM, {}),
        (FLOUR, {"document": chain.ANOTHERS}),
    )
    for each, bill in bills:
        commitment = await chain.committed(till, line, each)
        matched = await chain.matched(till, commitment=commitment, **bill)
        paths.append(await chain.released(till, await chain.requested(till, matched)))
    return TwoPayments(*paths)


async def nothing_else(_source: str, _after: int, _limit: int) -> Sequence[Entry]:
    return []


class WorkersClock(FixedClock):
    """Tells the time of everybody there; to sleep is to wait, and moves nobody's time."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@asynccontextmanager
async def working(till: Cashier) -> AsyncIterator[None]:
    """The service's policies and effects, run by its worker; and what is sealed leaves."""
    clock = WorkersClock(till.trial.clock.now())
    delivery = Delivery(
        handler=Handler(service.registry, till.trial.store, clock, SeededIds(8)),
        bus=MemoryBus(),
        feed=nothing_else,
        tracking=PostgresTracking(till.tables),
        leader=Alone(),
        gateways=till.gateways,
    )
    worker = asyncio.create_task(Worker(with_(service, views=(), tasks=()), delivery).run())
    sending = asyncio.create_task(_send(till))
    try:
        yield
    finally:
        for task in (worker, sending):
            task.cancel()
        await asyncio.wait({worker, sending})


async def _send(till: Cashier) -> None:
    """The task that lets the bank's files leave, on read models that keep up."""
    gate = Gate(till.handler, till.tables, till.gateways)
    while True:
        await till.shows()
        await gate.send_to_the_bank()
        await asyncio.sleep(0.05)


async def until(till: Cashier, event: str, times: int = 1) -> None:
    async with asyncio.timeout(LATER):
        while (await till.told()).count(event) < times:
            await till.trial.store.wait(await till.trial.store.head(), 0.5)


async def stands(till: Cashier, path: str) -> tuple[str, str | None, str | None]:
    page = ok(await till.hana.get(path))
    return page["stage"], page["held"], page["file"]


async def test_one_payee_that_no_bank_takes_is_held_and_the_others_are_paid(till: Cashier) -> None:
    two = await two_released(till)
    till.payees.towns[MILLS_ACCOUNT] = ""
    async with working(till):
        both = two.body(two.ovens, two.mills)
        file = ok(await till.hana.post("/v1/bank-files", both), 201)["file"]
        await until(till, "payment_taken_out_of_file", 2)
        assert ok(await till.hana.get(f"/v1/bank-files/{file}"))["stage"] == "refused"
        assert await stands(till, two.ovens) == ("released", None, None)
        assert await stands(till, two.mills) == ("released", "no_bank_takes_it", None)
        again = await till.hana.post("/v1/bank-files", both)
        assert refused(again) == (409, "PaymentIsHeld")

        ok(await till.hana.post("/v1/bank-files", two.body(two.ovens)), 201)
        await until(till, "payment_instructed")
    await till.bank_says("1.xml", chain.booked(two.ovens))
    assert (await stands(till, two.ovens))[0] == "reconciled"
    assert (await till.told()).count("bank_file_refused") == 1
    assert len(till.at_the_bank()) == 1
    cancelled = await till.does(till.hana, f"{two.mills}/cancel", {"reason": "vendor_unpayable"})
    assert cancelled["stage"] == "cancelled"


async def test_what_was_mended_is_let_go_and_paid(till: Cashier) -> None:
    two = await two_released(till)
    till.payees.erased.add(MILLS_ACCOUNT)
    async with working(till):
        ok(await till.hana.post("/v1/bank-files", two.body(two.mills)), 201)
        await until(till, "payment_held")
        assert await stands(till, two.mills) == ("released", "payee_erased", None)
        till.payees.erased.clear()
        tag = (await till.hana.get(two.mills)).headers["etag"]
        seen = {"reason": "details_mended"}
        ok(await till.tomas.post(f"{two.mills}/release-from-hold", seen, if_match=tag))
        ok(await till.hana.post("/v1/bank-files", two.body(two.mills)), 201)
        await until(till, "payment_instructed")
    [there] = till.at_the_bank()
    assert there.read_text("utf-8").count(f">{chain.reference(two.mills)}</EndToEndId>") == 1


async def test_after_a_refused_file_one_other_takes_the_payment_and_not_two(till: Cashier) -> None:
    two = await two_released(till)
    till.payees.erased.add(MILLS_ACCOUNT)
    async with working(till):
        ok(await till.hana.post("/v1/bank-files", two.body(two.ovens, two.mills)), 201)
        await until(till, "payment_taken_out_of_file", 2)
        alone = two.body(two.ovens)
        answers = await asyncio.gather(
            till.hana.post("/v1/bank-files", alone), till.marta.post("/v1/bank-files", alone)
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        await until(till, "payment_instructed")
        third = await till.hana.post("/v1/bank-files", alone)
        assert refused(third) == (409, "InOtherFile")
    assert len(till.at_the_bank()) == 1
