"""A bank's files of 10,000: one written and validated, one parsed and matched with its payments.

The payments are of four currencies and stand in a real database; matching loads each of them from
its history, as the service does it.
"""

import os
import statistics
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.figures import Figure, Setting, other_load
from bench.figures.append import empty_database
from disbursement.bank.listen import Ear
from disbursement.domain.payment import (
    PaymentEvent,
    PaymentInstructed,
    PaymentPutInFile,
    PaymentRequested,
    end_to_end_id,
)
from disbursement.gateways import LocalBankFolder
from disbursement.iso20022.pain001 import (
    Bank,
    BankAccount,
    Group,
    Instruction,
    Party,
    Scheme,
    Transfer,
    write,
)
from disbursement.iso20022.references import uetr
from disbursement.main import service
from disbursement.settings import Debtor
from events.envelope import Actor, Context
from events.handler import Handler
from events.io.postgres import EpochKeys, PostgresStore, migrate, open_store
from events.io.system import SystemClock, SystemIds
from events.money import Money
from events.ports import Append
from events.values import (
    SYSTEM,
    AccountId,
    BankFileId,
    BudgetLineId,
    CaseId,
    Code,
    CommitmentId,
    Digest,
    InvoiceId,
    ItemId,
    PaymentId,
    PersonId,
    VendorId,
)

MANY = 10_000
WRITTEN_S = 2.0
MATCHED_S = 5.0
TOGETHER = 500
"""Events that are stored at once while the history is made."""
CURRENCIES = ("ALL", "EUR", "IQD", "VND")
AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
DAY = date(2026, 11, 23)
NUMBER = "SK3112000000198742637541"
CONTEXT = Context(
    actor=Actor(id=SYSTEM, role=Code("bench"), organisation=Code("bench")), correlation="bench"
)


def payments() -> Iterator[tuple[PaymentId, Money]]:
    """Grouped by currency, as in a file; no two of one amount in one currency."""
    for number in range(MANY):
        currency = CURRENCIES[number * len(CURRENCIES) // MANY]
        yield PaymentId(f"pay_{number:026}"), Money(1_000_000 + number, currency)


async def pain001_10000_s(setting: Setting) -> Figure:
    """One pain.001.001.09 with a group for each currency."""
    instruction = _instruction()
    values = []
    with other_load() as load:
        for number in range(1, setting.rounds + 1):
            began = perf_counter()
            data = write(instruction)
            values.append(perf_counter() - began)
            setting.told(f"pain001_10000_s {number}: {values[-1]:.2f} s, {len(data):,} bytes")
    return _seconds("pain001_10000_s", values, WRITTEN_S, load)


def _instruction() -> Instruction:
    ours = Party("Homeward Mission Bratislava", "SK", "Bratislava")
    account, bank = BankAccount(Scheme.IBAN, NUMBER), Bank(bic="TATRSKBX")
    return Instruction(
        message_id="FIL-BENCH",
        created_at=AT,
        initiator=ours.name,
        groups=tuple(
            Group(ours, account, bank, currency, DAY, tuple(_transfer(*one) for one in some))
            for currency, some in groupby(payments(), key=lambda one: one[1].currency)
        ),
    )


def _transfer(payment: PaymentId, amount: Money) -> Transfer:
    reference = end_to_end_id(payment)
    return Transfer(
        end_to_end_id=reference,
        uetr=uetr(reference),
        amount=amount,
        creditor=Party("Al Noor Ovens", "IQ", "Baghdad"),
        account=BankAccount(Scheme.IBAN, "IQ98NBIQ850123456789012"),
        bank=Bank(bic="NBIQIQBA"),
        remittance=f"Invoice {reference}",
    )


async def camt053_10000_s(setting: Setting) -> Figure:
    """One camt.053 with a statement for each currency, each line another payment's."""
    content = _statements()
    values = []
    with other_load() as load:
        async with _ear(setting) as ear:
            for number in range(1, setting.rounds + 1):
                began = perf_counter()
                matched = await ear.match(content)
                values.append(perf_counter() - began)
                found = sum(len(some) for some in matched.weighed.matched.values())
                assert found == MANY, f"{found} of {MANY} lines found their payment"
                assert not matched.weighed.open_lines
                setting.told(f"camt053_10000_s {number}: {values[-1]:.2f} s")
            began = perf_counter()
            await ear.take(content)
            setting.told(f"taken in, with all that follows: {perf_counter() - began:.1f} s")
    return _seconds("camt053_10000_s", values, MATCHED_S, load)


def _statements() -> bytes:
    told = "".join(
        _statement(currency, list(some))
        for currency, some in groupby(payments(), key=lambda one: one[1].currency)
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr>'
        f"<MsgId>BENCH</MsgId><CreDtTm>2026-11-23T18:00:00Z</CreDtTm></GrpHdr>{told}"
        "</BkToCstmrStmt></Document>"
    ).encode()


def _statement(currency: str, some: Sequence[tuple[PaymentId, Money]]) -> str:
    opening = sum((amount for _, amount in some), Money.zero(currency))
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount.amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        f"<Dt><Dt>{DAY}</Dt></Dt></Bal>"
        for kind, amount in (("OPBD", opening), ("CLBD", Money.zero(currency)))
    )
    entries = "".join(
        f'<Ntry><Amt Ccy="{currency}">{amount.amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{DAY}</Dt></BookgDt><ValDt><Dt>{DAY}</Dt></ValDt>"
        f"<AcctSvcrRef>REF{payment[-6:]}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>"
        f"{end_to_end_id(payment)}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
        for payment, amount in some
    )
    return (
        f"<Stmt><Id>BENCH-{currency}</Id><Acct><Id><IBAN>{NUMBER}</IBAN></Id></Acct>"
        f"{balances}{entries}</Stmt>"
    )


@asynccontextmanager
async def _ear(setting: Setting) -> AsyncIterator[Ear]:
    with empty_database(setting) as database, TemporaryDirectory() as folder:
        await migrate(database.owner, service.migrations)
        async with open_store(database.app, EpochKeys(os.urandom(32))) as store:
            handler = Handler(service.registry, store, SystemClock(), SystemIds())
            await _instructed(handler, store)
            setting.told(f"{MANY:,} payments are with the bank")
            yield Ear(handler, store.pool, LocalBankFolder(Path(folder)), Debtor())


async def _instructed(handler: Handler, store: PostgresStore) -> None:
    drafts = (
        handler.registry.draft(
            fact,
            stream=payment,
            version=version,
            event_id=handler.ids.event_id(),
            recorded=AT,
            context=CONTEXT,
            salt=handler.ids.salt,
        )
        for payment, amount in payments()
        for version, fact in enumerate(_history(payment, amount), start=1)
    )
    while some := tuple(islice(drafts, TOGETHER)):
        await store.append(Append(some))


def _history(payment: PaymentId, amount: Money) -> tuple[PaymentEvent, ...]:
    """As much of it as the bank's answer rests on."""
    reference, file = Code(end_to_end_id(payment)), BankFileId("fil_bench")
    digest = Digest("5" * 64)
    return (
        PaymentRequested(
            by=SYSTEM,
            at=AT,
            payment=payment,
            commitment=CommitmentId("com_bench"),
            invoice=InvoiceId("inv_bench"),
            item=ItemId("itm_bench"),
            case=CaseId("cas_bench"),
            vendor=VendorId("ven_bench"),
            account=AccountId("acc_bench"),
            budget_line=BudgetLineId("bud_bench"),
            amount=amount,
            reserved=amount,
            evidence=digest,
            counsellor=PersonId("per_bench"),
            collectors=(),
            recorders=(),
            rate=None,
        ),
        PaymentPutInFile(by=SYSTEM, at=AT, payment=payment, file=file, end_to_end_id=reference),
        PaymentInstructed(
            by=SYSTEM,
            at=AT,
            payment=payment,
            file=file,
            end_to_end_id=reference,
            file_hash=digest,
        ),
    )


def _seconds(figure: str, values: Sequence[float], limit: float, load: Sequence[float]) -> Figure:
    value = statistics.median(values)
    return Figure(
        figure=figure,
        value=round(value, 2),
        unit="s",
        limit=limit,
        must_be="<",
        holds=value < limit,
        rounds=len(values),
        other_load=round(load[0], 2),
    )
