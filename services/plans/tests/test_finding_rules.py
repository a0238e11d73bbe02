"""What is looked at a second time is the programme's page to say, by versions like all it says."""

from msgspec.structs import replace
from services.plans.tests.people import NOON, PROGRAMME_FILE

from events.scenario import scenario
from events.values import Code, PersonId
from plans import programme as pages
from plans.domain.programme import (
    FindingRulesPublished,
    OfficeClock,
    ProgrammePublished,
    PublishProgramme,
    programme,
)

PAGE = PROGRAMME_FILE.with_name("albania-children-mothers.yaml")
read = pages.load(PAGE)
assert not isinstance(read, list), read
publish = PublishProgramme(
    by=PersonId("per_petra"),
    at=NOON,
    programme=read.id,
    organisation=Code("iom"),
    digest=read.digest,
    policy=read.policy,
    findings=read.findings,
    offices=read.offices,
    agreed=True,
)


def test_the_words_of_a_page_are_read_as_rules() -> None:
    rules = publish.findings
    assert rules is not None
    assert (rules.just_under_percent, rules.near_limit.times) == (75, 3)
    assert (rules.vendor_approved_days, rules.review_days.high) == (7, 2)
    assert (rules.chosen_amounts.of_amounts, rules.chosen_amounts.one_in) == (100, 1000)
    assert publish.offices == (OfficeClock(Code("Tirana"), Code("Europe/Tirane")),)


def test_they_are_told_with_the_version_that_they_are_part_of() -> None:
    outcome = scenario(programme).when(publish)
    kinds = [type(each) for each in outcome.events or ()]
    assert kinds == [ProgrammePublished, FindingRulesPublished]
    assert outcome.state is not None
    assert outcome.state.latest.findings == publish.findings
    assert outcome.state.latest.offices == publish.offices


def test_a_later_page_that_says_nothing_leaves_them_out() -> None:
    first = scenario(programme).when(publish)
    other = replace(publish, digest=publish.digest[::-1], findings=None, offices=())
    outcome = scenario(programme).given(*first.events or ()).when(other)
    assert [type(each) for each in outcome.events or ()] == [ProgrammePublished]
    assert outcome.state is not None
    assert outcome.state.latest.findings is None


def test_a_time_zone_that_is_none_is_told_by_its_line() -> None:
    text = PAGE.read_text(encoding="utf-8").replace("Europe/Tirane", "Europe/Tirana")
    mistakes = pages.parse(text)
    assert isinstance(mistakes, list)
    (mistake,) = mistakes
    assert mistake.place == ("offices", "Tirana")
    assert "is not a time zone" in mistake.text
