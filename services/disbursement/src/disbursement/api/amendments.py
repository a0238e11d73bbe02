"""Amendments of commitments over HTTP: asked for, certified, approved, rejected; orders reduced."""

import datetime as dt
from typing import Annotated

from fastapi import Response
from pydantic import Field

from disbursement.answers import CommitmentAnswer
from disbursement.api.commitments import (
    LINES_MAX,
    LineNumber,
    OrderLineBody,
    Quantity,
    mandate_of,
    stopped_for,
)
from disbursement.api.reach import Do
from disbursement.api.routes import CONFLICTS, UNKNOWN, ReasonBody, api
from disbursement.counting import Counting, counted
from disbursement.domain.budget_line import ReserveFunds, budget_line
from disbursement.domain.commitment import (
    AmendCommitment,
    ApproveAmendment,
    CertifyAmendment,
    Commitment,
    OrderLine,
    ReduceOrder,
    RejectAmendment,
    UndeliveredLine,
    commitment,
)
from disbursement.domain.commitment.amending import more_of, worth_of
from disbursement.domain.commitment.refusals import NoSuchCommitment, PlanNotApproved
from disbursement.domain.delegation import Authority, Mandate
from disbursement.domain.item_ceiling import CommitOnItem, item_ceiling
from disbursement.views import lookups
from events.handler import Act
from events.io.http import Body, Load, Now, View, Who
from events.money import Money
from events.roles import Role
from events.values import Code, CommitmentId


class AmendCommitmentBody(Body):
    amount: Money
    """What it is to be for, in the order's currency."""
    lines: Annotated[tuple[OrderLineBody, ...], Field(max_length=LINES_MAX)] = ()
    """All that is to be ordered; nothing before the order is issued."""
    deliver_by: dt.date | None = None
    """Until when, if not until the same day as before."""
    reason: Code


class UndeliveredLineBody(Body):
    line: LineNumber
    quantity: Quantity


class ReduceOrderBody(Body):
    lines: Annotated[tuple[UndeliveredLineBody, ...], Field(min_length=1, max_length=LINES_MAX)]
    """What will not be delivered any more."""
    reason: Code


@api.command(
    "/v1/commitments/{commitment_id}/amend",
    answers=CommitmentAnswer,
    allows={Role.FINANCE_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def amend_commitment(
    *,
    commitment_id: CommitmentId,
    body: AmendCommitmentBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Ask that it be for another amount or other goods; what only takes away counts at once."""
    of, _ = await load.state(commitment, commitment_id)
    if of is None:
        raise NoSuchCommitment
    amended = AmendCommitment(
        by=me.id,
        at=now,
        amount=body.amount,
        lines=tuple(
            OrderLine(
                line=line.line, spec=line.spec, quantity=line.quantity, unit_price=line.unit_price
            )
            for line in body.lines
        ),
        deliver_by=body.deliver_by,
        reason=body.reason,
        plan=await lookups.planned_item(view, of.item),
        selection=await lookups.selected_vendor(view, of.item),
        funding=await lookups.funding(view, of.budget_line, of.amount.currency, now.date()),
    )
    return await do(Act(commitment, commitment_id, amended), answer=CommitmentAnswer.of)


@api.command(
    "/v1/commitments/{commitment_id}/reduce",
    answers=CommitmentAnswer,
    allows={Role.FINANCE_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def reduce_order(
    commitment_id: CommitmentId, body: ReduceOrderBody, me: Who, now: Now, do: Do
) -> Response:
    """Take off the order what will not be delivered any more; its funds go back."""
    lines = tuple(UndeliveredLine(line=each.line, quantity=each.quantity) for each in body.lines)
    reduced = ReduceOrder(by=me.id, at=now, lines=lines, reason=body.reason)
    return await do(Act(commitment, commitment_id, reduced), answer=CommitmentAnswer.of)


@api.command(
    "/v1/commitments/{commitment_id}/certify-amendment",
    answers=CommitmentAnswer,
    allows={Role.CERTIFYING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def certify_amendment(
    *, commitment_id: CommitmentId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Certify that funds, purpose and eligibility of what it is to become are right."""
    of, _ = await load.state(commitment, commitment_id)
    if of is None:
        raise NoSuchCommitment
    mandate = await mandate_of(of, Authority.CERTIFY, me=me, now=now, load=load, view=view)
    certified = CertifyAmendment(
        by=me.id, at=now, mandate=mandate, stopped=await stopped_for(of, view)
    )
    return await do(
        Act(commitment, commitment_id, certified),
        *_counted(of, mandate, now),
        answer=CommitmentAnswer.of,
        delegation=mandate.delegation if mandate else None,
    )


def _counted(of: Commitment, mandate: Mandate | None, now: Now) -> Counting:
    """All that it then comes to counts under the limit."""
    return counted(of, worth_of(of, of.amendment.amount), mandate, now) if of.amendment else []


@api.command(
    "/v1/commitments/{commitment_id}/approve-amendment",
    answers=CommitmentAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def approve_amendment(
    *, commitment_id: CommitmentId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Approve it: it counts from now on, and what it needs in addition is reserved with it."""
    of, _ = await load.state(commitment, commitment_id)
    if of is None:
        raise NoSuchCommitment
    mandate = await mandate_of(of, Authority.APPROVE, me=me, now=now, load=load, view=view)
    plan = await lookups.planned_item(view, of.item)
    approved = ApproveAmendment(
        by=me.id,
        at=now,
        amendment=of.amendment.number if of.amendment else 0,
        mandate=mandate,
        stopped=await stopped_for(of, view),
    )
    acts = [Act(commitment, commitment_id, approved), *_counted(of, mandate, now)]
    more = more_of(of, of.amendment.amount) if of.amendment else None
    if not more:
        return await do(
            *acts, answer=CommitmentAnswer.of, delegation=mandate and mandate.delegation
        )
    if plan is None:
        raise PlanNotApproved(of.item)
    on_item = CommitOnItem(
        by=me.id,
        at=now,
        item=of.item,
        ceiling=plan.ceiling,
        commitment=of.id,
        amount=more,
        earmarked_on=plan.earmarked_on,
    )
    reserved = ReserveFunds(
        by=me.id,
        at=now,
        line=of.budget_line,
        commitment=of.id,
        amount=more,
        earmarked_for=of.item if plan.earmarked_on else None,
    )
    return await do(
        *acts,
        Act(item_ceiling, of.item, on_item),
        Act(budget_line, of.budget_line, reserved, shared=True),
        answer=CommitmentAnswer.of,
        delegation=mandate and mandate.delegation,
    )


@api.command(
    "/v1/commitments/{commitment_id}/reject-amendment",
    answers=CommitmentAnswer,
    allows={Role.CERTIFYING_OFFICER, Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def reject_amendment(
    commitment_id: CommitmentId, body: ReasonBody, me: Who, now: Now, do: Do
) -> Response:
    """Say no to an amendment that waits; the commitment stands as it was."""
    rejected = RejectAmendment(by=me.id, at=now, reason=body.reason)
    return await do(Act(commitment, commitment_id, rejected), answer=CommitmentAnswer.of)
