"""The files that were read of the bank, whoever brought them; and those that wait to be."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from disbursement.domain import registry
from disbursement.domain.bank_answer import (
    BankAnswerConfirmed,
    BankAnswerDeclined,
    BankAnswerId,
    BankAnswerRead,
    BankAnswerUploaded,
    LinesTold,
    Stage,
)
from disbursement.views.rows import read, written
from events.service import Connection, Heard, View
from events.values import Code, Digest, PersonId


class Exchanged(msgspec.Struct, frozen=True, kw_only=True):
    answer: BankAnswerId
    file_hash: Digest
    read_at: datetime
    """Or uploaded, as long as it waits."""
    position: int
    lines: int
    waiting: int
    stage: Stage
    uploaded_by: PersonId | None
    confirmed_by: PersonId | None
    declined: Code | None
    outcome: LinesTold | None


async def answers(
    view: Connection, *, before: str | None, limit: int, stage: Stage | None = None
) -> list[Exchanged]:
    """The newest first; `before` is a position of 19 digits."""
    rows = await view.fetch(
        "select a.*, (select count(*) from bank_line_view l where l.answer_id = a.answer_id"
        " and l.resolved is null) as waiting from bank_answer_view a"
        " where ($1::text is null or lpad(position::text, 19, '0') < $1)"
        " and ($3::text is null or stage = $3)"
        " order by position desc limit $2",
        before,
        limit,
        stage,
    )
    return [
        Exchanged(
            answer=BankAnswerId(row["answer_id"]),
            file_hash=Digest(row["file_hash"]),
            read_at=row["read_at"],
            position=row["position"],
            lines=row["lines"],
            waiting=row["waiting"],
            stage=Stage(row["stage"]),
            uploaded_by=row["uploaded_by"] and PersonId(row["uploaded_by"]),
            confirmed_by=row["confirmed_by"] and PersonId(row["confirmed_by"]),
            declined=row["declined"] and Code(row["declined"]),
            outcome=read(row["outcome"], LinesTold) if row["outcome"] else None,
        )
        for row in rows
    ]


async def _project(facts: Sequence[Heard[Any]], tables: Connection) -> None:
    for fact in facts:
        match fact.event:
            case BankAnswerUploaded():
                await _uploaded(fact, tables)
            case BankAnswerRead(answer=answer, file_hash=file_hash, lines=lines, at=at):
                await tables.execute(
                    "insert into bank_answer_view (answer_id, file_hash, read_at, position, lines,"
                    " stage) values ($1, $2, $3, $4, $5, $6) on conflict (answer_id) do update"
                    " set read_at = $3, position = $4, lines = $5, stage = $6",
                    answer,
                    file_hash,
                    at,
                    fact.position,
                    lines,
                    Stage.READ,
                )
            case BankAnswerConfirmed(answer=answer, by=by):
                await tables.execute(
                    "update bank_answer_view set confirmed_by = $2 where answer_id = $1", answer, by
                )
            case BankAnswerDeclined(answer=answer, reason=reason):
                await tables.execute(
                    "update bank_answer_view set stage = $2, declined = $3 where answer_id = $1",
                    answer,
                    Stage.DECLINED,
                    reason,
                )


async def _uploaded(fact: Heard[BankAnswerUploaded], tables: Connection) -> None:
    """Also after it was declined. Long ago what was uploaded was read before that was told."""
    event = fact.event
    await tables.execute(
        "insert into bank_answer_view as stands (answer_id, file_hash, read_at, position, lines,"
        " stage, uploaded_by, outcome) values ($1, $2, $3, $4, 0, $5, $6, $7)"
        " on conflict (answer_id) do update set uploaded_by = $6, outcome = $7, declined = null,"
        " position = $4, stage = case when stands.stage = $8 then stands.stage else $5 end",
        event.answer,
        event.file_hash,
        event.at,
        fact.position,
        Stage.UPLOADED,
        event.by,
        written(event.outcome),
        Stage.READ,
    )


view = View("exchanged", {"disbursement": registry}, _project, ("bank_answer_view",))
