"""The whole history, entry by entry in the order of time, in the services' own bytes."""

import heapq
import random  # noqa: TID251  seeded
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from bench.frauds.cash import HandOver
from bench.frauds.honest import Life
from bench.frauds.planted import KINDS, plant
from bench.frauds.purchase import Doubt, Purchase, Told
from bench.frauds.world import BEGIN, HOME, Office, Vendor
from disbursement.domain import registry as disbursement
from events.canonical import canonical, plain
from events.envelope import Actor, Context, open_entry, split_at_position, write_entry
from events.memory import SeededIds
from events.registry import Registry
from events.values import Code, PersonId
from intake.domain import registry as intake
from plans.domain import registry as plans
from plans.domain.programme import PublishProgramme, programme
from vendors.domain import registry as vendors

REGISTRIES = {
    "intake": intake,
    "plans": plans,
    "vendors": vendors,
    "disbursement": disbursement,
}
LATEST = {"disbursement.goods_received": 2, "plans.programme_published": 2}
OPENED = BEGIN - timedelta(days=400)
ONE_IN = 2_000
"""Each kind is planted once in so many payments: 25 times among 50,000."""
NO_CONSENT = 0.05
"""Of so many cases the consent is in no entry: they came from an older system."""
LIKE = 0.05
"""So many vendors are like somebody else, and a person finds that they are not the same."""
DOUBTED = 0.02
"""Of so many honest payments something grave was found, and a person looked in time; or it came
when the bank had been told.
"""
HONEST = (Doubt("explained"), Doubt("mistake"), Doubt(None, too_late=True))


@dataclass(frozen=True)
class History:
    purchases: list[Purchase | HandOver]
    """By number, from 0 on; not all numbers are of a purchase."""
    payments: int
    stories: list[tuple[datetime, int, Callable[[], list[Told]]]] = field(repr=False)

    def told(self) -> Iterator[Told]:
        """In the order of time. Of each story no more is at hand than what is still to come."""
        waiting: list[tuple[datetime, int, int, list[Told]]] = []
        for begun, number, story in self.stories:
            yield from _until(begun, waiting)
            entries = story()
            if entries:
                heapq.heappush(waiting, (entries[0].at, number, 0, entries))
        yield from _until(None, waiting)


def _doubt_some(bought: list[Purchase], rng: random.Random) -> None:
    for each in bought:
        if each.planted is None and rng.random() < DOUBTED:
            each.doubt = rng.choice(HONEST)


def _until(
    moment: datetime | None, waiting: list[tuple[datetime, int, int, list[Told]]]
) -> Iterator[Told]:
    while waiting and (moment is None or waiting[0][0] <= moment):
        _, number, at, entries = heapq.heappop(waiting)
        yield entries[at]
        if at + 1 < len(entries):
            heapq.heappush(waiting, (entries[at + 1].at, number, at + 1, entries))


def made(payments: int, seed: int = 1, times: int | None = None) -> History:
    """So many payments, of which those of the planted frauds are a part; each kind so often.

    Fraud is as rare in a short history as in a long one.
    """
    life = Life(random.Random(seed))
    life.begin()
    life.live(payments * 4 // 5)
    plant(life, times or max(payments // ONE_IN, 1))
    life.live(payments)
    _doubt_some(life.purchases, random.Random(seed))
    shared = {p.vendor.name: p for p in life.purchases if p.planted == "shared_account"}
    every = [_opening(office) for office in life.offices]
    every += [
        _vendor(vendor, shared.get(vendor.name), life.rng)
        for office in life.offices
        for vendor in office.vendors
    ]
    every += [
        [_consent(*case)]
        for case in life.cases
        if case[0] not in life.unmet and life.rng.random() >= NO_CONSENT
    ]
    stories: list[Callable[[], list[Told]]] = [partial(list, told) for told in every]
    begins = [(story()[0].at, n, story) for n, story in enumerate(stories)]
    bought: list[Purchase | HandOver] = [*life.purchases, *life.hand_overs]
    begins += [(each.told()[0].at, len(begins) + n, each.told) for n, each in enumerate(bought)]
    return History(bought, life.payments, sorted(begins, key=lambda each: each[:2]))


# What is there before any purchase


def _opening(office: Office) -> list[Told]:
    """The programme's page, published as the plans service publishes it, and who may do what."""
    at, page = office.at(OPENED, 9), office.programme
    publish = PublishProgramme(
        by=PersonId("per_petra"),
        at=at,
        programme=page.id,
        organisation=page.policy.organisation,
        digest=page.digest,
        agreed=True,
        policy=page.policy,
        findings=page.findings,
        offices=page.offices,
    )
    told = [
        Told(at, _kind(event), page.id, event.by, office.name, _data(event))
        for event in programme.decide(publish, None)
    ]
    for officer in (*office.certifiers, *office.approvers, *office.signatories):
        limit = {"amount": f"{officer.limit:.2f}", "currency": office.currency}
        data = {"delegation": officer.delegation, "person": officer.person, "limit": limit}
        kind = "disbursement.delegation_granted"
        told.append(Told(at, kind, officer.delegation, "per_maria", office.name, data))
    return told


def _kind(event: Any) -> str:
    wire: str = event.__struct_config__.tag
    return wire.rpartition(".v")[0]


def _data(event: Any) -> dict[str, Any]:
    return {k: v for k, v in plain(event).items() if k not in ("by", "at", "type")}


def _consent(case: str, office: Office, begun: date) -> Told:
    return Told(
        office.at(begun, 10),
        "intake.consent_given",
        case,
        office.counsellors[0],
        office.name,
        {"case": case},
    )


def _vendor(vendor: Vendor, shared: Purchase | None, rng: random.Random) -> list[Told]:
    office = vendor.office
    buyer, examiner, third = rng.sample(office.vendor_officers, 3)
    name, since = vendor.name, vendor.approved

    def tell(at: datetime, kind: str, stream: str, by: str, **data: Any) -> Told:
        return Told(at, f"vendors.{kind}", stream, by, office.name, data)

    told = [
        tell(since - timedelta(days=3), "vendor_proposed", name, buyer, vendor=name),
        tell(since, "vendor_approved", name, examiner, vendor=name),
    ]
    first = (since + timedelta(hours=1), vendor.account, None)
    accounts: list[tuple[datetime, str, str | None]] = [first]
    for at, account in vendor.changes:
        accounts.append((at, account, accounts[-1][1]))
    for at, account, before in accounts:
        of = {"account": account, "vendor": name}
        asked, called = at - timedelta(days=4), at - timedelta(days=3.5)
        told += [
            tell(asked, "bank_account_proposed", account, buyer, **of, replaces=before),
            tell(called, "bank_account_callback_verified", account, examiner, **of),
            tell(at - timedelta(days=3.2), "bank_account_approved", account, third, **of),
            tell(at, "bank_account_activated", account, third, **of, replaces=before),
        ]
    told += _likeness(vendor, shared, rng, tell)
    return sorted(told, key=lambda each: each.at)


def _likeness(
    vendor: Vendor, shared: Purchase | None, rng: random.Random, tell: Callable[..., Told]
) -> list[Told]:
    """It is like another vendor, a colleague or a returnee; mostly by chance."""
    if shared is None and rng.random() >= LIKE:
        return []
    at = vendor.approved - timedelta(days=1)
    whose = rng.choice(("vendor", "staff", "returnee"))
    sign = rng.choice(("phone", "name", "account"))
    if shared is not None:
        sign = "particulars" if whose == "returnee" else "account"
    of = {"vendor": vendor.name, "other": f"{'ven' if whose == 'vendor' else 'per'}_{vendor.name}"}
    kind, by = "duplicate_vendor_suspected", "per_system"
    told = [tell(at, kind, vendor.name, by, **of, whose=whose, signs=[sign])]
    if shared is None:
        then, by = at + timedelta(hours=5), vendor.office.vendor_officers[-1]
        told.append(tell(then, "duplicate_vendor_dismissed", vendor.name, by, **of))
    return told


# In bytes


@dataclass
class Writer:
    """Writes entries as the services do; what is told beside it is as in their own examples."""

    ids: SeededIds = field(default_factory=SeededIds)
    versions: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    positions: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    examples: dict[str, dict[str, Any]] = field(default_factory=dict)
    registries: dict[str, Registry] = field(default_factory=lambda: dict(REGISTRIES))
    """Who reads what of each service."""
    read: int = 0

    def write(self, told: Told) -> bytes:
        service = told.kind.partition(".")[0]
        wire = f"{told.kind}.v{LATEST.get(told.kind, 1)}"
        self.versions[told.stream] += 1
        self.positions[service] += 1
        who = Actor(
            id=PersonId(told.by),
            role=Code("finance_officer"),
            organisation=Code("iom"),
            office=Code(told.office),
        )
        entry = write_entry(
            id=self.ids.event_id(),
            service=service,
            type=wire,
            stream=told.stream,
            version=self.versions[told.stream],
            at=told.at,
            recorded=told.at,
            context=Context(actor=who, correlation="c"),
            data=canonical(self._example(service, wire) | told.data),
        )
        before, after = split_at_position(entry)
        return before + str(self.positions[service]).encode() + after

    def _example(self, service: str, wire: str) -> dict[str, Any]:
        if wire not in self.examples:
            path: Path = HOME / "services" / service / "tests" / "golden" / f"{wire}.json"
            self.examples[wire] = msgspec.json.decode(path.read_bytes())["data"]
        return self.examples[wire]

    def check(self, entry: bytes) -> None:
        """The service whose event it is reads it by its own class."""
        envelope = open_entry(entry)
        self.registries[envelope.service].read(envelope)
        self.read += 1


__all__ = ["KINDS", "History", "Writer", "made"]
