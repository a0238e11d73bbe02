"""A prepared bank file is written, sealed and handed over: each step can be done again.

    intent (event) -> written once, out of the bank's sight -> its hash recorded (event)
                   -> let leave (`leaving`, event) -> the same bytes handed over
                   -> payments instructed (events)

What is paid to wallets is written, sealed and let leave alike, and put to their provider as
requests (`mobile_money.sending`).

After a crash the next step is done again. A file that was written before is taken as it is, even
if the vendor's details have changed since; a file whose hash differs from the recorded one stops
everything until a person has looked. A file that cannot be written is refused (event), with the
payments that are the reason; its other payments may go into another.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from disbursement.bank.listen import hash_of
from disbursement.domain import registry
from disbursement.domain.bank_file import (
    BankFileLeaving,
    BankFilePrepared,
    BankFileRefused,
    BankFileSent,
    Fault,
    Instructed,
    RecordSending,
    RefuseBankFile,
    SealBankFile,
    bank_file,
)
from disbursement.domain.payment import Reason, RecordInstruction, payment
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
from disbursement.mobile_money import orders
from disbursement.settings import Debtor
from events.handler import Act
from events.service import Effect, Heard
from events.values import SYSTEM, AccountId

Acts = Iterable[Act[Any, Any, Any]]
Payees = Mapping[AccountId, Payee | None]
"""Who is behind each account; None where that was erased."""


class NoProvider(Exception):
    """The provider of mobile money that keeps the wallet is none of ours."""


class SealBroken(Exception):
    """The file is not what was sealed. Nothing is sent."""


async def seal(fact: Heard[Any], gateways: Gateways) -> Acts:
    """Write the file of a prepared instruction, once, and record its hash; or refuse it.

    What was written of a file that was refused meanwhile names payees, and is not kept.
    """
    event = fact.event
    if isinstance(event, BankFileRefused):
        await asyncio.to_thread(gateways.bank.forget, event.file)
    if not isinstance(event, BankFilePrepared):
        return []
    content = await asyncio.to_thread(gateways.bank.sealed, event.file)
    if content is None:
        payees = await _payees(event, gateways)
        unclear = await _not_clear(event, payees, gateways)
        if unclear:
            return [_refused(event, unclear, gateways)]
        try:
            written = _content(fact, event.payments, payees, gateways)
        except (NotValid, PayeeErased, NoProvider):
            return [_refused(event, tuple(_faults(fact, payees, gateways)), gateways)]
        content = await asyncio.to_thread(gateways.bank.seal, event.file, written)
    sealed = SealBankFile(by=SYSTEM, at=gateways.clock.now(), file_hash=hash_of(content))
    return [Act(bank_file, event.file, sealed)]


def _refused(
    event: BankFilePrepared, faults: tuple[Fault, ...], gateways: Gateways
) -> Act[Any, Any, Any]:
    refused = RefuseBankFile(by=SYSTEM, at=gateways.clock.now(), faults=faults)
    return Act(bank_file, event.file, refused)


async def send(fact: Heard[Any], gateways: Gateways) -> Acts:
    """Hand a file that leaves to the bank, and record for each payment that it is instructed."""
    event = fact.event
    if not isinstance(event, BankFileLeaving) or event.rail is not None:
        return []
    content = await asyncio.to_thread(gateways.bank.sealed, event.file)
    if content is None or hash_of(content) != event.file_hash:
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


async def forget(fact: Heard[Any], gateways: Gateways) -> Acts:
    """Requests that a provider has are not put again: keep no copy, for it names payees."""
    event = fact.event
    if isinstance(event, BankFileSent):
        content = await asyncio.to_thread(gateways.bank.sealed, event.file)
        if content is not None and orders.is_orders(content):
            await asyncio.to_thread(gateways.bank.forget, event.file)
    return []


async def _payees(event: BankFilePrepared, gateways: Gateways) -> Payees:
    payees: dict[AccountId, Payee | None] = {}
    for account in dict.fromkeys(instructed.account for instructed in event.payments):
        try:
            payees[account] = await gateways.payees.payee(account, event.file)
        except PayeeErased:
            payees[account] = None
    return payees


async def _not_clear(
    event: BankFilePrepared, payees: Payees, gateways: Gateways
) -> tuple[Fault, ...]:
    """The payments whose vendor is not clear on the sanctions lists as the file is written: what
    was told of a new list may not be heard here yet, so vendors is asked (S4).
    """
    unclear = [
        instructed.payment
        for instructed in event.payments
        if (payee := payees[instructed.account]) is not None and not payee.clear
    ]
    asked = await gateways.stoppable.searched_again(unclear)
    return tuple(Fault(payment=each, reason=Reason.NOT_CLEAR_ON_LISTS.code) for each in asked)


def _faults(fact: Heard[BankFilePrepared], payees: Payees, gateways: Gateways) -> Iterator[Fault]:
    """The payments that would make a file impossible even alone."""
    for instructed in fact.event.payments:
        try:
            _content(fact, (instructed,), payees, gateways)
        except PayeeErased:
            yield Fault(payment=instructed.payment, reason=Reason.PAYEE_ERASED.code)
        except NoProvider:
            yield Fault(payment=instructed.payment, reason=Reason.NO_PROVIDER.code)
        except NotValid:
            yield Fault(payment=instructed.payment, reason=Reason.NO_BANK_TAKES_IT.code)


def _content(
    fact: Heard[BankFilePrepared],
    payments: Sequence[Instructed],
    payees: Payees,
    gateways: Gateways,
) -> bytes:
    """What is said to the bank, or to the provider of the payees' wallets.

    `PayeeErased`, `NotValid`, `NoProvider`.
    """
    [*keepers] = {payee.wallet for payee in _known(payments, payees)}
    if keepers == [None]:
        instruction = _instruction(fact, payments, payees, gateways.debtor)
        return write(instruction, gateways.debtor.message)
    keeper = keepers[0] if len(keepers) == 1 else None
    if keeper is None or keeper not in gateways.providers:
        raise NoProvider
    provider = gateways.providers[keeper].wallets
    return orders.write(
        fact.event.message_id,
        provider.provider,
        provider.account,
        tuple(_transfers(payments, payees)),
        fact.envelope.time,
    )


def _known(payments: Sequence[Instructed], payees: Payees) -> Iterator[Payee]:
    """Who is paid; `PayeeErased`."""
    for instructed in payments:
        payee = payees[instructed.account]
        if payee is None:
            raise PayeeErased(instructed.account)
        yield payee


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
                account=BankAccount(Scheme.IBAN, debtor.account(currency).iban),
                bank=Bank(bic=debtor.account(currency).bic),
                currency=currency,
                execution=event.execution,
                transfers=tuple(
                    _transfers([p for p in payments if p.amount.currency == currency], payees)
                ),
            )
            for currency in currencies
        ),
    )


def _transfers(payments: Sequence[Instructed], payees: Payees) -> Iterator[Transfer]:
    for instructed, payee in zip(payments, _known(payments, payees), strict=True):
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
    Effect("forget_sent_requests", {"disbursement": registry}, forget),
)
