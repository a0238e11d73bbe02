"""Offers held against each other: withdrawn, compared, voted on."""

from datetime import date

from events.money import Money
from events.values import QuotationId
from vendors.domain.calendar import Calendar
from vendors.domain.duties import Duty, nobody_twice
from vendors.domain.sourcing import refusals as no
from vendors.domain.sourcing.facts import (
    AwardVoted,
    QuotationsCompared,
    QuotationWithdrawn,
    WrittenRequestSent,
)
from vendors.domain.sourcing.kinds import Reason, Vote
from vendors.domain.sourcing.requests import (
    CompareQuotations,
    RecordWrittenRequest,
    VoteOnAward,
    WithdrawQuotation,
)
from vendors.domain.sourcing.state import Quotation, Sourcing


def asked_in_writing(command: RecordWrittenRequest, sourcing: Sourcing) -> WrittenRequestSent:
    """The letter may be recorded later than it was sent: its day and the record's both stand."""
    if sourcing.asked_on is not None:
        raise no.AskedInWritingAlready(sourcing.asked_on)
    if command.sent_on > command.at.date():
        raise no.LetterFromTheFuture(command.sent_on)
    return WrittenRequestSent(
        by=command.by,
        at=command.at,
        sourcing=sourcing.id,
        sent_on=command.sent_on,
        document=command.document,
    )


def withdrawn(command: WithdrawQuotation, sourcing: Sourcing) -> QuotationWithdrawn:
    if all(each.id != command.quotation for each in sourcing.quotations):
        raise no.NoSuchQuotation(command.quotation)
    return QuotationWithdrawn(
        by=command.by,
        at=command.at,
        sourcing=sourcing.id,
        quotation=command.quotation,
        reason=command.reason,
    )


def compared(command: CompareQuotations, sourcing: Sourcing) -> QuotationsCompared:
    """Who collected the offers may compare them; who waived competition may not."""
    waivers = [each for each in sourcing.acts if each[0] is Duty.WAIVED_COMPETITION]
    nobody_twice(command.by, tuple(waivers))
    standing = sourcing.standing(command.at.date(), command.barred)
    ranked, stand = set(command.ranking), {each.id for each in standing}
    if not standing or ranked != stand or len(ranked) != len(command.ranking):
        raise no.RankingNotOfAll(tuple(sorted(stand - ranked)), tuple(sorted(ranked - stand)))
    if command.reason is Reason.LOWEST_PRICE:
        is_lowest(command.ranking[0], standing)
    return QuotationsCompared(
        by=command.by,
        at=command.at,
        sourcing=sourcing.id,
        ranking=command.ranking,
        reason=command.reason,
        dead=tuple(each.id for each in sourcing.quotations if each.id not in stand),
    )


def is_lowest(chosen: QuotationId, standing: tuple[Quotation, ...]) -> None:
    total = {each.id: each.total for each in standing}
    lowest = min(standing, key=lambda each: each.total)
    if lowest.total < total[chosen]:
        raise no.NotTheLowestPrice(lowest.id)


def voted(command: VoteOnAward, sourcing: Sourcing) -> AwardVoted:
    """Nobody votes who collected, compared or waived: the committee is others."""
    if sourcing.terms is None or not sourcing.terms.ask_for_votes:
        raise no.NoVoteAsked
    nobody_twice(command.by, sourcing.acts)
    if sourcing.comparison is None:
        raise no.NotCompared(len(sourcing.quotations))
    if command.quotation != sourcing.comparison.recommended:
        raise no.NotAsCompared(sourcing.comparison.recommended, sourcing.comparison.reason)
    if any(person == command.by for person, _ in sourcing.votes):
        raise no.VotedAlready(command.by)
    return AwardVoted(
        by=command.by,
        at=command.at,
        sourcing=sourcing.id,
        quotation=command.quotation,
        vote=command.vote,
    )


def as_compared(
    chosen: Quotation, reason: Reason | None, sourcing: Sourcing, standing: tuple[Quotation, ...]
) -> Reason:
    """Why this one: as the comparison says, which there has to be where several offers stand."""
    comparison = sourcing.comparison
    if comparison is None:
        if len(standing) > 1:
            raise no.NotCompared(len(standing))
        return reason or Reason.LOWEST_PRICE
    if chosen.id != comparison.recommended or reason not in (None, comparison.reason):
        raise no.NotAsCompared(comparison.recommended, comparison.reason)
    return comparison.reason


def on_its_terms(sourcing: Sourcing, value: Money, today: date, calendar: Calendar) -> None:
    """Vendors had their time to answer, and the committee agreed, where the value asks for it."""
    terms = sourcing.terms
    if terms is None:
        return
    working_days = terms.working_days(value)
    if working_days:
        if sourcing.asked_on is None:
            raise no.NotAskedInWriting(working_days, value)
        not_before = calendar.after(sourcing.asked_on, working_days)
        if today < not_before:
            raise no.DecidedTooSoon(working_days, not_before, value)
    needed = terms.votes(value)
    in_favour, against = sourcing.said(Vote.IN_FAVOUR), sourcing.said(Vote.AGAINST)
    if needed and (in_favour < needed or against >= needed):
        raise no.CommitteeHasNotAgreed(needed, in_favour, against, value)
