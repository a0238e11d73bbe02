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

VENDOR_NAME = Disclosure.make("latin_name", Kind.IDENTITY, "Al-Noor Ovens", b"n" * 16)
VENDOR_TOWN = Disclosure.make("town", Kind.CONTACT, "Baghdad", b"t" * 16)
RATE = {
    "base": "EUR",
    "date": "2026-11-01",
    "quote": "IQD",
    "source": "UNORE",
    "value": "1310.5",
}
PRICE = {"amount": "2423500.500", "currency": "IQD"}
EACH = {"amount": "302937.563", "currency": "IQD"}
"""Eight come to a little more than is asked for them."""
RESERVED = {"amount": "1849.29", "currency": "EUR"}
ROLES = {"per_marta": Code("signatory"), "per_ivan": Code("signatory")}
UNDER = {
    "per_jozef": ("del_1", "certify"),
    "per_eva": ("del_2", "approve"),
    "per_marta": ("del_3", "sign"),
    "per_ivan": ("del_4", "sign"),
}
"""Who may do what under which delegation."""

SIGNED_FOR = {"received_by": "returnee", "method": "signature", "document": "7d" * 32}
Told = tuple[str, str, str, dict[str, Any]]
"""Who, the event, its stream, its data."""


@dataclass
class Teller:
    """Numbers what is told: each service's events and each stream's, 1, 2, 3, …"""

    ids: SeededIds = field(default_factory=SeededIds)
    positions: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    versions: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    minutes: int = 0
    office: Code | None = None
    """Of whoever acts."""

    def tell(
        self, who: str, kind: str, stream: str, data: dict[str, Any], at: datetime | None = None
    ) -> tuple[str, Entry]:
        service = kind.partition(".")[0]
        self.positions[service] += 1
        self.versions[service, stream] += 1
        self.minutes += 7
        at = at or NOON + timedelta(minutes=self.minutes)
        made = write_entry(
            id=self.ids.event_id(),
            service=service,
            type=f"{kind}.v1",
            stream=stream,
            version=self.versions[service, stream],
            at=at,
            recorded=at,
            context=Context(
                actor=Actor(
                    id=PersonId(who),
                    role=ROLES.get(who, ROLE),
                    organisation=Code("iom"),
                    office=self.office,
                ),
                correlation="c",
            ),
            data=canonical(data),
        )
        before, after = split_at_position(made)
        position = self.positions[service]
        return service, Entry(position, before + str(position).encode() + after)


def registered(cas: str) -> dict[str, Any]:
    kept = {"organisation": "ngo_tirana", "run_by": "iom", "counsellor": "per_lina"}
    return {"case": cas, **kept, "_sd": [NAME.digest]}


def case(number: int = 1) -> list[Told]:
    """One case. `number` makes ids of its own; the vendor and the budget line serve all cases."""
    cas, pla, itm, com, inv, pay = (
        f"{kind}_{number}" for kind in ("cas", "pla", "itm", "com", "inv", "pay")
    )
    euro = {"amount": "2400.00", "currency": "EUR"}
    on = {"plan": pla, "case": cas}
    return [
        ("per_lina", "intake.returnee_registered", cas, registered(cas)),
        ("per_lina", "intake.consent_given", cas, {"case": cas}),
        (
            "per_lina",
            "intake.entitlement_granted",
            cas,
            {
                "case": cas,
                "programme": "prg_iom_slovakia",
                "programme_version": 1,
                "total": euro,
            },
        ),
        ("per_lina", "plans.plan_drafted", pla, on),
        ("per_lina", "plans.assistance_item_proposed", pla, {**on, "item": itm, "spec": "oven"}),
        ("per_lina", "plans.plan_signed_by_returnee", pla, on),
        ("per_lina", "plans.plan_submitted", pla, on),
        ("per_zuzana", "plans.approval_recorded", pla, {**on, "member": "per_zuzana"}),
        ("per_peter", "plans.approval_recorded", pla, {**on, "member": "per_peter"}),
        (
            "per_peter",
            "plans.plan_approved",
            pla,
            {
                **on,
                "approvers": ["per_zuzana", "per_peter"],
                "drafter": "per_lina",
                "items": [{"item": itm}],
                "total": euro,
            },
        ),
        (
            "per_nadia",
            "vendors.vendor_selected",
            f"src_{number}",
            {"sourcing": f"src_{number}", "item": itm, "case": cas, "vendor": "ven_1"},
        ),
        *bought({**on, "commitment": com, "item": itm, "invoice": inv}),
        *payment({"payment": pay, "invoice": inv, "commitment": com, "case": cas, "item": itm}),
    ]


OF_A_PROJECT = {
    "plans.plan_drafted": "plans.project_proposed",
    "plans.assistance_item_proposed": "plans.project_item_proposed",
    "plans.plan_signed_by_returnee": "plans.project_share_signed",
    "plans.plan_submitted": "plans.project_submitted",
    "plans.approval_recorded": "plans.project_approval_recorded",
    "plans.plan_approved": "plans.project_approved",
}


def project() -> list[Told]:
    """The same for a project that two share in: it stands where a plan and a case stood."""
    story: list[Told] = []
    for who, name, stream, said in case():
        if name.startswith("plans."):
            rest = {k: v for k, v in said.items() if k not in ("plan", "case")}
            told_of = rest | {"project": "prj_1"}
            if name == "plans.plan_approved":
                told_of |= {"counsellors": ["per_lina", "per_sara"]}
            story.append((who, OF_A_PROJECT[name], "prj_1", told_of))
        elif name.startswith("intake."):
            story.append((who, name, stream, said))
        else:
            of = {k: "prj_1" if k in ("plan", "case") else v for k, v in said.items()}
            story.append((who, name, stream, of))
    return story


def bought(names: dict[str, str]) -> Iterator[Told]:
    """What is committed, ordered, delivered and invoiced."""
    com, inv = names["commitment"], names["invoice"]
    of = {"commitment": com}
    value = {"amount": PRICE, "reserved": RESERVED, "rate": RATE}
    asked = {k: v for k, v in names.items() if k != "invoice"}
    asked |= {"vendor": "ven_1", "budget_line": "bud_1"}
    reserved = {"budget_line": "bud_1", **of, "amount": RESERVED}
    ordered = {**of, "number": "PO-1", "lines": [{"line": 1, "quantity": 10, "unit_price": EACH}]}
    delivered = {**of, "receipt": "rec_1", "lines": [{"line": 1, "quantity": 8}], **SIGNED_FOR}
    lines = {"lines": [{"line": 1, "quantity": 8, "unit_price": EACH}]}
    billed = {**of, "invoice": inv, "vendor": "ven_1", "number": "INV23", "amount": PRICE}
    matched = {**of, "invoice": inv, "payable": PRICE, "receipts": ["rec_1"]}
    yield "per_hana", "disbursement.commitment_requested", com, asked | value
    yield "per_hana", "disbursement.funds_reserved", "bud_1", reserved
    yield "per_jozef", "disbursement.commitment_certified", com, {**of, "delegation": "del_1"}
    yield "per_eva", "disbursement.commitment_approved", com, {**of, "delegation": "del_2"}
    yield "per_hana", "disbursement.purchase_order_issued", com, ordered
    yield "per_dalia", "disbursement.goods_received", com, delivered
    yield "per_hana", "disbursement.invoice_received", com, billed | {"replaces": "inv_0"} | lines
    yield "per_system", "disbursement.three_way_match_passed", com, matched


def payment(names: dict[str, str]) -> Iterator[Told]:
    pay = names["payment"]
    of = {"payment": pay, "evidence": EVIDENCE}
    vendor = {"vendor": "ven_1", "account": "acc_1", "amount": PRICE}
    value = {"reserved": RESERVED, "rate": RATE}
    yield "per_hana", "disbursement.payment_requested", pay, {**names, **vendor, **value, **of}
    for who, act, more in (
        ("per_jozef", "certified", {}),
        ("per_eva", "approved", {}),
        ("per_marta", "signed", {"signatory_no": 1}),
        ("per_ivan", "signed", {"signatory_no": 2}),
    ):
        data = {**of, "delegation": UNDER[who][0], **more}
        yield who, f"disbursement.payment_{act}", pay, data
    yield "per_system", "disbursement.payment_instructed", pay, {"payment": pay, "file": "fil_1"}
    day = {"value_date": "2026-11-21"}
    yield "per_system", "disbursement.vendor_paid", pay, {**names, **vendor, **day}


VENDOR: list[Told] = [
    (
        "per_nadia",
        "vendors.vendor_proposed",
        "ven_1",
        {"vendor": "ven_1", "_sd": [VENDOR_NAME.digest, VENDOR_TOWN.digest]},
    ),
    ("per_karim", "vendors.vendor_screened", "ven_1", {"vendor": "ven_1", "result": "clear"}),
    ("per_karim", "vendors.vendor_approved", "ven_1", {"vendor": "ven_1"}),
    (
        "per_nadia",
        "vendors.bank_account_proposed",
        "acc_1",
        {"account": "acc_1", "vendor": "ven_1", "currency": "IQD"},
    ),
    ("per_samir", "vendors.bank_account_callback_verified", "acc_1", {"account": "acc_1"}),
    ("per_yusuf", "vendors.bank_account_approved", "acc_1", {"account": "acc_1"}),
    ("per_yusuf", "vendors.bank_account_activated", "acc_1", {"account": "acc_1"}),
]
AGREED = {"donor": "AMIF", "reference": "SK-2023-AVRR"}
OTHER_GRANT: list[Told] = [
    (
        "per_maria",
        "disbursement.grant_opened",
        "gra_2",
        {"grant": "gra_2", "donor": "GCERF", "reference": "AL-GCERF-2023"},
    ),
    (
        "per_maria",
        "disbursement.budget_line_established",
        "bud_2",
        {"budget_line": "bud_2", "grant": "gra_2"},
    ),
]
GRANT: list[Told] = [
    ("per_maria", "disbursement.grant_opened", "gra_1", {"grant": "gra_1", **AGREED}),
    (
        "per_maria",
        "disbursement.budget_line_established",
        "bud_1",
        {"budget_line": "bud_1", "grant": "gra_1"},
    ),
    ("per_system", "disbursement.exchange_rate_published", "rat_1", {"rate": RATE}),
    *(
        told
        for person, (name, authority) in UNDER.items()
        for told in (
            (
                "per_maria",
                "disbursement.delegation_granted",
                name,
                {
                    "delegation": name,
                    "person": person,
                    "authority": authority,
                    "limit": {"amount": "5000.00", "currency": "EUR"},
                    "starts": "2026-11-01",
                    "ends": "2027-10-31",
                },
            ),
            ("per_tomas", "disbursement.delegation_confirmed", name, {"delegation": name}),
        )
    ),
]


def told(*stories: list[Told]) -> list[tuple[str, Entry]]:
    """The stories, one after the other, as entries of their services."""
    teller = Teller()
    return [teller.tell(*each) for story in stories for each in story]


def history(cases: int = 2) -> list[tuple[str, Entry]]:
    """A vendor, a grant, and so many cases that are paid."""
    return told(VENDOR, GRANT, *(case(number) for number in range(1, cases + 1)))
