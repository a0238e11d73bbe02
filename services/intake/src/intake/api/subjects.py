"""Data subjects: requests to be erased, the decision on them, legal holds."""

from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Body, Do, Load, NewIds, Now, Page, Paging, Problem, View, Who
from events.personal import Kind
from events.roles import Role
from events.values import Digest, ErasureId, HoldId, SubjectId
from intake.api.routes import CONFLICTS, UNKNOWN, api, known
from intake.domain.subject import erasing as erase
from intake.domain.subject import holding, subject
from intake.domain.subject import refusals as no
from intake.domain.subject.kinds import (
    Delay,
    Ground,
    IdentityCheck,
    Keeping,
    LegalBasis,
    Reason,
    Stage,
)
from intake.domain.subject.state import KeptFacts, Obligations
from intake.subject_answers import (
    ErasureAnswer,
    ErasureLine,
    HoldAnswer,
    LetterAnswer,
    ObligationsAnswer,
    SubjectAnswer,
)
from intake.views import subjects

RECEIVES = {
    Role.COUNSELLOR,
    Role.RECEIVING_OFFICER,
    Role.VENDOR_OFFICER,
    Role.COMPLAINTS_OFFICER,
    Role.DATA_PROTECTION_OFFICER,
}
"""Whom a data subject may turn to."""
DECIDES = {Role.DATA_PROTECTION_OFFICER}
HOLDS = {
    Role.AUDITOR,
    Role.COMPLAINTS_OFFICER,
    Role.DATA_PROTECTION_OFFICER,
    Role.PROGRAMME_MANAGER,
}
SEES_EVERYBODY = {Role.AUDITOR, Role.COMPLAINTS_OFFICER, Role.DATA_PROTECTION_OFFICER}
WATCHES = DECIDES | {Role.AUDITOR}
NATURAL = {"sole_trader", "landlord"}
"""The kinds of vendor that are people."""
ALL_KINDS = tuple(Kind)
Kinds = Annotated[tuple[Kind, ...], Field(min_length=1, max_length=len(Kind))]


async def _reached(person: SubjectId, me: Who, load: Load, view: View) -> None:
    """There is such a person, in a case that whoever asks reaches; or such a vendor."""
    if person.startswith("ven_"):
        kind = await subjects.vendor_kind(person, view)
        if kind is None:
            raise Problem("not_found", "There is no such vendor, or it is not yet known here.")
        if kind not in NATURAL:
            raise no.NotAPerson(kind)
        return
    cases = await subjects.cases_of(person, view)
    if not cases:
        raise Problem("not_found", "There is no such person, or it is not yet known here.")
    if not me.roles & SEES_EVERYBODY:
        await known(cases[-1], me, load)


class RequestErasureBody(Body):
    person: SubjectId
    kinds: Kinds = ALL_KINDS
    ground: Ground
    identity_check: IdentityCheck
    evidence: Digest
    """Of the signed request."""
    received: date


@api.command(
    "/v1/erasures",
    creates=SubjectAnswer,
    allows=RECEIVES,
    conflicts=CONFLICTS | {no.ErasureUnderWay, no.ErasedAlready},
    unknown=UNKNOWN,
)
async def request_erasure(
    *, body: RequestErasureBody, me: Who, now: Now, do: Do, load: Load, view: View, ids: NewIds
) -> Response:
    """Record that a data subject, whose identity was checked, asks to be erased."""
    await _reached(body.person, me, load, view)
    asked = erase.RequestErasure(
        by=me.id,
        at=now,
        erasure=ErasureId(ids.new("era")),
        person=body.person,
        kinds=body.kinds,
        ground=body.ground,
        identity_check=body.identity_check,
        evidence=body.evidence,
        received=body.received,
    )
    return await do(
        Act(subject, body.person, asked),
        answer=SubjectAnswer.of,
        location=f"/v1/subjects/{body.person}",
    )


class ExtendErasureBody(Body):
    reason: Delay


@api.command(
    "/v1/subjects/{person}/extend-erasure",
    answers=SubjectAnswer,
    allows=DECIDES,
    conflicts={no.ErasureIsAt},
    unknown={no.NoErasureRequested},
)
async def extend_erasure(
    person: SubjectId, body: ExtendErasureBody, me: Who, now: Now, do: Do
) -> Response:
    """Put the answer off by two months, once, for a reason that the data subject is told."""
    extended = erase.ExtendErasure(by=me.id, at=now, reason=body.reason)
    return await do(Act(subject, person, extended), answer=SubjectAnswer.of)


class RefuseErasureBody(Body):
    legal_basis: LegalBasis


@api.command(
    "/v1/subjects/{person}/refuse-erasure",
    answers=SubjectAnswer,
    allows=DECIDES,
    conflicts={no.ErasureIsAt},
    unknown={no.NoErasureRequested},
)
async def refuse_erasure(
    person: SubjectId, body: RefuseErasureBody, me: Who, now: Now, do: Do
) -> Response:
    """Refuse to erase anything, with the legal basis."""
    refused = erase.RefuseErasure(by=me.id, at=now, legal_basis=body.legal_basis)
    return await do(Act(subject, person, refused), answer=SubjectAnswer.of)


class KeepBody(Body):
    basis: Keeping
    until: date | None = None
    """Without it, as long as the programme that paid says; never less."""


class ApproveErasureBody(Body):
    kinds: Kinds
    """What is erased; what was asked for besides is kept for what bans its erasure."""
    facts: KeepBody | None = None
    """On which basis facts about money are kept, and until when."""


@api.command(
    "/v1/subjects/{person}/approve-erasure",
    answers=SubjectAnswer,
    allows=DECIDES,
    conflicts={no.ErasureIsAt},
    unknown={no.NoErasureRequested},
)
async def approve_erasure(
    *, person: SubjectId, body: ApproveErasureBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Have these kinds erased, in every service. It cannot be undone."""
    owed: Obligations = await subjects.obligations_of(person, view, now.date())
    until = body.facts and (body.facts.until or owed.kept_until)
    approved = erase.ApproveErasure(
        by=me.id,
        at=now,
        kinds=body.kinds,
        obligations=owed,
        kept_facts=KeptFacts(basis=body.facts.basis, until=until) if body.facts and until else None,
    )
    return await do(Act(subject, person, approved), answer=SubjectAnswer.of)


class PlaceHoldBody(Body):
    person: SubjectId
    reason: Reason
    kinds: Kinds = ALL_KINDS
    until: date | None = None
    """The last day on which it stands; without it, until it is lifted."""


@api.command(
    "/v1/holds",
    creates=SubjectAnswer,
    allows=HOLDS,
    conflicts=CONFLICTS | {holding.TooLateToHold},
    unknown=UNKNOWN,
)
async def place_hold(
    *, body: PlaceHoldBody, me: Who, now: Now, do: Do, load: Load, view: View, ids: NewIds
) -> Response:
    """Ban the erasure of a person's values, for an audit, a claim, an investigation."""
    await _reached(body.person, me, load, view)
    placed = holding.PlaceHold(
        by=me.id,
        at=now,
        hold=HoldId(ids.new("hol")),
        person=body.person,
        reason=body.reason,
        kinds=body.kinds,
        until=body.until,
    )
    return await do(
        Act(subject, body.person, placed),
        answer=SubjectAnswer.of,
        location=f"/v1/subjects/{body.person}",
    )


class LiftHoldBody(Body):
    hold: HoldId


@api.command(
    "/v1/subjects/{person}/lift-hold",
    answers=SubjectAnswer,
    allows=HOLDS,
    unknown={holding.NoSuchHold},
)
async def lift_hold(person: SubjectId, body: LiftHoldBody, me: Who, now: Now, do: Do) -> Response:
    """Lift a hold that somebody else placed."""
    lifted = holding.LiftHold(by=me.id, at=now, hold=body.hold)
    return await do(Act(subject, person, lifted), answer=SubjectAnswer.of)


@api.query("/v1/subjects/{person}", answers=SubjectAnswer, allows=HOLDS | RECEIVES)
async def read_subject(person: SubjectId, me: Who, load: Load, view: View) -> Response:
    """Read what stands about a person: legal holds, the latest request, what was erased."""
    await _reached(person, me, load, view)
    return await load(subject, person, answer=SubjectAnswer.of)


@api.query(
    "/v1/subjects/{person}/obligations", answers=ObligationsAnswer, allows=DECIDES | {Role.AUDITOR}
)
async def read_obligations(person: SubjectId, me: Who, load: Load, view: View) -> ObligationsAnswer:
    """Read what is still to be delivered or paid for somebody's cases, as far as is known here."""
    await _reached(person, me, load, view)
    owed = await subjects.obligations_of(person, view, load.now.date())
    return ObligationsAnswer(
        person=person, open=owed.open, any=owed.any, facts_kept_until=owed.kept_until
    )


@api.query("/v1/erasures", answers=Page[ErasureLine], allows=WATCHES)
async def list_erasures(
    paging: Paging, now: Now, view: View, stage: Stage | None = None
) -> Page[ErasureLine]:
    """List the requests, with the day by which each has to be answered and what is outstanding."""
    found = await subjects.erasures_after(
        view, after=paging.after, limit=paging.limit + 1, stage=stage
    )
    lines = [ErasureLine.on(now.date(), each) for each in found]
    return paging.of(lines, key=lambda line: line.erasure)


@api.query("/v1/erasures/{erasure}", answers=ErasureAnswer, allows=WATCHES)
async def read_erasure(erasure: ErasureId, view: View) -> ErasureAnswer:
    """Read a request, also one that a later one has followed."""
    found = await subjects.erasure_of(erasure, view)
    if found is None:
        raise Problem("not_found", "There is no such request, or it is not yet to be seen here.")
    return ErasureAnswer.of(found)


@api.query("/v1/erasures/{erasure}/letter", answers=LetterAnswer, allows=RECEIVES)
async def read_letter(*, erasure: ErasureId, me: Who, load: Load, view: View) -> LetterAnswer:
    """Read the answer that is handed to the data subject."""
    found = await subjects.erasure_of(erasure, view)
    if found is None:
        raise Problem("not_found", "There is no such request, or it is not yet to be seen here.")
    await _reached(found.person, me, load, view)
    return LetterAnswer.of(found)


@api.query("/v1/holds", answers=Page[HoldAnswer], allows=HOLDS)
async def list_holds(paging: Paging, view: View) -> Page[HoldAnswer]:
    """List the legal holds that nobody has lifted."""
    found = await subjects.holds_after(view, after=paging.after, limit=paging.limit + 1)
    return paging.of([HoldAnswer.row(each) for each in found], key=lambda line: line.hold)
