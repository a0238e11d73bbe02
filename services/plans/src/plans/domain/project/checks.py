"""What several acts on a project ask alike."""

from datetime import datetime

from events.money import Money
from plans.domain import good_standing
from plans.domain.plan.refusals import PartnerMayOnlyPropose
from plans.domain.project import refusals as no
from plans.domain.project.kinds import Stage
from plans.domain.project.requests import ProjectCommand
from plans.domain.project.state import Project
from plans.domain.shares import NOBODY, Held, suffice
from plans.domain.standing import Standing

OPEN_TO_CHANGE = (Stage.PROPOSED, Stage.SHORT)
UNDECIDED = (*OPEN_TO_CHANGE, Stage.AGREED, Stage.FEASIBLE)


def at(project: Project, *needed: Stage) -> None:
    if project.stage not in needed:
        raise no.ProjectIsAt(project.stage, needed)


def decides(command: ProjectCommand, project: Project) -> None:
    """The organisation that runs the programme decides (D10)."""
    if command.organisation != project.run_by:
        raise PartnerMayOnlyPropose(command.organisation, decides=project.run_by)


def may_have_a_share(project: Project, standing: Standing, now: datetime) -> None:
    """A participant's case is one that could have a plan of its own (S1, S3, S14)."""
    good_standing.entitled(standing)
    if standing.use_by is None:
        raise no.NotArrived(standing.case)
    good_standing.used_in_time(standing, now)
    if standing.restricted:
        raise no.RestrictedCase(standing.case)
    if standing.programme != project.programme:
        raise no.OtherProgramme(standing.case)


def within_their_entitlements(project: Project, standings: tuple[Standing, ...]) -> None:
    """Each share is no more than its participant may receive at all (A7).

    What else the case has drawn is asked where the share is drawn: in the case's own stream.
    """
    amounts = project.amounts
    for standing in standings:
        _, entitlement = good_standing.entitled(standing)
        if amounts[standing.case] > entitlement.total:
            raise good_standing.AboveEntitlement(amounts[standing.case], entitlement.total)
        share = Held(amounts[standing.case], Money.zero(project.currency))
        suffice(entitlement.shares, standing.pool, NOBODY, {standing.returnee: share})
