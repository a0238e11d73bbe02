"""What can happen to a source's rates for one pair."""

from disbursement.domain.exchange_rate.rate import Rate, RateValue
from events.decider import Event
from events.values import Code, PersonId


class ExchangeRateProposed(Event, frozen=True, tag="disbursement.exchange_rate_proposed.v1"):
    """It counts for nothing before another person confirms it."""

    rate: Rate


class RateCorrectionProposed(Event, frozen=True, tag="disbursement.rate_correction_proposed.v1"):
    """What is published stands until another person confirms that it is wrong."""

    rate: Rate
    """As it stands."""
    value: RateValue | None
    """What it should have been; None: there is no such rate."""
    reason: Code


class FarOffRateExplained(Event, frozen=True, tag="disbursement.far_off_rate_explained.v1"):
    """Who proposed it has seen that the newest rate of the pair is quite another one."""

    rate: Rate
    newest: Rate
    within_percent: int
    """So far from it nobody would have asked."""
    reason: Code


class ExchangeRatePublished(Event, frozen=True, tag="disbursement.exchange_rate_published.v1"):
    rate: Rate


class ExchangeRateCorrected(Event, frozen=True, tag="disbursement.exchange_rate_corrected.v1"):
    """What was converted by a grant's rule at the one before is converted anew; what was reserved
    or booked at it stays so.
    """

    rate: Rate
    before: RateValue
    reason: Code


class ExchangeRateWithdrawn(Event, frozen=True, tag="disbursement.exchange_rate_withdrawn.v1"):
    """Nothing is converted at it any more, and what was is so no longer."""

    rate: Rate
    reason: Code


class ProposedRateDeclined(Event, frozen=True, tag="disbursement.proposed_rate_declined.v1"):
    """It waits no more, and what is published stays. By who proposed it: it is taken back."""

    rate: Rate
    """As it would have stood; where it was to be withdrawn, as it stands."""
    withdraws: bool
    """It was to be withdrawn."""
    proposed_by: PersonId
    reason: Code


RateEvent = (
    ExchangeRateProposed
    | RateCorrectionProposed
    | FarOffRateExplained
    | ExchangeRatePublished
    | ExchangeRateCorrected
    | ExchangeRateWithdrawn
    | ProposedRateDeclined
)
