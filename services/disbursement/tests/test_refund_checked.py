"""A refund is money to the vendor: it needs of them what a payment needs, and counts as one."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import (
    Cashier,
    account_frozen,
    account_proposed,
    ok,
    screened,
    searched,
    vendor_approved,
    vendor_suspended,
)
from services.disbursement.tests.people import ACCOUNT, NOON, OVENS
from services.disbursement.tests.test_conflicts import too_near
from services.disbursement.tests.test_recovered_then_returned import advance_came_twice, went_out

from disbursement.domain import heard
from events.decider import Event
from events.values import AccountId, Code

WHOLE = "700000.000"
NOT_PAYABLE = (422, "VendorNotPayable")
forbids = pytest.mark.parametrize(
    ("news", "refusal"),
    [
        (vendor_suspended, NOT_PAYABLE),
        (account_frozen, (422, "AccountNotUsable")),
    ],
    ids=["vendor suspended", "account frozen"],
)


@forbids
async def test_nobody_approves_one_to_a_vendor_that_may_not_be_paid(
    till: Cashier, news: Event, refusal: tuple[int, str]
) -> None:
    _, path = await advance_came_twice(till)
    await till.heard(heard.from_vendors, news)
    assert await till.tries(till.eva, f"{path}/approve-refund") == refusal
    assert ok(await till.eva.get(path))["stage"] == "refund_owed"


@forbids
async def test_nor_is_one_paid_that_was_approved_before(
    till: Cashier, news: Event, refusal: tuple[int, str]
) -> None:
    _, path = await advance_came_twice(till)
    line = await went_out(till, WHOLE)
    await till.does(till.eva, f"{path}/approve-refund")
    await till.heard(heard.from_vendors, news)
    assert await till.tries(till.hana, f"{path}/refund", line) == refusal
    assert ok(await till.eva.get(path))["stage"] == "refund_approved"
    assert ok(await till.hana.get("/v1/bank-lines"))["items"], "the line waits for a person"


async def test_once_the_vendor_is_approved_again_it_goes_on(till: Cashier) -> None:
    _, path = await advance_came_twice(till)
    line = await went_out(till, WHOLE)
    await till.heard(heard.from_vendors, vendor_suspended)
    assert await till.tries(till.eva, f"{path}/approve-refund") == NOT_PAYABLE
    await till.heard(heard.from_vendors, vendor_approved)
    await till.does(till.eva, f"{path}/approve-refund")
    assert (await till.does(till.hana, f"{path}/refund", line))["stage"] == "refunded"


async def test_the_vendor_is_looked_for_again_after_the_approval(till: Cashier) -> None:
    _, path = await advance_came_twice(till)
    line = await went_out(till, WHOLE)
    later = NOON + timedelta(minutes=2)
    till.it_is(later)
    await till.does(till.eva, f"{path}/approve-refund")
    refused = (422, "NotScreenedSinceApproval")
    assert await till.tries(till.hana, f"{path}/refund", line) == refused
    await till.heard(heard.of_searches, replace(searched, at=later))
    match = replace(screened, at=later, result=Code("possible_match"))
    await till.heard(heard.from_vendors, match)
    assert await till.tries(till.hana, f"{path}/refund", line) == refused, "a match is open"
    await till.heard(heard.of_searches, replace(screened, at=later))
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
