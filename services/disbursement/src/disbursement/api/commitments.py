"""Commitments over HTTP, and what becomes of them: the order, deliveries, invoices."""

import datetime as dt
from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from disbursement.answers import CommitmentAnswer
from disbursement.api.limits import mandate_in
from disbursement.api.reach import Do, only_of, sight, without_whose
from disbursement.api.routes import CONFLICTS, UNKNOWN, ReasonBody, api
from disbursement.counting import counted, given_up
from disbursement.domain.budget_line import ReserveFunds, budget_line
from disbursement.domain.commitment import (
    ApproveCommitment,
    CancelCommitment,
    CertifyCommitment,
    Commitment,
    IssueOrder,
    OrderLine,
    RejectCommitment,
    RequestCommitment,
    Stage,
    commitment,
)
from disbursement.domain.cumulative import Kind, cumulative_of
from disbursement.domain.delegation import Authority, Mandate
from disbursement.domain.exchange_rate import convert
from disbursement.domain.item_ceiling import CommitOnItem, item_ceiling
from disbursement.views import following, lists, lookups
from events.handler import Act
from events.io.http import Body, Load, NewIds, Now, Page, Paging, View, Who
from events.money import Money
from events.roles import READERS, Role
from events.values import (
    BudgetLineId,
    CaseId,
    Code,
    CommitmentId,
    ItemId,
)

LINES_MAX = 100
AWARD_TAKEN_BACK = Code("award_taken_back")
VENDOR_SUSPENDED = Code("vendor_suspended")

Quantity = Annotated[int, Field(ge=1, le=1_000_000)]
LineNumber = Annotated[int, Field(ge=1, le=LINES_MAX)]


class RequestCommitmentBody(Body):
    item: ItemId
    budget_line: BudgetLineId
    amount: Money
    """In the currency of the selected offer."""


class OrderLineBody(Body):
    line: LineNumber
    spec: Code
    quantity: Quantity
    unit_price: Money


class IssueOrderBody(Body):
    lines: Annotated[tuple[OrderLineBody, ...], Field(min_length=1, max_length=LINES_MAX)]
    deliver_by: dt.date


@api.command(
    "/v1/commitments",
    creates=CommitmentAnswer,
    allows={Role.FINANCE_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def request_commitment(
    *, body: RequestCommitmentBody, me: Who, now: Now, do: Do, view: View, ids: NewIds
) -> Response:
    """Ask to reserve funds for one item of an approved plan with its selected vendor."""
    new = CommitmentId(ids.new("com"))
    plan = await lookups.planned_item(view, body.item)
    selection = await lookups.selected_vendor(view, body.item)
    if plan is not None:
        do.rests_on(plan.plan, body.item)
        await do.about(plan.case, selection.vendor if selection else None)
    funding = await lookups.funding(view, body.budget_line, body.amount.currency, now.date())
    currency = funding.currency if funding else body.amount.currency
    requested = RequestCommitment(
        by=me.id,
        at=now,
        commitment=new,
        item=body.item,
        budget_line=body.budget_line,
        amount=body.amount,
        plan=plan,
        selection=selection,
        funding=funding,
        tolerance=await lookups.tolerance(view, body.item, currency),
    )
    act = Act(commitment, new, requested)
    if plan is None or funding is None:
        return await do(act, answer=CommitmentAnswer.of)  # which refuses
    amount = convert(body.amount, currency, funding.rate)
    reserved = ReserveFunds(
        by=me.id,
        at=now,
        line=body.budget_line,
        commitment=new,
        amount=amount,
        earmarked_for=body.item if plan.earmarked_on else None,
    )
    on_item = CommitOnItem(
        by=me.id,
        at=now,
        item=body.item,
        ceiling=plan.ceiling,
        commitment=new,
        amount=amount,
        earmarked_on=plan.earmarked_on,
    )
    return await do(
        act,
        Act(item_ceiling, body.item, on_item),
        Act(budget_line, body.budget_line, reserved, shared=True),
        answer=CommitmentAnswer.of,
    )


@api.command(
    "/v1/commitments/{commitment_id}/certify",
    answers=CommitmentAnswer,
    allows={Role.CERTIFYING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def certify_commitment(
    *, commitment_id: CommitmentId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Certify that funds, purpose and eligibility of the commitment are right."""
    stands, _ = await load.state(commitment, commitment_id)
    mandate = await mandate_of(stands, Authority.CERTIFY, me=me, now=now, load=load, view=view)
    certified = CertifyCommitment(
        by=me.id,
        at=now,
        mandate=mandate,
        stopped=await stopped_for(stands, view),
        missing=await following.missing_to_commit(view, stands.item) if stands else (),
    )
    return await do(
        Act(commitment, commitment_id, certified),
        *(counted(stands, stands.reserved, mandate, now) if stands else ()),
        answer=CommitmentAnswer.of,
        delegation=mandate.delegation if mandate else None,
    )


@api.command(
    "/v1/commitments/{commitment_id}/approve",
    answers=CommitmentAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def approve_commitment(
    *, commitment_id: CommitmentId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Approve a commitment that others requested and certified."""
    stands, _ = await load.state(commitment, commitment_id)
    mandate = await mandate_of(stands, Authority.APPROVE, me=me, now=now, load=load, view=view)
    stopped = await stopped_for(stands, view)
    approved = ApproveCommitment(by=me.id, at=now, mandate=mandate, stopped=stopped)
    return await do(
        Act(commitment, commitment_id, approved),
        *(counted(stands, stands.reserved, mandate, now) if stands else ()),
        answer=CommitmentAnswer.of,
        delegation=mandate.delegation if mandate else None,
    )


async def stopped_for(of: Commitment | None, view: View) -> Code | None:
    """Why nothing more is done to buy it: the item's plan, or the award that it rests on."""
    if of is None:
        return None
    selection = await lookups.selected_vendor(view, of.item)
    if selection is None or selection.vendor != of.vendor:
        return AWARD_TAKEN_BACK
    if selection.approved_until is None:
        return VENDOR_SUSPENDED
    return await following.stopped(view, of.item)


async def mandate_of(
    of: Commitment | None, authority: Authority, *, me: Who, now: Now, load: Load, view: View
) -> Mandate | None:
    """What this person may certify or approve, and what else of it the vendor has in the case."""
    if of is None:
        return None
    stream = cumulative_of(Kind.COMMITTED, of.vendor, of.case)
    around: dict[str, Any] = {"me": me, "now": now, "load": load, "view": view}
    return await mandate_in(stream, authority, of.reserved.currency, but=of.id, **around)


@api.command(
    "/v1/commitments/{commitment_id}/issue-order",
    answers=CommitmentAnswer,
    allows={Role.FINANCE_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def issue_order(
    *,
    commitment_id: CommitmentId,
    body: IssueOrderBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Send the order to the vendor: its lines come to exactly what was committed."""
    stands, _ = await load.state(commitment, commitment_id)
    issued = IssueOrder(
        by=me.id,
        at=now,
        number=Code("PO-" + commitment_id.partition("_")[2].upper()),
        lines=tuple(
            OrderLine(
                line=line.line, spec=line.spec, quantity=line.quantity, unit_price=line.unit_price
            )
            for line in body.lines
        ),
        deliver_by=body.deliver_by,
        withdrawn=stands is not None and await lookups.withdrawn(view, stands.case),
        halted=await lookups.halted(view, stands.case) if stands else None,
        stopped=await stopped_for(stands, view),
    )
    return await do(Act(commitment, commitment_id, issued), answer=CommitmentAnswer.of)


@api.command(
    "/v1/commitments/{commitment_id}/reject",
    answers=CommitmentAnswer,
    allows={Role.CERTIFYING_OFFICER, Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def reject_commitment(
    *, commitment_id: CommitmentId, body: ReasonBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Say no to a commitment that waits for you; the funds go back to their item and line."""
    rejected = RejectCommitment(by=me.id, at=now, reason=body.reason)
    of, _ = await load.state(commitment, commitment_id)
    return await do(
        Act(commitment, commitment_id, rejected),
        *(given_up(of.id, of.vendor, of.case, me.id, now) if of else ()),
        answer=CommitmentAnswer.of,
    )


@api.command(
    "/v1/commitments/{commitment_id}/cancel",
    answers=CommitmentAnswer,
    allows={Role.FINANCE_OFFICER, Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def cancel_commitment(
    *, commitment_id: CommitmentId, body: ReasonBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Cancel what is neither delivered nor paid; the funds go back to their line."""
    cancelled = CancelCommitment(by=me.id, at=now, reason=body.reason)
    of, _ = await load.state(commitment, commitment_id)
    return await do(
        Act(commitment, commitment_id, cancelled),
        *(given_up(of.id, of.vendor, of.case, me.id, now) if of else ()),
        answer=CommitmentAnswer.of,
    )


@api.query("/v1/commitments/{commitment_id}", answers=CommitmentAnswer, allows=READERS)
async def read_commitment(
    commitment_id: CommitmentId, me: Who, now: Now, load: Load, view: View
) -> Response:
    """Read a commitment with its order, deliveries and invoices."""
    state, _ = await load.state(commitment, commitment_id)
    whose = state is not None and (await sight(state.case, me, now, view)).whose
    return await load(
        commitment,
        commitment_id,
        answer=lambda state, version: _told(state, version, whose=whose),
    )


def _told(state: Commitment, version: int, *, whose: bool) -> CommitmentAnswer:
    answer = CommitmentAnswer.of(state, version)
    return answer if whose else without_whose(answer)


@api.query("/v1/commitments", answers=Page[CommitmentAnswer], allows=READERS)
async def list_commitments(
    *,
    me: Who,
    now: Now,
    view: View,
    page: Paging,
    case: CaseId | None = None,
    stage: Stage | None = None,
) -> Page[CommitmentAnswer]:
    """List the commitments that your organisation may see, by case or stage."""
    rows = await lists.commitments(
        view,
        after=page.after,
        limit=page.limit + 1,
        case=case,
        stage=stage,
        seen_by=(me.id, only_of(me), now),
    )
    answers = [_told(row.state, row.version, whose=row.whose) for row in rows]
    return page.of(answers, key=lambda answer: answer.commitment)
