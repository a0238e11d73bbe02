"""How a programme wants deliveries confirmed, as its page says; heard by who records them.

What counts is what stands when a code is issued or a delivery comes in, not the version under
which its plan was approved: an order outlives many pages.
"""

from collections.abc import Sequence

import msgspec

from events.decider import Command, Decider, Event, State
from events.values import ProgrammeId


class DeliveryTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page says nothing: these."""

    code_valid_days: int = 30
    code_tries: int = 5
    """How many wrong codes may be given before it is locked."""
    capture_within_days: int = 14
    """How long after it was written down without a network a delivery is still taken in."""


class PublishDeliveryTerms(Command, frozen=True):
    programme: ProgrammeId
    terms: DeliveryTerms


class DeliveryTermsPublished(Event, frozen=True, tag="plans.delivery_terms_published.v1"):
    programme: ProgrammeId
    code_valid_days: int
    code_tries: int
    capture_within_days: int


class ProgrammesTerms(State, frozen=True):
    programme: ProgrammeId
    terms: DeliveryTerms


def terms_of(programme: ProgrammeId) -> str:
    """The stream of a programme's terms."""
    return "dlt_" + programme.partition("_")[2]


def decide(
    command: PublishDeliveryTerms, stands: ProgrammesTerms | None
) -> Sequence[DeliveryTermsPublished]:
    if command.terms == (stands.terms if stands else DeliveryTerms()):
        return []
    terms = command.terms
    return [
        DeliveryTermsPublished(
            by=command.by,
            at=command.at,
            programme=command.programme,
            code_valid_days=terms.code_valid_days,
            code_tries=terms.code_tries,
            capture_within_days=terms.capture_within_days,
        )
    ]


def evolve(_: ProgrammesTerms | None, event: DeliveryTermsPublished) -> ProgrammesTerms:
    terms = DeliveryTerms(
        code_valid_days=event.code_valid_days,
        code_tries=event.code_tries,
        capture_within_days=event.capture_within_days,
    )
    return ProgrammesTerms(programme=event.programme, terms=terms)


delivery_terms = Decider(decide=decide, evolve=evolve)
