"""The rules: a case that is planted is found, with its evidence; its honest twin is not."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from services.audit.tests.stories import (
    MONDAY,
    Auditor,
    Purchase,
    Told,
    account,
    approved,
    delegation,
    offers,
    page,
    vendor,
)

from audit.domain.findings import HEARD, UNREADABLE, Books, Seen, Severity, look_at

ROOT = Path(__file__).parents[3]
ONE = Purchase()
TWO = Purchase(number=2, on=MONDAY + timedelta(days=40))


def found(*stories: Iterable[Told], told: list[Told] | None = None) -> list[str]:
    """The names of the rules that have something to say."""
    return [each.rule for each in Auditor().hears(told or page(), *stories)]


def test_an_honest_history_has_no_findings() -> None:
    assert found(vendor(), delegation(), ONE.story(), TWO.story()) == []


def test_a_finding_cites_what_it_goes_by() -> None:
    auditor = Auditor()
    (one,) = auditor.hears(vendor(), ONE.story(), TWO.but(invoice_number="A-1").story())
    assert auditor.cited(one) == ["invoice_received", "invoice_received", "payment_requested"]
    assert (one.rule, one.severity) == ("invoice_twice", Severity.HIGH)
    assert (one.payment, one.case, one.vendor) == ("pay_2", "cas_2", "ven_1")


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (TWO.but(invoice_number="a 0001"), ["invoice_twice"]),
        (TWO.but(invoice_number="A-1", vendor="ven_2"), []),
        (TWO.but(document="0" * 63 + "1", vendor="ven_2"), ["invoice_twice"]),
        (TWO.but(invoice_number="A-1", replaces="inv_1"), []),
        (TWO.but(invoice_number="A-1", replaces="inv_0"), ["invoice_twice"]),
        (TWO.but(invoice_number="A-1", pro_forma=True), []),
    ],
)
def test_one_invoice_twice(second: Purchase, expected: list[str]) -> None:
    assert found(vendor(), ONE.story(), second.story()) == expected


def test_an_invoice_that_was_rejected_may_come_again() -> None:
    rejected = Told(
        "disbursement.invoice_rejected",
        "com_1",
        "per_hana",
        TWO.on,
        {"commitment": "com_1", "invoice": "inv_1"},
    )
    again = TWO.but(invoice_number="A-1")
    assert found(vendor(), ONE.story(), [rejected], again.story()) == []


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (ONE.but(number=2, case="cas_1", amount="1400.00"), ["split_orders"]),
        (ONE.but(number=2, case="cas_1", amount="1500.00"), []),
        (ONE.but(number=2, case="cas_1", amount="300.00"), []),
        (ONE.but(number=2, case="cas_2", amount="1400.00"), []),
        (ONE.but(number=2, case="cas_1", amount="1400.00", on=TWO.on), []),
        (ONE.but(number=2, case="cas_1", amount="1400.00", vendor="ven_2"), []),
    ],
)
def test_an_order_split_to_stay_under_a_limit(second: Purchase, expected: list[str]) -> None:
    first = ONE.but(amount="1350.00")
    assert found(vendor(), first.story(), second.story()) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("4500.00", ["near_the_limit"]),
        ("5000.00", ["near_the_limit"]),
        ("4499.00", []),
        ("5000.01", []),
    ],
)
def test_amounts_just_under_what_the_approver_may(amount: str, expected: list[str]) -> None:
    four = [Purchase(number=n, amount=amount, on=MONDAY + timedelta(days=n)) for n in range(1, 5)]
    assert found(vendor(), delegation(), *(each.story() for each in four)) == expected


@pytest.mark.parametrize(("kind", "expected"), [("business", ["split_orders"]), ("school", [])])
def test_what_the_programme_sets_nobody_chose_to_stay_under_a_limit(
    kind: str, expected: list[str]
) -> None:
    first, second = ONE.but(amount="1350.00"), ONE.but(number=2, case="cas_1", amount="1400.00")
    set_by = [
        *approved("itm_1", "1350.00", kind, MONDAY),
        *approved("itm_2", "1400.00", kind, MONDAY),
    ]
    assert found(vendor(), set_by, first.story(), second.story()) == expected


def suspected(sign: str = "account", whose: str = "staff") -> list[Told]:
    data = {"vendor": "ven_1", "other": "per_x", "whose": whose, "signs": ["name", sign]}
    return [Told("vendors.duplicate_vendor_suspected", "ven_1", "per_system", MONDAY, data)]


def test_an_account_that_is_somebody_elses_too() -> None:
    cleared = [
        Told(
            "vendors.duplicate_vendor_dismissed",
            "ven_1",
            "per_karim",
            MONDAY,
            {"vendor": "ven_1", "other": "per_x"},
        )
    ]
    assert found(vendor(), suspected(), ONE.story()) == ["shared_account"]
    assert found(vendor(), suspected(sign="phone"), ONE.story()) == []
    of_returnee = suspected(sign="particulars", whose="returnee")
    assert found(vendor(), of_returnee, ONE.story()) == ["shared_account"]
    assert found(vendor(), suspected(), cleared, ONE.story()) == []


def test_the_first_payment_on_an_account_that_was_just_changed() -> None:
    changed = account("acc_2", "ven_1", MONDAY - timedelta(days=20), replaces="acc_1")
    first, later = ONE.but(account="acc_2"), ONE.but(account="acc_2", number=2)
    assert found(vendor(), changed, first.story(), later.story()) == ["account_just_changed"]
    assert found(vendor(), changed, first.but(on=MONDAY + timedelta(days=4)).story()) == []
    assert found(vendor(), account("acc_2", "ven_1", MONDAY), first.story()) == []


@pytest.mark.parametrize(("days", "expected"), [(3, ["vendor_just_approved"]), (4, [])])
def test_a_vendor_approved_for_its_first_order(days: int, expected: list[str]) -> None:
    approved = MONDAY - timedelta(days=days)
    assert found(vendor(approved=approved), ONE.story(), ONE.but(number=2).story()) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, ["delivered_before_ordered"]), (0, []), (8, []), (9, []), (10, ["delivered_after_paid"])],
)
def test_deliveries_in_their_order(days: int, expected: list[str]) -> None:
    assert found(vendor(), ONE.but(delivered_after_days=days).story()) == expected


def test_an_office_east_of_greenwich_orders_in_the_evening() -> None:
    """It is the next day there, and the day of the delivery is told by UTC."""
    evening = ONE.but(on=MONDAY.replace(hour=16), delivered_after_days=0)
    assert found(vendor(), evening.story(), told=page(Bratislava="Asia/Ulaanbaatar")) == []


def received(on: datetime, of: str = "com_1") -> Told:
    data = {"commitment": of, "date": f"{on:%Y-%m-%d}"}
    return Told("disbursement.goods_received", of, "per_dalia", on, data)


def test_the_rest_of_a_delivery_may_arrive_after_its_first_part_was_paid() -> None:
    rest = received(MONDAY + timedelta(days=20))
    assert found(vendor(), ONE.story(), [rest]) == []


def test_what_the_bank_gave_back_is_paid_again_for_what_had_arrived() -> None:
    story = list(ONE.story())
    asked = next(n for n, each in enumerate(story) if each.stream == "pay_1")
    again = [replace(t, stream="pay_9", data=t.data | {"payment": "pay_9"}) for t in story[asked:]]
    rest = received(MONDAY + timedelta(days=20))
    assert found(vendor(), story, again, [rest]) == []


def test_what_arrived_before_the_first_part_was_asked_for_is_there_for_the_second() -> None:
    """Two deliveries, then an invoice for each, then a third delivery."""
    story = list(ONE.story())
    asked = next(n for n, each in enumerate(story) if each.stream == "pay_1")
    of = {"payment": "pay_9", "invoice": "inv_9"}
    second = [replace(t, stream="pay_9", data=t.data | of) for t in story[asked:]]
    twice = [*story[:asked], received(MONDAY + timedelta(days=4)), *story[asked:], *second]
    third = received(MONDAY + timedelta(days=20))
    assert found(vendor(), twice, [third]) == []
    assert found(vendor(), story, second, [third]) == ["delivered_after_paid"]


def test_paid_before_anything_arrived_is_found_once() -> None:
    late = ONE.but(delivered_after_days=12)
    rest = received(MONDAY + timedelta(days=20))
    assert found(vendor(), late.story(), [rest]) == ["delivered_after_paid"]


def test_what_was_let_be_paid_in_advance_may_arrive_later() -> None:
    story = list(ONE.but(delivered_after_days=30).story())
    advance = Told(
        "disbursement.advance_approved", "com_1", "per_eva", MONDAY, {"commitment": "com_1"}
    )
    assert found(vendor(), story[:4], [advance], story[4:]) == []


def test_paid_for_somebody_whom_nobody_met() -> None:
    assert found(vendor(), ONE.but(met=False).story()) == ["nobody_was_met"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (ONE.but(certifier="per_hana"), ["two_sides"]),
        (ONE.but(approver="per_jozef"), ["two_sides"]),
        (ONE.but(receiver="per_eva"), ["two_sides"]),
        (ONE.but(receiver="per_hana"), []),
        (ONE.but(certifier="per_marta"), []),
    ],
)
def test_one_person_on_two_sides(changed: Purchase, expected: list[str]) -> None:
    assert found(vendor(), changed.story()) == expected


def acted(kind: str, stream: str, by: str, **data: str) -> Told:
    return Told(kind, stream, by, MONDAY - timedelta(days=1), data)


def test_an_account_or_an_order_in_one_hand() -> None:
    verified = acted(
        "vendors.bank_account_callback_verified", "acc_1", "per_nadia", account="acc_1"
    )
    assert found(vendor(), [verified], ONE.story()) == ["two_sides"]
    story = list(ONE.story())
    both = [
        acted(f"disbursement.commitment_{act}", "com_1", "per_eva", commitment="com_1")
        for act in ("certified", "approved")
    ]
    assert found(vendor(), story[:3], both, story[3:]) == ["two_sides"]


def test_a_vendor_selected_by_who_collected_the_offers() -> None:
    made = (("ven_1", "604.46", "a"), ("ven_2", "700.00", "b"))
    assert found(offers("cas_1", *made, selected_by="per_nadia")) == ["chose_own_offers"]
    assert found(offers("cas_1", *made, selected_by="per_karim")) == []


def test_a_vendor_approved_by_who_proposed_it() -> None:
    assert found(vendor(proposer="per_karim"), ONE.story()) == ["two_sides"]


def others(pairs: int) -> list[Told]:
    """Payments of another vendor, each certified and approved by a pair of its own."""
    many = (
        Purchase(
            number=n,
            vendor="ven_9",
            on=MONDAY + timedelta(days=n),
            certifier=f"per_c{n}",
            approver=f"per_a{n}",
        )
        for n in range(100, 100 + pairs)
    )
    return [told for each in many for told in each.story()]


def theirs(certifiers: list[str]) -> list[Told]:
    many = (
        Purchase(number=n, certifier=who, on=MONDAY + timedelta(days=n))
        for n, who in enumerate(certifiers)
    )
    return [told for each in many for told in each.story()]


def test_the_same_two_people_decide_for_one_vendor() -> None:
    mostly = ["per_x", "per_jozef"] * 2 + ["per_jozef"] * 8
    assert found(vendor(), others(13), theirs(mostly)) == ["dominating_pair"]
    assert found(vendor(), others(13), theirs(["per_x", *mostly[:-1]])) == []


def test_it_is_said_when_it_has_become_so() -> None:
    """Not only when a dozen is full: here the last twelve of fifteen are theirs."""
    late = ["per_x"] * 3 + ["per_jozef"] * 12
    assert found(vendor(), others(16), theirs(late[:12])) == []
    assert found(vendor(), others(16), theirs(late)) == ["dominating_pair"]


def test_what_is_paid_by_the_month_was_decided_once() -> None:
    """Twelve months' rent is one order."""
    months = [
        Told(
            each.kind,
            each.stream,
            each.by,
            each.at,
            each.data | {"commitment": "com_0"},
        )
        for each in theirs(["per_jozef"] * 12)
        if each.kind.startswith("disbursement.payment_")
    ]
    one = list(Purchase(number=0).story())[:3]
    paid = [each for each in months if each.stream != "pay_0"]
    assert "dominating_pair" not in found(vendor(), others(13), one, months[:5], paid)


def test_the_usual_pair_of_a_small_office_is_nothing_to_look_at() -> None:
    everywhere = theirs(["per_jozef"] * 24)
    elsewhere = [
        told
        for n in range(200, 224)
        for told in Purchase(number=n, vendor="ven_9", on=MONDAY + timedelta(days=n - 200)).story()
    ]
    assert found(vendor(), elsewhere, everywhere) == []


def certified_at(hour: int, acts: int) -> list[Told]:
    bought = [Purchase(number=n, certifier="per_owl") for n in range(acts)]
    stories = [told for each in bought for told in each.story()]
    night = MONDAY.replace(hour=hour) + timedelta(days=8)
    return [
        Told(each.kind, each.stream, each.by, night + timedelta(minutes=n), each.data)
        if each.kind == "disbursement.payment_certified"
        else each
        for n, each in enumerate(stories)
        if each.kind not in {"disbursement.payment_approved", "disbursement.payment_signed"}
    ]


def test_many_acts_in_one_night() -> None:
    assert found(vendor(), certified_at(23, 6)) == ["after_hours"]
    assert found(vendor(), certified_at(23, 5)) == []
    assert found(vendor(), certified_at(15, 6)) == []


def test_a_night_is_told_of_once_however_much_more_is_done_in_it() -> None:
    auditor = Auditor()
    (one,) = auditor.hears(page(), vendor(), certified_at(23, 17))
    assert auditor.cited(one) == ["payment_certified"] * 6
    next_night = [replace(each, at=each.at + timedelta(days=1)) for each in certified_at(23, 6)]
    assert found(vendor(), certified_at(23, 9), next_night) == ["after_hours"] * 2


def test_night_is_where_the_office_is() -> None:
    far = page(Bratislava="Asia/Ulaanbaatar")
    assert found(vendor(), certified_at(15, 6), told=far) == ["after_hours"]
    assert found(vendor(), certified_at(23, 6), told=far) == []


@pytest.mark.parametrize(
    ("second", "third", "expected"),
    [
        (("ven_2", "700.00", "b"), ("ven_3", "710.00", "b"), ["alike_quotations"]),
        (("ven_2", "664.91", "b"), ("ven_3", "695.13", "c"), ["alike_quotations"]),
        (("ven_2", "664.80", "b"), ("ven_3", "695.13", "c"), []),
        (("ven_1", "700.00", "a"), ("ven_2", "711.00", "c"), []),
        (("ven_2", "665.00", "b"), ("ven_3", "695.00", "c"), []),
    ],
)
def test_offers_from_one_hand(
    second: tuple[str, str, str], third: tuple[str, str, str], expected: list[str]
) -> None:
    assert found(offers("cas_1", ("ven_1", "604.46", "a"), second, third)) == expected


def test_prices_in_a_currency_of_large_notes_are_rounded_to_its_notes() -> None:
    """515,250 dinars and 6 percent are 546,165: nobody writes that."""
    dinars = (("ven_1", "515250", "a"), ("ven_2", "546250", "b"), ("ven_3", "572000", "c"))
    assert found(offers("cas_1", *dinars)) == ["alike_quotations"]
    honest = (("ven_1", "515250", "a"), ("ven_2", "548250", "b"), ("ven_3", "572000", "c"))
    assert found(offers("cas_1", *honest)) == []


def test_prices_of_few_notes_are_round_percentages_by_chance() -> None:
    """A percent of 240,000 dinars is ten notes: of honest offers one pair in a hundred is so."""
    few = (("ven_1", "239750", "a"), ("ven_2", "254250", "b"), ("ven_3", "268500", "c"))
    more = (("ven_1", "259750", "a"), ("ven_2", "275250", "b"), ("ven_3", "291000", "c"))
    assert found(offers("cas_1", *few)) == []
    assert found(offers("cas_1", *more)) == ["alike_quotations"]


def test_round_prices_are_no_sign() -> None:
    made = (("ven_1", "600.00", "a"), ("ven_2", "630.00", "b"), ("ven_3", "660.00", "c"))
    assert found(offers("cas_1", *made)) == []


# What the programmes say


@pytest.mark.parametrize(
    ("rules", "story", "usually", "here"),
    [
        (
            {"just_under_percent": 95},
            [ONE.but(amount="1350.00"), ONE.but(number=2, case="cas_1", amount="1400.00")],
            ["split_orders"],
            [],
        ),
        (
            {"near_limit": {"from_percent": 80, "times": 2, "within_days": 60}},
            [ONE.but(amount="4100.00"), TWO.but(amount="4200.00")],
            [],
            ["near_the_limit"],
        ),
        (
            {"near_limit": {"from_percent": 80, "times": 2, "within_days": 30}},
            [ONE.but(amount="4100.00"), TWO.but(amount="4200.00")],
            [],
            [],
        ),
    ],
)
def test_thresholds_are_what_the_page_in_the_log_says(
    rules: dict[str, Any], story: list[Purchase], usually: list[str], here: list[str]
) -> None:
    told = [each.story() for each in story]
    assert found(vendor(), delegation(), *told) == usually
    told = [each.story() for each in story]
    assert found(vendor(), delegation(), *told, told=page(rules)) == here


def test_a_later_page_counts_from_its_day_on() -> None:
    four = [Purchase(number=n, amount="4500.00", on=MONDAY + timedelta(days=n)) for n in range(4)]
    laxer = page({"near_limit": {"from_percent": 95, "times": 4, "within_days": 60}})
    told = [each.story() for each in four]
    assert found(vendor(), delegation(), *told[:3], laxer, told[3]) == []


def test_how_long_a_review_may_take_is_the_pages_to_say() -> None:
    auditor = Auditor()
    review = {"review_days": {"high": 1, "medium": 10, "low": 30}}
    (one,) = auditor.hears(page(review), vendor(), ONE.but(met=False).story())
    assert (one.severity, one.review_days) == (Severity.HIGH, 1)


# Amounts


def natural(number: int) -> str:
    """Amounts that grow by the same part each, as Benford's law has them."""
    return f"{20 * 1.047**number:.2f}"


def invented(number: int) -> str:
    """As many begin with 9 as with 1."""
    return f"{(number % 9 + 1) * 10 ** (1 + number % 2) + number / 100:.2f}"


def buys(amount: Callable[[int], str], **of: Any) -> list[Told]:
    """A hundred things, each approved for more than it costs, far apart."""
    story: list[Told] = []
    for n in range(100):
        at = MONDAY + timedelta(days=3 * n)
        story += approved(f"itm_{n}", "90000.00", of.get("kind", "business"), at)
        story += Purchase(number=n, amount=amount(n), on=at).story()
    return story


def test_amounts_that_begin_as_made_up_ones_do() -> None:
    assert found(vendor(), buys(invented)) == ["made_up_amounts"]
    assert found(vendor(), buys(natural)) == []


def test_first_digits_say_nothing_of_amounts_that_nobody_chose() -> None:
    assert found(vendor(), buys(invented, kind="school")) == []
    assert found(vendor(), buys(lambda _: "777.00")) == []
    at_the_ceiling = [
        each
        for n in range(100)
        for each in (
            *approved(f"itm_{n}", invented(n), "business", MONDAY + timedelta(days=3 * n)),
            *Purchase(number=n, amount=invented(n), on=MONDAY + timedelta(days=3 * n)).story(),
        )
    ]
    assert found(vendor(), at_the_ceiling) == []


def test_first_digits_say_nothing_of_amounts_that_lie_close_together() -> None:
    assert found(vendor(), buys(lambda n: f"{600 + 3 * n}.00")) == []


def test_what_cannot_be_read_is_looked_at_and_the_rest_is_read_all_the_same() -> None:
    odd = Told("disbursement.payment_requested", "pay_9", "per_hana", MONDAY, {"payment": "pay_9"})
    story = [*ONE.story(), odd, *ONE.but(number=2, case="cas_9", met=False).story()]
    assert found(vendor(), story) == ["entry_unreadable", "nobody_was_met"]


def test_a_rule_reads_what_the_services_write() -> None:
    books, heard = Books(), set()
    for index, golden in enumerate(sorted(ROOT.glob("services/*/tests/golden/*.json"))):
        seen = Seen.of(index, golden.read_bytes())
        heard |= {seen.kind} & HEARD
        unread = [each for each in look_at(seen, books) if each.rule == UNREADABLE]
        assert not unread, golden.name
    assert heard == HEARD
