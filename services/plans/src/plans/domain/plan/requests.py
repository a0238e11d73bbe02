"""What may be asked of a plan. A command carries what it rests on: the case's standing as intake
tells it, and the rules of the programme version that the plan is pinned to.
"""

from events.decider import Command
from events.money import Money
from events.values import Code, Digest, ItemId, PersonId, PlanId
from plans.domain.plan.kinds import Method, Rejection, Revision
from plans.domain.programme import Assistance
from plans.domain.standing import Standing


class PlanCommand(Command, frozen=True):
    organisation: Code
    """For whom the person acts."""


class DraftPlan(PlanCommand, frozen=True):
    plan: PlanId
    standing: Standing | None
    quorum: int
    open_plan: PlanId | None
    """Another plan of the same case that was not rejected."""


class ProposeItem(PlanCommand, frozen=True):
    standing: Standing
    item: ItemId
    type: Code
    assistance: Assistance | None
    """The programme's rules for that type, if it has it."""
    spec: Code
    ceiling: Money
    own_words: str | None = None


class ReviseItem(PlanCommand, frozen=True):
    standing: Standing
    item: ItemId
    assistance: Assistance | None
    spec: Code
    ceiling: Money
    own_words: str | None = None


class RemoveItem(PlanCommand, frozen=True):
    item: ItemId


class SignPlan(PlanCommand, frozen=True):
    standing: Standing
    signed_by: PersonId
    method: Method
    language: Code
    digest: Digest
    """Of the plan as it lay on the table."""
    witness: PersonId | None = None


class SubmitPlan(PlanCommand, frozen=True):
    standing: Standing


class ConfirmFeasibility(PlanCommand, frozen=True):
    pass


class DeclineFeasibility(PlanCommand, frozen=True):
    reasons: tuple[Revision, ...]


class ReturnPlan(PlanCommand, frozen=True):
    reasons: tuple[Revision, ...]


class DeclareConflict(PlanCommand, frozen=True):
    pass


class RecordApproval(PlanCommand, frozen=True):
    standing: Standing


class RejectPlan(PlanCommand, frozen=True):
    reason: Rejection


AnyPlanCommand = (
    DraftPlan
    | ProposeItem
    | ReviseItem
    | RemoveItem
    | SignPlan
    | SubmitPlan
    | ConfirmFeasibility
    | DeclineFeasibility
    | ReturnPlan
    | DeclareConflict
    | RecordApproval
    | RejectPlan
)
