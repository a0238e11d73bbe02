"""Agreeing on a project: who has which share, who has signed, who leaves."""

from plans.domain.good_standing import reached
from plans.domain.plan import refusals as plan_says
from plans.domain.plan.kinds import Method
from plans.domain.programme import Level, Policy
from plans.domain.project import refusals as no
from plans.domain.project.allocation import WHOLE
from plans.domain.project.checks import (
    OPEN_TO_CHANGE,
    UNDECIDED,
    at,
    may_have_a_share,
    within_their_entitlements,
)
from plans.domain.project.facts import (
    ProjectShareSigned,
    ProjectSharesSet,
    ProjectShareWithdrawn,
    ProjectSubmitted,
    ProposedShare,
)
from plans.domain.project.kinds import Stage
from plans.domain.project.requests import (
    SetShares,
    ShareAsked,
    SignShare,
    SubmitProject,
    WithdrawShare,
)
from plans.domain.project.state import Project, Share

PERCENT = WHOLE // 100


def share_out(command: SetShares, project: Project) -> ProjectSharesSet:
    at(project, *OPEN_TO_CHANGE)
    shares = tuple(_share(command, asked, project) for asked in command.shares)
    for number, share in enumerate(shares):
        if any(share.case == other.case for other in shares[:number]):
            raise no.ShareTwice(share.case)
    _as_the_programme_says(command, project)
    together = sum(s.basis_points for s in shares) + command.host_basis_points
    if together != WHOLE:
        raise no.SharesNotWhole(together)
    return ProjectSharesSet(
        by=command.by,
        at=command.at,
        project=project.id,
        shares=shares,
        host_basis_points=command.host_basis_points,
    )


def _share(command: SetShares, asked: ShareAsked, project: Project) -> ProposedShare:
    standing = reached(asked.standing, command.organisation)
    may_have_a_share(project, standing, command.at)
    return ProposedShare(
        case=standing.case,
        returnee=standing.returnee,
        counsellor=standing.counsellor,
        basis_points=asked.basis_points,
    )


def _as_the_programme_says(command: SetShares, project: Project) -> None:
    least, most = 1, WHOLE
    if project.level is Level.COLLECTIVE and (rules := command.policy.collective):
        number = len(command.shares)
        if not rules.participants_at_least <= number <= rules.participants_at_most:
            raise no.NumberOfParticipants(
                number, rules.participants_at_least, rules.participants_at_most
            )
        least = rules.share_at_least_percent * PERCENT
        most = rules.share_at_most_percent * PERCENT
    for share in command.shares:
        if not max(least, 1) <= share.basis_points <= most:
            raise no.ShareOutOfBounds(share.case, share.basis_points, least, most)
    least, most = _host_bounds(command.policy, project.level)
    if not least <= command.host_basis_points <= most:
        raise no.HostShareOutOfBounds(command.host_basis_points, least, most)


def _host_bounds(policy: Policy, level: Level) -> tuple[int, int]:
    """Only a community's project has a host community."""
    if level is not Level.COMMUNITY or policy.community is None:
        return 0, 0
    rules = policy.community
    return rules.host_share_at_least_percent * PERCENT, rules.host_share_at_most_percent * PERCENT


def sign(command: SignShare, project: Project) -> ProjectShareSigned:
    at(project, *OPEN_TO_CHANGE)
    if not project.items or not project.agreed:
        raise no.SharesNotWhole(project.whole)
    share = _of(project, command)
    signs = command.standing.signs if command.standing else None
    if command.signed_by != signs:
        raise plan_says.NotTheirsToSign(command.signed_by, signs)
    if command.method is Method.THUMBPRINT and command.witness in (None, command.by):
        raise plan_says.WitnessNeeded(command.by, command.witness)
    if command.digest != project.digest:
        raise plan_says.SignedSomethingElse(command.digest, project.digest)
    return ProjectShareSigned(
        by=command.by,
        at=command.at,
        project=project.id,
        case=share.case,
        signed_by=command.signed_by,
        method=command.method,
        language=command.language,
        digest=command.digest,
        witness=command.witness,
    )


def _of(project: Project, command: SignShare | WithdrawShare) -> Share:
    share = project.share(command.case)
    if share is None:
        raise no.NoShare(command.case)
    return share


def submit(command: SubmitProject, project: Project) -> ProjectSubmitted:
    at(project, *OPEN_TO_CHANGE)
    if not project.items or not project.agreed:
        raise no.SharesNotWhole(project.whole)
    for share in project.shares:
        if not share.signed:
            raise no.ShareNotSigned(share.case)
    for standing in command.standings:
        may_have_a_share(project, standing, command.at)
    within_their_entitlements(project, command.standings)
    for kind in command.documents:
        if all(d.kind != kind for d in project.documents):
            raise no.ProjectDocumentMissing(kind)
    return ProjectSubmitted(
        by=command.by,
        at=command.at,
        project=project.id,
        digest=project.digest,
        total=project.total,
    )


def withdraw(command: WithdrawShare, project: Project) -> ProjectShareWithdrawn:
    """Whoever leaves takes nothing from the others, and leaves them nothing unasked.

    Before the approval, and after it as long as nothing is ordered, the share is open: the project
    waits until the shares are agreed on and signed anew. Once something is ordered the money stays
    in the project, and what was drawn stays drawn.
    """
    at(project, *UNDECIDED, Stage.APPROVED)
    share = _of(project, command)
    if share.withdrawn:
        raise no.WithdrawnAlready(share.case)
    return ProjectShareWithdrawn(
        by=command.by,
        at=command.at,
        project=project.id,
        case=share.case,
        basis_points=share.basis_points,
        reason=command.reason,
        document=command.document,
        stops_orders=project.stage is Stage.APPROVED and not command.ordered,
    )
