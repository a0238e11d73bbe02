"""What the facts about a source's rates for one pair amount to."""

from datetime import date
from typing import assert_never

import msgspec
from msgspec.structs import replace

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
from disbursement.domain.exchange_rate.rate import Rate, RateId, RateValue, rate_id
from events.decider import State
from events.values import Code, PersonId


class FarOff(msgspec.Struct, frozen=True):
    """The newest rate is quite another one, and this one is right all the same."""

    newest: Rate
    reason: Code


class Proposal(msgspec.Struct, frozen=True):
    rate: Rate
    """As it would stand; where it is to be withdrawn, as it stands."""
    by: PersonId
    instead_of: RateValue | None = None
    """What is published for the day."""
    withdraws: bool = False
    reason: Code | None = None
    """Why what is published is wrong."""
    far_off: FarOff | None = None

    @property
    def value(self) -> RateValue | None:
        """What would be published for the day."""
        return None if self.withdraws else self.rate.value


class Declined(msgspec.Struct, frozen=True):
    """What was proposed and came to nothing."""

    rate: Rate
    withdraws: bool
    proposed_by: PersonId
    by: PersonId
    """Who proposed it, too: then it was taken back."""
    on: date
    reason: Code

    @property
    def value(self) -> RateValue | None:
        """What would have been published for the day."""
        return None if self.withdraws else self.rate.value


class Rates(State, frozen=True):
    """The values of one source and pair, by day."""

    id: RateId
    source: Code
    base: Code
    quote: Code
    by_day: tuple[tuple[date, RateValue], ...] = ()
    past: tuple[tuple[date, RateValue], ...] = ()
    """What was published, and was corrected or withdrawn."""
    proposed: tuple[Proposal, ...] = ()
    """One for a day, the last one."""
    declined: tuple[Declined, ...] = ()
    """One for a day, the last one."""

    def standing(self, day: date) -> Rate | None:
        """What is published for the day."""
        value = dict(self.by_day).get(day)
        if value is None:
            return None
        return Rate(base=self.base, quote=self.quote, value=value, source=self.source, date=day)

    def before(self, day: date) -> Rate | None:
        """The last that is published for an earlier day."""
        last = max((each for each, _ in self.by_day if each < day), default=None)
        return self.standing(last) if last else None

    def found_wrong(self, rate: Rate) -> bool:
        """It was published and is so no longer, or was proposed last and declined."""
        declined = {(each.rate.date, each.rate.value) for each in self.declined}
        return (rate.date, rate.value) in {*self.past, *declined}

    def proposal(self, day: date) -> Proposal | None:
        return next((each for each in self.proposed if each.rate.date == day), None)


def evolve(rates: Rates | None, event: RateEvent) -> Rates:
    rate = event.rate
    before = rates or Rates(
        id=rate_id(rate.source, rate.base, rate.quote),
        source=rate.source,
        base=rate.base,
        quote=rate.quote,
    )
    proposal = proposed(before.proposal(rate.date), event)
    waiting = tuple(each for each in before.proposed if each.rate.date != rate.date)
    after = replace(before, proposed=(*waiting, proposal) if proposal else waiting)
    others = tuple(each for each in before.by_day if each[0] != rate.date)
    match event:
        case ExchangeRatePublished():
            return replace(after, by_day=(*others, (rate.date, rate.value)))
        case ExchangeRateCorrected(before=wrong):
            by_day, past = (*others, (rate.date, rate.value)), (*before.past, (rate.date, wrong))
            return replace(after, by_day=by_day, past=past)
        case ExchangeRateWithdrawn():
            return replace(after, by_day=others, past=(*before.past, (rate.date, rate.value)))
        case ProposedRateDeclined(by=by, at=at, reason=reason):
            no = Declined(rate, event.withdraws, event.proposed_by, by, at.date(), reason)
            of_other_days = (each for each in before.declined if each.rate.date != rate.date)
            return replace(after, declined=(*of_other_days, no))
        case ExchangeRateProposed() | RateCorrectionProposed() | FarOffRateExplained():
            return after
        case _:
            assert_never(event)


def proposed(waits: Proposal | None, event: RateEvent) -> Proposal | None:
    """What waits for another person after the fact, for its day."""
    match event:
        case ExchangeRateProposed(rate=rate, by=by):
            return Proposal(rate, by)
        case RateCorrectionProposed(rate=rate, by=by, value=value, reason=reason):
            return Proposal(
                replace(rate, value=value) if value is not None else rate,
                by,
                instead_of=rate.value,
                withdraws=value is None,
                reason=reason,
            )
        case FarOffRateExplained(newest=newest, reason=reason):
            assert waits is not None, "it is explained as it is proposed"
            return replace(waits, far_off=FarOff(newest, reason))
        case (
            ExchangeRatePublished()
            | ExchangeRateCorrected()
            | ExchangeRateWithdrawn()
            | ProposedRateDeclined()
        ):
            return None
        case _:
            assert_never(event)
