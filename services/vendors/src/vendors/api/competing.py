"""Offers held against each other, over HTTP: withdrawn, compared, voted on, and who lost before."""

from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Answer, Body, Load, Now, Problem, View, Who
from events.roles import READERS, Role
from events.values import Code, Digest, QuotationId, SourcingId, VendorId
from vendors.api.awarding import barred
from vendors.api.declared import ReasonBody, api
from vendors.api.reach import Do, only_of, sees_whose
from vendors.api.sourcings import SourcingAnswer
from vendors.domain.sourcing import sourcing
from vendors.domain.sourcing.kinds import Reason, Vote
from vendors.domain.sourcing.refusals import (
    AskedInWritingAlready,
    NoSuchQuotation,
    NoSuchSourcing,
    NotAsCompared,
    SourcingIsAt,
    VotedAlready,
)
from vendors.domain.sourcing.requests import (
    CancelSourcing,
    CompareQuotations,
    RecordWrittenRequest,
    VoteOnAward,
    WithdrawQuotation,
)
from vendors.views import competition

MOST = 100


class LetterBody(Body):
    sent_on: date
    document: Digest


class WithdrawalBody(Body):
    quotation: QuotationId
    reason: Code


class ComparisonBody(Body):
    ranking: Annotated[tuple[QuotationId, ...], Field(min_length=1, max_length=50)]
    """All offers that stand, the recommended one first."""
    reason: Reason = Reason.LOWEST_PRICE


class VoteBody(Body):
    quotation: QuotationId
    """The one that you saw to be recommended."""
    vote: Vote


class LostAnswer(Answer):
    sourcing: SourcingId
    winner: VendorId
    losers: tuple[VendorId, ...]


class RivalsAnswer(Answer):
    """Other awards in which the same vendors lost together."""

    sourcing: SourcingId
    lost_together: tuple[LostAnswer, ...]


@api.command(
    "/v1/sourcings/{sourcing_id}/written-request",
    answers=SourcingAnswer,
    allows={Role.VENDOR_OFFICER},
    unknown={NoSuchSourcing},
    conflicts={SourcingIsAt, AskedInWritingAlready},
)
async def record_written_request(
    sourcing_id: SourcingId, body: LetterBody, me: Who, now: Now, do: Do
) -> Response:
    """Record the letter by which vendors were asked, on the day that it bears or later."""
    letter = RecordWrittenRequest(by=me.id, at=now, sent_on=body.sent_on, document=body.document)
    return await do(Act(sourcing, sourcing_id, letter), answer=SourcingAnswer.of)


@api.command(
    "/v1/sourcings/{sourcing_id}/withdraw-quotation",
    answers=SourcingAnswer,
    allows={Role.VENDOR_OFFICER},
    unknown={NoSuchSourcing, NoSuchQuotation},
    conflicts={SourcingIsAt},
)
async def withdraw_quotation(
    sourcing_id: SourcingId, body: WithdrawalBody, me: Who, now: Now, do: Do
) -> Response:
    """Record that a vendor no longer stands by its offer; it may make another."""
    gone = WithdrawQuotation(by=me.id, at=now, quotation=body.quotation, reason=body.reason)
    return await do(Act(sourcing, sourcing_id, gone), answer=SourcingAnswer.of)


@api.command(
    "/v1/sourcings/{sourcing_id}/compare",
    answers=SourcingAnswer,
    allows={Role.VENDOR_OFFICER, Role.VENDOR_APPROVER},
    unknown={NoSuchSourcing},
    conflicts={SourcingIsAt},
)
async def compare_quotations(
    *, sourcing_id: SourcingId, body: ComparisonBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Hold all offers that stand against each other and recommend the first of the ranking."""
    state, _ = await load.state(sourcing, sourcing_id)
    comparison = CompareQuotations(
        by=me.id,
        at=now,
        ranking=body.ranking,
        reason=body.reason,
        barred=await barred(state, load) if state else frozenset(),
    )
    return await do(Act(sourcing, sourcing_id, comparison), answer=SourcingAnswer.of)


@api.command(
    "/v1/sourcings/{sourcing_id}/vote",
    answers=SourcingAnswer,
    allows={Role.COMMITTEE_MEMBER},
    unknown={NoSuchSourcing},
    conflicts={SourcingIsAt, NotAsCompared, VotedAlready},
)
async def vote_on_award(
    sourcing_id: SourcingId, body: VoteBody, me: Who, now: Now, do: Do
) -> Response:
    """Say yes or no, as a member of the committee, to the offer that the comparison recommends."""
    vote = VoteOnAward(by=me.id, at=now, quotation=body.quotation, vote=body.vote)
    return await do(Act(sourcing, sourcing_id, vote), answer=SourcingAnswer.of)


@api.command(
    "/v1/sourcings/{sourcing_id}/cancel",
    answers=SourcingAnswer,
    allows={Role.VENDOR_OFFICER, Role.VENDOR_APPROVER},
    unknown={NoSuchSourcing},
    conflicts={SourcingIsAt},
)
async def cancel_sourcing(
    sourcing_id: SourcingId, body: ReasonBody, me: Who, now: Now, do: Do
) -> Response:
    """Give the search up; another one for the item may begin."""
    cancelled = CancelSourcing(by=me.id, at=now, reason=body.reason)
    return await do(Act(sourcing, sourcing_id, cancelled), answer=SourcingAnswer.of)


@api.query("/v1/sourcings/{sourcing_id}/rivals", answers=RivalsAnswer, allows=READERS)
async def read_rivals(
    sourcing_id: SourcingId, me: Who, now: Now, load: Load, view: View
) -> RivalsAnswer:
    """Read in which other awards the same vendors lost together, and to whom (red flag R6)."""
    state, _ = await load.state(sourcing, sourcing_id)
    if state is None:
        raise Problem("not_found", "There is no such thing, or it is not yours to see.")
    await sees_whose(state.case, me, now, view)
    found = await competition.lost_together(
        view, sourcing_id, seen_by=(me.id, only_of(me), now), limit=MOST
    )
    return RivalsAnswer(
        sourcing=sourcing_id,
        lost_together=tuple(
            LostAnswer(sourcing=each.sourcing, winner=each.winner, losers=each.losers)
            for each in found
        ),
    )
