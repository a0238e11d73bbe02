"""How deliveries are confirmed is the programme's page to say."""

from services.plans.tests.people import NOON, PROGRAMME_FILE

from events.scenario import scenario
from events.values import PersonId, ProgrammeId
from plans import programme as pages
from plans.domain.delivery_terms import (
    DeliveryTerms,
    DeliveryTermsPublished,
    PublishDeliveryTerms,
    delivery_terms,
)

PETRA = PersonId("per_petra")
PROGRAMME = ProgrammeId("prg_lao_cai")
STRICT = DeliveryTerms(code_valid_days=14, code_tries=3, capture_within_days=7)

publish = PublishDeliveryTerms(by=PETRA, at=NOON, programme=PROGRAMME, terms=STRICT)
published = DeliveryTermsPublished(
    by=PETRA,
    at=NOON,
    programme=PROGRAMME,
    code_valid_days=14,
    code_tries=3,
    capture_within_days=7,
)


def test_terms_are_told_when_they_are_new() -> None:
    scenario(delivery_terms).when(publish).then(published)
    scenario(delivery_terms).given(published).when(publish).then()


def test_a_page_that_says_nothing_has_the_usual_terms_again() -> None:
    usual = PublishDeliveryTerms(by=PETRA, at=NOON, programme=PROGRAMME, terms=DeliveryTerms())
    scenario(delivery_terms).when(usual).then()
    outcome = scenario(delivery_terms).given(published).when(usual)
    assert outcome.state is not None
    assert outcome.state.terms == DeliveryTerms()


def test_the_words_of_a_page_are_read_as_terms() -> None:
    read = pages.load(PROGRAMME_FILE.with_name("albania-children-mothers.yaml"))
    assert not isinstance(read, list), read
    assert read.delivery_terms == STRICT
