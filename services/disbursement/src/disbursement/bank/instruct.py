"""A prepared bank file is written, sealed and handed over: each step can be done again.

    intent (event) -> written once, out of the bank's sight -> its hash recorded (event)
                   -> the same bytes handed over -> payments instructed (events)

After a crash the next step is done again. A file that was written before is taken as it is, even
if the vendor's details have changed since; a file whose hash differs from the recorded one stops
everything until a person has looked. A file that cannot be written is refused (event), with the
payments that are the reason; its other payments may go into another.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from disbursement.domain import registry
from disbursement.domain.bank_file import (
    BankFilePrepared,
    BankFileSealed,
    Fault,
    Instructed,
    RecordSending,
    RefuseBankFile,
    SealBankFile,
    bank_file,
)
from disbursement.domain.payment import RecordInstruction, payment
from disbursement.gateways import Gateways, Payee, PayeeErased
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
from disbursement.iso20022.references import latin, uetr
from disbursement.iso20022.schema import NotValid
from disbursement.settings import Debtor
from events.handler import Act
from events.service import Effect, Heard
from events.values import SYSTEM, AccountId, Code, Digest

PAYEE_ERASED = Code("payee_erased")
NO_BANK_TAKES_IT = Code("no_bank_takes_it")

Acts = Iterable[Act[Any, Any, Any]]
Payees = Mapping[AccountId, Payee | None]
"""Who is behind each account; None where that was erased."""


class SealBroken(Exception):
    """The file is not what was sealed. Nothing is sent."""


async def seal(fact: Heard[Any], gateways: Gateways) -> Acts:
    """Write the file of a prepared instruction, once, and record its hash; or refuse it."""
    event = fact.event
    if not isinstance(event, BankFilePrepared):
        return []
    content = await asyncio.to_thread(gateways.bank.sealed, event.file)
    if content is None:
        payees = await _payees(event, gateways)
        try:
            instruction = _instruction(fact, event.payments, payees, gateways.debtor)
            written = write(instruction, gateways.debtor.message)
        except (NotValid, PayeeErased):
            faults = tuple(_faults(fact, payees, gateways.debtor))
            refused = RefuseBankFile(by=SYSTEM, at=gateways.clock.now(), faults=faults)
            return [Act(bank_file, event.file, refused)]
        content = await asyncio.to_thread(gateways.bank.seal, event.file, written)
    sealed = SealBankFile(by=SYSTEM, at=gateways.clock.now(), file_hash=_hash(content))
    return [Act(bank_file, event.file, sealed)]


async def send(fact: Heard[Any], gateways: Gateways) -> Acts:
    """Hand a sealed file to the bank, and record for each payment that it is instructed."""
    event = fact.event
    if not isinstance(event, BankFileSealed):
        return []
    content = await asyncio.to_thread(gateways.bank.sealed, event.file)
    if content is None or _hash(content) != event.file_hash:
        raise SealBroken(event.file)
    handed = await asyncio.to_thread(gateways.bank.hand_over, event.message_id, content)
    if handed != content:
        raise SealBroken(event.file)
    at, file_hash = gateways.clock.now(), event.file_hash
    sent = RecordSending(by=SYSTEM, at=at, file_hash=file_hash)
    instructed = RecordInstruction(by=SYSTEM, at=at, file=event.file, file_hash=file_hash)
    return [
        Act(bank_file, event.file, sent),
        *(Act(payment, each, instructed) for each in event.payments),
    ]


def _hash(content: bytes) -> Digest:
    return Digest(hashlib.sha256(content).hexdigest())


async def _payees(event: BankFilePrepared, gateways: Gateways) -> Payees:
    payees: dict[AccountId, Payee | None] = {}
    for account in dict.fromkeys(instructed.account for instructed in event.payments):
        try:
            payees[account] = await gateways.payees.payee(account, event.file)
        except PayeeErased:
            payees[account] = None
    return payees


def _faults(fact: Heard[BankFilePrepared], payees: Payees, debtor: Debtor) -> Iterator[Fault]:
    """The payments that would make a file impossible even alone."""
    for instructed in fact.event.payments:
        try:
            write(_instruction(fact, (instructed,), payees, debtor), debtor.message)
        except PayeeErased:
            yield Fault(payment=instructed.payment, reason=PAYEE_ERASED)
        except NotValid:
            yield Fault(payment=instructed.payment, reason=NO_BANK_TAKES_IT)


def _instruction(
    fact: Heard[BankFilePrepared], payments: Sequence[Instructed], payees: Payees, debtor: Debtor
) -> Instruction:
    event = fact.event
    currencies = sorted({instructed.amount.currency for instructed in payments})
    return Instruction(
        message_id=event.message_id,
        created_at=fact.envelope.time,
        initiator=debtor.name,
        groups=tuple(
            Group(
                debtor=Party(debtor.name, debtor.country, debtor.town),
                account=BankAccount(Scheme.IBAN, debtor.iban),
                bank=Bank(bic=debtor.bic),
                currency=currency,
                execution=event.execution,
                transfers=tuple(_transfers(currency, payments, payees)),
            )
            for currency in currencies
        ),
    )


def _transfers(currency: str, payments: Sequence[Instructed], payees: Payees) -> Iterator[Transfer]:
    for instructed in payments:
        if instructed.amount.currency == currency:
            payee = payees[instructed.account]
            if payee is None:
                raise PayeeErased(instructed.account)
            yield Transfer(
                end_to_end_id=instructed.end_to_end_id,
                uetr=uetr(instructed.end_to_end_id),
                amount=instructed.amount,
                creditor=payee.creditor,
                account=payee.account,
                bank=payee.bank,
                remittance=latin(f"Invoice {instructed.invoice_number}"),
            )


effects = (
    Effect("seal_bank_files", {"disbursement": registry}, seal),
    Effect("send_bank_files", {"disbursement": registry}, send),
)
