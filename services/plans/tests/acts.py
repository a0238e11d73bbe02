"""What may be asked of a plan and what follows, as the tests of plans tell it."""

from datetime import timedelta

from msgspec.structs import replace
from services.plans.tests.people import (
    AS_SIGNED,
    BUSINESS,
    CASE,
    IOM,
    JURAJ,
    LINA,
    NOON,
    OMAR,
    OVEN,
    PETER,
    PETRA,
    PLAN,
    ZAHRA,
    ZUZANA,
    an_oven,
    drafted,
    eur,
    expected,
    feasible,
    signed,
    standing,
    submitted,
)

from events.values import SYSTEM, Code, Digest
from plans.domain.plan import requests as ask
from plans.domain.plan.evolution import PlanEvent
from plans.domain.plan.facts import (
    ApprovalRecorded,
    ApprovedItem,
    PlanApproved,
    PlanRejected,
    RejectionRecorded,
)
from plans.domain.plan.facts_in_force import (
    DocumentRecorded,
    ItemCancelled,
    PlanAmendmentProposed,
    PlanCancelled,
    PlanCompleted,
    PlanResumed,
    PlanSuspended,
    PlanWithdrawn,
)
from plans.domain.plan.kinds import Change, Ending, Method, Rejection, Revision, Suspension

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
submit = ask.SubmitPlan(
    by=LINA,
    at=NOON,
    organisation=IOM,
    standing=standing,
    quorum=2,
    answer_within=timedelta(days=7),
)
confirm = ask.ConfirmFeasibility(by=OMAR, at=NOON, organisation=IOM)
decline = ask.DeclineFeasibility(
    by=OMAR, at=NOON, organisation=IOM, reasons=(Revision.MARKET_TOO_SMALL,)
)
give_back = ask.ReturnPlan(
    by=ZUZANA, at=NOON, organisation=IOM, reasons=(Revision.PRICE_UNREALISTIC,)
)
declare = ask.DeclareConflict(by=ZUZANA, at=NOON, organisation=IOM)
approve = ask.RecordApproval(by=ZUZANA, at=NOON, organisation=IOM, standing=standing)
reject = ask.RecordRejection(by=ZUZANA, at=NOON, organisation=IOM, reason=Rejection.NOT_SUSTAINABLE)

zuzanas_no = RejectionRecorded(
    by=ZUZANA, at=NOON, plan=PLAN, case=CASE, member=ZUZANA, reason=Rejection.NOT_SUSTAINABLE
)
peters_no = replace(zuzanas_no, by=PETER, member=PETER)
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
rejected = PlanRejected(by=PETER, at=NOON, plan=PLAN, case=CASE, reason=Rejection.NOT_SUSTAINABLE)
unanswered = ask.ReturnUnanswered(by=SYSTEM, at=NOON, organisation=IOM)
record = ask.RecordDocument(
    by=LINA,
    at=NOON,
    organisation=IOM,
    item=OVEN,
    kind=Code("business_plan"),
    digest=Digest("d" * 64),
    kinds=(Code("business_plan"), Code("invoice")),
)
amend = ask.ProposeAmendment(
    by=LINA,
    at=NOON,
    organisation=IOM,
    standing=standing,
    quorum=2,
    reason=Change.PRICE_CHANGED,
)
withdraw = ask.WithdrawPlan(by=LINA, at=NOON, organisation=IOM, reason=Ending.RETURNEE_ASKED)
suspend = ask.SuspendPlan(by=PETRA, at=NOON, organisation=IOM, reason=Suspension.UNDER_REVIEW)
resume = ask.ResumePlan(by=JURAJ, at=NOON, organisation=IOM, standing=standing)
cancel_item = ask.CancelItem(
    by=LINA, at=NOON, organisation=IOM, item=OVEN, reason=Ending.RETURNEE_ASKED
)
cancel = ask.CancelPlan(by=PETRA, at=NOON, organisation=IOM, reason=Ending.REMIGRATED)
complete = ask.CompletePlan(by=LINA, at=NOON, organisation=IOM, done=frozenset({OVEN}))

recorded = DocumentRecorded(
    by=LINA, at=NOON, plan=PLAN, case=CASE, item=OVEN, kind=record.kind, digest=record.digest
)
withdrawn = PlanWithdrawn(by=LINA, at=NOON, plan=PLAN, case=CASE, reason=Ending.RETURNEE_ASKED)
amending = PlanAmendmentProposed(
    by=LINA,
    at=NOON,
    plan=PLAN,
    case=CASE,
    from_version=1,
    to_version=2,
    reason=Change.PRICE_CHANGED,
    quorum=2,
)
suspended = PlanSuspended(by=PETRA, at=NOON, plan=PLAN, case=CASE, reason=Suspension.UNDER_REVIEW)
resumed = PlanResumed(by=JURAJ, at=NOON, plan=PLAN, case=CASE)
item_cancelled = ItemCancelled(
    by=LINA,
    at=NOON,
    plan=PLAN,
    case=CASE,
    item=OVEN,
    reason=Ending.RETURNEE_ASKED,
    freed=eur(1850),
)
cancelled = PlanCancelled(
    by=PETRA,
    at=NOON,
    plan=PLAN,
    case=CASE,
    reason=Ending.REMIGRATED,
    committed=eur(0),
    freed=eur(1850),
)
completed = PlanCompleted(by=LINA, at=NOON, plan=PLAN, case=CASE, committed=eur(0), freed=eur(1850))
before_feasibility: tuple[PlanEvent, ...] = (drafted, an_oven, signed, submitted, expected)
before_committee: tuple[PlanEvent, ...] = (*before_feasibility, feasible)
in_force: tuple[PlanEvent, ...] = (*before_committee, zuzanas_yes, peters_yes, approved)
