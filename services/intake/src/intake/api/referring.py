"""Referrals over HTTP: offered, answered by both, what is handed over, done, overdue."""

from datetime import date, datetime
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
    Page,
    Paging,
    Reveal,
    View,
    Who,
)
from events.io.http.asked import json_response
from events.io.http.do import encode
from events.personal import Kind
from events.roles import Role
from events.values import CaseId, Code, ItemId, PersonId, ReferralId
from intake.api.routes import CONFLICTS, UNKNOWN, api, known
from intake.domain import referral as ref
from intake.domain.case import case as cases
from intake.domain.case.state import Case
from intake.domain.referral import (
    Handed,
    NoSuchReferral,
    Outcome,
    Party,
    Reason,
    Referral,
    ReferralIsAt,
    Service,
    Stage,
)
from intake.views.referrals import referrals_after

REFERS = {Role.COUNSELLOR}
"""Who works with people; for a service that is on this platform, its own counsellors answer."""
READS = REFERS | {Role.RECEIVING_OFFICER, Role.PROGRAMME_MANAGER, Role.MONITORING_OFFICER}
NOT_THERE = UNKNOWN | {NoSuchReferral}
NOT_NOW = CONFLICTS | {ReferralIsAt}
Words = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"\S")]


class ReferralAnswer(Answer):
    """Of a restricted case it says neither which kind of service it is nor which one."""

    referral: ReferralId
    case: CaseId
    person: PersonId
    stage: Stage
    service: Service
    to: Code | None
    item: ItemId | None
    hands_over: tuple[Handed, ...]
    handed: tuple[Handed, ...]
    accepted: tuple[Party, ...]
    answer_by: date
    done_by: date
    overdue: bool
    """At the moment of asking."""
    outcome: Outcome | None
    version: int

    @classmethod
    def at(cls, state: Referral, version: int, now: datetime) -> "ReferralAnswer":
        return cls(
            referral=state.id,
            case=state.case,
            person=state.person,
            stage=state.stage,
            service=state.service,
            to=state.to,
            item=state.item,
            hands_over=state.hands_over,
            handed=state.handed,
            accepted=state.accepted,
            answer_by=state.answer_by,
            done_by=state.done_by,
            overdue=state.overdue(now.date()),
            outcome=state.outcome,
            version=version,
        )


class HandedAnswer(Answer):
    """What is handed to the service. Values that were erased are absent."""

    referral: ReferralId
    person: PersonId
    values: dict[Handed, Any]


class OfferReferralBody(Body):
    case: CaseId
    person: PersonId | None = None
    """Who of the household; the principal applicant when it is not said."""
    service: Service
    to: Code
    """The organisation."""
    hands_over: Annotated[tuple[Handed, ...], Field(max_length=len(Handed))] = ()
    answer_by: date
    done_by: date
    item: ItemId | None = None
    words: Words | None = None
    """What the service is asked for, in confidence."""


@api.command(
    "/v1/referrals",
    creates=ReferralAnswer,
    allows=REFERS,
    conflicts=NOT_NOW,
    unknown=NOT_THERE,
)
async def offer_referral(
    *, body: OfferReferralBody, me: Who, now: Now, do: Do, ids: NewIds, load: Load
) -> Response:
    """Offer somebody to be handed on to another service."""
    case = await known(body.case, me, load)
    referral = ReferralId(ids.new("ref"))
    offered = ref.OfferReferral(
        by=me.id,
        at=now,
        referral=referral,
        case=case,
        person=body.person or case.returnee,
        service=body.service,
        to=body.to,
        hands_over=body.hands_over,
        answer_by=body.answer_by,
        done_by=body.done_by,
        item=body.item,
        words=body.words,
    )
    return await do(
        Act(ref.referral, referral, offered),
        answer=lambda state, version: ReferralAnswer.at(state, version, now),
    )


async def on(referral: ReferralId, me: Who, now: Now, load: Load) -> dict[str, Any]:
    """Who acts, and the case as it stands: what an act on a referral is decided with."""
    state: Referral | None
    case: Case | None
    state, _ = await load.state(ref.referral, referral)
    if state is None:
        raise NoSuchReferral
    case, _ = await load.state(cases, state.case)
    assert case is not None, "a referral is of a case"
    return {"by": me.id, "at": now, "organisation": me.organisation, "case": case}


class AcceptReferralBody(Body):
    party: Party
    """Who says yes."""


@api.command(
    "/v1/referrals/{referral}/accept",
    answers=ReferralAnswer,
    allows=REFERS,
    conflicts=NOT_NOW,
    unknown=NOT_THERE,
)
async def accept_referral(
    *, referral: ReferralId, body: AcceptReferralBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Record that the returnee, and then the service, says yes."""
    accepted = ref.AcceptReferral(party=body.party, **await on(referral, me, now, load))
    return await do(
        Act(ref.referral, referral, accepted),
        answer=lambda state, version: ReferralAnswer.at(state, version, now),
    )


class DeclineReferralBody(Body):
    party: Party
    reason: Reason


@api.command(
    "/v1/referrals/{referral}/decline",
    answers=ReferralAnswer,
    allows=REFERS,
    conflicts=NOT_NOW,
    unknown=NOT_THERE,
)
async def decline_referral(
    *, referral: ReferralId, body: DeclineReferralBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Record that the returnee or the service says no, which ends the referral."""
    declined = ref.DeclineReferral(
        party=body.party, reason=body.reason, **await on(referral, me, now, load)
    )
    return await do(
        Act(ref.referral, referral, declined),
        answer=lambda state, version: ReferralAnswer.at(state, version, now),
    )


class CompleteReferralBody(Body):
    outcome: Outcome


@api.command(
    "/v1/referrals/{referral}/complete",
    answers=ReferralAnswer,
    allows=REFERS,
    conflicts=NOT_NOW,
    unknown=NOT_THERE,
)
async def complete_referral(
    *, referral: ReferralId, body: CompleteReferralBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Record what came of it."""
    completed = ref.CompleteReferral(outcome=body.outcome, **await on(referral, me, now, load))
    return await do(
        Act(ref.referral, referral, completed),
        answer=lambda state, version: ReferralAnswer.at(state, version, now),
    )


@api.command(
    "/v1/referrals/{referral}/hand-over",
    answers=HandedAnswer,
    allows=REFERS,
    if_match=False,
    conflicts=NOT_NOW,
    unknown=NOT_THERE,
)
async def hand_over(
    referral: ReferralId, me: Who, now: Now, load: Load, reveal: Reveal
) -> Response:
    """Hand over what was agreed on. That it was is recorded before it is shown, each time."""
    handed = ref.HandOver(**await on(referral, me, now, load))
    state: Referral | None
    state, _ = await load.state(ref.referral, referral)
    assert state is not None, "it was found above"
    values = await reveal(
        Act(ref.referral, referral, handed),
        streams=[state.case],
        person=state.person,
        kinds={Kind.IDENTITY, Kind.CONTACT},
    )
    told = {each: values[each] for each in state.hands_over if each in values}
    answer = HandedAnswer(referral=referral, person=state.person, values=told)
    return json_response(encode(answer), 200, {"Cache-Control": "no-store"})


@api.query("/v1/referrals/{referral}", answers=ReferralAnswer, allows=READS, unknown=NOT_THERE)
async def read_referral(referral: ReferralId, me: Who, now: Now, load: Load) -> Response:
    """Read how a referral stands, without a personal value."""
    who = ref.HandOver(**await on(referral, me, now, load))
    state: Referral | None
    state, _ = await load.state(ref.referral, referral)
    if state is None or not ref.known_to(state, who):
        raise NoSuchReferral
    return await load(
        ref.referral,
        referral,
        answer=lambda it, version: ReferralAnswer.at(it, version, now),
    )


@api.query("/v1/referrals", answers=Page[ReferralAnswer], allows=READS)
async def list_referrals(
    *,
    me: Who,
    now: Now,
    paging: Paging,
    view: View,
    case: CaseId | None = None,
    stage: Stage | None = None,
    overdue: bool | None = None,
) -> Page[ReferralAnswer]:
    """List the referrals of cases that you may know of, and those to your organisation."""
    found = await referrals_after(
        view,
        after=paging.after,
        limit=paging.limit + 1,
        person=me.id,
        organisation=me.organisation,
        now=now,
        case=case,
        stage=stage,
        overdue=bool(overdue),
    )
    lines = [ReferralAnswer.at(row.referral, row.version, now) for row in found]
    return paging.of(lines, key=lambda line: line.referral)
