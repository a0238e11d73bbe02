"""Before a payment is released its vendor is looked for on the sanctions lists again (S4)."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from services.disbursement.tests import cashier as told
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.payment_asks import COUNTS_FOR, put_in, sign
from services.disbursement.tests.people import (
    ACCOUNT,
    FILE,
    IVAN,
    MARTA,
    NADIA,
    NOON,
    OVENS,
    payment_approved,
    payment_certified,
    payment_requested,
    put_in_file,
    released,
    signed_by_ivan,
    signed_by_marta,
)
from services.disbursement.tests.test_terms import LARGE, approved_again, under

from disbursement.domain import heard
from disbursement.domain.payment import PaymentEvent, PaymentSigned, payment
from disbursement.domain.screened import (
    NotScreenedSinceApproval,
    NotSearchedSinceList,
    Search,
    SearchTooOld,
)
from events.roles import Role
from events.scenario import scenario
from events.values import Code, Digest, PersonId
from vendors.screening.keeping import Loaded, digest_of
from vendors.screening.lists import Source

A_MINUTE = timedelta(minutes=1)
approved = (payment_requested, payment_certified, payment_approved)
signed_once = (*approved, signed_by_marta)
each_signature = pytest.mark.parametrize(
    ("history", "person", "signed"),
    [(approved, MARTA, signed_by_marta), (signed_once, IVAN, signed_by_ivan)],
    ids=["the first", "the second"],
)
History = tuple[PaymentEvent, ...]


def clear(at: datetime | None, counts_for: timedelta = COUNTS_FOR) -> Search:
    return Search(at, counts_for)


@each_signature
def test_each_signature_rests_on_a_clear_search_since_the_approval(
    history: History, person: PersonId, signed: PaymentSigned
) -> None:
    for at in (NOON, NOON + A_MINUTE):
        scenario(payment).given(*history).when(sign(person, search=clear(at))).then(signed)


@each_signature
def test_a_search_from_before_the_approval_releases_nothing(
    history: History, person: PersonId, signed: PaymentSigned
) -> None:
    before = NOON - A_MINUTE
    (
        scenario(payment)
        .given(*history)
        .when(sign(person, search=clear(before)))
        .then_rejected(NotScreenedSinceApproval(OVENS, before, NOON))
    )


def test_nor_does_a_vendor_that_was_never_searched_for_or_may_be_on_a_list() -> None:
    (
        scenario(payment)
        .given(*approved)
        .when(sign(MARTA, search=clear(None)))
        .then_rejected(NotScreenedSinceApproval(OVENS, None, NOON))
    )


def test_what_two_approve_is_looked_for_after_the_second_of_them() -> None:
    second = replace(approved_again, at=NOON + A_MINUTE)
    large = (payment_requested, under(LARGE), *approved[1:], second)
    signs = replace(sign(MARTA), at=second.at)
    (
        scenario(payment)
        .given(*large)
        .when(replace(signs, search=clear(NOON)))
        .then_rejected(NotScreenedSinceApproval(OVENS, NOON, second.at))
    )
    (
        scenario(payment)
        .given(*large)
        .when(replace(signs, search=clear(second.at)))
        .then(replace(signed_by_marta, at=second.at))
    )


DAYS = timedelta(days=10)
too_late = SearchTooOld(OVENS, NOON, NOON + DAYS)


@each_signature
def test_nobody_signs_on_a_search_that_counts_no_more(
    history: History, person: PersonId, signed: PaymentSigned
) -> None:
    signs = sign(person, search=clear(NOON, DAYS))
    last = replace(signs, at=NOON + DAYS)
    scenario(payment).given(*history).when(last).then(replace(signed, at=last.at))
    later = replace(signs, at=last.at + A_MINUTE)
    scenario(payment).given(*history).when(later).then_rejected(too_late)


def test_nor_does_what_was_signed_in_time_go_to_the_bank_on_one() -> None:
    put = put_in(FILE, search=clear(NOON, DAYS))
    last = replace(put, at=NOON + DAYS)
    scenario(payment).given(*released).when(last).then(replace(put_in_file, at=last.at))
    later = replace(put, at=last.at + A_MINUTE)
    scenario(payment).given(*released).when(later).then_rejected(too_late)


def test_what_is_found_after_the_signatures_keeps_it_out_of_the_file() -> None:
    (
        scenario(payment)
        .given(*released)
        .when(put_in(FILE, search=clear(None)))
        .then_rejected(NotScreenedSinceApproval(OVENS, None, NOON))
    )


def test_a_new_list_holds_signatures_and_files_until_the_vendor_was_looked_for_on_it() -> None:
    older = replace(clear(NOON), on_lists_in_force=False)
    refusal = NotSearchedSinceList(OVENS, NOON)
    for history, person in ((approved, MARTA), (signed_once, IVAN)):
        signs = sign(person, search=older)
        scenario(payment).given(*history).when(signs).then_rejected(refusal)
    put = put_in(FILE, search=older)
    scenario(payment).given(*released).when(put).then_rejected(refusal)


def test_a_programme_that_does_not_ask_for_it_does_not_wait() -> None:
    scenario(payment).given(*signed_once).when(sign(IVAN, search=None)).then(signed_by_ivan)
    scenario(payment).given(*released).when(put_in(FILE, search=None)).then(put_in_file)


# As the other services tell of it


async def approved_later(till: Cashier) -> str:
    """A minute after everything that was heard: certified and approved."""
    payment = await chain.requested(till)
    till.trial.clock.advance(A_MINUTE.total_seconds())  # type: ignore[attr-defined]
    evidence = await chain.seen(till, payment)
    await till.does(till.jozef, f"{payment}/certify", evidence)
    await till.does(till.eva, f"{payment}/approve", evidence)
    return payment


async def tries(till: Cashier, payment: str) -> tuple[int, str]:
    return await till.tries(till.marta, f"{payment}/sign", await chain.seen(till, payment))


async def signed_by_two(till: Cashier, payment: str) -> str:
    """The stage in which it is then."""
    seen = await chain.seen(till, payment)
    await till.does(till.marta, f"{payment}/sign", seen)
    return str((await till.does(till.ivan, f"{payment}/sign", seen))["stage"])


async def searched(till: Cashier, result: str = "clear") -> None:
    """The platform looked for the vendor, two minutes after noon."""
    at = NOON + 2 * A_MINUTE
    await till.heard(heard.of_searches, replace(told.searched, at=at))
    await till.heard(heard.from_vendors, replace(told.screened, at=at, result=Code(result)))


WAITS = (422, "NotScreenedSinceApproval")


async def test_the_payment_waits_until_the_platform_has_looked_again(till: Cashier) -> None:
    payment = await approved_later(till)
    assert await tries(till, payment) == WAITS
    page = ok(await till.ivan.get(payment))
    assert page["screening"] == {
        "clear_at": "2026-03-02T12:00:00Z",
        "since_approval": False,
        "holds": WAITS[1],
    }
    assert [(act["act"], act["rule"]) for act in page["you"] if act["act"] == "sign"] == [
        ("sign", "NotScreenedSinceApproval")
    ]
    await searched(till)
    page = ok(await till.ivan.get(payment))
    assert page["screening"] == {
        "clear_at": "2026-03-02T12:02:00Z",
        "since_approval": True,
        "holds": None,
    }
    assert await signed_by_two(till, payment) == "released"


async def test_a_possible_match_keeps_it_waiting_until_a_person_has_decided(till: Cashier) -> None:
    payment = await approved_later(till)
    await searched(till, "possible_match")
    assert await tries(till, payment) == (409, "EvidenceChanged")  # it bound a clear screening
    decided = replace(told.screened, at=NOON + 3 * A_MINUTE)
    await till.heard(heard.from_vendors, decided)
    assert await signed_by_two(till, payment) == "released"


async def test_a_screening_by_hand_is_not_worth_more_than_the_last_search(till: Cashier) -> None:
    payment = await approved_later(till)
    await till.heard(heard.from_vendors, replace(told.screened, at=NOON + 2 * A_MINUTE))
    assert await tries(till, payment) == WAITS


def listed(source: str, file: str) -> heard.SanctionsListLoaded:
    return heard.SanctionsListLoaded(
        by=NADIA, at=NOON, source=Code(source), digest=Digest(file * 64)
    )


async def looked_on(till: Cashier, *lists: Loaded) -> None:
    """As vendors names the lists together."""
    at = NOON + 2 * A_MINUTE
    on = digest_of(lists)
    await till.heard(heard.of_searches, replace(told.searched, at=at, lists=on))
    await till.heard(heard.from_vendors, replace(told.screened, at=at))


async def test_a_new_list_keeps_it_waiting_until_the_vendor_was_looked_for_on_it(
    till: Cashier,
) -> None:
    payment = await approved_later(till)
    un, eu = (Loaded(Source(source), "1", file * 64) for source, file in (("un", "a"), ("eu", "b")))
    await till.heard(heard.of_searches, listed("un", "a"))
    await till.heard(heard.of_searches, listed("eu", "b"))
    await looked_on(till, eu)
    assert await tries(till, payment) == (422, "NotSearchedSinceList")
    await looked_on(till, eu, un)
    assert await signed_by_two(till, payment) == "released"
    body = {"payments": [payment.rpartition("/")[2]]}
    hana = till.sign_in("hana", Role.FINANCE_OFFICER)
    await till.heard(heard.of_searches, listed("eu", "c"))
    assert refused(await hana.post("/v1/bank-files", body)) == (422, "NotSearchedSinceList")
    screening = ok(await till.ivan.get(payment))["screening"]
    assert (screening["since_approval"], screening["holds"]) == (True, "NotSearchedSinceList")
    wrong = heard.SanctionsListWithdrawn(
        by=NADIA, at=NOON, source=Code("eu"), digest=Digest("c" * 64)
    )
    await till.heard(heard.of_searches, wrong)
    await till.heard(heard.of_searches, listed("eu", "b"))
    ok(await hana.post("/v1/bank-files", body), 201)


async def test_of_a_list_that_was_not_heard_of_yet_vendors_is_asked_as_the_file_is_written(
    till: Cashier,
) -> None:
    payment = await chain.released(till)
    one = payment.rpartition("/")[2]
    till.payees.unclear.add(ACCOUNT)
    await till.does(till.hana, "/v1/bank-files", {"payments": [one]}, status=201)
    stands = ok(await till.ivan.get(payment))
    assert (stands["stage"], stands["held"]) == ("released", "not_clear_on_lists_in_force")
    assert till.at_the_bank() == []
    seen = {"reason": "explained"}
    await till.does(till.tomas, f"{payment}/release-from-hold", seen)
    await till.does(till.hana, "/v1/bank-files", {"payments": [one]}, status=201)
    assert ok(await till.ivan.get(payment))["held"] is not None, "it is asked each time"
    till.payees.unclear.clear()
    await till.does(till.tomas, f"{payment}/release-from-hold", seen)
    await till.does(till.hana, "/v1/bank-files", {"payments": [one]}, status=201)
    assert ok(await till.ivan.get(payment))["stage"] == "instructed"
    assert len(till.at_the_bank()) == 1


async def test_where_the_page_says_no_nobody_waits(till: Cashier) -> None:
    till.payees.unclear.add(ACCOUNT)
    says_no = replace(told.published.paying, screening_again_at_release=False)
    payment = await requested_under(till, says_no)
    till.trial.clock.advance(A_MINUTE.total_seconds())  # type: ignore[attr-defined]
    assert (await chain.released(till, payment)) == payment
    assert ok(await till.ivan.get(payment))["screening"] is None
    body = {"payments": [payment.rpartition("/")[2]]}
    await till.does(till.hana, "/v1/bank-files", body, status=201)
    assert ok(await till.ivan.get(payment))["stage"] == "instructed"


async def test_a_search_counts_as_long_as_the_page_says(till: Cashier) -> None:
    """Signed in time, and gathered for the bank when the search counts no more: one looks again."""
    a_day = replace(told.published.paying, screening_at_most_days=1)
    payment = await chain.released(till, await requested_under(till, a_day))
    later = NOON + timedelta(days=1, minutes=1)
    till.it_is(later)
    hana = till.sign_in("hana", Role.FINANCE_OFFICER)
    body = {"payments": [payment.rpartition("/")[2]]}
    assert refused(await hana.post("/v1/bank-files", body)) == (422, "SearchTooOld")
    await till.heard(heard.of_searches, replace(told.searched, at=later))
    await till.heard(heard.from_vendors, replace(told.screened, at=later))
    ok(await hana.post("/v1/bank-files", body), 201)


async def requested_under(till: Cashier, paying: heard.Paying) -> str:
    """The payment's path, for an item that was approved under such a page."""
    line = await chain.funded(till)
    published = replace(told.published, version=2, paying=paying)
    await till.heard(heard.from_plans, published)
    await till.heard(heard.from_plans, replace(told.plan_approved, programme_version=2))
    commitment = await chain.committed(till, line)
    return await chain.requested(till, await chain.matched(till, commitment=commitment))
