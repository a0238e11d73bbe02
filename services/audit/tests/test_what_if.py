"""What if a page had said something else: a history that never was, and acts judged by the page."""

import json
from pathlib import Path
from typing import Any

import pytest
from services.audit.tests.pages import (
    AWARDED,
    COM,
    COUNTED,
    PAY,
    STORY,
    Entry,
    eur,
    judged,
    lenient,
    page,
    refused,
    told,
)

from audit.replay.what_if import JUDGED, BadPage, WhatIf

TRAINING = "assistance.0"
BAND = {"below": eur(9000), "quotations": 1}
WAIVER: Entry = ("vendors.competition_waived", "src_1", {"sourcing": "src_1", "reason": "urgent"})
RULES: dict[str, list[tuple[str, Any, str]]] = {
    "entitlement_above": [("entitlements.0.total", eur(499), "1000.00 EUR, 998.00 EUR at most")],
    "cash_over_cap": [("entitlements.0.cash_at_most", eur(99), "200.00 EUR, 198.00 EUR at most")],
    "above_cash_share": [("entitlements.0.cash_at_most", eur(49), "100.00 EUR, 98.00 EUR at most")],
    "not_in_programme": [(f"{TRAINING}.type", "course", "training")],
    "above_at_most": [(f"{TRAINING}.at_most", eur(799), "800.00 EUR, 799.00 EUR at most")],
    "too_few_approved": [
        ("approval.bands", [{"up_to": eur(899), "members": 1}, {"members": 2}], "1 of 2")
    ],
    "documents_missing": [(f"{TRAINING}.before_approval", ["fee_schedule"], "fee_schedule")],
    "papers_missing": [
        (f"{TRAINING}.before_commitment", ["lease"], "lease"),
        (f"{TRAINING}.before_payment", ["lease"], "lease"),
    ],
    "not_planned_as_cash": [("assistance.1.modality", "goods", "pocket_money")],
    "no_emergencies": [("emergency", None, "50.00 EUR")],
    "not_for_emergencies": [("emergency.types", ["shelter"], "food")],
    "above_emergency_limit": [("emergency.at_most", eur(49), "50.00 EUR, 49.00 EUR at most")],
    "formal_tender_needed": [("buying.bands.0.below", eur(700), "700.00 EUR")],
    "too_few_quotations": [("buying.bands.0.quotations", 3, "1 of 3")],
    "not_asked_in_writing": [("buying.bands.0.written_working_days", 5, "700.00 EUR")],
    "committee_has_not_agreed": [("buying.bands.0.committee", True, "0 of 1 for 700.00 EUR")],
    "above_tier": [
        ("tiers", [{"tier": "basic", "up_to": eur(699)}], "700.00 EUR, 699.00 EUR at most")
    ],
    "account_is_at": [("paying.call_back", True, "not called back")],
    "cooling_off": [("paying.account_wait_hours", 72, "not before 2026-11-24T12:49:00Z")],
    "account_not_usable": [
        ("paying.account_wait_hours", 720, "acc_1 not before 2026-12-21T12:49:00Z")
    ],
    "other_budget_line": [
        ("lines", [{"type": "training", "category": "school"}], "business, not school")
    ],
    "code_expired": [("code_valid_days", 2, "2026-11-23T14:06:00Z")],
    "code_locked": [("code_tries", 1, "1 wrong ones")],
    "captured_too_late": [("capture_within_days", 6, "after 7 days")],
    "invoice_not_matched": [
        ("paying.invoice_tolerance_basis_points", 42, "703.00 EUR, 702.94 EUR at most"),
        ("paying.invoice_tolerance_at_most", eur(2), "703.00 EUR, 702.00 EUR at most"),
    ],
    "advance_not_allowed": [(f"{TRAINING}.advance", None, "training")],
    "above_advance_cap": [
        (f"{TRAINING}.advance.percent_at_most", 49, "350.00 EUR, 343.00 EUR at most")
    ],
    "first_payment_capped": [("first_payment_at_most", eur(702), "703.00 EUR, 702.00 EUR at most")],
    "second_approval_needed": [
        ("paying.second_approval_from", eur(703), "703.00 EUR, two approve from 703.00 EUR")
    ],
    "acted_already": [("paying.certifier_may_sign", False, "per_a")],
    "not_screened_since_approval": [("paying.screening_again_at_release", True, "ven_1")],
}
"""What another page says, and how that refuses what was done."""
JUST = {
    "entitlements.0.total": eur(500),
    "entitlements.0.cash_at_most": eur(100),
    "assistance.0.at_most": eur(800),
    "approval.bands": [{"up_to": eur(900), "members": 1}, {"members": 2}],
    "emergency.at_most": eur(50),
    "buying.bands.0.below": eur(701),
    "tiers": [{"tier": "basic", "up_to": eur(700)}, {"tier": "standard", "up_to": eur(1)}],
    "lines": [{"type": "training", "category": "business"}, {"type": "food", "category": "x"}],
    "code_valid_days": 3,
    "code_tries": 2,
    "capture_within_days": 8,
    "paying.invoice_tolerance_basis_points": 43,
    "paying.invoice_tolerance_at_most": eur(3),
    "assistance.0.advance.percent_at_most": 50,
    "first_payment_at_most": eur(703),
    "paying.second_approval_from": eur(704),
}
"""What is just enough."""


def put(before: str, *entries: Entry) -> list[Entry]:
    """The story with these, before the first of that kind."""
    at = next(number for number, each in enumerate(STORY) if each[0] == before)
    return [*STORY[:at], *entries, *STORY[at:]]


@pytest.mark.parametrize(
    ("rule", "place", "said", "detail"),
    [(rule, *each) for rule, pages in RULES.items() for each in pages],
)
def test_what_another_page_would_have_refused(
    rule: str, place: str, said: Any, detail: str
) -> None:
    assert (rule, detail) in refused(page(place, said))


def test_each_rule_is_shown_to_refuse_and_the_lenient_page_refuses_nothing() -> None:
    assert set(JUDGED) == {*RULES, "waiver_not_allowed"}
    assert refused(page()) == []


@pytest.mark.parametrize(("place", "said"), JUST.items())
def test_what_is_just_enough_passes(place: str, said: Any) -> None:
    assert refused(page(place, said)) == []


def test_what_was_done_though_nobody_asked_passes_a_page_that_asks() -> None:
    src = {"sourcing": "src_1"}
    paper: Entry = (
        "plans.document_recorded",
        "pla_1",
        {"case": "cas_1", "plan": "pla_1", "item": "itm_1", "kind": "lease"},
    )
    account = {"account": "acc_1", "vendor": "ven_1"}
    call: Entry = ("vendors.bank_account_callback_verified", "acc_1", account)
    searched: Entry = ("vendors.vendor_searched", "ven_1", {"vendor": "ven_1"})
    again: Entry = ("disbursement.payment_approved_again", "pay_1", PAY)
    waived: Entry = ("disbursement.match_exception_waived", "com_1", {**COM, "invoice": "inv_1"})
    vote: Entry = ("vendors.award_voted", "src_1", {**src, "vote": "in_favour"})
    asks: list[tuple[str, Any, str, Entry]] = [
        ("assistance.0.before_approval", ["lease"], "plans.plan_approved", paper),
        (
            "buying.bands.0.written_working_days",
            5,
            "vendors.vendor_selected",
            ("vendors.written_request_sent", "src_1", src),
        ),
        ("buying.bands.0.committee", True, "vendors.vendor_selected", vote),
        ("paying.call_back", True, "vendors.bank_account_approved", call),
        (
            "paying.invoice_tolerance_basis_points",
            0,
            "disbursement.three_way_match_passed",
            waived,
        ),
        ("paying.second_approval_from", eur(1), "disbursement.payment_signed", again),
        ("paying.screening_again_at_release", True, "disbursement.payment_signed", searched),
    ]
    for place, said, before, entry in asks:
        assert refused(page(place, said)), place
        assert refused(page(place, said), put(before, entry)) == [], place


def test_votes_from_before_another_comparison_do_not_count() -> None:
    on = {"sourcing": "src_1"}
    vote: Entry = ("vendors.award_voted", "src_1", {**on, "vote": "in_favour"})
    compared: Entry = ("vendors.quotations_compared", "src_1", on)
    story = put("vendors.vendor_selected", vote, compared)
    said = refused(page("buying.bands.0.committee", True), story)
    assert said == [("committee_has_not_agreed", "0 of 1 for 700.00 EUR")]


def test_a_waiver_counts_for_the_reasons_that_the_page_takes() -> None:
    story = put("vendors.vendor_selected", WAIVER)
    asks = {**BAND, "quotations": 3, "waiver_for": ["only_supplier"]}
    assert refused(page("buying.bands.0", asks), story) == [("waiver_not_allowed", "urgent")]
    asks["waiver_for"] = ["urgent"]
    assert refused(page("buying.bands.0", asks), story) == []


def test_cash_is_approved_by_as_many_as_what_is_paid_beside_it_asks_for() -> None:
    one, two = page("paying.second_approval_from", eur(804)), eur(803)
    of = {"cash": "csh_1"}
    given: list[Entry] = [
        ("disbursement.cash_counted", "cas_1", {**of, "case": "cas_1", "amount": eur(100)}),
        ("disbursement.cash_approved", "csh_1", of),
        ("disbursement.cash_handed_over", "csh_1", of),
    ]
    assert refused(one, [*STORY, *given]) == []
    together = page("paying.second_approval_from", two)
    assert refused(together, [*STORY, *given]) == [
        ("second_approval_needed", "803.00 EUR, two approve from 803.00 EUR")
    ]
    again: Entry = ("disbursement.cash_approved_again", "csh_1", of)
    assert refused(together, [*STORY, *given[:2], again, *given[2:]]) == []


def test_awards_and_payments_add_up_over_as_long_as_the_page_says() -> None:
    earlier = {**AWARDED, "sourcing": "src_0", "case": "cas_0", "value": eur(400)}
    paid = {**COUNTED, "payment": "pay_0", "vendor": "ven_0", "amount": eur(500)}
    before: list[Entry] = [
        ("vendors.award_counted", "pur_ven_1", earlier),
        ("vendors.award_counted", "pur_cas_0", earlier),
        ("disbursement.payment_counted", "cas_1", paid),
        ("disbursement.payment_counted", "ven_0", paid),
    ]
    story = put("vendors.quotations_requested", *before)
    below = page("buying.bands.0.below", eur(1000))
    assert refused(below, story) == [("formal_tender_needed", "1100.00 EUR")]
    twice = page("paying.second_approval_from", eur(1200))
    assert refused(twice, story) == [
        ("second_approval_needed", "1203.00 EUR, two approve from 1200.00 EUR")
    ]
    undone: list[Entry] = [
        ("vendors.award_uncounted", "pur_ven_1", {"sourcing": "src_0"}),
        ("disbursement.payment_not_counted", "cas_1", {"payment": "pay_0"}),
    ]
    story = put("vendors.quotations_requested", *before, *undone)
    assert refused(below, story) == refused(twice, story) == []


def test_an_account_serves_the_strictest_of_the_programmes() -> None:
    strict = {"call_back": True, "account_wait_hours": 1}
    other: Entry = ("plans.programme_published", "prg_b", {"programme": "prg_b", "paying": strict})
    assert refused(page(), [other, *STORY]) == [
        ("account_is_at", "not called back"),
        ("cooling_off", "not before 2026-11-21T13:56:00Z"),
    ]
    first = [
        (kind, stream, {**data, "replaces": None} if "replaces" in data else data)
        for kind, stream, data in STORY
    ]
    assert refused(page("paying.account_wait_hours", 72), first) == []


def test_an_amended_order_is_what_an_invoice_and_an_advance_are_held_against() -> None:
    more = {**COM, "amount": eur(1400), "lines": [{"line": 1, "quantity": 10}]}
    more["lines"][0]["unit_price"] = eur(140)  # type: ignore[index]
    story = put("disbursement.advance_approved", ("disbursement.commitment_amended", "com_1", more))
    assert refused(page("paying.invoice_tolerance_basis_points", 0), story) == []
    assert refused(page("assistance.0.advance.percent_at_most", 25), story) == []


def test_a_tolerance_is_told_in_the_orders_currency_at_the_rate_of_the_reservation() -> None:
    rate = {"base": "EUR", "quote": "IQD", "value": "1000"}
    iqd = {"amount": "70000.000", "currency": "IQD"}
    changed: dict[str, dict[str, Any]] = {
        "disbursement.commitment_requested": {"rate": rate},
        "disbursement.purchase_order_issued": {
            "lines": [{"line": 1, "quantity": 10, "unit_price": iqd}]
        },
        "disbursement.invoice_received": {"amount": {"amount": "703000.000", "currency": "IQD"}},
    }
    story = [(kind, stream, data | changed.get(kind, {})) for kind, stream, data in STORY]
    cap = page("paying.invoice_tolerance_at_most", eur(2))
    assert refused(cap, story) == [
        ("invoice_not_matched", "703000.000 IQD, 702000.000 IQD at most")
    ]
    assert refused(page("paying.invoice_tolerance_at_most", eur(3)), story) == []
    changed["disbursement.commitment_requested"]["rate"] = None
    story = [(kind, stream, data | changed.get(kind, {})) for kind, stream, data in STORY]
    assert dict(judged(cap, story).not_judged) == {"invoice_not_matched": 1}


def test_acts_in_another_currency_than_the_pages_are_counted_as_not_judged() -> None:
    usd = {"amount": "1.00", "currency": "USD"}
    what_if = judged(page("paying.second_approval_from", usd))
    assert dict(what_if.not_judged) == {"second_approval_needed": 1}
    assert what_if.not_passed == []


def test_another_programmes_acts_are_not_judged() -> None:
    other = [
        (kind, stream, data | {"programme": "prg_b"} if "programme" in data else data)
        for kind, stream, data in STORY[1:]
    ]
    for place, said, _ in (each for pages in RULES.values() for each in pages):
        accounts = {"paying.account_wait_hours", "paying.call_back"}
        if place not in accounts:  # an account serves them all
            assert refused(page(place, said), [STORY[0], *other]) == [], place


def test_acts_are_judged_in_the_order_in_which_they_were_done() -> None:
    """The log takes in each service by itself: an answer may stand before what it answered."""
    what_if, entries = WhatIf(page("assistance.0.advance", None)), told(STORY)
    for each in (*entries[1:], entries[0]):
        what_if.rewrite(each)
    what_if.told()
    assert [each.rule for each in what_if.not_passed] == ["advance_not_allowed"]


def test_the_page_stands_in_place_of_what_was_published_and_of_nothing_else() -> None:
    what_if, entries = WhatIf(page()), told(STORY)
    made = [what_if.rewrite(each) for each in entries]
    published = json.loads(bytes(made[0].envelope.data))
    assert (published["currency"], published["version"]) == ("EUR", 1)
    assert [e.envelope.data for e in made[1:]] == [e.envelope.data for e in entries[1:]]
    assert made[0].raw == entries[0].raw  # what was hashed is what was told


def test_a_page_of_a_programme_that_nobody_published_is_told() -> None:
    with pytest.raises(BadPage, match="nobody published prg_a"):
        refused(page(), [])


def test_what_is_no_page_is_told(tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    path.write_text("[]")
    with pytest.raises(BadPage, match="is no page"):
        WhatIf.read(path)
    path.write_text(json.dumps({"programme": "prg_a", "said": {}}))
    with pytest.raises(BadPage, match="not as it is published"):
        WhatIf.read(path)
    path.write_text(json.dumps({"programme": "prg_a", "said": lenient()}))
    assert WhatIf.read(path).page.programme == "prg_a"
