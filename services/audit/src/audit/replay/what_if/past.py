"""What had happened by then: the acts of a history, found again by each id that they name."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

import msgspec

from audit.replay.history import Told
from audit.replay.what_if.page import PUBLISHED
from events.money import Money

APPROVED = (
    "plans.plan_approved",
    "plans.plan_amendment_approved",
    "plans.project_approved",
    "plans.emergency_assistance_authorised",
)
OF_PLANS = APPROVED[:2]
REQUESTED = "disbursement.commitment_requested"
SEARCH = "vendors.quotations_requested"
PAYMENT = "disbursement.payment_requested"
IN_CASH = "disbursement.cash_requested"
REMEMBERED = frozenset(
    {
        "intake.entitlement_granted",
        PUBLISHED,
        "plans.document_recorded",
        *APPROVED,
        "vendors.vendor_proposed",
        "vendors.vendor_tier_changed",
        "vendors.vendor_searched",
        "vendors.bank_account_proposed",
        "vendors.bank_account_callback_verified",
        "vendors.bank_account_approved",
        SEARCH,
        "vendors.written_request_sent",
        "vendors.competition_waived",
        "vendors.quotations_compared",
        "vendors.award_voted",
        "vendors.award_counted",
        "vendors.award_uncounted",
        "disbursement.budget_line_established",
        REQUESTED,
        "disbursement.commitment_amended",
        "disbursement.purchase_order_issued",
        "disbursement.delivery_code_issued",
        "disbursement.delivery_code_mistaken",
        "disbursement.invoice_received",
        "disbursement.match_exception_waived",
        "disbursement.advance_approved",
        PAYMENT,
        "disbursement.payment_counted",
        "disbursement.payment_not_counted",
        "disbursement.first_payment_counted",
        "disbursement.first_payment_not_counted",
        "disbursement.payment_certified",
        "disbursement.payment_approved",
        "disbursement.payment_approved_again",
        IN_CASH,
        "disbursement.cash_counted",
        "disbursement.cash_not_counted",
        "disbursement.cash_approved",
        "disbursement.cash_approved_again",
    }
)
"""What the rules look up."""
LEADS = {
    "commitment": (REQUESTED,),
    "payment": (PAYMENT,),
    "sourcing": (SEARCH,),
    "item": APPROVED,
    "cash": (IN_CASH,),
}
"""By a field of an act, where it is told of which programme that is."""


@dataclass(frozen=True, slots=True)
class Act:
    """An entry of the log, opened: who did what, when."""

    index: int
    kind: str
    """Its type without the version."""
    stream: str
    by: str
    at: datetime
    data: Mapping[str, Any]

    @classmethod
    def of(cls, told: Told) -> Self:
        envelope = told.envelope
        return cls(
            index=told.index,
            kind=envelope.type.rpartition(".v")[0],
            stream=envelope.subject,
            by=envelope.actorid,
            at=envelope.time,
            data=msgspec.json.decode(envelope.data),
        )

    @property
    def day(self) -> date:
        return self.at.date()

    def money(self, name: str) -> Money:
        return Money.from_wire(self.data[name])

    def ids(self) -> Iterator[str]:
        """All that it names, its stream first."""
        yield self.stream
        yield from (v for v in self.data.values() if isinstance(v, str) and v[3:4] == "_")
        yield from (each["item"] for each in self.data.get("items", ()))


@dataclass
class Past:
    _told: defaultdict[tuple[str, str], list[Act]] = field(
        default_factory=lambda: defaultdict(list)
    )
    pages: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """By programme, the latest that was published."""

    def take(self, act: Act) -> None:
        if act.kind == PUBLISHED:
            self.pages[act.data["programme"]] = act.data
        elif act.kind in REMEMBERED:
            for name in dict.fromkeys(act.ids()):
                self._told[name, act.kind].append(act)

    def told(self, of: str, *kinds: str) -> list[Act]:
        """What named that id, in order."""
        found = [act for kind in kinds for act in self._told.get((of, kind), ())]
        return sorted(found, key=lambda act: (act.at, act.index)) if len(kinds) > 1 else found

    def last(self, of: str, *kinds: str) -> Act | None:
        return next(reversed(self.told(of, *kinds)), None)

    def programme_of(self, act: Act) -> str | None:
        """None where the history does not tell."""
        if "programme" in act.data:
            return str(act.data["programme"])
        for name, kinds in LEADS.items():
            lead = self.last(act.data[name], *kinds) if name in act.data else None
            if lead is not None:
                return self.programme_of(lead)
        return None

    def type_of(self, item: str) -> str:
        """The type of assistance, as it was approved last; empty where nobody approved it."""
        approval = self.last(item, *APPROVED)
        items = approval.data["items"] if approval else ()
        return next((each["type"] for each in items if each["item"] == item), "")
