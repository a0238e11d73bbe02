"""Data subjects: where they are known, what money is open, their erasures and legal holds."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from events.service import Connection, Heard, View
from events.values import (
    CaseId,
    CashId,
    Code,
    CommitmentId,
    ErasureId,
    PersonId,
    SubjectId,
    VendorId,
)
from intake.domain import registry
from intake.domain.heard import CashCancelled, CashHandOverConfirmed, CashRequested
from intake.domain.programme import Terms
from intake.domain.subject import SubjectEvent, heard, subject
from intake.domain.subject.kinds import Stage
from intake.domain.subject.state import Erasure, Hold, Obligations, Subject
from intake.views.rows import read, written


async def _project_cases(batch: list[Heard[Any]], tables: Connection) -> None:
    known = {
        (getattr(event, event.about), event.case)
        for event in (heard.event for heard in batch)
        if event.about is not None and getattr(event, "case", None) is not None
    }
    await tables.executemany(
        "insert into subject_case (person_id, case_id) values ($1, $2) on conflict do nothing",
        sorted(known),
    )


async def cases_of(person: SubjectId, tables: Connection) -> Sequence[CaseId]:
    """The cases in which there is, or was, something personal about the person."""
    rows = await tables.fetch(
        "select case_id from subject_case where person_id = $1 order by case_id", person
    )
    return [CaseId(row["case_id"]) for row in rows]


class Reach(msgspec.Struct, frozen=True):
    """Who looks for data subjects, and how far they see."""

    person: PersonId
    organisation: Code
    at: datetime
    answers: bool
    """Whether they answer for the organisation's data, restricted cases included."""
    audits: bool
    """Whether they see every organisation's, but of no restricted case."""

    @property
    def terms(self) -> tuple[Code, PersonId, datetime, bool, bool]:
        """As `reaches_subject` takes them, after the subject."""
        return self.organisation, self.person, self.at, self.answers, self.audits


async def reached(subject: SubjectId, reach: Reach, tables: Connection) -> bool:
    """Whether something personal about the subject is, or was, in a case that they reach."""
    yes: bool = await tables.fetchval(
        "select reaches_subject($1, $2, $3, $4, $5, $6)", subject, *reach.terms
    )
    return yes


async def run_by(subject: SubjectId, tables: Connection) -> tuple[Code, ...]:
    """The organisations that answer for what is held about somebody."""
    rows = await tables.fetch(
        "select f.run_by as organisation from subject_case s join case_file f using (case_id)"
        " where s.person_id = $1 union select organisation from subject_vendor"
        " where vendor_id = $1 and organisation is not null order by organisation",
        subject,
    )
    return tuple(Code(row["organisation"]) for row in rows)


async def _project_vendors(batch: list[Heard[Any]], tables: Connection) -> None:
    await tables.executemany(
        "insert into subject_vendor (vendor_id, kind, organisation) values ($1, $2, $3)"
        " on conflict do nothing",
        [(each.event.vendor, each.event.kind, each.envelope.actororganisation) for each in batch],
    )


async def vendor_kind(vendor: SubjectId, tables: Connection) -> Code | None:
    """What sort of payee it is; None when there is no such vendor."""
    kind: Code | None = await tables.fetchval(
        "select kind from subject_vendor where vendor_id = $1", vendor
    )
    return kind


async def _project_obligations(batch: list[Heard[Any]], tables: Connection) -> None:
    for each in batch:
        match each.event:
            case heard.CommitmentRequested(commitment=commitment, case=case, vendor=vendor):
                await _owed(commitment, case, vendor, tables)
            case CashRequested(cash=cash, case=case):
                await _owed(cash, case, None, tables)
            case heard.VendorPaid(commitment=commitment, value_date=paid):
                await _paid(commitment, paid, tables)
            case CashHandOverConfirmed(cash=cash, at=at):
                await _paid(cash, at.date(), tables)
                await _set_open(cash, False, tables)
            case CashCancelled(cash=cash):
                await _set_open(cash, False, tables)
            case heard.InvoiceReopened(commitment=commitment):
                await _set_open(commitment, True, tables)
            case heard.CommitmentLiquidated() | heard.CommitmentCancelled():
                await _set_open(each.event.commitment, False, tables)


Owed = CommitmentId | CashId


async def _owed(owed: Owed, case: CaseId, vendor: VendorId | None, tables: Connection) -> None:
    await tables.execute(
        "insert into obligation (owed_id, case_id, vendor_id, is_open) values ($1, $2, $3, true)",
        owed,
        case,
        vendor,
    )


async def _paid(owed: Owed, day: date, tables: Connection) -> None:
    await tables.execute(
        "update obligation set last_paid = greatest(last_paid, $2) where owed_id = $1", owed, day
    )


async def _set_open(owed: Owed, is_open: bool, tables: Connection) -> None:  # noqa: FBT001
    await tables.execute("update obligation set is_open = $2 where owed_id = $1", owed, is_open)


async def obligations_of(person: SubjectId, tables: Connection, today: date) -> Obligations:
    """What is, and what ever was, bought for the person's cases or from the vendor, or handed over.

    What is still open may be paid today at the earliest: facts about it are kept from then on.
    """
    rows = await tables.fetch(
        "select owed_id, vendor_id, is_open, last_paid, terms from obligation o"
        " left join case_file c using (case_id) left join lateral ("
        " select terms from programme_version"
        " where programme_id = c.state::jsonb ->> 'programme' order by"
        " version = (c.state::jsonb ->> 'programme_version')::integer desc nulls last,"
        " version desc limit 1) as pinned on true"
        " where vendor_id = $1"
        " or case_id in (select case_id from subject_case where person_id = $1)"
        " order by owed_id",
        person,
    )
    still = [row for row in rows if row["is_open"]]
    kept = [
        read(row["terms"], Terms).keeps_until(today if row["is_open"] else row["last_paid"])
        for row in rows
        if row["terms"] and (row["is_open"] or row["last_paid"])
    ]
    return Obligations(
        open=tuple(CommitmentId(each["owed_id"]) for each in still if each["vendor_id"]),
        cash=tuple(CashId(each["owed_id"]) for each in still if not each["vendor_id"]),
        any=bool(rows),
        kept_until=max(kept, default=None),
    )


async def _project_subjects(batch: list[Heard[Any]], tables: Connection) -> None:
    for each in batch:
        if not isinstance(each.event, SubjectEvent):
            continue
        person = each.event.person
        kept = await tables.fetchval("select state from data_subject where person_id = $1", person)
        state = subject.evolve(read(kept, Subject) if kept else None, each.event)
        await tables.execute(
            "insert into data_subject (person_id, version, state) values ($1, $2, $3)"
            " on conflict (person_id) do update"
            " set version = excluded.version, state = excluded.state",
            person,
            int(each.envelope.sequence),
            written(state),
        )
        await tables.execute("delete from legal_hold where person_id = $1", person)
        await tables.executemany(
            "insert into legal_hold (hold_id, person_id, state) values ($1, $2, $3)",
            [(hold.id, person, written(hold)) for hold in state.holds],
        )
        if state.erasure is not None:
            await _keep_erasure(state.erasure, tables)


async def _keep_erasure(erasure: Erasure, tables: Connection) -> None:
    await tables.execute(
        "insert into erasure (erasure_id, person_id, stage, answer_by, state)"
        " values ($1, $2, $3, $4, $5) on conflict (erasure_id) do update"
        " set stage = excluded.stage, answer_by = excluded.answer_by, state = excluded.state",
        erasure.id,
        erasure.person,
        erasure.stage,
        erasure.answer_by,
        written(erasure),
    )


async def erasures_after(
    tables: Connection, *, after: str | None, limit: int, stage: Stage | None, reach: Reach
) -> list[Erasure]:
    """Requests by id, the oldest first: those of subjects in reach, at that stage (None: all)."""
    rows = await tables.fetch(
        "select state from erasure where ($1::text is null or erasure_id > $1)"
        " and ($2::text is null or stage = $2)"
        " and reaches_subject(person_id, $4, $5, $6, $7, $8) order by erasure_id limit $3",
        after,
        stage,
        limit,
        *reach.terms,
    )
    return [read(row["state"], Erasure) for row in rows]


async def erasure_of(erasure: ErasureId, tables: Connection) -> Erasure | None:
    row = await tables.fetchval("select state from erasure where erasure_id = $1", erasure)
    return read(row, Erasure) if row else None


class HoldRow(msgspec.Struct, frozen=True):
    person: SubjectId
    hold: Hold


async def holds_after(
    tables: Connection, *, after: str | None, limit: int, reach: Reach
) -> list[HoldRow]:
    """Legal holds on subjects in reach that nobody has lifted, by id."""
    rows = await tables.fetch(
        "select person_id, state from legal_hold where ($1::text is null or hold_id > $1)"
        " and reaches_subject(person_id, $3, $4, $5, $6, $7) order by hold_id limit $2",
        after,
        limit,
        *reach.terms,
    )
    return [HoldRow(row["person_id"], read(row["state"], Hold)) for row in rows]


subject_views = (
    View("subject_case", {"intake": registry}, _project_cases, ("subject_case",)),
    View("subject_vendor", {"vendors": heard.vendors}, _project_vendors, ("subject_vendor",)),
    View("obligation", {"disbursement": heard.money}, _project_obligations, ("obligation",)),
    View(
        "data_subject",
        {"intake": registry},
        _project_subjects,
        ("data_subject", "erasure", "legal_hold"),
    ),
)
