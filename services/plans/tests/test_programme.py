"""Programmes: published by who runs them, by versions, each staying as it was."""

from datetime import UTC, datetime

from msgspec.structs import replace
from services.plans.tests.people import IOM, NGO, PROGRAMME_FILE

from events.scenario import scenario
from events.values import Digest, PersonId
from plans.domain.programme import (
    NotYourProgramme,
    Policy,
    ProgrammePublished,
    PublishProgramme,
    programme,
)
from plans.programme import Programme, load

page = load(PROGRAMME_FILE)
assert isinstance(page, Programme)
publish = PublishProgramme(
    by=PersonId("per_petra"),
    at=datetime(2026, 1, 2, tzinfo=UTC),
    programme=page.id,
    organisation=IOM,
    digest=page.digest,
    policy=page.policy,
)
OTHER = Digest("0" * 64)


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


def test_the_same_page_again_is_nothing_new() -> None:
    scenario(programme).given(published(publish, 1)).when(publish).then()


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


def test_a_programme_is_not_taken_over_by_a_later_page() -> None:
    theirs = replace(publish.policy, organisation=NGO)
    takeover = replace(publish, organisation=NGO, digest=OTHER, policy=theirs)
    scenario(programme).given(published(publish, 1)).when(takeover).then_rejected(
        NotYourProgramme(NGO, IOM)
    )
