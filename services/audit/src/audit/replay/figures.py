"""What the log says of a month: positions, root, the digest of every view, control totals."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from audit.domain.happened import happened
from audit.domain.merkle import leaf_hash
from audit.domain.period import (
    ControlTotal,
    Figures,
    Month,
    Projection,
    SourcePosition,
    ends,
    month_of,
)
from audit.domain.tiles import Edge
from audit.replay.history import Cut, History, Told
from audit.replay.rebuild import Replayed, rebuilt
from events.money import Money
from events.service import Service
from events.values import Code, Digest

CONTROLLED = (
    "disbursement.funds_reserved.amount",
    "disbursement.funds_spent.paid",
    "disbursement.funds_spent_beyond.amount",
    "disbursement.funds_spent_on_charge.amount",
    "disbursement.commitment_requested.amount",
    "disbursement.invoice_received.amount",
    "disbursement.payment_requested.amount",
    "disbursement.vendor_paid.amount",
    "disbursement.vendor_paid.functional_amount",
    "disbursement.payment_returned.functional_amount",
    "disbursement.bank_charge_kept.functional_amount",
    "disbursement.cash_hand_over_confirmed.amount",
    "disbursement.recovery_received.received",
    "disbursement.recovery_written_off.functional_amount",
    "disbursement.write_off_reversed.functional_amount",
)
"""The amounts that are added up: where money is bound, asked for, paid, and comes back."""


class CannotDrawUp(Exception):
    """A view cannot be made as of the month's end, so there is no digest to close on."""


@dataclass
class Tally:
    """What is counted beside the views, entry by entry."""

    month: Month
    size: int
    positions: dict[str, int] = field(default_factory=dict)
    totals: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """By field and currency: how many, and how many minor units."""
    edge: Edge = field(default_factory=Edge)

    def count(self, told: Told) -> None:
        """Every entry that was known, in order; those that happened in the month add up."""
        for _ in self.edge.add(leaf_hash(told.raw)):
            continue
        self.positions[told.source] = told.position
        kind = told.envelope.type.rpartition(".v")[0]
        names = [each for each in CONTROLLED if each.rpartition(".")[0] == kind]
        if not names or month_of(happened(told.envelope)) != self.month:
            return
        data: dict[str, Any] = msgspec.json.decode(told.envelope.data)
        for name in names:
            amount = data.get(name.rpartition(".")[2])
            if amount is not None:
                money = Money.from_wire(amount)
                count, minor = self.totals.get((name, money.currency), (0, 0))
                self.totals[name, money.currency] = count + 1, minor + money.minor

    def figures(self, made: Replayed) -> Figures:
        """With the views that were made. `CannotDrawUp`."""
        for each in made.views:
            if each.stands_at is not None:
                raise CannotDrawUp(
                    f"{each.name} cannot take entry {each.stands_at}: {each.because}"
                )
        return Figures(
            size=self.size,
            root=Digest(self.edge.root().hex()),
            positions=tuple(
                SourcePosition(Code(source), at) for source, at in sorted(self.positions.items())
            ),
            projections=tuple(
                Projection(
                    Code(each.service),
                    Code(each.view.name),
                    sum(table.rows for table in each.tables),
                    Digest(each.digest),
                )
                for each in sorted(made.views, key=lambda view: view.name)
            ),
            totals=tuple(
                ControlTotal(Code(name), count, Money(minor, currency))
                for (name, currency), (count, minor) in sorted(self.totals.items())
            ),
        )


async def figures_of(
    month: Month, services: Sequence[Service], history: History, size: int, scratch: str
) -> tuple[Figures, Replayed]:
    """What the log's first `size` entries say of the month."""
    tally = Tally(month, size)
    cut = Cut(happened=ends(month), size=size)
    async with rebuilt(services, Counted(history, tally), cut, scratch) as (made, _):
        figures = await asyncio.to_thread(tally.figures, made)
    return figures, made


@dataclass(frozen=True)
class Counted:
    """A history that a tally is kept of, up to its size."""

    history: History
    tally: Tally

    @property
    def size(self) -> int:
        return self.history.size

    async def pages(self) -> Any:
        async for page in self.history.pages():
            for told in page:
                if told.index < self.tally.size:
                    self.tally.count(told)
            yield page
