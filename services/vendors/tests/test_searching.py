"""What the platform finds on the lists, and who decides it."""

import pytest
from msgspec.structs import replace
from services.vendors.tests.people import KARIM, NADIA, NOON, OVENS
from services.vendors.tests.test_vendor import (
    TODAY,
    approve,
    approved_by_karim,
    clear,
    proposed_by_nadia,
    screening,
)

from events.scenario import scenario
from events.values import SYSTEM, Code, Digest
from vendors.domain.duties import ActedAlready, Duty
from vendors.domain.searching import (
    Debarred,
    DecideMatch,
    MatchUndecided,
    NoSuchMatch,
    NotSearchedOnTheseLists,
    RecordSearch,
    RecordVendorOwner,
    SanctionsMatchCleared,
    SanctionsMatchConfirmed,
    SanctionsMatchLapsed,
    SanctionsMatchSuspected,
    StillListed,
    VendorDebarred,
    VendorOwnerRecorded,
    VendorSearched,
    Verdict,
)
from vendors.domain.vendor import vendor
from vendors.domain.vendor.facts import VendorScreened, VendorSuspended
from vendors.domain.vendor.kinds import CONFIRMED_MATCH, POSSIBLE_MATCH, Result
from vendors.domain.vendor.refusals import ScreeningNotClear
from vendors.domain.vendor.requests import VendorCommand

LISTS, OTHER_LISTS = Digest("1" * 64), Digest("2" * 64)
ONE, TWO = Digest("a" * 64), Digest("b" * 64)
WHY = "Born 1981 in Mosul by the trade register; the listed man was born 1958 in Basra."


def search(*found: Digest, lists: Digest = LISTS) -> RecordSearch:
    return RecordSearch(
        by=SYSTEM,
        at=NOON,
        list_set=Code("un"),
        list_version=Code("2026-02-27"),
        lists=lists,
        names=2,
        found=found,
    )


def searched(*found: Digest, lists: Digest = LISTS) -> VendorSearched:
    return VendorSearched(by=SYSTEM, at=NOON, vendor=OVENS, lists=lists, names=2, found=found)


def screened(result: Result) -> VendorScreened:
    return VendorScreened(
        by=SYSTEM,
        at=NOON,
        vendor=OVENS,
        list_set=Code("un"),
        list_version=Code("2026-02-27"),
        on=TODAY,
        result=result,
    )


def suspected(match: Digest) -> SanctionsMatchSuspected:
    return SanctionsMatchSuspected(by=SYSTEM, at=NOON, vendor=OVENS, match=match)


def decide(match: Digest, verdict: Verdict = Verdict.FALSE_POSITIVE) -> DecideMatch:
    return DecideMatch(
        by=KARIM,
        at=NOON,
        match=match,
        verdict=verdict,
        reason=Code("born_elsewhere"),
        reasoning=WHY,
    )


def cleared(match: Digest) -> SanctionsMatchCleared:
    return SanctionsMatchCleared(
        by=KARIM,
        at=NOON,
        vendor=OVENS,
        match=match,
        reason=Code("born_elsewhere"),
        reasoning=WHY,
    )


lapsed = SanctionsMatchLapsed(
    by=KARIM, at=NOON, vendor=OVENS, match=ONE, reason=Code("born_elsewhere"), reasoning=WHY
)
suspended = VendorSuspended(by=SYSTEM, at=NOON, vendor=OVENS, reason=POSSIBLE_MATCH)
clear_by_karim = VendorScreened(
    by=KARIM,
    at=NOON,
    vendor=OVENS,
    list_set=Code("un"),
    list_version=Code("2026-02-27"),
    on=TODAY,
    result=Result.CLEAR,
)
debarred = VendorDebarred(by=KARIM, at=NOON, vendor=OVENS, reason=CONFIRMED_MATCH)
possible = (searched(ONE), suspected(ONE), screened(Result.POSSIBLE_MATCH))
proposed = scenario(vendor).given(proposed_by_nadia)
approved = proposed.given(clear, approved_by_karim)


def test_nobody_like_the_vendor_is_listed() -> None:
    proposed.when(search()).then(searched(), screened(Result.CLEAR))


def test_a_vendor_whose_names_are_erased_is_not_found_clear() -> None:
    nobody = proposed.when(replace(search(), names=0))
    nobody.then(replace(searched(), names=0))


def test_a_possible_match_suspends_at_once_and_each_waits_for_a_person() -> None:
    approved.when(search(ONE, TWO)).then(
        searched(ONE, TWO),
        suspected(ONE),
        suspected(TWO),
        screened(Result.POSSIBLE_MATCH),
        suspended,
    )


def test_what_waits_already_is_not_suspected_twice() -> None:
    waiting = approved.given(*possible, suspended)
    waiting.when(search(ONE, TWO, lists=OTHER_LISTS)).then(
        searched(ONE, TWO, lists=OTHER_LISTS), suspected(TWO), screened(Result.POSSIBLE_MATCH)
    )


def test_nobody_is_approved_while_a_match_waits_nor_screens_it_away() -> None:
    waiting = proposed.given(*possible)
    waiting.when(approve).then_rejected(ScreeningNotClear(Code("un"), Code("2026-02-27")))
    waiting.when(screening(Result.CLEAR)).then_rejected(MatchUndecided(1))


def test_a_false_positive_is_decided_with_a_reason_and_the_screening_is_clear() -> None:
    waiting = proposed.given(*possible)
    waiting.when(decide(ONE)).then(cleared(ONE), clear_by_karim)
    decided = waiting.given(cleared(ONE), clear_by_karim)
    decided.when(replace(approve, lists=LISTS)).then(approved_by_karim)


def test_only_the_last_of_several_makes_it_clear() -> None:
    waiting = proposed.given(
        searched(ONE, TWO), suspected(ONE), suspected(TWO), screened(Result.POSSIBLE_MATCH)
    )
    waiting.when(decide(ONE)).then(cleared(ONE))
    waiting.given(cleared(ONE)).when(decide(TWO)).then(cleared(TWO), clear_by_karim)


def test_who_was_found_to_be_another_is_not_asked_about_again() -> None:
    decided = approved.given(*possible, suspended, cleared(ONE), clear_by_karim)
    decided.when(search(ONE, lists=OTHER_LISTS)).then(
        searched(ONE, lists=OTHER_LISTS), screened(Result.CLEAR)
    )


def test_no_search_closes_a_match_though_its_entry_left_the_list() -> None:
    waiting = approved.given(*possible, suspended)
    waiting.when(search(lists=OTHER_LISTS)).then(
        searched(lists=OTHER_LISTS), screened(Result.POSSIBLE_MATCH)
    )
    waiting.given(searched(lists=OTHER_LISTS)).when(search()).then(
        searched(), screened(Result.POSSIBLE_MATCH)
    )


def test_the_decision_on_it_says_that_it_is_listed_no_more() -> None:
    lapse = decide(ONE, Verdict.NO_LONGER_LISTED)
    waiting = proposed.given(*possible)
    waiting.when(lapse).then_rejected(StillListed(ONE))
    gone = waiting.given(searched(lists=OTHER_LISTS), screened(Result.POSSIBLE_MATCH))
    gone.when(replace(lapse, by=NADIA)).then_rejected(ActedAlready(NADIA, Duty.PROPOSED))
    gone.when(lapse).then(lapsed, clear_by_karim)


def test_a_match_that_returns_to_the_list_is_asked_about_again() -> None:
    lapsed_once = proposed.given(*possible, searched(), lapsed, clear_by_karim)
    lapsed_once.when(search(ONE)).then(
        searched(ONE), suspected(ONE), screened(Result.POSSIBLE_MATCH)
    )


def test_nobody_is_approved_on_other_lists_than_those_in_force() -> None:
    found_clear = proposed.given(searched(), screened(Result.CLEAR))
    for lists in (OTHER_LISTS, None):
        found_clear.when(replace(approve, lists=lists)).then_rejected(NotSearchedOnTheseLists())
    found_clear.when(replace(approve, lists=LISTS)).then(approved_by_karim)
    by_hand = proposed.given(clear)
    by_hand.when(replace(approve, lists=LISTS)).then_rejected(NotSearchedOnTheseLists())


def test_the_proposer_does_not_decide() -> None:
    by_nadia = DecideMatch(
        by=NADIA,
        at=NOON,
        match=ONE,
        verdict=Verdict.FALSE_POSITIVE,
        reason=Code("known_to_me"),
        reasoning=WHY,
    )
    refusal = ActedAlready(NADIA, Duty.PROPOSED)
    proposed.given(*possible).when(by_nadia).then_rejected(refusal)


def test_what_does_not_wait_is_not_decided() -> None:
    proposed.given(*possible).when(decide(TWO)).then_rejected(NoSuchMatch(TWO))
    decided = proposed.given(*possible, cleared(ONE), clear_by_karim)
    decided.when(decide(ONE)).then_rejected(NoSuchMatch(ONE))


confirmed = SanctionsMatchConfirmed(
    by=KARIM, at=NOON, vendor=OVENS, match=ONE, reason=Code("born_elsewhere"), reasoning=WHY
)


def test_a_confirmed_match_debars() -> None:
    waiting = approved.given(*possible, suspended)
    waiting.when(decide(ONE, Verdict.CONFIRMED)).then(confirmed, debarred)


@pytest.mark.parametrize(
    "command", [approve, screening(Result.CLEAR), decide(TWO), search(ONE, TWO)]
)
def test_nothing_brings_a_debarred_vendor_back(command: VendorCommand) -> None:
    over = approved.given(*possible, suspended, confirmed, debarred)
    if isinstance(command, RecordSearch):
        over.when(command).then()
    else:
        over.when(command).then_rejected(Debarred())


def test_an_owner_makes_the_vendor_due() -> None:
    name = {"name": "قسور تلحوني", "latin_name": "Qaswar Talhuni"}
    record = RecordVendorOwner(by=NADIA, at=NOON, **name)
    owner = VendorOwnerRecorded(by=NADIA, at=NOON, vendor=OVENS, **name)
    told = proposed.given(searched(), screened(Result.CLEAR)).when(record)
    told.then(owner)
    assert told.state is not None
    assert told.state.matches.is_due_for_its_names
