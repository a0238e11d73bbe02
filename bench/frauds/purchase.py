"""One purchase from the plan to the bank, as the services tell of it."""

import random  # noqa: TID251  seeded
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from bench.frauds.world import CENT, RATE, Office, Officer, Vendor

NOTE = 250
"""Dinars: the smallest note in Iraq."""


@dataclass(frozen=True)
class Told:
    """One entry before it has its place; what it leaves out is as in the service's own example."""

    at: datetime
    kind: str
    stream: str
    by: str
    office: str
    data: dict[str, Any]
    purchase: int | None = None
    part: int | None = None
    """Of the purchase, where it is about one."""


@dataclass
class Offer:
    vendor: str
    total: Decimal
    document: str
    by: str


@dataclass
class Part:
    """What is delivered, billed and paid at once: all of the order, or a part of it."""

    amount: Decimal
    delivered: date
    told: datetime
    """When the delivery was written down."""
    asked: datetime
    number: str
    document: str
    account: str
    acts: list[datetime]
    """Certified, approved, signed, signed."""
    paid: date
    pro_forma: bool = False
    """An offer with the bill's number came first."""
    corrects: str | None = None
    returned: bool = False
    """The bank gave the money back, and it was paid again."""


@dataclass(frozen=True)
class Doubt:
    """Something grave was found about a payment once all had signed it."""

    outcome: str | None
    """What an auditor said that it was, if one has."""
    let_go: bool = True
    """Somebody lets it go on, or what pays does so by itself."""
    too_late: bool = False
    """The bank had been told already."""


@dataclass
class Purchase:
    number: int
    office: Office
    vendor: Vendor
    case: str
    type: str
    ceiling: Decimal
    at: datetime
    ordered: datetime
    parts: list[Part]
    requester: str
    certifier: Officer
    approver: Officer
    signatories: tuple[Officer, Officer]
    receiver: str
    counsellor: str
    selector: str
    commitment_certifier: str
    commitment_approver: str
    offers: list[Offer] = field(default_factory=list)
    advance: bool = False
    met: bool = True
    """Somebody sat with the returnee."""
    doubt: Doubt | None = None
    """About its first payment."""
    planted: str | None = None
    """Which kind of fraud it is part of,"""
    scheme: int = 0
    """and of which one of that kind."""

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal())

    def told(self) -> list[Told]:
        """All of it, in the order of time."""
        return sorted(self._told(), key=lambda each: each.at)

    def _told(self) -> Iterator[Told]:
        yield from self._chosen()
        yield from self._ordered()
        for number, part in enumerate(self.parts):
            for told in chain(self._delivered(number, part), self._paid(number, part)):
                yield replace(told, part=number)

    # Its steps

    def _chosen(self) -> Iterator[Told]:
        name, item = f"src_{self.number}", f"itm_{self.number}"
        begun = self.at - timedelta(days=6)
        of = {"sourcing": name, "item": item, "case": self.case}
        search = of | {"programme": self.office.programme.id}
        approved = {
            "case": self.case,
            "items": [
                {
                    "item": item,
                    "type": self.type,
                    "ceiling": self._money(self.ceiling),
                    "dimension": "economic",
                    "modality": "goods",
                    "spec": "thing",
                }
            ],
        }
        plan, before = f"pla_{self.number}", begun - timedelta(days=3)
        if self.met:
            signed, kind = before - timedelta(days=5), "plans.plan_signed_by_returnee"
            yield self._tell(signed, kind, plan, self.counsellor, {"plan": plan})
        told = approved | {"plan": plan, "programme": self.office.programme.id}
        yield self._tell(before, "plans.plan_approved", plan, self.counsellor, told)
        yield self._tell(begun, "vendors.quotations_requested", name, self.requester, search)
        for number, offer in enumerate(self.offers, start=1):
            made = {
                "sourcing": name,
                "quotation": f"quo_{self.number}_{number}",
                "vendor": offer.vendor,
                "total": self._local(offer.total),
                "document": offer.document,
            }
            then = begun + timedelta(hours=7 * number)
            yield self._tell(then, "vendors.quotation_received", name, offer.by, made)
        selected = of | {"vendor": self.vendor.name, "amount": self._local(self.amount)}
        chosen = self.at - timedelta(days=1)
        yield self._tell(chosen, "vendors.vendor_selected", name, self.selector, selected)

    def _ordered(self) -> Iterator[Told]:
        com, item, plan = (f"{kind}_{self.number}" for kind in ("com", "itm", "pla"))
        of = {"commitment": com}
        asked = of | {
            "plan": plan,
            "item": item,
            "case": self.case,
            "programme": self.office.programme.id,
            "vendor": self.vendor.name,
            "amount": self._local(self.amount),
            "reserved": self._money(self.amount),
            "counsellor": self.counsellor,
        }
        step = (self.ordered - self.at) / 4
        yield self._tell(self.at, "disbursement.commitment_requested", com, self.requester, asked)
        for number, (act, who) in enumerate(
            (("certified", self.commitment_certifier), ("approved", self.commitment_approver)),
            start=1,
        ):
            kind = f"disbursement.commitment_{act}"
            yield self._tell(self.at + number * step, kind, com, who, of)
        kind = "disbursement.purchase_order_issued"
        yield self._tell(self.ordered, kind, com, self.requester, of)
        if self.advance:
            let = self.ordered + timedelta(hours=1)
            kind = "disbursement.advance_approved"
            yield self._tell(let, kind, com, self.approver.person, of)

    def _delivered(self, number: int, part: Part) -> Iterator[Told]:
        com = f"com_{self.number}"
        arrived = {"commitment": com, "receipt": f"rec_{self.number}_{number}"}
        arrived["date"] = part.delivered.isoformat()
        yield self._tell(part.told, "disbursement.goods_received", com, self.receiver, arrived)
        bill = {
            "commitment": com,
            "invoice": f"inv_{self.number}_{number}",
            "vendor": self.vendor.name,
            "number": part.number,
            "document": part.document,
            "amount": self._local(part.amount),
            "pro_forma": False,
            "replaces": None,
        }
        kind = "disbursement.invoice_received"
        if part.pro_forma:
            early = self.ordered + timedelta(minutes=30)
            offer = {"invoice": f"inv_{self.number}_{number}_o", "pro_forma": True}
            offer["document"] = part.document[::-1]
            yield self._tell(early, kind, com, self.requester, bill | offer)
        if part.corrects:
            wrong = {"invoice": f"inv_{self.number}_{number}_w", "number": part.corrects}
            early = part.asked - timedelta(hours=3)
            yield self._tell(early, kind, com, self.requester, bill | wrong)
            bill["replaces"] = wrong["invoice"]
            bill["document"] = part.document[::-1]
        billed = part.asked - timedelta(minutes=9)
        yield self._tell(billed, kind, com, self.requester, bill)

    def _paid(self, number: int, part: Part) -> Iterator[Told]:
        for again in range(1 + part.returned):
            pay = f"pay_{self.number}_{number}" + ("_again" if again else "")
            wait = timedelta(days=9) * again
            of = {
                "payment": pay,
                "commitment": f"com_{self.number}",
                "invoice": f"inv_{self.number}_{number}",
                "item": f"itm_{self.number}",
                "case": self.case,
                "vendor": self.vendor.name,
                "account": part.account,
                "amount": self._local(part.amount),
                "reserved": self._money(part.amount),
            }
            requested = of | {"counsellor": self.counsellor}
            kind = "disbursement.payment_requested"
            yield self._tell(part.asked + wait, kind, pay, self.requester, requested)
            people = (self.certifier, self.approver, *self.signatories)
            names = ("certified", "approved", "signed", "signed")
            for at, who, act in zip(part.acts, people, names, strict=True):
                data: dict[str, Any] = {"payment": pay, "delegation": who.delegation}
                kind = f"disbursement.payment_{act}"
                yield self._tell(at + wait, kind, pay, who.person, data)
            if self.doubt and number == again == 0:
                yield from self._doubted(self.doubt, pay, part.acts[-1])
            day = part.paid + wait
            noon = max(self.office.at(day, 12), part.acts[-1] + wait + timedelta(hours=1))
            value = of | {"value_date": day.isoformat()}
            yield self._tell(noon, "disbursement.vendor_paid", pay, "per_system", value)
            if part.returned and not again:
                back = {key: of[key] for key in ("payment", "commitment", "invoice", "reserved")}
                then = noon + timedelta(days=1)
                yield self._tell(then, "disbursement.payment_returned", pay, "per_system", back)

    def _doubted(self, doubt: Doubt, pay: str, signed: datetime) -> Iterator[Told]:
        """All within the hour between the last signature and the bank's word."""

        def tell(minutes: int, kind: str, stream: str, by: str, **data: Any) -> Told:
            return self._tell(signed + timedelta(minutes=minutes), kind, stream, by, data)

        name, found = f"fnd_{self.number}", {"case": self.case, "vendor": self.vendor.name}
        of: dict[str, Any] = {"payment": pay}
        if doubt.too_late:
            yield tell(2, "disbursement.payment_instructed", pay, "per_system", **of)
        told = {"finding": name, "severity": "high"} | of | found
        yield tell(5, "audit.finding_raised", name, "per_system", **told)
        if not doubt.too_late:
            yield tell(6, "disbursement.payment_held", pay, "per_system", **of, reason="finding")
        if doubt.outcome:
            said = {"finding": name, "outcome": doubt.outcome}
            yield tell(30, "audit.finding_reviewed", name, "per_elif", **said)
        if doubt.outcome == "explained":
            kind, why = "disbursement.payment_hold_lifted", "finding"
            yield tell(31, kind, pay, "per_system", **of, reason=why)
        elif doubt.let_go and not doubt.too_late:
            kind, why = "disbursement.payment_released_from_hold", "looked_at"
            yield tell(40, kind, pay, self.approver.person, **of, reason=why)

    def _tell(self, at: datetime, kind: str, stream: str, by: str, data: dict[str, Any]) -> Told:
        return Told(at, kind, stream, by, self.office.name, data, self.number)

    def _money(self, amount: Decimal) -> dict[str, str]:
        return {"amount": f"{amount:.2f}", "currency": self.office.currency}

    def _local(self, amount: Decimal) -> dict[str, str]:
        if self.office.local == self.office.currency:
            return self._money(amount)
        written = f"{round(amount * RATE / NOTE) * NOTE}.000"
        return {"amount": written, "currency": self.office.local}


def raised(office: Office, amount: Decimal, percent: int) -> Decimal:
    """A price so much higher, as somebody writes it who has the other one on the table."""
    if office.local == office.currency:
        return cents(amount * (100 + percent) / 100)
    notes = round(Decimal(round(amount * RATE / NOTE) * (100 + percent)) / 100)
    return cents(notes * NOTE / RATE)


def document(rng: random.Random) -> str:
    return f"{rng.getrandbits(256):064x}"


def cents(amount: float | Decimal) -> Decimal:
    return Decimal(amount).quantize(CENT)
