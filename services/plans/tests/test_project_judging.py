"""Judging a project: the quorum, who has no vote, and what becomes of it afterwards."""

import pytest
from msgspec.structs import replace
from services.plans.tests.people import (
    IOM,
    LINA,
    MILAN,
    NGO,
    NOON,
    OMAR,
    OVEN,
    PETER,
    ZAHRA,
    ZUZANA,
    entitled,
    eur,
)
from services.plans.tests.projects import (
    BAGHDAD,
    DIGEST,
    HASSAN,
    HERS,
    HIS,
    MARYAM,
    PAPER,
    PROGRAMME,
    PROJECT,
    SARA,
    STANDINGS,
    THEIRS,
    a_yes,
    all_signed,
    before_committee,
    drafted,
    feasible,
    hassans,
    maryams,
    signed_by,
    submitted,
    zahras,
)

from events.decider import Rejected
from events.scenario import scenario
from events.values import PersonId
from plans.domain.good_standing import AboveEntitlement, ConsentMissing
from plans.domain.plan import refusals as plan_says
from plans.domain.plan.facts import ApprovedItem
from plans.domain.plan.kinds import Rejection, Revision
from plans.domain.programme import ApprovalBand, Level
from plans.domain.project import project
from plans.domain.project import refusals as no
from plans.domain.project import requests as ask
from plans.domain.project.facts import (
    AgreedShare,
    ProjectApproved,
    ProjectCancelled,
    ProjectConflictDeclared,
    ProjectHandedOver,
    ProjectRejected,
    ProjectRejectionRecorded,
    ProjectReturned,
    ProjectShareWithdrawn,
)
from plans.domain.project.kinds import Cancellation, Leaving, Stage

confirm = ask.ConfirmProject(by=OMAR, at=NOON, organisation=IOM)
approve = ask.ApproveProject(
    by=ZUZANA, at=NOON, organisation=IOM, standings=STANDINGS, policy=BAGHDAD
)
peter_approves = replace(approve, by=PETER)
reject = ask.RejectProject(
    by=ZUZANA, at=NOON, organisation=IOM, reason=Rejection.NOT_SUSTAINABLE, quorum=2
)
give_back = ask.ReturnProject(
    by=ZUZANA, at=NOON, organisation=IOM, reasons=(Revision.MARKET_TOO_SMALL,)
)
returned = ProjectReturned(
    by=ZUZANA, at=NOON, project=PROJECT, reasons=(Revision.MARKET_TOO_SMALL,)
)
declare = ask.DeclareProjectConflict(by=ZUZANA, at=NOON, organisation=IOM)
conflict = ProjectConflictDeclared(by=ZUZANA, at=NOON, project=PROJECT, person=ZUZANA)
cancel = ask.CancelProject(
    by=LINA,
    at=NOON,
    organisation=IOM,
    reason=Cancellation.NO_LONGER_POSSIBLE,
    ordered=False,
)
leave = ask.WithdrawShare(
    by=LINA,
    at=NOON,
    organisation=IOM,
    case=HIS,
    reason=Leaving.MOVED_AWAY,
    document=PAPER,
    ordered=False,
)
he_left = ProjectShareWithdrawn(
    by=LINA,
    at=NOON,
    project=PROJECT,
    case=HIS,
    basis_points=3500,
    reason=Leaving.MOVED_AWAY,
    document=PAPER,
    stops_orders=True,
)
hand_over = ask.HandOverProject(
    by=OMAR, at=NOON, organisation=IOM, document=PAPER, settled=frozenset({OVEN})
)
(the_oven,) = (item for item in (project.fold(before_committee),) if item)
approved = ProjectApproved(
    by=PETER,
    at=NOON,
    project=PROJECT,
    programme=PROGRAMME,
    programme_version=1,
    level=Level.COLLECTIVE,
    run_by=IOM,
    organisation=IOM,
    approvers=(ZUZANA, PETER),
    items=tuple(
        ApprovedItem(i.item, i.type, i.dimension, i.modality, i.spec, i.ceiling)
        for i in the_oven.items
    ),
    total=eur(4000),
    shares=(
        AgreedShare(HERS, ZAHRA, 4000, eur(1600)),
        AgreedShare(HIS, HASSAN, 3500, eur(1400)),
        AgreedShare(THEIRS, MARYAM, 2500, eur(1000)),
    ),
    host_amount=eur(0),
    budget_line=None,
    use_by=zahras.use_by or BAGHDAD.open_until,
    drafter=LINA,
    counsellors=(LINA, SARA),
    digest=DIGEST,
)
in_force = (*before_committee, a_yes(ZUZANA), a_yes(PETER), approved)


def test_the_receiving_office_says_that_it_can_work() -> None:
    scenario(project).given(*drafted, *all_signed, submitted).when(confirm).then(feasible)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (replace(confirm, by=LINA), plan_says.DrafterCannotAssess(LINA)),
        (
            replace(give_back, by=LINA),
            plan_says.DrafterCannotAssess(LINA),
        ),
    ],
)
def test_who_proposed_it_does_not_assess_it(command: ask.ConfirmProject, refusal: Rejected) -> None:
    scenario(project).given(*drafted, *all_signed, submitted).when(command).then_rejected(refusal)


def test_a_partner_proposes_and_does_not_decide() -> None:
    theirs = (replace(drafted[0], organisation=NGO), *before_committee[1:])
    scenario(project).given(*theirs).when(replace(approve, organisation=NGO)).then_rejected(
        plan_says.PartnerMayOnlyPropose(NGO, decides=IOM)
    )


def test_one_yes_is_a_vote_and_the_quorums_last_approves() -> None:
    scenario(project).given(*before_committee).when(approve).then(a_yes(ZUZANA))
    scenario(project).given(*before_committee, a_yes(ZUZANA)).when(peter_approves).then(
        a_yes(PETER), approved
    )


def test_a_larger_amount_needs_a_larger_quorum() -> None:
    three = replace(BAGHDAD.approval, bands=(ApprovalBand(eur(3999), 2), ApprovalBand(None, 3)))
    strict = replace(peter_approves, policy=replace(BAGHDAD, approval=three))
    scenario(project).given(*before_committee, a_yes(ZUZANA)).when(strict).then(a_yes(PETER))


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        (LINA, plan_says.DrafterCannotApprove(LINA)),
        (SARA, plan_says.CounsellorCannotApprove(SARA)),
        (OMAR, plan_says.AssessorCannotApprove(OMAR)),
        (ZUZANA, plan_says.HasConflict(ZUZANA)),
        (MILAN, plan_says.VotedAlready(MILAN)),
    ],
)
def test_who_has_no_vote(person: PersonId, refusal: Rejected) -> None:
    history = (*before_committee, conflict, a_yes(MILAN))
    scenario(project).given(*history).when(replace(approve, by=person)).then_rejected(refusal)
    scenario(project).given(*history).when(replace(reject, by=person)).then_rejected(refusal)


def test_a_declared_conflict_voids_the_vote() -> None:
    scenario(project).given(*before_committee, a_yes(ZUZANA)).when(declare).then(conflict)
    outcome = (
        scenario(project)
        .given(*before_committee, a_yes(ZUZANA), conflict)
        .when(peter_approves)
        .then(a_yes(PETER))
    )
    assert outcome.state
    assert outcome.state.approvers == (PETER,)


def test_withdrawn_consent_of_one_participant_stops_the_vote() -> None:
    gone = replace(hassans, consented=False)
    scenario(project).given(*before_committee).when(
        replace(approve, standings=(zahras, gone, maryams))
    ).then_rejected(ConsentMissing(HASSAN))


def test_an_entitlement_that_became_smaller_stops_the_vote() -> None:
    less = replace(hassans, entitled=entitled(eur(1399), of=HASSAN))
    scenario(project).given(*before_committee).when(
        replace(approve, standings=(zahras, less, maryams))
    ).then_rejected(AboveEntitlement(eur(1400), eur(1399)))


def test_it_goes_back_and_every_vote_is_void() -> None:
    outcome = (
        scenario(project).given(*before_committee, a_yes(PETER)).when(give_back).then(returned)
    )
    assert outcome.state
    assert (outcome.state.stage, outcome.state.approvers) == (Stage.PROPOSED, ())


def test_a_quorum_of_noes_ends_it() -> None:
    a_no = ProjectRejectionRecorded(
        by=ZUZANA, at=NOON, project=PROJECT, member=ZUZANA, reason=Rejection.NOT_SUSTAINABLE
    )
    scenario(project).given(*before_committee).when(reject).then(a_no)
    ended = ProjectRejected(by=PETER, at=NOON, project=PROJECT, reason=Rejection.NOT_SUSTAINABLE)
    scenario(project).given(*before_committee, a_no).when(replace(reject, by=PETER)).then(
        replace(a_no, by=PETER, member=PETER), ended
    )


# Afterwards


def test_a_share_withdrawn_before_any_order_stops_orders_until_the_shares_are_whole() -> None:
    outcome = scenario(project).given(*in_force).when(leave).then(he_left)
    assert outcome.state
    assert outcome.state.stage is Stage.SHORT
    assert outcome.state.drawing == {HERS, THEIRS}
    assert [s.basis_points for s in outcome.state.shares] == [4000, 2500]


def test_those_who_stay_agree_and_sign_anew_and_the_committee_decides_anew() -> None:
    shares = tuple(
        replace(s, basis_points=n)
        for s, n in zip((drafted[2].shares[0], drafted[2].shares[2]), (5500, 4500), strict=True)
    )
    shared_anew = replace(drafted[2], shares=shares)
    history = (*in_force, he_left, shared_anew)
    state = project.fold(history)
    assert state
    anew = (
        signed_by(HERS, ZAHRA, state.digest),
        signed_by(THEIRS, MARYAM, state.digest),
        replace(submitted, digest=state.digest),
        feasible,
        a_yes(ZUZANA),
    )
    rich = replace(zahras, entitled=entitled(eur(3000)))
    outcome = (
        scenario(project)
        .given(*history, *anew)
        .when(replace(peter_approves, standings=(rich, maryams)))
        .then(
            a_yes(PETER),
            replace(
                approved,
                shares=(
                    AgreedShare(HERS, ZAHRA, 5500, eur(2200)),
                    AgreedShare(THEIRS, MARYAM, 4500, eur(1800)),
                ),
                digest=state.digest,
            ),
        )
    )
    assert outcome.state
    assert outcome.state.stage is Stage.APPROVED


def test_once_something_is_ordered_the_money_stays_in_the_project() -> None:
    stays = replace(he_left, stops_orders=False)
    outcome = scenario(project).given(*in_force).when(replace(leave, ordered=True)).then(stays)
    assert outcome.state
    assert outcome.state.stage is Stage.APPROVED
    assert outcome.state.drawing == {HERS, HIS, THEIRS}
    assert [(s.basis_points, s.withdrawn) for s in outcome.state.shares] == [
        (4000, False),
        (3500, True),
        (2500, False),
    ]
    scenario(project).given(*in_force, stays).when(replace(leave, ordered=True)).then_rejected(
        no.WithdrawnAlready(HIS)
    )


def test_it_is_given_up_as_long_as_nothing_is_ordered() -> None:
    scenario(project).given(*in_force).when(cancel).then(
        ProjectCancelled(by=LINA, at=NOON, project=PROJECT, reason=Cancellation.NO_LONGER_POSSIBLE)
    )
    scenario(project).given(*in_force).when(replace(cancel, ordered=True)).then_rejected(
        no.OrderedAlready(PROJECT)
    )


def test_what_was_delivered_and_paid_for_is_handed_over() -> None:
    handed = ProjectHandedOver(by=OMAR, at=NOON, project=PROJECT, document=PAPER)
    scenario(project).given(*in_force).when(hand_over).then(handed)
    scenario(project).given(*in_force).when(replace(hand_over, settled=frozenset())).then_rejected(
        no.NotYetThere((OVEN,))
    )
    scenario(project).given(*in_force, handed).when(cancel).then_rejected(
        no.ProjectIsAt(Stage.HANDED_OVER, (*_UNDECIDED, Stage.APPROVED))
    )


_UNDECIDED = (Stage.PROPOSED, Stage.SHORT, Stage.AGREED, Stage.FEASIBLE)
