"""What stood against a payment when it was asked for, and what the bank says of it."""

from pathlib import Path
from typing import Any

import pytest
from services.audit.tests.test_forged import OTHER_MONEY, WHOLE, after, altered, at, signed
from services.audit.tests.test_verify_back import OWED
from specimens.histories import PRICE, RESERVED, Told

FOUND = {"finding": "fnd_1", "payment": "pay_1", "severity": "high"}


def vendors(act: str, stream: str, **data: Any) -> Told:
    return ("per_karim", f"vendors.{act}", stream, data)


def disbursement(act: str, who: str = "per_system", stream: str = "pay_1", **data: Any) -> Told:
    return (who, f"disbursement.{act}", stream, {"payment": "pay_1", **data})


def before(kind: str, *more: Told) -> list[Told]:
    index = at(kind)
    return [*WHOLE[:index], *more, *WHOLE[index:]]


def booked(**amount: str) -> Told:
    movement = {"payments": ["pay_1"], "amount": PRICE | {"amount": f"-{PRICE['amount']}"} | amount}
    return disbursement("bank_movements_told", stream="ans_1", movements=[movement])


def order(quantity: int, price: str, amount: str) -> dict[str, Any]:
    each = {"amount": price, "currency": "IQD"}
    lines = [{"line": 1, "quantity": quantity, "unit_price": each}]
    return {"lines": lines, "amount": {"amount": amount, "currency": "IQD"}}


DISPUTED = disbursement("receipt_disputed", "per_hana", "com_1", receipt="rec_1")
SETTLED = disbursement("receipt_dispute_resolved", "per_eva", "com_1", receipt="rec_1", lines=[])
GRAVE: Told = ("per_system", "audit.finding_raised", "fnd_1", FOUND)
REVIEW: Told = ("per_elif", "audit.finding_reviewed", "fnd_1", {**FOUND, "outcome": "explained"})
SUSPENDED = vendors("vendor_suspended", "ven_1")
STOOD: dict[str, tuple[list[Told], str]] = {
    "account frozen": (
        before("payment_requested", vendors("bank_account_frozen", "acc_1")),
        "asked for after bank account frozen",
    ),
    "account replaced": (
        before("payment_requested", vendors("bank_account_replaced", "acc_1")),
        "asked for after bank account replaced",
    ),
    "account not usable yet": (
        altered("bank_account_approved", usable_from="2026-12-24T00:00:00.000000Z"),
        "paid to an account that was not usable yet",
    ),
    "not confirmed after all": (
        after(
            "bank_account_callback_verified", vendors("bank_account_verification_failed", "acc_1")
        ),
        "to an account that the vendor, called back, did not confirm",
    ),
    "on a pro-forma": (
        altered("invoice_received", pro_forma=True),
        "paid on a pro-forma invoice, and not in advance",
    ),
    "without terms where others have some": (
        [*WHOLE, disbursement("payment_terms_set", stream="pay_9", terms={})],
        "paid without payment terms set",
    ),
    "a rate that was withdrawn": (
        after("exchange_rate_published", disbursement("exchange_rate_withdrawn", stream="rat_1")),
        "payment requested at a rate that nobody had published",
    ),
    "vendor suspended": (
        before("payment_requested", SUSPENDED),
        "asked for after vendor suspended",
    ),
    "vendor debarred": (
        before("payment_requested", vendors("vendor_debarred", "ven_1")),
        "asked for after vendor debarred",
    ),
    "approval run out": (
        altered("vendor_approved", valid_until="2026-11-01"),
        "asked for when the vendor's approval had run out on 2026-11-01",
    ),
    "delivery disputed": (
        after("goods_received", DISPUTED),
        "paid while a delivery was disputed",
    ),
    "found grave": (
        before("payment_requested", GRAVE),
        "paid in spite of fnd_1, which nobody had explained",
    ),
    "found grave, reviewed too late": (
        [*before("payment_requested", GRAVE), REVIEW],
        "paid in spite of fnd_1, which nobody had explained",
    ),
    "found to be fraud": (
        before(
            "payment_requested", GRAVE, (*REVIEW[:3], REVIEW[3] | {"outcome": "suspected_fraud"})
        ),
        "paid in spite of fnd_1, which nobody had explained",
    ),
    "paid on a person's word": (
        altered("vendor_paid", who="per_hana"),
        "paid on the word of per_hana alone, and not by the bank's",
    ),
    "rejected by the bank": (
        before("vendor_paid", disbursement("payment_rejected_by_bank")),
        "paid after the bank had rejected it",
    ),
    "booked otherwise": (
        before("vendor_paid", booked(amount="-9.000")),
        "paid with 2,423,500.500 IQD, and the bank booked another amount",
    ),
    "another budget line": (
        altered("vendor_paid", budget_line="bud_9"),
        "out of one budget line asked for, and out of another one paid",
    ),
    "a community's, and no project": (
        [
            ("per_lina", "plans.project_shares_set", "pla_1", {"plan": "pla_1", "shares": []})
            if name.endswith("plan_signed_by_returnee")
            else (who, name, stream, data)
            for who, name, stream, data in WHOLE
        ],
        "paid without plan signed by returnee",
    ),
    "fewer at a higher price": (
        after(
            "purchase_order_issued",
            disbursement(
                "commitment_amended", "per_hana", "com_1", **order(1, "302938.000", "302938.000")
            ),
        ),
        "its commitment was raised, and others did not agree to that",
    ),
    "a rate of one person": (
        altered("exchange_rate_published", who="per_hana"),
        "payment requested at a rate that nobody had published",
    ),
}


@pytest.mark.parametrize(("story", "what"), STOOD.values(), ids=STOOD)
def test_it_should_not_have_been_paid(story: list[Told], what: str, tmp_path: Path) -> None:
    told = signed(story, tmp_path).failures
    assert what in [each.what for each in told], told


IN_ORDER: dict[str, list[Told]] = {
    "reinstated": before("payment_requested", SUSPENDED, vendors("vendor_reinstated", "ven_1")),
    "the dispute was settled": after("goods_received", DISPUTED, SETTLED),
    "explained": before("payment_requested", GRAVE, REVIEW),
    "found when it was paid": [*WHOLE, GRAVE],
    "carried out after all": [
        (who, name, stream, data | {"after_rejection": True} if "vendor_paid" in name else data)
        for who, name, stream, data in before(
            "vendor_paid", disbursement("payment_rejected_by_bank")
        )
    ],
    "booked": before("vendor_paid", booked()),
    "booked with others": before(
        "vendor_paid",
        disbursement(
            "bank_movements_told",
            stream="ans_1",
            movements=[{"payments": ["pay_1", "pay_2"], "amount": OTHER_MONEY}],
        ),
    ),
}


@pytest.mark.parametrize("story", IN_ORDER.values(), ids=IN_ORDER)
def test_nothing_stood_against_it(story: list[Told], tmp_path: Path) -> None:
    assert not signed(story, tmp_path).failures


# Money that goes out by another event


def refund(act: str, who: str, **data: Any) -> Told:
    return (who, f"disbursement.refund_{act}", "rcv_1", {**OWED, **data})


REFUNDED: list[Told] = [
    refund("owed", "per_system", amount=PRICE, functional_amount=RESERVED),
    refund("approved", "per_eva", delegation="del_2"),
    refund("signed", "per_marta", delegation="del_3"),
    refund("signed", "per_ivan", delegation="del_4"),
    disbursement(
        "bank_movements_told",
        stream="ans_1",
        movements=[{"first": 3, "last": 3, "amount": PRICE | {"amount": f"-{PRICE['amount']}"}}],
    ),
    refund("paid", "per_hana", answer="ans_1", line=3, amount=PRICE),
    disbursement("bank_line_resolved", "per_hana", "ans_1", line=3),
]
NOT_REFUNDED: dict[str, tuple[int, list[Told], str]] = {
    "owed to nobody": (0, [], "was paid out without refund approved"),
    "approved by nobody": (1, [], "was paid out without refund approved"),
    "signed once": (3, [], "was paid out without refund approved"),
    "signed by who pays it out": (
        3,
        [refund("signed", "per_hana", delegation="del_4")],
        "one person did what two must",
    ),
    "signed without a delegation": (
        3,
        [refund("signed", "per_ivan", delegation="del_none")],
        "without a delegation that was given and confirmed",
    ),
    "booked by no bank": (4, [], "the bank did not book what was owed"),
}


def test_a_refund_goes_by_the_rules_of_payments(tmp_path: Path) -> None:
    assert not signed([*WHOLE, *REFUNDED], tmp_path).failures


@pytest.mark.parametrize(("place", "instead", "what"), NOT_REFUNDED.values(), ids=NOT_REFUNDED)
def test_it_was_no_refund(place: int, instead: list[Told], what: str, tmp_path: Path) -> None:
    story = [*WHOLE, *REFUNDED[:place], *instead, *REFUNDED[place + 1 :]]
    [failure] = signed(story, tmp_path).failures
    assert what in failure.what


def given_up(by: str, delegation: str = "del_2") -> list[Told]:
    data = {**OWED, "functional_amount": RESERVED, "delegation": delegation}
    return [
        disbursement("write_off_proposed", "per_hana", "rcv_1", recovery="rcv_1"),
        (by, "disbursement.recovery_written_off", "rcv_1", data),
    ]


def test_what_is_owed_is_given_up_by_two(tmp_path: Path) -> None:
    assert not signed([*WHOLE, *given_up("per_eva")], tmp_path / "two").failures
    [alone] = signed([*WHOLE, given_up("per_eva")[1]], tmp_path / "one").failures
    assert alone.what == "rcv_1 was given up on the word of one person"
    [unfit] = signed([*WHOLE, *given_up("per_eva", "del_9")], tmp_path / "unfit").failures
    assert "without a delegation that was given and confirmed" in unfit.what
