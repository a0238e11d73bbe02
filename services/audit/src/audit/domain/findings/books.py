"""What the entries so far amount to: the one state that every rule reads.

Folded entry by entry, so that the same code goes on where the log grows and over a whole history
from its beginning. It is changed in place, because a history has millions of entries; nothing but
`fold.take` changes it. Nothing on a shelf grows for ever.
"""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal

from audit.domain.findings.entry import Money
from audit.domain.findings.parameters import Parameters
from audit.domain.findings.shelf import Shelf


@dataclass
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


@dataclass
class Receipt:
    index: int
    by: str
    on: date


@dataclass
class Ordered:
    index: int
    on: date
    """By UTC, as the days of deliveries and payments are told."""


@dataclass
class Commitment:
    index: int
    programme: str
    item: str
    case: str
    vendor: str
    reserved: Money
    at: datetime
    acts: list[Act]
    order: Ordered | None = None
    receipts: list[Receipt] = field(default_factory=list)
    advance: bool = False
    payments: list[str] = field(default_factory=list)
    invoices_paid: list[str] = field(default_factory=list)
    decided: bool = False
    """Somebody approved a payment of it."""

    @property
    def payment(self) -> str | None:
        return self.payments[-1] if self.payments else None


@dataclass
class Paid:
    index: int
    on: date


@dataclass
class Payment:
    index: int
    programme: str
    case: str
    vendor: str
    account: str
    invoice: str
    commitment: str
    reserved: Money
    acts: list[Act]
    delivered: bool
    """More deliveries had arrived than invoices were asked to be paid before."""
    paid: Paid | None = None
    sent: datetime | None = None
    """When the bank was told, the last time."""

    def acted(self, name: str) -> list[Act]:
        return [act for act in self.acts if act.name == name]


@dataclass
class Cash:
    """What is handed over for an item."""

    programme: str
    case: str
    acts: list[Act]
    vendor: None = None


@dataclass
class Decided:
    """An order of which two people let the first payment through."""

    index: int
    pair: str


@dataclass
class Near:
    """How much of the limit an approval took."""

    index: int
    at: datetime
    part: Decimal


@dataclass
class Pairs:
    """Of how many orders each pair of people certified and approved the first payment.

    A year's rent is paid by one order, twelve times: that is one choice and not twelve.
    """

    every: int = 0
    by_pair: dict[str, int] = field(default_factory=dict)

    def count(self, pair: str) -> None:
        self.every += 1
        self.by_pair[pair] = self.by_pair.get(pair, 0) + 1


@dataclass
class Vendor:
    proposed: Act | None = None
    approved: Act | None = None
    orders: int = 0
    shares_account: dict[str, int] = field(default_factory=dict)
    """With whom it seems to share an account, by the entry that says so; not who was cleared."""
    pairs: Pairs = field(default_factory=Pairs)
    """Who certified and approved for it,"""
    decided: list[Decided] = field(default_factory=list)
    """and the last of these orders, in order."""
    near: dict[str, list[Near]] = field(default_factory=dict)
    """What each approver approved for it lately, against the limit."""


@dataclass
class Account:
    acts: list[Act]
    replaces: str | None
    activated: Act | None = None
    payments: int = 0


@dataclass
class Offer:
    index: int
    by: str
    vendor: str
    total: Money
    document: str


@dataclass
class Search:
    """For a vendor."""

    programme: str = ""
    offers: list[Offer] = field(default_factory=list)


@dataclass
class Item:
    """What was approved to be bought."""

    type: str
    ceiling: Money
    programme: str = ""


@dataclass
class Chosen:
    """Amounts that somebody chose: each once, by the entry that has it, until there are enough."""

    by_amount: dict[str, int] = field(default_factory=dict)

    @property
    def amounts(self) -> list[Decimal]:
        return [Decimal(each) for each in self.by_amount]


@dataclass
class Grave:
    """A finding for which money waits."""

    index: int
    at: datetime
    review: Act | None = None
    """Named by what it came to."""


@dataclass
class Books:
    """All that rules remember, by id."""

    programmes: Shelf[Parameters] = field(default_factory=Shelf)
    clocks: Shelf[str] = field(default_factory=Shelf)
    """The time zone of each office."""
    items: Shelf[Item] = field(default_factory=Shelf)
    met: Shelf[bool] = field(default_factory=Shelf)
    """The cases and projects of which somebody is known to have met somebody."""
    communal: Shelf[bool] = field(default_factory=Shelf)
    """Whether a project is a community's: no returnee has a share in it."""
    searches: Shelf[Search] = field(default_factory=lambda: Shelf(Search))
    vendors: Shelf[Vendor] = field(default_factory=lambda: Shelf(Vendor))
    accounts: Shelf[Account] = field(default_factory=Shelf)
    limits: Shelf[Money] = field(default_factory=Shelf)
    """What each delegation goes up to."""
    commitments: Shelf[Commitment] = field(default_factory=Shelf)
    bought: Shelf[list[str]] = field(default_factory=lambda: Shelf(list))
    """The commitments of a vendor and a case."""
    invoices: Shelf[Invoice] = field(default_factory=Shelf)
    by_number: Shelf[list[str]] = field(default_factory=lambda: Shelf(list))
    by_document: Shelf[list[str]] = field(default_factory=lambda: Shelf(list))
    payments: Shelf[Payment] = field(default_factory=Shelf)
    cash: Shelf[Cash] = field(default_factory=Shelf)
    given: Shelf[dict[str, int]] = field(default_factory=lambda: Shelf(dict))
    """What was asked for each item and not cancelled: orders and cash, by the entry."""
    chosen: Shelf[Chosen] = field(default_factory=lambda: Shelf(Chosen))
    """By vendor and currency."""
    pairs: Shelf[Pairs] = field(default_factory=lambda: Shelf(Pairs))
    """By office."""
    lately: Shelf[list[Act]] = field(default_factory=lambda: Shelf(list))
    """What each person did about payments within a day before the last time."""
    grave: Shelf[Grave] = field(default_factory=Shelf)
    held_for: Shelf[list[str]] = field(default_factory=lambda: Shelf(list))
    """The grave findings about each payment or cash."""

    def told(self, programme: str) -> Parameters:
        """What a programme wants looked at; one of which nothing was published says nothing."""
        return self.programmes.get(programme) or Parameters()

    def shelves(self) -> dict[str, "Shelf[object]"]:
        return {each.name: getattr(self, each.name) for each in fields(self)}
