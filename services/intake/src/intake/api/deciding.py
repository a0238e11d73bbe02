"""Deciding on a case: eligibility and entitlement."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Body, Do, Load, Now, View, Who
from events.roles import Role
from events.values import CaseId, Code, PersonId
from intake.answers import CaseAnswer
from intake.api.enrolling import entering
from intake.api.routes import CONFLICTS, UNKNOWN, api, known, terms_for
from intake.domain.case import case as cases
from intake.domain.case.eligibility import ConfirmEligibility, DenyEligibility
from intake.domain.case.entitlement import Established, GrantEntitlement
from intake.domain.case.kinds import Denial

DECIDES = {Role.PROGRAMME_MANAGER}


class ConfirmEligibilityBody(Body):
    criteria: Annotated[tuple[Code, ...], Field(max_length=50)]
    """Those of the programme that were found true."""


@api.command(
    "/v1/cases/{case}/confirm-eligibility",
    answers=CaseAnswer,
    allows=DECIDES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_eligibility(
    *, case: CaseId, body: ConfirmEligibilityBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Find that the programme is for this case."""
    state = await known(case, me, load)
    terms = await terms_for(state, view)
    confirmed = ConfirmEligibility(
        by=me.id, at=now, organisation=me.organisation, terms=terms, criteria=body.criteria
    )
    entered = await entering(state, terms, by=me.id, at=now, view=view)
    return await do(Act(cases, case, confirmed), *entered, answer=CaseAnswer.of)


class DenyEligibilityBody(Body):
    reason: Denial


@api.command(
    "/v1/cases/{case}/deny-eligibility",
    answers=CaseAnswer,
    allows=DECIDES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def deny_eligibility(
    case: CaseId, body: DenyEligibilityBody, me: Who, now: Now, do: Do
) -> Response:
    """Find that the programme is not for this case, which ends it."""
    denied = DenyEligibility(by=me.id, at=now, organisation=me.organisation, reason=body.reason)
    return await do(Act(cases, case, denied), answer=CaseAnswer.of)


class EstablishedBody(Body):
    person: PersonId
    vulnerability: Code


class GrantEntitlementBody(Body):
    established: Annotated[tuple[EstablishedBody, ...], Field(max_length=50)] = ()
    """The vulnerabilities that the programme's amounts depend on, where you found them."""


@api.command(
    "/v1/cases/{case}/grant-entitlement",
    answers=CaseAnswer,
    allows=DECIDES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def grant_entitlement(
    *,
    case: CaseId,
    body: GrantEntitlementBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Grant the household what the programme has for it."""
    terms = await terms_for(await known(case, me, load), view)
    granted = GrantEntitlement(
        by=me.id,
        at=now,
        organisation=me.organisation,
        terms=terms,
        established=tuple(Established(e.person, e.vulnerability) for e in body.established),
    )
    return await do(Act(cases, case, granted), answer=CaseAnswer.of)
