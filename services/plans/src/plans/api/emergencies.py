"""Emergencies over HTTP: help before any plan, authorised by one, decided on by others."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import (
    Answer,
    Body,
    Load,
    NewIds,
    Now,
    Page,
    Paging,
    Problem,
    View,
    Who,
)
from events.money import Money
from events.roles import READERS, Role
from events.values import (
    CaseId,
    Code,
    DrawerId,
    EmergencyId,
    ItemId,
    PersonId,
    ProgrammeId,
)
from plans import views
from plans.answers import FundsAnswer
from plans.api.routes import SEES_ALL, UNKNOWN, Do, api, knows
from plans.domain import programme as programmes
from plans.domain.drawing import Drawing, HoldEntitlement, drawing
from plans.domain.emergency import emergency as emergencies
from plans.domain.emergency import refusals as no
from plans.domain.emergency import requests as ask
from plans.domain.emergency.refusals import Stage
from plans.domain.emergency.state import Help
from plans.domain.funds import Funds
from plans.domain.plan.kinds import Rejection
from plans.domain.programme import Dimension, Modality
from plans.domain.shares import of
from plans.domain.standing import Standing
from plans.views import funds
from plans.views.emergencies import emergencies_after, overdue
from plans.views.orders import committed

NOT_THERE = UNKNOWN | {no.NoSuchEmergency}
DONE_BEFORE = {no.EmergencyIsAt, no.SaidAlready}
ITEMS_MAX = 10
OwnWords = Annotated[str, Field(min_length=1, max_length=2000)]
MAY_AUTHORISE = {
    Role.COUNSELLOR,
    Role.FIELD_OFFICER,
    Role.RECEIVING_OFFICER,
    Role.PROGRAMME_MANAGER,
}
"""Those whom a programme may name; it says which of them do."""


class NeededAnswer(Answer):
    item: ItemId
    type: Code
    dimension: Dimension
    modality: Modality
    spec: Code
    ceiling: Money
    person: PersonId
    """For whom of the household it is."""


class EmergencyAnswer(Answer):
    emergency: EmergencyId
    case: CaseId
    programme: ProgrammeId
    programme_version: int
    stage: Stage
    items: tuple[NeededAnswer, ...]
    total: Money
    requester: PersonId
    authoriser: PersonId | None
    ratify_by: datetime | None
    """When others have to have decided on it; after that it is overdue."""
    quorum: int
    approvers: tuple[PersonId, ...]
    opponents: tuple[PersonId, ...]
    conflicts: tuple[PersonId, ...]
    """Who declared to be too close to it to decide on it."""
    funds: FundsAnswer | None
    """None: nobody has told yet."""
    version: int

    @classmethod
    def of(cls, state: Help, version: int, kept: Funds | None = None) -> "EmergencyAnswer":
        return cls(
            emergency=state.id,
            case=state.case,
            programme=state.programme,
            programme_version=state.programme_version,
            stage=state.stage,
            items=tuple(
                NeededAnswer(
                    item=each.item,
                    type=each.type,
                    dimension=each.dimension,
                    modality=each.modality,
                    spec=each.spec,
                    ceiling=each.ceiling,
                    person=state.persons.get(each.item, state.returnee),
                )
                for each in state.items
            ),
            total=state.total,
            requester=state.requester,
            authoriser=state.authoriser,
            ratify_by=state.ratify_by,
            quorum=state.quorum,
            approvers=state.approvers,
            opponents=state.opponents,
            conflicts=tuple(sorted(state.conflicts)),
            funds=FundsAnswer.of(kept),
            version=version,
        )


class NeededBody(Body):
    type: Code
    spec: Code
    ceiling: Money
    person: PersonId | None = None
    """For whom of the household it is, when not for the principal applicant."""


class EmergencyBody(Body):
    case: CaseId
    items: Annotated[tuple[NeededBody, ...], Field(min_length=1, max_length=ITEMS_MAX)]
    own_words: OwnWords | None = None
    """What the returnee said they need, as they said it."""


@api.command(
    "/v1/emergencies",
    creates=EmergencyAnswer,
    allows={Role.COUNSELLOR, Role.FIELD_OFFICER},
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def request_emergency(
    *, body: EmergencyBody, me: Who, now: Now, do: Do, ids: NewIds, load: Load, view: View
) -> Response:
    """Ask for what somebody needs before there is a plan."""
    known = await knows(me, body.case, now, view)
    standing = await views.standing_of(body.case, view) if known else None
    version, policy = await _rules(standing, load)
    new = EmergencyId(ids.new("eme"))
    requested = ask.RequestEmergency(
        by=me.id,
        at=now,
        organisation=me.organisation,
        emergency=new,
        standing=standing,
        programme_version=version,
        rules=policy.emergency if policy else None,
        approval=policy.approval if policy else None,
        wanted=tuple(
            ask.Wanted(
                item=ItemId(ids.new("itm")),
                type=each.type,
                assistance=policy.assistance_of(each.type) if policy else None,
                spec=each.spec,
                ceiling=each.ceiling,
                person=each.person,
            )
            for each in body.items
        ),
        own_words=body.own_words,
    )
    return await do(Act(emergencies, new, requested), answer=EmergencyAnswer.of)


async def _rules(standing: Standing | None, load: Load) -> tuple[int, programmes.Policy | None]:
    """The version that the case is eligible by; the one that stands, as long as it is by none."""
    if standing is None:
        return 0, None
    programme, _ = await load.state(programmes.programme, standing.programme)
    assert programme is not None, "the case was registered under it"
    version = standing.eligible_under or programme.latest.number
    return version, programme.policy(version)


@api.command(
    "/v1/emergencies/{emergency}/authorise",
    answers=EmergencyAnswer,
    allows=MAY_AUTHORISE,
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def authorise_emergency(
    *, emergency: EmergencyId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Let money be committed for it at once; others decide on it within the programme's hours."""
    state, standing = await _resting(emergency, me, load, view)
    authorised = ask.AuthoriseEmergency(
        by=me.id,
        at=now,
        organisation=me.organisation,
        roles=_codes(me),
        standing=standing,
        overdue=tuple(await overdue(view, case=state.case, person=me.id, at=now)),
    )
    policy = await _pinned(state, load)
    ceilings = {each.item: each.ceiling for each in state.items}
    drawn = _holds(state, ceilings, standing=standing, by=me.id, at=now, policy=policy)
    return await do(Act(emergencies, emergency, authorised), drawn, answer=EmergencyAnswer.of)


class RefusalBody(Body):
    reason: Rejection


@api.command(
    "/v1/emergencies/{emergency}/decline",
    answers=EmergencyAnswer,
    allows=MAY_AUTHORISE,
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def decline_emergency(
    emergency: EmergencyId, body: RefusalBody, me: Who, now: Now, do: Do
) -> Response:
    """Say that it will not be given."""
    declined = ask.DeclineEmergency(
        by=me.id, at=now, organisation=me.organisation, roles=_codes(me), reason=body.reason
    )
    return await do(Act(emergencies, emergency, declined), answer=EmergencyAnswer.of)


@api.command(
    "/v1/emergencies/{emergency}/declare-conflict",
    answers=EmergencyAnswer,
    allows=MAY_AUTHORISE | {Role.COMMITTEE_MEMBER},
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def declare_emergency_conflict(emergency: EmergencyId, me: Who, now: Now, do: Do) -> Response:
    """Say that you are too close to this emergency to decide on it; a vote of yours is void."""
    declared = ask.DeclareEmergencyConflict(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(emergencies, emergency, declared), answer=EmergencyAnswer.of)


@api.command(
    "/v1/emergencies/{emergency}/ratify",
    answers=EmergencyAnswer,
    allows={Role.COMMITTEE_MEMBER, Role.PROGRAMME_MANAGER},
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def ratify_emergency(emergency: EmergencyId, me: Who, now: Now, do: Do) -> Response:
    """Say afterwards that it was right; the quorum's last yes ratifies it."""
    ratified = ask.RatifyEmergency(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(emergencies, emergency, ratified), answer=EmergencyAnswer.of)


@api.command(
    "/v1/emergencies/{emergency}/object",
    answers=EmergencyAnswer,
    allows={Role.COMMITTEE_MEMBER, Role.PROGRAMME_MANAGER},
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def object_to_emergency(
    *,
    emergency: EmergencyId,
    body: RefusalBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Say afterwards that it was not right; after the quorum's last no, nothing more is bought."""
    state, standing = await _resting(emergency, me, load, view)
    orders = await committed(emergency, view)
    objected = ask.ObjectToEmergency(
        by=me.id, at=now, organisation=me.organisation, reason=body.reason, committed=orders
    )
    vote = Act(emergencies, emergency, objected)
    if not state.one_no_short:
        return await do(vote, answer=EmergencyAnswer.of)
    policy = await _pinned(state, load)
    drawn = _holds(state, orders, standing=standing, by=me.id, at=now, policy=policy)
    return await do(vote, drawn, answer=EmergencyAnswer.of)


def _holds(
    state: Help,
    ceilings: Mapping[ItemId, Money],
    *,
    standing: Standing,
    by: PersonId,
    at: datetime,
    policy: programmes.Policy,
) -> Act[HoldEntitlement, Drawing, Any]:
    """It holds what its items come to, for whom each of them is, and nothing else."""
    parts = state.parts_of(ceilings)
    together = of(parts, parts, state.total.currency)
    held = HoldEntitlement(
        by=by,
        at=at,
        case=state.case,
        drawn_for=DrawerId(state.id),
        amount=together.amount,
        cash=together.cash,
        entitled=standing.entitled,
        pool=standing.pool,
        others={person: held for person, held in parts.items() if person != state.returnee},
        emergencies_at_most=policy.emergency.at_most if policy.emergency else None,
    )
    return Act(drawing, state.case, held)


async def _resting(
    emergency: EmergencyId, me: Who, load: Load, view: View
) -> tuple[Help, Standing]:
    state, _ = await load.state(emergencies, emergency)
    if state is None:
        raise no.NoSuchEmergency(me.organisation)
    standing = await views.standing_of(state.case, view)
    assert standing is not None, "it was asked for on it"
    return state, standing


async def _pinned(state: Help, load: Load) -> programmes.Policy:
    programme, _ = await load.state(programmes.programme, state.programme)
    assert programme is not None, "it was asked for under it"
    return programme.policy(state.programme_version)


def _codes(me: Who) -> frozenset[Code]:
    return frozenset(Code(role) for role in me.roles)


@api.query("/v1/emergencies/{emergency}", answers=EmergencyAnswer, allows=READERS)
async def read_emergency(emergency: EmergencyId, me: Who, load: Load, view: View) -> Response:
    """Read an emergency."""
    state, _ = await load.state(emergencies, emergency)
    if state is not None and not await knows(me, state.case, load.now, view):
        raise Problem("not_found", "There is no such emergency, or it is not yours to see.")
    kept = await funds.funds_of(view, emergency)
    return await load(
        emergencies,
        emergency,
        answer=lambda state, version: EmergencyAnswer.of(state, version, kept),
    )


@api.query("/v1/emergencies", answers=Page[EmergencyAnswer], allows=READERS)
async def list_emergencies(
    *,
    me: Who,
    now: Now,
    paging: Paging,
    view: View,
    case: CaseId | None = None,
    overdue_only: bool = False,
) -> Page[EmergencyAnswer]:
    """List the emergencies that your organisation may see, or those that are overdue."""
    found = await emergencies_after(
        view,
        after=paging.after,
        limit=paging.limit + 1,
        organisation=None if me.roles & SEES_ALL else me.organisation,
        person=me.id,
        now=now,
        case=case,
        overdue=overdue_only,
    )
    kept = await funds.funds_of_all(view, [row.state.id for row in found])
    lines = [EmergencyAnswer.of(row.state, row.version, kept.get(row.state.id)) for row in found]
    return paging.of(lines, key=lambda line: line.emergency)
