"""The life of a case: rested, taken up again, closed with a ground, opened again by two people."""

from fastapi import Response

from events.handler import Act
from events.io.http import Answer, Body, Do, Load, Now, View, Who
from events.roles import Role
from events.values import CaseId, CashId, CommitmentId, InvoiceId, PlanId
from intake import views
from intake.answers import CaseAnswer
from intake.api.enrolling import entering_again, leaving
from intake.api.routes import CONFLICTS, UNKNOWN, api, known, terms_for
from intake.domain.case import case as cases
from intake.domain.case import lifecycle as ask
from intake.domain.case.kinds import Ground

WORKS_ON = {Role.COUNSELLOR, Role.PROGRAMME_MANAGER}
DECIDES = {Role.PROGRAMME_MANAGER}
STANDING = CONFLICTS | {ask.StillOpen, ask.ReopeningNotProposed}


class SuspendCaseBody(Body):
    reason: ask.Pause


@api.command(
    "/v1/cases/{case}/suspend",
    answers=CaseAnswer,
    allows=WORKS_ON,
    conflicts=STANDING,
    unknown=UNKNOWN,
)
async def suspend_case(case: CaseId, body: SuspendCaseBody, me: Who, now: Now, do: Do) -> Response:
    """Let a case rest: nothing is decided, planned, ordered or paid until it goes on."""
    suspended = ask.SuspendCase(by=me.id, at=now, organisation=me.organisation, reason=body.reason)
    return await do(Act(cases, case, suspended), answer=CaseAnswer.of)


@api.command(
    "/v1/cases/{case}/resume",
    answers=CaseAnswer,
    allows=DECIDES,
    conflicts=STANDING,
    unknown=UNKNOWN,
)
async def resume_case(case: CaseId, me: Who, now: Now, do: Do) -> Response:
    """Let a suspended case go on where it was."""
    resumed = ask.ResumeCase(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(cases, case, resumed), answer=CaseAnswer.of)


class GroundBody(Body):
    ground: Ground


@api.command(
    "/v1/cases/{case}/write-off",
    answers=CaseAnswer,
    allows=DECIDES,
    conflicts=STANDING,
    unknown=UNKNOWN,
)
async def write_off(
    *, case: CaseId, body: GroundBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Give up what is still owed, where nobody is left to deliver to; another closes the case."""
    given_up = ask.WriteOff(
        by=me.id,
        at=now,
        organisation=me.organisation,
        ground=body.ground,
        open=await views.open_matters(case, view),
    )
    return await do(Act(cases, case, given_up), answer=CaseAnswer.of)


@api.command(
    "/v1/cases/{case}/close",
    answers=CaseAnswer,
    allows=WORKS_ON,
    conflicts=STANDING,
    unknown=UNKNOWN,
)
async def close_case(
    *, case: CaseId, body: GroundBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Close a case. What still stands in the way is named, all of it."""
    closed = ask.CloseCase(
        by=me.id,
        at=now,
        organisation=me.organisation,
        ground=body.ground,
        open=await views.open_matters(case, view),
    )
    left = await leaving(await known(case, me, load), by=me.id, at=now, view=view)
    return await do(Act(cases, case, closed), *left, answer=CaseAnswer.of)


class OpenMattersAnswer(Answer):
    """What keeps a case open, as far as it is known here."""

    case: CaseId
    commitments: tuple[CommitmentId, ...]
    invoices: tuple[InvoiceId, ...]
    cash: tuple[CashId, ...]
    """Asked for and neither confirmed nor given up."""
    plans: tuple[PlanId, ...]
    """These keep it from being completed, and from nothing else. Below too."""
    shared: tuple[CommitmentId, ...]
    """Of projects in which the case has a share."""
    in_confidence: bool
    """Something is looked into of which no more is told here."""


@api.query(
    "/v1/cases/{case}/open-matters", answers=OpenMattersAnswer, allows=WORKS_ON, unknown=UNKNOWN
)
async def read_open_matters(case: CaseId, me: Who, load: Load, view: View) -> OpenMattersAnswer:
    """Read what is still owed, planned or looked into for a case, before it is closed."""
    await known(case, me, load)
    still = await views.open_matters(case, view)
    return OpenMattersAnswer(
        case=case,
        commitments=still.commitments,
        invoices=still.invoices,
        cash=still.cash,
        plans=still.plans,
        shared=still.shared,
        in_confidence=still.in_confidence,
    )


class ProposeReopeningBody(Body):
    reason: ask.Renewal


@api.command(
    "/v1/cases/{case}/propose-reopening",
    answers=CaseAnswer,
    allows=WORKS_ON,
    conflicts=STANDING,
    unknown=UNKNOWN,
)
async def propose_reopening(
    case: CaseId, body: ProposeReopeningBody, me: Who, now: Now, do: Do
) -> Response:
    """Propose to open a closed case again."""
    proposed = ask.ProposeReopening(
        by=me.id, at=now, organisation=me.organisation, reason=body.reason
    )
    return await do(Act(cases, case, proposed), answer=CaseAnswer.of)


@api.command(
    "/v1/cases/{case}/reopen",
    answers=CaseAnswer,
    allows=DECIDES,
    conflicts=STANDING,
    unknown=UNKNOWN,
)
async def reopen_case(
    *, case: CaseId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Open a closed case again, as a second person: it goes on where it was."""
    state = await known(case, me, load)
    again = entering_again(state, await terms_for(state, view), by=me.id, at=now)
    reopened = ask.ReopenCase(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(cases, case, reopened), *again, answer=CaseAnswer.of)
