"""Commitments at the same instant: all on one budget line, and each on a line of its own."""

import asyncio
import os
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

from bench.figures import Figure, Setting, against
from bench.figures.append import empty_database
from disbursement.domain.budget_line import (
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
from disbursement.domain.item_ceiling import CommitOnItem, item_ceiling
from disbursement.main import service
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.io.postgres import EpochKeys, migrate, open_store
from events.io.system import SystemClock, SystemIds
from events.money import Money
from events.values import (
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
CONTEXT = Context(
    actor=Actor(id=HANA, role=Code("finance_officer"), organisation=Code("bench")),
    correlation="bench",
)
YEAR = Window(opens=date(2026, 1, 1), closes=date(2026, 12, 31))


async def hot_line_vs_spread(setting: Setting) -> Figure:
    """1,000 commitments at once on one line that has funds for 990, against 1,000 lines."""
    return await against(
        setting,
        figure="hot_line_vs_spread",
        unit="commitments/s",
        ours=lambda: _committed(setting, lines=1),
        baseline=lambda: _committed(setting, lines=MANY),
        at_least=AT_LEAST,
    )


async def _committed(setting: Setting, lines: int) -> float:
    with empty_database(setting) as database:
        await migrate(database.owner, service.migrations)
        async with open_store(database.app, EpochKeys(os.urandom(32))) as store:
            handler = Handler(service.registry, store, SystemClock(), SystemIds())
            funds = ONE * (MANY - OVER) if lines == 1 else ONE
            names = [BudgetLineId(f"bud_{number:04}") for number in range(lines)]
            await asyncio.gather(*(_establish(handler, name, funds) for name in names))
            setting.postgres.run("checkpoint")
            began = perf_counter()
            stored = await asyncio.gather(
                *(_commit(handler, number, names[number % lines]) for number in range(MANY))
            )
            passed = perf_counter() - began
            for name in names:
                stands, _ = await handler.load(budget_line, name)
                assert stands is not None, "it was established"
                assert stands.available.minor >= 0, f"{name} is overspent"
    assert sum(stored) == (MANY - OVER if lines == 1 else MANY), "each was stored that could be"
    return MANY / passed


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
    await handler.do(Act(budget_line, line, establish), context=CONTEXT, new=True)


async def _commit(handler: Handler, number: int, line: BudgetLineId) -> bool:
    """As the service does it; whether there were funds."""
    new, item = CommitmentId(f"com_{number:04}"), ItemId(f"itm_{number:04}")
    requested = _request(new, item, line)
    on_item = CommitOnItem(by=HANA, at=AT, item=item, ceiling=ONE, commitment=new, amount=ONE)
    reserved = ReserveFunds(by=HANA, at=AT, line=line, commitment=new, amount=ONE)
    try:
        await handler.do(
            Act(commitment, new, requested),
            Act(item_ceiling, item, on_item),
            Act(budget_line, line, reserved, shared=True),
            context=CONTEXT,
            new=True,
        )
    except NotEnoughFunds:
        return False
    return True


def _request(new: CommitmentId, item: ItemId, line: BudgetLineId) -> RequestCommitment:
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
