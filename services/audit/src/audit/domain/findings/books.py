"""What the entries so far amount to: the one state that every rule reads.

Folded entry by entry in the log's order, so that the same code goes on where the log grows and
over a whole history from its beginning. It is changed in place, because a history has millions of
entries; nothing but `fold.take` changes it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from audit.domain.findings.entry import Money


@dataclass(frozen=True)
class Act:
    """Somebody did something."""

    index: int
    by: str
    at: datetime
    name: str = ""


@dataclass
class Invoice:
    index: int
    vendor: str
    number: str
    document: str
    replaces: str | None
    pro_forma: bool
    rejected: bool = False


@dataclass(frozen=True)
class Receipt:
    index: int
    by: str
    on: date


@dataclass
class Commitment:
    index: int
    case: str
    vendor: str
    reserved: Money
    at: datetime
    order: Act | None = None
    receipts: list[Receipt] = field(default_factory=list)
    advance: bool = False
    payment: str | None = None


@dataclass
class Payment:
    index: int
    case: str
    vendor: str
    account: str
    invoice: str
    commitment: str
    reserved: Money
    acts: list[Act]
    paid: tuple[int, date] | None = None

    def acted(self, name: str) -> list[Act]:
        return [act for act in self.acts if act.name == name]


@dataclass
class Vendor:
    proposed: Act | None = None
    approved: Act | None = None
    orders: int = 0
    shares_account: dict[str, int] = field(default_factory=dict)
    """With whom it seems to share an account, by the entry that says so; not who was cleared."""
    decided: list["Decided"] = field(default_factory=list)
    """Who certified and approved its payments, in order."""
    near: defaultdict[str, list["Near"]] = field(default_factory=lambda: defaultdict(list))
    """What each approver approved for it, against the limit."""


@dataclass(frozen=True)
class Decided:
    """A payment that two people let through."""

    index: int
    pair: tuple[str, str]


@dataclass(frozen=True)
class Near:
    """How much of the limit an approval took."""

    index: int
    at: datetime
    part: Decimal


@dataclass
class Account:
    proposed: Act
    replaces: str | None
    activated: Act | None = None
    payments: int = 0


@dataclass(frozen=True)
class Offer:
    index: int
    vendor: str
    total: Money
    document: str


@dataclass
class Books:
    """All that rules remember, by id."""

    invoices: dict[str, Invoice] = field(default_factory=dict)
    by_number: defaultdict[tuple[str, str], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    by_document: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    commitments: dict[str, Commitment] = field(default_factory=dict)
    bought: defaultdict[tuple[str, str], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """The commitments of a vendor and a case."""
    payments: dict[str, Payment] = field(default_factory=dict)
    vendors: defaultdict[str, Vendor] = field(default_factory=lambda: defaultdict(Vendor))
    accounts: dict[str, Account] = field(default_factory=dict)
    limits: dict[str, Money] = field(default_factory=dict)
    """What each delegation goes up to."""
    pairs: defaultdict[str | None, Counter[tuple[str, str]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    """By office: how many payments each pair certified and approved."""
    met: set[str] = field(default_factory=set)
    """The cases and projects of which somebody is known to have met somebody."""
    offers: defaultdict[str, list[Offer]] = field(default_factory=lambda: defaultdict(list))
    lately: defaultdict[str, list[Act]] = field(default_factory=lambda: defaultdict(list))
    """What each person did about payments within a day before the last time."""
