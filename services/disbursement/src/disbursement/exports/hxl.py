"""HXL: what was paid by budget line and kind of assistance, and how many cases it reached.

Told for the periods that IATI tells of, in the grant's currency by the ledger. Lines and kinds that
stand for too few cases are told together; of the table that remains, a cell for too few is left
empty, and as many more as it takes that none can be computed.
"""

from collections.abc import Iterator

from disbursement.exports.discretion import OTHER, Discretion, folded
from disbursement.exports.report import Moved, Report, periods
from disbursement.exports.tables import Number, csv_of
from events.money import Money, total
from events.tables import across
from events.values import CaseId, Code

ALL = Code("all")

Cell = tuple[Code, Code]
"""A budget line's category and a kind of assistance."""


def write(report: Report) -> bytes:
    """The file."""
    currency = report.grant.currency.lower()
    columns = [
        ("Donor", "#org+funder"),
        ("Grant", "#activity+code"),
        ("Budget line", "#activity+budget+type"),
        ("Assistance", "#activity+type"),
        ("From", "#date+start"),
        ("Until", "#date+end"),
        ("Cases", "#reached+cases"),
        ("Paid", f"#value+spent+{currency}"),
    ]
    return csv_of(columns, _rows(report))


def _rows(report: Report) -> Iterator[list[object]]:
    told, _ = periods(report)
    if not told:
        return
    moved = [each for period in told for each in period.moved]
    grant = report.grant
    head = [grant.donor, grant.reference]
    since, until = min(period.first for period in told), max(each.day for each in moved)
    for (category, kind), cases, paid in figures(report, moved):
        count = None if cases is None else Number(str(cases))
        amount = None if paid is None else Number(paid.amount)
        yield [*head, category, kind, since, until, count, amount]


def figures(report: Report, moved: list[Moved]) -> Iterator[tuple[Cell, int | None, Money | None]]:
    """Each cell, each line's total and the total: cases and amount, None where it is not told.

    A case counts once in each cell: in a total as often as it has had another kind of assistance.
    """
    amounts, people = _cells(report, moved)
    rows = sorted({category for category, _ in amounts})
    columns = sorted({kind for _, kind in amounts})
    counted = [cell for cell, cases in sorted(people.items()) for _ in cases]
    table = across(rows, columns, counted, below=report.below)
    nothing = Money.zero(report.grant.currency)

    def paid(cells: list[Cell], count: int | None) -> Money | None:
        if count is None:
            return None
        return total((amounts.get(cell, nothing) for cell in cells), nothing.currency)

    for category in rows:
        for kind in columns:
            if (category, kind) in amounts:
                count = table.at(category, kind)
                yield (category, kind), count, paid([(category, kind)], count)
        count = table.of_row(category)
        yield (category, ALL), count, paid([(category, kind) for kind in columns], count)
    yield (ALL, ALL), table.total, paid(list(amounts), table.total)


def _cells(
    report: Report, moved: list[Moved]
) -> tuple[dict[Cell, Money], dict[Cell, frozenset[CaseId]]]:
    """What was paid and for whom, with small lines and kinds put together."""
    say = Discretion(report)
    lines: dict[Code, frozenset[CaseId]] = {}
    kinds: dict[Code, frozenset[CaseId]] = {}
    placed = []
    categories, spent_on = report.categories, report.spent_on
    for each in moved:
        bought = spent_on[each.commitment]
        line, kind = categories[each.line], say.kind(bought)
        lines[line] = lines.get(line, frozenset()) | bought.cases
        kinds[kind] = kinds.get(kind, frozenset()) | bought.cases
        placed.append((line, kind, each.amount, bought.cases))
    line_of = folded(lines, below=report.below, into=OTHER)
    kind_of = folded(kinds, below=report.below, into=OTHER)
    amounts: dict[Cell, Money] = {}
    people: dict[Cell, frozenset[CaseId]] = {}
    for line, kind, amount, cases in placed:
        cell = line_of[line], kind_of[kind]
        amounts[cell] = amounts.get(cell, Money.zero(amount.currency)) + amount
        people[cell] = people.get(cell, frozenset()) | cases
    return amounts, people
