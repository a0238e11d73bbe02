"""Sourcings over HTTP."""

from datetime import date

from fastapi import Response

from events.handler import Act
from events.io.http import Answer, Body, Load, NewIds, Now, Page, Paging, Problem, View, Who
from events.knowing import may_know
from events.money import Money
from events.ports import Claim, ClaimTaken
from events.roles import READERS, STAFF, Role
from events.values import (
    CaseId,
    Code,
    Digest,
    ItemId,
    PersonId,
    PlanId,
    QuotationId,
    SourcingId,
    VendorId,
)
from vendors import views
from vendors.api.declared import api
from vendors.api.reach import Do, only_of, sees_whose, told
from vendors.calendars import calendar_of
from vendors.domain.need import Need
from vendors.domain.sourcing import sourcing
from vendors.domain.sourcing.kinds import Reason, Stage, Vote
from vendors.domain.sourcing.refusals import NoSuchSourcing, OfferedForAnother, SourcingIsAt
from vendors.domain.sourcing.requests import (
    RecordQuotation,
    RequestQuotations,
    WaiveCompetition,
)
from vendors.domain.sourcing.state import Sourcing
from vendors.domain.vendor import vendor

OFFER = "offer"
"""The claim's scope by which a document is an offer for one item."""


class RequestQuotationsBody(Body):
    item: ItemId


class QuotationBody(Body):
    vendor: VendorId
    total: Money
    document: Digest
    valid_until: date


class WaiverBody(Body):
    reason: Code
    expires: date


class QuotationAnswer(Answer):
    quotation: QuotationId
    vendor: VendorId
    total: Money
    document: Digest
    valid_until: date


class ComparisonAnswer(Answer):
    ranking: tuple[QuotationId, ...]
    """The recommended offer first."""
    reason: Reason
    in_favour: int
    """How many of the committee voted for it."""
    against: int


class TermsAnswer(Answer):
    """What this purchase asks by itself; counted together with others it may ask more."""

    working_days: int
    """Between the written request and the decision; 0: neither is needed."""
    asked_on: date | None
    """The day of the written request."""
    not_before: date | None
    """The first day on which it may be decided, counted from that request."""
    votes: int
    """How many of the committee have to be in favour."""


class WaiverAnswer(Answer):
    reason: Code
    expires: date


class SourcingAnswer(Answer):
    sourcing: SourcingId
    item: ItemId
    case: CaseId | None
    """None: it is restricted, and whose it is not yours to know."""
    plan: PlanId
    spec: Code
    estimate: Money
    stage: Stage
    quotations: tuple[QuotationAnswer, ...]
    comparison: ComparisonAnswer | None
    terms: TermsAnswer | None
    waiver: WaiverAnswer | None
    selected: QuotationId | None
    version: int

    @classmethod
    def of(cls, state: Sourcing, version: int) -> "SourcingAnswer":
        return cls(
            sourcing=state.id,
            item=state.item,
            case=state.case,
            plan=state.plan,
            spec=state.spec,
            estimate=state.estimate,
            stage=state.stage,
            quotations=tuple(
                QuotationAnswer(
                    quotation=offer.id,
                    vendor=offer.vendor,
                    total=offer.total,
                    document=offer.document,
                    valid_until=offer.valid_until,
                )
                for offer in state.quotations
            ),
            comparison=_comparison(state),
            terms=_terms(state),
            waiver=WaiverAnswer(reason=state.waiver.reason, expires=state.waiver.expires)
            if state.waiver
            else None,
            selected=state.selected,
            version=version,
        )


def _comparison(state: Sourcing) -> ComparisonAnswer | None:
    comparison = state.comparison
    if comparison is None:
        return None
    return ComparisonAnswer(
        ranking=comparison.ranking,
        reason=comparison.reason,
        in_favour=state.said(Vote.IN_FAVOUR),
        against=state.said(Vote.AGAINST),
    )


def _terms(state: Sourcing) -> TermsAnswer | None:
    if state.terms is None:
        return None
    waits, asked_on = state.terms.working_days(state.estimate), state.asked_on
    ends = calendar_of(state.country, asked_on.year).after(asked_on, waits) if asked_on else None
    return TermsAnswer(
        working_days=waits,
        asked_on=asked_on,
        not_before=ends,
        votes=state.terms.votes(state.estimate),
    )


class NeedAnswer(Answer):
    """An item of an approved plan, for which a vendor may be looked for."""

    item: ItemId
    case: CaseId | None
    """None: it is restricted, and whose it is not yours to know."""
    plan: PlanId
    spec: Code
    estimate: Money
    counsellors: tuple[PersonId, ...] | None

    @classmethod
    def of(cls, need: Need) -> "NeedAnswer":
        return cls(
            item=need.item,
            case=need.case,
            plan=need.plan,
            spec=need.spec,
            estimate=need.estimate,
            counsellors=need.counsellors,
        )


@api.command("/v1/sourcings", creates=SourcingAnswer, allows={Role.VENDOR_OFFICER})
async def request_quotations(
    *, body: RequestQuotationsBody, me: Who, now: Now, do: Do, ids: NewIds, view: View
) -> Response:
    """Begin to look for a vendor for an item of an approved plan."""
    new = SourcingId(ids.new("src"))
    need = await views.need_of(body.item, view)
    if need is not None:
        await do.about(need.case)
    request = RequestQuotations(by=me.id, at=now, sourcing=new, need=need)
    return await do(Act(sourcing, new, request), answer=SourcingAnswer.of)


@api.command(
    "/v1/sourcings/{sourcing_id}/quotations",
    answers=SourcingAnswer,
    allows={Role.VENDOR_OFFICER},
    unknown={NoSuchSourcing},
    conflicts={SourcingIsAt},
)
async def record_quotation(
    *,
    sourcing_id: SourcingId,
    body: QuotationBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    ids: NewIds,
) -> Response:
    """Record a vendor's offer; its document is one for this item alone."""
    await do.takes_part(body.vendor)
    offered_by, _ = await load.state(vendor, body.vendor)
    quotation = RecordQuotation(
        by=me.id,
        at=now,
        quotation=QuotationId(ids.new("quo")),
        vendor=offered_by,
        total=body.total,
        document=body.document,
        valid_until=body.valid_until,
    )
    state, _ = await load.state(sourcing, sourcing_id)
    key: str = body.document
    while True:
        act = Act(
            sourcing,
            sourcing_id,
            quotation,
            claims=(Claim(OFFER, key, answer=sourcing_id.encode()),),
        )
        try:
            return await do(act, answer=SourcingAnswer.of)
        except ClaimTaken as taken:
            key = await _next_of(taken, state, load)


async def _next_of(taken: ClaimTaken, here: Sourcing | None, load: Load) -> str:
    """What claims the document after the sourcing that did: a claim is held for ever. It is the
    same item's, sought for once more, or the offer was withdrawn there.
    """
    if taken.held.scope != OFFER or taken.held.answer is None or here is None:
        raise taken
    there, _ = await load.state(sourcing, taken.held.answer.decode())
    documents = {each.document for each in there.quotations} if there else set()
    if there and there.item != here.item and taken.held.key.partition("/")[0] in documents:
        raise OfferedForAnother(there.item)
    return f"{taken.held.key}/{taken.held.answer.decode()}"


@api.command(
    "/v1/sourcings/{sourcing_id}/waive",
    answers=SourcingAnswer,
    allows=STAFF,
    unknown={NoSuchSourcing},
    conflicts={SourcingIsAt},
)
async def waive_competition(
    sourcing_id: SourcingId, body: WaiverBody, me: Who, now: Now, do: Do
) -> Response:
    """Let fewer quotations be enough; the programme says who may, and for which reasons."""
    waiver = WaiveCompetition(
        by=me.id, at=now, roles=me.roles, reason=body.reason, expires=body.expires
    )
    return await do(Act(sourcing, sourcing_id, waiver), answer=SourcingAnswer.of)


@api.query("/v1/sourcings/{sourcing_id}", answers=SourcingAnswer, allows=READERS)
async def read_sourcing(
    sourcing_id: SourcingId, me: Who, now: Now, load: Load, view: View
) -> Response:
    """Read one sourcing as it stands."""
    found, _ = await load.state(sourcing, sourcing_id)
    whose = found is not None and await sees_whose(found.case, me, now, view)
    return await load(
        sourcing,
        sourcing_id,
        answer=lambda state, version: told(SourcingAnswer.of(state, version), whose=whose),
    )


@api.query("/v1/sourcings", answers=Page[SourcingAnswer], allows=READERS)
async def list_sourcings(
    me: Who, now: Now, view: View, page: Paging, case: CaseId | None = None
) -> Page[SourcingAnswer]:
    """List the sourcings that you may see by id, those for one case or all."""
    rows = await views.sourcings_after(
        view,
        after=page.after,
        limit=page.limit + 1,
        seen_by=(me.id, only_of(me), now),
        case=case,
    )
    answers = [told(SourcingAnswer.of(row.state, row.version), whose=whose) for row, whose in rows]
    return page.of(answers, key=lambda answer: answer.sourcing)


@api.query("/v1/needs/{item}", answers=NeedAnswer, allows=READERS)
async def read_need(item: ItemId, me: Who, now: Now, view: View) -> NeedAnswer:
    """Read an item of an approved plan, as soon as this service knows of it."""
    need = await views.need_of(item, view)
    if need is None:
        raise Problem("not_found", "No approved plan that is known here has this item.")
    return told(NeedAnswer.of(need), whose=await sees_whose(need.case, me, now, view))


@api.query("/v1/needs", answers=Page[NeedAnswer], allows=READERS)
async def list_needs(me: Who, now: Now, view: View, page: Paging, case: CaseId) -> Page[NeedAnswer]:
    """List the items of a case's approved plans."""
    known = await may_know(view, case, organisation=only_of(me), person=me.id, now=now)
    found = await views.needs_of(case, view) if known else ()
    shown = [need for need in found if page.after is None or need.item > page.after]
    answers = [NeedAnswer.of(need) for need in shown[: page.limit + 1]]
    return page.of(answers, key=lambda answer: answer.item)
