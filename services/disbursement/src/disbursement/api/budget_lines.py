"""Budget lines: their ceilings are proposed by one grant manager and confirmed by another."""

from datetime import date

from fastapi import Response

from disbursement.api.reach import ANSWER_FOR_MONEY
from disbursement.api.routes import CONFLICTS, UNKNOWN, api
from disbursement.domain.budget_line import (
    BudgetLine,
    ConfirmCeiling,
    DeclineCeiling,
    DeclinedCeiling,
    EstablishBudgetLine,
    ReviseBudgetLine,
    budget_line,
)
from disbursement.domain.grant import grant
from disbursement.views import lists
from events.handler import Act
from events.io.http import Answer, Body, Do, Load, NewIds, Now, Page, Paging, Problem, View, Who
from events.money import Money
from events.ports import Claim
from events.roles import Role
from events.values import BudgetLineId, Code, GrantId, PersonId

CATEGORY = "budget_category"
"""Claimed for ever: a category within a grant."""


class EstablishBudgetLineBody(Body):
    grant: GrantId
    category: Code
    ceiling: Money


class ProposedCeilingAnswer(Answer):
    ceiling: Money
    by: PersonId


class DeclinedCeilingAnswer(Answer):
    ceiling: Money
    proposed_by: PersonId
    by: PersonId
    """Who proposed it, too: then it was taken back."""
    on: date
    reason: Code

    @classmethod
    def of(cls, told: DeclinedCeiling) -> "DeclinedCeilingAnswer":
        return cls(
            ceiling=told.ceiling,
            proposed_by=told.proposed_by,
            by=told.by,
            on=told.on,
            reason=told.reason,
        )


class BudgetLineAnswer(Answer):
    line: BudgetLineId
    grant: GrantId
    category: Code
    ceiling: Money
    earmarked: Money
    """For items of approved plans that are not committed yet."""
    reserved: Money
    spent: Money
    spent_beyond: Money
    """As much of it as nothing was reserved for: what the bank paid twice, until it comes back."""
    available: Money
    """Below zero where the bank executed more than there was."""
    exchange_difference: Money
    proposed: ProposedCeilingAnswer | None
    """What waits for another person; nothing is available before the first one is confirmed."""
    declined: DeclinedCeilingAnswer | None
    """What was proposed before and came to nothing, the last time."""
    version: int

    @classmethod
    def of(cls, state: BudgetLine, version: int) -> "BudgetLineAnswer":
        waits = state.proposed
        return cls(
            line=state.id,
            grant=state.grant,
            category=state.category,
            ceiling=state.ceiling,
            earmarked=state.earmarked,
            reserved=state.reserved,
            spent=state.spent,
            spent_beyond=state.spent_beyond,
            available=state.available,
            exchange_difference=state.exchange_difference,
            proposed=ProposedCeilingAnswer(ceiling=waits.ceiling, by=waits.by) if waits else None,
            declined=DeclinedCeilingAnswer.of(state.declined) if state.declined else None,
            version=version,
        )


@api.command(
    "/v1/budget-lines", creates=BudgetLineAnswer, allows={Role.GRANT_MANAGER}, unknown=UNKNOWN
)
async def establish_budget_line(
    *, body: EstablishBudgetLineBody, me: Who, now: Now, do: Do, load: Load, ids: NewIds
) -> Response:
    """Propose a cost category of a grant with its ceiling: another grant manager confirms it."""
    of, _ = await load.state(grant, body.grant)
    if of is None:
        raise Problem("not_found", "There is no such grant.")
    new = BudgetLineId(ids.new("bud"))
    established = EstablishBudgetLine(
        by=me.id,
        at=now,
        line=new,
        grant=of.id,
        currency=of.currency,
        category=body.category,
        ceiling=body.ceiling,
    )
    once = Claim(CATEGORY, f"{of.id}/{body.category}".casefold())
    return await do(Act(budget_line, new, established, claims=(once,)), answer=BudgetLineAnswer.of)


class ReviseBudgetLineBody(Body):
    ceiling: Money


@api.command(
    "/v1/budget-lines/{line}/revise",
    answers=BudgetLineAnswer,
    allows={Role.GRANT_MANAGER},
    unknown=UNKNOWN,
)
async def revise_budget_line(
    line: BudgetLineId, body: ReviseBudgetLineBody, me: Who, now: Now, do: Do
) -> Response:
    """Record a lower ceiling that the donor agreed to, or propose a higher one: another grant
    manager confirms it.
    """
    revised = ReviseBudgetLine(by=me.id, at=now, line=line, ceiling=body.ceiling)
    return await do(Act(budget_line, line, revised, shared=True), answer=BudgetLineAnswer.of)


class ConfirmCeilingBody(Body):
    ceiling: Money
    """What was proposed, as it was read."""


@api.command(
    "/v1/budget-lines/{line}/confirm",
    answers=BudgetLineAnswer,
    allows={Role.GRANT_MANAGER},
    if_match=False,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_ceiling(
    line: BudgetLineId, body: ConfirmCeilingBody, me: Who, now: Now, do: Do
) -> Response:
    """Confirm the ceiling that somebody else proposed; plans that are short of funds are looked
    at.
    """
    confirmed = ConfirmCeiling(by=me.id, at=now, line=line, ceiling=body.ceiling)
    return await do(Act(budget_line, line, confirmed, shared=True), answer=BudgetLineAnswer.of)


class DeclineCeilingBody(ConfirmCeilingBody):
    reason: Code


@api.command(
    "/v1/budget-lines/{line}/decline",
    answers=BudgetLineAnswer,
    allows={Role.GRANT_MANAGER},
    if_match=False,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def decline_ceiling(
    line: BudgetLineId, body: DeclineCeilingBody, me: Who, now: Now, do: Do
) -> Response:
    """Say no to the ceiling that somebody proposed, or take back what you proposed: the line stays
    as it is, and another ceiling may be proposed (`revise`).
    """
    declined = DeclineCeiling(by=me.id, at=now, line=line, ceiling=body.ceiling, reason=body.reason)
    return await do(Act(budget_line, line, declined, shared=True), answer=BudgetLineAnswer.of)


@api.query("/v1/budget-lines/{line}", answers=BudgetLineAnswer, allows=ANSWER_FOR_MONEY)
async def read_budget_line(line: BudgetLineId, load: Load) -> Response:
    """Read a budget line: its ceiling, what is reserved, spent and available."""
    return await load(budget_line, line, answer=BudgetLineAnswer.of)


@api.query("/v1/budget-lines", answers=Page[BudgetLineAnswer], allows=ANSWER_FOR_MONEY)
async def list_budget_lines(
    view: View, page: Paging, grant: GrantId | None = None
) -> Page[BudgetLineAnswer]:
    """List budget lines by id, those of one grant or all."""
    rows = await lists.budget_lines(view, after=page.after, limit=page.limit + 1, grant=grant)
    return page.of([BudgetLineAnswer.of(r.state, r.version) for r in rows], key=lambda a: a.line)
