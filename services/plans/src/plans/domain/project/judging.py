"""Judging a project: whether it can work there, yes or no; giving it up, handing it over."""

from collections.abc import Sequence

from events.decider import Rejected
from events.values import PersonId
from plans.domain.plan import refusals as plan_says
from plans.domain.plan.facts import ApprovedItem
from plans.domain.programme import Level, Policy
from plans.domain.project import refusals as no
from plans.domain.project.checks import (
    UNDECIDED,
    at,
    decides,
    may_have_a_share,
    within_their_entitlements,
)
from plans.domain.project.facts import (
    AgreedShare,
    ProjectApprovalRecorded,
    ProjectApproved,
    ProjectCancelled,
    ProjectConflictDeclared,
    ProjectEvent,
    ProjectFeasibilityConfirmed,
    ProjectHandedOver,
    ProjectRejected,
    ProjectRejectionRecorded,
    ProjectReturned,
)
from plans.domain.project.kinds import Stage
from plans.domain.project.requests import (
    ApproveProject,
    CancelProject,
    ConfirmProject,
    DeclareProjectConflict,
    HandOverProject,
    RejectProject,
    ReturnProject,
)
from plans.domain.project.state import Project


def confirm(command: ConfirmProject, project: Project) -> ProjectFeasibilityConfirmed:
    _may_assess(command, project, Stage.AGREED)
    return ProjectFeasibilityConfirmed(by=command.by, at=command.at, project=project.id)


def give_back(command: ReturnProject, project: Project) -> ProjectReturned:
    _may_assess(command, project, Stage.AGREED, Stage.FEASIBLE)
    return ProjectReturned(
        by=command.by, at=command.at, project=project.id, reasons=command.reasons
    )


def _may_assess(command: ConfirmProject | ReturnProject, project: Project, *stages: Stage) -> None:
    at(project, *stages)
    decides(command, project)
    if command.by in project.makers:
        raise plan_says.DrafterCannotAssess(command.by)


def declare(command: DeclareProjectConflict, project: Project) -> Sequence[ProjectConflictDeclared]:
    at(project, *UNDECIDED)
    if command.by in project.conflicts:
        return []
    return [
        ProjectConflictDeclared(by=command.by, at=command.at, project=project.id, person=command.by)
    ]


# Votes


def approve(command: ApproveProject, project: Project) -> Sequence[ProjectEvent]:
    _may_vote(command, project)
    for standing in command.standings:
        may_have_a_share(project, standing, command.at)
    within_their_entitlements(project, command.standings)
    vote = ProjectApprovalRecorded(
        by=command.by, at=command.at, project=project.id, member=command.by
    )
    if not completes_the_quorum(project, command.policy):
        return [vote]
    return [vote, _approved(command, project)]


def completes_the_quorum(project: Project, policy: Policy) -> bool:
    """Whether one more yes approves it."""
    return len(project.approvers) + 1 >= policy.approval.quorum(project.total)


def _approved(command: ApproveProject, project: Project) -> ProjectApproved:
    policy, amounts = command.policy, project.amounts
    community = policy.community if project.level is Level.COMMUNITY else None
    last_days = [s.use_by for s in command.standings if s.use_by is not None]
    return ProjectApproved(
        by=command.by,
        at=command.at,
        project=project.id,
        programme=project.programme,
        programme_version=project.programme_version,
        level=project.level,
        run_by=project.run_by,
        organisation=project.organisation,
        approvers=(*project.approvers, command.by),
        items=tuple(
            ApprovedItem(i.item, i.type, i.dimension, i.modality, i.spec, i.ceiling)
            for i in project.items
        ),
        total=project.total,
        shares=tuple(
            AgreedShare(s.case, s.returnee, s.basis_points, amounts[s.case]) for s in project.shares
        ),
        host_amount=project.host_amount,
        budget_line=community.budget_line if community else None,
        use_by=min((*last_days, policy.open_until)),
        drafter=project.drafter,
        counsellors=tuple(sorted(project.counsellors)),
        digest=project.digest,
    )


def reject(command: RejectProject, project: Project) -> Sequence[ProjectEvent]:
    """One no is one vote; the quorum's last one ends it, with the reason that it gives."""
    _may_vote(command, project)
    by, when, reason = command.by, command.at, command.reason
    vote = ProjectRejectionRecorded(by=by, at=when, project=project.id, member=by, reason=reason)
    if len(project.opponents) + 1 < command.quorum:
        return [vote]
    return [vote, ProjectRejected(by=by, at=when, project=project.id, reason=reason)]


def _may_vote(command: ApproveProject | RejectProject, project: Project) -> None:
    at(project, Stage.FEASIBLE)
    decides(command, project)
    excluded = exclusion(project, command.by)
    if excluded is not None:
        raise excluded


def exclusion(project: Project, person: PersonId) -> Rejected | None:
    """Why this person has no vote now: persons, not roles, are compared (D1, D6, D7)."""
    if person in project.makers:
        return plan_says.DrafterCannotApprove(person)
    if person in project.counsellors:
        return plan_says.CounsellorCannotApprove(person)
    if person in project.assessors:
        return plan_says.AssessorCannotApprove(person)
    if person in project.conflicts:
        return plan_says.HasConflict(person)
    if person in (*project.approvers, *project.opponents):
        return plan_says.VotedAlready(person)
    return None


# The end


def cancel(command: CancelProject, project: Project) -> ProjectCancelled:
    at(project, *UNDECIDED, Stage.APPROVED)
    if command.ordered:
        raise no.OrderedAlready(project.id)
    return ProjectCancelled(by=command.by, at=command.at, project=project.id, reason=command.reason)


def hand_over(command: HandOverProject, project: Project) -> ProjectHandedOver:
    at(project, Stage.APPROVED)
    missing = tuple(i.item for i in project.items if i.item not in command.settled)
    if missing:
        raise no.NotYetThere(missing)
    return ProjectHandedOver(
        by=command.by, at=command.at, project=project.id, document=command.document
    )
