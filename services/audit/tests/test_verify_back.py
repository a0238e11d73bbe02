"""Money that came back, by the bank or by the vendor, and what has to stand behind it."""

from pathlib import Path

import pytest
from services.audit.tests.test_forged import PAID, RETURNED, WHOLE, signed, without
from specimens.histories import PRICE, RESERVED, Told

OWED = {"recovery": "rcv_1", "payment": "pay_1", "commitment": "com_1"}
ON_THE_LINE = {"first": 3, "last": 3, "amount": PRICE}


def recovery(who: str, act: str, **data: object) -> Told:
    return (who, f"disbursement.recovery_{act}", "rcv_1", {**OWED, **data})


def bank(who: str, act: str, **data: object) -> Told:
    return (who, f"disbursement.bank_{act}", "ans_1", {"answer": "ans_1", **data})


RECOVERED: list[Told] = [
    recovery("per_hana", "initiated", amount=PRICE, functional_amount=RESERVED),
    recovery("per_eva", "approved", functional_amount=RESERVED, delegation="del_2"),
    bank("per_system", "movements_told", movements=[ON_THE_LINE]),
    recovery("per_hana", "received", answer="ans_1", line=3, amount=PRICE),
    bank("per_hana", "line_resolved", line=3),
    ("per_tomas", "disbursement.grant_opened", "gra_9", {"grant": "gra_9"}),
]
"""What was paid is asked back, and comes; then something else is told."""


def but(act: str, *told: Told) -> list[Told]:
    """The same with something else in place of that act."""
    place = next(i for i, each in enumerate(RECOVERED) if each[1].endswith(act))
    return [*WHOLE, *RECOVERED[:place], *told, *RECOVERED[place + 1 :]]


def test_what_the_vendor_owes_comes_back(tmp_path: Path) -> None:
    assert not signed([*WHOLE, *RECOVERED], tmp_path).failures


def by_hand(uploader: str, confirmer: str, returner: str) -> list[Told]:
    """A file of the bank's that people brought says that the payment came back."""
    back = [(returner, *told[1:]) for told in RETURNED]
    brought = bank(uploader, "answer_uploaded"), bank(confirmer, "answer_confirmed")
    return [*WHOLE, *brought, *back, PAID]


def test_what_one_brought_and_another_saw_at_the_bank_came_back(tmp_path: Path) -> None:
    assert not signed(by_hand("per_hana", "per_maria", "per_maria"), tmp_path).failures


MORE = PRICE | {"amount": "2423500.501"}
RECEIVED = RECOVERED[3]
RESOLVED = RECOVERED[4]
BY_HAND: list[Told] = [("per_hana", *RETURNED[0][1:]), RETURNED[1]]
NOT_BACK: dict[str, tuple[list[Told], str]] = {
    "returned by a person": ([*WHOLE, *BY_HAND], "came back on the word of per_hana alone"),
    "returned by what one brought and confirmed": (
        by_hand("per_hana", "per_hana", "per_hana"),
        "came back on the word of per_hana alone",
    ),
    "returned by another than who saw it at the bank": (
        by_hand("per_hana", "per_maria", "per_hana"),
        "came back on the word of per_hana alone",
    ),
    "returned, and the bank booked nothing": (
        [*WHOLE, RETURNED[0], PAID],
        "pay_1 was paid already, in entry",
    ),
    "returned, and no statement shows it": (
        [*WHOLE, *RETURNED[:2], PAID],
        "and no statement shows it",
    ),
    "booked as returned by a person": (
        [*WHOLE, RETURNED[0], ("per_hana", *RETURNED[1][1:]), RETURNED[2], PAID],
        "came back on the word of per_hana alone",
    ),
    "told to be returned alone": (
        [*WHOLE, RETURNED[0], *RECOVERED[-1:]],
        "and no booking of the bank's bears it out",
    ),
    "returned before it was paid": (
        [*without("vendor_paid"), *RETURNED, PAID],
        "pay_1 came back, and was not out",
    ),
    "recovered before it was paid": (
        [*without("vendor_paid"), *RECOVERED, PAID],
        "came back, which is more than was paid of it",
    ),
    "another order's": (
        but("_received", recovery(*RECEIVED[:1], "received", **RECEIVED[3] | {"commitment": "c"})),
        "came back, which is more than was paid of it",
    ),
    "nobody asked for it": (but("_initiated"), "which nobody had approved to ask for"),
    "who asked for it approved it": (
        but("y_approved", ("per_hana", *RECOVERED[1][1:])),
        "which nobody had approved to ask for",
    ),
    "approved without a delegation": (
        but("y_approved", recovery("per_eva", "approved", functional_amount=RESERVED)),
        "which nobody had approved to ask for",
    ),
    "given up before": (
        but("movements_told", RECOVERED[2], recovery("per_eva", "written_off")),
        "which nobody had approved to ask for",
    ),
    "the bank tells of another amount": (
        but("told", bank("per_system", "movements_told", movements=[ON_THE_LINE | {"amount": 1}])),
        "and the bank did not book that",
    ),
    "the bank's line is of something else": (
        but("line_resolved", bank("per_hana", "line_resolved", line=4)),
        "and the bank did not book that",
    ),
    "one line of the bank's counted twice": (
        but("line_resolved", RESOLVED, RECEIVED),
        "which is more than was paid of it",
    ),
}


@pytest.mark.parametrize(("story", "what"), NOT_BACK.values(), ids=NOT_BACK)
def test_it_did_not_come_back(story: list[Told], what: str, tmp_path: Path) -> None:
    told = signed(story, tmp_path).failures
    assert any(each.kind == "rules" and what in each.what for each in told), told


@pytest.mark.parametrize(
    ("act", "stream"),
    [
        ("payment_reconciled", "pay_9"),
        ("payment_converted", "pay_9"),
        ("payment_charged", "com_1"),
        ("invoice_settled", "com_1"),
    ],
)
def test_what_was_paid_is_not_left_out(act: str, stream: str, tmp_path: Path) -> None:
    said: Told = ("per_system", f"disbursement.{act}", stream, {"payment": "pay_9"})
    [failure] = signed([*WHOLE, said], tmp_path).failures
    assert "pay_9 is told to be" in failure.what
    assert "and not to be paid" in failure.what
    its: Told = (*said[:2], stream.replace("9", "1"), {"payment": "pay_1"})
    assert not signed([*WHOLE, its], tmp_path / "paid").failures
