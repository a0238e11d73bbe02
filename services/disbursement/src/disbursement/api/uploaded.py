"""A file of the bank that a person uploaded, before another one: what it tells, and whether the
bank tells that. Nothing of it counts until somebody who had no part in it has said so, for all.
"""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import date

from fastapi import Response
from pydantic import computed_field

from disbursement.api.bank import BankAnswerAnswer, BankLineAnswer, DeclinedAnswer, OutcomeAnswer
from disbursement.api.exchanging import own_gateways, told_by
from disbursement.api.reach import ANSWER_FOR_MONEY
from disbursement.api.reconciliation import StatementAnswer, told_in_turn
from disbursement.api.routes import CONFLICTS, UNKNOWN, ReasonBody, api
from disbursement.bank.listen import SCOPE, Ear, Matched, acts, hash_of
from disbursement.domain.bank_answer import (
    AnswerReadAlready,
    BankAnswer,
    BankAnswerId,
    ConfirmBankAnswer,
    DeclineBankAnswer,
    NoSuchBankAnswer,
    NothingToConfirm,
    ReadBankAnswer,
    Stage,
    UploadNotKept,
    bank_answer,
)
from disbursement.domain.bank_statement import Kind
from disbursement.domain.payment import Payment
from disbursement.domain.payment import Stage as Paying
from disbursement.views import conflicts, lists
from disbursement.views import reconciliation as sides
from events.handler import Act
from events.io.http import Answer, Body, Do, Gateways, Load, Now, Request, View, Who
from events.money import Money, total
from events.ports import Claim, ClaimTaken
from events.roles import Role
from events.service import Connection
from events.values import Digest, PaymentId, VendorId

CONFIRM = frozenset({Role.FINANCE_OFFICER, Role.APPROVING_OFFICER, Role.GRANT_MANAGER})
"""A grant manager has no part in payments: so a small office has somebody, too."""


class BecomesAnswer(Answer):
    """A payment of which the file tells something new, as it would stand."""

    payment: PaymentId
    vendor: VendorId
    amount: Money
    stage: Paying


class SumAnswer(Answer):
    """All payments that would stand alike."""

    stage: Paying
    payments: int
    amount: Money


class PreviewAnswer(Answer):
    """What would follow from an uploaded file if it were confirmed now."""

    answer: BankAnswerId
    declines: tuple[DeclinedAnswer, ...]
    """Who has declined the same file before, the oldest first."""
    outcome: OutcomeAnswer
    sums: tuple[SumAnswer, ...]
    payments: tuple[BecomesAnswer, ...]
    statements: tuple[StatementAnswer, ...]
    """With their balances, to be compared with the bank's own."""
    open_lines: tuple[BankLineAnswer, ...]
    """Lines, and statements as a whole, that a person would have to look at."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def evidence(self) -> Digest:
        """To be named when it is confirmed: of all of the above."""
        return hash_of(self.model_dump_json(exclude={"evidence"}).encode())


class PreviewedBody(Body):
    evidence: Digest
    """What the preview gave: who confirms has seen that, and nothing has changed since."""


@api.query(
    "/v1/bank-answers/{answer}/preview",
    answers=PreviewAnswer,
    allows=ANSWER_FOR_MONEY,
    unknown={NoSuchBankAnswer, NothingToConfirm, UploadNotKept},
)
async def preview_bank_answer(
    answer: BankAnswerId, load: Load, view: View, own: Gateways, asked: Request
) -> PreviewAnswer:
    """Read what an uploaded file tells, to compare it with the bank's own site."""
    bank = own_gateways(own)
    ear = Ear(asked.desk.handler, view, bank.bank, bank.debtor)
    stands = await _waits(answer, load)
    matched = await _again(stands, ear)
    read, _ = await ear.reading(stands.file_hash, matched)
    return await _preview(stands, matched, read, view)


async def _preview(
    stands: BankAnswer, matched: Matched, read: ReadBankAnswer, view: Connection
) -> PreviewAnswer:
    told = OutcomeAnswer.of(told_by(matched, read))
    assert told is not None, "what it told is known"
    moved = _moved(matched)
    lines = (lists.BankLine(read.answer, line, None, 0) for line in read.open_lines)
    return PreviewAnswer(
        answer=read.answer,
        declines=tuple(DeclinedAnswer.of(each) for each in stands.declines),
        outcome=told,
        sums=tuple(_sums(moved)),
        payments=tuple(
            BecomesAnswer(payment=p.id, vendor=p.vendor, amount=p.amount, stage=p.stage)
            for p in moved
        ),
        statements=tuple(_balances(read, await sides.statements(view))),
        open_lines=tuple(BankLineAnswer.of(line) for line in lines),
    )


def _sums(moved: Iterable[Payment]) -> Iterator[SumAnswer]:
    alike: dict[tuple[Paying, str], list[Money]] = {}
    for each in moved:
        alike.setdefault((each.stage, each.amount.currency), []).append(each.amount)
    for (stage, currency), amounts in sorted(alike.items()):
        amount = total(amounts, currency)
        yield SumAnswer(stage=stage, payments=len(amounts), amount=amount)


def _balances(read: ReadBankAnswer, before: Iterable[sides.Shown]) -> Iterator[StatementAnswer]:
    """Its statements, each after the one that counts before it: so a gap between them is seen."""
    mine = (sides.Shown(read.answer, told) for told in read.statements)
    news = (one for one in mine if one.told.kind is Kind.STATEMENT and not one.told.again)

    def place(one: sides.Shown) -> tuple[str, date]:
        return one.told.account or "", one.told.closed_on or date.max

    for told in told_in_turn(sorted((*before, *news), key=place)):
        if told.answer == read.answer:
            yield told


@api.command(
    "/v1/bank-answers/{answer}/confirm",
    answers=BankAnswerAnswer,
    allows=CONFIRM,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_bank_answer(
    *,
    answer: BankAnswerId,
    body: PreviewedBody,
    me: Who,
    do: Do,
    load: Load,
    view: View,
    own: Gateways,
    asked: Request,
) -> Response:
    """Say that the bank tells what the file tells: all of it counts from now on.

    Not who ever uploaded it, nor who had a part in a payment of which it tells something new (S9).
    """
    bank = own_gateways(own)
    ear = Ear(asked.desk.handler, view, bank.bank, bank.debtor)
    stands = await _waits(answer, load)
    matched = await _again(stands, ear)
    moved = _moved(matched)
    vendors, cases = {each.vendor for each in moved}, {each.case for each in moved}
    await conflicts.takes_part(view, me.id, vendors=vendors, cases=cases)
    read, claims = await ear.reading(stands.file_hash, matched, me.id)
    tells = await _preview(stands, matched, read, view)
    confirmed = ConfirmBankAnswer(
        by=me.id,
        at=read.at,
        read=read,
        parties=frozenset(person for each in moved for _, person in each.acts),
        as_seen=tells.evidence == body.evidence,
    )
    once = Claim(SCOPE, stands.file_hash, bytes.fromhex(stands.file_hash))
    try:
        done = await do(
            Act(bank_answer, answer, confirmed, (*claims, once)),
            *acts(matched.weighed, matched.payments, me.id),
            answer=BankAnswerAnswer.of,
        )
    except ClaimTaken as taken:
        if taken.held.scope != SCOPE:
            raise
        raise AnswerReadAlready(answer) from None
    await ear.forget(matched.payments.values())
    return done


@api.command(
    "/v1/bank-answers/{answer}/decline",
    answers=BankAnswerAnswer,
    allows=CONFIRM,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def decline_bank_answer(
    answer: BankAnswerId, body: ReasonBody, me: Who, now: Now, do: Do
) -> Response:
    """Say that the bank tells no such thing: nothing of the file counts."""
    declined = DeclineBankAnswer(by=me.id, at=now, reason=body.reason)
    return await do(Act(bank_answer, answer, declined), answer=BankAnswerAnswer.of)


async def _waits(answer: BankAnswerId, load: Load) -> BankAnswer:
    state, _ = await load.state(bank_answer, answer)
    if state is None:
        raise NoSuchBankAnswer(0)
    if state.stage is not Stage.UPLOADED:
        raise NothingToConfirm(answer)
    return state


async def _again(stands: BankAnswer, ear: Ear) -> Matched:
    """The file as it was uploaded, weighed against the payments as they stand now."""
    content = await asyncio.to_thread(ear.bank.kept, stands.file_hash)
    if content is None or hash_of(content) != stands.file_hash:
        raise UploadNotKept(stands.id)
    return await ear.match(content)


def _moved(matched: Matched) -> list[Payment]:
    """The payments of which it tells something new, as they would stand."""
    return [matched.payments[one] for one in dict.fromkeys(p for p, _ in matched.weighed.commands)]
