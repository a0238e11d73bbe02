"""What becomes of an order: raised, delivered, invoiced, paid, given up."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from services.audit.tests.logs import write_bundle
from services.audit.tests.test_forged import WHOLE, after, altered, at, moved, signed
from services.audit.tests.test_verify_figures import LESS, lines, of_order
from services.audit.tests.test_verify_terms import said_of, told_after
from specimens.histories import EACH, NOON, PRICE, RATE, RESERVED, SIGNED_FOR, Teller, Told
from specimens.histories import told as entries

from audit.verify import Kind, verify

# Raised

SMALL = altered("commitment_requested", amount=LESS, reserved=RESERVED)
STEPS = {
    "amendment_requested": ("per_hana", None),
    "amendment_certified": ("per_jozef", "del_1"),
    "commitment_amended": ("per_eva", "del_2"),
}


def raised(*left_out: str, story: list[Told] = SMALL, **by: str) -> list[Told]:
    """To the price, when the order has been issued."""
    steps = [
        (by.get(name, who), f"disbursement.{name}", "com_1", data)
        for name, (who, under) in STEPS.items()
        for data in [{"commitment": "com_1", "amendment": 1, "amount": PRICE, "delegation": under}]
        if name not in left_out
    ]
    return told_after("purchase_order_issued", *steps, story=story)


def test_an_order_is_raised_by_three(tmp_path: Path) -> None:
    assert said_of(raised(), tmp_path) == []


NOT_AGREED = "its commitment was raised, and others did not agree to that"


@pytest.mark.parametrize(
    ("story", "what"),
    [
        (raised("amendment_requested"), NOT_AGREED),
        (raised("amendment_certified"), NOT_AGREED),
        (raised(amendment_certified="per_eva"), "amendment certified by per_eva under del_1"),
        (raised(commitment_amended="per_hana"), "commitment amended by per_hana under del_2"),
        (raised(commitment_amended="per_hana"), "one person had two parts in its commitment"),
        (raised(amendment_requested="per_jozef"), "one person had two parts in its commitment"),
        (
            raised(story=altered("delegation_granted", nth=1, limit=RESERVED)),
            "commitment amended by per_eva under del_2, which ends at 1,849.29 EUR",
        ),
    ],
)
def test_an_order_that_was_raised_by_fewer(story: list[Told], what: str, tmp_path: Path) -> None:
    if "ends at" in what:
        story = [
            (w, n, s, d | {"reserved": RESERVED, "amount": d["amount"] | {"amount": "1000000.000"}})
            if n.endswith("commitment_requested")
            else (w, n, s, d)
            for w, n, s, d in story
        ]
    assert ("duties", what) in [
        (kind, said[: len(what)]) for kind, said in said_of(story, tmp_path)
    ]


# Delivered once, paid once

TWICE = {"amount": "4847001.000", "currency": "IQD"}
MUCH = altered("commitment_requested", amount=TWICE, reserved=RESERVED | {"amount": "3698.58"})


def again(story: list[Told]) -> list[Told]:
    """Another invoice for the same order, and its payment."""
    later = story[next(i for i, each in enumerate(story) if "invoice_received" in each[1]) :]
    return [
        (who, name, stream.replace("pay_1", "pay_2"), said | other)
        for who, name, stream, said in later
        for other in [{key: f"{said[key][:4]}2" for key in ("payment", "invoice") if key in said}]
    ]


MORE = "more than what was ordered, delivered and invoiced comes to"


def test_what_arrived_once_is_not_paid_by_two_invoices(tmp_path: Path) -> None:
    assert said_of([*MUCH, *again(MUCH)], tmp_path) == [("rules", MORE)]


def test_no_more_is_paid_by_two_invoices_than_was_ordered(tmp_path: Path) -> None:
    more = {"commitment": "com_1", "receipt": "rec_2", "lines": lines(8), **SIGNED_FOR}
    arrived: Told = ("per_dalia", "disbursement.goods_received", "com_1", more)
    assert said_of([*MUCH, arrived, *again(MUCH)], tmp_path) == [("rules", MORE)]


def test_what_an_invoice_tells_twice_counts_once(tmp_path: Path) -> None:
    both = altered("invoice_received", lines=lines(4) + lines(4))
    assert said_of(both, tmp_path / "four and four") == []
    twice = [
        (w, n, s, d | {"lines": lines(8) + lines(8)} if n.endswith("invoice_received") else d)
        for w, n, s, d in altered("purchase_order_issued", lines=lines(16))
    ]
    price = {"unit_price": EACH | {"amount": "151468.782"}}
    cheap = [
        (w, n, s, d | {"lines": [line | price for line in d["lines"]]} if "lines" in d else d)
        for w, n, s, d in twice
    ]
    assert said_of(cheap, tmp_path / "twice eight") == [("rules", MORE)]


# Given up before

REJECTED = of_order("invoice_rejected", invoice="inv_1")
CANCELLED = of_order("commitment_cancelled", reason="doubt")


def given_up(what: str, **data: Any) -> list[Told]:
    told: Told = ("per_lina", f"plans.{what}", "pla_1", {"plan": "pla_1", **data})
    return after("plan_approved", told)


@pytest.mark.parametrize(
    ("story", "what"),
    [
        (after("three_way_match_passed", REJECTED), "payment requested after invoice rejected"),
        (after("goods_received", CANCELLED), "payment requested after commitment cancelled"),
        (given_up("plan_cancelled"), "committed after plan cancelled"),
        (given_up("item_cancelled", item="itm_1"), "committed after item cancelled"),
        (altered("grant_opened", closes="2026-11-20"), "committed after its grant had closed"),
    ],
)
def test_what_was_given_up_is_not_paid(story: list[Told], what: str, tmp_path: Path) -> None:
    assert ("rules", what) in said_of(story, tmp_path)


def test_from_a_grant_that_was_extended_is_committed(tmp_path: Path) -> None:
    story = altered("grant_opened", closes="2026-11-20")
    opened = at("grant_opened")
    of = story[opened][2]
    longer = {"grant": of, "closes": "2027-11-20"}
    story.insert(opened + 1, ("per_tomas", "disbursement.grant_extended", of, longer))
    assert said_of(story, tmp_path) == []


PLAN_GIVEN_UP: Told = ("per_lina", "plans.plan_cancelled", "pla_1", {"plan": "pla_1"})
APPROVED = WHOLE[at("plan_approved")]


@pytest.mark.parametrize(
    ("story", "seconds", "taken"),
    [
        (after("vendor_selected", PLAN_GIVEN_UP), 30, False),
        (after("vendor_selected", PLAN_GIVEN_UP), -30, True),
        (after("commitment_requested", PLAN_GIVEN_UP), -30, True),
        (after("commitment_requested", PLAN_GIVEN_UP), 30, True),
        (after("commitment_requested", PLAN_GIVEN_UP), -90, False),
        ([*moved("plan_approved", "funds_reserved")], 30, False),
        ([*moved("plan_approved", "funds_reserved")], -30, True),
    ],
)
def test_of_two_services_log_and_clocks_say_what_came_first(
    story: list[Told], seconds: int, tmp_path: Path, *, taken: bool
) -> None:
    """The second of the two, as the log has them, is recorded so much later than the first."""
    teller, raw = Teller(), list[bytes]()
    pair = {story.index(each) for each in story if each in (PLAN_GIVEN_UP, APPROVED, COMMITTED)}
    first, second = sorted(pair)[-2:]
    for index, each in enumerate(story):
        when = NOON + timedelta(minutes=7 * (first + 1), seconds=seconds)
        raw.append(teller.tell(*each, when if index == second else None)[1].raw)
    bundle = write_bundle(tmp_path, raw)
    what = {each.what for each in verify(bundle.folder, bundle.vkey).failures}
    late = {"committed after plan cancelled", "committed before the plan was approved"}
    assert (not what) is taken
    assert taken or (len(what) == 1 and what <= late)


COMMITTED = WHOLE[at("commitment_requested")]


@pytest.mark.parametrize(
    "story",
    [
        after("payment_approved", REJECTED, CANCELLED),
        given_up("item_cancelled", item="itm_9"),
        altered("grant_opened", closes="2026-11-21"),
        [*WHOLE, CANCELLED, ("per_lina", "plans.plan_cancelled", "pla_1", {"plan": "pla_1"})],
    ],
    ids=["while it was on its way", "another item", "on the last day", "afterwards"],
)
def test_what_was_given_up_later_was_paid(story: list[Told], tmp_path: Path) -> None:
    assert said_of(story, tmp_path) == []


# Dated back


def test_an_act_under_a_delegation_is_dated_when_it_is_recorded(tmp_path: Path) -> None:
    told = [entry.raw for _, entry in entries(WHOLE)]
    first = at("commitment_certified")
    for index, entry in enumerate(told):
        before, time, rest = entry.rpartition(b'"time":"2026-11-21')
        if index >= first and time:
            told[index] = before + b'"time":"2026-11-22' + rest
    bundle = write_bundle(tmp_path, told)
    report = verify(bundle.folder, bundle.vkey)
    assert report.exit_code == Kind.DUTIES
    assert any("under del_1, dated 2026-11-22" in each.what for each in report.failures)


def test_the_story_signed_once_more_holds(tmp_path: Path) -> None:
    assert not signed([*MUCH], tmp_path).failures


# Who collected the offers, approved the account

COLLECTED = altered("commitment_requested", collectors=["per_dalia", "per_eva"])


@pytest.mark.parametrize(
    ("story", "what"),
    [
        (COLLECTED, "payment approved by per_eva, who collected offers"),
        (COLLECTED, "a delivery recorded by who had collected the offers"),
        (
            altered("bank_account_approved", who="per_marta"),
            "the first payment to an account signed by who approved it",
        ),
    ],
)
def test_who_had_a_part_before(story: list[Told], what: str, tmp_path: Path) -> None:
    assert ("duties", what) in said_of(story, tmp_path)


# In the grant's currency

LITTLE = {"amount": "0.01", "currency": "EUR"}


def converted(by_rule: dict[str, str], **rate: str) -> list[Told]:
    data = {"payment": "pay_1", "by_rule": by_rule, "rate": RATE | rate}
    return [*WHOLE, ("per_system", "disbursement.payment_converted", "pay_1", data)]


def test_what_the_donor_is_told_follows_from_the_rates(tmp_path: Path) -> None:
    right = altered("vendor_paid", rate=RATE, functional_amount=RESERVED, reserved=RESERVED)
    assert said_of(right, tmp_path / "paid") == []
    assert said_of(converted(RESERVED), tmp_path / "converted") == []


@pytest.mark.parametrize(
    ("story", "what"),
    [
        (
            altered("vendor_paid", rate=RATE, functional_amount=LITTLE),
            "vendor paid: 0.01 EUR is less than that comes to",
        ),
        (
            altered("vendor_paid", rate=RATE, functional_amount=RESERVED | {"amount": "1849.40"}),
            "vendor paid: 1,849.40 EUR is more than that comes to",
        ),
        (
            altered("vendor_paid", rate=RATE | {"value": "9"}, functional_amount=RESERVED),
            "vendor paid at a rate that nobody had published",
        ),
        (
            altered("vendor_paid", reserved=LITTLE),
            "paid out of more or less than was reserved for it",
        ),
        (converted(LITTLE), "payment converted: 0.01 EUR is less than that comes to"),
        (converted(RESERVED, value="9"), "payment converted at a rate that nobody had published"),
    ],
)
def test_a_figure_that_does_not_follow(story: list[Told], what: str, tmp_path: Path) -> None:
    assert ("rules", what) in said_of(story, tmp_path)
