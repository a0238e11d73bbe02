"""Whatever is asked of a case, in whatever order and by whomever: what holds all the same."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from services.intake.tests import test_adjusting as amounts
from services.intake.tests import test_case as first
from services.intake.tests import test_particulars as known
from services.intake.tests import test_pooling as pools
from services.intake.tests import test_travel as ways
from services.intake.tests.people import (
    ALI,
    IOM,
    LINA,
    NGO,
    NOON,
    OMAR,
    PETRA,
    TERMS,
    YUSUF,
    ZAHRA,
    a_child_of_hers,
    consented,
    eligible,
    eur,
    granted,
    registered,
    she_is_his_guardian,
)

from events.decider import Rejected
from events.money import Money, total
from events.values import Code, PersonId
from intake.domain.case import CaseEvent, CaseRequest, case
from intake.domain.case.adjusting import (
    Amount,
    EntitlementAdjusted,
    EntitlementAdjustmentProposed,
    EntitlementExtended,
    EntitlementExtensionProposed,
    ProposeAdjustment,
    RefuseExtension,
)
from intake.domain.case.consenting import ConsentWithdrawn, GiveConsent, WithdrawConsent
from intake.domain.case.eligibility import EligibilityConfirmed, EligibilityDenied
from intake.domain.case.elsewhere import DeclareDoubleAssistance, DoubleAssistanceDeclared
from intake.domain.case.entitlement import EntitlementGranted
from intake.domain.case.household import RemoveHouseholdMember
from intake.domain.case.kinds import AdjustmentReason, Ground, RemovalReason, Stage
from intake.domain.case.lifecycle import CaseClosed, CloseCase
from intake.domain.case.particulars import OwnWordsRecorded, ProfileRecorded
from intake.domain.case.pooling import HouseholdPooled, HouseholdUnpooled, UnpoolHousehold
from intake.domain.case.state import Case, Share
from intake.domain.case.travel import (
    ArrivalConfirmed,
    DepartureConfirmed,
    NonDepartureConfirmed,
)
from intake.domain.consent import Scope
from intake.domain.matters import Matters
from intake.domain.programme import FamilyRole, OtherAssistance

JURAJ = amounts.JURAJ
STRICT = replace(TERMS, other_assistance=OtherAssistance.DEDUCTED)
CAPS = {row.role: row.cash_at_most for row in STRICT.entitlements}
ENDS = (Stage.INELIGIBLE, Stage.NOT_DEPARTED, Stage.CLOSED)
ON_CONSENT = (
    EligibilityConfirmed,
    EntitlementGranted,
    EntitlementAdjustmentProposed,
    EntitlementAdjusted,
    EntitlementExtensionProposed,
    EntitlementExtended,
    DoubleAssistanceDeclared,
    HouseholdPooled,
    DepartureConfirmed,
    ArrivalConfirmed,
    ProfileRecorded,
    OwnWordsRecorded,
)
"""What is not told of anybody who does not agree to be assisted."""
ASSESSED = (
    EligibilityConfirmed,
    EligibilityDenied,
    EntitlementGranted,
    EntitlementExtended,
    NonDepartureConfirmed,
)
"""What nobody tells who works on the case."""

family = first.TestHousehold
declare = DeclareDoubleAssistance(
    by=LINA,
    at=NOON,
    organisation=IOM,
    terms=STRICT,
    person=ZAHRA,
    programme_elsewhere=Code("eurp"),
    amount=eur(615),
)
remove = RemoveHouseholdMember(
    by=LINA,
    at=NOON,
    organisation=IOM,
    member=ALI,
    reason=RemovalReason.FAMILY_SEPARATED,
)
close = CloseCase(by=PETRA, at=NOON, organisation=IOM, ground=Ground.WITHDRAWN, open=Matters())
withdraw = WithdrawConsent(by=LINA, at=NOON, organisation=IOM, scopes=(Scope.ASSISTANCE,))
agree_to_all = replace(first.consent, scopes=tuple(Scope))
ACTS: Sequence[CaseRequest] = (
    first.register,
    family.add,
    family.appoint,
    remove,
    agree_to_all,
    agree_to_all,
    withdraw,
    pools.pool,
    pools.of_ali,
    pools.unpool,
    first.confirm,
    first.deny,
    first.grant,
    first.grant,
    declare,
    amounts.propose,
    amounts.propose,
    amounts.approve,
    amounts.approve,
    amounts.refuse,
    amounts.TestTime.propose,
    amounts.TestTime.propose,
    amounts.TestTime.approve,
    amounts.TestTime.approve,
    RefuseExtension(by=JURAJ, at=NOON, organisation=IOM),
    ways.depart,
    ways.stay,
    ways.arrive,
    known.record_identity,
    known.record_profile,
    known.record_words,
    close,
)


class Choice(NamedTuple):
    """What somebody tries next. `stray`: whoever they are and for whomever they act."""

    act: int
    stray: bool
    by: PersonId
    organisation: Code
    person: PersonId
    amount: Money
    cash: Money
    scope: Scope
    elsewhere: Code


choices = st.builds(
    Choice,
    act=st.integers(0, len(ACTS) - 1),
    stray=st.integers(0, 4).map(lambda n: n == 1),
    by=st.sampled_from([LINA, PETRA, JURAJ, OMAR]),
    organisation=st.sampled_from([IOM, IOM, IOM, NGO]),
    person=st.sampled_from([ZAHRA, ALI, YUSUF]),
    amount=st.integers(0, 400_000).map(lambda minor: Money(minor, "EUR")),
    cash=st.integers(0, 30_000).map(lambda minor: Money(minor, "EUR")),
    scope=st.sampled_from(Scope),
    elsewhere=st.sampled_from([Code("eurp"), Code("restart"), Code("jrs")]),
)
BEGINNINGS: Sequence[tuple[CaseEvent, ...]] = (
    (),
    (registered, a_child_of_hers, she_is_his_guardian, consented),
    (registered, consented, eligible, granted, a_child_of_hers, she_is_his_guardian),
    (registered, pools.her_husband, pools.she_agrees, eligible, granted),
    (registered, consented, eligible, granted, amounts.TestTime.back),
)


def asked(choice: Choice) -> CaseRequest:
    command = ACTS[choice.act]
    changed: dict[str, Any] = {}
    if choice.stray:
        changed |= {"by": choice.by, "organisation": choice.organisation}
    if hasattr(command, "terms"):
        changed["terms"] = STRICT
    if isinstance(command, WithdrawConsent | GiveConsent) and choice.stray:
        changed["scopes"] = (choice.scope,)
    if isinstance(command, ProposeAdjustment):
        changed["amounts"] = (Amount(choice.person, choice.amount, choice.cash),)
    if isinstance(command, DeclareDoubleAssistance):
        changed |= {
            "person": choice.person,
            "amount": choice.amount,
            "programme_elsewhere": choice.elsewhere,
        }
    if isinstance(command, UnpoolHousehold):
        changed["person"] = choice.person
    return replace(command, **changed)


class Told(NamedTuple):
    """A fact, and the case as it stood when it was asked for and as it stands after it."""

    before: Case | None
    event: CaseEvent
    after: Case


def history(tried: Sequence[Choice], beginning: Sequence[CaseEvent]) -> list[Told]:
    state: Case | None = None
    told: list[Told] = []
    for event in beginning:
        after = case.evolve(state, event)
        told.append(Told(state, event, after))
        state = after
    for choice in tried:
        try:
            events = case.decide(asked(choice), state)
        except Rejected:
            continue
        asked_at = state
        for event in events:
            state = case.evolve(state, event)
            told.append(Told(asked_at, event, state))
    return told


histories = st.builds(
    history, st.lists(choices, min_size=15, max_size=40), st.sampled_from(BEGINNINGS)
)
many = settings(max_examples=40, deadline=None, phases=(Phase.generate, Phase.shrink))


@many
@given(histories)
def test_after_an_end_consent_can_be_taken_back_and_nothing_else(told: list[Told]) -> None:
    for each in told:
        if each.before is not None and each.before.stage in ENDS:
            assert isinstance(each.event, ConsentWithdrawn | HouseholdUnpooled)


@many
@given(histories)
def test_shares_sum_to_the_total_and_cash_stays_under_its_cap(told: list[Told]) -> None:
    for each in told:
        stands = each.after.entitlement
        if stands is None:
            continue
        assert stands.total == total((s.total for s in stands.shares), "EUR")
        assert stands.cash_cap == total((s.cash_at_most for s in stands.shares), "EUR")
        for share in stands.shares:
            assert eur(0) <= share.cash_at_most <= min(share.total, cap(share))


def cap(share: Share) -> Money:
    """What the programme allows in cash for the role as which they were granted it."""
    return CAPS.get(share.role, eur(0))


@many
@given(histories)
def test_nothing_is_done_for_who_does_not_agree(told: list[Told]) -> None:
    for each in told:
        if isinstance(each.event, ON_CONSENT):
            assert each.before is not None
            assert Scope.ASSISTANCE in each.before.consents
        if any(member.pooled for member in each.after.household):
            assert isinstance(each.event, ConsentWithdrawn) or (
                Scope.POOLING in each.after.consents
            )


@many
@given(histories)
def test_nobody_decides_alone(told: list[Told]) -> None:
    for each in told:
        event = each.event
        if isinstance(event, ASSESSED):
            assert event.by not in (LINA, registered.counsellor)
        if isinstance(event, EntitlementExtended):
            assert event.by != event.proposed_by
        if isinstance(event, EntitlementAdjusted):
            by_rule = event.reason is AdjustmentReason.DOUBLE_ASSISTANCE
            assert by_rule or event.by not in (event.proposed_by, LINA)


@many
@given(histories)
def test_what_is_declared_elsewhere_never_raises_anything(told: list[Told]) -> None:
    for each in told:
        event = each.event
        if (
            isinstance(event, EntitlementAdjusted)
            and event.reason is AdjustmentReason.DOUBLE_ASSISTANCE
        ):
            assert each.before is not None
            assert each.before.entitlement is not None
            assert event.total < each.before.entitlement.total


@many
@given(histories)
def test_a_replay_comes_to_the_same(told: list[Told]) -> None:
    if told:
        assert case.fold([each.event for each in told]) == told[-1].after


def test_the_tries_get_that_far() -> None:
    """The properties above are not true of nothing. What is drawn depends on what else is loaded,
    so there are more of them than it takes when this file runs alone.
    """
    seen: set[type[CaseEvent]] = set()

    @settings(max_examples=900, deadline=None, derandomize=True)
    @given(histories)
    def look(told: list[Told]) -> None:
        seen.update(type(each.event) for each in told)

    look()
    far = (EntitlementAdjusted, EntitlementExtended, HouseholdPooled, NonDepartureConfirmed)
    assert not {*far, CaseClosed} - seen


def test_a_lawful_life_is_possible() -> None:
    """The same acts in their order are refused nowhere."""
    planned = (first.register, agree_to_all, first.confirm, first.grant, ways.depart, ways.arrive)
    later = replace(amounts.TestTime.propose, use_by=TERMS.use_by(NOON.date()) + timedelta(days=30))
    state: Case | None = None
    for command in (
        *planned,
        later,
        amounts.TestTime.approve,
        replace(close, ground=Ground.COMPLETED),
    ):
        for event in case.decide(command, state):
            state = case.evolve(state, event)
    assert state is not None
    assert (state.stage, state.household[0].role) == (Stage.CLOSED, FamilyRole.PRINCIPAL)
