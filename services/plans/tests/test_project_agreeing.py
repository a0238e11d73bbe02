"""Agreeing on a project: what may be asked for, who shares in it, who signs, who leaves."""

from datetime import date

import pytest
from msgspec.structs import replace
from services.plans.tests.people import IOM, LINA, NGO, NOON, OTHER_NGO, OVEN, ZAHRA, entitled, eur
from services.plans.tests.projects import (
    BAGHDAD,
    BAKERY,
    DIGEST,
    HASSAN,
    HERS,
    HIS,
    MINISTRY,
    PAPER,
    PROJECT,
    STANDINGS,
    THEIRS,
    add,
    all_signed,
    an_oven,
    before_committee,
    drafted,
    hassans,
    maryams,
    propose,
    proposed,
    share_out,
    shared_out,
    signed_by,
    submitted,
    zahras,
)

from events.decider import Rejected
from events.money import Money
from events.scenario import scenario
from events.values import CaseId, Code, Digest, ItemId, ProgrammeId
from plans.domain.good_standing import (
    AboveEntitlement,
    ConsentMissing,
    NoEntitlement,
    NoSuchCase,
    UseByPassed,
)
from plans.domain.plan import refusals as plan_says
from plans.domain.plan.kinds import Method
from plans.domain.programme import Assistance, Level, Modality
from plans.domain.project import project
from plans.domain.project import refusals as no
from plans.domain.project import requests as ask
from plans.domain.project.facts import (
    ProjectDocumentRecorded,
    ProjectItemRemoved,
    ProjectShareWithdrawn,
)
from plans.domain.project.kinds import Leaving, Stage
from plans.domain.wording import NoNeutralWording, WordingTellsTooMuch

MINUTES = Code("minutes_of_the_community_committee")

sign = ask.SignShare(
    by=LINA,
    at=NOON,
    organisation=IOM,
    case=HIS,
    standing=hassans,
    signed_by=HASSAN,
    method=Method.SIGNATURE,
    language=Code("ar"),
    digest=DIGEST,
)
submit = ask.SubmitProject(by=LINA, at=NOON, organisation=IOM, standings=STANDINGS, documents=())
leave = ask.WithdrawShare(
    by=LINA,
    at=NOON,
    organisation=IOM,
    case=HIS,
    reason=Leaving.OWN_WISH,
    document=PAPER,
    ordered=False,
)
he_left = ProjectShareWithdrawn(
    by=LINA,
    at=NOON,
    project=PROJECT,
    case=HIS,
    basis_points=3500,
    reason=Leaving.OWN_WISH,
    document=PAPER,
    stops_orders=False,
)


# What is asked for


def test_a_project_is_proposed_under_one_version_of_a_programme() -> None:
    scenario(project).when(propose).then(proposed)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (replace(propose, level=Level.COMMUNITY), no.NoProjectsHere(Level.COMMUNITY)),
        (replace(propose, level=Level.INDIVIDUAL), no.NoProjectsHere(Level.INDIVIDUAL)),
        (replace(propose, policy=MINISTRY), no.NoProjectsHere(Level.COLLECTIVE)),
        (
            replace(propose, policy=MINISTRY, level=Level.COMMUNITY, organisation=OTHER_NGO),
            no.NoSuchProject(OTHER_NGO),
        ),
    ],
)
def test_a_project_is_of_a_level_that_the_programme_has_for_those_who_keep_its_cases(
    command: ask.ProposeProject, refusal: Rejected
) -> None:
    scenario(project).when(command).then_rejected(refusal)


def test_a_project_is_proposed_once() -> None:
    scenario(project).given(proposed).when(propose).then_rejected(no.ProposedAlready(PROJECT))


def test_an_item_of_the_projects_level_is_added() -> None:
    scenario(project).given(proposed).when(add).then(an_oven)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (replace(add, organisation=NGO), no.NoSuchProject(NGO)),
        (replace(add, assistance=None), plan_says.NotInProgramme(BAKERY.type)),
        (
            replace(add, assistance=replace(BAKERY, levels=(Level.INDIVIDUAL,))),
            no.NotForProjects(BAKERY.type, Level.COLLECTIVE),
        ),
        (
            replace(add, assistance=replace(BAKERY, modality=Modality.CASH)),
            no.NotForProjects(BAKERY.type, Level.COLLECTIVE),
        ),
        (
            replace(add, assistance=replace(BAKERY, wording_for_others=Code("household_goods"))),
            WordingTellsTooMuch(Code("household_goods")),
        ),
        (
            replace(add, ceiling=Money(100, "USD")),
            plan_says.OtherCurrency(Code("USD"), Code("EUR")),
        ),
        (replace(add, ceiling=eur(0)), plan_says.NotAnAmount(eur(0))),
        (replace(add, ceiling=eur(12_001)), plan_says.AboveAtMost(eur(12_001), eur(12_000))),
    ],
)
def test_an_item_keeps_to_the_programme(command: ask.ProposeProjectItem, refusal: Rejected) -> None:
    scenario(project).given(proposed).when(command).then_rejected(refusal)


def test_a_communitys_project_keeps_below_the_programmes_limit() -> None:
    assert MINISTRY.community
    limit = replace(MINISTRY.community, at_most=eur(7000))
    villages = replace(proposed, level=Level.COMMUNITY)
    kind = replace(BAKERY, levels=(Level.COMMUNITY,))
    second = replace(
        add,
        item=ItemId("itm_pump"),
        assistance=kind,
        policy=replace(MINISTRY, community=limit),
        ceiling=eur(3001),
    )
    scenario(project).given(villages, an_oven).when(second).then_rejected(
        no.AboveProjectLimit(eur(7001), eur(7000))
    )


def test_the_same_item_is_not_added_twice_and_an_unknown_one_not_removed() -> None:
    remove = ask.RemoveProjectItem(by=LINA, at=NOON, organisation=IOM, item=OVEN)
    scenario(project).given(proposed, an_oven).when(add).then_rejected(
        plan_says.SuchItemAlready(OVEN)
    )
    scenario(project).given(proposed).when(remove).then_rejected(plan_says.NoSuchItem(OVEN))
    scenario(project).given(proposed, an_oven).when(remove).then(
        ProjectItemRemoved(by=LINA, at=NOON, project=PROJECT, item=OVEN)
    )


# Shares


def test_shares_are_set_together() -> None:
    outcome = scenario(project).given(proposed, an_oven).when(share_out).then(shared_out)
    assert outcome.state
    assert outcome.state.amounts == {HERS: eur(1600), HIS: eur(1400), THEIRS: eur(1000)}


def share(case: CaseId, basis_points: int) -> ask.ShareAsked:
    standing = next(s for s in STANDINGS if s.case == case)
    return ask.ShareAsked(case, basis_points, standing)


@pytest.mark.parametrize(
    ("shares", "host", "refusal"),
    [
        ((share(HERS, 5000), share(HIS, 4999)), 0, no.SharesNotWhole(9999)),
        ((share(HERS, 5000), share(HIS, 5001)), 0, no.SharesNotWhole(10_001)),
        ((share(HERS, 5000), share(HERS, 5000)), 0, no.ShareTwice(HERS)),
        ((share(HERS, 6000),), 0, no.NumberOfParticipants(1, 2, 12)),
        (
            (share(HERS, 6001), share(HIS, 3999)),
            0,
            no.ShareOutOfBounds(HERS, 6001, 500, 6000),
        ),
        (
            (share(HERS, 6000), share(HIS, 499), share(THEIRS, 3501)),
            0,
            no.ShareOutOfBounds(HIS, 499, 500, 6000),
        ),
        ((share(HERS, 5000), share(HIS, 4000)), 1000, no.HostShareOutOfBounds(1000, 0, 0)),
    ],
)
def test_shares_are_whole_and_within_the_programmes_bounds(
    shares: tuple[ask.ShareAsked, ...], host: int, refusal: Rejected
) -> None:
    scenario(project).given(proposed, an_oven).when(
        replace(share_out, shares=shares, host_basis_points=host)
    ).then_rejected(refusal)


def test_a_host_community_has_its_share_within_the_programmes_bounds() -> None:
    villages = replace(proposed, level=Level.COMMUNITY)
    asked = replace(share_out, policy=MINISTRY, shares=(share(HERS, 7001),), host_basis_points=2999)
    scenario(project).given(villages, an_oven).when(asked).then_rejected(
        no.HostShareOutOfBounds(2999, 3000, 10_000)
    )
    outcome = (
        scenario(project)
        .given(villages, an_oven)
        .when(replace(asked, shares=(share(HERS, 3333),), host_basis_points=6667))
        .then(
            replace(
                shared_out,
                shares=(shared_out.shares[0].__class__(HERS, ZAHRA, LINA, 3333),),
                host_basis_points=6667,
            )
        )
    )
    assert outcome.state
    assert outcome.state.host_amount == Money(266_680, "EUR")


def test_a_whole_village_may_share_in_a_project_without_any_returnee() -> None:
    villages = replace(proposed, level=Level.COMMUNITY)
    asked = replace(share_out, policy=MINISTRY, shares=(), host_basis_points=10_000)
    scenario(project).given(villages, an_oven).when(asked).then(
        replace(shared_out, shares=(), host_basis_points=10_000)
    )


@pytest.mark.parametrize(
    ("his", "refusal"),
    [
        (None, NoSuchCase(IOM)),
        (replace(hassans, consented=False), ConsentMissing(HASSAN)),
        (replace(hassans, entitled=None), NoEntitlement(HASSAN)),
        (replace(hassans, use_by=None), no.NotArrived(HIS)),
        (replace(hassans, restricted=True), no.RestrictedCase(HIS)),
        (replace(hassans, use_by=date(2026, 3, 1)), UseByPassed(date(2026, 3, 1))),
        (replace(hassans, programme=ProgrammeId("prg_other")), no.OtherProgramme(HIS)),
    ],
)
def test_a_participant_is_one_who_could_have_a_plan(his: object, refusal: Rejected) -> None:
    shares = (share(HERS, 5000), ask.ShareAsked(HIS, 5000, his))  # type: ignore[arg-type]
    scenario(project).given(proposed, an_oven).when(
        replace(share_out, shares=shares)
    ).then_rejected(refusal)


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        (BAKERY, NoNeutralWording(BAKERY.type)),
        (replace(BAKERY, wording_for_others=Code("goods")), WordingTellsTooMuch(Code("goods"))),
    ],
)
def test_while_a_restricted_case_has_a_share_a_line_has_its_types_neutral_words(
    kind: Assistance, refusal: Rejected
) -> None:
    asked = replace(add, item=ItemId("itm_more"), assistance=kind, restricted=True)
    given = scenario(project).given(*drafted)
    given.when(asked).then_rejected(refusal)
    if kind.wording_for_others is not None:
        assert given.when(replace(asked, spec=kind.wording_for_others)).events


# Signatures


def test_each_participant_signs_the_project_with_all_shares() -> None:
    scenario(project).given(*drafted).when(sign).then(signed_by(HIS, HASSAN))


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (replace(sign, case=CaseId("cas_9")), no.NoShare(CaseId("cas_9"))),
        (replace(sign, signed_by=ZAHRA), plan_says.NotTheirsToSign(ZAHRA, HASSAN)),
        (
            replace(sign, standing=replace(hassans, signs=ZAHRA)),
            plan_says.NotTheirsToSign(HASSAN, ZAHRA),
        ),
        (
            replace(sign, method=Method.THUMBPRINT),
            plan_says.WitnessNeeded(LINA, None),
        ),
        (
            replace(sign, digest=Digest("0" * 64)),
            plan_says.SignedSomethingElse(Digest("0" * 64), DIGEST),
        ),
    ],
)
def test_who_signs_what_and_how(command: ask.SignShare, refusal: Rejected) -> None:
    scenario(project).given(*drafted).when(command).then_rejected(refusal)


def test_nothing_is_signed_before_the_shares_are_whole() -> None:
    scenario(project).given(proposed, an_oven).when(sign).then_rejected(no.SharesNotWhole(0))


@pytest.mark.parametrize(
    "change",
    [
        replace(an_oven, item=ItemId("itm_mixer"), ceiling=eur(1)),
        ProjectItemRemoved(by=LINA, at=NOON, project=PROJECT, item=ItemId("itm_other")),
        replace(shared_out, shares=(*shared_out.shares[:1], *shared_out.shares[1:])),
    ],
)
def test_any_change_voids_all_signatures(change: object) -> None:
    history = (*drafted, *all_signed, change)
    outcome = scenario(project).given(*history).when(submit)  # type: ignore[arg-type]
    outcome.then_rejected(no.ShareNotSigned(HERS))


def test_it_is_sent_when_it_is_whole_and_signed_by_all() -> None:
    scenario(project).given(*drafted, *all_signed).when(submit).then(submitted)
    scenario(project).given(*drafted, *all_signed[:2]).when(submit).then_rejected(
        no.ShareNotSigned(THEIRS)
    )


def test_it_is_not_sent_without_the_documents_that_the_programme_wants() -> None:
    wanted = replace(submit, documents=(MINUTES,))
    record = ask.RecordProjectDocument(
        by=LINA, at=NOON, organisation=IOM, kind=MINUTES, kinds=(MINUTES,), digest=PAPER
    )
    recorded = ProjectDocumentRecorded(
        by=LINA, at=NOON, project=PROJECT, kind=MINUTES, digest=PAPER
    )
    scenario(project).given(*drafted, *all_signed).when(wanted).then_rejected(
        no.ProjectDocumentMissing(MINUTES)
    )
    scenario(project).given(*drafted).when(record).then(recorded)
    scenario(project).given(*drafted, recorded).when(record).then_rejected(no.SameDocument(PAPER))
    scenario(project).given(*drafted).when(replace(record, kinds=())).then_rejected(
        no.ProjectDocumentNotAskedFor(MINUTES, ())
    )
    scenario(project).given(*drafted, *all_signed, recorded).when(wanted).then(submitted)


def test_no_share_is_more_than_its_participant_may_receive() -> None:
    poor = replace(maryams, entitled=entitled(eur(999), of=maryams.returnee))
    scenario(project).given(*drafted, *all_signed).when(
        replace(submit, standings=(zahras, hassans, poor))
    ).then_rejected(AboveEntitlement(eur(1000), eur(999)))


# Leaving


def test_before_the_approval_a_share_that_is_withdrawn_is_open_and_nobody_elses_changes() -> None:
    outcome = scenario(project).given(*before_committee).when(leave).then(he_left)
    assert outcome.state
    assert outcome.state.stage is Stage.PROPOSED
    assert [(s.case, s.basis_points, s.signed) for s in outcome.state.shares] == [
        (HERS, 4000, False),
        (THEIRS, 2500, False),
    ]
    scenario(project).given(*before_committee, he_left).when(submit).then_rejected(
        no.SharesNotWhole(6500)
    )


def test_who_has_no_share_withdraws_none() -> None:
    other = CaseId("cas_9")
    scenario(project).given(*before_committee).when(replace(leave, case=other)).then_rejected(
        no.NoShare(other)
    )


def test_the_rules_of_baghdad_are_the_ones_that_these_tests_are_about() -> None:
    assert BAGHDAD.collective
    assert (
        BAGHDAD.collective.share_at_least_percent,
        BAGHDAD.collective.share_at_most_percent,
    ) == (
        5,
        60,
    )
