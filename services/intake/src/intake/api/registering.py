"""Registering people and what they consent to."""

from fastapi import Response

from events.handler import Act
from events.io.http import Body, Do, NewIds, Now, Problem, View, Who
from events.roles import Role
from events.values import CaseId, Code, PersonId, ProgrammeId
from intake import views
from intake.answers import CaseAnswer
from intake.api.routes import CONFLICTS, UNKNOWN, api
from intake.api.words import Country, Language, Name, Phone
from intake.domain.case import case as cases
from intake.domain.case.household import AddHouseholdMember, AppointGuardian, RemoveHouseholdMember
from intake.domain.case.kinds import GuardianBasis, RemovalReason, Source
from intake.domain.case.registering import RegisterReturnee
from intake.domain.people import AgeBracket, PartialDate, Relation, Sex
from intake.domain.programme import ReturnType


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
    date_of_birth: PartialDate | None = None
    phone: Phone | None = None


@api.command(
    "/v1/cases",
    creates=CaseAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def register_returnee(
    *, body: RegisterReturneeBody, me: Who, now: Now, do: Do, ids: NewIds, view: View
) -> Response:
    """Open a case for somebody who has returned or is about to."""
    terms = await views.terms_of(view, body.programme)
    if terms is None:
        raise Problem("not_found", "No such programme is published, or not yet known here.")
    case = CaseId(ids.new("cas"))
    registered = RegisterReturnee(
        by=me.id,
        at=now,
        organisation=me.organisation,
        case=case,
        returnee=PersonId(ids.new("per")),
        terms=terms,
        country_of_return=body.country_of_return,
        return_type=body.return_type,
        office=body.office,
        source=body.source,
        counsellor=body.counsellor or me.id,
        language=body.language,
        sex=body.sex,
        age_bracket=body.age_bracket,
        name=body.name,
        date_of_birth=body.date_of_birth,
        phone=body.phone,
    )
    return await do(Act(cases, case, registered), answer=CaseAnswer.of)


class AddMemberBody(Body):
    relation: Relation
    sex: Sex
    age_bracket: AgeBracket
    name: Name
    date_of_birth: PartialDate | None = None


@api.command(
    "/v1/cases/{case}/add-member",
    answers=CaseAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def add_household_member(
    *, case: CaseId, body: AddMemberBody, me: Who, now: Now, do: Do, ids: NewIds
) -> Response:
    """Add somebody who returns with the principal applicant."""
    added = AddHouseholdMember(
        by=me.id,
        at=now,
        organisation=me.organisation,
        member=PersonId(ids.new("per")),
        relation=body.relation,
        sex=body.sex,
        age_bracket=body.age_bracket,
        name=body.name,
        date_of_birth=body.date_of_birth,
    )
    return await do(Act(cases, case, added), answer=CaseAnswer.of)


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
    case: CaseId, body: RemoveMemberBody, me: Who, now: Now, do: Do
) -> Response:
    """Record that somebody no longer counts for the household; amounts stand until adjusted."""
    removed = RemoveHouseholdMember(
        by=me.id, at=now, organisation=me.organisation, member=body.member, reason=body.reason
    )
    return await do(Act(cases, case, removed), answer=CaseAnswer.of)


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
