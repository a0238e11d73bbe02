"""What goes to the bank and comes back by hand: a file downloaded, an answer uploaded.

Where no channel connects us with a bank, a person carries the files. Both ways the same hold as on
the channel: the bytes are those that were sealed, and an answer counts once. What a person brings
counts when another one has confirmed it (`uploaded`).
"""

import asyncio
from datetime import datetime

from fastapi import Response

from disbursement.api.bank import BankAnswerAnswer, OutcomeAnswer
from disbursement.api.reach import ANSWER_FOR_MONEY
from disbursement.api.routes import CONFLICTS, UNKNOWN, api
from disbursement.bank.listen import Ear, Matched, hash_of
from disbursement.bank.reading import is_ours
from disbursement.domain.bank_answer import (
    BankAnswerId,
    LinesTold,
    NotABankAnswer,
    ReadBankAnswer,
    Stage,
    UploadBankAnswer,
    bank_answer,
)
from disbursement.domain.bank_file import (
    DownloadBankFile,
    NoCopyKept,
    NoSuchBankFile,
    bank_file,
)
from disbursement.gateways import Gateways as Own
from disbursement.iso20022.schema import FILE_MAX_BYTES, NotReadable
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
from events.roles import Role
from events.values import BankFileId, Code, Digest, PersonId

XML, JSON, TEXT = "application/xml", "application/json", "text/plain"
CARRIES = frozenset({Role.FINANCE_OFFICER, Role.SIGNATORY})
"""Who gathers payments into a file may also take it to the bank."""


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
    content = await asyncio.to_thread(own_gateways(own).bank.sealed, file)
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
    *, file: Upload, me: Who, do: Do, load: Load, view: View, own: Gateways, asked: Request
) -> Response:
    """Hand in what the bank gave you: pain.002, camt.052 to camt.054, or MT940.

    Nothing of it counts before another person has confirmed it. What does not add up is refused.
    """
    if is_ours(file.content):
        raise NotABankAnswer
    gateways, digest = own_gateways(own), hash_of(file.content)
    ear = Ear(asked.desk.handler, view, gateways.bank, gateways.debtor)
    try:
        matched = await ear.match(file.content)
    except NotReadable:
        raise NotABankAnswer from None
    read, _ = await ear.reading(digest, matched, me.id)
    uploaded = UploadBankAnswer(
        by=me.id,
        at=read.at,
        answer=read.answer,
        file_hash=digest,
        outcome=told_by(matched, read),
        statements=read.statements,
    )
    stands, _ = await load.state(bank_answer, read.answer)
    bank_answer.decide(uploaded, stands)  # nothing is kept of what is refused
    await asyncio.to_thread(gateways.bank.keep, digest, file.content)
    return await do(Act(bank_answer, read.answer, uploaded), answer=BankAnswerAnswer.of)


def told_by(matched: Matched, read: ReadBankAnswer) -> LinesTold:
    """What a file tells, line by line."""
    told, weighed = matched.told, matched.weighed
    waits = {line.line for line in weighed.open_lines}
    taken = len(weighed.news - waits)
    return LinesTold(
        taken=taken,
        unchanged=len(told.lines) - taken - len(waits),
        left_open=len(read.open_lines),
    )


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
    stage: Stage
    uploaded_by: PersonId | None
    """None: it came from the bank by itself."""
    confirmed_by: PersonId | None
    """None, and read: the bank itself has brought it."""
    declined: Code | None
    """Why nothing of it counts."""
    outcome: OutcomeAnswer | None

    @property
    def key(self) -> str:
        return f"{self.position:019}"


@api.query("/v1/bank-answers", answers=Page[BankAnswerLine], allows=ANSWER_FOR_MONEY)
async def list_bank_answers(
    view: View, page: Paging, stage: Stage | None = None
) -> Page[BankAnswerLine]:
    """List what the bank has sent, or a person has uploaded of it, the newest first."""
    found = await exchanged.answers(view, before=page.after, limit=page.limit + 1, stage=stage)
    lines = [
        BankAnswerLine(
            answer=each.answer,
            file_hash=each.file_hash,
            read_at=each.read_at,
            position=each.position,
            lines=each.lines,
            waiting=each.waiting,
            stage=each.stage,
            uploaded_by=each.uploaded_by,
            confirmed_by=each.confirmed_by,
            declined=each.declined,
            outcome=OutcomeAnswer.of(each.outcome),
        )
        for each in found
    ]
    return page.of(lines, key=lambda each: each.key)


def own_gateways(own: object) -> Own:
    assert isinstance(own, Own)
    return own
