"""What can happen to a project. Field names are the contract with the other services."""

from datetime import date

import msgspec

from events.decider import Event
from events.money import Money
from events.values import CaseId, Code, Digest, ItemId, PersonId, ProgrammeId, ProjectId
from plans.domain.plan.facts import ApprovedItem
from plans.domain.plan.kinds import Method, Rejection, Revision
from plans.domain.programme import Dimension, Level, Modality
from plans.domain.project.kinds import Cancellation, Leaving


class ProjectProposed(Event, frozen=True, tag="plans.project_proposed.v1"):
    """A project was begun, under one version of a programme."""

    project: ProjectId
    programme: ProgrammeId
    programme_version: int
    level: Level
    run_by: Code
    organisation: Code
    currency: Code


class ProjectItemProposed(Event, frozen=True, tag="plans.project_item_proposed.v1"):
    """One line was added: what is asked for and the most that it may cost."""

    project: ProjectId
    item: ItemId
    assistance: Code
    dimension: Dimension
    modality: Modality
    spec: Code
    ceiling: Money


class ProjectItemRemoved(Event, frozen=True, tag="plans.project_item_removed.v1"):
    """A line was taken out."""

    project: ProjectId
    item: ItemId


class ProposedShare(msgspec.Struct, frozen=True):
    case: CaseId
    returnee: PersonId
    counsellor: PersonId
    basis_points: int


class ProjectSharesSet(Event, frozen=True, tag="plans.project_shares_set.v1"):
    """Who is to have which share of it; together 100 percent (A7)."""

    project: ProjectId
    shares: tuple[ProposedShare, ...]
    host_basis_points: int


class ProjectShareSigned(Event, frozen=True, tag="plans.project_share_signed.v1"):
    """A participant, or a child's guardian, signed the project as it then was."""

    project: ProjectId
    case: CaseId
    signed_by: PersonId
    method: Method
    language: Code
    digest: Digest
    witness: PersonId | None


class ProjectDocumentRecorded(Event, frozen=True, tag="plans.project_document_recorded.v1"):
    """A document that the programme asks for was handed in, such as a committee's minutes."""

    project: ProjectId
    kind: Code
    digest: Digest


class ProjectSubmitted(Event, frozen=True, tag="plans.project_submitted.v1"):
    """All shares were agreed on and signed; it went to the receiving office."""

    project: ProjectId
    digest: Digest
    total: Money


class ProjectFeasibilityConfirmed(Event, frozen=True, tag="plans.project_feasibility_confirmed.v1"):
    """The receiving office found that it can work there."""

    project: ProjectId


class ProjectReturned(Event, frozen=True, tag="plans.project_returned_for_revision.v1"):
    """It goes back to those who proposed it."""

    project: ProjectId
    reasons: tuple[Revision, ...]


class ProjectConflictDeclared(Event, frozen=True, tag="plans.project_conflict_declared.v1"):
    """Somebody is too close to the project to judge it."""

    project: ProjectId
    person: PersonId


class ProjectApprovalRecorded(Event, frozen=True, tag="plans.project_approval_recorded.v1"):
    """One member of the committee said yes."""

    project: ProjectId
    member: PersonId


class ProjectRejectionRecorded(Event, frozen=True, tag="plans.project_rejection_recorded.v1"):
    """One member of the committee said no."""

    project: ProjectId
    member: PersonId
    reason: Rejection


class AgreedShare(msgspec.Struct, frozen=True):
    case: CaseId
    returnee: PersonId
    basis_points: int
    amount: Money
    """What it draws of the case's entitlement."""


class ProjectApproved(Event, frozen=True, tag="plans.project_approved.v1"):
    """The committee's quorum said yes: money may be committed within these ceilings.

    Where others speak of the case of an item, that of a project's item is the project.
    """

    project: ProjectId
    programme: ProgrammeId
    programme_version: int
    level: Level
    run_by: Code
    organisation: Code
    approvers: tuple[PersonId, ...]
    items: tuple[ApprovedItem, ...]
    total: Money
    shares: tuple[AgreedShare, ...]
    host_amount: Money
    budget_line: Code | None
    """The category of the line that a community's project is paid from; None: any of the grant."""
    use_by: date
    """The last day on which money may be committed: the earliest of the participants'."""
    drafter: PersonId
    counsellors: tuple[PersonId, ...]
    digest: Digest
    """Of the project as the participants signed it."""


class ProjectRejected(Event, frozen=True, tag="plans.project_rejected.v1"):
    """The committee said no. The project ends."""

    project: ProjectId
    reason: Rejection


class ProjectShareWithdrawn(Event, frozen=True, tag="plans.project_share_withdrawn.v1"):
    """A participant left. Nobody else's share changes by it."""

    project: ProjectId
    case: CaseId
    basis_points: int
    reason: Leaving
    document: Digest
    stops_orders: bool
    """The approved project is short of this share: nothing is ordered until shares are whole.

    Otherwise the project was not approved yet, or the money is spent and stays with the others.
    """


class ProjectCancelled(Event, frozen=True, tag="plans.project_cancelled.v1"):
    """The project was given up before anything was ordered."""

    project: ProjectId
    reason: Cancellation


class ProjectHandedOver(Event, frozen=True, tag="plans.project_handed_over.v1"):
    """All that was asked for is there, and it is theirs."""

    project: ProjectId
    document: Digest


ProjectEvent = (
    ProjectProposed
    | ProjectItemProposed
    | ProjectItemRemoved
    | ProjectSharesSet
    | ProjectShareSigned
    | ProjectDocumentRecorded
    | ProjectSubmitted
    | ProjectFeasibilityConfirmed
    | ProjectReturned
    | ProjectConflictDeclared
    | ProjectApprovalRecorded
    | ProjectRejectionRecorded
    | ProjectApproved
    | ProjectRejected
    | ProjectShareWithdrawn
    | ProjectCancelled
    | ProjectHandedOver
)
