"""Restricted cases: who needs to know of them, and what is read there."""

from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import (
    Answer,
    Body,
    Do,
    Load,
    NewIds,
    Now,
    Request,
    Reveal,
    Who,
)
from events.personal import Kind
from events.roles import Role
from events.values import CaseId, PersonId
from intake.answers import CaseAnswer
from intake.api.routes import CONFLICTS, UNKNOWN, api, known
from intake.domain.case import case as cases
from intake.domain.case import protecting
from intake.domain.protected_reading import (
    ProtectedPurpose,
    ReadProtectedData,
    protected_reading,
)

DECIDES = {Role.DATA_PROTECTION_OFFICER, Role.PROGRAMME_MANAGER}
"""Who lets somebody in, and sees every access."""
WORKS_ON = {Role.COUNSELLOR, Role.PROGRAMME_MANAGER, Role.DATA_PROTECTION_OFFICER}

Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]
"""Free words: they go into the vault and nowhere else."""


class RestrictCaseBody(Body):
    basis: protecting.Basis
    """Into the vault: it would say what it protects from."""
    words: Words | None = None


@api.command(
    "/v1/cases/{case}/restrict",
    answers=CaseAnswer,
    allows={Role.COUNSELLOR, Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS | {protecting.RestrictedAlready},
    unknown=UNKNOWN,
)
async def restrict_case(
    *, case: CaseId, body: RestrictCaseBody, me: Who, now: Now, do: Do, load: Load, asked: Request
) -> Response:
    """Restrict a case: from here on only those who need to know of it do.

    Also after what protects somebody was erased: then nothing is kept of why.
    """
    kept = await _keeps_why(case, me, load, asked)
    restricted = protecting.RestrictCase(
        by=me.id,
        at=now,
        organisation=me.organisation,
        basis=body.basis if kept else None,
        words=body.words if kept else None,
    )
    return await do(Act(cases, case, restricted), answer=CaseAnswer.of)


async def _keeps_why(case: CaseId, me: Who, load: Load, asked: Request) -> bool:
    """Whether words on what protects the returnee may still be kept."""
    returnee = (await known(case, me, load)).returnee
    return Kind.PROTECTION not in await asked.desk.handler.store.erased(returnee)


class UnrestrictCaseBody(Body):
    words: Words
    """Why nobody is in danger any more; into the vault."""


@api.command(
    "/v1/cases/{case}/propose-unrestricting",
    answers=CaseAnswer,
    allows=WORKS_ON,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def propose_unrestricting(
    *, case: CaseId, body: UnrestrictCaseBody, me: Who, now: Now, do: Do, load: Load, asked: Request
) -> Response:
    """Propose to lift a restriction."""
    kept = await _keeps_why(case, me, load, asked)
    proposed = protecting.ProposeUnrestricting(
        by=me.id, at=now, organisation=me.organisation, words=body.words if kept else None
    )
    return await do(Act(cases, case, proposed), answer=CaseAnswer.of)


@api.command(
    "/v1/cases/{case}/unrestrict",
    answers=CaseAnswer,
    allows=DECIDES,
    conflicts=CONFLICTS | {protecting.UnrestrictingNotProposed},
    unknown=UNKNOWN,
)
async def unrestrict_case(
    *, case: CaseId, body: UnrestrictCaseBody, me: Who, now: Now, do: Do, load: Load, asked: Request
) -> Response:
    """Lift a restriction, as a second person: its whole organisation knows the case again."""
    kept = await _keeps_why(case, me, load, asked)
    lifted = protecting.UnrestrictCase(
        by=me.id, at=now, organisation=me.organisation, words=body.words if kept else None
    )
    return await do(Act(cases, case, lifted), answer=CaseAnswer.of)


class PersonBody(Body):
    person: PersonId


@api.command(
    "/v1/cases/{case}/assign",
    answers=CaseAnswer,
    allows=WORKS_ON,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def assign_person(case: CaseId, body: PersonBody, me: Who, now: Now, do: Do) -> Response:
    """Assign somebody to a restricted case, who learns of it by that."""
    assigned = protecting.AssignPerson(
        by=me.id, at=now, organisation=me.organisation, person=body.person
    )
    return await do(Act(cases, case, assigned), answer=CaseAnswer.of)


@api.command(
    "/v1/cases/{case}/unassign",
    answers=CaseAnswer,
    allows=WORKS_ON,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def unassign_person(case: CaseId, body: PersonBody, me: Who, now: Now, do: Do) -> Response:
    """End somebody's assignment to a restricted case."""
    unassigned = protecting.UnassignPerson(
        by=me.id, at=now, organisation=me.organisation, person=body.person
    )
    return await do(Act(cases, case, unassigned), answer=CaseAnswer.of)


class ProtectedAnswer(Answer):
    """What protects somebody, and their health, as far as it was recorded and not erased."""

    case: CaseId
    person: PersonId
    values: dict[str, Any]
    erased: tuple[Kind, ...]
    """The kinds that were erased of this person: nobody has them any more."""


@api.query(
    "/v1/cases/{case}/people/{person}/protection",
    answers=ProtectedAnswer,
    allows={
        Role.COUNSELLOR,
        Role.RECEIVING_OFFICER,
        Role.PROGRAMME_MANAGER,
        Role.COMPLAINTS_OFFICER,
        Role.DATA_PROTECTION_OFFICER,
    },
    unknown=UNKNOWN,
)
async def read_protected(
    *,
    case: CaseId,
    person: PersonId,
    purpose: ProtectedPurpose,
    me: Who,
    load: Load,
    ids: NewIds,
    reveal: Reveal,
    asked: Request,
) -> ProtectedAnswer:
    """Read what protects somebody or is about their health. Recorded before it is answered."""
    state = await known(case, me, load)
    kinds = (Kind.PROTECTION, Kind.HEALTH)
    read = ReadProtectedData(
        by=me.id,
        at=asked.now,
        case=state,
        person=person,
        kinds=kinds,
        purpose=purpose,
        organisation=me.organisation,
        office=me.office,
    )
    values: dict[str, Any] = await reveal(
        Act(protected_reading, ids.new("rea"), read), streams=[case], person=person, kinds=kinds
    )
    return ProtectedAnswer(
        case=case, person=person, values=values, erased=await reveal.erased(person)
    )
