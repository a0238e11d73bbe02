"""A case from registration to the bank's confirmation, as four services would have told it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from events.canonical import canonical
from events.envelope import Actor, Context, Entry, split_at_position, write_entry
from events.memory import SeededIds
from events.personal import Disclosure, Kind
from events.values import Code, PersonId

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ROLE = Code("finance_officer")
EVIDENCE = "5b" * 32
NAME = Disclosure.make("name", Kind.IDENTITY, "Amina", b"s" * 16)
"""What the registration keeps to itself: the entry has its digest only."""

Told = tuple[str, str, str, dict[str, Any]]
"""Who, the event, its stream, its data."""


@dataclass
class Teller:
    """Numbers what is told: each service's events and each stream's, 1, 2, 3, …"""

    ids: SeededIds = field(default_factory=SeededIds)
    positions: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    versions: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    minutes: int = 0

    def tell(self, who: str, kind: str, stream: str, data: dict[str, Any]) -> tuple[str, Entry]:
        service = kind.partition(".")[0]
        self.positions[service] += 1
        self.versions[stream] += 1
        self.minutes += 7
        at = NOON + timedelta(minutes=self.minutes)
        made = write_entry(
            id=self.ids.event_id(),
            service=service,
            type=f"{kind}.v1",
            stream=stream,
            version=self.versions[stream],
            at=at,
            recorded=at,
            context=Context(
                actor=Actor(
                    id=PersonId(who), role=Code("finance_officer"), organisation=Code("iom")
                ),
                correlation="c",
            ),
            data=canonical(data),
        )
        before, after = split_at_position(made)
        position = self.positions[service]
        return service, Entry(position, before + str(position).encode() + after)


def case(number: int = 1) -> list[Told]:
    """One case. `number` makes ids of its own; the vendor and the budget line serve all cases."""
    cas, pla, itm, com, inv, pay = (
        f"{kind}_{number}" for kind in ("cas", "pla", "itm", "com", "inv", "pay")
    )
    euro = {"amount": "2400.00", "currency": "EUR"}
    on = {"plan": pla, "case": cas}
    return [
        ("per_lina", "intake.returnee_registered", cas, {"case": cas, "_sd": [NAME.digest]}),
        ("per_lina", "intake.consent_given", cas, {"case": cas}),
        ("per_lina", "intake.entitlement_granted", cas, {"case": cas, "total": euro}),
        ("per_lina", "plans.plan_drafted", pla, on),
        ("per_lina", "plans.assistance_item_proposed", pla, {**on, "item": itm, "spec": "oven"}),
        ("per_lina", "plans.plan_signed_by_returnee", pla, on),
        (
            "per_peter",
            "plans.plan_approved",
            pla,
            {**on, "approvers": ["per_peter", "per_zuzana"], "drafter": "per_lina", "total": euro},
        ),
        (
            "per_nadia",
            "vendors.vendor_selected",
            f"src_{number}",
            {"sourcing": f"src_{number}", "item": itm, "case": cas, "vendor": "ven_1"},
        ),
        (
            "per_hana",
            "disbursement.commitment_requested",
            com,
            {**on, "commitment": com, "item": itm, "vendor": "ven_1", "budget_line": "bud_1"},
        ),
        (
            "per_hana",
            "disbursement.funds_reserved",
            "bud_1",
            {"budget_line": "bud_1", "commitment": com, "amount": euro},
        ),
        ("per_jozef", "disbursement.commitment_certified", com, {"commitment": com}),
        ("per_eva", "disbursement.commitment_approved", com, {"commitment": com}),
        ("per_dalia", "disbursement.goods_received", com, {"commitment": com, "receipt": "rec_1"}),
        ("per_hana", "disbursement.invoice_received", com, {"commitment": com, "invoice": inv}),
        ("per_system", "disbursement.three_way_match_passed", com, {"invoice": inv}),
        *payment({"payment": pay, "invoice": inv, "commitment": com, "case": cas, "item": itm}),
    ]


def payment(names: dict[str, str]) -> Iterator[Told]:
    pay = names["payment"]
    of = {"payment": pay, "evidence": EVIDENCE}
    money = {"amount": "2423500.500", "currency": "IQD"}
    vendor = {"vendor": "ven_1", "account": "acc_1", "amount": money}
    yield "per_hana", "disbursement.payment_requested", pay, {**names, **vendor, **of}
    yield "per_jozef", "disbursement.payment_certified", pay, of
    yield "per_eva", "disbursement.payment_approved", pay, of
    yield "per_marta", "disbursement.payment_signed", pay, {**of, "signatory_no": 1}
    yield "per_ivan", "disbursement.payment_signed", pay, {**of, "signatory_no": 2}
    yield "per_system", "disbursement.payment_instructed", pay, {"payment": pay, "file": "fil_1"}
    yield "per_system", "disbursement.vendor_paid", pay, {**names, **vendor}


VENDOR: list[Told] = [
    ("per_nadia", "vendors.vendor_proposed", "ven_1", {"vendor": "ven_1"}),
    ("per_karim", "vendors.vendor_screened", "ven_1", {"vendor": "ven_1", "result": "clear"}),
    ("per_karim", "vendors.vendor_approved", "ven_1", {"vendor": "ven_1"}),
    (
        "per_nadia",
        "vendors.bank_account_proposed",
        "acc_1",
        {"account": "acc_1", "vendor": "ven_1"},
    ),
    ("per_samir", "vendors.bank_account_callback_verified", "acc_1", {"account": "acc_1"}),
    ("per_yusuf", "vendors.bank_account_approved", "acc_1", {"account": "acc_1"}),
]
GRANT: list[Told] = [
    ("per_maria", "disbursement.grant_opened", "gra_1", {"grant": "gra_1"}),
    (
        "per_maria",
        "disbursement.budget_line_established",
        "bud_1",
        {"budget_line": "bud_1", "grant": "gra_1"},
    ),
]


def told(*stories: list[Told]) -> list[tuple[str, Entry]]:
    """The stories, one after the other, as entries of their services."""
    teller = Teller()
    return [teller.tell(*each) for story in stories for each in story]


def history(cases: int = 2) -> list[tuple[str, Entry]]:
    """A vendor, a grant, and so many cases that are paid."""
    return told(VENDOR, GRANT, *(case(number) for number in range(1, cases + 1)))
