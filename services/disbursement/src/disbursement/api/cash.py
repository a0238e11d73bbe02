"""Cash over HTTP: asked for on a numbered list, approved, handed over before two people."""

from datetime import date
from typing import Any

from fastapi import Response
from msgspec.structs import replace

from disbursement.api.limits import mandate_for
from disbursement.api.reach import ANSWER_FOR_MONEY, LETS_GO, Do
from disbursement.api.routes import CONFLICTS, UNKNOWN, ReasonBody, api
from disbursement.api.terms import Asked, terms_of
from disbursement.confirming import signed_before, signed_for
from disbursement.counting import Approved
from disbursement.domain.budget_line import ReserveFunds, budget_line
from disbursement.domain.cash import (
    ApproveCash,
    CancelCash,
    Cash,
    CashCommand,
    ConfirmHandOver,
    DisputeHandOver,
    HandOverCash,
    NoSuchCash,
    Proof,
    ReleaseCashFromHold,
    RequestCash,
    SignedForAnother,
    Stage,
    cash,
)
from disbursement.domain.commitment import PlannedItem
from disbursement.domain.cumulative import Kind
from disbursement.domain.delegation import Mandate
from disbursement.domain.exchange_rate import convert
from disbursement.domain.item_ceiling import (
    CommitOnItem,
    DrawInstalments,
    GiveBackInstalments,
    item_ceiling,
)
from disbursement.domain.payment import AboutCase
from disbursement.domain.rolling import SecondApprovalNeeded, UncountCash, rolling
from disbursement.standing import may_stop_given
from disbursement.views import cash as lists
from disbursement.views import findings, following, lookups, receivers
from events.handler import Act
from events.io.http import Answer, Body, Load, NewIds, Now, Page, Paging, View, Who, not_on_file
from events.money import Money
from events.ports import Claim, ClaimTaken
from events.roles import Role
from events.values import (
    BudgetLineId,
    CaseId,
    CashId,
    Code,
    CommitmentId,
    Digest,
    ItemId,
    PaymentId,
    PersonId,
)

HANDS_OVER = frozenset({Role.FINANCE_OFFICER, Role.CERTIFYING_OFFICER})
SEES = HANDS_OVER | {Role.FIELD_OFFICER, Role.RECEIVING_OFFICER}
DISPUTES = SEES | {Role.COUNSELLOR, Role.MONITORING_OFFICER, Role.COMPLAINTS_OFFICER}
SIGNED_PAPERS = frozenset({Code("receipt"), Code("signature")})
"""As what the signed list is kept about the case."""


class RequestCashBody(Body):
    list_no: Code
    item: ItemId
    amount: Money
    budget_line: BudgetLineId


class HandOverBody(Body):
    proof: Proof
    document: Digest


class SeenBody(Body):
    document: Digest


class CashAct(Answer):
    stage: Stage
    person: PersonId


class CashAnswer(Answer):
    cash: CashId
    list_no: Code
    item: ItemId
    case: CaseId | None
    """None: it is restricted, and whose it is not yours to know."""
    budget_line: BudgetLineId
    amount: Money
    reserved: Money
    stage: Stage
    acts: tuple[CashAct, ...]
    document: Digest | None
    held: bool
    """A grave finding is about it; who may, lets it go on once that was reviewed."""
    second_approval: bool
    """Two people approve it."""
    together: Money | None
    """With what is paid for the case beside it, in the programme's currency."""
    version: int

    @classmethod
    def of(cls, state: Cash, version: int) -> "CashAnswer":
        return cls(
            cash=state.id,
            list_no=state.list_no,
            item=state.item,
            case=state.case,
            budget_line=state.budget_line,
            amount=state.amount,
            reserved=state.reserved,
            stage=state.stage,
            acts=tuple(CashAct(stage=stage, person=person) for stage, person in state.acts),
            document=state.document,
            held=state.held,
            second_approval=state.second_approval,
            together=state.together,
            version=version,
        )

    @classmethod
    def unsaid(cls, state: Cash, version: int) -> "CashAnswer":
        """The same, and not whose it is."""
        return cls.of(state, version).model_copy(update={"case": None})


@api.command(
    "/v1/cash",
    creates=CashAnswer,
    allows={Role.FINANCE_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def request_cash(
    *, body: RequestCashBody, me: Who, now: Now, do: Do, load: Load, view: View, ids: NewIds
) -> Response:
    """Ask that cash be handed over for an item that a plan gives as cash; funds are reserved."""
    new = CashId(ids.new("csh"))
    plan = await lookups.planned_item(view, body.item)
    if plan is not None:
        do.rests_on(plan.plan, body.item)
        await do.about(plan.case, None)
    try:
        return await _request(body, new, plan, me=me, now=now, do=do, load=load, view=view)
    except SecondApprovalNeeded:  # at the same instant: look again
        return await _request(body, new, plan, me=me, now=now, do=do, load=load, view=view)


async def _request(
    body: RequestCashBody,
    new: CashId,
    plan: PlannedItem | None,
    *,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    funding = await lookups.funding(view, body.budget_line, body.amount.currency, now.date())
    asked = RequestCash(
        by=me.id,
        at=now,
        cash=new,
        list_no=body.list_no,
        item=body.item,
        amount=body.amount,
        budget_line=body.budget_line,
        plan=plan,
        planned_as_cash=await lists.planned_as_cash(view, body.item),
        funding=funding,
        child=(await receivers.may_receive(view, plan.case, body.item)).child if plan else False,
        stops=await may_stop_given(plan.case, (), view) if plan else AboutCase(),
        missing=await following.missing_to_give(view, body.item),
    )
    if plan is None or funding is None:
        return await do(Act(cash, new, asked), answer=CashAnswer.of)  # which refuses
    amount = convert(body.amount, funding.currency, funding.rate)
    to_be_given = Asked(
        by=me.id,
        at=now,
        of=new,
        item=body.item,
        case=plan.case,
        vendor=None,
        budget_line=body.budget_line,
        reserved=amount,
        owed_from=now.date(),
    )
    terms, counting = await terms_of(to_be_given, load=load, view=view)
    released = await lookups.released(view, body.item, amount.currency)
    return await do(
        Act(cash, new, replace(asked, terms=terms)),
        *counting,
        *_of_its_item(asked, plan, amount, released),
        answer=CashAnswer.of,
    )


def _of_its_item(
    asked: RequestCash, plan: PlannedItem, amount: Money, released: Money | None
) -> tuple[Act[Any, Any, Any], ...]:
    """It is committed on the item, draws its instalments, and its funds are reserved."""
    stands_for = CommitmentId(asked.cash)
    on_item = CommitOnItem(
        by=asked.by,
        at=asked.at,
        item=asked.item,
        ceiling=plan.ceiling,
        commitment=stands_for,
        amount=amount,
        earmarked_on=plan.earmarked_on,
    )
    drawn = DrawInstalments(
        by=asked.by,
        at=asked.at,
        item=asked.item,
        payment=PaymentId(asked.cash),
        amount=amount,
        released=released,
    )
    reserved = ReserveFunds(
        by=asked.by,
        at=asked.at,
        line=asked.budget_line,
        commitment=stands_for,
        amount=amount,
        earmarked_for=asked.item if plan.earmarked_on else None,
    )
    return (
        Act(item_ceiling, asked.item, on_item),
        Act(item_ceiling, asked.item, drawn),
        Act(budget_line, asked.budget_line, reserved, shared=True),
    )


@api.command(
    "/v1/cash/{cash_id}/approve",
    answers=CashAnswer,
    allows={Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def approve_cash(
    *, cash_id: CashId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Approve that it is handed over; where it is large, as the first of two or as the second."""
    state = await _stands(cash_id, load)
    counts = _counts(state)
    mandate = await mandate_for(counts, me=me, now=now, load=load, view=view)
    stopped = await _stopped(state, now.date(), view)
    stops = await _stops(state, view)
    approved = ApproveCash(by=me.id, at=now, mandate=mandate, stopped=stopped, stops=stops)
    return await _does(do, state, approved, *counts.counted(mandate, now), under=mandate)


@api.command(
    "/v1/cash/{cash_id}/hand-over",
    answers=CashAnswer,
    allows=HANDS_OVER,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def hand_over_cash(
    *, cash_id: CashId, body: HandOverBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Record that you handed it over, and the list that the returnee signed, for this alone.

    It is on file about the case, as a `receipt` or a `signature`.
    """
    state = await _stands(cash_id, load)
    wanting = await not_on_file(
        load,
        (body.document,),
        fits=lambda kept: kept.case == state.case and kept.paper in SIGNED_PAPERS,
    )
    handed = HandOverCash(
        by=me.id,
        at=now,
        proof=body.proof,
        document=body.document,
        stopped=await _stopped(state, now.date(), view),
        stops=await _stops(state, view),
        wanting=wanting,
    )
    try:
        return await _does(do, state, handed, claims=(signed_for(body.document, state.id),))
    except ClaimTaken as taken:
        raise SignedForAnother(Code(signed_before(taken))) from None


@api.command(
    "/v1/cash/{cash_id}/confirm",
    answers=CashAnswer,
    allows=SEES,
    if_match=False,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_hand_over(
    *, cash_id: CashId, body: SeenBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Confirm, as the second person, that you saw it handed over and the list signed.

    Against a thumbprint two confirm it, one after the other.
    """
    state = await _stands(cash_id, load)
    paid_in = state.amount.currency
    rate = await lookups.rate_by_rule(view, state.budget_line, paid_in, now.date())
    seen = ConfirmHandOver(by=me.id, at=now, document=body.document, rate=rate)
    return await _does(do, state, seen)


@api.command(
    "/v1/cash/{cash_id}/dispute",
    answers=CashAnswer,
    allows=DISPUTES,
    if_match=False,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def dispute_hand_over(
    *, cash_id: CashId, body: ReasonBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Say that it was not handed over as was told, as long as it is not confirmed."""
    state = await _stands(cash_id, load)
    return await _does(do, state, DisputeHandOver(by=me.id, at=now, reason=body.reason))


@api.command(
    "/v1/cash/{cash_id}/release-from-hold",
    answers=CashAnswer,
    allows=LETS_GO,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def release_cash_from_hold(
    *, cash_id: CashId, body: ReasonBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Let held cash in which you have no part go on, once all that was found was reviewed."""
    state = await _stands(cash_id, load)
    found = await findings.standing(view, state.findings)
    released = ReleaseCashFromHold(by=me.id, at=now, reason=body.reason, found=found)
    return await _does(do, state, released)


@api.command(
    "/v1/cash/{cash_id}/cancel",
    answers=CashAnswer,
    allows={Role.FINANCE_OFFICER, Role.APPROVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def cancel_cash(
    *, cash_id: CashId, body: ReasonBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Give it up before it is handed over, or when it is disputed; its funds are free again.

    What is disputed is given up by neither who handed it over nor who disputes it.
    """
    state = await _stands(cash_id, load)
    cancelled = CancelCash(by=me.id, at=now, reason=body.reason)
    uncount = UncountCash(by=me.id, at=now, cash=state.id)
    instalments = GiveBackInstalments(
        by=me.id, at=now, item=state.item, payment=PaymentId(state.id)
    )
    return await _does(
        do,
        state,
        cancelled,
        *_counts(state).given_back(me.id, now),
        Act(item_ceiling, state.item, instalments),
        Act(rolling, state.case, uncount),
    )


def _counts(state: Cash) -> Approved:
    return Approved(
        kind=Kind.CASH, vendor=None, case=state.case, of=state.id, amount=state.reserved
    )


async def _stands(cash_id: CashId, load: Load) -> Cash:
    state: Cash | None
    state, _ = await load.state(cash, cash_id)
    if state is None:
        raise NoSuchCash
    return state


async def _does(
    do: Do,
    state: Cash,
    command: CashCommand,
    *others: Act[Any, Any, Any],
    under: Mandate | None = None,
    claims: tuple[Claim, ...] = (),
) -> Response:
    """For who may know of the case and has no conflict of interest with it."""
    do.rests_on(state.item)
    await do.about(state.case, None)
    return await do(
        Act(cash, state.id, command, claims=claims),
        *others,
        answer=CashAnswer.of,
        delegation=under.delegation if under else None,
    )


async def _stopped(state: Cash, today: date, view: View) -> Code | None:
    """Why nothing is given for the item any more: the item, the case or the consent."""
    plan = await lookups.planned_item(view, state.item)
    if plan is None or (plan.use_by is not None and plan.use_by < today):
        return Code("no_longer_planned")
    if plan.withdrawn:
        return Code("assistance_withdrawn")
    return plan.halted or await following.stopped(view, state.item)


async def _stops(state: Cash, view: View) -> AboutCase:
    """What may stop any money for the case, and who had a part in this."""
    return await may_stop_given(state.case, {person for _, person in state.acts}, view)


@api.query("/v1/cash/{cash_id}", answers=CashAnswer, allows=ANSWER_FOR_MONEY)
async def read_cash(cash_id: CashId, load: Load) -> Response:
    """Read how far a line of a cash list is; whose it is stands on its item's page."""
    return await load(cash, cash_id, answer=CashAnswer.unsaid)


@api.query("/v1/cash", answers=Page[CashAnswer], allows=ANSWER_FOR_MONEY)
async def list_cash(
    view: View, page: Paging, list_no: Code | None = None, stage: Stage | None = None
) -> Page[CashAnswer]:
    """List cash by id: the lines of a list, or those at a stage."""
    rows = await lists.cash_of(
        view, after=page.after, limit=page.limit + 1, list_no=list_no, stage=stage
    )
    return page.of([CashAnswer.unsaid(r.state, r.version) for r in rows], key=lambda a: a.cash)
