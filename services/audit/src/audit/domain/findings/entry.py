"""What a rule reads, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from events.envelope import open_entry
from events.values import CaseId, CashId, Code, PaymentId, PersonId, VendorId


class Severity(StrEnum):
    """How much hangs on it. A signal is never proof: a person decides what it was."""

    HIGH = "high"
    """A payment or cash that is named waits until somebody has looked."""
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class Seen:
    """An entry of the log, opened: who did what, when, and where that stands."""

    index: int
    kind: str
    """Its type without the version: `disbursement.vendor_paid`."""
    stream: str
    by: PersonId
    office: str | None
    at: datetime
    data: Mapping[str, Any]

    @classmethod
    def of(cls, index: int, raw: bytes) -> "Seen":
        envelope = open_entry(raw)
        return cls(
            index=index,
            kind=envelope.type.rpartition(".v")[0],
            stream=envelope.subject,
            by=envelope.actorid,
            office=envelope.actoroffice,
            at=envelope.time.astimezone(UTC),
            data=msgspec.json.decode(envelope.data),
        )

    def day(self, name: str) -> date:
        return date.fromisoformat(self.data[name])


@dataclass(frozen=True)
class Money:
    """An amount as the log writes it."""

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, told: Mapping[str, str]) -> "Money":
        return cls(Decimal(told["amount"]), told["currency"])


@dataclass(frozen=True)
class Found:
    """A rule's word about some entries."""

    rule: Code
    severity: Severity
    entries: tuple[int, ...]
    """The evidence: indices of the log, in order."""
    review_days: int
    """Within so many days a person has said what it was."""
    payment: PaymentId | None = None
    cash: CashId | None = None
    case: CaseId | None = None
    vendor: VendorId | None = None
