"""Who may know of a case, as intake tells it: heard by every service that holds something of cases,
so that it is as quiet as the case.

A restricted case is known to its counsellor of record, to who is assigned to it, and for a time to
who was let in. Each such service has the tables and the SQL functions `may_know` and `hidden_from`
by a migration of its own.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec

from events.decider import Event
from events.registry import Registry
from events.service import Connection, Heard, View
from events.values import AccessId, CaseId, Code, PersonId, ProjectId


class ReturneeRegistered(Event, frozen=True, tag="intake.returnee_registered.v1"):
    case: CaseId
    run_by: Code
    organisation: Code
    counsellor: PersonId


class CaseRestricted(Event, frozen=True, tag="intake.case_restricted.v1"):
    case: CaseId


class CaseUnrestricted(Event, frozen=True, tag="intake.case_unrestricted.v1"):
    case: CaseId


class NeedToKnowGiven(Event, frozen=True, tag="intake.need_to_know_given.v1"):
    case: CaseId
    person: PersonId
    until: datetime | None
    access: AccessId | None


class NeedToKnowEnded(Event, frozen=True, tag="intake.need_to_know_ended.v1"):
    case: CaseId
    person: PersonId
    access: AccessId | None


class CaseTransferred(Event, frozen=True, tag="intake.case_transferred.v1"):
    case: CaseId
    to_organisation: Code
    counsellor: PersonId
    outside: bool
    """The other organisation goes on by its own rules: nothing of it moves here."""


from_intake = Registry.of(
    "intake",
    [
        ReturneeRegistered,
        CaseRestricted,
        CaseUnrestricted,
        NeedToKnowGiven,
        NeedToKnowEnded,
        CaseTransferred,
    ],
    foreign=True,
)


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        event = heard.event
        match event:
            case ReturneeRegistered():
                await tables.execute(
                    "insert into case_knowing (case_id, organisation, run_by, counsellor)"
                    " values ($1, $2, $3, $4) on conflict do nothing",
                    event.case,
                    event.organisation,
                    event.run_by,
                    event.counsellor,
                )
            case CaseRestricted():
                await _restrict(tables, event.case, restricted=True)
            case CaseUnrestricted():
                await _restrict(tables, event.case, restricted=False)
            case NeedToKnowGiven():
                await tables.execute(
                    "insert into case_reader (case_id, person_id, access_id, until)"
                    " values ($1, $2, $3, $4)",
                    event.case,
                    event.person,
                    event.access,
                    event.until,
                )
            case NeedToKnowEnded():
                await tables.execute(
                    "delete from case_reader where case_id = $1 and person_id = $2"
                    " and access_id is not distinct from $3",
                    event.case,
                    event.person,
                    event.access,
                )
            case CaseTransferred(outside=False):
                await tables.execute(
                    "update case_knowing set organisation = $2, counsellor = $3 where case_id = $1",
                    event.case,
                    event.to_organisation,
                    event.counsellor,
                )


async def _restrict(tables: Connection, case: CaseId, *, restricted: bool) -> None:
    await tables.execute(
        "update case_knowing set restricted = $2 where case_id = $1", case, restricted
    )
    await tables.execute("delete from case_reader where case_id = $1", case)


async def may_know(
    tables: Connection,
    case: CaseId,
    *,
    organisation: Code | None,
    person: PersonId,
    now: datetime,
) -> bool:
    """Whether somebody may know of the case. None: their role reaches every organisation's."""
    known = await tables.fetchval(
        "select may_know($1, $2, $3, $4)", case, organisation, person, now
    )
    return bool(known)


async def hidden(
    tables: Connection, cases: Collection[CaseId], *, person: PersonId, now: datetime
) -> bool:
    """Whether one of these cases is restricted, and the person need not know of it."""
    found = await tables.fetchval("select hidden_from($1, $2, $3)", person, list(cases), now)
    return bool(found)


cases = View("need_to_know", {"intake": from_intake}, _project, ("case_knowing", "case_reader"))


class Share(msgspec.Struct, frozen=True):
    case: CaseId


class ProjectApproved(Event, frozen=True, tag="plans.project_approved.v1"):
    project: ProjectId
    run_by: Code
    organisation: Code
    shares: tuple[Share, ...]


from_plans = Registry.of("plans", [ProjectApproved], foreign=True)


async def _project_shares(batch: list[Heard[Any]], tables: Connection) -> None:
    await tables.executemany(
        "insert into project_knowing (project_id, organisation, run_by, cases)"
        " values ($1, $2, $3, $4) on conflict do nothing",
        [
            (e.project, e.organisation, e.run_by, [share.case for share in e.shares])
            for e in (heard.event for heard in batch)
        ],
    )


projects = View("project_knowing", {"plans": from_plans}, _project_shares, ("project_knowing",))
"""For services that hold something of projects as of cases: a project is as quiet as its cases."""
