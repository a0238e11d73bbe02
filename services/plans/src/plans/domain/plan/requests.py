"""What may be asked of a plan. A command carries what it rests on: the case's standing as intake
tells it, and the rules of the programme version that the plan is pinned to.
"""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from events.decider import Command
from events.money import Money
from events.values import Code, Digest, ItemId, PersonId, PlanId
from plans.domain.plan.kinds import Change, Ending, Method, Rejection, Revision, Suspension
from plans.domain.programme import Assistance
from plans.domain.standing import Standing

Committed = Mapping[ItemId, Money]
"""What orders hold of each item, as disbursement tells; an item that nothing holds is absent."""
NOTHING: Committed = {}


class Asked(msgspec.Struct, frozen=True):
    """The documents that the programme asks of an item before an act, or afterwards."""

    item: ItemId
    kinds: tuple[Code, ...]


class PlanCommand(Command, frozen=True):
    organisation: Code
    """For whom the person acts."""


class DraftPlan(PlanCommand, frozen=True):
    plan: PlanId
    standing: Standing | None
    quorum: int
    open_plan: PlanId | None
    """Another plan of the same case that is not over."""
    claimed_before: bool = False
    """An earlier plan was claimed in time, so that this one need not be."""


class ProposeItem(PlanCommand, frozen=True):
    standing: Standing
    item: ItemId
    type: Code
    assistance: Assistance | None
    """The programme's rules for that type, if it has it."""
    spec: Code
    ceiling: Money
    own_words: str | None = None
    person: PersonId | None = None
    """For whom of the household it is; None: the principal applicant."""


class ReviseItem(PlanCommand, frozen=True):
    standing: Standing
    item: ItemId
    assistance: Assistance | None
    spec: Code
    ceiling: Money
    own_words: str | None = None
    committed: Committed = NOTHING
    person: PersonId | None = None
    """For whom it is from now on; None: for whom it was."""


class RemoveItem(PlanCommand, frozen=True):
    item: ItemId
    committed: Committed = NOTHING


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
    quorum: int
    """How many have to agree to a plan of this amount."""
    answer_within: timedelta
    assistance: tuple[Assistance, ...] = ()
    """The programme's types, for how they are worded."""


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
    asked: tuple[Asked, ...] = ()
    committed: Committed = NOTHING


class RecordRejection(PlanCommand, frozen=True):
    reason: Rejection


class ReturnUnanswered(PlanCommand, frozen=True):
    """The time to answer may be over: then it goes back."""


class RecordDocument(PlanCommand, frozen=True):
    item: ItemId
    kind: Code
    digest: Digest
    kinds: tuple[Code, ...]
    """All that the programme asks of the item, at whatever stage."""


class ProposeAmendment(PlanCommand, frozen=True):
    standing: Standing
    quorum: int
    reason: Change


class WithdrawPlan(PlanCommand, frozen=True):
    """Take back what is asked for: a plan that is not decided on, or an amendment."""

    reason: Ending


class SuspendPlan(PlanCommand, frozen=True):
    reason: Suspension


class ResumePlan(PlanCommand, frozen=True):
    standing: Standing


class CancelItem(PlanCommand, frozen=True):
    item: ItemId
    reason: Ending
    committed: Committed = NOTHING


class CancelPlan(PlanCommand, frozen=True):
    reason: Ending
    committed: Committed = NOTHING


class CompletePlan(PlanCommand, frozen=True):
    done: frozenset[ItemId]
    """The items whose orders are all paid for, and those that were seen in use."""
    asked: tuple[Asked, ...] = ()
    committed: Committed = NOTHING


class TakeOverPlan(PlanCommand, frozen=True):
    """Follow the case to whoever keeps it now."""

    standing: Standing


Drafting = (
    ProposeItem
    | ReviseItem
    | RemoveItem
    | RecordDocument
    | SignPlan
    | SubmitPlan
    | ProposeAmendment
    | WithdrawPlan
)
Judging = (
    ConfirmFeasibility
    | DeclineFeasibility
    | ReturnPlan
    | ReturnUnanswered
    | DeclareConflict
    | RecordApproval
    | RecordRejection
)
CarryingOut = SuspendPlan | ResumePlan | CancelItem | CancelPlan | CompletePlan | TakeOverPlan

AnyPlanCommand = DraftPlan | Drafting | Judging | CarryingOut
