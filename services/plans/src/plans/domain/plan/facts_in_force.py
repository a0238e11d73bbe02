"""What can happen to a plan after it was approved, and how one ends before that."""

from events.decider import Event
from events.money import Money
from events.values import CaseId, Code, Digest, ItemId, PersonId, PlanId, ProgrammeId
from plans.domain.plan.facts import ApprovedItem
from plans.domain.plan.kinds import Change, Ending, Rejection, Suspension


class DocumentRecorded(Event, frozen=True, tag="plans.document_recorded.v1"):
    """A paper that an item needs was seen; the file itself is kept elsewhere."""

    plan: PlanId
    case: CaseId
    item: ItemId
    kind: Code
    """As the programme names it."""
    digest: Digest


class PlanAmendmentProposed(Event, frozen=True, tag="plans.plan_amendment_proposed.v1"):
    """A next version was begun, with the items of the one that stays in force meanwhile."""

    plan: PlanId
    case: CaseId
    from_version: int
    to_version: int
    reason: Change
    quorum: int


class PlanAmendmentApproved(Event, frozen=True, tag="plans.plan_amendment_approved.v1"):
    """The next version was approved by the quorum and is in force in place of the one before."""

    plan: PlanId
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    programme_version: int
    from_version: int
    to_version: int
    approvers: tuple[PersonId, ...]
    items: tuple[ApprovedItem, ...]
    """All that the plan now holds."""
    dropped: tuple[ItemId, ...]
    """What it no longer holds."""
    total: Money
    drafter: PersonId
    """Who proposed the amendment."""
    counsellor: PersonId
    digest: Digest
    """Of the amendment as the returnee signed it."""


class PlanAmendmentRejected(Event, frozen=True, tag="plans.plan_amendment_rejected.v1"):
    """The quorum said no to the next version: the one in force stays."""

    plan: PlanId
    case: CaseId
    from_version: int
    to_version: int
    reason: Rejection


class PlanAmendmentWithdrawn(Event, frozen=True, tag="plans.plan_amendment_withdrawn.v1"):
    """The next version was taken back: the one in force stays."""

    plan: PlanId
    case: CaseId
    from_version: int
    to_version: int
    reason: Ending


class PlanWithdrawn(Event, frozen=True, tag="plans.plan_withdrawn.v1"):
    """The plan was taken back before it was decided on. It ends."""

    plan: PlanId
    case: CaseId
    reason: Ending


class PlanSuspended(Event, frozen=True, tag="plans.plan_suspended.v1"):
    """Nothing is bought under the plan until it is resumed; what is on order goes on."""

    plan: PlanId
    case: CaseId
    reason: Suspension


class PlanResumed(Event, frozen=True, tag="plans.plan_resumed.v1"):
    """The plan goes on."""

    plan: PlanId
    case: CaseId


class ItemCancelled(Event, frozen=True, tag="plans.item_cancelled.v1"):
    """An item for which no money is committed will not be had."""

    plan: PlanId
    case: CaseId
    item: ItemId
    reason: Ending
    freed: Money


class PlanCancelled(Event, frozen=True, tag="plans.plan_cancelled.v1"):
    """The plan ends before it is carried out: what is not committed is free again."""

    plan: PlanId
    case: CaseId
    reason: Ending
    committed: Money
    """What orders still hold."""
    freed: Money


class PlanCompleted(Event, frozen=True, tag="plans.plan_completed.v1"):
    """Every item was paid for, verified or cancelled."""

    plan: PlanId
    case: CaseId
    committed: Money
    """What its items cost."""
    freed: Money


class PlanTakenOver(Event, frozen=True, tag="plans.plan_taken_over.v1"):
    """The case was handed over: another organisation and counsellor go on with its plan."""

    plan: PlanId
    case: CaseId
    organisation: Code
    counsellor: PersonId


EventInForce = (
    DocumentRecorded
    | PlanAmendmentProposed
    | PlanAmendmentApproved
    | PlanAmendmentRejected
    | PlanAmendmentWithdrawn
    | PlanWithdrawn
    | PlanSuspended
    | PlanResumed
    | ItemCancelled
    | PlanCancelled
    | PlanCompleted
    | PlanTakenOver
)
