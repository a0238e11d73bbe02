"""Data subjects: requests to be erased, the decision on them, legal holds."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Body, Do, Load, NewIds, Now, Page, Paging, Problem, View, Who
from events.personal import Kind
from events.roles import Role
from events.values import Digest, ErasureId, HoldId, SubjectId
from intake.api.routes import CONFLICTS, UNKNOWN, api
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
from intake.domain.subject.state import Erasure, KeptFacts, Obligations
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
HOLDS = {Role.COMPLAINTS_OFFICER, Role.DATA_PROTECTION_OFFICER, Role.PROGRAMME_MANAGER}
SEES_HOLDS = HOLDS | {Role.AUDITOR}
"""An auditor asks one of the others for a hold: who looks on changes nothing."""
WATCHES = DECIDES | {Role.AUDITOR}
NATURAL = {"sole_trader", "landlord"}
"""The kinds of vendor that are people."""
ALL_KINDS = tuple(Kind)
UNKNOWN_SUBJECT = Problem("not_found", "There is nobody such here, or they are not yours to see.")
Kinds = Annotated[tuple[Kind, ...], Field(min_length=1, max_length=len(Kind))]


def _reach(me: Who, now: datetime) -> subjects.Reach:
    return subjects.Reach(
        person=me.id,
        organisation=me.organisation,
        at=now,
        answers=Role.DATA_PROTECTION_OFFICER in me.roles,
        audits=Role.AUDITOR in me.roles,
    )


async def _reached(person: SubjectId, me: Who, now: datetime, view: View) -> None:
    """There is such a person, in a case that whoever asks reaches; or such a vendor."""
    if not await subjects.reached(person, _reach(me, now), view):
        raise UNKNOWN_SUBJECT
    kind = await subjects.vendor_kind(person, view)
    if kind is not None and kind not in NATURAL:
        raise no.NotAPerson(kind)


async def _deciding(person: SubjectId, me: Who, now: datetime, view: View) -> dict[str, Any]:
    """What a decision about a person in reach is made with."""
    await _reached(person, me, now, view)
    run_by = await subjects.run_by(person, view)
    return {"by": me.id, "at": now, "organisation": me.organisation, "run_by": run_by}


async def _request(erasure: ErasureId, me: Who, now: datetime, view: View) -> Erasure:
    """The request, of a person in reach."""
    found = await subjects.erasure_of(erasure, view)
    if found is None or not await subjects.reached(found.person, _reach(me, now), view):
        raise UNKNOWN_SUBJECT
    return found


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
    *, body: RequestErasureBody, me: Who, now: Now, do: Do, view: View, ids: NewIds
) -> Response:
    """Record that a data subject, whose identity was checked, asks to be erased."""
    await _reached(body.person, me, now, view)
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
    *, person: SubjectId, body: ExtendErasureBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Put the answer off by two months, once, for a reason that the data subject is told."""
    extended = erase.ExtendErasure(reason=body.reason, **await _deciding(person, me, now, view))
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
    *, person: SubjectId, body: RefuseErasureBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Refuse to erase anything, with the legal basis."""
    refused = erase.RefuseErasure(
        legal_basis=body.legal_basis, **await _deciding(person, me, now, view)
    )
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
    who = await _deciding(person, me, now, view)
    owed: Obligations = await subjects.obligations_of(person, view, now.date())
    until = body.facts and (body.facts.until or owed.kept_until)
    approved = erase.ApproveErasure(
        kinds=body.kinds,
        obligations=owed,
        kept_facts=KeptFacts(basis=body.facts.basis, until=until) if body.facts and until else None,
        **who,
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
    *, body: PlaceHoldBody, me: Who, now: Now, do: Do, view: View, ids: NewIds
) -> Response:
    """Ban the erasure of a person's values, for an audit, a claim, an investigation."""
    await _reached(body.person, me, now, view)
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
    allows=DECIDES,
    unknown={holding.NoSuchHold},
)
async def lift_hold(
    *, person: SubjectId, body: LiftHoldBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Lift a hold that somebody else placed, where the programme is run."""
    lifted = holding.LiftHold(hold=body.hold, **await _deciding(person, me, now, view))
    return await do(Act(subject, person, lifted), answer=SubjectAnswer.of)


@api.query(
    "/v1/subjects/{person}",
    answers=SubjectAnswer,
    allows=SEES_HOLDS | RECEIVES,
    in_confidence=True,
)
async def read_subject(person: SubjectId, me: Who, load: Load, view: View) -> Response:
    """Read what stands about a person: legal holds, the latest request, what was erased."""
    await _reached(person, me, load.now, view)
    return await load(subject, person, answer=SubjectAnswer.of)


@api.query(
    "/v1/subjects/{person}/obligations",
    answers=ObligationsAnswer,
    allows=WATCHES,
    in_confidence=True,
)
async def read_obligations(person: SubjectId, me: Who, load: Load, view: View) -> ObligationsAnswer:
    """Read what is still to be delivered, paid or handed over for somebody, as far as known."""
    await _reached(person, me, load.now, view)
    owed = await subjects.obligations_of(person, view, load.now.date())
    return ObligationsAnswer(
        person=person,
        open=owed.open,
        cash=owed.cash,
        any=owed.any,
        facts_kept_until=owed.kept_until,
    )


@api.query("/v1/erasures", answers=Page[ErasureLine], allows=WATCHES, in_confidence=True)
async def list_erasures(
    *, me: Who, paging: Paging, now: Now, view: View, stage: Stage | None = None
) -> Page[ErasureLine]:
    """List the requests: until when each has to be answered, and what is outstanding."""
    found = await subjects.erasures_after(
        view, after=paging.after, limit=paging.limit + 1, stage=stage, reach=_reach(me, now)
    )
    lines = [ErasureLine.on(now.date(), each) for each in found]
    return paging.of(lines, key=lambda line: line.erasure)


@api.query("/v1/erasures/{erasure}", answers=ErasureAnswer, allows=WATCHES, in_confidence=True)
async def read_erasure(erasure: ErasureId, me: Who, now: Now, view: View) -> ErasureAnswer:
    """Read a request, also one that a later one has followed."""
    return ErasureAnswer.of(await _request(erasure, me, now, view))


@api.query("/v1/erasures/{erasure}/letter", answers=LetterAnswer, allows=RECEIVES)
async def read_letter(erasure: ErasureId, me: Who, now: Now, view: View) -> LetterAnswer:
    """Read the answer that is handed to the data subject."""
    return LetterAnswer.of(await _request(erasure, me, now, view))


@api.query("/v1/holds", answers=Page[HoldAnswer], allows=SEES_HOLDS, in_confidence=True)
async def list_holds(me: Who, now: Now, paging: Paging, view: View) -> Page[HoldAnswer]:
    """List the legal holds on people in reach that nobody has lifted."""
    found = await subjects.holds_after(
        view, after=paging.after, limit=paging.limit + 1, reach=_reach(me, now)
    )
    return paging.of([HoldAnswer.row(each) for each in found], key=lambda line: line.hold)
