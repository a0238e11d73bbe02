"""What goes to the bank and comes back by hand: a file downloaded, an answer uploaded.

Where no channel connects us with a bank, a person carries the files. Both ways the same hold as on
the channel: the bytes are those that were sealed, and an answer counts once.
"""

import asyncio
from datetime import datetime
from typing import Any

from fastapi import Response

from disbursement.api.bank import BankAnswerAnswer, OutcomeAnswer
from disbursement.api.reach import ANSWER_FOR_MONEY
from disbursement.api.routes import CONFLICTS, UNKNOWN, api
from disbursement.bank.listen import SCOPE, Ear, Matched, acts, failures, hash_of
from disbursement.domain.bank_answer import (
    AnswerReadAlready,
    BankAnswerId,
    ConfirmBankAnswer,
    Failure,
    LinesTold,
    NotABankAnswer,
    ReadBankAnswer,
    UploadBankAnswer,
    answer_id,
    bank_answer,
)
from disbursement.domain.bank_file import (
    DownloadBankFile,
    NoCopyKept,
    NoSuchBankFile,
    bank_file,
)
from disbursement.domain.commitment import ConfirmFailure, UploadFailure, commitment
from disbursement.domain.payment import Stage as Paying
from disbursement.domain.payment import payment
from disbursement.gateways import Gateways as Own
from disbursement.iso20022.schema import FILE_MAX_BYTES, NotReadable
from disbursement.mobile_money.answers import is_answer
from disbursement.mobile_money.orders import is_orders
from disbursement.views import exchanged
from events.handler import Act
from events.io.http import (
    Answer,
    Do,
    Files,
    Gateways,
    Load,
    Now,
    Page,
    Paging,
    Request,
    Upload,
    View,
    Who,
)
from events.ports import Claim, ClaimTaken
from events.roles import Role
from events.values import BankFileId, Digest, PersonId

XML, JSON, TEXT = "application/xml", "application/json", "text/plain"
CARRIES = frozenset({Role.FINANCE_OFFICER, Role.SIGNATORY})
"""Who gathers payments into a file may also take it to the bank."""
SIGNED = frozenset({Paying.SIGNED, Paying.RELEASED})


@api.query(
    "/v1/bank-files/{file}/content",
    gives=(XML, JSON),
    allows=CARRIES,
    unknown={NoSuchBankFile, NoCopyKept},
)
async def download_bank_file(
    *, file: BankFileId, me: Who, now: Now, load: Load, own: Gateways, asked: Request
) -> Response:
    """Take a copy of a sealed file, byte for byte. It names payees: it is recorded who has one."""
    state, _ = await load.state(bank_file, file)
    if state is None:
        raise NoSuchBankFile
    content = await asyncio.to_thread(_own(own).bank.sealed, file)
    found = None if content is None else hash_of(content)
    taken = DownloadBankFile(by=me.id, at=now, file_hash=found)
    await asked.desk.handler.do(Act(bank_file, file, taken), context=asked.context)
    assert content is not None, "what is not kept was refused"
    media, suffix = (JSON, "json") if is_orders(content) else (XML, "xml")
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{state.message_id}.{suffix}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=media, headers=headers)


class OnceOnly(Files):
    """A file that is worked off before the request is answered."""

    later = False


@api.command(
    "/v1/bank-answers",
    creates=BankAnswerAnswer,
    allows={Role.FINANCE_OFFICER},
    files=OnceOnly((XML, "text/xml", TEXT, "application/octet-stream"), FILE_MAX_BYTES),
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def upload_bank_answer(
    *, file: Upload, me: Who, do: Do, view: View, own: Gateways, asked: Request
) -> Response:
    """Hand in what the bank gave you: pain.002, camt.052 to camt.054, or MT940.

    It is read at once, and counts once. What fits no payment of ours waits for a person. Who signed
    a payment does not tell what the bank made of it (S9).
    """
    if is_answer(file.content):  # ours, of what a provider of mobile money was asked
        raise NotABankAnswer
    gateways, digest = _own(own), hash_of(file.content)
    ear = Ear(asked.desk.handler, view, gateways.bank, gateways.debtor)
    if await ear.handler.store.claim(SCOPE, digest) is not None:
        raise AnswerReadAlready(answer_id(digest))
    try:
        matched = await ear.match(file.content)
    except NotReadable:
        raise NotABankAnswer from None
    read, claims = await ear.reading(digest, matched, me.id)
    uploaded = UploadBankAnswer(
        by=me.id,
        at=read.at,
        read=read,
        outcome=_outcome(matched, left_open=len(read.open_lines)),
        releasers=_releasers(matched),
        failures=failures(matched.weighed, matched.payments),
    )
    once = Claim(SCOPE, digest, bytes.fromhex(digest))
    try:
        answer = await do(
            Act(bank_answer, read.answer, uploaded, (*claims, once)),
            *acts(matched.weighed, matched.payments, me.id),
            *(_doubted(each, read, me.id) for each in uploaded.failures),
            answer=BankAnswerAnswer.of,
        )
    except ClaimTaken as taken:
        if taken.held.scope != SCOPE:
            raise
        raise AnswerReadAlready(read.answer) from None
    await ear.forget(matched.payments.values())
    return answer


def _outcome(matched: Matched, *, left_open: int) -> LinesTold:
    told, weighed = matched.told, matched.weighed
    waits = {line.line for line in weighed.open_lines}
    taken = len(weighed.news - waits)
    return LinesTold(
        taken=taken, unchanged=len(told.lines) - taken - len(waits), left_open=left_open
    )


def _releasers(matched: Matched) -> frozenset[PersonId]:
    """Who signed the payments of which it tells something new."""
    moved = {one for one, _ in matched.weighed.commands}
    return frozenset(
        person for one in moved for stage, person in matched.payments[one].acts if stage in SIGNED
    )


def _doubted(failure: Failure, read: ReadBankAnswer, by: PersonId) -> Act[Any, Any, Any]:
    """One person alone says so: nothing is paid in its place before another one confirms it."""
    told = UploadFailure(by=by, at=read.at, payment=failure.payment, answer=read.answer)
    return Act(commitment, failure.commitment, told)


@api.command(
    "/v1/bank-answers/{answer}/confirm",
    answers=BankAnswerAnswer,
    allows={Role.FINANCE_OFFICER, Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_bank_answer(
    answer: BankAnswerId, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Say that you have seen it at the bank, too: what another person uploaded came to nothing."""
    state, _ = await load.state(bank_answer, answer)
    failed = state.unconfirmed if state else ()
    signed: set[PersonId] = set()
    acts: list[Act[Any, Any, Any]] = []
    for each in failed:
        of, _ = await load.state(payment, each.payment)
        signed |= {person for stage, person in of.acts if stage in SIGNED} if of else set()
        seen = ConfirmFailure(by=me.id, at=now, payment=each.payment, answer=answer)
        acts.append(Act(commitment, each.commitment, seen))
    confirmed = ConfirmBankAnswer(by=me.id, at=now, releasers=frozenset(signed))
    return await do(Act(bank_answer, answer, confirmed), *acts, answer=BankAnswerAnswer.of)


class BankAnswerLine(Answer):
    """A file of the bank that was read."""

    answer: BankAnswerId
    file_hash: Digest
    read_at: datetime
    position: int
    """In this service's history."""
    lines: int
    waiting: int
    """How many of its lines wait for a person still."""
    uploaded_by: PersonId | None
    """None: it came from the bank by itself."""
    outcome: OutcomeAnswer | None
    unconfirmed: int
    """How many failures it tells of that another person has to confirm."""

    @property
    def key(self) -> str:
        return f"{self.position:019}"


@api.query("/v1/bank-answers", answers=Page[BankAnswerLine], allows=ANSWER_FOR_MONEY)
async def list_bank_answers(view: View, page: Paging) -> Page[BankAnswerLine]:
    """List what the bank has sent, or a person has uploaded of it, the newest first."""
    found = await exchanged.answers(view, before=page.after, limit=page.limit + 1)
    lines = [
        BankAnswerLine(
            answer=each.answer,
            file_hash=each.file_hash,
            read_at=each.read_at,
            position=each.position,
            lines=each.lines,
            waiting=each.waiting,
            uploaded_by=each.uploaded_by,
            outcome=OutcomeAnswer.of(each.outcome),
            unconfirmed=each.unconfirmed,
        )
        for each in found
    ]
    return page.of(lines, key=lambda each: each.key)


def _own(own: object) -> Own:
    assert isinstance(own, Own)
    return own
