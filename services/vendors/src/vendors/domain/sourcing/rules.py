"""What a sourcing answers to a request."""

from collections.abc import Collection, Sequence
from typing import assert_never

from events.decider import Command
from events.documents import require_on_file
from events.money import Money, total
from events.values import (
    Code,
    ItemId,
    PersonId,
)
from vendors.domain.account.refusals import VendorNotApproved
from vendors.domain.duties import Duty, nobody_twice
from vendors.domain.purchases import Award
from vendors.domain.sourcing.comparing import (
    as_compared,
    asked_in_writing,
    compared,
    is_lowest,
    on_its_terms,
    voted,
    withdrawn,
)
from vendors.domain.sourcing.facts import (
    CompetitionTermsNamed,
    CompetitionWaived,
    CounsellorsNamed,
    QuotationReceived,
    QuotationsRequested,
    SourcingCancelled,
    SourcingEvent,
    VendorSelected,
)
from vendors.domain.sourcing.kinds import Reason, Stage
from vendors.domain.sourcing.refusals import (
    CounsellorTakesNoPart,
    ItemNotApproved,
    ItemStopped,
    NoSuchSourcing,
    QuotationExpired,
    QuotationWorthless,
    QuotedAlready,
    SameDocument,
    SourcingIsAt,
    TooFewQuotations,
    VendorDidNotQuote,
    WaiverExpired,
    WaiverNotAllowed,
)
from vendors.domain.sourcing.requests import (
    CancelSourcing,
    CompareQuotations,
    RecordQuotation,
    RecordWrittenRequest,
    RequestQuotations,
    SelectVendor,
    SourcingCommand,
    TakeBackAward,
    VoteOnAward,
    WaiveCompetition,
    WithdrawQuotation,
)
from vendors.domain.sourcing.state import Sourcing
from vendors.domain.sourcing.taking_back import taken_back
from vendors.domain.vendor.refusals import NoSuchVendor
from vendors.domain.worth import Rate, worth


def decide(command: SourcingCommand, sourcing: Sourcing | None) -> Sequence[SourcingEvent]:
    if isinstance(command, RequestQuotations):
        return _open(command, sourcing)
    if sourcing is None:
        raise NoSuchSourcing
    if isinstance(command, TakeBackAward):
        return [taken_back(command, sourcing)]
    if sourcing.stage is not Stage.OPENED:
        raise SourcingIsAt(stage=sourcing.stage, needed=Stage.OPENED)
    _not_a_counsellor(command, sourcing.counsellors)
    match command:
        case RecordWrittenRequest():
            return [asked_in_writing(command, sourcing)]
        case RecordQuotation():
            return [_receive(command, sourcing)]
        case WithdrawQuotation():
            return [withdrawn(command, sourcing)]
        case WaiveCompetition():
            return [_waive(command, sourcing)]
        case CompareQuotations():
            return [compared(command, sourcing)]
        case VoteOnAward():
            return [voted(command, sourcing)]
        case SelectVendor():
            return [_select(command, sourcing)]
        case CancelSourcing(by=by, at=at, reason=reason):
            return [SourcingCancelled(by=by, at=at, sourcing=sourcing.id, reason=reason)]
        case _:
            assert_never(command)


def _not_a_counsellor(command: Command, counsellors: Collection[PersonId]) -> None:
    if command.by in counsellors:
        raise CounsellorTakesNoPart(command.by)


def _open(command: RequestQuotations, sourcing: Sourcing | None) -> list[SourcingEvent]:
    if sourcing is not None:
        raise SourcingIsAt(stage=sourcing.stage, needed=None)
    need = command.need
    if need is None:
        raise ItemNotApproved
    _goes_on(need.item, need.stopped)
    _not_a_counsellor(command, need.counsellors)
    opened = QuotationsRequested(
        by=command.by,
        at=command.at,
        sourcing=command.sourcing,
        item=need.item,
        case=need.case,
        plan=need.plan,
        programme=need.programme,
        programme_version=need.programme_version,
        spec=need.spec,
        estimate=need.estimate,
        counsellor=need.counsellors[0],
        buying=need.buying,
    )
    facts: list[SourcingEvent] = [opened]
    if len(need.counsellors) > 1:
        named = CounsellorsNamed(
            by=command.by, at=command.at, sourcing=command.sourcing, counsellors=need.counsellors
        )
        facts.append(named)
    if need.terms is not None:
        terms = CompetitionTermsNamed(
            by=command.by,
            at=command.at,
            sourcing=command.sourcing,
            country=need.country,
            terms=need.terms,
        )
        facts.append(terms)
    return facts


def _receive(command: RecordQuotation, sourcing: Sourcing) -> QuotationReceived:
    if command.vendor is None:
        raise NoSuchVendor
    if sourcing.of(command.vendor.id) is not None:
        raise QuotedAlready(command.vendor.id)
    for other in (*sourcing.quotations, *sourcing.withdrawn):
        if other.document == command.document:
            raise SameDocument(other.id)
        if other.total.currency != command.total.currency:
            raise QuotationWorthless(command.total)
    if command.total.minor <= 0:
        raise QuotationWorthless(command.total)
    if command.valid_until < command.at.date():
        raise QuotationExpired(command.valid_until)
    return QuotationReceived(
        by=command.by,
        at=command.at,
        sourcing=sourcing.id,
        quotation=command.quotation,
        vendor=command.vendor.id,
        total=command.total,
        document=command.document,
        valid_until=command.valid_until,
    )


def _waive(command: WaiveCompetition, sourcing: Sourcing) -> CompetitionWaived:
    nobody_twice(command.by, sourcing.acts)
    band = sourcing.band
    theirs = band.waiver_by in {Code(role) for role in command.roles}
    if not theirs or command.reason not in band.waiver_for:
        raise WaiverNotAllowed(band.waiver_by, command.reason, band.waiver_for)
    if command.expires < command.at.date():
        raise WaiverExpired(command.expires)
    return CompetitionWaived(
        by=command.by,
        at=command.at,
        sourcing=sourcing.id,
        reason=command.reason,
        expires=command.expires,
    )


def _goes_on(item: ItemId, stopped: Code | None) -> None:
    if stopped is not None:
        raise ItemStopped(item, stopped)


def _select(command: SelectVendor, sourcing: Sourcing) -> VendorSelected:
    _goes_on(sourcing.item, command.stopped)
    nobody_twice(command.by, sourcing.acts)
    if command.vendor is None:
        raise NoSuchVendor
    chosen = sourcing.of(command.vendor.id)
    if chosen is None:
        raise VendorDidNotQuote(command.vendor.id)
    today = command.at.date()
    if not command.vendor.may_be_paid(today):
        raise VendorNotApproved(command.vendor.id)
    if chosen.valid_until < today:
        raise QuotationExpired(chosen.valid_until)
    bought = bought_for(chosen.total, sourcing, command.rates)
    _within_tier(command, bought)
    standing = sourcing.standing(today, command.barred)
    value = _with(command.lately, bought, command)
    waived = _enough(command, sourcing, value, len(standing))
    reason = as_compared(chosen, command.reason, sourcing, standing)
    if reason is Reason.LOWEST_PRICE:
        is_lowest(chosen.id, standing)
    on_its_terms(sourcing, value, today, command.calendar)
    require_on_file(sourcing.cited(standing), command.wanting)
    collectors = {by for duty, by in sourcing.acts if duty is Duty.COLLECTED_QUOTATIONS}
    return VendorSelected(
        by=command.by,
        at=command.at,
        sourcing=sourcing.id,
        item=sourcing.item,
        case=sourcing.case,
        vendor=chosen.vendor,
        quotation=chosen.id,
        amount=chosen.total,
        quotations=len(standing),
        reason=reason,
        waived=waived,
        collectors=tuple(sorted(collectors)),
    )


def bought_for(offer: Money, sourcing: Sourcing, rates: Sequence[Rate]) -> Money:
    """What the purchase counts as: what was planned, or what is asked for it, if that is more.

    The plan may be amended to the price later: then nobody asks again how many offers there were.
    """
    asked = worth(offer, sourcing.estimate.currency, rates)
    return asked if asked.minor > sourcing.estimate.minor else sourcing.estimate


def _within_tier(command: SelectVendor, bought: Money) -> None:
    """What is bought from the vendor, together with what it was awarded lately."""
    assert command.vendor is not None, "asked before"
    seller = command.vendor
    theirs = [each for each in command.lately if each.vendor == seller.id]
    command.vendor_rules.within_tier(seller.tier, _with(theirs, bought, command))


def _with(awards: Sequence[Award], bought: Money, command: SelectVendor) -> Money:
    """The purchase together with these (R4), in the currency of its plan."""
    earlier = (worth(each.value, bought.currency, command.rates) for each in awards)
    return bought + total(earlier, bought.currency)


def _enough(command: SelectVendor, sourcing: Sourcing, value: Money, standing: int) -> Code | None:
    """There are offers enough for the value, or a waiver says why not: its reason.

    A waiver is worth what it was given for: no value at which nobody, or somebody else, gives it.
    """
    band, waiver = sourcing.buying.band(value), sourcing.waiver
    if standing >= band.quotations:
        return None
    if waiver is None:
        raise TooFewQuotations(needed=band.quotations, received=standing, value=value)
    if waiver.expires < command.at.date():
        raise WaiverExpired(waiver.expires)
    if band.waiver_by != sourcing.band.waiver_by or waiver.reason not in band.waiver_for:
        raise WaiverNotAllowed(band.waiver_by, waiver.reason, band.waiver_for)
    return waiver.reason
