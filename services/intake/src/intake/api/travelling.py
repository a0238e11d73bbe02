"""Departure, non-departure, arrival."""

from datetime import date

from fastapi import Response

from events.handler import Act
from events.io.http import Body, Do, Load, Now, View, Who
from events.roles import Role
from events.values import CaseId, Digest
from intake.answers import CaseAnswer
from intake.api.enrolling import leaving
from intake.api.routes import CONFLICTS, UNKNOWN, api, known, terms_for
from intake.domain.case import case as cases
from intake.domain.case.travel import ConfirmArrival, ConfirmDeparture, ConfirmNonDeparture


class ConfirmDepartureBody(Body):
    date: date
    evidence: Digest
    """Of the boarding list, ticket or report that shows it."""


@api.command(
    "/v1/cases/{case}/confirm-departure",
    answers=CaseAnswer,
    allows={Role.COUNSELLOR, Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_departure(
    case: CaseId, body: ConfirmDepartureBody, me: Who, now: Now, do: Do
) -> Response:
    """Confirm that the returnee has left for the country of return."""
    departed = ConfirmDeparture(
        by=me.id, at=now, organisation=me.organisation, date=body.date, evidence=body.evidence
    )
    return await do(Act(cases, case, departed), answer=CaseAnswer.of)


@api.command(
    "/v1/cases/{case}/confirm-non-departure",
    answers=CaseAnswer,
    allows={Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_non_departure(
    *, case: CaseId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Confirm that the returnee did not leave, which ends the case for good."""
    state = await known(case, me, load)
    asked = ConfirmNonDeparture(by=me.id, at=now, organisation=me.organisation)
    left = await leaving(state, by=me.id, at=now, view=view)
    return await do(Act(cases, case, asked), *left, answer=CaseAnswer.of)


class ConfirmArrivalBody(Body):
    date: date
    evidence: Digest
    """Of the boarding pass, stamp or report that shows it."""


@api.command(
    "/v1/cases/{case}/confirm-arrival",
    answers=CaseAnswer,
    allows={Role.COUNSELLOR, Role.RECEIVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_arrival(
    *, case: CaseId, body: ConfirmArrivalBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Confirm that the returnee is back; from that day the time limits count."""
    terms = await terms_for(await known(case, me, load), view)
    arrived = ConfirmArrival(
        by=me.id,
        at=now,
        organisation=me.organisation,
        terms=terms,
        date=body.date,
        evidence=body.evidence,
    )
    return await do(Act(cases, case, arrived), answer=CaseAnswer.of)
