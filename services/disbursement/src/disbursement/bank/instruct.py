"""A prepared bank file is written, sealed and handed over: each step can be done again.

    intent (event) -> written once, out of the bank's sight -> its hash recorded (event)
                   -> the same bytes handed over -> payments instructed (events)

After a crash the next step is done again. A file that was written before is taken as it is, even
if the vendor's details have changed since; a file whose hash differs from the recorded one stops
everything until a person has looked.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from disbursement.domain import registry
from disbursement.domain.bank_file import (
    BankFilePrepared,
    BankFileSealed,
    Instructed,
    RecordSending,
    SealBankFile,
    bank_file,
)
from disbursement.domain.payment import RecordInstruction, payment
from disbursement.gateways import Gateways, Payee
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
from disbursement.settings import Debtor
from events.handler import Act
from events.service import Effect, Heard
from events.values import SYSTEM, AccountId, Digest

Acts = Iterable[Act[Any, Any, Any]]


class SealBroken(Exception):
    """The file is not what was sealed. Nothing is sent."""


async def seal(fact: Heard[Any], gateways: Gateways) -> Acts:
    """Write the file of a prepared instruction, once, and record its hash."""
    event = fact.event
    if not isinstance(event, BankFilePrepared):
        return []
    content = await asyncio.to_thread(gateways.bank.sealed, event.file)
    if content is None:
        payees = {
            instructed.account: await gateways.payees.payee(instructed.account, event.file)
            for instructed in event.payments
        }
        written = write(_instruction(fact, payees, gateways.debtor))
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


def _instruction(
    fact: Heard[BankFilePrepared], payees: dict[AccountId, Payee], debtor: Debtor
) -> Instruction:
    event = fact.event
    currencies = sorted({instructed.amount.currency for instructed in event.payments})
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
                transfers=tuple(_transfers(currency, event.payments, payees)),
            )
            for currency in currencies
        ),
    )


def _transfers(
    currency: str, payments: Sequence[Instructed], payees: dict[AccountId, Payee]
) -> Iterator[Transfer]:
    for instructed in payments:
        if instructed.amount.currency == currency:
            payee = payees[instructed.account]
            yield Transfer(
                end_to_end_id=instructed.end_to_end_id,
                uetr=uetr(instructed.end_to_end_id),
                amount=instructed.amount,
                creditor=payee.creditor,
                account=payee.account,
                bank=payee.bank,
                remittance=f"Invoice {instructed.invoice_number}",
            )


effects = (
    Effect("seal_bank_files", {"disbursement": registry}, seal),
    Effect("send_bank_files", {"disbursement": registry}, send),
)
