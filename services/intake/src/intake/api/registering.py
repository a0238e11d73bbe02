"""Registering people and what they consent to."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import Response

from events.envelope import Actor
from events.handler import Act
from events.io.http import Body, Do, Gateways, Load, NewIds, Now, Problem, View, Who
from events.ports import Ids
from events.roles import Role
from events.values import CaseId, Code, PersonId, PreNotificationId, ProgrammeId
from intake import views
from intake.answers import CaseAnswer
from intake.api.enrolling import EnrolmentAct, entering, leaving
from intake.api.particulars import Documents, Spellings, ThroughBody
from intake.api.routes import CONFLICTS, UNKNOWN, api, known, terms_for
from intake.api.words import Country, Language, Name, Phone
from intake.domain.case import case as cases
from intake.domain.case.household import AddHouseholdMember, AppointGuardian, RemoveHouseholdMember
from intake.domain.case.kinds import GuardianBasis, RemovalReason, Source
from intake.domain.case.particulars import RecordContact, RecordIdentity
from intake.domain.case.registering import RegisterReturnee
from intake.domain.duplicate import Known
from intake.domain.matching.features import Known as Told
from intake.domain.matching.features import featured
from intake.domain.people import AgeBracket, PartialDate, Relation, Sex
from intake.domain.pre_notification import TakeUpPreNotification, pre_notification
from intake.domain.programme import ReturnType, Terms
from intake.duplicate_answers import RegisteredAnswer, registered_answer
from intake.duplicates.index import look_up
from intake.duplicates.keeping import suspecting


class KnownBody(Body):
    """Somebody of another case."""

    case: CaseId
    person: PersonId


class RegisterReturneeBody(Body):
    programme: ProgrammeId
    country_of_return: Country
    return_type: ReturnType
    office: Code
    source: Source = Source.COUNSELLOR
    counsellor: PersonId | None = None
    """Who counsels the case, if not you."""
    language: Language
    sex: Sex
    age_bracket: AgeBracket
    name: Name
    spellings: Spellings = ()
    """The name as other papers and scripts have it."""
    date_of_birth: PartialDate | None = None
    documents: Documents = ()
    phone: Phone | None = None
    through: ThroughBody | None = None
    """Somebody through whom they are reached."""
    known: KnownBody | None = None
    """Who they are, if they have a case already; a new person otherwise."""
    pre_notification: PreNotificationId | None = None
    """What announced them before there was a name."""


def registration(
    body: RegisterReturneeBody,
    terms: Terms,
    *,
    returnee: PersonId,
    by: Actor,
    at: datetime,
    ids: Ids,
) -> RegisterReturnee:
    """The request that the body makes, for a new case: from one person, or from a row of many."""
    return RegisterReturnee(
        by=by.id,
        at=at,
        organisation=by.organisation,
        case=CaseId(ids.new("cas")),
        returnee=returnee,
        terms=terms,
        country_of_return=body.country_of_return,
        return_type=body.return_type,
        office=body.office,
        source=body.source,
        counsellor=body.counsellor or by.id,
        language=body.language,
        sex=body.sex,
        age_bracket=body.age_bracket,
        name=body.name,
        date_of_birth=body.date_of_birth,
        phone=body.phone,
    )


@api.command(
    "/v1/cases",
    creates=RegisteredAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def register_returnee(
    *,
    body: RegisterReturneeBody,
    me: Who,
    now: Now,
    do: Do,
    ids: NewIds,
    load: Load,
    view: View,
    given: Gateways,
) -> Response:
    """Open a case for somebody who has returned or is about to.

    The answer names the pairs that may be one person. They wait for somebody to decide; the
    registration stands. A pair with a restricted case is found later, for those who may know it.
    """
    terms = await views.terms_of(view, body.programme)
    if terms is None:
        raise Problem("not_found", "No such programme is published, or not yet known here.")
    returnee = await known_person(body.known, me, load) or PersonId(ids.new("per"))
    registered = registration(body, terms, returnee=returnee, by=me, at=now, ids=ids)
    case = registered.case
    acts = [Act(cases, case, each) for each in _particulars(body, registered)]
    if body.pre_notification is not None:
        acts.append(_take_up(body.pre_notification, registered))
    features = featured(told_of(body), given.blind)
    found = await look_up(view, features, not_=returnee)
    there = [each.known.case for each in found]
    reached = await views.reached(view, there, organisation=me.organisation, person=me.id, now=now)
    told = reached | await views.unrestricted(view, there)
    suspected = [each for each in found if each.known.case in told]
    here = Known(returnee, case)
    acts.extend(suspecting(here, each, by=me.id, at=now) for each in suspected)
    return await do(
        Act(cases, case, registered), *acts, answer=partial(registered_answer, suspected, reached)
    )


def told_of(body: RegisterReturneeBody) -> Told:
    """What others can be compared with of it."""
    return Told(
        names=(body.name, *(each.name for each in body.spellings)),
        born=(body.date_of_birth,) if body.date_of_birth else (),
        phones=(body.phone,) if body.phone else (),
        documents=tuple(each.number for each in body.documents),
        country=body.country_of_return,
        sex=body.sex,
    )


async def known_person(known_by: KnownBody | None, me: Who, load: Load) -> PersonId | None:
    """The person, if they are or were of that case and your organisation reaches it."""
    if known_by is None:
        return None
    state = await known(known_by.case, me, load)
    if known_by.person not in (*state.people, *state.former):
        raise Problem("not_found", "There is no such person in that case.")
    return known_by.person


def _particulars(
    body: RegisterReturneeBody, registered: RegisterReturnee
) -> Iterator[RecordIdentity | RecordContact]:
    """What was said at registration beyond what it takes."""
    if body.spellings or body.documents:
        yield RecordIdentity(
            by=registered.by,
            at=registered.at,
            organisation=registered.organisation,
            person=registered.returnee,
            sex=body.sex,
            age_bracket=body.age_bracket,
            name=body.name,
            spellings=tuple(each.value() for each in body.spellings),
            date_of_birth=body.date_of_birth,
            documents=tuple(each.value() for each in body.documents),
        )
    if body.through:
        yield RecordContact(
            by=registered.by,
            at=registered.at,
            organisation=registered.organisation,
            person=registered.returnee,
            language=body.language,
            phone=body.phone,
            through=body.through.value(),
        )


def _take_up(notice: PreNotificationId, registered: RegisterReturnee) -> Act[Any, Any, Any]:
    taken_up = TakeUpPreNotification(
        by=registered.by,
        at=registered.at,
        organisation=registered.organisation,
        case=registered.case,
        programme=registered.terms.programme,
        country_of_return=registered.country_of_return,
        return_type=registered.return_type,
    )
    return Act(pre_notification, notice, taken_up)


class AddMemberBody(Body):
    relation: Relation
    sex: Sex
    age_bracket: AgeBracket
    name: Name
    date_of_birth: PartialDate | None = None
    known: KnownBody | None = None
    """Who they are, if they have a case already; a new person otherwise."""


@api.command(
    "/v1/cases/{case}/add-member",
    answers=CaseAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def add_household_member(
    *,
    case: CaseId,
    body: AddMemberBody,
    me: Who,
    now: Now,
    do: Do,
    ids: NewIds,
    load: Load,
    view: View,
) -> Response:
    """Add somebody who returns with the principal applicant."""
    state = await known(case, me, load)
    member = await known_person(body.known, me, load) or PersonId(ids.new("per"))
    added = AddHouseholdMember(
        by=me.id,
        at=now,
        organisation=me.organisation,
        member=member,
        relation=body.relation,
        sex=body.sex,
        age_bracket=body.age_bracket,
        name=body.name,
        date_of_birth=body.date_of_birth,
    )
    entered: list[EnrolmentAct] = []
    if state.programme_version is not None:
        terms = await terms_for(state, view)
        entered = await entering(state, terms, by=me.id, at=now, view=view, people=[member])
    return await do(Act(cases, case, added), *entered, answer=CaseAnswer.of)


class RemoveMemberBody(Body):
    member: PersonId
    reason: RemovalReason


@api.command(
    "/v1/cases/{case}/remove-member",
    answers=CaseAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def remove_household_member(
    *, case: CaseId, body: RemoveMemberBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Record that somebody no longer counts for the household; amounts stand until adjusted."""
    removed = RemoveHouseholdMember(
        by=me.id, at=now, organisation=me.organisation, member=body.member, reason=body.reason
    )
    state = await known(case, me, load)
    left = await leaving(state, by=me.id, at=now, view=view, people=[body.member])
    return await do(Act(cases, case, removed), *left, answer=CaseAnswer.of)


class AppointGuardianBody(Body):
    child: PersonId
    guardian: PersonId
    basis: GuardianBasis


@api.command(
    "/v1/cases/{case}/appoint-guardian",
    answers=CaseAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def appoint_guardian(
    case: CaseId, body: AppointGuardianBody, me: Who, now: Now, do: Do
) -> Response:
    """Record who may consent and sign for a child."""
    appointed = AppointGuardian(
        by=me.id,
        at=now,
        organisation=me.organisation,
        child=body.child,
        guardian=body.guardian,
        basis=body.basis,
    )
    return await do(Act(cases, case, appointed), answer=CaseAnswer.of)
