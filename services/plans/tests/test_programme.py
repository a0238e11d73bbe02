"""Programmes: published by who runs them, by versions, each staying as it was."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from services.plans.tests.people import IOM, NGO, PROGRAMME_FILE

from events.envelope import open_entry
from events.money import Money
from events.scenario import scenario
from events.values import Code, Digest, PersonId
from plans.domain import registry
from plans.domain.programme import (
    BudgetLinesNamed,
    Level,
    NotYourProgramme,
    PaidFrom,
    Policy,
    ProgrammePublished,
    PublishProgramme,
    VendorRulesPublished,
    from_v1,
    programme,
)
from plans.domain.programme_proposal import PageNotProposed
from plans.programme import Programme, load

page = load(PROGRAMME_FILE)
assert isinstance(page, Programme)
PAID_FROM = page.paid_from
publish = PublishProgramme(
    by=PersonId("per_petra"),
    at=datetime(2026, 1, 2, tzinfo=UTC),
    programme=page.id,
    organisation=IOM,
    digest=page.digest,
    policy=page.policy,
    agreed=True,
)
OTHER = Digest("0" * 64)
assert page.vendors is not None
ASKED_OF_VENDORS = page.vendors
GOLDEN = Path(__file__).parent / "golden"


def published(command: PublishProgramme, version: int) -> ProgrammePublished:
    policy = {name: getattr(command.policy, name) for name in Policy.__struct_fields__}
    return ProgrammePublished(
        by=command.by,
        at=command.at,
        programme=command.programme,
        version=version,
        digest=command.digest,
        **policy,
    )


def test_the_first_publication_is_version_1() -> None:
    scenario(programme).when(publish).then(published(publish, 1))


def test_what_it_asks_of_vendors_is_published_with_it() -> None:
    rules = ASKED_OF_VENDORS
    told = VendorRulesPublished(
        by=publish.by,
        at=publish.at,
        programme=publish.programme,
        version=1,
        kinds=rules.kinds,
        tiers=rules.tiers,
        first_payment_at_most=Money(200_000, "EUR"),
    )
    facts = (published(publish, 1), told)
    scenario(programme).when(replace(publish, vendors=rules)).then(*facts)
    state = programme.fold(facts)
    assert state
    assert state.latest.vendors == rules
    assert [tier.tier for tier in rules.tiers] == ["basic", "standard", "enhanced"]


def test_the_same_page_again_is_nothing_new() -> None:
    scenario(programme).given(published(publish, 1)).when(publish).then()


def test_which_budget_lines_pay_is_told_with_the_version_that_says_so() -> None:
    named = BudgetLinesNamed(
        by=publish.by,
        at=publish.at,
        programme=publish.programme,
        version=1,
        grant=Code("SK-2023-AVRR"),
        lines=PAID_FROM,
    )
    first = scenario(programme).when(replace(publish, paid_from=PAID_FROM))
    assert first.then(published(publish, 1), named).state
    assert PaidFrom(type=Code("basic_needs"), category=Code("basic_needs")) in PAID_FROM


def test_another_page_is_the_next_version_and_the_first_stays_as_it_was() -> None:
    longer = replace(publish.policy, claim_within_days=120)
    second = replace(publish, digest=OTHER, policy=longer)
    outcome = (
        scenario(programme).given(published(publish, 1)).when(second).then(published(second, 2))
    )
    assert outcome.state
    assert outcome.state.policy(1).claim_within_days == 90
    assert outcome.state.policy(2).claim_within_days == 120


def test_only_who_runs_a_programme_publishes_it() -> None:
    scenario(programme).when(replace(publish, organisation=NGO)).then_rejected(
        NotYourProgramme(NGO, IOM)
    )


def test_what_nobody_proposed_says_nothing_new_whatever_was_published_meanwhile() -> None:
    """Who looked before another page came thinks that theirs stands; it would go back to it."""
    alone, other = replace(publish, agreed=False), replace(publish, digest=OTHER)
    first = published(publish, 1)
    scenario(programme).given(first).when(alone).then()
    second = published(other, 2)
    scenario(programme).given(first, second).when(alone).then_rejected(
        PageNotProposed(publish.digest)
    )


def test_a_programme_is_not_taken_over_by_a_later_page() -> None:
    theirs = replace(publish.policy, organisation=NGO)
    takeover = replace(publish, organisation=NGO, digest=OTHER, policy=theirs)
    scenario(programme).given(published(publish, 1)).when(takeover).then_rejected(
        NotYourProgramme(NGO, IOM)
    )


def test_what_version_1_said_is_read_in_the_words_of_version_2() -> None:
    text = (GOLDEN / "plans.programme_published.v1.json").read_bytes()
    old = registry.read(open_entry(text))
    assert isinstance(old, ProgrammePublished)
    assert old.approval.quorum(Money(10**9, "EUR")) == 1
    (kind,) = old.assistance
    assert kind.levels == (Level.INDIVIDUAL,)
    assert kind.before_commitment == ("example",)
    assert not old.one_programme_at_a_time


@pytest.mark.parametrize(
    ("stage", "listed", "kept"),
    [
        ("before_order", ["quotations_by_threshold", "proforma"], ["proforma"]),
        ("before_payment", ["invoice", "attendance", "payslip"], ["payslip"]),
    ],
)
def test_what_the_chain_sees_to_is_no_document_any_more(
    stage: str, listed: list[str], kept: list[str]
) -> None:
    said = json.loads((GOLDEN / "plans.programme_published.v1.json").read_bytes())["data"]
    said["assistance"][0][stage] = listed
    now = {"before_order": "before_commitment"}.get(stage, stage)
    assert from_v1(said)["assistance"][0][now] == kept
