"""A bank file: released payments gathered into one instruction to the bank.

    prepared -> sealed -> leaving -> sent
    or prepared or sealed -> refused; leaving -> sealed where nobody took it

Prepared is the intent: which payments, under which references, in which message. It is decided
together with each payment's own `PaymentPutInFile`, so a payment is in one file at a time. Then the
file is written once, out of the bank's sight, and sealed with its hash; from then on its content
is that and no other. When nothing stands for which one of its payments would wait, it leaves: that
decides between who stops it and who hands it over. Then it is handed to the bank. A crash between
any two of these steps is resumed by doing the next one again: the same bytes under the same name.

A file that cannot be written, because a payee was erased or no bank would take it, and one that is
stopped before it leaves, is refused: nobody at the bank has heard of its payments, and each may go
into another.

The creditors' names and account numbers are read from the vendors service when the file is
written. They never enter an event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from disbursement.domain.invoice_number import InvoiceNumber
from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money
from events.values import AccountId, BankFileId, Code, Digest, PaymentId, VendorId


class Stage(StrEnum):
    PREPARED = "prepared"
    SEALED = "sealed"
    LEAVING = "leaving"
    """From now on who carries the money may have it: nobody stops it."""
    SENT = "sent"
    REFUSED = "refused"


class Instructed(msgspec.Struct, frozen=True, kw_only=True):
    """One payment in the file."""

    payment: PaymentId
    end_to_end_id: Code
    vendor: VendorId
    account: AccountId
    amount: Money
    invoice_number: InvoiceNumber


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that kept the file from being written, and why."""

    payment: PaymentId
    reason: Code


# Requests


class PrepareBankFile(Command, frozen=True):
    file: BankFileId
    message_id: Code
    execution: date
    payments: tuple[Instructed, ...]
    within: timedelta
    """How far ahead the day may be: nobody takes a file back from the bank."""
    rails: frozenset[Code | None] = frozenset({None})
    """Who carries the money: the bank (None), or the provider of mobile money of that name."""


class SealBankFile(Command, frozen=True):
    file_hash: Digest


class RefuseBankFile(Command, frozen=True):
    """The file cannot be written."""

    faults: tuple[Fault, ...]


class StopBankFile(Command, frozen=True):
    """Some of its payments are to wait after all: it is refused, unless it has left."""

    faults: tuple[Fault, ...]


class TakeOutOfBankFile(Command, frozen=True):
    """The same, as a person asks for it, who is told when it is too late."""

    faults: tuple[Fault, ...]


class LetBankFileLeave(Command, frozen=True):
    """Nothing stands for which any of its payments would wait."""

    file_hash: Digest
    rail: Code | None
    """Who carries the money: the bank (None), or the provider of mobile money of that name."""


class KeepBankFileBack(Command, frozen=True):
    """Who was to carry the money takes nothing from us now, and has nothing of it."""


class RecordSending(Command, frozen=True):
    file_hash: Digest


class DownloadBankFile(Command, frozen=True):
    """A person takes a copy, to hand it to the bank themselves; it names payees."""

    file_hash: Digest | None
    """Of what is kept; None: nothing is."""


BankFileCommand = (
    PrepareBankFile
    | SealBankFile
    | RefuseBankFile
    | StopBankFile
    | TakeOutOfBankFile
    | LetBankFileLeave
    | KeepBankFileBack
    | RecordSending
    | DownloadBankFile
)


# Facts


class BankFilePrepared(Event, frozen=True, tag="disbursement.bank_file_prepared.v1"):
    file: BankFileId
    message_id: Code
    execution: date
    payments: tuple[Instructed, ...]


class BankFileSealed(Event, frozen=True, tag="disbursement.bank_file_sealed.v1"):
    file: BankFileId
    message_id: Code
    file_hash: Digest
    payments: tuple[PaymentId, ...]


class BankFileRefused(Event, frozen=True, tag="disbursement.bank_file_refused.v1"):
    """It never left, and never will: the bank does not know of its payments."""

    file: BankFileId
    payments: tuple[PaymentId, ...]
    """All that were in it."""
    faults: tuple[Fault, ...]
    """Those of them that were the reason; none when only the file as a whole was impossible."""


class BankFileLeaving(Event, frozen=True, tag="disbursement.bank_file_leaving.v1"):
    """It is being handed over: who carries the money may have it from now on."""

    file: BankFileId
    message_id: Code
    file_hash: Digest
    rail: Code | None
    """The bank (None), or the provider of mobile money of that name."""
    payments: tuple[PaymentId, ...]


class BankFileKeptBack(Event, frozen=True, tag="disbursement.bank_file_kept_back.v1"):
    """Nothing of it was taken: it is as it was when it was sealed."""

    file: BankFileId


class BankFileSent(Event, frozen=True, tag="disbursement.bank_file_sent.v1"):
    file: BankFileId
    file_hash: Digest


class BankFileDownloaded(Event, frozen=True, tag="disbursement.bank_file_downloaded.v1"):
    """A person has a copy of it, with the payees' names and numbers."""

    file: BankFileId
    file_hash: Digest


BankFileEvent = (
    BankFilePrepared
    | BankFileSealed
    | BankFileRefused
    | BankFileLeaving
    | BankFileKeptBack
    | BankFileSent
    | BankFileDownloaded
)


# Refusals, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class NoSuchBankFile(Rejected):
    """There is no such file."""


@dataclass(unsafe_hash=True)
class BankFileIsAt(Rejected):
    """The act needs the file at another stage."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class BankFileEmpty(Rejected):
    """A file without a payment instructs nothing."""

    file: BankFileId


@dataclass(unsafe_hash=True)
class ExecutionInThePast(Rejected):
    """The bank cannot execute on a day that is over."""

    execution: date
    today: date


@dataclass(unsafe_hash=True)
class ExecutionTooFarAhead(Rejected):
    """A file names a day within the days that the account's owner lets banks be told ahead."""

    execution: date
    latest: date


@dataclass(unsafe_hash=True)
class OneRailInAFile(Rejected):
    """What the bank pays and what a provider of mobile money pays are different files."""

    rails: int


@dataclass(unsafe_hash=True)
class ProviderPaysAtOnce(Rejected):
    """A provider of mobile money pays when it is asked: no later day can be named."""

    execution: date
    today: date


@dataclass(unsafe_hash=True)
class TwiceInTheFile(Rejected):
    """A payment stands in a file once."""

    payment: PaymentId


@dataclass(unsafe_hash=True)
class NotInTheFile(Rejected):
    """The file does not hold this payment."""

    payment: PaymentId


@dataclass(unsafe_hash=True)
class SealedOtherwise(Rejected):
    """The file was sealed with another content. It is never written anew."""

    sealed: Digest
    found: Digest


@dataclass(unsafe_hash=True)
class NoCopyKept(Rejected):
    """No copy of the file is kept: it has not left yet, or it was answered for."""

    stage: Stage


# State


class BankFile(State, frozen=True):
    id: BankFileId
    message_id: Code
    execution: date
    payments: tuple[Instructed, ...]
    stage: Stage
    file_hash: Digest | None = None
    sealed_at: datetime | None = None
    kept_back: int = 0
    """How often."""
    kept_back_at: datetime | None = None


def evolve(file: BankFile | None, event: BankFileEvent) -> BankFile:
    if isinstance(event, BankFilePrepared):
        return BankFile(
            id=event.file,
            message_id=event.message_id,
            execution=event.execution,
            payments=event.payments,
            stage=Stage.PREPARED,
        )
    assert file is not None, "a fact about a file that nobody prepared"
    match event:
        case BankFileSealed(file_hash=file_hash):
            return replace(file, stage=Stage.SEALED, file_hash=file_hash, sealed_at=event.at)
        case BankFileRefused():
            return replace(file, stage=Stage.REFUSED)
        case BankFileLeaving():
            return replace(file, stage=Stage.LEAVING)
        case BankFileKeptBack(at=at):
            back = replace(file, kept_back=file.kept_back + 1, kept_back_at=at)
            return replace(back, stage=Stage.SEALED)
        case BankFileSent():
            return replace(file, stage=Stage.SENT)
        case BankFileDownloaded():
            return file
        case _:
            assert_never(event)


# Rules


def message_id(file: BankFileId) -> Code:
    """The file's reference at the bank, in the letters that every bank carries."""
    return Code(file.replace("_", "-"))


def file_of(message_id: str) -> BankFileId:
    """The file that a bank's reference names."""
    return BankFileId(message_id.replace("-", "_"))


def decide(command: BankFileCommand, file: BankFile | None) -> Sequence[BankFileEvent]:
    if isinstance(command, PrepareBankFile):
        return [_prepared(command, file)]
    if file is None:
        raise NoSuchBankFile
    match command:
        case SealBankFile():
            return _sealed(command, file)
        case RefuseBankFile():
            return _refused(command, file, Stage.PREPARED)
        case StopBankFile():
            return _refused(command, file, *UNSENT) if file.stage in UNSENT else []
        case TakeOutOfBankFile():
            return _refused(command, file, *UNSENT)
        case LetBankFileLeave():
            return _leaving(command, file)
        case KeepBankFileBack(by=by, at=at):
            left = file.stage is Stage.LEAVING
            return [BankFileKeptBack(by=by, at=at, file=file.id)] if left else []
        case RecordSending():
            return _sent(command, file)
        case DownloadBankFile():
            return [_downloaded(command, file)]
        case _:
            assert_never(command)


UNSENT = (Stage.PREPARED, Stage.SEALED)
"""Nobody outside has it."""
GONE = (Stage.LEAVING, Stage.SENT)


def _prepared(command: PrepareBankFile, file: BankFile | None) -> BankFilePrepared:
    if file is not None:
        raise BankFileIsAt(file.stage, None)
    if not command.payments:
        raise BankFileEmpty(command.file)
    if command.execution < command.at.date():
        raise ExecutionInThePast(command.execution, command.at.date())
    latest = command.at.date() + command.within
    if command.execution > latest:
        raise ExecutionTooFarAhead(command.execution, latest)
    if len(command.rails) > 1:
        raise OneRailInAFile(len(command.rails))
    if None not in command.rails and command.execution > command.at.date():
        raise ProviderPaysAtOnce(command.execution, command.at.date())
    seen: set[PaymentId] = set()
    for instructed in command.payments:
        if instructed.payment in seen:
            raise TwiceInTheFile(instructed.payment)
        seen.add(instructed.payment)
    return BankFilePrepared(
        by=command.by,
        at=command.at,
        file=command.file,
        message_id=command.message_id,
        execution=command.execution,
        payments=command.payments,
    )


def _sealed(command: SealBankFile, file: BankFile) -> Sequence[BankFileSealed]:
    if file.stage is Stage.REFUSED:
        raise BankFileIsAt(file.stage, Stage.PREPARED)
    if file.file_hash is not None:
        _as_sealed(file.file_hash, command.file_hash)
        return []
    return [
        BankFileSealed(
            by=command.by,
            at=command.at,
            file=file.id,
            message_id=file.message_id,
            file_hash=command.file_hash,
            payments=_payments(file),
        )
    ]


def _leaving(command: LetBankFileLeave, file: BankFile) -> Sequence[BankFileLeaving]:
    if file.file_hash is None or file.stage is Stage.REFUSED:
        raise BankFileIsAt(file.stage, Stage.SEALED)
    _as_sealed(file.file_hash, command.file_hash)
    if file.stage in GONE:
        return []
    return [
        BankFileLeaving(
            by=command.by,
            at=command.at,
            file=file.id,
            message_id=file.message_id,
            file_hash=command.file_hash,
            rail=command.rail,
            payments=_payments(file),
        )
    ]


def _sent(command: RecordSending, file: BankFile) -> Sequence[BankFileSent]:
    if file.file_hash is None or file.stage not in GONE:
        raise BankFileIsAt(file.stage, Stage.LEAVING)
    _as_sealed(file.file_hash, command.file_hash)
    if file.stage is Stage.SENT:
        return []
    by, at = command.by, command.at
    return [BankFileSent(by=by, at=at, file=file.id, file_hash=command.file_hash)]


def _downloaded(command: DownloadBankFile, file: BankFile) -> BankFileDownloaded:
    """Not before it leaves: what a person carries to the bank is not stopped any more."""
    if file.file_hash is None or command.file_hash is None or file.stage not in GONE:
        raise NoCopyKept(file.stage)
    _as_sealed(file.file_hash, command.file_hash)
    by, at = command.by, command.at
    return BankFileDownloaded(by=by, at=at, file=file.id, file_hash=command.file_hash)


def _refused(
    command: RefuseBankFile | StopBankFile | TakeOutOfBankFile, file: BankFile, *while_at: Stage
) -> Sequence[BankFileRefused]:
    """Only what has not left: of the rest the bank may know."""
    if file.stage is Stage.REFUSED:
        return []
    if file.stage not in while_at:
        raise BankFileIsAt(file.stage, while_at[-1])
    for fault in command.faults:
        if fault.payment not in _payments(file):
            raise NotInTheFile(fault.payment)
    return [
        BankFileRefused(
            by=command.by,
            at=command.at,
            file=file.id,
            payments=_payments(file),
            faults=command.faults,
        )
    ]


def _payments(file: BankFile) -> tuple[PaymentId, ...]:
    return tuple(instructed.payment for instructed in file.payments)


def _as_sealed(sealed: Digest, found: Digest) -> None:
    if sealed != found:
        raise SealedOtherwise(sealed, found)


bank_file = Decider(decide=decide, evolve=evolve)
