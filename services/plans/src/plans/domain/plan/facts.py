"""What can happen to a plan until it is decided on, and to an amendment in the same way.

Field names are the contract with the other services.
"""

from datetime import datetime
from typing import ClassVar

import msgspec

from events.decider import Event
from events.money import Money
from events.personal import Protection
from events.values import CaseId, Code, Digest, ItemId, PersonId, PlanId, ProgrammeId
from plans.domain.plan.kinds import Method, Rejection, Revision
from plans.domain.programme import Dimension, Modality


class PlanDrafted(Event, frozen=True, tag="plans.plan_drafted.v1"):
    """A plan was begun, under one version of the case's programme."""

    plan: PlanId
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    programme_version: int
    run_by: Code
    organisation: Code
    counsellor: PersonId
    quorum: int
    currency: Code


class AssistanceItemProposed(Event, frozen=True, tag="plans.assistance_item_proposed.v1"):
    """One line was added: what is asked for and the most that it may cost."""

    about: ClassVar[str | None] = "returnee"

    plan: PlanId
    returnee: PersonId
    item: ItemId
    assistance: Code
    """Its type, as the programme names it."""
    dimension: Dimension
    modality: Modality
    spec: Code
    ceiling: Money
    own_words: Protection[str] = None


class AssistanceItemRevised(Event, frozen=True, tag="plans.assistance_item_revised.v1"):
    """A line was changed."""

    about: ClassVar[str | None] = "returnee"

    plan: PlanId
    returnee: PersonId
    item: ItemId
    spec: Code
    ceiling: Money
    own_words: Protection[str] = None


class AssistanceItemIntended(Event, frozen=True, tag="plans.assistance_item_intended_for.v1"):
    """A line is for this person of the household; of which nothing is said, the returnee."""

    plan: PlanId
    item: ItemId
    person: PersonId


class AssistanceItemRemoved(Event, frozen=True, tag="plans.assistance_item_removed.v1"):
    """A line was taken out."""

    plan: PlanId
    item: ItemId


class PlanSigned(Event, frozen=True, tag="plans.plan_signed_by_returnee.v1"):
    """The returnee, or a child's guardian, signed the plan as it then was."""

    plan: PlanId
    version_signed: int
    """How many changes the plan had had by then."""
    signed_by: PersonId
    method: Method
    language: Code
    digest: Digest
    witness: PersonId | None


class AnswerExpected(Event, frozen=True, tag="plans.answer_expected.v1"):
    """What was submitted is to be answered by then, and so many of the committee decide."""

    plan: PlanId
    case: CaseId
    version: int
    """Of the plan: 1 is the first, an amendment is the next."""
    quorum: int
    answer_by: datetime


class PlanSubmitted(Event, frozen=True, tag="plans.plan_submitted.v1"):
    """The signed plan went to the receiving office."""

    plan: PlanId
    case: CaseId
    digest: Digest
    total: Money


class FeasibilityConfirmed(Event, frozen=True, tag="plans.feasibility_confirmed.v1"):
    """The receiving office found that it can work there."""

    plan: PlanId
    case: CaseId


class FeasibilityDeclined(Event, frozen=True, tag="plans.feasibility_declined.v1"):
    """The receiving office found that it cannot work as it is: it goes back."""

    plan: PlanId
    case: CaseId
    reasons: tuple[Revision, ...]


class PlanReturned(Event, frozen=True, tag="plans.plan_returned_for_revision.v1"):
    """It goes back to the returnee and the counsellor."""

    plan: PlanId
    case: CaseId
    reasons: tuple[Revision, ...]


class ConflictDeclared(Event, frozen=True, tag="plans.conflict_declared.v1"):
    """Somebody is too close to this case to judge it."""

    plan: PlanId
    person: PersonId


class ApprovalRecorded(Event, frozen=True, tag="plans.approval_recorded.v1"):
    """One member of the committee said yes."""

    plan: PlanId
    case: CaseId
    member: PersonId


class RejectionRecorded(Event, frozen=True, tag="plans.rejection_recorded.v1"):
    """One member of the committee said no."""

    plan: PlanId
    case: CaseId
    member: PersonId
    reason: Rejection


class PlanReturnedUnanswered(Event, frozen=True, tag="plans.plan_returned_unanswered.v1"):
    """Nobody decided in time, or too few agreed: it goes back, and the votes are void."""

    plan: PlanId
    case: CaseId
    version: int
    answer_by: datetime
    approvals: int
    rejections: int


class ApprovedItem(msgspec.Struct, frozen=True):
    """One line of an approved plan."""

    item: ItemId
    type: Code
    dimension: Dimension
    modality: Modality
    spec: Code
    ceiling: Money


class PlanApproved(Event, frozen=True, tag="plans.plan_approved.v1"):
    """The committee's quorum said yes: money may be committed within these ceilings."""

    plan: PlanId
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    programme_version: int
    approvers: tuple[PersonId, ...]
    items: tuple[ApprovedItem, ...]
    total: Money
    drafter: PersonId
    counsellor: PersonId
    digest: Digest
    """Of the plan as the returnee signed it."""


class PlanRejected(Event, frozen=True, tag="plans.plan_rejected.v1"):
    """The committee's quorum said no. The plan ends; another may be drafted."""

    plan: PlanId
    case: CaseId
    reason: Rejection


ProposalEvent = (
    PlanDrafted
    | AssistanceItemProposed
    | AssistanceItemRevised
    | AssistanceItemIntended
    | AssistanceItemRemoved
    | PlanSigned
    | PlanSubmitted
    | AnswerExpected
    | FeasibilityConfirmed
    | FeasibilityDeclined
    | PlanReturned
    | PlanReturnedUnanswered
    | ConflictDeclared
    | ApprovalRecorded
    | RejectionRecorded
    | PlanApproved
    | PlanRejected
)
