"""Changing what a case may receive: declared elsewhere, other amounts, more time."""

from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Body, Do, Load, Now, View, Who
from events.money import Money
from events.roles import Role
from events.values import CaseId, Code, PersonId
from intake.answers import CaseAnswer
from intake.api.routes import CONFLICTS, UNKNOWN, api, known, terms_for
from intake.domain.case import case as cases
from intake.domain.case.adjusting import (
    Amount,
    ApproveAdjustment,
    ApproveExtension,
    ProposeAdjustment,
    ProposeExtension,
    RefuseAdjustment,
    RefuseExtension,
)
from intake.domain.case.elsewhere import DeclareDoubleAssistance
from intake.domain.case.kinds import AdjustmentReason, ExtensionReason

PROPOSES = {Role.COUNSELLOR, Role.RECEIVING_OFFICER, Role.PROGRAMME_MANAGER}
DECIDES = {Role.PROGRAMME_MANAGER}


class DeclareBody(Body):
    person: PersonId
    programme_elsewhere: Code
    amount: Money


@api.command(
    "/v1/cases/{case}/declare-double-assistance",
    answers=CaseAnswer,
    allows={Role.COUNSELLOR, Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def declare_double_assistance(
    *, case: CaseId, body: DeclareBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Declare what somebody receives from others; where the programme deducts it, it counts."""
    terms = await terms_for(await known(case, me, load), view)
    declared = DeclareDoubleAssistance(
        by=me.id,
        at=now,
        organisation=me.organisation,
        terms=terms,
        person=body.person,
        programme_elsewhere=body.programme_elsewhere,
        amount=body.amount,
    )
    return await do(Act(cases, case, declared), answer=CaseAnswer.of)


class AmountBody(Body):
    person: PersonId
    total: Money
    cash_at_most: Money


class ProposeAdjustmentBody(Body):
    amounts: Annotated[tuple[AmountBody, ...], Field(min_length=1, max_length=50)]
    """Of the people whose amounts are to change; the others keep theirs."""
    reason: AdjustmentReason


@api.command(
    "/v1/cases/{case}/propose-adjustment",
    answers=CaseAnswer,
    allows=PROPOSES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def propose_adjustment(
    *, case: CaseId, body: ProposeAdjustmentBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Propose other amounts, for another person to approve."""
    terms = await terms_for(await known(case, me, load), view)
    proposed = ProposeAdjustment(
        by=me.id,
        at=now,
        organisation=me.organisation,
        terms=terms,
        amounts=tuple(Amount(a.person, a.total, a.cash_at_most) for a in body.amounts),
        reason=body.reason,
    )
    return await do(Act(cases, case, proposed), answer=CaseAnswer.of)


@api.command(
    "/v1/cases/{case}/approve-adjustment",
    answers=CaseAnswer,
    allows=DECIDES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def approve_adjustment(case: CaseId, me: Who, now: Now, do: Do) -> Response:
    """Approve the amounts that somebody else proposed."""
    asked = ApproveAdjustment(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(cases, case, asked), answer=CaseAnswer.of)


@api.command(
    "/v1/cases/{case}/refuse-adjustment",
    answers=CaseAnswer,
    allows=DECIDES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def refuse_adjustment(case: CaseId, me: Who, now: Now, do: Do) -> Response:
    """Leave the amounts as they are."""
    asked = RefuseAdjustment(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(cases, case, asked), answer=CaseAnswer.of)


class ProposeExtensionBody(Body):
    claim_by: date
    use_by: date
    reason: ExtensionReason


@api.command(
    "/v1/cases/{case}/propose-extension",
    answers=CaseAnswer,
    allows=PROPOSES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def propose_extension(
    case: CaseId, body: ProposeExtensionBody, me: Who, now: Now, do: Do
) -> Response:
    """Propose more time, for another person to approve."""
    proposed = ProposeExtension(
        by=me.id,
        at=now,
        organisation=me.organisation,
        claim_by=body.claim_by,
        use_by=body.use_by,
        reason=body.reason,
    )
    return await do(Act(cases, case, proposed), answer=CaseAnswer.of)


@api.command(
    "/v1/cases/{case}/approve-extension",
    answers=CaseAnswer,
    allows=DECIDES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def approve_extension(case: CaseId, me: Who, now: Now, do: Do) -> Response:
    """Approve the time that somebody else proposed."""
    asked = ApproveExtension(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(cases, case, asked), answer=CaseAnswer.of)


@api.command(
    "/v1/cases/{case}/refuse-extension",
    answers=CaseAnswer,
    allows=DECIDES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def refuse_extension(case: CaseId, me: Who, now: Now, do: Do) -> Response:
    """Leave the dates as they are."""
    asked = RefuseExtension(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(cases, case, asked), answer=CaseAnswer.of)
