"""What a sample is drawn from: the items of one kind, with value and stratum, as one file.

    population.csv: item, entry, value, currency, office, vendor, stratum

by the order of the items' ids, byte by byte. `entry` is the index of the log's entry that says the
value. `office` is the one at which the case was registered that the item is for; of what is for no
case, the one of whoever asked for it or recorded it. The file's SHA-256 is in the event, so that
nobody can add an item afterwards.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from audit.domain.sample import (
    CannotDivide,
    Drawing,
    HasNoAmounts,
    Method,
    NothingToDrawFrom,
    OfNoGrant,
    Population,
    SeveralCurrencies,
    Stratum,
)
from audit.domain.sampling.draw import Item
from audit.exports import dictionary as told
from audit.exports.columns import Table
from audit.exports.gather import Gathered
from audit.exports.scope import Entries, Scope
from audit.exports.tables import gather, line, rows, safe
from events.money import Money

HEADING = ("item", "entry", "value", "currency", "office", "vendor", "stratum")


@dataclass(frozen=True)
class Source:
    """The table that a population is taken from, and what of it."""

    table: Table
    entry: str = "first_entry"
    amount: str | None = None
    vendor: str | None = None
    """The column that has the vendor."""
    under: str | None = None
    """The column by which it is of a grant: a budget line, or a commitment of one."""
    without: tuple[str, str] | None = None
    """What has this in that column is no item."""


SOURCES = {
    Population.PAYMENTS: Source(
        told.PAYMENTS, "paid_entry", "functional", vendor="vendor", under="budget_line"
    ),
    Population.COMMITMENTS: Source(
        told.COMMITMENTS, amount="reserved", vendor="vendor", under="budget_line"
    ),
    Population.INVOICES: Source(
        told.INVOICES,
        amount="amount",
        vendor="vendor",
        under="commitment",
        without=("pro_forma", "true"),
    ),
    Population.DELIVERIES: Source(told.DELIVERIES, under="commitment"),
    Population.CASH: Source(told.CASH, "handed_over_entry", "reserved", under="budget_line"),
    Population.VENDORS: Source(told.VENDORS, vendor="vendor"),
}


@dataclass(frozen=True)
class Member:
    """One line of the population's file."""

    item: Item
    entry: int
    value: Money | None
    office: str
    vendor: str

    @property
    def cells(self) -> Sequence[str]:
        money = (self.value.amount, self.value.currency) if self.value else ("", "")
        others = (self.office, self.vendor, self.item.stratum)
        return [self.item.id, str(self.entry), *money, *map(safe, others)]


@dataclass(frozen=True)
class Members:
    """A population."""

    members: Sequence[Member]
    currency: str | None

    @property
    def file(self) -> bytes:
        return b"".join(line(cells) for cells in (HEADING, *(m.cells for m in self.members)))

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.file).hexdigest()

    @property
    def value(self) -> Money | None:
        if self.currency is None:
            return None
        return Money(sum(each.item.value for each in self.members), self.currency)


def population(entries: Entries, drawing: Drawing) -> Members:
    """The items that may be drawn. `Rejected` where the drawing cannot be of such a population."""
    source = SOURCES[drawing.population]
    _refuse(drawing, source)
    with Gathered() as gathered:
        gather(entries, (source.table, told.BUDGET_LINES, told.COMMITMENTS, told.CASES), gathered)
        funded, office = _funded(source, drawing, gathered), _offices(gathered)
        scope = Scope(since=drawing.since, until=drawing.until)
        members = [
            _member(row, source, drawing, office(row))
            for row in _named(source.table, rows(source.table, gathered.rows(0), scope))
            if _is_item(row, source) and (funded is None or row[source.under or ""] in funded)
        ]
    if drawing.currency is not None:
        members = [m for m in members if m.value and m.value.currency == drawing.currency]
    alike = {m.value.currency for m in members if m.value is not None}
    if len(alike | {each.currency for each in drawing.bands}) > 1 and _adds_up(drawing):
        raise SeveralCurrencies(tuple(sorted(alike)))
    if not members:
        raise NothingToDrawFrom(drawing.population)
    return Members(members, next(iter(alike)) if len(alike) == 1 else None)


def _funded(source: Source, drawing: Drawing, gathered: Gathered) -> set[str] | None:
    """The budget lines, or the commitments, of the grant that was asked for."""
    if drawing.grant is None:
        return None
    lines = _named(told.BUDGET_LINES, rows(told.BUDGET_LINES, gathered.rows(1)))
    funded = {row["budget_line"] for row in lines if row["grant"] == drawing.grant}
    if source.under != "commitment":
        return funded
    bought = _named(told.COMMITMENTS, rows(told.COMMITMENTS, gathered.rows(2)))
    return {row["commitment"] for row in bought if row["budget_line"] in funded}


def _offices(gathered: Gathered) -> Callable[[dict[str, str]], str]:
    """What tells of an item's row which office it counts for."""
    bought = _named(told.COMMITMENTS, rows(told.COMMITMENTS, gathered.rows(2)))
    case_of = {row["commitment"]: row["case"] for row in bought}
    cases = _named(told.CASES, rows(told.CASES, gathered.rows(3)))
    registered = {row["case"]: row["office"] for row in cases}

    def office(row: dict[str, str]) -> str:
        case = row.get("case") or case_of.get(row.get("commitment", ""), "")
        return registered.get(case) or row.get("office", "")

    return office


def _named(table: Table, told_rows: Iterable[Sequence[str]]) -> Iterator[dict[str, str]]:
    names = [column.name for column in table.columns]
    return (dict(zip(names, row, strict=True)) for row in told_rows)


def _adds_up(drawing: Drawing) -> bool:
    """Whether amounts are added up or compared."""
    return drawing.method is Method.MONETARY_UNIT or drawing.stratified_by is Stratum.BAND


def _refuse(drawing: Drawing, source: Source) -> None:
    if source.amount is None and (_adds_up(drawing) or drawing.currency is not None):
        raise HasNoAmounts(drawing.population)
    if drawing.stratified_by is Stratum.VENDOR and source.vendor is None:
        raise CannotDivide(drawing.population, Stratum.VENDOR)
    if drawing.grant is not None and source.under is None:
        raise OfNoGrant(drawing.population)


def _is_item(row: dict[str, str], source: Source) -> bool:
    if not row[source.entry] or (source.without and row[source.without[0]] == source.without[1]):
        return False
    return source.amount is None or (bool(row[source.amount]) and Decimal(row[source.amount]) > 0)


def _member(row: dict[str, str], source: Source, drawing: Drawing, office: str) -> Member:
    amount, value = source.amount, None
    if amount is not None:
        currency = "currency" if amount == "amount" else f"{amount}_currency"
        value = Money.parse(row[amount], row[currency])
    vendor = row[source.vendor] if source.vendor else ""
    match drawing.stratified_by:
        case Stratum.OFFICE:
            stratum = office
        case Stratum.VENDOR:
            stratum = vendor
        case Stratum.BAND:
            stratum = _band(value, drawing.bands)
        case None:
            stratum = ""
    item = Item(row[source.table.columns[0].name], stratum, value.minor if value else 0)
    return Member(item, int(row[source.entry]), value, office, vendor)


def _band(value: Money | None, bands: Sequence[Money]) -> str:
    """The band's number, and where it begins."""
    begins = sorted(bands, key=lambda each: each.minor)
    below = [each for each in begins if value is not None and each.minor <= value.minor]
    return f"{len(below):02d} from {below[-1]!r}" if below else "00 below"
