"""What a provider of mobile money says of one request, read as a bank's answer is."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, DecimalException

import msgspec
from msgspec.structs import replace

from disbursement.domain.bank_statement import Kind
from disbursement.iso20022.answers import (
    BankAnswer,
    BankEntry,
    BankStatement,
    BankStatus,
    Direction,
    Movement,
    Status,
    Told,
    exact,
)
from disbursement.iso20022.schema import FILE_MAX_BYTES, NotReadable

BEGINNING = b'{"mobile_money_answer":"1.2"'
COMPLETED, PENDING, FAILED = "completed", "pending", "failed"
REVERSED = "reversed"
REFUSED = frozenset({FAILED, "declined", "rejected", "cancelled", "expired"})
"""Words for a transaction that will not be. The field is free text: a person decides of others."""
UNDECIDED = {PENDING: Status.ACCEPTED, "": Status.ACCEPTED, REVERSED: Status.PENDING}
"""Of what was taken back the statement of our account tells that it left and that it came back."""
STATUSES = UNDECIDED | dict.fromkeys(REFUSED, Status.REJECTED)


class Failure(msgspec.Struct, frozen=True, rename="camel"):
    """An `errorObject`."""

    error_category: str
    error_code: str


class RequestState(msgspec.Struct, frozen=True, rename="camel"):
    """How far an asynchronous request is."""

    server_correlation_id: str
    status: str
    object_reference: str | None = None
    poll_limit: float | None = None
    error: Failure | None = None


class Done(msgspec.Struct, frozen=True, rename="camel"):
    """A transaction as the provider keeps it, as far as it counts here."""

    transaction_reference: str
    transaction_status: str
    amount: str
    currency: str
    requesting_organisation_transaction_reference: str | None = None
    modification_date: datetime | None = None
    creation_date: datetime | None = None
    original_transaction_reference: str | None = None
    """What it undoes."""

    @property
    def day(self) -> date | None:
        moment = self.modification_date or self.creation_date
        return moment.date() if moment else None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """All that the provider has said of one request. It names no payee."""

    mobile_money_answer: str = "1.2"
    provider: str
    account: str
    """Our own with the provider."""
    reference: str
    """Under which we asked."""
    state: RequestState | None = None
    done: Done | None = None
    failure: Failure | None = None

    @property
    def is_final(self) -> bool:
        if self.failure is not None:
            return True
        return self.done is not None and self.done.transaction_status.lower() != PENDING

    @property
    def came_to_nothing(self) -> bool:
        """The provider will not carry it out, or has taken it back."""
        if self.failure is not None:
            return True
        return self.done is not None and self.done.transaction_status.lower() in (
            *REFUSED,
            REVERSED,
        )

    @property
    def name(self) -> str:
        """Under which it is laid among the bank's answers: once, whatever was asked again."""
        return f"{self.reference}.{'final' if self.is_final else 'taken'}.json"

    def content(self) -> bytes:
        """The same for ever once it is final, however often it was asked on the way."""
        return msgspec.json.encode(replace(self, state=None) if self.is_final else self)


def is_answer(data: bytes) -> bool:
    return data.startswith(BEGINNING)


def read(data: bytes) -> Told:
    """`NotReadable` for what is none."""
    if len(data) > FILE_MAX_BYTES:
        raise NotReadable(f"larger than {FILE_MAX_BYTES} bytes")
    try:
        answer = msgspec.json.decode(data, type=Answer)
    except msgspec.MsgspecError:
        raise NotReadable("no answer of a provider of mobile money") from None
    done = answer.done
    if done is not None and done.transaction_status.lower() == COMPLETED:
        return _completed(answer, done)
    return Told(tuple(_status(answer)))


def _completed(answer: Answer, done: Done) -> Told:
    """Money left our account with the provider: told of beforehand, as in a bank's notice."""
    try:
        amount = exact(Decimal(done.amount), done.currency)
    except DecimalException:
        raise NotReadable("an amount that is none") from None
    line = BankEntry(
        message_id=done.transaction_reference,
        statement=answer.provider,
        line=1,
        end_to_end_id=done.requesting_organisation_transaction_reference or answer.reference,
        amount=amount,
        direction=Direction.DEBIT,
        booked=True,
        value_date=done.day,
        bank_reference=done.transaction_reference,
        return_reason=None,
    )
    movement = Movement(
        entry=1,
        first=1,
        last=1,
        amount=-amount,
        booked=True,
        value_date=done.day,
        bank_reference=done.transaction_reference,
    )
    notice = BankStatement(
        kind=Kind.NOTICE,
        identifier=done.transaction_reference,
        page="1",
        account=answer.account,
        opening=None,
        closing=None,
        closed_on=done.day,
        movements=(movement,),
    )
    return Told((line,), (notice,))


def _status(answer: Answer) -> Sequence[BankAnswer]:
    said = answer.done.transaction_status.lower() if answer.done else PENDING
    status = STATUSES.get(said, Status.UNKNOWN)
    reasons: tuple[str, ...] = ()
    if answer.failure is not None:
        status, reasons = Status.REJECTED, (answer.failure.error_code,)
    return (
        BankStatus(
            message_id=answer.provider,
            original_message_id=answer.reference,
            original_group_id=None,
            end_to_end_id=answer.reference,
            status=status,
            code=said,
            reasons=reasons,
        ),
    )
