"""What the people of a case agree to, and no longer agree to."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Body, Do, Load, Now, View, Who
from events.roles import Role
from events.values import CaseId, Digest, PersonId
from intake.answers import CaseAnswer
from intake.api.routes import CONFLICTS, UNKNOWN, api, known, terms_for
from intake.api.words import Language
from intake.domain.case import case as cases
from intake.domain.case.consenting import GiveConsent, WithdrawConsent
from intake.domain.case.pooling import PoolHousehold, UnpoolHousehold
from intake.domain.consent import Method, Scope

Scopes = Annotated[tuple[Scope, ...], Field(min_length=1, max_length=8)]


class GiveConsentBody(Body):
    scopes: Scopes
    method: Method
    language: Language
    document: Digest
    """Of the paper or recording that shows it."""
    witness: PersonId | None = None
    guardian: PersonId | None = None


@api.command(
    "/v1/cases/{case}/give-consent",
    answers=CaseAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def give_consent(case: CaseId, body: GiveConsentBody, me: Who, now: Now, do: Do) -> Response:
    """Record what the returnee, or a child's guardian, agrees to."""
    given = GiveConsent(
        by=me.id,
        at=now,
        organisation=me.organisation,
        scopes=body.scopes,
        method=body.method,
        language=body.language,
        document=body.document,
        witness=body.witness,
        guardian=body.guardian,
    )
    return await do(Act(cases, case, given), answer=CaseAnswer.of)


class WithdrawConsentBody(Body):
    scopes: Scopes


@api.command(
    "/v1/cases/{case}/withdraw-consent",
    answers=CaseAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def withdraw_consent(
    case: CaseId, body: WithdrawConsentBody, me: Who, now: Now, do: Do
) -> Response:
    """Record what the returnee no longer agrees to; what rests on it stops."""
    withdrawn = WithdrawConsent(by=me.id, at=now, organisation=me.organisation, scopes=body.scopes)
    return await do(Act(cases, case, withdrawn), answer=CaseAnswer.of)


class PoolBody(Body):
    person: PersonId
    """Who agrees, beside the returnee, that their share is used together with the returnee's."""
    method: Method
    language: Language
    document: Digest
    """Of the paper or recording that shows it."""
    witness: PersonId | None = None
    guardian: PersonId | None = None


@api.command(
    "/v1/cases/{case}/pool",
    answers=CaseAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def pool_household(
    *, case: CaseId, body: PoolBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Record that somebody of the household agrees to use their share with the returnee's."""
    terms = await terms_for(await known(case, me, load), view)
    pooled = PoolHousehold(
        by=me.id,
        at=now,
        organisation=me.organisation,
        terms=terms,
        person=body.person,
        method=body.method,
        language=body.language,
        document=body.document,
        witness=body.witness,
        guardian=body.guardian,
    )
    return await do(Act(cases, case, pooled), answer=CaseAnswer.of)


class UnpoolBody(Body):
    person: PersonId


@api.command(
    "/v1/cases/{case}/unpool",
    answers=CaseAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def unpool_household(case: CaseId, body: UnpoolBody, me: Who, now: Now, do: Do) -> Response:
    """Record that somebody takes their share out again."""
    out = UnpoolHousehold(by=me.id, at=now, organisation=me.organisation, person=body.person)
    return await do(Act(cases, case, out), answer=CaseAnswer.of)
