"""Proposing a project: what is asked for, and the documents that say why."""

from events.money import Money, total
from events.values import Code
from plans.domain.plan import refusals as plan_says
from plans.domain.programme import Assistance, Level, Modality, Policy
from plans.domain.project import refusals as no
from plans.domain.project.checks import OPEN_TO_CHANGE, UNDECIDED, at
from plans.domain.project.facts import (
    ProjectDocumentRecorded,
    ProjectItemProposed,
    ProjectItemRemoved,
    ProjectProposed,
)
from plans.domain.project.kinds import Stage
from plans.domain.project.requests import (
    ProposeProject,
    ProposeProjectItem,
    RecordProjectDocument,
    RemoveProjectItem,
)
from plans.domain.project.state import Project
from plans.domain.wording import worded_for_others

PAID_TO_VENDORS = (Modality.GOODS, Modality.SERVICE, Modality.WAGE_SUBSIDY)


def propose(command: ProposeProject, project: Project | None) -> ProjectProposed:
    if project is not None:
        raise no.ProposedAlready(project.id)
    policy = command.policy
    if policy.kept_by and command.organisation not in (*policy.kept_by, policy.organisation):
        raise no.NoSuchProject(command.organisation)
    if _rules(policy, command.level) is None:
        raise no.NoProjectsHere(command.level)
    return ProjectProposed(
        by=command.by,
        at=command.at,
        project=command.project,
        programme=command.programme,
        programme_version=command.programme_version,
        level=command.level,
        run_by=policy.organisation,
        organisation=command.organisation,
        currency=policy.currency,
    )


def _rules(policy: Policy, level: Level) -> object:
    return {Level.COLLECTIVE: policy.collective, Level.COMMUNITY: policy.community}.get(level)


def add(command: ProposeProjectItem, project: Project) -> ProjectItemProposed:
    at(project, *OPEN_TO_CHANGE)
    if project.item(command.item) is not None:
        raise plan_says.SuchItemAlready(command.item)
    rules = _of_this_level(command, project)
    worded_for_others(command.spec, rules, restricted=command.restricted)
    _within(command, project, rules)
    return ProjectItemProposed(
        by=command.by,
        at=command.at,
        project=project.id,
        item=command.item,
        assistance=rules.type,
        dimension=rules.dimension,
        modality=rules.modality,
        spec=command.spec,
        ceiling=command.ceiling,
    )


def _of_this_level(command: ProposeProjectItem, project: Project) -> Assistance:
    rules = command.assistance
    if rules is None or rules.type != command.type:
        raise plan_says.NotInProgramme(command.type)
    if project.level not in rules.levels or rules.modality not in PAID_TO_VENDORS:
        raise no.NotForProjects(command.type, project.level)
    return rules


def _within(command: ProposeProjectItem, project: Project, rules: Assistance) -> None:
    ceiling = command.ceiling
    if ceiling.currency != project.currency:
        raise plan_says.OtherCurrency(Code(ceiling.currency), project.currency)
    if ceiling <= Money.zero(ceiling.currency):
        raise plan_says.NotAnAmount(ceiling)
    if rules.at_most is not None and ceiling > rules.at_most:
        raise plan_says.AboveAtMost(ceiling, rules.at_most)
    community = command.policy.community
    together = total((*(i.ceiling for i in project.items), ceiling), project.currency)
    if project.level is Level.COMMUNITY and community and together > community.at_most:
        raise no.AboveProjectLimit(together, community.at_most)


def remove(command: RemoveProjectItem, project: Project) -> ProjectItemRemoved:
    at(project, *OPEN_TO_CHANGE)
    if project.item(command.item) is None:
        raise plan_says.NoSuchItem(command.item)
    return ProjectItemRemoved(by=command.by, at=command.at, project=project.id, item=command.item)


def document(command: RecordProjectDocument, project: Project) -> ProjectDocumentRecorded:
    at(project, *UNDECIDED, Stage.APPROVED)
    if command.kind not in command.kinds:
        raise no.ProjectDocumentNotAskedFor(command.kind, command.kinds)
    if any(d.kind == command.kind and d.digest == command.digest for d in project.documents):
        raise no.SameDocument(command.digest)
    return ProjectDocumentRecorded(
        by=command.by,
        at=command.at,
        project=project.id,
        kind=command.kind,
        digest=command.digest,
    )
