"""What somebody looked up by hand: it stands below what the platform finds, and clears nothing."""

from datetime import timedelta

from msgspec.structs import replace
from services.vendors.tests.people import KARIM, NADIA, NOON, OVENS, SAMIR, YUSUF
from services.vendors.tests.test_searching import LISTS, ONE, cleared, searched, suspected
from services.vendors.tests.test_searching import decide as decide_match
from services.vendors.tests.test_searching import screened as screened_by_the_platform
from services.vendors.tests.test_vendor import (
    TODAY,
    approved_by_karim,
    clear,
    proposed_by_nadia,
    screened,
    screening,
)

from events.scenario import scenario
from events.values import Code, Digest
from vendors.domain.duties import ActedAlready, Duty
from vendors.domain.searching import (
    MatchUndecided,
    SanctionsMatchSuspected,
    StillListed,
    Verdict,
    by_hand,
)
from vendors.domain.vendor import vendor
from vendors.domain.vendor.facts import VendorSuspended
from vendors.domain.vendor.kinds import POSSIBLE_MATCH, Result
from vendors.domain.vendor.refusals import (
    ScreeningInThePast,
    ScreeningNotClear,
    SearchedByThePlatform,
)

proposed = scenario(vendor).given(proposed_by_nadia)
possible = screening(Result.POSSIBLE_MATCH)
MATCH = by_hand(possible, OVENS)
found_by_samir = SanctionsMatchSuspected(by=SAMIR, at=NOON, vendor=OVENS, match=MATCH)
suspended = VendorSuspended(by=SAMIR, at=NOON, vendor=OVENS, reason=POSSIBLE_MATCH)


def test_the_proposer_does_not_screen_their_own_vendor() -> None:
    by_nadia = replace(screening(Result.CLEAR), by=NADIA)
    proposed.when(by_nadia).then_rejected(ActedAlready(NADIA, Duty.PROPOSED))
    proposed.when(screening(Result.CLEAR)).then(clear)


def test_it_is_recorded_on_the_day_on_which_it_is_made() -> None:
    for days in (1, 45_000):
        earlier = TODAY - timedelta(days=days)
        proposed.when(screening(Result.CLEAR, on=earlier)).then_rejected(
            ScreeningInThePast(earlier)
        )


def test_it_does_not_stand_above_what_the_platform_found_that_day() -> None:
    known = proposed.given(searched(), screened_by_the_platform(Result.CLEAR))
    known.when(screening(Result.CLEAR)).then_rejected(SearchedByThePlatform(TODAY))
    tomorrow = TODAY + timedelta(days=1)
    later = replace(screening(Result.CLEAR, on=tomorrow), at=NOON + timedelta(days=1))
    known.when(later).then(replace(screened(Result.CLEAR, on=tomorrow), at=later.at))


def test_it_clears_nothing_that_is_open() -> None:
    waits = proposed.given(
        searched(ONE), suspected(ONE), screened_by_the_platform(Result.POSSIBLE_MATCH)
    )
    waits.when(screening(Result.CLEAR)).then_rejected(MatchUndecided(1))
    found = proposed.given(found_by_samir, screened(Result.POSSIBLE_MATCH))
    found.when(screening(Result.CLEAR)).then_rejected(MatchUndecided(1))
    before_matches = proposed.given(screened(Result.POSSIBLE_MATCH))
    refusal = ScreeningNotClear(Code("UN"), Code("2026-02-27"))
    before_matches.when(screening(Result.CLEAR)).then_rejected(refusal)


def test_a_possible_match_by_hand_suspends_at_once_and_waits() -> None:
    approved = proposed.given(clear, approved_by_karim)
    approved.when(possible).then(found_by_samir, screened(Result.POSSIBLE_MATCH), suspended)


def test_another_than_who_found_it_decides_with_reasons() -> None:
    waits = proposed.given(found_by_samir, screened(Result.POSSIBLE_MATCH))
    by_samir = replace(decide_match(MATCH), by=SAMIR)
    waits.when(by_samir).then_rejected(ActedAlready(SAMIR, Duty.SCREENED))
    waits.when(replace(by_samir, by=NADIA)).then_rejected(ActedAlready(NADIA, Duty.PROPOSED))
    waits.when(decide_match(MATCH)).then(cleared(MATCH), screened(Result.CLEAR, by=KARIM))


def test_it_does_not_lapse_because_a_search_does_not_find_it() -> None:
    waits = proposed.given(found_by_samir, screened(Result.POSSIBLE_MATCH), searched())
    lapse = replace(decide_match(MATCH, Verdict.NO_LONGER_LISTED), by=YUSUF)
    waits.when(lapse).then_rejected(StillListed(MATCH))


def test_each_that_is_found_waits_for_itself() -> None:
    again = replace(possible, at=NOON + timedelta(hours=1))
    assert len({MATCH, by_hand(again, OVENS), Digest(LISTS)}) == 3
