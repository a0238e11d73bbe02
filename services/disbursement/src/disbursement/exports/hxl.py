"""HXL: what was paid by budget line and kind of assistance, and how many cases it reached.

Told for the periods that IATI tells of, in the grant's currency by the ledger. Each is of one
budget line and kind of assistance, and stands for enough cases: what came since waits. So does
the difference of two exports, in a cell or in a total, or it is nothing.
"""

from collections.abc import Iterator

from disbursement.exports.discretion import Discretion
from disbursement.exports.report import Moved, Report, periods
from disbursement.exports.tables import Number, csv_of
from events.money import Money, total
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
    told = groups(report)
    if not told:
        return
    moved = [each for those in told.values() for each in those]
    head = [report.grant.donor, report.grant.reference]
    since, until = min(each.day for each in moved).replace(day=1), max(each.day for each in moved)
    for (category, kind), cases, paid in figures(report):
        count, amount = Number(str(cases)), Number(paid.amount)
        yield [*head, category, kind, since, until, count, amount]


def figures(report: Report) -> Iterator[tuple[Cell, int, Money]]:
    """Each cell, each line's total and the total: cases and amount.

    A case counts once in each cell: in a total as often as it has had another kind of assistance.
    """
    told = groups(report)
    cases_of = {id_: each.cases for id_, each in report.spent_on.items()}

    def figure(*cells: Cell) -> tuple[int, Money]:
        behind = sum(
            len(frozenset[CaseId]().union(*(cases_of[each.commitment] for each in told[cell])))
            for cell in cells
        )
        amounts = (each.amount for cell in cells for each in told[cell])
        return behind, total(amounts, report.grant.currency)

    for category in sorted({category for category, _ in told}):
        of_line = sorted(cell for cell in told if cell[0] == category)
        for cell in of_line:
            yield cell, *figure(cell)
        yield (category, ALL), *figure(*of_line)
    yield (ALL, ALL), *figure(*told)


def groups(report: Report) -> dict[Cell, list[Moved]]:
    """What is told in each cell; those of which nothing is told are not there."""
    say, categories, spent_on = Discretion(report), report.categories, report.spent_on
    cells: dict[Cell, list[Moved]] = {}
    for period in periods(report)[0]:
        for each in period.moved:
            cell = categories[each.line], say.words(spent_on[each.commitment])
            cells.setdefault(cell, []).append(each)
    return cells
