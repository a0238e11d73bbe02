"""A refund is money to the vendor: it goes by the rules of payments, and counts as one."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import (
    Cashier,
    account_frozen,
    account_proposed,
    ok,
    plan_approved,
    published,
    screened,
    searched,
    vendor_approved,
    vendor_suspended,
)
from services.disbursement.tests.people import ACCOUNT, CASE, LINA, NOON, OVENS, eur
from services.disbursement.tests.test_conflicts import too_near
from services.disbursement.tests.test_holding import finding
from services.disbursement.tests.test_recovered_then_returned import advance_came_twice, went_out

from disbursement.domain import heard
from events.decider import Event
from events.registry import Registry
from events.roles import Role
from events.values import AccountId, Code

WHOLE = "700000.000"
NOT_PAYABLE = (422, "VendorNotPayable")
suspended = heard.CaseSuspended(by=LINA, at=NOON, case=CASE)
asked = heard.PaymentHoldAsked(by=LINA, at=NOON, case=CASE)
News = Callable[[Cashier], Awaitable[None]]


def told(registry: Registry, event: Event) -> News:
    async def tell(till: Cashier) -> None:
        await till.heard(registry, event)

    return tell


async def found_of_the_payment(till: Cashier) -> None:
    [paid] = ok(await till.hana.get("/v1/payments"))["items"]
    await till.heard(heard.of_findings, finding(f"/{paid['payment']}", "high"))


forbids = pytest.mark.parametrize(
    ("tell", "refusal"),
    [
        (told(heard.from_vendors, vendor_suspended), NOT_PAYABLE),
        (told(heard.from_vendors, account_frozen), (422, "AccountNotUsable")),
        (told(heard.from_intake, suspended), (422, "CaseStillHalted")),
        (told(heard.of_holds, asked), (422, "StillAskedByIntake")),
        (found_of_the_payment, (422, "FindingNotReviewed")),
    ],
    ids=["vendor suspended", "account frozen", "case suspended", "asked by intake", "finding"],
)


@forbids
async def test_nobody_approves_one_while_a_payment_would_wait(
    till: Cashier, tell: News, refusal: tuple[int, str]
) -> None:
    _, path = await advance_came_twice(till)
    await tell(till)
    assert await till.tries(till.eva, f"{path}/approve-refund") == refusal
    assert ok(await till.eva.get(path))["stage"] == "refund_owed"


@forbids
async def test_nor_signs_one_that_was_approved_before(
    till: Cashier, tell: News, refusal: tuple[int, str]
) -> None:
    _, path = await advance_came_twice(till)
    await till.does(till.eva, f"{path}/approve-refund")
    await tell(till)
    assert await till.tries(till.marta, f"{path}/sign-refund") == refusal
    assert ok(await till.eva.get(path))["stage"] == "refund_approved"


@forbids
async def test_nor_is_one_paid_that_was_signed_before(
    till: Cashier, tell: News, refusal: tuple[int, str]
) -> None:
    _, path = await advance_came_twice(till)
    line = await went_out(till, WHOLE)
    await chain.refund_released(till, path)
    await tell(till)
    assert await till.tries(till.hana, f"{path}/refund", line) == refusal
    assert ok(await till.eva.get(path))["stage"] == "refund_released"
    assert ok(await till.hana.get("/v1/bank-lines"))["items"], "the line waits for a person"


async def test_that_the_case_has_ended_changes_nothing_of_what_is_the_vendors(
    till: Cashier,
) -> None:
    _, path = await advance_came_twice(till)
    await till.heard(heard.from_intake, heard.CaseClosed(by=LINA, at=NOON, case=CASE))
    await till.does(till.eva, f"{path}/approve-refund")


async def test_once_the_vendor_is_approved_again_it_goes_on(till: Cashier) -> None:
    _, path = await advance_came_twice(till)
    line = await went_out(till, WHOLE)
    await till.heard(heard.from_vendors, vendor_suspended)
    assert await till.tries(till.eva, f"{path}/approve-refund") == NOT_PAYABLE
    await till.heard(heard.from_vendors, vendor_approved)
    await chain.refund_released(till, path)
    assert (await till.does(till.hana, f"{path}/refund", line))["stage"] == "refunded"


async def test_the_vendor_is_looked_for_again_after_the_approval(till: Cashier) -> None:
    _, path = await advance_came_twice(till)
    line = await went_out(till, WHOLE)
    later = NOON + timedelta(minutes=2)
    till.it_is(later)
    await till.does(till.eva, f"{path}/approve-refund")
    refused = (422, "NotScreenedSinceApproval")
    assert await till.tries(till.marta, f"{path}/sign-refund") == refused
    await till.heard(heard.of_searches, replace(searched, at=later))
    match = replace(screened, at=later, result=Code("possible_match"))
    await till.heard(heard.from_vendors, match)
    assert await till.tries(till.marta, f"{path}/sign-refund") == refused, "a match is open"
    await till.heard(heard.of_searches, replace(screened, at=later))
    await till.does(till.marta, f"{path}/sign-refund")
    await till.does(till.ivan, f"{path}/sign-refund")
    assert (await till.does(till.hana, f"{path}/refund", line))["stage"] == "refunded"


async def test_nor_to_an_account_that_is_about_to_be_replaced(till: Cashier) -> None:
    _, path = await advance_came_twice(till)
    other = replace(account_proposed, account=AccountId("acc_new"), replaces=ACCOUNT)
    await till.heard(heard.of_account_changes, other)
    refused = await till.tries(till.eva, f"{path}/approve-refund")
    assert refused == (422, "AccountChangePending")


async def test_who_is_too_near_has_no_part_in_one(till: Cashier) -> None:
    _, path = await advance_came_twice(till)
    await too_near(till, "per_eva", vendor=OVENS)
    assert await till.tries(till.eva, f"{path}/approve-refund") == (422, "ConflictDeclared")


# By how many, and whom


async def test_it_is_signed_by_two_before_it_goes(till: Cashier) -> None:
    _, path = await advance_came_twice(till)
    line = await went_out(till, WHOLE)
    assert await till.tries(till.marta, f"{path}/sign-refund") == (409, "RecoveryIsAt")
    await till.does(till.eva, f"{path}/approve-refund")
    assert await till.tries(till.hana, f"{path}/refund", line) == (409, "RecoveryIsAt")
    await till.does(till.marta, f"{path}/sign-refund")
    assert await till.tries(till.hana, f"{path}/refund", line) == (409, "RecoveryIsAt")
    assert await till.tries(till.marta, f"{path}/sign-refund") == (422, "ActedAlready")
    stands = await till.does(till.ivan, f"{path}/sign-refund")
    assert [each["person"] for each in stands["refund_acts"]] == [
        *("per_eva", "per_marta", "per_ivan")
    ]
    assert stands["refund_due"] == "2026-04-01"


async def test_where_two_approve_a_payment_of_that_amount_two_approve_it(till: Cashier) -> None:
    _, path = await advance_came_twice(till)
    low = replace(published.paying, second_approval_from=eur(500))
    await till.heard(heard.from_plans, replace(published, paying=low, version=9))
    await till.heard(heard.from_plans, replace(plan_approved, programme_version=9))
    await till.does(till.eva, f"{path}/approve-refund")
    assert await till.tries(till.marta, f"{path}/sign-refund") == (409, "RecoveryIsAt")
    assert await till.tries(till.eva, f"{path}/approve-refund") == (422, "ActedAlready")
    ulla = await chain.empowered(till, "ulla", "approve")
    assert (await till.does(ulla, f"{path}/approve-refund"))["stage"] == "refund_approved"
    await chain.empowered(till, "ulla", "sign")
    ulla = till.sign_in("ulla", Role.SIGNATORY)
    assert await till.tries(ulla, f"{path}/sign-refund") == (422, "ActedAlready")
    await till.does(till.marta, f"{path}/sign-refund")


async def test_a_refund_is_counted_with_what_is_paid_beside_it(till: Cashier) -> None:
    """Of two that are one sum, the second is approved by two."""
    order, path = await advance_came_twice(till)
    low = replace(published.paying, second_approval_from=eur(1000))
    await till.heard(heard.from_plans, replace(published, paying=low, version=9))
    await till.heard(heard.from_plans, replace(plan_approved, programme_version=9))
    await till.does(till.eva, f"{path}/approve-refund")
    payment, _ = await certified(till, order)
    terms = ok(await till.eva.get(payment))["terms"]
    assert terms["second_approval"], "500 that go back, and what is delivered now"


async def test_no_counsellor_of_the_case_has_a_part_in_one(till: Cashier) -> None:
    _, path = await advance_came_twice(till)
    lina = await chain.empowered(till, "lina", "approve")
    assert await till.tries(lina, f"{path}/approve-refund") == (422, "CounsellorNeverActs")


# Under the limit


async def certified(till: Cashier, order: str) -> tuple[str, dict[str, str]]:
    """Another payment in the case waits for its approval: its path, and what is seen of it."""
    await till.does(till.dalia, f"{order}/deliveries", chain.delivery(8))
    paper = await chain.on_file(till, chain.PAPER + b"\n")
    await till.does(till.hana, f"{order}/invoices", chain.invoice(8, "F-1", document=paper))
    payment = await chain.requested(till, order)
    evidence = await chain.seen(till, payment)
    await till.does(till.jozef, f"{payment}/certify", evidence)
    return payment, evidence


async def test_it_counts_under_the_limit_with_what_is_paid_to_the_vendor(till: Cashier) -> None:
    order, path = await advance_came_twice(till)
    ulla = await chain.empowered(till, "ulla", "approve", limit=1200)
    await till.does(ulla, f"{path}/approve-refund")
    payment, evidence = await certified(till, order)
    assert await till.tries(ulla, f"{payment}/approve", evidence) == (422, "AboveLimit")


async def test_nor_does_one_go_beyond_it_with_what_was_paid_before(till: Cashier) -> None:
    order, path = await advance_came_twice(till)
    ulla = await chain.empowered(till, "ulla", "approve", limit=1200)
    payment, evidence = await certified(till, order)
    await till.does(ulla, f"{payment}/approve", evidence)
    assert await till.tries(ulla, f"{path}/approve-refund") == (422, "AboveLimit")
