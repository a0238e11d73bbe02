"""Histories that cannot be, told without a gap and signed with a key: the rules still see them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from services.audit.tests.logs import write_bundle
from specimens.histories import GRANT, NOON, PRICE, VENDOR, Told, case, project, told

from audit.verify import Kind, Report, verify

WHOLE = [*VENDOR, *GRANT, *case()]
OTHER_MONEY = {"amount": "9423500.500", "currency": "IQD"}
DOLLARS = {"amount": "2423500.500", "currency": "USD"}
LATER = "2026-12-24"


def signed(stories: Iterable[Told], folder: Path) -> Report:
    """What the verifier says of the story, which somebody signs with a key of their own."""
    bundle = write_bundle(folder, [entry.raw for _, entry in told(list(stories))])
    return verify(bundle.folder, bundle.vkey)


def at(kind: str, nth: int = 0) -> int:
    """Where the story tells of such an event."""
    return [i for i, each in enumerate(WHOLE) if each[1].endswith(f".{kind}")][nth]


def altered(kind: str, *, who: str | None = None, nth: int = 0, **data: Any) -> list[Told]:
    """The story with another person or other data in one of its events."""
    index = at(kind, nth)
    person, name, stream, said = WHOLE[index]
    changed = (who or person, name, stream, said | data)
    return [*WHOLE[:index], changed, *WHOLE[index + 1 :]]


def without(kind: str, nth: int = 0) -> list[Told]:
    index = at(kind, nth)
    return [*WHOLE[:index], *WHOLE[index + 1 :]]


def moved(kind: str, before: str, nth: int = 0) -> list[Told]:
    """The story with one event told before another."""
    rest = without(kind, nth)
    place = next(i for i, each in enumerate(rest) if each[1].endswith(f".{before}"))
    return [*rest[:place], WHOLE[at(kind, nth)], *rest[place:]]


def after(kind: str, *more: Told, nth: int = 0) -> list[Told]:
    """The story with something told right after one of its events."""
    index = at(kind, nth) + 1
    return [*WHOLE[:index], *more, *WHOLE[index:]]


def test_a_rate_that_was_corrected_is_one_that_was_published(tmp_path: Path) -> None:
    person, name, stream, said = WHOLE[at("exchange_rate_published")]
    wrong = said | {"rate": said["rate"] | {"value": "1"}}
    asked = ("per_maria", "disbursement.rate_correction_proposed", stream, said)
    right = ("per_tomas", "disbursement.exchange_rate_corrected", stream, said)
    rest = without("exchange_rate_published")
    told = [(person, name, stream, wrong), *rest]
    assert signed(told, tmp_path / "wrong").failures
    assert signed([told[0], right, *rest], tmp_path / "alone").failures
    assert not signed([told[0], asked, right, *rest], tmp_path / "right").failures


def test_a_rate_by_a_third_currency_is_one_that_was_published(tmp_path: Path) -> None:
    person, name, stream, said = WHOLE[at("exchange_rate_published")]
    rest = without("exchange_rate_published")

    def by_dollars(euros: str) -> list[Told]:
        pair = {"EUR": euros, said["rate"]["quote"]: said["rate"]["value"]}
        return [
            (
                person,
                name,
                f"{stream}_{quote}",
                said | {"rate": said["rate"] | {"base": "USD", "quote": quote, "value": value}},
            )
            for quote, value in pair.items()
        ]

    assert not signed([*by_dollars("1"), *rest], tmp_path / "right").failures
    assert signed([*by_dollars("1.001"), *rest], tmp_path / "wrong").failures


def test_the_story_itself_holds(tmp_path: Path) -> None:
    report = signed(WHOLE, tmp_path)
    assert not report.failures
    assert report.payments == 1


SHARED = [*VENDOR, *GRANT, *project()]


def test_a_projects_item_is_paid_by_the_same_rules(tmp_path: Path) -> None:
    report = signed(SHARED, tmp_path)
    assert not report.failures
    assert report.payments == 1


@pytest.mark.parametrize(
    ("who", "act", "said"),
    [
        ("per_sara", "project_approval_recorded", "per_sara voted, and counselled"),
        ("per_sara", "payment_certified", "payment certified by per_sara, the case's counsellor"),
        ("per_lina", "project_approval_recorded", "per_lina did both"),
    ],
)
def test_who_has_no_part_in_a_project(who: str, act: str, said: str, tmp_path: Path) -> None:
    index = next(i for i, each in enumerate(SHARED) if each[1].endswith(f".{act}"))
    _, name, stream, data = SHARED[index]
    story = [*SHARED[:index], (who, name, stream, data), *SHARED[index + 1 :]]
    told = [failure.what for failure in signed(story, tmp_path).failures]
    assert any(said in each for each in told), told


def conflict_of(person: str) -> Told:
    return (person, "plans.conflict_declared", "pla_1", {"plan": "pla_1", "person": person})


DUTIES: dict[str, tuple[list[Told], str]] = {
    "preparer certifies": (altered("payment_certified", who="per_hana"), "per_hana did both"),
    "approver signs": (altered("payment_signed", who="per_eva"), "per_eva did both"),
    "one signs twice": (altered("payment_signed", who="per_marta", nth=1), "per_marta did both"),
    "one signs": (without("payment_signed"), "paid without payment signed 2 times"),
    "three sign": (
        after("payment_signed", WHOLE[at("payment_signed")]),
        "payment signed 3 times",
    ),
    "nobody requests": (without("payment_requested"), "paid without payment requested"),
    "nobody certifies": (without("payment_certified"), "paid without payment certified"),
    "nobody approves": (without("payment_approved"), "paid without payment approved"),
    "preparer approves the commitment": (
        altered("commitment_approved", who="per_hana"),
        "per_hana did both",
    ),
    "other evidence": (
        altered("payment_approved", evidence="00" * 32),
        "not all acted on the same evidence",
    ),
    "no evidence": (
        [(who, kind, on, data | {"evidence": None}) for who, kind, on, data in WHOLE],
        "not all acted on the same evidence",
    ),
    "approved before certified": (
        moved("payment_approved", "payment_certified"),
        "payment approved before its time",
    ),
    "no delegation": (
        altered("payment_approved", delegation=None),
        "payment approved by per_eva without a delegation",
    ),
    "a delegation that was never given": (
        altered("payment_signed", delegation="del_9"),
        "payment signed by per_marta without a delegation",
    ),
    "a delegation that was not confirmed": (
        without("delegation_confirmed", 1),
        "payment approved by per_eva without a delegation",
    ),
    "a delegation confirmed by its giver": (
        altered("delegation_confirmed", who="per_maria", nth=1),
        "which one person gave and confirmed",
    ),
    "a delegation to oneself": (
        altered("delegation_granted", who="per_eva", nth=1),
        "or gave to themselves",
    ),
    "a delegation confirmed by who gets it": (
        altered("delegation_confirmed", who="per_eva", nth=1),
        "or gave to themselves",
    ),
    "another person's delegation": (
        altered("payment_signed", delegation="del_4"),
        "which is per_ivan's to sign",
    ),
    "another authority": (
        altered("delegation_granted", nth=1, authority="certify"),
        "which is per_eva's to certify",
    ),
    "a delegation that has ended": (
        altered("delegation_granted", nth=1, ends="2026-11-20"),
        "which is from 2026-11-01 to 2026-11-20",
    ),
    "a delegation that has not begun": (
        altered("delegation_granted", nth=1, starts=LATER),
        f"which is from {LATER}",
    ),
    "a delegation that was taken back": (
        after(
            "delegation_confirmed",
            ("per_maria", "disbursement.delegation_revoked", "del_2", {"delegation": "del_2"}),
            nth=3,
        ),
        "which was taken back",
    ),
    "confirmed afterwards": (
        [*without("delegation_confirmed", 3), WHOLE[at("delegation_confirmed", 3)]],
        "payment signed by per_ivan without a delegation",
    ),
    "above the limit": (
        altered("delegation_granted", nth=2, limit={"amount": "1849.28", "currency": "EUR"}),
        "which ends at 1,849.28 EUR",
    ),
    "a limit in another currency": (
        altered("delegation_granted", nth=2, limit={"amount": "9000.00", "currency": "USD"}),
        "which ends at 9,000.00 USD",
    ),
    "who proposed the vendor approves it": (
        altered("vendor_approved", who="per_nadia"),
        "per_nadia did both",
    ),
    "who proposed the account approves it": (
        altered("bank_account_approved", who="per_nadia"),
        "per_nadia did both",
    ),
    "who called back approves the account": (
        altered("bank_account_approved", who="per_samir"),
        "per_samir did both",
    ),
    "nobody called back": (
        without("bank_account_callback_verified"),
        "paid without bank account callback verified",
    ),
    "one vote": (without("approval_recorded"), "paid without approval recorded 2 times"),
    "one votes twice": (altered("approval_recorded", who="per_peter"), "per_peter did both"),
    "the drafter votes": (altered("approval_recorded", who="per_lina"), "per_lina did both"),
    "the counsellor votes": (
        altered("plan_drafted", counsellor="per_peter"),
        "per_peter voted, and counselled",
    ),
    "who found it feasible votes": (
        after("plan_submitted", ("per_peter", "plans.feasibility_confirmed", "pla_1", {})),
        "per_peter voted, and counselled, drafted or found the plan feasible",
    ),
    "who proposed an item votes": (
        altered("assistance_item_proposed", who="per_peter"),
        "per_peter voted, and counselled, drafted",
    ),
    "a vote by who declared a conflict": (
        after("approval_recorded", conflict_of("per_peter"), nth=1),
        "paid without approval recorded 2 times",
    ),
    "the counsellor certifies": (
        altered("plan_drafted", counsellor="per_jozef"),
        "payment certified by per_jozef, the case's counsellor",
    ),
    "who recorded the delivery approves": (
        altered("goods_received", who="per_eva"),
        "payment approved by per_eva, who recorded a delivery",
    ),
    "the plan names voters of its own": (
        altered("plan_approved", approvers=["per_zuzana", "per_karim"]),
        "others than those who voted",
    ),
}


@pytest.mark.parametrize(("story", "what"), DUTIES.values(), ids=DUTIES)
def test_somebody_did_what_they_may_not(tmp_path: Path, story: list[Told], what: str) -> None:
    report = signed(story, tmp_path)
    assert report.exit_code == Kind.DUTIES
    assert any(what in failure.what for failure in report.failures), report.failures


def test_an_act_that_another_service_tells_of_is_none(tmp_path: Path) -> None:
    ours, other = "disbursement.payment_approved", "intake.payment_approved"
    report = signed([(w, k.replace(ours, other), s, d) for w, k, s, d in WHOLE], tmp_path)
    told = {(failure.kind, failure.what) for failure in report.failures}
    assert ("entry", f"of no known type, {other}.v1") in told
    assert ("duties", "paid without payment approved") in told


PAID = WHOLE[at("vendor_paid")]
BACK = {"payment": "pay_1", "invoice": "inv_1"}
RETURNED: list[Told] = [
    ("per_system", "disbursement.payment_returned", "pay_1", BACK),
    ("per_system", "disbursement.payment_return_booked", "pay_1", {"payment": "pay_1"}),
    (
        "per_system",
        "disbursement.bank_movements_told",
        "ans_9",
        {"movements": [{"amount": PRICE, "payments": ["pay_1"]}]},
    ),
]
SCREENED: Told = (
    "per_karim",
    "vendors.vendor_screened",
    "ven_1",
    {"vendor": "ven_1", "result": "possible_match"},
)
FAILED: Told = (
    "per_system",
    "disbursement.three_way_match_failed",
    "com_1",
    {"commitment": "com_1", "invoice": "inv_1", "exceptions": ["quantity"]},
)


def stopped(kind: str) -> Told:
    return ("per_eva", f"disbursement.{kind}", "pay_1", {"payment": "pay_1", "reason": "doubt"})


def lifted(reason: str) -> Told:
    return (
        "per_system",
        "disbursement.payment_hold_lifted",
        "pay_1",
        {"payment": "pay_1", "reason": reason},
    )


RULES: dict[str, tuple[list[Told], str]] = {
    "paid twice": ([*WHOLE, PAID], "pay_1 was paid already, in entry"),
    "the invoice paid twice": (
        [*WHOLE, *((w, k, s.replace("pay_1", "pay_2"), d) for w, k, s, d in [PAID])],
        "inv_1 was paid already, in entry",
    ),
    "more than was asked for": (
        altered("vendor_paid", amount=OTHER_MONEY),
        "another amount than in payment requested",
    ),
    "another currency than was asked for": (
        altered("vendor_paid", amount=DOLLARS),
        "another amount than in payment requested",
    ),
    "more than was found payable": (
        altered("three_way_match_passed", payable={"amount": "1.000", "currency": "IQD"}),
        "another amount than was found payable, or approved as an advance",
    ),
    "more than was invoiced": (
        altered("invoice_received", amount={"amount": "1.000", "currency": "IQD"}),
        "more than the invoice says",
    ),
    "the invoice is in another currency": (
        altered("invoice_received", amount=DOLLARS),
        "or in another currency",
    ),
    "another vendor's invoice": (
        altered("invoice_received", vendor="ven_2"),
        "another vendor than in invoice received",
    ),
    "another vendor's account": (
        altered("bank_account_proposed", vendor="ven_2"),
        "another vendor than in bank account proposed",
    ),
    "another account than was asked for": (
        altered("vendor_paid", account="acc_2"),
        "another account than in payment requested",
    ),
    "too little is said to be reserved": (
        altered("payment_requested", reserved={"amount": "10.00", "currency": "EUR"}),
        "payment requested: 10.00 EUR is less than that comes to",
    ),
    "a rate that nobody published": (
        without("exchange_rate_published"),
        "at a rate that nobody had published",
    ),
    "no match": (without("three_way_match_passed"), "paid without three way match passed"),
    "a match that failed in the end": (
        after("three_way_match_passed", FAILED),
        "paid without three way match passed",
    ),
    "another invoice's match": (
        altered("three_way_match_passed", invoice="inv_7"),
        "paid without three way match passed",
    ),
    "cancelled": (
        after("payment_requested", stopped("payment_cancelled")),
        "paid although it was cancelled",
    ),
    "held": (
        after("payment_requested", stopped("payment_held")),
        "paid although it was held",
    ),
    "held for another reason too": (
        after("payment_requested", stopped("payment_held"), lifted("doubt too")),
        "paid although it was held",
    ),
    "no delivery": (without("goods_received"), "a delivery that nobody had recorded"),
    "delivered after the match": (
        moved("goods_received", "payment_requested"),
        "a delivery that nobody had recorded",
    ),
    "matched after it was asked for": (
        moved("three_way_match_passed", "payment_certified"),
        "payment requested before three way match passed",
    ),
    "never screened": (without("vendor_screened"), "vendor approved without a clear screening"),
    "a match in the lists": (
        altered("vendor_screened", result="possible_match"),
        "vendor approved without a clear screening",
    ),
    "screened after it was approved": (
        moved("vendor_screened", "bank_account_proposed"),
        "vendor approved without a clear screening",
    ),
    "a match in the lists later on": (
        after("vendor_approved", SCREENED),
        "payment approved without a clear screening",
    ),
    "no plan": (without("plan_approved"), "paid without plan approved"),
    "an item that is not in the plan": (
        altered("plan_approved", items=[{"item": "itm_9"}]),
        "the item is not in the approved plan",
    ),
    "another case's plan": (altered("plan_drafted", case="cas_9"), "the plan is of another case"),
    "not an amount": (altered("three_way_match_passed", payable="all of it"), "not told as it"),
}


@pytest.mark.parametrize(("story", "what"), RULES.values(), ids=RULES)
def test_what_was_paid_is_not_what_was_due(tmp_path: Path, story: list[Told], what: str) -> None:
    report = signed(story, tmp_path)
    assert Kind.RULES.name.lower() in {failure.kind for failure in report.failures}
    assert report.exit_code in (Kind.RULES, Kind.DUTIES)
    assert any(what in failure.what for failure in report.failures), report.failures


def test_whatever_stands_in_an_event_the_verifier_says_what_it_found(tmp_path: Path) -> None:
    """Odd data is a finding or does not matter; it never breaks the verifier off."""
    for index, (who, kind, stream, data) in enumerate(WHOLE):
        for name in data:
            odd: Told = (who, kind, stream, data | {name: None if index % 2 else [5]})
            entries = [e.raw for _, e in told([*WHOLE[:index], odd, *WHOLE[index + 1 :]])]
            bundle = write_bundle(tmp_path / f"{index}_{name}", entries)
            report = verify(bundle.folder, bundle.vkey, why="pay_1")
            assert report.entries == len(WHOLE)
            assert report.why or report.failures


def test_a_vote_that_a_conflict_took_away_is_not_counted(tmp_path: Path) -> None:
    voted: Told = ("per_karim", "plans.approval_recorded", "pla_1", {"plan": "pla_1"})
    story = after("plan_submitted", voted, conflict_of("per_karim"))
    assert not signed(story, tmp_path).failures


def test_held_and_let_go_again(tmp_path: Path) -> None:
    holding = (stopped("payment_held"), stopped("payment_released_from_hold"))
    assert not signed(after("payment_requested", *holding), tmp_path).failures


def test_held_and_the_reason_gone(tmp_path: Path) -> None:
    holding = (stopped("payment_held"), lifted("doubt"))
    assert not signed(after("payment_requested", *holding), tmp_path).failures


def test_paid_again_after_the_money_came_back(tmp_path: Path) -> None:
    assert not signed([*WHOLE, *RETURNED, PAID], tmp_path).failures


def test_a_step_back_in_time(tmp_path: Path) -> None:
    """The two signatures stand in order, but the second says that it is older."""
    stories = [entry.raw for _, entry in told(WHOLE)]
    index = at("payment_signed", 1)
    made = NOON.strftime("%Y-%m-%d").encode()
    for word, kind in ((b"recordedtime", Kind.ORDER), (b"time", Kind.DUTIES)):
        before = b'"' + word + b'":"' + made
        assert before in stories[index]
        spoilt = stories[index].replace(before, b'"' + word + b'":"2026-11-20')
        bundle = write_bundle(
            tmp_path / kind.name, [*stories[:index], spoilt, *stories[index + 1 :]]
        )
        assert verify(bundle.folder, bundle.vkey).exit_code == kind
