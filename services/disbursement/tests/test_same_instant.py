"""Two acts at the same instant, each lawful by itself: the later one knew of the other.

What another service tells comes between a person's look and their act; or just after it, before any
read model holds it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import (
    Cashier,
    account_frozen,
    cashier,
    ok,
    plan_approved,
    refused,
    screened,
    selected,
    vendor_suspended,
)
from services.disbursement.tests.people import CASE, ITEM, NOON, OVENS, PLAN, PROGRAMME, YUSUF, eur

from disbursement.domain import conflict, following, heard
from disbursement.views.reached import PAUSE_SECONDS
from events.decider import Event
from events.memory import MemoryStore
from events.ports import Append
from events.registry import Registry
from events.values import Code, ConflictId, PersonId, VendorId
from homeward.postgres import Database

News = tuple[Registry, Event]
TOO_LATE = {
    (409, "NewsCameBetween"),
    (409, "CommitmentIsAt"),
    (409, "PaymentIsHeld"),
    (412, "version_stale"),
}
"""Something was told meanwhile; or what follows from it has been done already."""


@dataclass
class Interrupted(MemoryStore):
    """Something happens just before a fact of that name is stored."""

    name: str = ""
    meanwhile: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def append(self, append: Append) -> tuple[int, ...]:
        names = {draft.type.split(".")[1] for draft in append.drafts}
        while self.meanwhile and self.name in names:
            await self.meanwhile.pop()()
        return await super().append(append)

    def comes_before(self, name: str, happens: Callable[[], Awaitable[None]]) -> None:
        self.name, self.meanwhile = name, [happens]


@pytest.fixture
def store() -> Interrupted:
    return Interrupted()


@pytest_asyncio.fixture
async def till(database: Database, tmp_path: Path, store: Interrupted) -> AsyncIterator[Cashier]:
    async with cashier(database, tmp_path, store) as there:
        yield there


def too_near(person: str, **of: str) -> News:
    declared = conflict.ConflictOfInterestDeclared(
        by=YUSUF,
        at=NOON,
        conflict=ConflictId("cof_1"),
        vendor=OVENS if "vendor" in of else None,
        case=CASE if "case" in of else None,
        person=PersonId(person),
    )
    return conflict.from_vendors, declared


taken_back: News = (
    heard.from_vendors,
    heard.AwardTakenBack(by=YUSUF, at=NOON, item=ITEM, vendor=OVENS),
)
suspended: News = (heard.from_vendors, vendor_suspended)
frozen: News = (heard.from_vendors, account_frozen)
not_clear: News = (heard.from_vendors, replace(screened, result=Code("possible_match")))
less_allowed: News = (
    heard.from_plans,
    heard.PlanAmendmentApproved(
        by=plan_approved.by,
        at=NOON,
        plan=PLAN,
        case=CASE,
        programme=PROGRAMME,
        programme_version=1,
        items=(heard.ApprovedItem(item=ITEM, ceiling=eur(1500)),),
        dropped=(),
        counsellor=plan_approved.counsellor,
    ),
)
item_given_up: News = (following.from_plans, following.ItemCancelled(by=YUSUF, at=NOON, item=ITEM))
case_suspended: News = (heard.from_intake, heard.CaseSuspended(by=YUSUF, at=NOON, case=CASE))

# What comes between the look and the act


COMMITTING = [
    ("jozef", "certify", "commitment_certified"),
    ("eva", "approve", "commitment_approved"),
    ("hana", "issue-order", "purchase_order_issued"),
]
ORDER = {"lines": chain.LINES, "deliver_by": "2026-03-20"}


@pytest.mark.parametrize("act", range(len(COMMITTING)))
@pytest.mark.parametrize(
    ("news", "rule"),
    [
        (None, "ConflictDeclared"),
        (taken_back, "CommitmentIsAt"),
        (suspended, "ItemStopped"),
        (item_given_up, "ItemStopped"),
    ],
    ids=["conflict", "award taken back", "vendor suspended", "item given up"],
)
async def test_news_before_an_act_on_a_commitment(
    till: Cashier, store: Interrupted, act: int, news: News | None, rule: str
) -> None:
    path = f"/v1/commitments/{await chain.committed(till, await chain.funded(till))}"
    for person, step, _ in COMMITTING[:act]:
        await till.does(getattr(till, person), f"{path}/{step}")
    person, step, fact = COMMITTING[act]
    news = news or too_near(f"per_{person}", case=CASE)
    store.comes_before(fact, lambda: till.heard(*news))
    body = ORDER if step == "issue-order" else None
    assert await till.tries(getattr(till, person), f"{path}/{step}", body) in TOO_LATE
    await till.settle()
    assert fact not in await till.told()
    again = await till.tries(getattr(till, person), f"{path}/{step}", body)
    assert again[1] in (rule, "CommitmentIsAt")


@pytest.mark.parametrize(
    "news", [suspended, frozen, case_suspended, too_near("per_ivan", vendor=OVENS)]
)
async def test_news_before_the_last_signature(
    till: Cashier, store: Interrupted, news: News
) -> None:
    payment = await chain.requested(till)
    evidence = await chain.seen(till, payment)
    for person, act in (("jozef", "certify"), ("eva", "approve"), ("marta", "sign")):
        await till.does(getattr(till, person), f"{payment}/{act}", evidence)
    store.comes_before("payment_signed", lambda: till.heard(*news))
    assert await till.tries(till.ivan, f"{payment}/sign", evidence) in TOO_LATE
    assert ok(await till.eva.get(payment))["stage"] == "signed"


@pytest.mark.parametrize(
    ("news", "rule"),
    [
        (less_allowed, "EvidenceChanged"),
        (not_clear, "EvidenceChanged"),
        (suspended, "PaymentIsHeld"),
    ],
    ids=["ceiling", "screening", "suspension"],
)
async def test_news_before_a_bank_file_is_prepared(
    till: Cashier, store: Interrupted, news: News, rule: str
) -> None:
    payment = await chain.released(till)
    body = {"payments": [payment.rpartition("/")[2]]}
    store.comes_before("bank_file_prepared", lambda: till.heard(*news))
    assert refused(await till.hana.post("/v1/bank-files", body)) in TOO_LATE
    await till.settle()
    assert till.at_the_bank() == []
    assert refused(await till.hana.post("/v1/bank-files", body)) == (409, rule)


async def test_news_before_a_payment_is_requested(till: Cashier, store: Interrupted) -> None:
    stands = ok(await till.hana.get(await chain.matched(till)))
    asked = {"commitment": stands["commitment"], "invoice": stands["invoices"][0]["invoice"]}
    store.comes_before("payment_requested", lambda: till.heard(*suspended))
    assert refused(await till.hana.post("/v1/payments", asked)) == (409, "NewsCameBetween")
    assert "payment_requested" not in await till.told()


async def test_news_does_not_keep_an_order_that_stands_from_being_printed(
    till: Cashier, store: Interrupted
) -> None:
    order = await chain.ordered(till)
    store.comes_before("document_kept", lambda: till.heard(*suspended))
    body = {"commitment": order.rpartition("/")[2]}
    ok(await till.hana.post("/v1/order-papers", body), 201)
    assert store.meanwhile == [], "it came between"


async def test_news_of_somebody_else_comes_between_nothing(
    till: Cashier, store: Interrupted
) -> None:
    payment = await chain.released(till)
    other = replace(vendor_suspended, vendor=VendorId("ven_other"))
    store.comes_before("bank_file_prepared", lambda: till.heard(heard.from_vendors, other))
    body = {"payments": [payment.rpartition("/")[2]]}
    ok(await till.hana.post("/v1/bank-files", body), 201)


@pytest.mark.parametrize("news", [suspended, less_allowed, not_clear, frozen, case_suspended])
async def test_who_looks_at_read_models_that_are_behind_does_not_act(
    till: Cashier, store: Interrupted, news: News
) -> None:
    """The news is a fact here, and neither read models nor effects have come to it yet."""
    payment = await chain.released(till)
    store.comes_before("bank_file_prepared", lambda: till.news_alone(*news))
    body = {"payments": [payment.rpartition("/")[2]]}
    for _ in range(2):
        assert refused(await till.hana.post("/v1/bank-files", body)) == (409, "NewsCameBetween")


async def test_who_looks_a_moment_too_early_waits_for_that_moment(
    till: Cashier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The read models come to what is news already while who looks pauses for the third time."""
    payment = await chain.released(till)
    known = await till.tables.fetchval("select max(pos) from es_tracking where source = 'vendors'")
    told = (
        "insert into es_tracking (consumer, source, pos) values ('take_down_news', 'vendors', $1)"
    )
    await till.tables.execute(told, known + 1)
    pauses: list[float] = []

    async def paused(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            reached = "update es_tracking set pos = pos + 1 where source = 'vendors'"
            await till.tables.execute(f"{reached} and consumer <> 'take_down_news'")

    monkeypatch.setattr(till.trial.clock, "sleep", paused)
    body = {"payments": [payment.rpartition("/")[2]]}
    ok(await till.hana.post("/v1/bank-files", body), 201)
    assert pauses == [PAUSE_SECONDS] * 3


# What comes just after the act


@pytest.mark.parametrize("news", [suspended, frozen, case_suspended])
async def test_a_payment_that_no_read_model_holds_yet_is_held(till: Cashier, news: News) -> None:
    stands = ok(await till.hana.get(await chain.matched(till)))
    asked = {"commitment": stands["commitment"], "invoice": stands["invoices"][0]["invoice"]}
    payment = ok(await till.hana.post("/v1/payments", asked), 201)["payment"]
    await till.heard(*news)
    assert ok(await till.eva.get(f"/v1/payments/{payment}"))["held"] is not None


@pytest.mark.parametrize("acts", [0, 1, 2, 3])
async def test_what_rests_on_an_award_that_was_taken_back_is_cancelled_by_itself(
    till: Cashier, acts: int
) -> None:
    line = await chain.funded(till)
    path = f"/v1/commitments/{await chain.committed(till, line)}"
    for person, step, _ in COMMITTING[:acts]:
        body = ORDER if step == "issue-order" else None
        await till.does(getattr(till, person), f"{path}/{step}", body)
    assert ok(await till.hana.get(f"/v1/budget-lines/{line}"))["reserved"] == chain.eur(1000)
    for _ in range(2):
        await till.heard(*taken_back)
        stands = ok(await till.hana.get(path))
        assert (stands["stage"], stands["ended"]) == ("cancelled", "award_taken_back")
        assert ok(await till.hana.get(f"/v1/budget-lines/{line}"))["reserved"] == chain.eur(0)
    told = await till.told()
    assert told.count("commitment_cancelled") == 1
    assert told.count("limit_given_back") == (1 if acts else 0)
    await till.heard(heard.from_vendors, selected)
    await chain.committed(till, line)  # the item is free for another


async def test_what_was_delivered_is_owed_though_the_award_was_taken_back(till: Cashier) -> None:
    path = await chain.matched(till)
    await till.heard(*taken_back)
    assert ok(await till.hana.get(path))["stage"] == "issued"


async def test_what_somebody_with_a_conflict_had_a_part_in_goes_no_further(till: Cashier) -> None:
    line = await chain.funded(till)
    path = f"/v1/commitments/{await chain.committed(till, line)}"
    await till.does(till.jozef, f"{path}/certify")
    await till.heard(*too_near("per_eva", case=CASE))
    assert ok(await till.hana.get(path))["stage"] == "certified"
    await till.heard(*too_near("per_jozef", vendor=OVENS))
    stands = ok(await till.hana.get(path))
    assert (stands["stage"], stands["ended"]) == ("cancelled", "conflict_declared")
    assert ok(await till.hana.get(f"/v1/budget-lines/{line}"))["reserved"] == chain.eur(0)


@pytest.mark.parametrize(
    ("person", "held"),
    [("per_eva", "conflict_declared"), ("per_dalia", "conflict_declared"), ("per_omar", None)],
)
async def test_a_payment_in_which_they_had_a_part_waits_for_another_person(
    till: Cashier, person: str, held: str | None
) -> None:
    payment = await chain.released(till)
    await till.heard(*too_near(person, case=CASE))
    assert ok(await till.eva.get(payment))["held"] == held


async def test_a_file_that_is_not_sealed_is_refused_and_the_payment_held(till: Cashier) -> None:
    payment = await chain.released(till)
    body = {"payments": [payment.rpartition("/")[2]]}
    file = ok(await till.hana.post("/v1/bank-files", body), 201)["file"]
    await till.heard(*suspended)
    assert ok(await till.hana.get(f"/v1/bank-files/{file}"))["stage"] == "refused"
    stands = ok(await till.eva.get(payment))
    assert (stands["stage"], stands["held"]) == ("released", "vendor_suspended")
    assert till.at_the_bank() == []
    assert list((till.folder / "sealed").iterdir()) == []


async def test_of_two_reasons_to_wait_none_is_forgotten(till: Cashier) -> None:
    payment = await chain.released(till)
    await till.heard(*suspended)
    await till.heard(*case_suspended)
    assert ok(await till.eva.get(payment))["held"] == "vendor_suspended"
    assert (await till.told()).count("payment_held") == 2
