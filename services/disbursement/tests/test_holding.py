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
from disbursement.letting_go import let_go_what_is_explained
from events.decider import Event
from events.values import SYSTEM, AccountId, CaseId, Code, FindingId, PaymentId, PersonId

case_suspended = heard.CaseSuspended(by=LINA, at=NOON, case=CASE)
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
not_confirmed = heard.BankAccountVerificationFailed(
    by=YUSUF, at=NOON, account=change_proposed.account
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
    seen = {"reason": "seen"}
    assert await till.tries(till.tomas, f"{payment}/release-from-hold", seen) == (422, rule)
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
    seen = {"reason": "to_the_old_one"}
    early = await till.tries(till.tomas, f"{payment}/release-from-hold", seen)
    assert early == (422, "AccountChangePending")
    await till.heard(heard.of_account_changes, not_confirmed)
    await till.does(till.tomas, f"{payment}/release-from-hold", seen)
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
    seen = {"reason": "looked_into"}
    early = await till.tries(till.tomas, f"{payment}/release-from-hold", seen)
    assert early == (422, "StillAskedByIntake")
    await till.heard(heard.of_holds, heard.PaymentHoldEnded(by=LINA, at=NOON, case=CASE))
    await till.does(till.tomas, f"{payment}/release-from-hold", seen)
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


async def test_it_goes_into_no_file_while_the_news_that_will_hold_it_is_on_its_way(
    till: Cashier,
) -> None:
    """The read models hold it already, the payment is not held yet: the file asks again."""
    payment = await chain.released(till)
    await till.heard(heard.from_intake, case_suspended, view="told")
    assert ok(await till.eva.get(payment))["held"] is None
    body = {"payments": [payment.rpartition("/")[2]]}
    assert refused(await till.hana.post("/v1/bank-files", body)) == (422, "CaseStillHalted")


@pytest.mark.parametrize("who", ["jozef", "eva", "marta", "ivan"])
async def test_nobody_who_acted_on_it_lets_it_go(till: Cashier, who: str) -> None:
    payment = await chain.released(till)
    await till.does(till.hana, f"{payment}/hold", {"reason": "call_the_vendor"})
    release, seen = f"{payment}/release-from-hold", {"reason": "seen"}
    assert await till.tries(getattr(till, who), release, seen) == (422, "ActedAlready")
    await till.does(till.tomas, release, seen)


async def test_a_payment_for_another_case_does_not_wait(till: Cashier) -> None:
    payment = await chain.released(till)
    other = heard.PaymentHoldAsked(by=LINA, at=NOON, case=CaseId("cas_other"))
    await till.heard(heard.from_intake, other)
    assert ok(await till.eva.get(payment))["held"] is None


def finding(payment: str, severity: str, name: str = "fnd_1") -> heard.FindingRaised:
    return heard.FindingRaised(
        by=SYSTEM,
        at=NOON,
        finding=FindingId(name),
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


def reviewed(outcome: str, name: str = "fnd_1") -> heard.FindingReviewed:
    return heard.FindingReviewed(
        by=PersonId("per_elif"), at=NOON, finding=FindingId(name), outcome=Code(outcome)
    )


async def let_go(till: Cashier) -> None:
    """The service's task, once."""
    await let_go_what_is_explained(till.handler, till.tables)
    await till.settle()


async def test_nobody_lets_it_go_before_a_person_has_reviewed_the_finding(till: Cashier) -> None:
    payment, seen = await chain.released(till), {"reason": "seen"}
    await till.heard(heard.of_findings, finding(payment, "high"))
    said = await till.tries(till.tomas, f"{payment}/release-from-hold", seen)
    assert said == (422, "FindingNotReviewed")
    await till.heard(heard.of_findings, reviewed("mistake"))
    await let_go(till)
    assert ok(await till.eva.get(payment))["held"] == "finding"
    await till.does(till.tomas, f"{payment}/release-from-hold", seen)
    assert ok(await till.eva.get(payment))["held"] is None


@pytest.mark.parametrize("outcome", ["irregularity", "suspected_fraud"])
async def test_what_was_found_irregular_is_never_let_go_and_can_be_given_up(
    till: Cashier, outcome: str
) -> None:
    payment, seen = await chain.released(till), {"reason": "seen"}
    await till.heard(heard.of_findings, finding(payment, "high"))
    await till.heard(heard.of_findings, reviewed(outcome))
    await let_go(till)
    said = await till.tries(till.tomas, f"{payment}/release-from-hold", seen)
    assert said == (422, "FoundIrregular")
    given_up = await till.does(till.hana, f"{payment}/cancel", seen)
    assert given_up["stage"] == "cancelled"


async def test_it_goes_on_by_itself_once_every_finding_was_explained(till: Cashier) -> None:
    payment = await chain.released(till)
    for name in ("fnd_1", "fnd_2"):
        await till.heard(heard.of_findings, finding(payment, "high", name))
    await till.heard(heard.of_findings, reviewed("explained", "fnd_1"))
    await let_go(till)
    assert ok(await till.eva.get(payment))["held"] == "finding"
    await till.heard(heard.of_findings, reviewed("explained", "fnd_2"))
    await let_go(till)
    assert ok(await till.eva.get(payment))["held"] is None


async def test_what_is_found_as_it_is_let_go_holds_it_again(till: Cashier) -> None:
    payment = await chain.released(till)
    await till.heard(heard.of_findings, finding(payment, "high"), view="finding")
    assert ok(await till.eva.get(payment))["held"] is None
    await let_go(till)
    assert ok(await till.eva.get(payment))["held"] == "finding"


async def test_what_else_it_is_held_for_stays(till: Cashier) -> None:
    payment = await chain.released(till)
    await till.heard(heard.from_vendors, vendor_suspended)
    await till.heard(heard.of_findings, finding(payment, "high"))
    await till.heard(heard.of_findings, reviewed("explained"))
    await let_go(till)
    assert ok(await till.eva.get(payment))["held"] == "vendor_suspended"


async def test_a_finding_about_what_is_paid_holds_nothing(till: Cashier) -> None:
    await till.heard(heard.from_audit, finding("pay_nowhere", "high"))
    assert till.refusals() == [("hold_open_payments", "NoSuchPayment")]
