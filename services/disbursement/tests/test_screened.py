"""Before a payment is released its vendor is looked for on the sanctions lists again (S4)."""

from datetime import datetime, timedelta

from msgspec.structs import replace
from services.disbursement.tests import cashier as told
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.payment_asks import sign
from services.disbursement.tests.people import (
    IVAN,
    MARTA,
    NOON,
    OVENS,
    payment_approved,
    payment_certified,
    payment_requested,
    signed_by_ivan,
    signed_by_marta,
)

from disbursement.domain import heard
from disbursement.domain.payment import payment
from disbursement.domain.screened import NotScreenedSinceApproval, Search
from events.scenario import scenario
from events.values import Code

A_MINUTE = timedelta(minutes=1)
approved = (payment_requested, payment_certified, payment_approved)
signed_once = (*approved, signed_by_marta)


def clear(at: datetime | None) -> Search:
    return Search(clear_at=at)


def test_the_second_signature_rests_on_a_clear_search_since_the_approval() -> None:
    for at in (NOON, NOON + A_MINUTE):
        scenario(payment).given(*signed_once).when(sign(IVAN, search=clear(at))).then(
            signed_by_ivan
        )


def test_a_search_from_before_the_approval_releases_nothing() -> None:
    before = NOON - A_MINUTE
    (
        scenario(payment)
        .given(*signed_once)
        .when(sign(IVAN, search=clear(before)))
        .then_rejected(NotScreenedSinceApproval(OVENS, before, NOON))
    )


def test_nor_does_a_vendor_that_was_never_searched_for_or_may_be_on_a_list() -> None:
    (
        scenario(payment)
        .given(*signed_once)
        .when(sign(IVAN, search=clear(None)))
        .then_rejected(NotScreenedSinceApproval(OVENS, None, NOON))
    )


def test_the_first_signature_does_not_wait_for_it() -> None:
    scenario(payment).given(*approved).when(sign(MARTA, search=clear(None))).then(signed_by_marta)


def test_a_programme_that_does_not_ask_for_it_does_not_wait() -> None:
    scenario(payment).given(*signed_once).when(sign(IVAN, search=None)).then(signed_by_ivan)


# As the other services tell of it


async def signed_by_one(till: Cashier) -> str:
    """A minute after everything that was heard: certified, approved, and signed once."""
    payment = await chain.requested(till)
    till.trial.clock.advance(A_MINUTE.total_seconds())  # type: ignore[attr-defined]
    evidence = await chain.seen(till, payment)
    await till.does(till.jozef, f"{payment}/certify", evidence)
    await till.does(till.eva, f"{payment}/approve", evidence)
    await till.does(till.marta, f"{payment}/sign", evidence)
    return payment


async def tries(till: Cashier, payment: str) -> tuple[int, str]:
    return await till.tries(till.ivan, f"{payment}/sign", await chain.seen(till, payment))


async def searched(till: Cashier, result: str = "clear") -> None:
    """The platform looked for the vendor, two minutes after noon."""
    at = NOON + 2 * A_MINUTE
    await till.heard(heard.of_searches, replace(told.searched, at=at))
    await till.heard(heard.from_vendors, replace(told.screened, at=at, result=Code(result)))


WAITS = (422, "NotScreenedSinceApproval")


async def test_the_payment_waits_until_the_platform_has_looked_again(till: Cashier) -> None:
    payment = await signed_by_one(till)
    assert await tries(till, payment) == WAITS
    page = ok(await till.ivan.get(payment))
    assert page["screening"] == {"clear_at": "2026-03-02T12:00:00Z", "since_approval": False}
    assert [(act["act"], act["rule"]) for act in page["you"] if act["act"] == "sign"] == [
        ("sign", "NotScreenedSinceApproval")
    ]
    await searched(till)
    page = ok(await till.ivan.get(payment))
    assert page["screening"] == {"clear_at": "2026-03-02T12:02:00Z", "since_approval": True}
    released = await till.does(till.ivan, f"{payment}/sign", await chain.seen(till, payment))
    assert released["stage"] == "released"


async def test_a_possible_match_keeps_it_waiting_until_a_person_has_decided(till: Cashier) -> None:
    payment = await signed_by_one(till)
    await searched(till, "possible_match")
    assert await tries(till, payment) == (409, "EvidenceChanged")  # it bound a clear screening
    decided = replace(told.screened, at=NOON + 3 * A_MINUTE)
    await till.heard(heard.from_vendors, decided)
    released = await till.does(till.ivan, f"{payment}/sign", await chain.seen(till, payment))
    assert released["stage"] == "released"


async def test_a_screening_by_hand_is_not_worth_more_than_the_last_search(till: Cashier) -> None:
    payment = await signed_by_one(till)
    await till.heard(heard.from_vendors, replace(told.screened, at=NOON + 2 * A_MINUTE))
    assert await tries(till, payment) == WAITS


async def test_where_the_page_says_no_nobody_waits(till: Cashier) -> None:
    says_no = replace(told.published.paying, screening_again_at_release=False)
    published = replace(told.published, version=2, paying=says_no)
    await till.heard(heard.from_plans, published)
    await chain.funded(till)
    line = (await till.maria.get("/v1/budget-lines")).json()["items"][0]["line"]
    under_it = replace(told.plan_approved, programme_version=2)
    await till.heard(heard.from_plans, under_it)
    commitment = await chain.matched(till, commitment=await chain.committed(till, line))
    payment = await chain.requested(till, commitment)
    till.trial.clock.advance(A_MINUTE.total_seconds())  # type: ignore[attr-defined]
    assert (await chain.released(till, payment)) == payment
    assert ok(await till.ivan.get(payment))["screening"] is None
