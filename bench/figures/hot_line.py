"""Commitments at the same instant: all on one budget line, and each on a line of its own.

Each is for the item of an approved plan of its own: its money is kept on the line as the service
keeps it, and then reserved out of what is kept.
"""

import asyncio
import os
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

from bench.figures import Figure, Setting, against
from bench.figures.append import empty_database
from disbursement.domain.budget_line import (
    ConfirmCeiling,
    EarmarkFunds,
    EstablishBudgetLine,
    NotEnoughFunds,
    ReserveFunds,
    budget_line,
)
from disbursement.domain.commitment import (
    Funding,
    PlannedItem,
    RequestCommitment,
    SelectedVendor,
    Tolerance,
    Window,
    commitment,
)
from disbursement.domain.commitment.refusals import ItemNotEarmarked
from disbursement.domain.earmark import EarmarkedItem, RecordEarmarks, earmark, earmark_of
from disbursement.domain.item_ceiling import CommitOnItem, EarmarkItem, item_ceiling
from disbursement.main import service
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.io.postgres import EpochKeys, migrate, open_store
from events.io.system import SystemClock, SystemIds
from events.money import Money
from events.values import (
    SYSTEM,
    BudgetLineId,
    CaseId,
    Code,
    CommitmentId,
    GrantId,
    ItemId,
    PersonId,
    PlanId,
    ProgrammeId,
    VendorId,
)

MANY = 1_000
AT_LEAST = 0.3
ONE = Money(100_000, "EUR")
OVER = 10
"""So many more ask than the one line has funds for."""
AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
HANA = PersonId("per_hana")
MARIA = PersonId("per_maria")


def acting(person: PersonId, role: str) -> Context:
    actor = Actor(id=person, role=Code(role), organisation=Code("bench"))
    return Context(actor=actor, correlation="bench")


OFFICER = acting(HANA, "finance_officer")
CONFIRMS = acting(MARIA, "grant_manager")
KEEPER = acting(SYSTEM, "service")
YEAR = Window(opens=date(2026, 1, 1), closes=date(2026, 12, 31))


async def hot_line_vs_spread(setting: Setting) -> Figure:
    """1,000 plans approved at once and then committed for, on one line that has funds for 990,
    against 1,000 lines.
    """
    return await against(
        setting,
        figure="hot_line_vs_spread",
        unit="commitments/s",
        ours=lambda: committed(setting, lines=1),
        baseline=lambda: committed(setting, lines=MANY),
        at_least=AT_LEAST,
    )


async def committed(setting: Setting, lines: int, *, many: int = MANY) -> float:
    """Commitments a second. On one line the last ones are refused: it has not the funds."""
    with empty_database(setting) as database:
        await migrate(database.owner, service.migrations)
        async with open_store(database.app, EpochKeys(os.urandom(32))) as store:
            handler = Handler(service.registry, store, SystemClock(), SystemIds())
            funds = ONE * (many - OVER) if lines == 1 else ONE
            names = [BudgetLineId(f"bud_{number:04}") for number in range(lines)]
            await asyncio.gather(*(_establish(handler, name, funds) for name in names))
            setting.postgres.run("checkpoint")
            began = perf_counter()
            kept = await asyncio.gather(
                *(_earmark(handler, number, names[number % lines]) for number in range(many))
            )
            stored = await asyncio.gather(
                *(
                    _commit(handler, number, names[number % lines], kept=kept[number])
                    for number in range(many)
                )
            )
            passed = perf_counter() - began
            for name in names:
                stands, _ = await handler.load(budget_line, name)
                assert stands is not None, "it was established"
                assert stands.available.minor >= 0, f"{name} is overspent"
                assert not stands.earmarked.minor, f"{name} keeps what was reserved"
    assert sum(stored) == (many - OVER if lines == 1 else many), "each was stored that could be"
    return many / passed


async def _establish(handler: Handler, line: BudgetLineId, ceiling: Money) -> None:
    establish = EstablishBudgetLine(
        by=HANA,
        at=AT,
        line=line,
        grant=GrantId("gra_bench"),
        currency=Code("EUR"),
        category=Code("business_start"),
        ceiling=ceiling,
    )
    await handler.do(Act(budget_line, line, establish), context=OFFICER, new=True)
    confirm = ConfirmCeiling(by=MARIA, at=AT, line=line, ceiling=ceiling)
    await handler.do(Act(budget_line, line, confirm), context=CONFIRMS)


async def _earmark(handler: Handler, number: int, line: BudgetLineId) -> bool:
    """What an approved plan asks for is kept, as the service does it; whether there were funds."""
    plan, item = PlanId(f"pla_{number:04}"), ItemId(f"itm_{number:04}")
    recorded = RecordEarmarks(
        by=SYSTEM, at=AT, plan=plan, items=(EarmarkedItem(item=item, line=line, ceiling=ONE),)
    )
    kept = EarmarkItem(by=SYSTEM, at=AT, item=item, plan=plan, line=line, ceiling=ONE, more=ONE)
    more = EarmarkFunds(by=SYSTEM, at=AT, line=line, item=item, amount=ONE)
    try:
        await handler.do(
            Act(earmark, earmark_of(plan), recorded),
            Act(item_ceiling, item, kept),
            Act(budget_line, line, more, shared=True),
            context=KEEPER,
        )
    except NotEnoughFunds:
        return False
    return True


async def _commit(handler: Handler, number: int, line: BudgetLineId, *, kept: bool) -> bool:
    """As the service does it; whether there were funds."""
    new, item = CommitmentId(f"com_{number:04}"), ItemId(f"itm_{number:04}")
    requested = _request(new, item, line, kept=kept)
    on_item = CommitOnItem(
        by=HANA,
        at=AT,
        item=item,
        ceiling=ONE,
        commitment=new,
        amount=ONE,
        earmarked_on=line if kept else None,
    )
    reserved = ReserveFunds(
        by=HANA, at=AT, line=line, commitment=new, amount=ONE, earmarked_for=item
    )
    try:
        await handler.do(
            Act(commitment, new, requested),
            Act(item_ceiling, item, on_item),
            Act(budget_line, line, reserved, shared=True),
            context=OFFICER,
            new=True,
        )
    except ItemNotEarmarked:
        return False
    return True


def _request(
    new: CommitmentId, item: ItemId, line: BudgetLineId, *, kept: bool
) -> RequestCommitment:
    return RequestCommitment(
        by=HANA,
        at=AT,
        commitment=new,
        item=item,
        budget_line=line,
        amount=ONE,
        plan=PlannedItem(
            plan=PlanId("pla_bench"),
            case=CaseId("cas_bench"),
            programme=ProgrammeId("prg_bench"),
            ceiling=ONE,
            counsellors=(PersonId("per_lina"),),
            arrived=AT.date() - timedelta(days=30),
            use_by=date(2027, 2, 1),
            to_earmark=True,
            earmarked_on=line if kept else None,
        ),
        selection=SelectedVendor(
            vendor=VendorId("ven_bench"),
            amount=ONE,
            collectors=(PersonId("per_nadia"),),
            approved_until=date(2026, 12, 31),
            screened=AT.date(),
        ),
        funding=Funding(
            category=Code("business_start"), currency=Code("EUR"), window=YEAR, rate=None
        ),
        tolerance=Tolerance(basis_points=0, at_most=Money.zero("EUR")),
    )
