"""Offers held against each other: the dead left out, compared, waited for and voted on."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from services.vendors.tests.offers import (
    IRAQ,
    SARA,
    SOURCING,
    TODAY,
    compared,
    dinars,
    lately,
    offer,
    record,
    requested,
    select,
    selected,
    three_offers,
)
from services.vendors.tests.people import (
    BUYING,
    FLOUR,
    KARIM,
    LINA,
    NADIA,
    NOON,
    OVENS,
    PETRA,
    STEEL,
    eur,
    need,
)

from events.scenario import scenario
from events.values import Code, CommitmentId, Digest, PersonId, QuotationId, VendorId
from vendors.domain.duties import ActedAlready, Duty
from vendors.domain.sourcing import sourcing
from vendors.domain.sourcing.facts import (
    AwardTakenBack,
    AwardVoted,
    CompetitionTermsNamed,
    CompetitionWaived,
    QuotationWithdrawn,
    SourcingCancelled,
    WrittenRequestSent,
)
from vendors.domain.sourcing.kinds import Reason, Stage, Vote
from vendors.domain.sourcing.refusals import (
    AskedInWritingAlready,
    CommittedAlready,
    CommitteeHasNotAgreed,
    CounsellorTakesNoPart,
    DecidedTooSoon,
    LetterFromTheFuture,
    NoSuchQuotation,
    NotAsCompared,
    NotAskedInWriting,
    NotCompared,
    NotTheLowestPrice,
    NoVoteAsked,
    QuotationExpired,
    RankingNotOfAll,
    SameDocument,
    SourcingIsAt,
    TooFewQuotations,
    VotedAlready,
    WaiverNotAllowed,
)
from vendors.domain.sourcing.requests import (
    CancelSourcing,
    CompareQuotations,
    RecordWrittenRequest,
    RequestQuotations,
    TakeBackAward,
    VoteOnAward,
    WithdrawQuotation,
)
from vendors.domain.terms import Demand, Quorum, Terms

YESTERDAY = TODAY - timedelta(days=1)
ZUZANA, PETER = PersonId("per_zuzana"), PersonId("per_peter")
TERMS = Terms(
    demands=(
        Demand(below=eur(150)),
        Demand(below=eur(1500)),
        Demand(below=eur(15_000), written_working_days=5, committee=True),
    ),
    quorum=(Quorum(up_to=eur(5000), members=2), Quorum(up_to=None, members=3)),
)
on_terms = CompetitionTermsNamed(
    by=NADIA, at=NOON, sourcing=SOURCING, country=Code("IQ"), terms=TERMS
)
LETTER = Digest("e" * 64)
by_letter = WrittenRequestSent(by=NADIA, at=NOON, sourcing=SOURCING, sent_on=TODAY, document=LETTER)
IN_A_MONTH = NOON + timedelta(days=29)


def compare(
    *numbers: int,
    by: PersonId = NADIA,
    reason: Reason = Reason.LOWEST_PRICE,
    barred: frozenset[VendorId] = frozenset(),
) -> CompareQuotations:
    ranking = tuple(QuotationId(f"quo_{number}") for number in numbers)
    return CompareQuotations(by=by, at=NOON, ranking=ranking, reason=reason, barred=barred)


def vote(by: PersonId, vote: Vote = Vote.IN_FAVOUR, quotation: int = 1) -> VoteOnAward:
    return VoteOnAward(by=by, at=NOON, quotation=QuotationId(f"quo_{quotation}"), vote=vote)


def voted(by: PersonId, vote: Vote = Vote.IN_FAVOUR) -> AwardVoted:
    return AwardVoted(by=by, at=NOON, sourcing=SOURCING, quotation=QuotationId("quo_1"), vote=vote)


# Compared


def test_all_offers_are_compared_and_the_first_of_them_is_selected_by_another() -> None:
    story = scenario(sourcing).given(requested(eur(1000)), *three_offers)
    story.when(select()).then_rejected(NotCompared(3))
    story.when(compare(1, 2, 3)).then(compared(1, 2, 3))
    story.given(compared(1, 2, 3)).when(select()).then(selected())


def test_a_comparison_leaves_no_offer_out_and_ranks_none_twice() -> None:
    story = scenario(sourcing).given(requested(eur(1000)), *three_offers)
    third, fourth = QuotationId("quo_3"), QuotationId("quo_4")
    story.when(compare(1, 2)).then_rejected(RankingNotOfAll((third,), ()))
    story.when(compare(1, 2, 3, 4)).then_rejected(RankingNotOfAll((), (fourth,)))
    story.when(compare(1, 2, 3, 3)).then_rejected(RankingNotOfAll((), ()))


def test_a_dearer_offer_is_recommended_for_another_reason_than_its_price() -> None:
    story = scenario(sourcing).given(requested(eur(1000)), *three_offers)
    story.when(compare(2, 1, 3)).then_rejected(NotTheLowestPrice(QuotationId("quo_1")))
    sooner = compared(2, 1, 3, reason=Reason.DELIVERY_TIME)
    story.when(compare(2, 1, 3, reason=Reason.DELIVERY_TIME)).then(sooner)
    chosen = replace(
        selected(reason=Reason.DELIVERY_TIME),
        vendor=FLOUR,
        quotation=QuotationId("quo_2"),
        amount=dinars(2600),
    )
    story.given(sooner).when(select(FLOUR)).then(chosen)


def test_nothing_else_is_selected_than_what_the_comparison_recommends_and_why() -> None:
    story = scenario(sourcing).given(requested(eur(1000)), *three_offers, compared(1, 2, 3))
    refusal = NotAsCompared(QuotationId("quo_1"), Reason.LOWEST_PRICE)
    story.when(select(FLOUR)).then_rejected(refusal)
    story.when(select(reason=Reason.BEST_VALUE)).then_rejected(refusal)


def test_another_offer_makes_the_comparison_void_and_the_votes_with_it() -> None:
    two = three_offers[:2]
    story = scenario(sourcing).given(
        requested(eur(2000)), on_terms, by_letter, *two, compared(1, 2)
    )
    later = story.given(voted(ZUZANA), three_offers[2])
    later.when(select(at=IN_A_MONTH)).then_rejected(NotCompared(3))
    (
        later.given(compared(1, 2, 3))
        .when(select(at=IN_A_MONTH))
        .then_rejected(CommitteeHasNotAgreed(2, 0, 0, eur(2000)))
    )


def test_who_compared_does_not_select_and_who_waived_does_not_compare() -> None:
    by_sara = replace(compared(1, 2, 3), by=SARA)
    story = scenario(sourcing).given(requested(eur(1000)), *three_offers)
    (
        story.given(by_sara)
        .when(select(by=SARA))
        .then_rejected(ActedAlready(SARA, Duty.COMPARED_QUOTATIONS))
    )
    waived = CompetitionWaived(
        by=PETRA, at=NOON, sourcing=SOURCING, reason=Code("emergency"), expires=TODAY
    )
    (
        story.given(waived)
        .when(compare(1, 2, 3, by=PETRA))
        .then_rejected(ActedAlready(PETRA, Duty.WAIVED_COMPETITION))
    )
    story.when(compare(1, 2, 3, by=LINA)).then_rejected(CounsellorTakesNoPart(LINA))


# Dead offers


def test_an_offer_that_has_expired_counts_for_nothing() -> None:
    expired = offer(STEEL, 2710, YESTERDAY)
    story = scenario(sourcing).given(requested(eur(1000)), *three_offers[:2], expired)
    story.when(select()).then_rejected(TooFewQuotations(needed=3, received=2, value=eur(1000)))
    story.when(compare(1, 2)).then(compared(1, 2, dead=(3,)))


def test_nor_does_one_of_a_vendor_that_is_suspended_or_debarred() -> None:
    story = scenario(sourcing).given(requested(eur(1000)), *three_offers)
    dead = frozenset({STEEL})
    story.when(compare(1, 2, barred=dead)).then(compared(1, 2, dead=(3,)))
    (
        story.given(compared(1, 2, dead=(3,)))
        .when(select(barred=dead))
        .then_rejected(TooFewQuotations(needed=3, received=2, value=eur(1000)))
    )


def test_the_lowest_of_the_dead_is_not_the_lowest() -> None:
    cheap = offer(FLOUR, 100, YESTERDAY)
    story = scenario(sourcing).given(requested(eur(100)), three_offers[0], cheap)
    story.when(select()).then(selected(quotations=1))


def test_a_vendor_takes_its_offer_back_and_makes_another() -> None:
    gone = QuotationWithdrawn(
        by=NADIA,
        at=NOON,
        sourcing=SOURCING,
        quotation=QuotationId("quo_2"),
        reason=Code("sold_out"),
    )
    ask = WithdrawQuotation(
        by=NADIA, at=NOON, quotation=QuotationId("quo_2"), reason=Code("sold_out")
    )
    story = scenario(sourcing).given(requested(eur(1000)), *three_offers, compared(1, 2, 3))
    story.when(ask).then(gone)
    after = story.given(gone)
    after.when(ask).then_rejected(NoSuchQuotation(QuotationId("quo_2")))
    after.when(select()).then_rejected(TooFewQuotations(needed=3, received=2, value=eur(1000)))
    again = record(FLOUR, dinars(2500), quotation=QuotationId("quo_4"))
    after.when(again).then_rejected(SameDocument(QuotationId("quo_2")))


# The terms of the value: working days, and a committee


def test_the_terms_are_named_when_offers_are_asked_for() -> None:
    wanted = replace(need(eur(1000)), terms=TERMS, country=Code("IQ"))
    ask = RequestQuotations(by=NADIA, at=NOON, sourcing=SOURCING, need=wanted)
    scenario(sourcing).when(ask).then(requested(eur(1000)), on_terms)


agreed = (voted(ZUZANA), voted(PETER))


def test_vendors_have_five_working_days_to_answer() -> None:
    """Asked on Monday the 2nd; Thursday is a holiday, Friday and Saturday are Baghdad's rest."""
    big = scenario(sourcing).given(
        requested(eur(2000)), on_terms, by_letter, *three_offers, compared(1, 2, 3), *agreed
    )
    first = date(2026, 3, 10)
    assert IRAQ.after(TODAY, 5) == first
    for at in (NOON, NOON + timedelta(days=7)):
        big.when(select(at=at)).then_rejected(DecidedTooSoon(5, first, eur(2000)))
    on_the_day = NOON + timedelta(days=8)
    big.when(select(at=on_the_day)).then(replace(selected(), at=on_the_day))


def test_a_purchase_of_that_value_is_asked_for_in_writing() -> None:
    story = scenario(sourcing).given(
        requested(eur(2000)), on_terms, *three_offers, compared(1, 2, 3), *agreed
    )
    story.when(select(at=IN_A_MONTH)).then_rejected(NotAskedInWriting(5, eur(2000)))


def test_a_letter_is_recorded_once_and_not_before_it_was_sent() -> None:
    story = scenario(sourcing).given(requested(eur(2000)), on_terms)
    letter = RecordWrittenRequest(by=NADIA, at=NOON, sent_on=TODAY, document=LETTER)
    story.when(letter).then(by_letter)
    story.given(by_letter).when(replace(letter, sent_on=YESTERDAY)).then_rejected(
        AskedInWritingAlready(TODAY)
    )
    tomorrow = TODAY + timedelta(days=1)
    story.when(replace(letter, sent_on=tomorrow)).then_rejected(LetterFromTheFuture(tomorrow))
    story.when(replace(letter, by=LINA)).then_rejected(CounsellorTakesNoPart(LINA))


def test_a_small_purchase_that_counts_with_others_waits_and_is_voted_on_as_they_do() -> None:
    story = scenario(sourcing).given(
        requested(eur(1000)), on_terms, by_letter, *three_offers, compared(1, 2, 3)
    )
    story.when(select()).then(selected())
    together = select(OVENS, KARIM, None, lately(eur(1000)))
    story.when(together).then_rejected(DecidedTooSoon(5, date(2026, 3, 10), eur(2000)))
    (
        story.when(replace(together, at=IN_A_MONTH)).then_rejected(
            CommitteeHasNotAgreed(2, 0, 0, eur(2000))
        )
    )


@pytest.mark.parametrize(
    ("estimate", "votes", "needed"),
    [(2000, (), 2), (2000, (ZUZANA,), 2), (6000, (ZUZANA, PETER), 3)],
)
def test_so_many_members_agree_as_the_programme_says_for_the_value(
    estimate: int, votes: tuple[PersonId, ...], needed: int
) -> None:
    (
        scenario(sourcing)
        .given(requested(eur(estimate)), on_terms, by_letter, *three_offers, compared(1, 2, 3))
        .given(*(voted(each) for each in votes))
        .when(select(at=IN_A_MONTH))
        .then_rejected(CommitteeHasNotAgreed(needed, len(votes), 0, eur(estimate)))
    )


def test_a_quorum_against_stands_above_a_quorum_in_favour() -> None:
    against = (voted(SARA, Vote.AGAINST), voted(PersonId("per_omar"), Vote.AGAINST))
    (
        scenario(sourcing)
        .given(requested(eur(2000)), on_terms, by_letter, *three_offers, compared(1, 2, 3))
        .given(*agreed, *against)
        .when(select(at=IN_A_MONTH))
        .then_rejected(CommitteeHasNotAgreed(2, 2, 2, eur(2000)))
    )


def test_a_member_votes_once_on_what_is_recommended_and_has_no_other_part_in_it() -> None:
    story = scenario(sourcing).given(requested(eur(2000)), on_terms, *three_offers)
    story.when(vote(ZUZANA)).then_rejected(NotCompared(3))
    ranked = story.given(compared(1, 2, 3))
    ranked.when(vote(ZUZANA)).then(voted(ZUZANA))
    ranked.when(vote(ZUZANA, quotation=2)).then_rejected(
        NotAsCompared(QuotationId("quo_1"), Reason.LOWEST_PRICE)
    )
    ranked.given(voted(ZUZANA)).when(vote(ZUZANA, Vote.AGAINST)).then_rejected(VotedAlready(ZUZANA))
    ranked.when(vote(NADIA)).then_rejected(ActedAlready(NADIA, Duty.COLLECTED_QUOTATIONS))
    ranked.when(vote(LINA)).then_rejected(CounsellorTakesNoPart(LINA))


def test_where_no_committee_is_asked_nobody_votes() -> None:
    story = scenario(sourcing).given(requested(eur(1000)), *three_offers, compared(1, 2, 3))
    story.when(vote(ZUZANA)).then_rejected(NoVoteAsked())


def test_a_waiver_for_a_small_value_is_none_for_what_it_adds_up_to() -> None:
    waived = CompetitionWaived(
        by=PETRA, at=NOON, sourcing=SOURCING, reason=Code("emergency"), expires=TODAY
    )
    (
        scenario(sourcing)
        .given(requested(eur(1000)), three_offers[0], waived)
        .when(select(OVENS, KARIM, None, lately(eur(1000))))
        .then_rejected(WaiverNotAllowed(None, Code("emergency"), BUYING.bands[2].waiver_for))
    )


def test_a_search_is_given_up_once() -> None:
    give_up = CancelSourcing(by=NADIA, at=NOON, reason=Code("not_needed"))
    gone = SourcingCancelled(by=NADIA, at=NOON, sourcing=SOURCING, reason=Code("not_needed"))
    story = scenario(sourcing).given(requested(eur(1000)), *three_offers)
    story.when(give_up).then(gone)
    story.given(gone).when(select()).then_rejected(SourcingIsAt(Stage.CANCELLED, Stage.OPENED))


def test_an_expired_offer_is_not_selected_though_it_was_recommended() -> None:
    (
        scenario(sourcing)
        .given(requested(eur(1000)), offer(OVENS, 2423, YESTERDAY), *three_offers[1:])
        .given(compared(1, 2, 3))
        .when(select())
        .then_rejected(QuotationExpired(YESTERDAY))
    )


take_back = TakeBackAward(by=NADIA, at=NOON, reason=Code("never_delivered"), committed=())


def test_another_than_who_selected_takes_an_award_back() -> None:
    done = (requested(eur(1000)), *three_offers, compared(1, 2, 3), selected())
    gone = AwardTakenBack(
        by=NADIA,
        at=NOON,
        sourcing=SOURCING,
        item=selected().item,
        case=selected().case,
        vendor=OVENS,
        reason=Code("never_delivered"),
    )
    scenario(sourcing).given(*done).when(take_back).then(gone)
    own = ActedAlready(KARIM, Duty.SELECTED)
    scenario(sourcing).given(*done).when(replace(take_back, by=KARIM)).then_rejected(own)
    counsellor = replace(take_back, by=LINA)
    refusal = CounsellorTakesNoPart(LINA)
    scenario(sourcing).given(*done).when(counsellor).then_rejected(refusal)
    bought = (CommitmentId("com_1"),)
    ordered = replace(take_back, committed=bought)
    scenario(sourcing).given(*done).when(ordered).then_rejected(CommittedAlready(bought))
    again = SourcingIsAt(stage=Stage.TAKEN_BACK, needed=Stage.AWARDED)
    scenario(sourcing).given(*done, gone).when(take_back).then_rejected(again)
