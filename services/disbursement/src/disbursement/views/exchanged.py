"""The files that were read of the bank, whoever brought them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from disbursement.domain import registry
from disbursement.domain.bank_answer import (
    BankAnswerConfirmed,
    BankAnswerId,
    BankAnswerRead,
    BankAnswerUploaded,
    FailuresLeftUnconfirmed,
    LinesTold,
)
from disbursement.views.rows import read, written
from events.service import Connection, Heard, View
from events.values import Digest, PersonId


class Exchanged(msgspec.Struct, frozen=True, kw_only=True):
    answer: BankAnswerId
    file_hash: Digest
    read_at: datetime
    position: int
    lines: int
    waiting: int
    uploaded_by: PersonId | None
    outcome: LinesTold | None
    unconfirmed: int


async def answers(view: Connection, *, before: str | None, limit: int) -> list[Exchanged]:
    """The newest first; `before` is a position of 19 digits."""
    rows = await view.fetch(
        "select a.*, (select count(*) from bank_line_view l where l.answer_id = a.answer_id"
        " and l.resolved is null) as waiting from bank_answer_view a"
        " where ($1::text is null or lpad(position::text, 19, '0') < $1)"
        " order by position desc limit $2",
        before,
        limit,
    )
    return [
        Exchanged(
            answer=BankAnswerId(row["answer_id"]),
            file_hash=Digest(row["file_hash"]),
            read_at=row["read_at"],
            position=row["position"],
            lines=row["lines"],
            waiting=row["waiting"],
            uploaded_by=row["uploaded_by"] and PersonId(row["uploaded_by"]),
            outcome=read(row["outcome"], LinesTold) if row["outcome"] else None,
            unconfirmed=row["unconfirmed"],
        )
        for row in rows
    ]


async def _project(facts: Sequence[Heard[Any]], tables: Connection) -> None:
    for fact in facts:
        match fact.event:
            case BankAnswerRead(answer=answer, file_hash=file_hash, lines=lines, at=at):
                await tables.execute(
                    "insert into bank_answer_view (answer_id, file_hash, read_at, position, lines)"
                    " values ($1, $2, $3, $4, $5)",
                    answer,
                    file_hash,
                    at,
                    fact.position,
                    lines,
                )
            case BankAnswerUploaded(answer=answer, by=by, outcome=outcome):
                await tables.execute(
                    "update bank_answer_view set uploaded_by = $2, outcome = $3"
                    " where answer_id = $1",
                    answer,
                    by,
                    written(outcome),
                )
            case FailuresLeftUnconfirmed(answer=answer, failures=failures):
                await tables.execute(
                    "update bank_answer_view set unconfirmed = unconfirmed + $2"
                    " where answer_id = $1",
                    answer,
                    len(failures),
                )
            case BankAnswerConfirmed(answer=answer):
                await tables.execute(
                    "update bank_answer_view set unconfirmed = 0 where answer_id = $1", answer
                )


view = View("exchanged", {"disbursement": registry}, _project, ("bank_answer_view",))
