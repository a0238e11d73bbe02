"""What may be asked of a source's rates for one pair."""

from datetime import date

from disbursement.domain.exchange_rate.rate import Rate, RateValue
from events.decider import Command
from events.values import Code

FAR_OFF_PERCENT = 20
"""So far from the newest one may a rate be that nobody asks why."""


class PublishExchangeRate(Command, frozen=True):
    """As the publisher's own file tells it; one that is far off is only proposed."""

    rate: Rate
    known: tuple[Rate, ...] = ()
    """What is known between the two currencies: for the first that this source tells."""
    within_percent: int = FAR_OFF_PERCENT


class ProposeExchangeRate(Command, frozen=True):
    rate: Rate
    known: tuple[Rate, ...] = ()
    """What is known between the two currencies, whoever told it: the newest one; where none is
    left, the last that was found wrong and the one of the newest order."""
    within_percent: int = FAR_OFF_PERCENT
    far_because: Code | None = None
    """Why it is right although it is further from the newest one."""


class ProposeCorrection(Command, frozen=True):
    """What was published for the day is wrong."""

    date: date
    value: RateValue | None
    """What it should have been; None: there is no such rate."""
    reason: Code
    known: tuple[Rate, ...] = ()
    """Besides the one that is wrong."""
    within_percent: int = FAR_OFF_PERCENT
    far_because: Code | None = None


class ConfirmExchangeRate(Command, frozen=True):
    """Publish, correct or withdraw what somebody else proposed to."""

    date: date
    value: RateValue | None
    """As it was read; None: it is withdrawn."""


class DeclineProposedRate(Command, frozen=True):
    """Another person says no to it; who proposed it takes it back."""

    date: date
    value: RateValue | None
    """As it was read; None: it was to be withdrawn."""
    reason: Code


RateCommand = (
    PublishExchangeRate
    | ProposeExchangeRate
    | ProposeCorrection
    | ConfirmExchangeRate
    | DeclineProposedRate
)
