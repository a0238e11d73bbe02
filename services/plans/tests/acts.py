"""What may be asked of a plan and what follows, as the tests of plans tell it."""

from services.plans.tests.people import (
    AS_SIGNED,
    BUSINESS,
    CASE,
    IOM,
    LINA,
    NOON,
    OMAR,
    OVEN,
    PETER,
    PLAN,
    ZAHRA,
    ZUZANA,
    an_oven,
    drafted,
    eur,
    feasible,
    signed,
    standing,
    submitted,
)

from events.values import Code
from plans.domain.plan import requests as ask
from plans.domain.plan.facts import (
    ApprovalRecorded,
    ApprovedItem,
    PlanApproved,
    PlanEvent,
    PlanRejected,
)
from plans.domain.plan.kinds import Method, Rejection, Revision

draft = ask.DraftPlan(
    by=LINA,
    at=NOON,
    organisation=IOM,
    plan=PLAN,
    standing=standing,
    quorum=2,
    open_plan=None,
)
propose = ask.ProposeItem(
    by=LINA,
    at=NOON,
    organisation=IOM,
    standing=standing,
    item=OVEN,
    type=BUSINESS.type,
    assistance=BUSINESS,
    spec=Code("bread_oven"),
    ceiling=eur(1850),
)
revise = ask.ReviseItem(
    by=LINA,
    at=NOON,
    organisation=IOM,
    standing=standing,
    item=OVEN,
    assistance=BUSINESS,
    spec=Code("bread_oven"),
    ceiling=eur(1700),
)
remove = ask.RemoveItem(by=LINA, at=NOON, organisation=IOM, item=OVEN)
sign = ask.SignPlan(
    by=LINA,
    at=NOON,
    organisation=IOM,
    standing=standing,
    signed_by=ZAHRA,
    method=Method.SIGNATURE,
    language=Code("ar"),
    digest=AS_SIGNED,
)
submit = ask.SubmitPlan(by=LINA, at=NOON, organisation=IOM, standing=standing)
confirm = ask.ConfirmFeasibility(by=OMAR, at=NOON, organisation=IOM)
decline = ask.DeclineFeasibility(
    by=OMAR, at=NOON, organisation=IOM, reasons=(Revision.MARKET_TOO_SMALL,)
)
give_back = ask.ReturnPlan(
    by=ZUZANA, at=NOON, organisation=IOM, reasons=(Revision.PRICE_UNREALISTIC,)
)
declare = ask.DeclareConflict(by=ZUZANA, at=NOON, organisation=IOM)
approve = ask.RecordApproval(by=ZUZANA, at=NOON, organisation=IOM, standing=standing)
reject = ask.RejectPlan(by=ZUZANA, at=NOON, organisation=IOM, reason=Rejection.NOT_SUSTAINABLE)

zuzanas_yes = ApprovalRecorded(by=ZUZANA, at=NOON, plan=PLAN, case=CASE, member=ZUZANA)
peters_yes = ApprovalRecorded(by=PETER, at=NOON, plan=PLAN, case=CASE, member=PETER)
approved = PlanApproved(
    by=PETER,
    at=NOON,
    plan=PLAN,
    case=CASE,
    returnee=ZAHRA,
    programme=standing.programme,
    programme_version=1,
    approvers=(ZUZANA, PETER),
    items=(
        ApprovedItem(
            OVEN,
            BUSINESS.type,
            BUSINESS.dimension,
            BUSINESS.modality,
            Code("bread_oven"),
            eur(1850),
        ),
    ),
    total=eur(1850),
    drafter=LINA,
    counsellor=LINA,
    digest=AS_SIGNED,
)
rejected = PlanRejected(by=ZUZANA, at=NOON, plan=PLAN, case=CASE, reason=Rejection.NOT_SUSTAINABLE)
before_feasibility: tuple[PlanEvent, ...] = (drafted, an_oven, signed, submitted)
before_committee: tuple[PlanEvent, ...] = (*before_feasibility, feasible)
