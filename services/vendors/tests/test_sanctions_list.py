"""Nobody alone takes names off a sanctions list; what two agreed on, two take back."""

from datetime import date

from msgspec.structs import asdict, replace
from services.vendors.tests.people import KARIM, NOON, YUSUF

from events.scenario import scenario
from events.values import SYSTEM, Code, Digest, PersonId
from vendors.domain.duties import ActedAlready, Duty
from vendors.domain.sanctions import (
    FIRST_AT_LEAST,
    Compared,
    ConfirmSanctionsList,
    DeclineListWithdrawal,
    DeclineSanctionsList,
    ListIsOlder,
    ListNotInForce,
    ListNotProposed,
    ListVersion,
    LoadSanctionsList,
    NoSuchList,
    ProposeListWithdrawal,
    SanctionsListCompared,
    SanctionsListConfirmed,
    SanctionsListDeclined,
    SanctionsListLoaded,
    SanctionsListProposed,
    SanctionsListWithdrawalDeclined,
    SanctionsListWithdrawalProposed,
    SanctionsListWithdrawn,
    WithdrawalNotProposed,
    WithdrawSanctionsList,
    sanctions_list,
)
from vendors.screening.lists import Listed
from vendors.screening.loading import compare

UN, WHY = Code("un"), Code("as_published")


def version(day: int, entries: int = 1000) -> ListVersion:
    return ListVersion(
        version=Code(f"2026-02-{day:02}"),
        dated=date(2026, 2, day),
        digest=Digest(f"{day:064x}"),
        entries=entries,
        names=3 * entries,
    )


REAL, NEXT, SHORT = version(6), version(13), version(20, entries=1)


def load(what: ListVersion, dropped: int | None = None, by: PersonId = KARIM) -> LoadSanctionsList:
    """Held against the real list, of which so many are not on it; None: nothing is in force."""
    held = None if dropped is None else Compared(against=REAL.digest, added=0, dropped=dropped)
    return LoadSanctionsList(by=by, at=NOON, source=UN, list=what, compared=held)


def loaded(what: ListVersion, by: PersonId = SYSTEM) -> SanctionsListLoaded:
    return SanctionsListLoaded(by=by, at=NOON, source=UN, **asdict(what))


def compared(what: ListVersion, dropped: int) -> SanctionsListCompared:
    return SanctionsListCompared(
        by=KARIM,
        at=NOON,
        source=UN,
        digest=what.digest,
        against=REAL.digest,
        added=0,
        dropped=dropped,
    )


def proposed(what: ListVersion, dropped: int | None, by: PersonId = KARIM) -> SanctionsListProposed:
    return SanctionsListProposed(by=by, at=NOON, source=UN, dropped=dropped, **asdict(what))


def confirm(what: ListVersion, by: PersonId = YUSUF) -> ConfirmSanctionsList:
    return ConfirmSanctionsList(by=by, at=NOON, digest=what.digest, reason=WHY)


def decline(what: ListVersion, by: PersonId = YUSUF) -> DeclineSanctionsList:
    return DeclineSanctionsList(by=by, at=NOON, digest=what.digest, reason=Code("cut_off"))


def declined(what: ListVersion) -> SanctionsListDeclined:
    return SanctionsListDeclined(
        by=YUSUF, at=NOON, source=UN, digest=what.digest, reason=Code("cut_off")
    )


def doubt(what: ListVersion) -> ProposeListWithdrawal:
    return ProposeListWithdrawal(by=KARIM, at=NOON, digest=what.digest, reason=Code("forged"))


def withdraw(what: ListVersion, by: PersonId = YUSUF) -> WithdrawSanctionsList:
    return WithdrawSanctionsList(by=by, at=NOON, digest=what.digest, reason=Code("forged"))


def doubted(what: ListVersion) -> SanctionsListWithdrawalProposed:
    return SanctionsListWithdrawalProposed(
        by=KARIM, at=NOON, source=UN, digest=what.digest, reason=Code("forged")
    )


def withdrawn(what: ListVersion) -> SanctionsListWithdrawn:
    return SanctionsListWithdrawn(
        by=YUSUF, at=NOON, source=UN, digest=what.digest, reason=Code("forged")
    )


confirmed = SanctionsListConfirmed(by=YUSUF, at=NOON, source=UN, digest=SHORT.digest, reason=WHY)
nothing = scenario(sanctions_list)
real = nothing.given(loaded(REAL))
waits = real.given(proposed(SHORT, 999))


def test_the_first_list_of_a_publisher_that_the_operator_loads_is_searched_at_once() -> None:
    nothing.when(load(REAL, by=SYSTEM)).then(loaded(REAL))
    real.when(load(REAL)).then()


def test_a_first_list_that_is_shorter_than_such_lists_are_waits_whoever_loads_it() -> None:
    few, enough = version(6, FIRST_AT_LEAST - 1), version(6, FIRST_AT_LEAST)
    nothing.when(load(few, by=SYSTEM)).then(proposed(few, None, by=SYSTEM))
    nothing.when(load(enough, by=SYSTEM)).then(loaded(enough))


def test_a_first_list_that_a_person_loads_waits_for_another() -> None:
    nothing.when(load(REAL)).then(proposed(REAL, None))
    first = nothing.given(proposed(REAL, None))
    first.when(load(REAL)).then()
    first.when(load(REAL, by=SYSTEM)).then(loaded(REAL))
    first.when(confirm(REAL, by=KARIM)).then_rejected(ActedAlready(KARIM, Duty.LOADED_LIST))
    first.when(confirm(REAL)).then(replace(confirmed, digest=REAL.digest), loaded(REAL, by=YUSUF))
    first.when(decline(REAL)).then(declined(REAL))
    first.given(declined(REAL)).when(load(NEXT)).then(proposed(NEXT, None))


def test_the_next_may_leave_out_a_tenth() -> None:
    real.when(load(NEXT, dropped=100)).then(compared(NEXT, 100), loaded(NEXT, by=KARIM))
    real.when(load(NEXT, dropped=101)).then(proposed(NEXT, 101))


def test_a_tenth_again_and_again_is_more_than_a_tenth() -> None:
    once = real.given(compared(NEXT, 60), loaded(NEXT))
    second = replace(load(SHORT), compared=Compared(NEXT.digest, added=0, dropped=60))
    once.when(second).then(proposed(SHORT, 60))
    agreed = once.given(proposed(SHORT, 60), confirmed, loaded(SHORT))
    assert agreed.when(load(SHORT)).state is not None
    state = sanctions_list.fold(agreed.facts)
    assert state is not None
    assert state.dropped == 0


def test_a_list_of_one_waits_for_another_person_whatever_its_date() -> None:
    real.when(load(SHORT, dropped=999)).then(proposed(SHORT, 999))
    waits.when(load(SHORT, dropped=999)).then()
    state = sanctions_list.fold(waits.facts)
    assert state is not None
    assert state.in_force == REAL


def test_what_was_held_against_another_list_than_stands_waits() -> None:
    late = replace(load(SHORT), compared=Compared(NEXT.digest, added=0, dropped=0))
    real.when(late).then(proposed(SHORT, 0))
    real.when(load(SHORT)).then(proposed(SHORT, None))


def test_who_loaded_it_does_not_confirm_it() -> None:
    waits.when(confirm(SHORT, by=KARIM)).then_rejected(ActedAlready(KARIM, Duty.LOADED_LIST))
    waits.when(confirm(SHORT)).then(confirmed, loaded(SHORT, by=YUSUF))


def test_only_what_waits_is_confirmed() -> None:
    nothing.when(confirm(REAL)).then_rejected(NoSuchList())
    real.when(confirm(REAL)).then_rejected(ListNotProposed(REAL.digest))
    waits.when(confirm(NEXT)).then_rejected(ListNotProposed(NEXT.digest))
    overtaken = waits.given(compared(NEXT, 0), loaded(NEXT))
    overtaken.when(confirm(SHORT)).then_rejected(ListNotProposed(SHORT.digest))


def test_another_than_who_loaded_it_declines_it() -> None:
    waits.when(decline(SHORT, by=KARIM)).then_rejected(ActedAlready(KARIM, Duty.LOADED_LIST))
    waits.when(decline(NEXT)).then_rejected(ListNotProposed(NEXT.digest))
    waits.when(decline(SHORT)).then(declined(SHORT))
    over = waits.given(declined(SHORT))
    over.when(confirm(SHORT)).then_rejected(ListNotProposed(SHORT.digest))
    over.when(load(SHORT, dropped=999)).then(proposed(SHORT, 999))
    over.when(load(SHORT, dropped=0)).then(proposed(SHORT, 0))
    over.when(load(NEXT, dropped=0)).then(compared(NEXT, 0), loaded(NEXT, by=KARIM))


wrong = waits.given(confirmed, loaded(SHORT, by=YUSUF))


def test_two_persons_withdraw_a_wrong_list_and_the_one_before_is_in_force() -> None:
    wrong.when(load(NEXT, dropped=0)).then_rejected(ListIsOlder(NEXT.dated, SHORT.dated))
    wrong.when(withdraw(SHORT)).then_rejected(WithdrawalNotProposed(SHORT.digest))
    wrong.when(doubt(SHORT)).then(doubted(SHORT))
    asked = wrong.given(doubted(SHORT))
    asked.when(doubt(SHORT)).then()
    asked.when(withdraw(SHORT, by=KARIM)).then_rejected(
        ActedAlready(KARIM, Duty.PROPOSED_WITHDRAWAL)
    )
    asked.when(withdraw(SHORT)).then(withdrawn(SHORT), loaded(REAL, by=YUSUF))


def test_a_doubted_list_stays_when_another_person_finds_it_right() -> None:
    right = DeclineListWithdrawal(by=YUSUF, at=NOON, digest=SHORT.digest, reason=WHY)
    wrong.when(right).then_rejected(WithdrawalNotProposed(SHORT.digest))
    asked = wrong.given(doubted(SHORT))
    asked.when(replace(right, by=KARIM)).then_rejected(
        ActedAlready(KARIM, Duty.PROPOSED_WITHDRAWAL)
    )
    asked.when(replace(right, digest=REAL.digest)).then_rejected(ListNotInForce(REAL.digest))
    stays = SanctionsListWithdrawalDeclined(
        by=YUSUF, at=NOON, source=UN, digest=SHORT.digest, reason=WHY
    )
    asked.when(right).then(stays)
    asked.given(stays).when(withdraw(SHORT)).then_rejected(WithdrawalNotProposed(SHORT.digest))


over = wrong.given(doubted(SHORT), withdrawn(SHORT), loaded(REAL, by=YUSUF))


def test_after_it_the_next_is_loaded_and_the_wrong_one_never_by_one_person() -> None:
    over.when(load(NEXT, dropped=0)).then(compared(NEXT, 0), loaded(NEXT, by=KARIM))
    over.when(load(SHORT, dropped=0)).then(proposed(SHORT, 0))
    over.when(doubt(SHORT)).then_rejected(ListNotInForce(SHORT.digest))


def test_where_there_was_none_before_nothing_is_in_force_until_two_agree() -> None:
    alone = real.given(doubted(REAL))
    alone.when(withdraw(REAL)).then(withdrawn(REAL))
    empty = alone.given(withdrawn(REAL))
    empty.when(load(NEXT)).then(proposed(NEXT, None))
    empty.when(withdraw(REAL)).then_rejected(ListNotInForce(REAL.digest))


def test_an_entry_that_keeps_its_number_and_loses_a_name_is_dropped() -> None:
    before = [Listed("QDi.1", "A B", weak=False, person=True)]
    before += [Listed("QDi.1", "C D", weak=False, person=True)]
    before += [Listed("QDi.2", "E F", weak=False, person=True)]
    after = [before[0], before[2], Listed("QDi.3", "G H", weak=False, person=True)]
    assert compare(REAL.digest, before, after) == Compared(REAL.digest, added=1, dropped=1)
