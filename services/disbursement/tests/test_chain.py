"""The chain over HTTP, from a grant to a reconciled payment: what is asked, answered, on record."""

from services.disbursement.tests import chain
from services.disbursement.tests.cashier import (
    Cashier,
    account_frozen,
    ok,
    refused,
    vendor_suspended,
)
from services.disbursement.tests.people import ITEM

from disbursement.domain import heard
from events.roles import STAFF, Role


async def test_a_vendor_is_paid_and_the_payment_reconciled(till: Cashier) -> None:
    payment = await chain.instructed(till)
    assert (await till.hana.get(payment)).json()["stage"] == "instructed"
    await till.bank_says("1-status.xml", chain.status(payment, "ACSP"))
    assert (await till.hana.get(payment)).json()["stage"] == "accepted"
    await till.bank_says("2-booked.xml", chain.booked(payment))

    page = (await till.elif_.get(payment)).json()
    assert page["stage"] == "reconciled"
    assert page["functional_amount"] == chain.eur(1000)
    figures = [page["budget"][name] for name in ("spent", "reserved", "available")]
    assert figures == [chain.eur(1000), chain.eur(0), chain.eur(4000)]
    assert page["commitment_stands"]["stage"] == "liquidated"
    assert [(act["stage"], act["person"]) for act in page["acts"]] == [
        ("requested", "per_hana"),
        ("certified", "per_jozef"),
        ("approved", "per_eva"),
        ("signed", "per_marta"),
        ("released", "per_ivan"),
    ]
    told = await till.told()
    since = told.index("commitment_requested")
    assert told[since:] == [
        "commitment_requested",
        "item_committed",
        "funds_reserved",
        "commitment_certified",
        "counted_under_limit",
        "commitment_approved",
        "counted_under_limit",
        "purchase_order_issued",
        "goods_received",
        "invoice_received",
        "three_way_match_passed",
        "invoice_registered",
        "paper_registered",
        "payment_requested",
        "payment_terms_set",
        "invoice_submitted",
        "first_payment_counted",
        "payment_counted",
        "payment_counted",
        "payment_certified",
        "counted_under_limit",
        "payment_approved",
        "counted_under_limit",
        "payment_signed",
        "counted_under_limit",
        "payment_signed",
        "counted_under_limit",
        "bank_file_prepared",
        "payment_put_in_file",
        "bank_file_sealed",
        "bank_file_leaving",
        "bank_file_sent",
        "payment_instructed",
        "bank_answer_read",
        "payment_accepted_by_bank",
        "bank_answer_read",
        "bank_statement_read",
        "bank_movements_told",
        "vendor_paid",
        "payment_converted",
        "payment_reconciled",
        "invoice_settled",
        "payment_charged",
        "commitment_liquidated",
        "funds_spent",
    ]
    assert till.refusals() == []


async def test_the_wrong_people_are_refused_with_the_rules_name(till: Cashier) -> None:
    path = f"/v1/commitments/{await chain.committed(till, await chain.funded(till))}"
    hana = till.sign_in("hana", *STAFF)
    lina = till.sign_in("lina", *STAFF)
    assert await till.tries(hana, f"{path}/certify") == (422, "ActedOnCommitment")
    assert await till.tries(lina, f"{path}/certify") == (422, "CounsellorOfTheCase")
    await till.does(till.jozef, f"{path}/certify")
    jozef = till.sign_in("jozef", *STAFF)
    assert await till.tries(jozef, f"{path}/approve") == (422, "ActedOnCommitment")
    assert await till.tries(till.sign_in("omar", *STAFF), f"{path}/approve") == (422, "NoMandate")


async def test_who_prepared_the_order_or_the_bill_certifies_no_payment(till: Cashier) -> None:
    """Another finance officer asks for the payment: that changes nothing (D2)."""
    commitment = await chain.matched(till)
    stands = ok(await till.hana.get(commitment))
    asked = {
        "commitment": stands["commitment"],
        "invoice": stands["invoices"][-1]["invoice"],
    }
    olga = till.sign_in("olga", Role.FINANCE_OFFICER)
    payment = (await till.does(olga, "/v1/payments", asked, status=201))["payment"]
    path = f"/v1/payments/{payment}"
    hana, seen = till.sign_in("hana", *STAFF), await chain.seen(till, path)
    assert await till.tries(hana, f"{path}/certify", seen) == (422, "PreparedIt")
    await till.does(till.jozef, f"{path}/certify", seen)
    assert await till.tries(hana, f"{path}/approve", seen) == (422, "PreparedIt")


async def test_nobody_acts_twice_on_a_payment(till: Cashier) -> None:
    payment = await chain.requested(till)
    seen = await chain.seen(till, payment)
    hana, jozef, dalia, nadia, yusuf = (
        till.sign_in(name, *STAFF) for name in ("hana", "jozef", "dalia", "nadia", "yusuf")
    )
    assert await till.tries(hana, f"{payment}/certify", seen) == (422, "ActedAlready")
    await till.does(till.jozef, f"{payment}/certify", seen)
    assert await till.tries(jozef, f"{payment}/approve", seen) == (422, "ActedAlready")
    assert await till.tries(dalia, f"{payment}/approve", seen) == (422, "RecorderCannotApprove")
    assert await till.tries(nadia, f"{payment}/approve", seen) == (422, "CollectorCannotApprove")
    await till.does(till.eva, f"{payment}/approve", seen)
    assert await till.tries(yusuf, f"{payment}/sign", seen) == (422, "AccountApproverCannotSign")
    await till.does(till.marta, f"{payment}/sign", seen)
    assert await till.tries(till.marta, f"{payment}/sign", seen) == (422, "ActedAlready")


async def test_an_act_under_a_delegation_says_so_in_its_entry(till: Cashier) -> None:
    await chain.released(till)
    under_one = {
        "commitment_certified",
        "commitment_approved",
        "payment_certified",
        "payment_approved",
        "payment_signed",
        "counted_under_limit",
    }
    held = {
        answer["person"]: answer["delegation"]
        for answer in ok(await till.hana.get("/v1/delegations"))["items"]
    }
    told = []
    for entry in await till.trial.store.read(0, 1000):
        envelope = entry.envelope
        name = envelope.type.split(".")[1]
        if name in under_one:
            told.append(name)
            assert envelope.actordelegation == held[envelope.actorid], name
        else:
            assert envelope.actordelegation is None, name
    assert len(told) == 6 + told.count("counted_under_limit") == 12


async def test_a_role_opens_a_route_and_no_other(till: Cashier) -> None:
    payment = await chain.requested(till)
    seen = await chain.seen(till, payment)
    for who, act in ((till.eva, "certify"), (till.jozef, "approve"), (till.elif_, "sign")):
        status, _ = await till.tries(who, f"{payment}/{act}", seen)
        assert status == 403


async def test_nobody_signs_what_they_did_not_see(till: Cashier) -> None:
    payment = await chain.requested(till)
    unseen = {"evidence": "0" * 64}
    assert await till.tries(till.jozef, f"{payment}/certify", unseen) == (409, "EvidenceChanged")


async def test_a_frozen_account_voids_what_was_to_be_signed(till: Cashier) -> None:
    payment = await chain.requested(till)
    seen = await chain.seen(till, payment)
    await till.does(till.jozef, f"{payment}/certify", seen)
    await till.heard(heard.from_vendors, account_frozen)
    assert await till.tries(till.eva, f"{payment}/approve", seen) == (409, "PaymentIsHeld")
    let_go = await till.tries(till.tomas, f"{payment}/release-from-hold", {"reason": "seen"})
    assert let_go == (422, "AccountNotUsable")
    page = (await till.eva.get(payment)).json()
    assert page["evidence_stands"] != page["evidence"]
    assert page["account_stands"]["active"] is False


async def test_a_frozen_account_keeps_a_released_payment_from_the_bank(till: Cashier) -> None:
    payment = await chain.released(till)
    await till.heard(heard.from_vendors, account_frozen)
    body = {"payments": [payment.rpartition("/")[2]]}
    assert refused(await till.hana.post("/v1/bank-files", body)) == (409, "PaymentIsHeld")
    let_go = await till.tries(till.tomas, f"{payment}/release-from-hold", {"reason": "seen"})
    assert let_go == (422, "AccountNotUsable")
    assert till.at_the_bank() == []


async def test_a_suspended_vendors_payments_are_held_by_themselves(till: Cashier) -> None:
    payment = await chain.requested(till)
    await till.heard(heard.from_vendors, vendor_suspended)
    page = (await till.eva.get(payment)).json()
    assert page["held"] == "vendor_suspended"
    seen = {"evidence": page["evidence"]}
    assert await till.tries(till.jozef, f"{payment}/certify", seen) == (409, "PaymentIsHeld")
    let_go = await till.tries(till.tomas, f"{payment}/release-from-hold", {"reason": "seen"})
    assert let_go == (422, "VendorNotPayable")


async def test_the_page_says_what_you_may_do_and_why_not(till: Cashier) -> None:
    payment = await chain.requested(till)
    await till.does(till.jozef, f"{payment}/certify", await chain.seen(till, payment))

    async def yours(who: object) -> dict[str, tuple[bool, str | None]]:
        page = (await who.get(payment)).json()  # type: ignore[attr-defined]
        return {act["act"]: (act["may"], act["rule"]) for act in page["you"]}

    assert await yours(till.eva) == {
        "certify": (False, "RoleNeeded"),
        "approve": (True, None),
        "sign": (False, "RoleNeeded"),
    }
    assert await yours(till.sign_in("jozef", *STAFF)) == {
        "certify": (False, "PaymentIsAt"),
        "approve": (False, "ActedAlready"),
        "sign": (False, "PaymentIsAt"),
    }


async def test_nothing_is_committed_for_an_item_that_nobody_approved(till: Cashier) -> None:
    line = await chain.funded(till)
    asked = {"item": "itm_unknown", "budget_line": line, "amount": chain.MONEY}
    assert refused(await till.hana.post("/v1/commitments", asked)) == (422, "PlanNotApproved")
    elsewhere = {"item": ITEM, "budget_line": "bud_unknown", "amount": chain.MONEY}
    assert refused(await till.hana.post("/v1/commitments", elsewhere)) == (422, "NoFunding")


async def test_a_cancelled_commitment_gives_its_funds_back(till: Cashier) -> None:
    line = await chain.funded(till)
    path = f"/v1/commitments/{await chain.committed(till, line)}"
    await till.does(till.hana, f"{path}/cancel", {"reason": "returnee_left"})
    stands = (await till.hana.get(f"/v1/budget-lines/{line}")).json()
    assert stands["available"] == chain.eur(5000)
    assert (await till.told())[-4:] == [
        "commitment_cancelled",
        "item_released",
        "reservation_given_back",
        "funds_released",
    ]


async def test_the_invoice_that_does_not_match_and_the_one_that_corrects_it(till: Cashier) -> None:
    path = await chain.ordered(till)
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(8))
    olga = till.sign_in("olga", *STAFF)
    first = await till.does(olga, f"{path}/invoices", chain.invoice(10))
    assert first["invoices"][0]["exceptions"] == ["short_receipt"]
    asked = {"commitment": first["commitment"], "invoice": first["invoices"][0]["invoice"]}
    assert refused(await till.hana.post("/v1/payments", asked)) == (422, "InvoiceNotMatched")
    again = chain.invoice(8, replaces=first["invoices"][0]["invoice"])
    second = await till.does(till.hana, f"{path}/invoices", again)
    assert [i["stage"] for i in second["invoices"]] == ["replaced", "matched"]
    assert second["invoices"][1]["payable"] == {"amount": "1320000.000", "currency": "IQD"}
    paying = await chain.requested(till, path)
    [line] = ok(await till.hana.get("/v1/payments"))["items"]
    assert line["flags"] == ["delivered_short", "corrected"]
    seen = await chain.seen(till, paying)
    assert await till.tries(olga, f"{paying}/certify", seen) == (422, "PreparedIt")


async def test_the_goods_that_come_later_let_the_invoice_match(till: Cashier) -> None:
    path = await chain.ordered(till)
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(8))
    await till.does(till.hana, f"{path}/invoices", chain.invoice(10))
    then = await till.does(till.dalia, f"{path}/deliveries", chain.more_sacks(2))
    assert then["invoices"][0]["stage"] == "matched"
    assert then["order"]["lines"][1]["received"] == 10


async def test_a_vendors_invoice_number_comes_once_however_it_is_written(till: Cashier) -> None:
    path = await chain.matched(till, sacks=5)
    again = {**chain.invoice(5, number="inv 2231")}
    assert await till.tries(till.hana, f"{path}/invoices", again) == (409, "InvoiceNumberTaken")


async def test_numbers_that_divide_their_digits_otherwise_are_other_numbers(till: Cashier) -> None:
    path = await chain.ordered(till)
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(10))
    for number in ("A-55/2", "A-552", "A-5/52"):
        stands = await till.does(till.hana, f"{path}/invoices", chain.invoice(3, number=number))
        assert stands["invoices"][-1]["number"] == number


async def test_the_bank_is_told_the_number_as_it_is_printed(till: Cashier) -> None:
    path = await chain.ordered(till)
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(10))
    await till.does(till.hana, f"{path}/invoices", chain.invoice(10, number="78-2026"))
    await chain.instructed(till, await chain.released(till, await chain.requested(till, path)))
    (file,) = till.at_the_bank()
    assert "<Ustrd>Invoice 78-2026</Ustrd>" in file.read_text("utf-8")


async def test_an_invoice_is_paid_once(till: Cashier) -> None:
    path = await chain.matched(till)
    payment = await chain.requested(till, path)
    stands = (await till.hana.get(path)).json()
    asked = {"commitment": stands["commitment"], "invoice": stands["invoices"][0]["invoice"]}
    assert refused(await till.hana.post("/v1/payments", asked)) == (409, "InvoiceUnderPayment")
    await till.does(till.hana, f"{payment}/cancel", {"reason": "mistake"})
    ok(await till.hana.post("/v1/payments", asked), 201)


async def asked_for(till: Cashier, commitment: str) -> dict[str, str]:
    """The request that the commitment's first invoice be paid."""
    stands = (await till.hana.get(commitment)).json()
    return {"commitment": stands["commitment"], "invoice": stands["invoices"][0]["invoice"]}


async def paid(till: Cashier, payment: str) -> None:
    await chain.instructed(till, await chain.released(till, payment))
    await till.bank_says("booked.xml", chain.booked(payment, amount="1200000.000"))


async def test_a_paid_invoice_is_refused_by_name_while_the_rest_is_open(till: Cashier) -> None:
    path = await chain.matched(till, sacks=5)
    await paid(till, await chain.requested(till, path))
    assert (await till.hana.get(path)).json()["stage"] == "issued"
    again = await till.hana.post("/v1/payments", await asked_for(till, path))
    assert refused(again) == (409, "InvoiceAlreadyPaid")


async def test_a_request_sent_again_after_the_payment_gets_its_first_answer(
    till: Cashier,
) -> None:
    path = await chain.matched(till, sacks=5)
    asked = await asked_for(till, path)
    first = await till.hana.post("/v1/payments", asked, key="k1")
    await till.settle()
    await paid(till, first.headers["location"])
    again = await till.hana.post("/v1/payments", asked, key="k1")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]


async def test_a_request_without_a_key_is_told_so_whatever_became_of_the_invoice(
    till: Cashier,
) -> None:
    path = await chain.matched(till, sacks=5)
    await paid(till, await chain.requested(till, path))
    headers = {"authorization": f"Bearer {till.hana.token}"}
    asked = await asked_for(till, path)
    said = await till.trial.client.post("/v1/payments", json=asked, headers=headers)
    assert refused(said) == (400, "idempotency_key_missing")


async def test_a_payment_goes_to_the_bank_once(till: Cashier) -> None:
    payment = await chain.instructed(till)
    body = {"payments": [payment.rpartition("/")[2]]}
    assert refused(await till.hana.post("/v1/bank-files", body)) == (409, "InOtherFile")
    assert len(till.at_the_bank()) == 1


async def test_a_payment_with_one_signature_is_not_sent(till: Cashier) -> None:
    payment = await chain.requested(till)
    seen = await chain.seen(till, payment)
    await till.does(till.jozef, f"{payment}/certify", seen)
    await till.does(till.eva, f"{payment}/approve", seen)
    await till.does(till.marta, f"{payment}/sign", seen)
    body = {"payments": [payment.rpartition("/")[2]]}
    assert refused(await till.hana.post("/v1/bank-files", body)) == (409, "PaymentIsAt")


async def test_a_stale_page_signs_nothing(till: Cashier) -> None:
    payment = await chain.requested(till)
    seen = await chain.seen(till, payment)
    tag = (await till.jozef.get(payment)).headers["etag"]
    await till.does(till.eva, f"{payment}/hold", {"reason": "look"})
    stale = await till.jozef.post(f"{payment}/certify", seen, if_match=tag)
    assert refused(stale) == (412, "version_stale")
    unsaid = await till.jozef.post(f"{payment}/certify", seen)
    assert refused(unsaid) == (428, "if_match_required")


async def test_what_is_not_there_is_not_found(till: Cashier) -> None:
    for path in (
        "/v1/payments/pay_x",
        "/v1/commitments/com_x",
        "/v1/grants/gra_x",
        "/v1/budget-lines/bud_x",
        "/v1/delegations/del_x",
        "/v1/bank-files/fil_x",
        "/v1/bank-answers/ans_x",
    ):
        assert (await till.elif_.get(path)).status_code == 404, path


async def test_lists_tell_what_there_is(till: Cashier) -> None:
    payment = await chain.instructed(till)
    for path, key in (
        ("/v1/grants", "grant"),
        ("/v1/budget-lines", "line"),
        ("/v1/delegations", "delegation"),
        ("/v1/exchange-rates", "base"),
        ("/v1/commitments?stage=issued", "commitment"),
        ("/v1/payments?stage=instructed", "payment"),
        ("/v1/bank-files", "file"),
    ):
        items = (await till.elif_.get(path)).json()["items"]
        assert items, path
        assert all(item[key] for item in items), path
    none = (await till.elif_.get("/v1/payments?stage=paid")).json()
    assert none["items"] == []
    first = (await till.elif_.get("/v1/delegations?limit=3")).json()
    assert len(first["items"]) == 3
    rest = (await till.elif_.get(f"/v1/delegations?limit=3&cursor={first['next']}")).json()
    assert len(rest["items"]) == 1
    assert payment


async def test_payments_are_found_by_what_they_are_for_and_what_stands_out_is_told(
    till: Cashier,
) -> None:
    path = await chain.requested(till, await chain.matched(till, sacks=8))
    payment = (await till.hana.get(path)).json()

    async def found(name: str, value: str) -> list[str]:
        items = ok(await till.hana.get(f"/v1/payments?{name}={value}"))["items"]
        return [item["payment"] for item in items]

    for name in ("case", "vendor", "invoice"):
        assert await found(name, payment[name]) == [payment["payment"]]
        assert await found(name, f"{payment[name]}0") == []
    assert await found("held", "true") == []
    await till.does(till.eva, f"{path}/hold", {"reason": "unclear"})
    assert await found("held", "true") == [payment["payment"]]
    assert await found("held", "false") == []

    [line] = ok(await till.hana.get("/v1/payments"))["items"]
    assert line["grant_reference"] == "SK-2023-AVRR"
    assert line["category"] == "business_start"
    assert line["flags"] == ["delivered_short"]
    assert line["requested_at"] == payment["requested_at"]
    [receipt] = payment["commitment_stands"]["receipts"]
    assert (receipt["received_by"], receipt["method"]) == ("returnee", "signature")
    assert receipt["recorded_by"] == "per_dalia"


async def test_authority_given_to_who_may_not_use_it_never_comes_into_force(till: Cashier) -> None:
    given = {"authority": "approve", "limit": chain.eur(50_000)}
    given |= {"starts": "2026-01-01", "ends": "2026-12-31"}
    for name, status in (("elif_", 403), ("lina", 403), ("jozef", 422)):
        who = getattr(till, name)
        told = given | {"person": f"per_{name.rstrip('_')}"}
        answer = await till.does(till.maria, "/v1/delegations", told, status=201)
        path = f"/v1/delegations/{answer['delegation']}"
        assert (await till.tries(who, f"{path}/accept"))[0] == status
        assert await till.tries(till.tomas, f"{path}/confirm") == (409, "DelegationIsAt")


async def test_nobody_is_given_more_authority_than_is_delegated(till: Cashier) -> None:
    given = {"person": "per_jozef", "authority": "approve", "limit": chain.eur(10**9)}
    given |= {"starts": "2026-01-01", "ends": "2026-12-31"}
    assert await till.tries(till.maria, "/v1/delegations", given) == (422, "MoreThanIsDelegated")
