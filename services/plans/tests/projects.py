"""The project that the tests of projects tell about: a bakery of three."""

from msgspec.structs import replace
from services.plans.tests.people import (
    IOM,
    LINA,
    NOON,
    OMAR,
    OVEN,
    PROGRAMME_FILE,
    ZAHRA,
    entitled,
    eur,
    standing,
)

from events.values import CaseId, Code, Digest, PersonId, ProgrammeId, ProjectId
from plans.domain.plan.kinds import Method
from plans.domain.programme import Assistance, Dimension, Level, Modality, Policy
from plans.domain.project import project
from plans.domain.project import requests as ask
from plans.domain.project.facts import (
    ProjectApprovalRecorded,
    ProjectFeasibilityConfirmed,
    ProjectItemProposed,
    ProjectProposed,
    ProjectShareSigned,
    ProjectSharesSet,
    ProjectSubmitted,
    ProposedShare,
)
from plans.domain.project.state import Project
from plans.programme import Programme, load

PROJECT = ProjectId("prj_1")
PROGRAMME = ProgrammeId("prg_mrc_baghdad")
PAPER = Digest("d" * 64)

HASSAN = PersonId("per_hassan")
MARYAM = PersonId("per_maryam")
SARA = PersonId("per_sara")
"""Another counsellor."""
HIS, HERS, THEIRS = CaseId("cas_2"), CaseId("cas_1"), CaseId("cas_3")

zahras = replace(standing, programme=PROGRAMME)
hassans = replace(
    zahras,
    case=HIS,
    returnee=HASSAN,
    signs=HASSAN,
    counsellor=SARA,
    entitled=entitled(eur(3000), eur(300), of=HASSAN),
)
maryams = replace(
    zahras,
    case=THEIRS,
    returnee=MARYAM,
    signs=MARYAM,
    entitled=entitled(eur(3000), eur(300), of=MARYAM),
)
STANDINGS = (zahras, hassans, maryams)


def policy_of(name: str) -> Policy:
    page = load(PROGRAMME_FILE.with_name(f"{name}.yaml"))
    assert isinstance(page, Programme), page
    return page.policy


BAGHDAD = policy_of("mrc-baghdad")
MINISTRY = policy_of("ministry-returns")
BAKERY = Assistance(
    type=Code("income_generating_activity"),
    dimension=Dimension.ECONOMIC,
    levels=(Level.INDIVIDUAL, Level.COLLECTIVE),
    modality=Modality.GOODS,
    at_most=eur(12_000),
)

propose = ask.ProposeProject(
    by=LINA,
    at=NOON,
    organisation=IOM,
    project=PROJECT,
    programme=PROGRAMME,
    programme_version=1,
    policy=BAGHDAD,
    level=Level.COLLECTIVE,
)
add = ask.ProposeProjectItem(
    by=LINA,
    at=NOON,
    organisation=IOM,
    policy=BAGHDAD,
    item=OVEN,
    type=BAKERY.type,
    assistance=BAKERY,
    spec=Code("bread_oven"),
    ceiling=eur(4000),
)
share_out = ask.SetShares(
    by=LINA,
    at=NOON,
    organisation=IOM,
    policy=BAGHDAD,
    shares=(
        ask.ShareAsked(HERS, 4000, zahras),
        ask.ShareAsked(HIS, 3500, hassans),
        ask.ShareAsked(THEIRS, 2500, maryams),
    ),
    host_basis_points=0,
)

proposed = ProjectProposed(
    by=LINA,
    at=NOON,
    project=PROJECT,
    programme=PROGRAMME,
    programme_version=1,
    level=Level.COLLECTIVE,
    run_by=IOM,
    organisation=IOM,
    currency=Code("EUR"),
)
an_oven = ProjectItemProposed(
    by=LINA,
    at=NOON,
    project=PROJECT,
    item=OVEN,
    assistance=BAKERY.type,
    dimension=BAKERY.dimension,
    modality=BAKERY.modality,
    spec=Code("bread_oven"),
    ceiling=eur(4000),
)
shared_out = ProjectSharesSet(
    by=LINA,
    at=NOON,
    project=PROJECT,
    shares=(
        ProposedShare(HERS, ZAHRA, LINA, 4000),
        ProposedShare(HIS, HASSAN, SARA, 3500),
        ProposedShare(THEIRS, MARYAM, LINA, 2500),
    ),
    host_basis_points=0,
)
drafted = (proposed, an_oven, shared_out)
as_drafted = project.fold(drafted)
assert isinstance(as_drafted, Project)
DIGEST = as_drafted.digest


def signed_by(case: CaseId, person: PersonId, digest: Digest = DIGEST) -> ProjectShareSigned:
    return ProjectShareSigned(
        by=LINA,
        at=NOON,
        project=PROJECT,
        case=case,
        signed_by=person,
        method=Method.SIGNATURE,
        language=Code("ar"),
        digest=digest,
        witness=None,
    )


all_signed = (signed_by(HERS, ZAHRA), signed_by(HIS, HASSAN), signed_by(THEIRS, MARYAM))
submitted = ProjectSubmitted(by=LINA, at=NOON, project=PROJECT, digest=DIGEST, total=eur(4000))
feasible = ProjectFeasibilityConfirmed(by=OMAR, at=NOON, project=PROJECT)
before_committee = (*drafted, *all_signed, submitted, feasible)


def a_yes(person: PersonId) -> ProjectApprovalRecorded:
    return ProjectApprovalRecorded(by=person, at=NOON, project=PROJECT, member=person)
