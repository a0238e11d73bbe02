"""How an entry changes the books."""

import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta

from audit.domain.findings.books import (
    Account,
    Act,
    Books,
    Commitment,
    Decided,
    Invoice,
    Near,
    Offer,
    Payment,
    Receipt,
)
from audit.domain.findings.entry import Money, Seen

ACTS = {
    "disbursement.payment_certified": "certified",
    "disbursement.payment_approved": "approved",
    "disbursement.payment_approved_again": "approved",
    "disbursement.payment_signed": "signed",
}
"""What people do about a payment before it is sent."""
MEETINGS = frozenset(
    {
        "intake.consent_given",
        "plans.plan_signed_by_returnee",
        "plans.project_share_signed",
        "plans.attendance_recorded",
        "plans.monitoring_visit_completed",
        "plans.item_use_verified",
    }
)
"""None of these can be written down truly without somebody having met the returnee."""
REMEMBERED = timedelta(days=1)
GROUP = re.compile(r"[^\W\d_]+|\d+")


def comparable(printed: str) -> str:
    """The form in which two invoice numbers are one: `INV 2026/0117` is `inv-2026-117`."""
    groups = GROUP.findall(unicodedata.normalize("NFKC", printed).casefold())
    return "-".join(str(int(group)) if group.isdecimal() else group for group in groups)


def take(books: Books, seen: Seen) -> None:
    """Enter it, if it is of a kind that the books are about."""
    if seen.kind in ACTS:
        _act(books, seen)
    elif seen.kind in MEETINGS:
        books.met |= {seen.stream, *(seen.data[k] for k in ("case", "project") if k in seen.data)}
    elif seen.kind in TAKEN:
        TAKEN[seen.kind](books, seen)


def _done(seen: Seen, name: str) -> Act:
    return Act(seen.index, seen.by, seen.at, name)


def _invoice(books: Books, seen: Seen) -> None:
    data = seen.data
    invoice, number = data["invoice"], comparable(data["number"])
    books.invoices[invoice] = Invoice(
        index=seen.index,
        vendor=data["vendor"],
        number=number,
        document=data["document"],
        replaces=data.get("replaces"),
        pro_forma=data.get("pro_forma", False),
    )
    books.by_number[data["vendor"], number].append(invoice)
    books.by_document[data["document"]].append(invoice)


def _invoice_rejected(books: Books, seen: Seen) -> None:
    if invoice := books.invoices.get(seen.data["invoice"]):
        invoice.rejected = True


def _commitment(books: Books, seen: Seen) -> None:
    data = seen.data
    books.commitments[data["commitment"]] = Commitment(
        index=seen.index,
        case=data["case"],
        vendor=data["vendor"],
        reserved=Money.of(data["reserved"]),
        at=seen.at,
    )
    books.bought[data["vendor"], data["case"]].append(data["commitment"])
    books.vendors[data["vendor"]].orders += 1


def _order(books: Books, seen: Seen) -> None:
    if commitment := books.commitments.get(seen.data["commitment"]):
        commitment.order = _done(seen, "ordered")


def _received(books: Books, seen: Seen) -> None:
    if commitment := books.commitments.get(seen.data["commitment"]):
        commitment.receipts.append(Receipt(seen.index, seen.by, seen.day("date")))


def _advance(books: Books, seen: Seen) -> None:
    if commitment := books.commitments.get(seen.data["commitment"]):
        commitment.advance = True


def _requested(books: Books, seen: Seen) -> None:
    data = seen.data
    books.payments[data["payment"]] = Payment(
        index=seen.index,
        case=data["case"],
        vendor=data["vendor"],
        account=data["account"],
        invoice=data["invoice"],
        commitment=data["commitment"],
        reserved=Money.of(data["reserved"]),
        acts=[_done(seen, "requested")],
    )
    if commitment := books.commitments.get(data["commitment"]):
        commitment.payment = data["payment"]
    if account := books.accounts.get(data["account"]):
        account.payments += 1
    _lately(books, seen)


def _lately(books: Books, seen: Seen) -> None:
    since = seen.at - REMEMBERED
    still = [act for act in books.lately[seen.by] if act.at > since]
    books.lately[seen.by] = [*still, _done(seen, seen.stream)]


def _act(books: Books, seen: Seen) -> None:
    payment = books.payments.get(seen.data["payment"])
    if payment is None:
        return
    payment.acts.append(_done(seen, ACTS[seen.kind]))
    _lately(books, seen)
    if seen.kind == "disbursement.payment_approved":
        vendor = books.vendors[payment.vendor]
        for certified in payment.acted("certified")[-1:]:
            pair = certified.by, seen.by
            vendor.decided.append(Decided(seen.index, pair))
            books.pairs[seen.office][pair] += 1
        limit = books.limits.get(seen.data["delegation"])
        if limit and limit.amount and limit.currency == payment.reserved.currency:
            part = payment.reserved.amount / limit.amount
            vendor.near[seen.by].append(Near(seen.index, seen.at, part))


def _paid(books: Books, seen: Seen) -> None:
    if payment := books.payments.get(seen.data["payment"]):
        payment.paid = seen.index, seen.day("value_date")


def _vendor_proposed(books: Books, seen: Seen) -> None:
    books.vendors[seen.data["vendor"]].proposed = _done(seen, "proposed")


def _vendor_approved(books: Books, seen: Seen) -> None:
    books.vendors[seen.data["vendor"]].approved = _done(seen, "approved")


def _account_suspected(books: Books, seen: Seen) -> None:
    if "account" in seen.data["signs"]:
        books.vendors[seen.data["vendor"]].shares_account[seen.data["other"]] = seen.index


def _account_cleared(books: Books, seen: Seen) -> None:
    books.vendors[seen.data["vendor"]].shares_account.pop(seen.data["other"], None)


def _account_proposed(books: Books, seen: Seen) -> None:
    told = Account(_done(seen, "proposed"), seen.data.get("replaces"))
    books.accounts[seen.data["account"]] = told


def _account_activated(books: Books, seen: Seen) -> None:
    if account := books.accounts.get(seen.data["account"]):
        account.activated = _done(seen, "activated")


def _delegation(books: Books, seen: Seen) -> None:
    books.limits[seen.data["delegation"]] = Money.of(seen.data["limit"])


def _offer(books: Books, seen: Seen) -> None:
    data = seen.data
    offer = Offer(seen.index, data["vendor"], Money.of(data["total"]), data["document"])
    books.offers[data["sourcing"]].append(offer)


TAKEN: dict[str, Callable[[Books, Seen], None]] = {
    "disbursement.invoice_received": _invoice,
    "disbursement.invoice_rejected": _invoice_rejected,
    "disbursement.commitment_requested": _commitment,
    "disbursement.purchase_order_issued": _order,
    "disbursement.goods_received": _received,
    "disbursement.advance_approved": _advance,
    "disbursement.payment_requested": _requested,
    "disbursement.vendor_paid": _paid,
    "disbursement.delegation_granted": _delegation,
    "vendors.vendor_proposed": _vendor_proposed,
    "vendors.vendor_approved": _vendor_approved,
    "vendors.duplicate_vendor_suspected": _account_suspected,
    "vendors.duplicate_vendor_dismissed": _account_cleared,
    "vendors.bank_account_proposed": _account_proposed,
    "vendors.bank_account_activated": _account_activated,
    "vendors.quotation_received": _offer,
}
