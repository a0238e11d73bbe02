"""What a plan answers to a request."""

from collections.abc import Sequence
from typing import assert_never

from plans.domain.plan import carrying_out, drafting, judging
from plans.domain.plan import refusals as no
from plans.domain.plan import requests as ask
from plans.domain.plan.evolution import PlanEvent
from plans.domain.plan.state import Plan


def decide(command: ask.AnyPlanCommand, plan: Plan | None) -> Sequence[PlanEvent]:
    if isinstance(command, ask.DraftPlan):
        return [drafting.draft(command, plan)]
    if plan is None or not plan.reached_by(command.organisation):
        raise no.NoSuchPlan(command.organisation)
    if isinstance(command, ask.Judging):
        return _judged(command, plan)
    if isinstance(command, ask.CarryingOut):
        return _carried_out(command, plan)
    return _drafted(command, plan)


def _drafted(command: ask.Drafting, plan: Plan) -> Sequence[PlanEvent]:
    match command:
        case ask.ProposeItem():
            return drafting.propose(command, plan)
        case ask.ReviseItem():
            return drafting.revise(command, plan)
        case ask.RemoveItem():
            return [drafting.remove(command, plan)]
        case ask.RecordDocument():
            return drafting.record_document(command, plan)
        case ask.SignPlan():
            return [drafting.sign(command, plan)]
        case ask.SubmitPlan():
            return drafting.submit(command, plan)
        case ask.ProposeAmendment():
            return [drafting.amend(command, plan)]
        case ask.WithdrawPlan():
            return [drafting.withdraw(command, plan)]
        case _:
            assert_never(command)


def _judged(command: ask.Judging, plan: Plan) -> Sequence[PlanEvent]:
    match command:
        case ask.ConfirmFeasibility():
            return [judging.confirm(command, plan)]
        case ask.DeclineFeasibility():
            return [judging.decline(command, plan)]
        case ask.ReturnPlan():
            return [judging.give_back(command, plan)]
        case ask.ReturnUnanswered():
            return judging.give_back_unanswered(command, plan)
        case ask.DeclareConflict():
            return judging.declare(command, plan)
        case ask.RecordApproval():
            return judging.approve(command, plan)
        case ask.RecordRejection():
            return judging.reject(command, plan)
        case _:
            assert_never(command)


def _carried_out(command: ask.CarryingOut, plan: Plan) -> Sequence[PlanEvent]:
    match command:
        case ask.SuspendPlan():
            return [carrying_out.suspend(command, plan)]
        case ask.ResumePlan():
            return [carrying_out.resume(command, plan)]
        case ask.TakeOverPlan():
            return carrying_out.take_over(command, plan)
        case ask.CancelItem():
            return [carrying_out.cancel_item(command, plan)]
        case ask.CancelPlan():
            return [carrying_out.cancel(command, plan)]
        case ask.CompletePlan():
            return [carrying_out.complete(command, plan)]
        case _:
            assert_never(command)
