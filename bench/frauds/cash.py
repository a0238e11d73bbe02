"""Cash for one item, from the plan to the hand, as the services tell of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bench.frauds.purchase import Told
from bench.frauds.world import Office, Officer


@dataclass
class HandOver:
    number: int
    office: Office
    case: str
    item: str
    amount: Decimal
    acts: list[datetime]
    """Asked for, approved, handed over, confirmed."""
    counsellor: str
    requester: str
    approver: Officer
    giver: str
    witness: str
    met: bool = True
    """Somebody sat with the returnee."""
    planted: str | None = None
    """Which kind of fraud it is part of,"""
    scheme: int = 0
    """and of which one of that kind."""

    def told(self) -> list[Told]:
        """All of it, in the order of time."""
        return list(self._told())

    def _told(self) -> Iterator[Told]:
        plan, cash, asked = f"pla_{self.number}", f"csh_{self.number}", self.acts[0]
        money = {"amount": f"{self.amount:.2f}", "currency": self.office.currency}
        if self.met:
            signed, kind = asked - timedelta(days=9), "plans.plan_signed_by_returnee"
            yield self._tell(signed, kind, plan, self.counsellor, {"plan": plan})
        item = {"item": self.item, "type": "pocket_money", "ceiling": money}
        planned = {
            "plan": plan,
            "case": self.case,
            "programme": self.office.programme.id,
            "items": [item | {"dimension": "social", "modality": "cash", "spec": "cash"}],
        }
        before = asked - timedelta(days=4)
        yield self._tell(before, "plans.plan_approved", plan, self.counsellor, planned)
        of = {"cash": cash, "item": self.item, "case": self.case}
        given = of | {"amount": money, "reserved": money}
        steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("requested", self.requester, given),
            ("approved", self.approver.person, {"delegation": self.approver.delegation}),
            ("handed_over", self.giver, {}),
            ("hand_over_confirmed", self.witness, {"item": self.item}),
        )
        for at, (act, who, data) in zip(self.acts, steps, strict=True):
            told = {"cash": cash} | data
            yield self._tell(at, f"disbursement.cash_{act}", cash, who, told)

    def _tell(self, at: datetime, kind: str, stream: str, by: str, data: dict[str, Any]) -> Told:
        return Told(at, kind, stream, by, self.office.name, data, self.number)
