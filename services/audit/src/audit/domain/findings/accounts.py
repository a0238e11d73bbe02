"""Where the money goes."""

from collections.abc import Iterator
from datetime import timedelta

from audit.domain.findings.books import Books
from audit.domain.findings.entry import Seen


def shared_account(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """The vendor's account seems to be another vendor's, a colleague's or a returnee's."""
    if shared := books.vendors.of(seen.data["vendor"]).shares_account:
        yield tuple(shared.values())


def account_just_changed(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """The first payment on an account that took another's place a few days before."""
    account, payment = books.accounts.get(seen.data["account"]), _requested(seen, books)
    if account is None or account.replaces is None or account.payments > 1:
        return
    changed = account.activated or account.acts[0]
    if seen.at - changed.at <= timedelta(days=books.told(payment).changed_account_days):
        yield (changed.index,)


def _requested(seen: Seen, books: Books) -> str:
    payment = books.payments.get(seen.data["payment"])
    return payment.programme if payment else ""


def vendor_just_approved(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """The first order came within days of the vendor's approval."""
    vendor = books.vendors.of(seen.data["vendor"])
    fresh = timedelta(days=books.told(seen.data["programme"]).fresh_vendor_days)
    if vendor.approved and vendor.orders == 1 and seen.at - vendor.approved.at <= fresh:
        yield (vendor.approved.index,)
