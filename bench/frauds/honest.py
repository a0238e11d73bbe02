"""Life: vendors, cases and purchases as they come, messy and with nothing wrong."""

import math
import random  # noqa: TID251  seeded
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from bench.frauds.cash import HandOver
from bench.frauds.purchase import Offer, Part, Purchase, cents, document
from bench.frauds.world import (
    BEGIN,
    DAYS,
    NUMBERINGS,
    RATE,
    Office,
    Officer,
    Sort,
    Vendor,
    offices,
)

SHARES = (0.4, 0.35, 0.15, 0.1)
"""How much of everything each office does."""
VENDORS = (520, 460, 150, 110)
COUNTRIES = ("SK", "IQ", "AL", "VN")
LISTED, FREE, MONTHLY = "listed", "free", "monthly"
CHANGES_BANK = 0.06
IN_CASH = 0.15
"""So many cases are given something in cash as well."""
OLDEST = 900
"""Days: since when the oldest vendor has been one."""


@dataclass
class Life:
    rng: random.Random
    offices: list[Office] = field(default_factory=offices)
    purchases: list[Purchase] = field(default_factory=list)
    hand_overs: list[HandOver] = field(default_factory=list)
    unmet: set[str] = field(default_factory=set)
    """Cases of which nobody met anybody."""
    cases: list[tuple[str, Office, date]] = field(default_factory=list)
    payments: int = 0
    _numbers: Any = field(default_factory=lambda: count(1))

    def begin(self) -> None:
        for office, number, country in zip(self.offices, VENDORS, COUNTRIES, strict=True):
            for _ in range(number):
                office.vendors.append(self.vendor(office, country))

    # Vendors

    def vendor(self, office: Office, country: str, kind: str | None = None) -> Vendor:
        """Some are a kiosk and some a wholesaler; some have been one for years.

        Most wait for weeks for their first order; a few were approved for one.
        """
        rng, number = self.rng, next(self._numbers)
        name = f"ven_{country.lower()}_{number}"
        since = BEGIN + timedelta(days=int(rng.triangular(-OLDEST, DAYS - 30, -200)))
        typical = rng.lognormvariate(math.log(220), 0.6)
        approved = office.working(since, rng)
        wait = timedelta(days=rng.lognormvariate(math.log(24), 0.8))
        new = Vendor(
            name=name,
            office=office,
            country=country,
            kind=kind or rng.choices((LISTED, FREE, MONTHLY), (5, 4, 1))[0],
            size=rng.lognormvariate(0, 1.1),
            typical=typical,
            spread=rng.choice((0.25, 0.6, 1.2)),
            approved=approved,
            ready=(approved + wait).date(),
            account=f"acc_{number}",
            numbering=rng.choice(NUMBERINGS),
            invoices=rng.randint(0, 400),
        )
        new.prices = [self.price(office, typical, 0.7) for _ in range(rng.randint(2, 9))]
        if rng.random() < CHANGES_BANK:
            first = max(since, BEGIN)
            day = first + timedelta(days=rng.randint(5, DAYS))
            new.changes.append((office.working(day, rng), f"acc_{number}_2"))
        return new

    def price(self, office: Office, typical: float, spread: float) -> Decimal:
        """As people write prices: often round, in their own currency; or with a tax on top."""
        rng = self.rng
        amount = rng.lognormvariate(math.log(typical), spread)
        if office.local == "IQD":
            dinars = max(round(amount * float(RATE) / 250), 20) * 250
            return cents(Decimal(dinars) / RATE)
        if rng.random() < 0.4:
            return cents(max(round(amount / 5), 2) * 5)
        return cents(max(amount, 8))

    def vendor_of(self, office: Office, kind: str, day: date) -> Vendor:
        rng = self.rng
        while True:
            (vendor,) = rng.choices(office.vendors, cum_weights=office.weights())
            if vendor.kind == kind and vendor.ready <= day:
                return vendor

    # Cases

    def live(self, payments: int) -> None:
        """Cases come and are helped, until so many payments are made."""
        while self.payments < payments:
            (office,) = self.rng.choices(self.offices, SHARES)
            self.case(office)

    def case(self, office: Office, begun: date | None = None) -> tuple[str, date]:
        """Somebody comes back, and is helped with a few things."""
        rng = self.rng
        day = begun or BEGIN + timedelta(days=rng.randint(0, DAYS - 60))
        name = f"cas_{next(self._numbers)}"
        self.cases.append((name, office, day))
        if begun is None:
            usual: Vendor | None = None
            for _ in range(min(1 + int(rng.expovariate(1 / 1.3)), 6)):
                bought = day + timedelta(days=20 + int(rng.expovariate(1 / 40)))
                made = self.purchase(office, name, bought, vendor=usual)
                usual = made.vendor if rng.random() < 0.25 else None
            if rng.random() < IN_CASH:
                self.hand_over(office, name, day + timedelta(days=rng.randint(3, 60)))
        return name, day

    # Purchases

    def purchase(
        self,
        office: Office,
        case: str,
        day: date,
        *,
        vendor: Vendor | None = None,
        amount: Decimal | None = None,
        parts: int | None = None,
    ) -> Purchase:
        """Something is bought. What is not said is as it comes."""
        rng, number = self.rng, next(self._numbers)
        kind = vendor.kind if vendor else rng.choices((LISTED, FREE, MONTHLY), (45, 40, 6))[0]
        vendor = vendor or self.vendor_of(office, kind, day)
        day = max(day, vendor.ready)
        sort = self.sort(office, kind, amount)
        amounts, ceiling = self.amounts(office, vendor, sort, amount, parts)
        at = office.working(day, rng)
        ordered = office.after(at, 30, rng)
        total = sum(amounts, Decimal())
        certifier = self.enough(office.certifiers, total)
        approver = self.enough(office.approvers, total)
        first, second = rng.sample(office.signatories, 2)
        requester, buyer = rng.sample(office.requesters, 2)
        made = Purchase(
            number=number,
            office=office,
            vendor=vendor,
            case=case,
            type=sort.type,
            ceiling=ceiling,
            at=at,
            ordered=ordered,
            parts=[],
            requester=requester,
            certifier=certifier,
            approver=approver,
            signatories=(first, certifier if office.is_small else second),
            receiver=rng.choice(office.receivers),
            counsellor=rng.choice(office.counsellors),
            selector=requester,
            commitment_certifier=rng.choice(office.certifiers).person,
            commitment_approver=rng.choice(office.approvers).person,
        )
        made.parts = self.parts(made, amounts)
        made.offers = self.offers(made, buyer)
        self.purchases.append(made)
        self.payments += sum(1 + part.returned for part in made.parts)
        return made

    def hand_over(
        self, office: Office, case: str, day: date, *, item: str | None = None
    ) -> HandOver:
        """Cash is given, for an item of its own if nothing else is said."""
        rng, number = self.rng, next(self._numbers)
        acts = [office.working(day, rng)]
        for hours in (8, 20, 1):
            acts.append(office.after(acts[-1], hours, rng))
        amount = cents(rng.choice((20, 30, 50, 75, 100)))
        giver, witness = rng.sample(office.receivers, 2)
        made = HandOver(
            number=number,
            office=office,
            case=case,
            item=item or f"itm_{number}",
            amount=amount,
            acts=acts,
            counsellor=rng.choice(office.counsellors),
            requester=rng.choice(office.requesters),
            approver=self.enough(office.approvers, amount),
            giver=giver,
            witness=witness,
        )
        self.hand_overs.append(made)
        self.payments += 1
        return made

    def sort(self, office: Office, kind: str, amount: Decimal | None) -> Sort:
        sorts = office.sorts
        if kind == MONTHLY and amount is None and sorts.monthly:
            return self.rng.choice(sorts.monthly)
        enough = [each for each in sorts.once if amount is None or each.at_most >= amount]
        return self.rng.choice(enough or [max(sorts.once, key=lambda each: each.at_most)])

    def amounts(
        self,
        office: Office,
        vendor: Vendor,
        sort: Sort,
        amount: Decimal | None,
        parts: int | None,
    ) -> tuple[list[Decimal], Decimal]:
        """What is paid, part by part, and the most that was approved."""
        rng = self.rng
        if amount is None and sort.each_month is not None:
            months = rng.randint(2, 6)
            return [sort.each_month] * months, sort.each_month * months
        if amount is None and rng.random() < 0.12:
            return [sort.at_most], sort.at_most  # all that the programme gives
        tries = 0
        while amount is None:
            tries += 1
            if vendor.kind == LISTED:
                asked = rng.choice(vendor.prices) * rng.choice((1, 1, 1, 1, 2, 2, 3, 4, 5))
            else:
                asked = self.price(office, vendor.typical, vendor.spread)
            if asked <= sort.at_most:
                amount = asked
            elif tries == 20:
                amount = sort.at_most
        ceiling = Decimal(math.ceil(amount * Decimal("1.05") / 50) * 50)
        if parts is None:
            parts = rng.choices((1, 2, 3), (90, 8, 2))[0] if amount > 300 else 1
        each = cents(amount / parts)
        return [*([each] * (parts - 1)), amount - each * (parts - 1)], ceiling

    def enough(self, officers: Sequence[Officer], amount: Decimal) -> Officer:
        """One whose limit is high enough."""
        return self.rng.choice([each for each in officers if each.limit >= amount])

    def parts(self, made: Purchase, amounts: Sequence[Decimal]) -> list[Part]:
        """Each is delivered, billed and paid; the next one may arrive before or after that."""
        rng, office = self.rng, made.office
        parts: list[Part] = []
        since = made.ordered
        made.advance = len(amounts) == 1 and rng.random() < 0.02
        for number, amount in enumerate(amounts):
            wait = 30 if made.type and len(amounts) > 3 else rng.expovariate(1 / 9)
            arrived = (since + timedelta(days=wait)).astimezone(office.zone).date()
            told = office.after(office.at(arrived, 14), 20, rng)
            parts.append(self.part(made, amount, arrived, told))
            since = max(office.at(arrived, 15), since + timedelta(days=1))
            if made.advance and number == 0 and rng.random() < 0.7:
                parts[0].told += timedelta(days=60)
                parts[0].delivered += timedelta(days=60)
        return parts

    def part(self, made: Purchase, amount: Decimal, arrived: date, told: datetime) -> Part:
        rng, office, vendor = self.rng, made.office, made.vendor
        asked = office.after(told, 40, rng)
        part = Part(
            amount=amount,
            delivered=arrived,
            told=told,
            asked=asked,
            number=vendor.next_number(asked.date()),
            document=document(rng),
            account=vendor.account_at(asked),
            acts=[],
            paid=asked.date(),
            pro_forma=rng.random() < 0.08,
            returned=rng.random() < 0.006,
        )
        if rng.random() < 0.02:
            part.corrects = vendor.next_number(asked.date())
        self.decided(made, part)
        return part

    def decided(self, made: Purchase, part: Part) -> None:
        """Certified, approved and signed, each when somebody comes to it."""
        rng, office, moment = self.rng, made.office, part.asked
        part.acts = []
        for hours in (6, 10, 8, 12):
            moment = office.after(moment, hours, rng)
            part.acts.append(moment)
        part.paid = (moment + timedelta(days=rng.randint(1, 4))).astimezone(office.zone).date()

    def offers(self, made: Purchase, buyer: str) -> list[Offer]:
        """As many as are asked for at this price, from vendors that are as dear or dearer."""
        rng, office = self.rng, made.office
        bands = office.programme.policy.buying.bands
        under = (each for each in bands if made.amount < Decimal(each.below.amount))
        band = next(under, bands[-1])
        found = [Offer(made.vendor.name, made.amount, document(rng), buyer)]
        others = rng.sample(office.vendors, band.quotations)
        for other in [each for each in others if each is not made.vendor][: band.quotations - 1]:
            total = float(made.amount) * (1 + abs(rng.gauss(0.02, 0.14)))
            found.append(Offer(other.name, self.price(office, total, 0.001), document(rng), buyer))
        rng.shuffle(found)
        return found
