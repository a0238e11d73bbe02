"""Logs that lack what stands behind each payment, or in which the figures say otherwise."""

from pathlib import Path
from typing import Any

import pytest
from services.audit.tests.test_forged import (
    OTHER_MONEY,
    RETURNED,
    SHARED,
    WHOLE,
    after,
    altered,
    at,
    signed,
    without,
)
from services.audit.tests.test_verify_back import RECOVERED
from services.audit.tests.test_verify_terms import held, told_after, untold
from specimens.histories import EACH, SIGNED_FOR, Told

from audit.verify import Kind

LESS = {"amount": "2423500.499", "currency": "IQD"}


def lines(quantity: int, **more: Any) -> list[dict[str, Any]]:
    return [{"line": 1, "quantity": quantity, "unit_price": EACH, **more}]


def of_order(name: str, **data: Any) -> Told:
    return ("per_hana", f"disbursement.{name}", "com_1", {"commitment": "com_1", **data})


FIGURES: dict[str, tuple[list[Told], str]] = {
    "a commitment of less": (
        altered("commitment_requested", amount=LESS, reserved={"amount": "1", "currency": "EUR"}),
        "more was paid of its commitment than the 2,423,500.499 IQD of it",
    ),
    "a commitment that became less": (
        after("purchase_order_issued", of_order("commitment_amended", amount=LESS, lines=[])),
        "more was paid of its commitment than the 2,423,500.499 IQD of it",
    ),
    "nothing was ordered": (
        altered("purchase_order_issued", lines=lines(0)),
        "more than what was ordered, delivered and invoiced comes to",
    ),
    "less was ordered": (
        altered("purchase_order_issued", lines=lines(7)),
        "more than what was ordered, delivered and invoiced comes to",
    ),
    "it was ordered for less": (
        altered("purchase_order_issued", lines=lines(10, unit_price=LESS | {"amount": "302937"})),
        "more than what was ordered, delivered and invoiced comes to",
    ),
    "the order was made less": (
        after(
            "purchase_order_issued",
            of_order("commitment_amended", amount=LESS, lines=lines(7)),
        ),
        "more than what was ordered, delivered and invoiced comes to",
    ),
    "nothing was delivered": (
        altered("goods_received", lines=lines(0)),
        "more than what was ordered, delivered and invoiced comes to",
    ),
    "what was delivered is broken": (
        altered("goods_received", lines=lines(8, condition="damaged")),
        "more than what was ordered, delivered and invoiced comes to",
    ),
    "a dispute took some of it back": (
        after("goods_received", of_order("receipt_dispute_resolved", lines=lines(1))),
        "more than what was ordered, delivered and invoiced comes to",
    ),
    "less stands on the invoice": (
        altered("invoice_received", lines=lines(7)),
        "more than what was ordered, delivered and invoiced comes to",
    ),
    "no order": (without("purchase_order_issued"), "paid without purchase order issued"),
    "an account that was not active": (
        without("bank_account_activated"),
        "paid without bank account activated",
    ),
    "the returnee did not sign": (
        without("plan_signed_by_returnee"),
        "paid without plan signed by returnee",
    ),
    "no budget line": (
        without("budget_line_established"),
        "paid from a budget line that nobody had established",
    ),
    "no grant": (without("grant_opened"), "paid from a grant that nobody had opened"),
    "a grant that was opened afterwards": (
        [*without("grant_opened"), WHOLE[at("grant_opened")]],
        "paid from a grant that nobody had opened",
    ),
}


@pytest.mark.parametrize(("story", "what"), FIGURES.values(), ids=FIGURES)
def test_the_entries_do_not_bear_what_was_paid(
    tmp_path: Path, story: list[Told], what: str
) -> None:
    report = signed(story, tmp_path)
    assert report.exit_code == Kind.RULES
    assert what in {failure.what for failure in report.failures}, report.failures


def test_two_payments_are_counted_together(tmp_path: Path) -> None:
    """Each for itself is within the commitment."""
    again = [
        (who, name, stream.replace("pay_1", "pay_2"), said | changed)
        for who, name, stream, said in WHOLE[at("invoice_received") :]
        for changed in [{key: f"{said[key][:4]}2" for key in ("payment", "invoice") if key in said}]
    ]
    more = altered("purchase_order_issued", lines=lines(16))
    arrived = ("per_dalia", "disbursement.goods_received", "com_1")
    another = {"commitment": "com_1", "receipt": "rec_2", "lines": lines(8), **SIGNED_FOR}
    report = signed([*more, (*arrived, another), *again], tmp_path / "both")
    assert {failure.what for failure in report.failures} == {
        "more was paid of its commitment than the 2,423,500.500 IQD of it"
    }
    assert not signed([*more, *RETURNED, (*arrived, another), *again], tmp_path / "one").failures
    recovered = [*more, *RECOVERED, (*arrived, another), *again]
    assert not signed(recovered, tmp_path / "back").failures
    large = [
        (who, name, stream, said | {"amount": OTHER_MONEY} if "commitment_req" in name else said)
        for who, name, stream, said in more
    ]
    report = signed([*large, (*arrived, another), *again], tmp_path / "large")
    assert not any("of its commitment" in each.what for each in report.failures)


def test_more_than_was_ordered_where_that_was_waived(tmp_path: Path) -> None:
    said = {"commitment": "com_1", "invoice": "inv_1", "delegation": "del_2"}
    waived: Told = ("per_eva", "disbursement.match_exception_waived", "com_1", said)
    few = told_after(
        "invoice_received", waived, story=altered("purchase_order_issued", lines=lines(7))
    )
    assert not signed(few, tmp_path).failures


# Cash

WORTH = {"amount": "300.00", "currency": "EUR"}
SOME = {
    "cash": "csh_1",
    "amount": WORTH,
    "reserved": WORTH,
    "counsellors": ["per_lina"],
}


def cash(who: str, act: str, **data: Any) -> Told:
    return (who, f"disbursement.cash_{act}", "csh_1", {"cash": "csh_1", **data})


HANDED = [
    cash("per_hana", "requested", **SOME),
    cash("per_hana", "terms_set", second_approval=True),
    cash("per_eva", "approved", delegation="del_2"),
    cash("per_ulla", "approved_again", delegation="del_5"),
    cash("per_dalia", "handed_over"),
    cash("per_samir", "hand_over_confirmed"),
]
HELD = cash("per_system", "held", finding="fnd_1")
BEFORE = [*WHOLE, *held("del_5", "per_ulla", "approve")]


def done(act: str, *, by: str, **data: Any) -> list[Told]:
    """The same, with one of the acts by another, or otherwise."""
    return [
        (by, name, stream, said | data)
        if name.endswith(f".cash_{act}")
        else (who, name, stream, said)
        for who, name, stream, said in HANDED
    ]


def test_cash_that_five_people_handed_over(tmp_path: Path) -> None:
    report = signed([*BEFORE, *HANDED], tmp_path)
    assert not report.failures
    assert not any("nobody confirmed" in each for each in report.not_checked)


@pytest.mark.parametrize(
    ("story", "what"),
    [
        (done("approved", by="per_hana"), "one person did what two must"),
        (done("handed_over", by="per_eva"), "one person did what two must"),
        (done("hand_over_confirmed", by="per_dalia"), "one person did what two must"),
        (done("handed_over", by="per_lina"), "counsels the returnee"),
        (
            done("approved", by="per_eva", delegation="del_3"),
            "cash approved by per_eva under del_3",
        ),
        (
            done("approved_again", by="per_ulla", delegation=None),
            "by per_ulla without a delegation",
        ),
        (untold("cash_approved", story=HANDED), "confirmed without cash approved"),
        (untold("cash_approved_again", story=HANDED), "confirmed without cash approved again"),
        (untold("cash_handed_over", story=HANDED), "confirmed without cash handed over"),
        (untold("cash_requested", story=HANDED), "confirmed without cash requested"),
        (
            done("hand_over_confirmed", by="per_samir", amount=WORTH | {"amount": "310.00"}),
            "another amount than was asked for and approved",
        ),
        (
            done("requested", by="per_hana", amount=WORTH | {"amount": "310.00"}),
            "300.00 EUR reserved for 310.00 EUR",
        ),
        (
            done("handed_over", by="per_dalia", proof="thumbprint"),
            "confirmed without cash hand over witnessed",
        ),
        ([*HANDED[:4], HANDED[5], HANDED[4]], "out of order"),
        ([*HANDED[:4], HELD, *HANDED[4:]], "handed over although it was held"),
        ([*HANDED, cash("per_hana", "cancelled", reason="changed_mind")], "given up and confirmed"),
    ],
)
def test_cash_by_too_few(tmp_path: Path, story: list[Told], what: str) -> None:
    [failure] = signed([*BEFORE, *story], tmp_path).failures
    assert failure.kind == "duties"
    assert what in failure.what


def test_cash_that_was_let_go_before_it_was_handed_over(tmp_path: Path) -> None:
    let_go = cash("per_jozef", "released_from_hold", reason="seen")
    story = [*HANDED[:4], HELD, let_go, *HANDED[4:]]
    assert not signed([*BEFORE, *story], tmp_path).failures


def test_cash_that_nobody_confirmed_is_named(tmp_path: Path) -> None:
    report = signed([*BEFORE, *HANDED[:-1]], tmp_path)
    assert not report.failures
    assert "cash: 1 handed over, and nobody confirmed that yet" in report.not_checked


def test_what_a_community_alone_has_a_share_in_no_returnee_signs(tmp_path: Path) -> None:
    """Its committee's minutes are recorded with it."""
    story = [each for each in SHARED if each[1] != "plans.project_share_signed"]
    drafted = next(n for n, each in enumerate(story) if each[1] == "plans.project_proposed")

    def shared(*cases: str) -> list[Told]:
        shares = [{"case": case, "basis_points": 5000} for case in cases]
        said = {
            "project": "prj_1",
            "shares": shares,
            "host_basis_points": 10000 - 5000 * len(cases),
        }
        told = ("per_lina", "plans.project_shares_set", "prj_1", said)
        return [*story[: drafted + 1], told, *story[drafted + 1 :]]

    assert not signed(shared(), tmp_path / "none").failures
    for unsigned in (story, shared("cas_1")):
        told = signed(unsigned, tmp_path / str(len(unsigned))).failures
        assert [each.what for each in told] == ["paid without plan signed by returnee"]
