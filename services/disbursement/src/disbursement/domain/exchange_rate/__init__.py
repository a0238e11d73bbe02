"""Published exchange rates: from whom, for which day.

    proposed -> published -> correction proposed -> corrected, or withdrawn
             -> declined                         -> declined

What an operator loads from a publisher's file is published at once, unless it is far off what the
source told before: then it is proposed. By hand a rate is proposed by
one person, and published when another confirms the same value; proposed again, it is another. Or
another declines it, or who proposed it takes it back: it may be proposed again. One
that is far off the newest of its pair is proposed with a reason.

One stream per source and pair. What was published for a day stands: another value is refused. Where
it is wrong, one person proposes what is right, or that there is none, and another confirms it. What
was converted by a grant's rule at the wrong one is then corrected; what was reserved and booked
keeps the rate at which it was.
"""

from disbursement.domain.exchange_rate.facts import (
    ExchangeRateCorrected,
    ExchangeRateProposed,
    ExchangeRatePublished,
    ExchangeRateWithdrawn,
    FarOffRateExplained,
    ProposedRateDeclined,
    RateCorrectionProposed,
    RateEvent,
)
from disbursement.domain.exchange_rate.rate import (
    RATE,
    Rate,
    RateId,
    RateValue,
    Source,
    convert,
    cross,
    is_far_off,
    rate_id,
    together,
)
from disbursement.domain.exchange_rate.refusals import (
    AnotherRateProposed,
    ConfirmedByItsProposer,
    NoRate,
    NoRateProposed,
    NoRateStands,
    RateAhead,
    RateBeyondBounds,
    RateFarOff,
    RateIsZero,
    RateStands,
    RateTooOld,
    TooLargeToConvert,
)
from disbursement.domain.exchange_rate.requests import (
    FAR_OFF_PERCENT,
    ConfirmExchangeRate,
    DeclineProposedRate,
    ProposeCorrection,
    ProposeExchangeRate,
    PublishExchangeRate,
    RateCommand,
)
from disbursement.domain.exchange_rate.rules import decide
from disbursement.domain.exchange_rate.state import (
    Declined,
    FarOff,
    Proposal,
    Rates,
    evolve,
    proposed,
)
from events.decider import Decider

__all__ = [
    "FAR_OFF_PERCENT",
    "RATE",
    "AnotherRateProposed",
    "ConfirmExchangeRate",
    "ConfirmedByItsProposer",
    "DeclineProposedRate",
    "Declined",
    "ExchangeRateCorrected",
    "ExchangeRateProposed",
    "ExchangeRatePublished",
    "ExchangeRateWithdrawn",
    "FarOff",
    "FarOffRateExplained",
    "NoRate",
    "NoRateProposed",
    "NoRateStands",
    "Proposal",
    "ProposeCorrection",
    "ProposeExchangeRate",
    "ProposedRateDeclined",
    "PublishExchangeRate",
    "Rate",
    "RateAhead",
    "RateBeyondBounds",
    "RateCommand",
    "RateCorrectionProposed",
    "RateEvent",
    "RateFarOff",
    "RateId",
    "RateIsZero",
    "RateStands",
    "RateTooOld",
    "RateValue",
    "Rates",
    "Source",
    "TooLargeToConvert",
    "convert",
    "cross",
    "exchange_rate",
    "is_far_off",
    "proposed",
    "rate_id",
    "together",
]

exchange_rate = Decider(decide=decide, evolve=evolve)
