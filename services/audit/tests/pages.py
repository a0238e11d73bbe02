"""A small history under one page, and pages that say something else of it."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from specimens.histories import NOON, Teller

from audit.replay.history import Told
from audit.replay.what_if import Page, WhatIf
from events.envelope import open_entry
from events.values import ProgrammeId

Entry = tuple[str, str, dict[str, Any]]
"""The event, its stream, its data."""


def eur(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}


def lenient() -> dict[str, dict[str, Any]]:
    """By kind of event, a page that lets the whole story pass."""
    everything = {
        "currency": "EUR",
        "entitlements": [{"total": eur(9000), "cash_at_most": eur(9000)}],
        "assistance": [
            {"type": "training", "modality": "service", "advance": {"percent_at_most": 90}},
            {"type": "pocket_money", "modality": "cash"},
            {"type": "food", "modality": "goods"},
        ],
        "emergency": {"types": ["food"], "at_most": eur(9000)},
        "approval": {"bands": [{"up_to": None, "members": 1}]},
        "buying": {"bands": [{"below": eur(9000), "quotations": 1}], "added_up_over_days": 30},
        "paying": {
            "certifier_may_sign": True,
            "second_approval_from": eur(9000),
            "invoice_tolerance_basis_points": 1000,
            "invoice_tolerance_at_most": eur(9000),
            "call_back": False,
            "account_wait_hours": 0,
            "screening_again_at_release": False,
        },
    }
    terms = {"code_valid_days": 90, "code_tries": 9, "capture_within_days": 90}
    return {
        "plans.programme_published": everything,
        "plans.vendor_rules_published": {"tiers": [], "first_payment_at_most": None},
        "plans.budget_lines_named": {"lines": []},
        "plans.delivery_terms_published": terms,
    }


def page(path: str = "", said: Any = None) -> Page:
    """The lenient page, but for what it says in that place: `paying.account_wait_hours`."""
    whole = lenient()
    if path:
        *way, last = path.split(".")
        place: Any = next(event for event in whole.values() if path.partition(".")[0] in event)
        for step in way:
            place = place[int(step) if isinstance(place, list) else step]
        place[int(last) if isinstance(place, list) else last] = said
    return Page.of(ProgrammeId("prg_a"), whole)


OF = {"programme": "prg_a"}
COM = {"commitment": "com_1"}
PAY = {"payment": "pay_1"}
COUNTED = {**PAY, "vendor": "ven_1", "case": "cas_1", "amount": eur(703)}
AWARDED = {"sourcing": "src_1", "vendor": "ven_1", "case": "cas_1", "value": eur(700)}
ITEMS = [
    {"item": "itm_1", "type": "training", "modality": "service", "ceiling": eur(800)},
    {"item": "itm_2", "type": "pocket_money", "modality": "cash", "ceiling": eur(100)},
]
FOOD = {"item": "itm_3", "type": "food", "modality": "goods", "ceiling": eur(50)}
LINE = {"line": 1, "quantity": 10}
CAPTURED = {"happened_at": (NOON + timedelta(days=3)).isoformat()}
STORY: Sequence[Entry] = (
    ("plans.programme_published", "prg_a", {**OF, "version": 1, "currency": "USD"}),
    (
        "intake.entitlement_granted",
        "cas_1",
        {**OF, "case": "cas_1", "shares": [{}, {}], "total": eur(1000), "cash_cap": eur(200)},
    ),
    (
        "plans.emergency_assistance_authorised",
        "eme_1",
        {**OF, "emergency": "eme_1", "case": "cas_1", "items": [FOOD], "total": eur(50)},
    ),
    (
        "plans.plan_approved",
        "pla_1",
        {
            **OF,
            "plan": "pla_1",
            "case": "cas_1",
            "approvers": ["per_a"],
            "items": ITEMS,
            "total": eur(900),
        },
    ),
    ("vendors.vendor_proposed", "ven_1", {"vendor": "ven_1", "tier": "basic"}),
    (
        "vendors.bank_account_proposed",
        "acc_1",
        {"account": "acc_1", "vendor": "ven_1", "replaces": "acc_0"},
    ),
    ("vendors.bank_account_approved", "acc_1", {"account": "acc_1", "vendor": "ven_1"}),
    ("vendors.bank_account_activated", "acc_1", {"account": "acc_1", "vendor": "ven_1"}),
    (
        "vendors.quotations_requested",
        "src_1",
        {**OF, "sourcing": "src_1", "item": "itm_1", "case": "cas_1", "estimate": eur(700)},
    ),
    (
        "vendors.vendor_selected",
        "src_1",
        {
            "sourcing": "src_1",
            "item": "itm_1",
            "case": "cas_1",
            "vendor": "ven_1",
            "amount": eur(650),
            "quotations": 1,
        },
    ),
    ("vendors.award_counted", "pur_ven_1", AWARDED),
    ("vendors.award_counted", "pur_cas_1", AWARDED),
    (
        "disbursement.budget_line_established",
        "lin_1",
        {"line": "lin_1", "grant": "gra_1", "category": "business"},
    ),
    (
        "disbursement.commitment_requested",
        "com_1",
        {
            **OF,
            **COM,
            "item": "itm_1",
            "vendor": "ven_1",
            "budget_line": "lin_1",
            "amount": eur(700),
            "rate": None,
        },
    ),
    ("disbursement.commitment_certified", "com_1", COM),
    (
        "disbursement.purchase_order_issued",
        "com_1",
        {**COM, "lines": [{**LINE, "unit_price": eur(70)}]},
    ),
    (
        "disbursement.advance_approved",
        "com_1",
        {**COM, "invoice": "inv_0", "vendor": "ven_1", "amount": eur(350)},
    ),
    ("disbursement.delivery_code_issued", "dcs_1", {**COM, "code": "cod_1"}),
    ("disbursement.delivery_code_mistaken", "dcs_1", {**COM, "code": "cod_1"}),
    (
        "disbursement.goods_received",
        "com_1",
        {**COM, "receipt": "rec_1", "confirmation": {"code": "cod_1"}, "captured": CAPTURED},
    ),
    (
        "disbursement.invoice_received",
        "com_1",
        {**COM, "invoice": "inv_1", "amount": eur(703), "lines": [LINE]},
    ),
    ("disbursement.three_way_match_passed", "com_1", {**COM, "invoice": "inv_1"}),
    (
        "disbursement.payment_requested",
        "pay_1",
        {**PAY, **COM, "item": "itm_1", "case": "cas_1", "vendor": "ven_1", "account": "acc_1"},
    ),
    ("disbursement.payment_counted", "ven_1", COUNTED),
    ("disbursement.payment_counted", "cas_1", COUNTED),
    (
        "disbursement.first_payment_counted",
        "first_acc_1",
        {**PAY, "account": "acc_1", "amount": eur(703)},
    ),
    ("disbursement.payment_certified", "pay_1", PAY),
    ("disbursement.payment_approved", "pay_1", PAY),
    ("disbursement.payment_signed", "pay_1", {**PAY, "signatory_no": 1}),
    ("disbursement.payment_signed", "pay_1", {**PAY, "signatory_no": 2}),
    ("disbursement.cash_requested", "csh_1", {"cash": "csh_1", "item": "itm_2"}),
)
WHO = {"disbursement.payment_approved": "per_eva"}
"""Everything else is by one person: who certified is who signed first."""
WHEN = {"disbursement.goods_received": NOON + timedelta(days=10)}


def told(story: Sequence[Entry]) -> list[Told]:
    """The story as a log has it; from the delivery on ten days later."""
    teller, entries, signed = Teller(), list[Told](), 0
    day: datetime | None = None
    for index, (kind, stream, data) in enumerate(story):
        signed += kind.endswith("payment_signed")
        who = "per_marta" if signed > 1 else WHO.get(kind, "per_a")
        day = WHEN.get(kind, day)
        at = day + timedelta(minutes=index) if day else None
        _, entry = teller.tell(who, kind, stream, deepcopy(data), at)
        entries.append(Told(index, open_entry(entry.raw), entry.raw))
    return entries


def judged(against: Page, story: Sequence[Entry] = STORY) -> WhatIf:
    """All of the story, held against the page."""
    what_if = WhatIf(against)
    for each in told(story):
        what_if.rewrite(each)
    what_if.told()
    return what_if


def refused(against: Page, story: Sequence[Entry] = STORY) -> list[tuple[str, str]]:
    """By which rule, and how it stands."""
    return [(each.rule, each.detail) for each in judged(against, story).not_passed]
