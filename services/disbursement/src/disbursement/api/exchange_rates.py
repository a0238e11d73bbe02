"""Exchange rates over HTTP: proposed by one person, published when another confirms; so is what is
to be corrected, or withdrawn.
"""

import datetime as dt
from datetime import date

from fastapi import Response

from disbursement.api.funding import Currency
from disbursement.api.routes import CONFLICTS, UNKNOWN, api
from disbursement.domain.exchange_rate import (
    ConfirmExchangeRate,
    Declined,
    DeclineProposedRate,
    Proposal,
    ProposeCorrection,
    ProposeExchangeRate,
    Rate,
    RateId,
    Rates,
    RateValue,
    Source,
    exchange_rate,
    rate_id,
)
from disbursement.views import lists, lookups
from disbursement.views.wrong_rates import known_rates
from events.handler import Act
from events.io.http import Answer, Body, Do, Gateways, Load, Now, Page, Paging, View, Who
from events.roles import READERS, Role
from events.values import Code, PersonId

KEEPERS = frozenset({Role.GRANT_MANAGER, Role.FINANCE_OFFICER})


class ProposeRateBody(Body):
    base: Currency
    quote: Currency
    value: RateValue
    source: Source
    date: date
    far_because: Code | None = None
    """Why it is right although the newest rate of the pair is quite another one; where none is
    left, the last that was found wrong, or that of the newest order."""


class CorrectRateBody(Body):
    date: date
    value: RateValue | None
    """What should have been published; null: nothing, it is withdrawn."""
    reason: Code
    far_because: Code | None = None


class ConfirmRateBody(Body):
    """What was proposed, as it was read."""

    date: date
    value: RateValue | None
    """Null: it is withdrawn."""


class DeclineRateBody(ConfirmRateBody):
    """What was proposed, as it was read, and why it is not published."""

    reason: Code


class RateAnswer(Answer):
    base: Code
    quote: Code
    value: RateValue
    source: Code
    date: date

    @classmethod
    def of(cls, rate: Rate) -> "RateAnswer":
        return cls(
            base=rate.base, quote=rate.quote, value=rate.value, source=rate.source, date=rate.date
        )

    @property
    def key(self) -> str:
        return f"{self.base}/{self.quote}/{self.source}/{self.date}"


class ProposedRateAnswer(Answer):
    """It counts for nothing before another person confirms it."""

    rate: RateId
    base: Code
    quote: Code
    value: RateValue | None
    """Null: what is published for the day is withdrawn."""
    source: Code
    date: date
    proposed_by: PersonId
    instead_of: RateValue | None
    """What is published for the day, and found wrong."""
    reason: Code | None
    """Why it is wrong."""
    far_from: RateAnswer | None
    """The newest rate of the pair, where this one is further from it than is usual."""
    far_because: Code | None
    """Why it is right all the same."""

    @classmethod
    def of(cls, proposal: Proposal) -> "ProposedRateAnswer":
        rate, far = proposal.rate, proposal.far_off
        return cls(
            rate=rate_id(rate.source, rate.base, rate.quote),
            base=rate.base,
            quote=rate.quote,
            value=proposal.value,
            source=rate.source,
            date=rate.date,
            proposed_by=proposal.by,
            instead_of=proposal.instead_of,
            reason=proposal.reason,
            far_from=RateAnswer.of(far.newest) if far else None,
            far_because=far.reason if far else None,
        )

    @property
    def key(self) -> str:
        return f"{self.rate}/{self.date}"


class DeclinedRateAnswer(Answer):
    """What was proposed last for the day, and came to nothing."""

    date: dt.date
    value: RateValue | None
    """Null: what is published was to be withdrawn."""
    proposed_by: PersonId
    by: PersonId
    """Who proposed it, too: then it was taken back."""
    on: dt.date
    reason: Code

    @classmethod
    def of(cls, told: Declined) -> "DeclinedRateAnswer":
        return cls(
            date=told.rate.date,
            value=told.value,
            proposed_by=told.proposed_by,
            by=told.by,
            on=told.on,
            reason=told.reason,
        )


class RatesAnswer(Answer):
    """How many days' rates of this source and pair are published, the latest, and what waits."""

    rate: RateId
    days: int
    latest: dt.date | None
    value: RateValue | None
    proposed: tuple[ProposedRateAnswer, ...]
    declined: tuple[DeclinedRateAnswer, ...]

    @classmethod
    def of(cls, state: Rates, _version: int) -> "RatesAnswer":
        latest, value = max(state.by_day, default=(None, None))
        return cls(
            rate=state.id,
            days=len(state.by_day),
            latest=latest,
            value=value,
            proposed=tuple(ProposedRateAnswer.of(each) for each in state.proposed),
            declined=tuple(DeclinedRateAnswer.of(each) for each in state.declined),
        )


@api.command(
    "/v1/exchange-rates",
    creates=RatesAnswer,
    allows=KEEPERS,
    conflicts=CONFLICTS,
)
async def propose_exchange_rate(
    *, body: ProposeRateBody, me: Who, now: Now, do: Do, view: View, own: Gateways
) -> Response:
    """Propose a rate of one source for one day: one `base` is `value` of `quote`."""
    rate = Rate(
        base=Code(body.base),
        quote=Code(body.quote),
        value=body.value,
        source=Code(body.source),
        date=body.date,
    )
    stream = rate_id(rate.source, rate.base, rate.quote)
    proposed = ProposeExchangeRate(
        by=me.id,
        at=now,
        rate=rate,
        known=await known_rates(view, rate.base, rate.quote),
        within_percent=own.rates_within_percent,
        far_because=body.far_because,
    )
    return await do(Act(exchange_rate, stream, proposed), answer=RatesAnswer.of)


@api.command(
    "/v1/exchange-rates/{rate}/correct",
    answers=RatesAnswer,
    allows=KEEPERS,
    if_match=False,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def correct_exchange_rate(
    *,
    rate: RateId,
    body: CorrectRateBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
    own: Gateways,
) -> Response:
    """Propose what should have been published for a day, or that nothing should; what was converted
    at the wrong one is corrected as soon as another person confirms it.
    """
    of, _ = await load.state(exchange_rate, rate)
    wrong = of.standing(body.date) if of else None
    newest = wrong and (
        await lookups.newest_rate(view, wrong.base, wrong.quote, besides=wrong) or wrong
    )
    proposed = ProposeCorrection(
        by=me.id,
        at=now,
        date=body.date,
        value=body.value,
        reason=body.reason,
        known=(newest,) if newest else (),
        within_percent=own.rates_within_percent,
        far_because=body.far_because,
    )
    return await do(Act(exchange_rate, rate, proposed), answer=RatesAnswer.of)


@api.command(
    "/v1/exchange-rates/{rate}/confirm",
    answers=RatesAnswer,
    allows=KEEPERS,
    if_match=False,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_exchange_rate(
    rate: RateId, body: ConfirmRateBody, me: Who, now: Now, do: Do
) -> Response:
    """Publish, correct or withdraw the day's rate as somebody else proposed."""
    confirmed = ConfirmExchangeRate(by=me.id, at=now, date=body.date, value=body.value)
    return await do(Act(exchange_rate, rate, confirmed), answer=RatesAnswer.of)


@api.command(
    "/v1/exchange-rates/{rate}/decline",
    answers=RatesAnswer,
    allows=KEEPERS,
    if_match=False,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def decline_proposed_rate(
    rate: RateId, body: DeclineRateBody, me: Who, now: Now, do: Do
) -> Response:
    """Say no to what somebody proposed for a day, or take back what you proposed: it waits no more,
    and what is published stays.
    """
    declined = DeclineProposedRate(
        by=me.id, at=now, date=body.date, value=body.value, reason=body.reason
    )
    return await do(Act(exchange_rate, rate, declined), answer=RatesAnswer.of)


@api.query("/v1/exchange-rates/{rate}", answers=RatesAnswer, allows=READERS)
async def read_exchange_rates(rate: RateId, load: Load) -> Response:
    """Read how far one source's rates of one pair are: published, and proposed."""
    return await load(exchange_rate, rate, answer=RatesAnswer.of)


@api.query("/v1/exchange-rates", answers=Page[RateAnswer], allows=READERS)
async def list_exchange_rates(view: View, page: Paging) -> Page[RateAnswer]:
    """List the published rates by pair, source and day."""
    rates = await lists.exchange_rates(view, after=page.after, limit=page.limit + 1)
    return page.of([RateAnswer.of(rate) for rate in rates], key=lambda a: a.key)


@api.query("/v1/proposed-rates", answers=Page[ProposedRateAnswer], allows=READERS)
async def list_proposed_rates(view: View, page: Paging) -> Page[ProposedRateAnswer]:
    """List the rates that wait for another person to confirm them."""
    waiting = await lists.proposed_rates(view, after=page.after, limit=page.limit + 1)
    return page.of([ProposedRateAnswer.of(each) for each in waiting], key=lambda a: a.key)
