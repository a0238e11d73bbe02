"""A bad turn of a vendor or an account stops by itself what the bank does not know of (S10)."""

import pytest
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import (
    Cashier,
    account_frozen,
    ok,
    refused,
    vendor_suspended,
)
from services.disbursement.tests.people import ACCOUNT, CASE, LINA, NOON, OVENS, YUSUF

from disbursement.domain import heard
from events.decider import Event
from events.values import SYSTEM, AccountId, CaseId, Code, PaymentId

vendor_debarred = heard.VendorDebarred(by=YUSUF, at=NOON, vendor=OVENS)
change_proposed = heard.BankAccountProposed(
    by=YUSUF,
    at=NOON,
    account=AccountId("acc_later"),
    vendor=OVENS,
    currency=Code("IQD"),
    last4=Code("0001"),
    replaces=ACCOUNT,
)
account_replaced = heard.BankAccountReplaced(by=YUSUF, at=NOON, account=ACCOUNT)


@pytest.mark.parametrize(
    ("news", "reason", "rule"),
    [
        (vendor_suspended, "vendor_suspended", "VendorNotPayable"),
        (vendor_debarred, "vendor_debarred", "VendorNotPayable"),
        (account_frozen, "account_frozen", "AccountNotUsable"),
        (account_replaced, "account_replaced", "AccountNotUsable"),
    ],
)
async def test_a_signed_payment_is_held_and_kept_out_of_every_file(
    till: Cashier, news: Event, reason: str, rule: str
) -> None:
    payment = await chain.released(till)
    await till.heard(heard.from_vendors, news)
    assert ok(await till.eva.get(payment))["held"] == reason
    held = (await till.trial.events())[-1]
    assert held.by == "per_system"
    body = {"payments": [payment.rpartition("/")[2]]}
    assert refused(await till.hana.post("/v1/bank-files", body)) == (409, "PaymentIsHeld")
    await till.does(till.eva, f"{payment}/release-from-hold", {"reason": "seen"})
    assert refused(await till.hana.post("/v1/bank-files", body)) == (422, rule)
    assert till.at_the_bank() == []


SIGNING = (("jozef", "certify"), ("eva", "approve"), ("marta", "sign"), ("ivan", "sign"))


@pytest.mark.parametrize("signed", range(len(SIGNING) + 1))
@pytest.mark.parametrize(
    "news", [vendor_suspended, vendor_debarred, account_frozen, change_proposed]
)
async def test_it_is_held_wherever_it_stands_before_the_file(
    till: Cashier, signed: int, news: Event
) -> None:
    payment = await chain.requested(till)
    evidence = await chain.seen(till, payment)
    for person, act in SIGNING[:signed]:
        await till.does(getattr(till, person), f"{payment}/{act}", evidence)
    await till.heard(heard.from_vendors, news)
    assert ok(await till.eva.get(payment))["held"] is not None


async def test_a_change_of_account_that_is_asked_for_waits_for_a_person(till: Cashier) -> None:
    """Changing bank details is how payments are stolen: what is open is looked at first."""
    payment = await chain.released(till)
    await till.heard(heard.from_vendors, change_proposed)
    assert ok(await till.eva.get(payment))["held"] == "account_change_proposed"
    await till.does(till.eva, f"{payment}/release-from-hold", {"reason": "to_the_old_one"})
    body = {"payments": [payment.rpartition("/")[2]]}
    ok(await till.hana.post("/v1/bank-files", body), 201)


@pytest.mark.parametrize("news", [vendor_suspended, account_frozen, account_replaced])
async def test_what_the_bank_has_already_is_not_held(till: Cashier, news: Event) -> None:
    payment = await chain.instructed(till)
    await till.heard(heard.from_vendors, news)
    assert ok(await till.eva.get(payment))["held"] is None
    assert till.refusals() == []


@pytest.mark.parametrize(
    ("news", "rule"),
    [
        (vendor_suspended, "VendorNotPayable"),
        (account_frozen, "AccountNotUsable"),
        (account_replaced, "AccountNotUsable"),
    ],
)
async def test_no_payment_is_requested_afterwards(till: Cashier, news: Event, rule: str) -> None:
    commitment = await chain.matched(till)
    await till.heard(heard.from_vendors, news)
    stands = ok(await till.hana.get(commitment))
    asked = {
        "commitment": stands["commitment"],
        "invoice": stands["invoices"][0]["invoice"],
    }
    assert refused(await till.hana.post("/v1/payments", asked)) == (422, rule)


async def test_what_intake_asks_to_wait_is_held_and_released_by_a_person(till: Cashier) -> None:
    payment = await chain.released(till)
    await till.heard(heard.from_intake, heard.PaymentHoldAsked(by=LINA, at=NOON, case=CASE))
    assert ok(await till.eva.get(payment))["held"] == "asked_by_intake"
    body = {"payments": [payment.rpartition("/")[2]]}
    assert refused(await till.hana.post("/v1/bank-files", body)) == (409, "PaymentIsHeld")
    await till.does(till.eva, f"{payment}/release-from-hold", {"reason": "looked_into"})
    ok(await till.hana.post("/v1/bank-files", body), 201)


@pytest.mark.parametrize("ended", [False, True])
async def test_one_that_is_requested_while_intake_looks_into_the_case_waits_from_the_first(
    till: Cashier, *, ended: bool
) -> None:
    commitment = await chain.matched(till)
    await till.heard(heard.from_intake, heard.PaymentHoldAsked(by=LINA, at=NOON, case=CASE))
    if ended:
        await till.heard(heard.of_holds, heard.PaymentHoldEnded(by=LINA, at=NOON, case=CASE))
    payment = await chain.requested(till, commitment)
    held = ok(await till.eva.get(payment))["held"]
    assert held == (None if ended else "asked_by_intake")


async def test_a_payment_for_another_case_does_not_wait(till: Cashier) -> None:
    payment = await chain.released(till)
    other = heard.PaymentHoldAsked(by=LINA, at=NOON, case=CaseId("cas_other"))
    await till.heard(heard.from_intake, other)
    assert ok(await till.eva.get(payment))["held"] is None


def finding(payment: str, severity: str) -> heard.FindingRaised:
    return heard.FindingRaised(
        by=SYSTEM,
        at=NOON,
        severity=Code(severity),
        payment=PaymentId(payment.rpartition("/")[2]),
    )


async def test_a_grave_finding_holds_the_payment_that_it_is_about(till: Cashier) -> None:
    payment = await chain.released(till)
    await till.heard(heard.from_audit, finding(payment, "medium"))
    assert ok(await till.eva.get(payment))["held"] is None
    await till.heard(heard.from_audit, finding(payment, "high"))
    assert ok(await till.eva.get(payment))["held"] == "finding"
    body = {"payments": [payment.rpartition("/")[2]]}
    assert refused(await till.hana.post("/v1/bank-files", body)) == (409, "PaymentIsHeld")
    await till.does(till.eva, f"{payment}/release-from-hold", {"reason": "seen"})
    assert ok(await till.eva.get(payment))["held"] is None


async def test_a_finding_about_what_is_paid_holds_nothing(till: Cashier) -> None:
    await till.heard(heard.from_audit, finding("pay_nowhere", "high"))
    assert till.refusals() == [("hold_open_payments", "NoSuchPayment")]
