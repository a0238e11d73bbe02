"""Payments by their programme's terms: second approvals, small offices, advances."""

from pathlib import Path
from typing import Any

import pytest
from services.audit.tests.test_forged import OTHER_MONEY, WHOLE, signed
from specimens.histories import EVIDENCE, PRICE, Told


def held(name: str, person: str, authority: str) -> tuple[Told, Told]:
    """One more delegation, given and confirmed."""
    given = {
        "delegation": name,
        "person": person,
        "authority": authority,
        "limit": {"amount": "5000.00", "currency": "EUR"},
        "starts": "2026-11-01",
        "ends": "2027-10-31",
    }
    return (
        ("per_maria", "disbursement.delegation_granted", name, given),
        ("per_tomas", "disbursement.delegation_confirmed", name, {"delegation": name}),
    )


def terms(**said: bool) -> Told:
    told = {"second_approval": False, "certifier_may_sign": False, **said}
    data = {"payment": "pay_1", "terms": told}
    return ("per_hana", "disbursement.payment_terms_set", "pay_1", data)


def told_after(kind: str, *more: Told, story: list[Told]) -> list[Told]:
    place = next(i for i, each in enumerate(story) if each[1].endswith(f".{kind}")) + 1
    return [*story[:place], *more, *story[place:]]


def untold(*kinds: str, story: list[Told]) -> list[Told]:
    return [each for each in story if each[1].partition(".")[2] not in kinds]


def approved_again(who: str, delegation: str, evidence: str = EVIDENCE) -> Told:
    data = {"payment": "pay_1", "evidence": evidence, "delegation": delegation}
    return (who, "disbursement.payment_approved_again", "pay_1", data)


def said_of(story: list[Told], folder: Path) -> list[tuple[str, str]]:
    return [(each.kind, each.what) for each in signed(story, folder).failures]


LARGE = told_after("payment_requested", terms(second_approval=True), story=WHOLE)
ULLA = held("del_5", "per_ulla", "approve")


def twice_approved(*again: Told) -> list[Told]:
    return [*ULLA, *told_after("payment_approved", *again, story=LARGE)]


def test_what_is_large_is_approved_by_a_second_person(tmp_path: Path) -> None:
    assert said_of(twice_approved(approved_again("per_ulla", "del_5")), tmp_path) == []


@pytest.mark.parametrize(
    ("story", "what"),
    [
        (LARGE, "paid without payment approved again"),
        (twice_approved(approved_again("per_eva", "del_2")), "per_eva did both"),
        (
            twice_approved(approved_again("per_ulla", "del_9")),
            "payment approved again by per_ulla without a delegation",
        ),
        (
            twice_approved(approved_again("per_ulla", "del_5", "00" * 32)),
            "not all acted on the same evidence",
        ),
        (
            twice_approved(approved_again("per_dalia", "del_5")),
            "payment approved again by per_dalia, who recorded a delivery",
        ),
    ],
    ids=["nobody", "the same person", "no delegation", "other evidence", "the recorder"],
)
def test_a_second_approval_that_is_none(story: list[Told], what: str, tmp_path: Path) -> None:
    found = said_of(story, tmp_path)
    assert any(kind == "duties" and what in said for kind, said in found), found


def small_office(signatory: str, *, may: bool = True) -> list[Told]:
    """The second signature is somebody else's."""
    story = told_after("payment_requested", terms(certifier_may_sign=may), story=WHOLE)
    last = max(i for i, each in enumerate(story) if each[1].endswith(".payment_signed"))
    _, kind, stream, data = story[last]
    signature = (signatory, kind, stream, data | {"delegation": "del_6"})
    return [*held("del_6", signatory, "sign"), *story[:last], signature, *story[last + 1 :]]


def test_in_a_small_office_who_certified_may_sign(tmp_path: Path) -> None:
    assert said_of(small_office("per_jozef"), tmp_path) == []


@pytest.mark.parametrize(
    "story",
    [small_office("per_jozef", may=False), small_office("per_eva"), small_office("per_hana")],
    ids=["no small office", "who approved", "who requested"],
)
def test_elsewhere_and_others_may_not(story: list[Told], tmp_path: Path) -> None:
    found = said_of(story, tmp_path)
    assert any(kind == "duties" and "did both" in said for kind, said in found), found


ALL_OF_IT = {"percent_at_most": 100, "clear_within_days": 30}


def advance(
    amount: dict[str, Any] = PRICE, invoice: str = "inv_1", who: str = "per_eva", **more: Any
) -> Told:
    data = {"commitment": "com_1", "invoice": invoice, "amount": amount, "delegation": "del_2"}
    return (who, "disbursement.advance_approved", "com_1", data | {"rule": ALL_OF_IT} | more)


PROGRAMME: Told = (
    "per_petra",
    "plans.programme_published",
    "prg_1",
    {"programme": "prg_1", "assistance": [{"type": "business", "advance": ALL_OF_IT}]},
)
NOT_DELIVERED = [
    PROGRAMME,
    *(
        (who, name, stream, said | {"programme": "prg_1"} if "tment_requested" in name else said)
        for who, name, stream, said in untold(
            "goods_received", "three_way_match_passed", story=WHOLE
        )
    ),
]


def test_an_advance_is_paid_before_delivery(tmp_path: Path) -> None:
    story = told_after("invoice_received", advance(), story=NOT_DELIVERED)
    assert said_of(story, tmp_path) == []


HALF = ALL_OF_IT | {"percent_at_most": 50}


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (
            advance(who="per_hana"),
            "advance approved by per_hana, counsellor or invoice's recorder",
        ),
        (advance(delegation="del_9"), "advance approved by per_eva without a delegation"),
        (advance(delegation="del_3"), "advance approved by per_eva under del_3"),
        (advance(rule=HALF), "more than 50 % of the order paid in advance"),
        (advance(rule=HALF), "paid in advance by a rule that its programme does not have"),
    ],
)
def test_an_advance_that_others_did_not_agree_to(given: Told, what: str, tmp_path: Path) -> None:
    story = told_after("invoice_received", given, story=NOT_DELIVERED)
    assert what in str(said_of(story, tmp_path))


def undelivered_rest() -> list[Told]:
    """The offer was paid in advance, and the last invoice was paid although nothing arrived."""
    story = untold("goods_received", story=WHOLE)
    return told_after("purchase_order_issued", advance(invoice="inv_0"), story=story)


@pytest.mark.parametrize(
    ("story", "what"),
    [
        (NOT_DELIVERED, "paid without three way match passed"),
        (
            told_after("invoice_received", advance(OTHER_MONEY), story=NOT_DELIVERED),
            "another amount than was found payable, or approved as an advance",
        ),
        (undelivered_rest(), "the match rests on a delivery that nobody had recorded"),
    ],
    ids=["nobody let it be paid", "another amount", "the rest after an advance"],
)
def test_nothing_else_is(story: list[Told], what: str, tmp_path: Path) -> None:
    found = said_of(story, tmp_path)
    assert any(kind == "rules" and what in said for kind, said in found), found


def test_the_rest_after_an_advance_is_paid_on_delivery(tmp_path: Path) -> None:
    story = told_after("purchase_order_issued", advance(invoice="inv_0"), story=WHOLE)
    assert said_of(story, tmp_path) == []
