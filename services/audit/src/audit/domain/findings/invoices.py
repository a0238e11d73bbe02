"""One thing paid for twice."""

from collections.abc import Iterator

from audit.domain.findings.books import Books, Invoice
from audit.domain.findings.entry import Seen


def invoice_twice(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """Another invoice of the vendor has the number, or another invoice of anybody the paper.

    Not one that was rejected, nor one that corrects the other or follows an offer.
    """
    this = seen.data["invoice"]
    invoice = books.invoices.get(this)
    if invoice is None:
        return
    same = {
        *books.by_number.of(f"{invoice.vendor} {invoice.number}"),
        *books.by_document.of(invoice.document),
    }
    found = [
        twin.index
        for other in sorted(same - {this})
        if (twin := books.invoices.get(other)) is not None
        and not twin.rejected
        and other not in _corrected(invoice, books)
        and this not in _corrected(twin, books)
        and invoice.pro_forma == twin.pro_forma
    ]
    if found:
        yield (*found, invoice.index)


def vendor_and_cash(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """For one item there is an order, and cash as well."""
    given = books.given.get(seen.data["item"]) or {}
    is_cash = "cash" in seen.data
    beside = tuple(index for name, index in given.items() if name.startswith("csh_") is not is_cash)
    if beside:
        yield beside


def _corrected(invoice: Invoice, books: Books) -> Iterator[str]:
    """The one that it corrects, and what that one corrects."""
    before = invoice.replaces
    while before is not None:
        yield before
        known = books.invoices.get(before)
        before = known.replaces if known else None
