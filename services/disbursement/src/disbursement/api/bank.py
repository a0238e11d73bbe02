"""Bank files over HTTP, and the lines of the bank's answers that wait for a person."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from disbursement.api.reach import ANSWER_FOR_MONEY, Do
from disbursement.api.routes import CONFLICTS, UNKNOWN, api
from disbursement.domain.bank_answer import (
    BankAnswer,
    BankAnswerId,
    Declined,
    LinesTold,
    Open,
    ResolveBankLine,
    bank_answer,
)
from disbursement.domain.bank_answer import Stage as Read
from disbursement.domain.bank_file import (
    BankFile,
    Fault,
    Instructed,
    PrepareBankFile,
    Stage,
    TakeOutOfBankFile,
    bank_file,
    message_id,
)
from disbursement.domain.commitment import GoOnPaying, commitment
from disbursement.domain.payment import (
    Payment,
    end_to_end_id,
    payment,
    payment_of,
)
from disbursement.domain.payment import Stage as Paying
from disbursement.domain.payment.refusals import InOtherFile, NoSuchPayment
from disbursement.standing import put_in
from disbursement.views import conflicts, lists, lookups
from events.handler import Act
from events.io.http import Answer, Body, Gateways, Load, NewIds, Now, Page, Paging, View, Who
from events.money import Money
from events.ports import Claim, ClaimTaken
from events.roles import Role
from events.values import AccountId, BankFileId, Code, Digest, PaymentId, PersonId

REFERENCE = "end_to_end_id"
"""The claims' scope by which a payment is put in one file, for ever.

Only when that file was refused before it left is there another claim to take: the next.
"""
FILE_MAX = 200


class PrepareBankFileBody(Body):
    payments: Annotated[tuple[PaymentId, ...], Field(min_length=1, max_length=FILE_MAX)]
    execution: date | None = None
    """Today, unless another day is asked for: within the days that `HOMEWARD_DEBTOR` allows."""


class InstructedAnswer(Answer):
    payment: PaymentId
    end_to_end_id: Code
    account: AccountId
    amount: Money


class BankFileAnswer(Answer):
    file: BankFileId
    message_id: Code
    execution: date
    stage: Stage
    file_hash: Digest | None
    payments: tuple[InstructedAnswer, ...]
    version: int

    @classmethod
    def of(cls, state: BankFile, version: int) -> "BankFileAnswer":
        return cls(
            file=state.id,
            message_id=state.message_id,
            execution=state.execution,
            stage=state.stage,
            file_hash=state.file_hash,
            payments=tuple(
                InstructedAnswer(
                    payment=each.payment,
                    end_to_end_id=each.end_to_end_id,
                    account=each.account,
                    amount=each.amount,
                )
                for each in state.payments
            ),
            version=version,
        )


@api.command(
    "/v1/bank-files",
    creates=BankFileAnswer,
    allows={Role.FINANCE_OFFICER, Role.SIGNATORY},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def prepare_bank_file(
    *,
    body: PrepareBankFileBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
    ids: NewIds,
    own: Gateways,
) -> Response:
    """Gather released payments into one instruction; it is written and handed over by itself.

    To the bank; or, when all of them go to wallets with one provider of mobile money, to that.
    """
    new = BankFileId(ids.new("fil"))
    instructed: list[Instructed] = []
    acts: list[Act[Any, Any, Any]] = []
    rails: set[Code | None] = set()
    for one in dict.fromkeys(body.payments):
        state, _ = await load.state(payment, one)
        if state is None:
            raise NoSuchPayment
        await conflicts.takes_part(view, me.id, vendors=(state.vendor,), cases=(state.case,))
        do.rests_on(state.vendor, state.case, state.item, state.account)
        of, _ = await load.state(commitment, state.commitment)
        invoice = of.invoice(state.invoice) if of else None
        assert of is not None, "the payment was requested on it"
        assert invoice is not None, "the payment was requested for it"
        account = await lookups.vendor_account(view, state.vendor, state.amount.currency)
        rails.add(account.wallet if account else None)
        instructed.append(
            Instructed(
                payment=one,
                end_to_end_id=end_to_end_id(one),
                vendor=state.vendor,
                account=state.account,
                amount=state.amount,
                invoice_number=invoice.number,
            )
        )
        put = await put_in(state, new, by=me.id, at=now, load=load, view=view)
        acts.append(Act(payment, one, put, (_once(state),)))
        goes_on = GoOnPaying(by=me.id, at=now, invoice=state.invoice, payment=one)
        acts.append(Act(commitment, state.commitment, goes_on))
    prepared = PrepareBankFile(
        by=me.id,
        at=now,
        file=new,
        message_id=message_id(new),
        execution=body.execution or now.date(),
        payments=tuple(instructed),
        within=timedelta(days=own.debtor.ahead_days),
        rails=frozenset(rails),
    )
    try:
        return await do(Act(bank_file, new, prepared), *acts, answer=BankFileAnswer.of)
    except ClaimTaken as taken:
        if taken.held.scope != REFERENCE:
            raise
        raise InOtherFile(payment_of(taken.held.key.partition("/")[0])) from None


def _once(stands: Payment) -> Claim:
    reference = end_to_end_id(stands.id)
    if stands.files_refused:
        return Claim(REFERENCE, f"{reference}/{stands.files_refused}")
    return Claim(REFERENCE, reference)


def stopping(
    of: Payment | None, reason: Code, by: PersonId, at: datetime
) -> tuple[BankFileId | None, Sequence[Act[Any, Any, Any]]]:
    """The file out of which the payment is taken, and that it is stopped; else none, and nothing.

    Too late (`BankFileIsAt`) when it has left.
    """
    if of is None or of.file is None or of.stage is not Paying.IN_FILE:
        return None, ()
    faults = (Fault(payment=of.id, reason=reason),)
    return of.file, (Act(bank_file, of.file, TakeOutOfBankFile(by=by, at=at, faults=faults)),)


@api.query("/v1/bank-files/{file}", answers=BankFileAnswer, allows=ANSWER_FOR_MONEY)
async def read_bank_file(file: BankFileId, load: Load) -> Response:
    """Read a bank file: what is in it, how far it is, its hash."""
    return await load(bank_file, file, answer=BankFileAnswer.of)


@api.query("/v1/bank-files", answers=Page[BankFileAnswer], allows=ANSWER_FOR_MONEY)
async def list_bank_files(
    view: View,
    page: Paging,
    newest: bool = False,  # noqa: FBT001, FBT002  a query parameter
) -> Page[BankFileAnswer]:
    """List bank files by id: the oldest first, or the newest."""
    rows = await lists.bank_files(view, after=page.after, limit=page.limit + 1, newest=newest)
    return page.of([BankFileAnswer.of(r.state, r.version) for r in rows], key=lambda a: a.file)


class OutcomeAnswer(Answer):
    """What a file tells that a person uploaded, line by line."""

    taken: int
    """Lines that told something new of a payment."""
    unchanged: int
    left_open: int
    """Lines, and statements as a whole, that a person has to look at."""

    @classmethod
    def of(cls, told: LinesTold | None) -> "OutcomeAnswer | None":
        if told is None:
            return None
        return cls(taken=told.taken, unchanged=told.unchanged, left_open=told.left_open)


class DeclinedAnswer(Answer):
    """Somebody found that the bank tells no such thing."""

    by: PersonId
    reason: Code
    at: datetime

    @classmethod
    def of(cls, told: Declined) -> "DeclinedAnswer":
        return cls(by=told.by, reason=told.reason, at=told.at)


class BankAnswerAnswer(Answer):
    answer: BankAnswerId
    file_hash: Digest
    lines: int
    open_lines: tuple[int, ...]
    stage: Read
    """Uploaded: nothing of it counts before another person has confirmed it."""
    outcome: OutcomeAnswer | None
    """What it told when it was uploaded. None: it came from the bank by itself."""
    uploaded_by: PersonId | None
    """The last one."""
    uploaders: tuple[PersonId, ...]
    """All who ever uploaded it: none of them confirms it."""
    declines: tuple[DeclinedAnswer, ...]
    """The oldest first, also those before it was uploaded again."""
    confirmed_by: PersonId | None
    """None, and read: the bank itself has brought it."""
    version: int

    @classmethod
    def of(cls, state: BankAnswer, version: int) -> "BankAnswerAnswer":
        return cls(
            answer=state.id,
            file_hash=state.file_hash,
            lines=state.lines,
            open_lines=state.open_lines,
            stage=state.stage,
            outcome=OutcomeAnswer.of(state.outcome),
            uploaded_by=state.uploaded_by,
            uploaders=state.uploaders,
            declines=tuple(DeclinedAnswer.of(each) for each in state.declines),
            confirmed_by=state.confirmed_by,
            version=version,
        )


class BankLineAnswer(Answer):
    """A line that fitted none of our payments, or contradicted what we know of one."""

    answer: BankAnswerId
    line: int
    why: Open
    reference: Code | None
    status: Code | None
    amount: Money | None
    value_date: date | None
    bank_ref: Code | None
    outcome: Code | None
    proposed: Code | None
    """What one person said became of it; another one has to say the same."""
    proposed_by: PersonId | None

    @classmethod
    def of(cls, told: lists.BankLine) -> "BankLineAnswer":
        return cls(
            answer=BankAnswerId(told.answer),
            line=told.line.line,
            why=told.line.why,
            reference=told.line.reference,
            status=told.line.status,
            amount=told.line.amount,
            value_date=told.line.value_date,
            bank_ref=told.line.bank_ref,
            outcome=told.resolved,
            proposed=told.proposed,
            proposed_by=told.proposed_by,
        )

    @property
    def key(self) -> str:
        return f"{self.answer}/{self.line:09}"


class ResolveLineBody(Body):
    line: Annotated[int, Field(ge=0)]
    outcome: Code


@api.query("/v1/bank-answers/{answer}", answers=BankAnswerAnswer, allows=ANSWER_FOR_MONEY)
async def read_bank_answer(answer: BankAnswerId, load: Load) -> Response:
    """Read which lines of an answer of the bank are still open."""
    return await load(bank_answer, answer, answer=BankAnswerAnswer.of)


@api.command(
    "/v1/bank-answers/{answer}/resolve",
    answers=BankAnswerAnswer,
    allows={Role.FINANCE_OFFICER, Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def resolve_bank_line(
    answer: BankAnswerId, body: ResolveLineBody, me: Who, now: Now, do: Do
) -> Response:
    """Say what became of an open line after a person has looked; where it names money, it is dealt
    with when another person says the same.
    """
    resolved = ResolveBankLine(by=me.id, at=now, line=body.line, outcome=body.outcome)
    return await do(Act(bank_answer, answer, resolved), answer=BankAnswerAnswer.of)


@api.query("/v1/bank-lines", answers=Page[BankLineAnswer], allows=ANSWER_FOR_MONEY)
async def list_bank_lines(
    view: View,
    page: Paging,
    resolved: bool = False,  # noqa: FBT001, FBT002  a query parameter
) -> Page[BankLineAnswer]:
    """List the lines of the bank's answers that wait for a person, or those dealt with."""
    lines = await lists.bank_lines(view, after=page.after, limit=page.limit + 1, resolved=resolved)
    return page.of([BankLineAnswer.of(line) for line in lines], key=lambda a: a.key)
