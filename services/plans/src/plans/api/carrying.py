"""Carrying out approved items: parts agreed, released by what is proved, waived or withheld."""

from datetime import date
from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Answer, Body, Do, Load, NewIds, Now, Page, Paging, Problem, View, Who
from events.money import Money
from events.roles import READERS, Role
from events.values import CaseId, Code, Digest, InstalmentId, ItemId, PlanId, ReferralId
from plans import views
from plans.api.routes import UNKNOWN, api, knows
from plans.domain import programme as programmes
from plans.domain.item import item as items
from plans.domain.item import refusals as no
from plans.domain.item import requests as ask
from plans.domain.item.facts import Part
from plans.domain.item.kinds import Approved, Condition, Excuse, Misuse, Terms, Withheld
from plans.domain.item.state import CarriedOut, Stage
from plans.domain.programme import Dimension, Modality
from plans.views.items import approved_item, items_of
from plans.views.referred import referral_told, referrals_for

NOT_THERE = UNKNOWN | {no.NoSuchApprovedItem, no.NoSuchInstalment}
DONE_BEFORE = {
    no.ItemIsOver,
    no.InstalmentsUnderWay,
    no.InstalmentDecided,
    no.EarlierInstalmentOpen,
    no.ReferredAlready,
}
PARTS_MAX = 36
CONFIRMS = {Role.FIELD_OFFICER, Role.RECEIVING_OFFICER, Role.MONITORING_OFFICER}
"""Who may record what a provider or the returnee shows; the rule compares the person besides."""
Times = Annotated[int, Field(ge=0, le=1000)]


class InstalmentAnswer(Answer):
    instalment: InstalmentId
    since: date
    until: date
    amount: Money
    stage: Stage
    rate_basis_points: int | None
    """Attendance as recorded: 10000 is all of it."""


class ItemAnswer(Answer):
    """An approved item, and what came of it."""

    item: ItemId
    plan: PlanId
    case: CaseId
    type: Code
    dimension: Dimension
    modality: Modality
    spec: Code
    ceiling: Money
    conditions: tuple[Condition, ...]
    """What releases its instalments; none: it is paid at once, or nothing was agreed yet."""
    attendance_percent: int
    own_contribution: Money | None
    """What has to be put in beside it, and below: what was."""
    contributed: Money | None
    instalments: tuple[InstalmentAnswer, ...]
    released: Money | None
    """The most that may be paid so far; None: no instalments were agreed."""
    referral: ReferralId | None
    verified: bool
    misuse: tuple[Misuse, ...]
    version: int

    @classmethod
    def at(cls, approved: Approved, state: CarriedOut, version: int) -> "ItemAnswer":
        return cls(
            item=approved.item,
            plan=approved.plan,
            case=approved.case,
            type=approved.type,
            dimension=approved.dimension,
            modality=approved.modality,
            spec=approved.spec,
            ceiling=approved.ceiling,
            conditions=state.conditions,
            attendance_percent=state.attendance_percent,
            own_contribution=state.own_contribution,
            contributed=state.contributed,
            instalments=tuple(
                InstalmentAnswer(
                    instalment=each.id,
                    since=each.since,
                    until=each.until,
                    amount=each.amount,
                    stage=each.stage,
                    rate_basis_points=each.rate_basis_points,
                )
                for each in state.instalments
            ),
            released=state.released,
            referral=state.referral,
            verified=state.verified,
            misuse=state.misuse,
            version=version,
        )


class Carrying:
    """One approved item, and what a request about it rests on."""

    def __init__(self, approved: Approved, rests: dict[str, Any]) -> None:
        self.approved = approved
        self.rests = rests

    @classmethod
    async def out(cls, item: ItemId, me: Who, now: Now, view: View) -> "Carrying":
        approved = await approved_item(view, item)
        if approved is None or not await knows(me, approved.case, now, view):
            raise no.NoSuchApprovedItem(me.organisation)
        standing = await views.standing_of(approved.case, view)
        rests = {
            "by": me.id,
            "at": now,
            "organisation": me.organisation,
            "approved": approved,
            "standing": standing,
        }
        return cls(approved, rests)

    def act(self, command: ask.AnyItemCommand) -> Act[Any, Any, Any]:
        return Act(items, self.approved.item, command)

    def answer(self, state: CarriedOut, version: int) -> ItemAnswer:
        return ItemAnswer.at(self.approved, state, version)


async def terms_of(approved: Approved, load: Load) -> Terms | None:
    """How the programme, in the version of the plan, has items of this type paid."""
    programme, _ = await load.state(programmes.programme, approved.programme)
    assert programme is not None, "the plan was approved under it"
    rules = programme.policy(approved.programme_version).assistance_of(approved.type)
    if rules is None or rules.instalments is None:
        return None
    instalments = rules.instalments
    conditions = {
        Condition.OWN_CONTRIBUTION: instalments.own_contribution_proved,
        Condition.ATTENDANCE: instalments.attendance_percent is not None,
        Condition.MONITORING: instalments.monitoring_done,
    }
    return Terms(
        conditions=tuple(each for each, asked in conditions.items() if asked),
        attendance_percent=instalments.attendance_percent or 0,
        own_contribution_percent=rules.own_contribution_percent or 0,
        each=instalments.each,
        shares_percent=instalments.parts_percent,
        at_most_each_month=rules.at_most_each_month,
        months_at_least=rules.months.at_least if rules.months else 1,
        months_at_most=rules.months.at_most if rules.months else None,
    )


class PartBody(Body):
    since: date
    until: date
    amount: Money


class AgreeInstalmentsBody(Body):
    parts: Annotated[tuple[PartBody, ...], Field(min_length=1, max_length=PARTS_MAX)]
    document: Digest


@api.command(
    "/v1/items/{item}/agree-instalments",
    answers=ItemAnswer,
    allows={Role.COUNSELLOR},
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def agree_instalments(
    *,
    item: ItemId,
    body: AgreeInstalmentsBody,
    me: Who,
    now: Now,
    do: Do,
    ids: NewIds,
    load: Load,
    view: View,
) -> Response:
    """Agree in which parts the item is paid, each for a period, within its ceiling."""
    carrying = await Carrying.out(item, me, now, view)
    agreed = ask.AgreeInstalments(
        **carrying.rests,
        terms=await terms_of(carrying.approved, load),
        parts=tuple(
            Part(
                instalment=InstalmentId(ids.new("ins")),
                since=part.since,
                until=part.until,
                amount=part.amount,
            )
            for part in body.parts
        ),
        document=body.document,
    )
    return await do(carrying.act(agreed), answer=carrying.answer)


class AttendanceBody(Body):
    instalment: InstalmentId
    held: Times
    attended: Times
    document: Digest


@api.command(
    "/v1/items/{item}/record-attendance",
    answers=ItemAnswer,
    allows=CONFIRMS,
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def record_attendance(
    *, item: ItemId, body: AttendanceBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Record how often the returnee was there in a period; enough of it releases the instalment."""
    carrying = await Carrying.out(item, me, now, view)
    recorded = ask.RecordAttendance(
        **carrying.rests,
        instalment=body.instalment,
        held=body.held,
        attended=body.attended,
        document=body.document,
    )
    return await do(carrying.act(recorded), answer=carrying.answer)


class ContributionBody(Body):
    amount: Money
    document: Digest


@api.command(
    "/v1/items/{item}/prove-contribution",
    answers=ItemAnswer,
    allows=CONFIRMS,
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def prove_contribution(
    *, item: ItemId, body: ContributionBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Record what the returnee put in; enough of it releases the grant beside it."""
    carrying = await Carrying.out(item, me, now, view)
    proved = ask.ProveContribution(**carrying.rests, amount=body.amount, document=body.document)
    return await do(carrying.act(proved), answer=carrying.answer)


class WaiveConditionBody(Body):
    instalment: InstalmentId
    reason: Excuse
    document: Digest


@api.command(
    "/v1/items/{item}/waive-condition",
    answers=ItemAnswer,
    allows={Role.PROGRAMME_MANAGER},
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def waive_condition(
    *, item: ItemId, body: WaiveConditionBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Release an instalment though its condition was not met, for a reason that is no fault."""
    carrying = await Carrying.out(item, me, now, view)
    waived = ask.WaiveCondition(
        **carrying.rests,
        instalment=body.instalment,
        reason=body.reason,
        document=body.document,
    )
    return await do(carrying.act(waived), answer=carrying.answer)


class WithholdInstalmentBody(Body):
    instalment: InstalmentId
    reason: Withheld


@api.command(
    "/v1/items/{item}/withhold-instalment",
    answers=ItemAnswer,
    allows={Role.PROGRAMME_MANAGER},
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def withhold_instalment(
    *, item: ItemId, body: WithholdInstalmentBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Decide that an instalment is not paid, for good; the next one can follow."""
    carrying = await Carrying.out(item, me, now, view)
    withheld = ask.WithholdInstalment(
        **carrying.rests, instalment=body.instalment, reason=body.reason
    )
    return await do(carrying.act(withheld), answer=carrying.answer)


class ReferItemBody(Body):
    referral: ReferralId


@api.command(
    "/v1/items/{item}/refer",
    answers=ItemAnswer,
    allows={Role.COUNSELLOR},
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def refer_item(
    *, item: ItemId, body: ReferItemBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Say by which referral of the case somebody else does it: a lender, a clinic, a lawyer."""
    carrying = await Carrying.out(item, me, now, view)
    told = await referral_told(view, body.referral)
    referred = ask.ReferItem(**carrying.rests, referral=body.referral, told=told)
    return await do(carrying.act(referred), answer=carrying.answer)


class ReferralLine(Answer):
    referral: ReferralId
    item: ItemId | None
    """The line of a plan that it was offered for, if one was named."""


@api.query("/v1/items/{item}/referrals", answers=Page[ReferralLine], allows=READERS)
async def list_item_referrals(
    *, item: ItemId, me: Who, now: Now, paging: Paging, view: View
) -> Page[ReferralLine]:
    """List the referrals of the case that an item may be done under, as intake told of them."""
    approved = await approved_item(view, item)
    if approved is None or not await knows(me, approved.case, now, view):
        raise Problem("not_found", "There is no such item, or it is not yours to see.")
    found = await referrals_for(
        view, approved.case, item, after=paging.after, limit=paging.limit + 1
    )
    lines = [ReferralLine(referral=each.referral, item=each.item) for each in found]
    return paging.of(lines, key=lambda line: line.referral)


class ReportMisuseBody(Body):
    kind: Misuse


@api.command(
    "/v1/items/{item}/report-misuse",
    answers=ItemAnswer,
    allows={Role.MONITORING_OFFICER, Role.FIELD_OFFICER, Role.RECEIVING_OFFICER},
    conflicts=DONE_BEFORE,
    unknown=NOT_THERE,
)
async def report_misuse(
    *, item: ItemId, body: ReportMisuseBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Report what was not meant: a signal that people look into, not a proof."""
    carrying = await Carrying.out(item, me, now, view)
    reported = ask.ReportMisuse(**carrying.rests, kind=body.kind, visit=None)
    return await do(carrying.act(reported), answer=carrying.answer)


@api.query("/v1/items/{item}", answers=ItemAnswer, allows=READERS)
async def read_item(item: ItemId, me: Who, load: Load, view: View) -> Response:
    """Read an approved item and what came of it."""
    approved = await approved_item(view, item)
    if approved is None or not await knows(me, approved.case, load.now, view):
        raise Problem("not_found", "There is no such item, or it is not yours to see.")

    def answer(state: CarriedOut, version: int) -> ItemAnswer:
        return ItemAnswer.at(approved, state, version)

    untouched = CarriedOut(id=approved.item, case=approved.case)
    return await load(items, item, answer=answer, at_first=untouched)


@api.query("/v1/items", answers=Page[ItemAnswer], allows=READERS)
async def list_items(
    case: CaseId, me: Who, now: Now, paging: Paging, view: View
) -> Page[ItemAnswer]:
    """List the approved items of a case and what came of them."""
    if not await knows(me, case, now, view):
        raise Problem("not_found", "There is no such case, or it is not yours to see.")
    found = await items_of(view, case=case, after=paging.after, limit=paging.limit + 1)
    lines = [ItemAnswer.at(row.approved, row.state, row.version) for row in found]
    return paging.of(lines, key=lambda line: line.item)
