"""The award over HTTP: decided on what was awarded lately, and counted with it."""

from datetime import date, datetime, timedelta
from typing import Any

from fastapi import Response

from events.handler import Act
from events.io.http import Body, Load, Now, View, Who, not_on_file
from events.ports import Claim, ClaimTaken
from events.roles import Role
from events.values import ItemId, SourcingId, VendorId
from vendors import views
from vendors.api.declared import ReasonBody, api
from vendors.api.reach import Do
from vendors.api.sourcings import SourcingAnswer
from vendors.calendars import calendar_of
from vendors.domain.purchases import (
    Award,
    AwardedMeanwhile,
    CountAward,
    UncountAward,
    purchases,
    stream_of,
)
from vendors.domain.sourcing import sourcing
from vendors.domain.sourcing.kinds import Reason
from vendors.domain.sourcing.refusals import (
    AwardedAlready,
    CommittedAlready,
    NoSuchSourcing,
    SourcingIsAt,
)
from vendors.domain.sourcing.requests import SelectVendor, TakeBackAward
from vendors.domain.sourcing.rules import bought_for
from vendors.domain.sourcing.state import Sourcing
from vendors.domain.vendor import vendor
from vendors.domain.vendor.kinds import GONE
from vendors.domain.vendor.kinds import Stage as VendorStage
from vendors.domain.vendor_rules import VendorRules
from vendors.domain.worth import Rate
from vendors.views import committed, rates, vendor_rules

DEAD = frozenset({VendorStage.SUSPENDED, *GONE})
ATTEMPTS = 5
"""How often an award is decided anew when another came in between."""
AWARD = "award"
"""The claim's scope by which an item is awarded once."""


class SelectionBody(Body):
    vendor: VendorId
    reason: Reason | None = None
    """None: as the comparison says; without one, the lowest price."""


@api.command(
    "/v1/sourcings/{sourcing_id}/select",
    answers=SourcingAnswer,
    allows={Role.VENDOR_OFFICER, Role.VENDOR_APPROVER},
    unknown={NoSuchSourcing},
    conflicts={SourcingIsAt, AwardedAlready, AwardedMeanwhile},
)
async def select_vendor(
    *,
    sourcing_id: SourcingId,
    body: SelectionBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Select one of the vendors that made an offer."""
    state, _ = await load.state(sourcing, sourcing_id)
    if state is None:
        raise NoSuchSourcing
    chosen, _ = await load.state(vendor, body.vendor)
    wanted = await views.need_of(state.item, view)
    calendar = calendar_of(state.country, (state.asked_on or now.date()).year)
    claim = Claim(AWARD, await _award_of(state.item, view))
    for attempt in range(1, ATTEMPTS + 1):
        lately = await _awarded_lately(body.vendor, state, now, load, view)
        selection = SelectVendor(
            by=me.id,
            at=now,
            vendor=chosen,
            reason=body.reason,
            lately=lately,
            barred=await barred(state, load),
            calendar=calendar,
            stopped=wanted.stopped if wanted else None,
            vendor_rules=await vendor_rules.of_version(
                wanted.programme, wanted.programme_version, view
            )
            if wanted
            else VendorRules(),
            wanting=await not_on_file(load, state.cited(state.quotations)),
            rates=await _rates(body.vendor, lately, state, now, view),
        )
        try:
            return await do(
                Act(sourcing, sourcing_id, selection, claims=(claim,)),
                *_counting(body.vendor, state, selection),
                answer=SourcingAnswer.of,
            )
        except ClaimTaken:
            raise AwardedAlready(state.item) from None
        except AwardedMeanwhile:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("the loop above returns or raises")


async def _award_of(item: ItemId, view: View) -> str:
    """What an award of the item claims: the item, or the place of the award taken back last.

    A claim is held for ever. A view that lags behind names one that is held: nothing is awarded.
    """
    before = await committed.last_taken_back(view, item)
    return f"{item}/{before}" if before else item


@api.command(
    "/v1/sourcings/{sourcing_id}/take-back",
    answers=SourcingAnswer,
    allows={Role.VENDOR_OFFICER, Role.VENDOR_APPROVER},
    unknown={NoSuchSourcing},
    conflicts={SourcingIsAt, CommittedAlready},
)
async def take_back_award(
    *,
    sourcing_id: SourcingId,
    body: ReasonBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Take back an award that somebody else made, as long as nothing is committed for the item."""
    state, _ = await load.state(sourcing, sourcing_id)
    if state is None:
        raise NoSuchSourcing
    holds = await committed.committed_on(view, state.item)
    back = TakeBackAward(by=me.id, at=now, reason=body.reason, committed=holds)
    seller = next((each.vendor for each in state.quotations if each.id == state.selected), None)
    uncount = UncountAward(by=me.id, at=now, sourcing=sourcing_id)
    counts = (seller, state.case) if seller else ()
    return await do(
        Act(sourcing, sourcing_id, back),
        *(Act(purchases, stream_of(whose), uncount) for whose in counts),
        answer=SourcingAnswer.of,
    )


async def _awarded_lately(
    to: VendorId, state: Sourcing, now: Now, load: Load, view: View
) -> tuple[Award, ...]:
    """As it was counted; and as the list has it, for awards from before any were counted."""
    since = _since(state, now)
    told = {each.sourcing: each for each in await views.awarded_lately(to, state, since, view)}
    for whose in (to, state.case):
        counted, _ = await load.state(purchases, stream_of(whose))
        told |= {each.sourcing: each for each in counted.since(since)} if counted else {}
    return tuple(told.values())


def _counting(
    to: VendorId, state: Sourcing, selection: SelectVendor
) -> tuple[Act[Any, Any, Any], ...]:
    """The award counts for its vendor and for its case, unless another came in between."""
    offer = state.of(to)
    value = bought_for(offer.total, state, selection.rates) if offer else state.estimate
    count = CountAward(
        by=selection.by,
        at=selection.at,
        award=Award(state.id, to, state.case, value),
        since=_since(state, selection.at),
        known=frozenset(each.sourcing for each in selection.lately),
    )
    return tuple(Act(purchases, stream_of(whose), count) for whose in (to, state.case))


async def _rates(
    to: VendorId, lately: tuple[Award, ...], state: Sourcing, now: Now, view: View
) -> tuple[Rate, ...]:
    """To add up the offer and awards of programmes that plan in other currencies."""
    offer = state.of(to)
    asked = {offer.total.currency} if offer else set()
    others = (asked | {each.value.currency for each in lately}) - {state.estimate.currency}
    if not others:
        return ()
    return await rates.between(view, {*others, state.estimate.currency}, now.date())


def _since(state: Sourcing, now: datetime) -> date:
    return now.date() - timedelta(days=state.buying.added_up_over_days)


async def barred(state: Sourcing, load: Load) -> frozenset[VendorId]:
    """The vendors of whose offers nothing is bought: suspended, or debarred."""
    standing = [(await load.state(vendor, each.vendor))[0] for each in state.quotations]
    return frozenset(each.id for each in standing if each is not None and each.stage in DEAD)
