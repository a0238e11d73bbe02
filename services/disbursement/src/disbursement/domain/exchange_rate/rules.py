"""What a source's rates for one pair answer to a request."""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never

from msgspec.structs import replace

from disbursement.domain.currency import must_be_known
from disbursement.domain.exchange_rate import refusals as no
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
from disbursement.domain.exchange_rate.rate import Rate, fraction, is_far_off
from disbursement.domain.exchange_rate.requests import (
    ConfirmExchangeRate,
    DeclineProposedRate,
    ProposeCorrection,
    ProposeExchangeRate,
    PublishExchangeRate,
    RateCommand,
)
from disbursement.domain.exchange_rate.state import Proposal, Rates, proposed
from events.values import Code

AHEAD = timedelta(days=31)
"""Publishers tell a month's rates some days before it; nobody tells more."""
MOST = 10**8
"""No currency is worth more of another, nor less of it than one in so many."""
FIGURES = 12
AS_PUBLISHED = Code("as_published")
"""Why a rate of a file is asked for although it is far off: its publisher says so."""


def decide(command: RateCommand, rates: Rates | None) -> Sequence[RateEvent]:
    match command:
        case PublishExchangeRate():
            return _told(command, rates)
        case ProposeExchangeRate(rate=rate):
            if not _is_new(command, rate, rates):
                return []
            asked = ExchangeRateProposed(by=command.by, at=command.at, rate=rate)
            return _waiting([asked, *_explained(command, rate)], rates, rate)
        case ProposeCorrection():
            return _correction(command, rates)
        case ConfirmExchangeRate():
            return _confirmed(command, rates)
        case DeclineProposedRate():
            return [_declined(command, rates)]
        case _:
            assert_never(command)


def _told(command: PublishExchangeRate, rates: Rates | None) -> Sequence[RateEvent]:
    """Published; where it is far off what the source told before, or without that what is known,
    proposed. A file that tells again what was found wrong, or was declined, is no news.
    """
    rate, by, at = command.rate, command.by, command.at
    if rates is not None and rates.found_wrong(rate):
        return []
    if not _is_new(command, rate, rates):
        return []
    before = rates.before(rate.date) if rates else None
    known = (before,) if before else command.known
    asked = ProposeExchangeRate(
        by=by,
        at=at,
        rate=rate,
        known=known,
        within_percent=command.within_percent,
        far_because=AS_PUBLISHED,
    )
    if explained := _explained(asked, rate):
        return _waiting([ExchangeRateProposed(by=by, at=at, rate=rate), *explained], rates, rate)
    return [ExchangeRatePublished(by=by, at=at, rate=rate)]


def _is_new(
    command: PublishExchangeRate | ProposeExchangeRate, rate: Rate, rates: Rates | None
) -> bool:
    """Whether it says what is not published yet."""
    _must_be_possible(rate)
    latest = command.at.date() + AHEAD
    if rate.date > latest:
        raise no.RateAhead(rate.date, latest)
    stands = rates.standing(rate.date) if rates else None
    if stands is not None and stands.value != rate.value:
        raise no.RateStands(rate.base, rate.quote, rate.date, stands.value)
    return stands is None


def _must_be_possible(rate: Rate) -> None:
    above, below = fraction(rate.value)
    if above == 0 or rate.base == rate.quote:
        raise no.RateIsZero(rate.base, rate.quote)
    must_be_known(rate.base)
    must_be_known(rate.quote)
    figures = len(rate.value.replace(".", "").strip("0"))
    if above > MOST * below or below > MOST * above or figures > FIGURES:
        raise no.RateBeyondBounds(rate.value)


def _explained(
    command: ProposeExchangeRate | ProposeCorrection, rate: Rate
) -> list[FarOffRateExplained]:
    """Nothing where it is near all that is known; else why it is right."""
    within = command.within_percent
    newest = next((each for each in command.known if is_far_off(rate, each, within)), None)
    if newest is None:
        return []
    if command.far_because is None:
        raise no.RateFarOff(
            rate.value, newest.value, newest.base, newest.quote, newest.date, within
        )
    return [
        FarOffRateExplained(
            by=command.by,
            at=command.at,
            rate=rate,
            newest=newest,
            within_percent=within,
            reason=command.far_because,
        )
    ]


def _waiting(facts: Sequence[RateEvent], rates: Rates | None, rate: Rate) -> Sequence[RateEvent]:
    """Nothing new where the same is proposed already, whoever did."""
    stands = rates.proposal(rate.date) if rates else None
    asked: Proposal | None = None
    for fact in facts:
        asked = proposed(asked, fact)
    assert asked is not None, "something is proposed"
    same = stands is not None and replace(stands, by=asked.by) == asked
    return [] if same else facts


def _correction(command: ProposeCorrection, rates: Rates | None) -> Sequence[RateEvent]:
    stands = rates.standing(command.date) if rates else None
    if stands is None:
        raise no.NoRateStands(command.date)
    asked = RateCorrectionProposed(
        by=command.by,
        at=command.at,
        rate=stands,
        value=command.value,
        reason=command.reason,
    )
    if command.value is None:
        return _waiting([asked], rates, stands)
    right = replace(stands, value=command.value)
    _must_be_possible(right)
    if right == stands:
        return []
    return _waiting([asked, *_explained(command, right)], rates, right)


def _confirmed(command: ConfirmExchangeRate, rates: Rates | None) -> Sequence[RateEvent]:
    if rates is not None and (command.date, command.value) in rates.by_day:
        return []
    proposal = _as_read(command, rates)
    if proposal.by == command.by:
        raise no.ConfirmedByItsProposer(command.by)
    by, at, rate = command.by, command.at, proposal.rate
    if proposal.instead_of is None:
        return [ExchangeRatePublished(by=by, at=at, rate=rate)]
    assert proposal.reason is not None, "a correction has its reason"
    if proposal.withdraws:
        return [ExchangeRateWithdrawn(by=by, at=at, rate=rate, reason=proposal.reason)]
    return [
        ExchangeRateCorrected(
            by=by, at=at, rate=rate, before=proposal.instead_of, reason=proposal.reason
        )
    ]


def _declined(command: DeclineProposedRate, rates: Rates | None) -> ProposedRateDeclined:
    proposal = _as_read(command, rates)
    return ProposedRateDeclined(
        by=command.by,
        at=command.at,
        rate=proposal.rate,
        withdraws=proposal.withdraws,
        proposed_by=proposal.by,
        reason=command.reason,
    )


def _as_read(command: ConfirmExchangeRate | DeclineProposedRate, rates: Rates | None) -> Proposal:
    """What waits for the day, if it is what the person has read."""
    proposal = rates.proposal(command.date) if rates else None
    if proposal is None:
        raise no.NoRateProposed(command.date)
    if proposal.value != command.value:
        raise no.AnotherRateProposed(command.date, proposal.value)
    return proposal
