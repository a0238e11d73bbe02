"""Payments as the log tells of them, for the rules: one honest story, and what may be changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from audit.domain.findings import Books, Found, Seen, look_at
from events.values import PersonId

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
EURO = "EUR"
PROGRAMME = "prg_iom_slovakia"
RULES: dict[str, Any] = {
    "just_under_percent": 75,
    "near_limit": {"from_percent": 90, "times": 4, "within_days": 60},
    "account_changed_days": 30,
    "vendor_approved_days": 3,
    "same_pair": {"of_payments": 12, "from_percent": 80, "elsewhere_percent": 40},
    "alike_offers": 3,
    "chosen_amounts": {"of_amounts": 100, "one_in": 10_000},
    "after_hours": {"from_hour": 22, "until_hour": 5, "acts": 6},
    "review_days": {"high": 2, "medium": 10, "low": 30},
}


@dataclass(frozen=True)
class Told:
    """One entry before it has its place."""

    kind: str
    stream: str
    by: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)


def euro(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": EURO}


@dataclass(frozen=True)
class Purchase:
    """One order from the plan to the bank; each field is what a test may change."""

    number: int = 1
    vendor: str = "ven_1"
    account: str = "acc_1"
    case: str | None = None
    amount: str = "900.00"
    invoice_number: str | None = None
    document: str | None = None
    replaces: str | None = None
    pro_forma: bool = False
    on: datetime = MONDAY
    delivered_after_days: int = 3
    paid_after_days: int = 9
    requester: str = "per_hana"
    certifier: str = "per_jozef"
    approver: str = "per_eva"
    receiver: str = "per_dalia"
    met: bool = True
    delegation: str = "del_1"

    def but(self, **changed: Any) -> "Purchase":
        return replace(self, **changed)

    @property
    def case_id(self) -> str:
        return self.case or f"cas_{self.number}"

    @property
    def payment(self) -> str:
        return f"pay_{self.number}"

    @property
    def invoice(self) -> str:
        return f"inv_{self.number}"

    def story(self) -> Iterator[Told]:
        com, pay, item = f"com_{self.number}", self.payment, f"itm_{self.number}"
        of = {"commitment": com, "case": self.case_id, "item": item, "vendor": self.vendor}
        under = {"programme": PROGRAMME}
        value = {"amount": euro(self.amount), "reserved": euro(self.amount)}
        delivered = self.on + timedelta(days=self.delivered_after_days)
        asked = self.on + timedelta(days=7)
        paid = self.on + timedelta(days=self.paid_after_days)
        plan = f"pla_{self.number}"
        if self.met:
            yield Told("plans.plan_signed_by_returnee", plan, "per_lina", self.on, {"plan": plan})
        approved: dict[str, Any] = {"plan": plan, "case": self.case_id, "items": []}
        yield Told("plans.plan_approved", plan, "per_peter", self.on, approved)
        yield Told(
            "disbursement.commitment_requested", com, self.requester, self.on, of | under | value
        )
        yield Told("disbursement.purchase_order_issued", com, self.requester, self.on, of)
        received = Told(
            "disbursement.goods_received",
            com,
            self.receiver,
            delivered,
            {"commitment": com, "date": f"{delivered:%Y-%m-%d}"},
        )
        if delivered <= asked:
            yield received
        yield Told(
            "disbursement.invoice_received",
            com,
            self.requester,
            asked,
            {
                **of,
                "invoice": self.invoice,
                "pro_forma": self.pro_forma,
                "number": self.invoice_number or f"A-{self.number}",
                "document": self.document or f"{self.number:064x}",
                "replaces": self.replaces,
            },
        )
        yield Told(
            "disbursement.payment_requested",
            pay,
            self.requester,
            asked,
            {**of, **value, "payment": pay, "account": self.account, "invoice": self.invoice},
        )
        for hours, (who, act) in enumerate(
            (
                (self.certifier, "certified"),
                (self.approver, "approved"),
                ("per_marta", "signed"),
                ("per_ivan", "signed"),
            ),
            start=1,
        ):
            data = {"payment": pay, "delegation": self.delegation}
            at = asked + timedelta(hours=hours)
            yield Told(f"disbursement.payment_{act}", pay, who, at, data)
        day = {"payment": pay, "value_date": f"{paid:%Y-%m-%d}"}
        yield Told("disbursement.vendor_paid", pay, "per_system", paid, {**of, **day})
        if delivered > asked:
            yield received


@dataclass(frozen=True)
class Cash:
    """Cash for one item from the plan to the hand; each field is what a test may change."""

    number: int = 5
    item: str = "itm_5"
    case: str = "cas_5"
    on: datetime = MONDAY
    requester: str = "per_hana"
    approver: str = "per_eva"
    giver: str = "per_jozef"
    witness: str = "per_dalia"
    met: bool = True

    def but(self, **changed: Any) -> "Cash":
        return replace(self, **changed)

    @property
    def id(self) -> str:
        return f"csh_{self.number}"

    def story(self) -> Iterator[Told]:
        plan, of = f"pla_{self.number}", {"item": self.item}
        if self.met:
            yield Told("plans.plan_signed_by_returnee", plan, "per_lina", self.on, {"plan": plan})
        items = [of | {"type": "pocket_money", "ceiling": euro("90.00")}]
        approved = {"plan": plan, "case": self.case, "programme": PROGRAMME, "items": items}
        yield Told("plans.plan_approved", plan, "per_peter", self.on, approved)
        for hours, (who, act, data) in enumerate(
            (
                (self.requester, "requested", {"case": self.case}),
                (self.approver, "approved", {}),
                (self.giver, "handed_over", {}),
                (self.witness, "hand_over_confirmed", {}),
            )
        ):
            at, told = self.on + timedelta(hours=hours), {"cash": self.id} | of | data
            yield Told(f"disbursement.cash_{act}", self.id, who, at, told)

    def cancelled(self) -> Told:
        told = {"cash": self.id, "item": self.item}
        return Told("disbursement.cash_cancelled", self.id, self.requester, self.on, told)


def page(rules: dict[str, Any] | None = None, **zones: str) -> list[Told]:
    """What a programme says: how it buys, and what of `RULES` it has otherwise."""
    told = {
        "programme": PROGRAMME,
        "buying": {
            "bands": [{"below": euro(limit)} for limit in ("150.00", "1500.00", "15000.00")],
            "added_up_over_days": 30,
        },
        "assistance": [
            {"type": "business", "modality": "goods"},
            {"type": "school", "modality": "service", "instalments": {"each": "month"}},
        ],
    }
    offices = [{"office": office, "time_zone": zone} for office, zone in zones.items()]
    second = {"programme": PROGRAMME, "rules": RULES | (rules or {}), "offices": offices}
    at = MONDAY - timedelta(days=365)
    return [
        Told("plans.programme_published", PROGRAMME, "per_petra", at, told),
        Told("plans.finding_rules_published", PROGRAMME, "per_petra", at, second),
    ]


def vendor(
    name: str = "ven_1",
    *,
    approved: datetime = MONDAY - timedelta(days=90),
    proposer: str = "per_nadia",
) -> list[Told]:
    of = {"vendor": name}
    return [
        Told("vendors.vendor_proposed", name, proposer, approved - timedelta(days=2), of),
        Told("vendors.vendor_approved", name, "per_karim", approved, of),
        *account("acc_1", name, approved),
    ]


def account(name: str, of: str, at: datetime, replaces: str | None = None) -> list[Told]:
    data = {"account": name, "vendor": of, "replaces": replaces}
    return [
        Told("vendors.bank_account_proposed", name, "per_nadia", at - timedelta(days=4), data),
        Told("vendors.bank_account_activated", name, "per_yusuf", at, data),
    ]


def delegation(name: str = "del_1", limit: str = "5000.00") -> list[Told]:
    data = {"delegation": name, "limit": euro(limit)}
    return [Told("disbursement.delegation_granted", name, "per_maria", MONDAY, data)]


def approved(item: str, ceiling: str, kind: str, at: datetime) -> list[Told]:
    """A plan with one item, of that type and up to that amount."""
    items = [{"item": item, "type": kind, "ceiling": euro(ceiling)}]
    return [Told("plans.plan_approved", f"pla_{item}", "per_peter", at, {"items": items})]


def offers(case: str, *made: tuple[str, str, str], selected_by: str = "per_karim") -> list[Told]:
    """Of each: the vendor, the total and the paper."""
    received = [
        Told(
            "vendors.quotation_received",
            "src_1",
            "per_nadia",
            MONDAY,
            {
                "sourcing": "src_1",
                "quotation": f"quo_{n}",
                "vendor": who,
                "total": euro(total),
                "document": paper,
            },
        )
        for n, (who, total, paper) in enumerate(made)
    ]
    chosen = {"sourcing": "src_1", "case": case, "vendor": made[0][0]}
    search = {"sourcing": "src_1", "case": case, "programme": PROGRAMME}
    return [
        Told("vendors.quotations_requested", "src_1", "per_nadia", MONDAY, search),
        *received,
        Told("vendors.vendor_selected", "src_1", selected_by, MONDAY, chosen),
    ]


@dataclass
class Auditor:
    """Reads what was told, in the order told, as the service does."""

    books: Books = field(default_factory=Books)
    read: list[Told] = field(default_factory=list)

    def hears(self, *stories: Iterable[Told]) -> list[Found]:
        found: list[Found] = []
        for story in stories:
            for told in story:
                seen = Seen(
                    len(self.read),
                    told.kind,
                    told.stream,
                    PersonId(told.by),
                    "bratislava",
                    told.at,
                    told.data,
                )
                self.read.append(told)
                found.extend(look_at(seen, self.books))
        return found

    def cited(self, found: Found) -> list[str]:
        """The evidence, told: the kinds of the entries."""
        return [self.read[index].kind.partition(".")[2] for index in found.entries]
