"""How an entry changes the books."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from audit.domain.findings import regardless
from audit.domain.findings.books import (
    Account,
    Act,
    Books,
    Cash,
    Commitment,
    Decided,
    Invoice,
    Item,
    Near,
    Offer,
    Ordered,
    Paid,
    Payment,
    Receipt,
)
from audit.domain.findings.entry import Money, Seen
from audit.domain.findings.parameters import published, with_rules

ACTS = {
    "disbursement.payment_certified": "certified",
    "disbursement.payment_approved": "approved",
    "disbursement.payment_approved_again": "approved",
    "disbursement.payment_signed": "signed",
}
"""What people do about a payment before it is sent."""
OF_CASH = {
    "disbursement.cash_approved": "approved",
    "disbursement.cash_approved_again": "approved",
    "disbursement.cash_handed_over": "handed over",
    "disbursement.cash_hand_over_witnessed": "witnessed",
    "disbursement.cash_hand_over_confirmed": "witnessed",
}
"""What people do about cash, each another one."""
OF_COMMITMENT = {
    "disbursement.commitment_certified": "certified",
    "disbursement.commitment_approved": "approved",
}
OF_ACCOUNT = {
    "vendors.bank_account_callback_verified": "called back",
    "vendors.bank_account_approved": "approved",
}
APPROVED = frozenset(
    {
        "plans.plan_approved",
        "plans.plan_amendment_approved",
        "plans.project_approved",
        "plans.emergency_assistance_authorised",
    }
)
"""What may be bought, up to which ceilings."""
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
LAST = 99
"""So many of a vendor's last orders are remembered, as many as a programme may ask for."""
GROUP = re.compile(r"[^\W\d_]+|\d+")


def comparable(printed: str) -> str:
    """The form in which two invoice numbers are one: `INV 2026/0117` is `inv-2026-117`."""
    groups = GROUP.findall(unicodedata.normalize("NFKC", printed).casefold())
    return "-".join(str(int(group)) if group.isdecimal() else group for group in groups)


def pair_of(one: str, other: str) -> str:
    return f"{one} {other}"


def clock_of(office: str | None, books: Books) -> tzinfo:
    """The clock of an office; UTC where no programme names one."""
    zone = books.clocks.get((office or "").casefold())
    return _zone(zone) if zone else UTC


@cache
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)


def take(books: Books, seen: Seen) -> None:
    """Enter it, if it is of a kind that the books are about."""
    if seen.kind in ACTS:
        _act(books, seen)
    elif seen.kind in MEETINGS:
        for name in (seen.stream, *(seen.data[k] for k in ("case", "project") if k in seen.data)):
            books.met.put(name, True)
    elif seen.kind in APPROVED:
        _items(books, seen)
    elif seen.kind in TAKEN:
        TAKEN[seen.kind](books, seen)


def _items(books: Books, seen: Seen) -> None:
    for each in seen.data["items"]:
        item = Item(each["type"], Money.of(each["ceiling"]), seen.data.get("programme", ""))
        books.items.put(each["item"], item)
    if seen.stream in books.met and "case" in seen.data:  # its signature names the plan alone
        books.met.put(seen.data["case"], True)


def _shares(books: Books, seen: Seen) -> None:
    books.communal.put(seen.data["project"], not seen.data["shares"])


def _done(seen: Seen, name: str) -> Act:
    return Act(seen.index, seen.by, seen.at, name)


# What programmes say


def _programme(books: Books, seen: Seen) -> None:
    books.programmes.put(seen.data["programme"], published(seen.data))


def _rules(books: Books, seen: Seen) -> None:
    programme = seen.data["programme"]
    if seen.data["rules"] is not None:
        books.programmes.put(programme, with_rules(books.told(programme), seen.data["rules"]))
    for each in seen.data["offices"]:
        books.clocks.put(each["office"].casefold(), each["time_zone"])


# Vendors and their accounts


def _vendor_proposed(books: Books, seen: Seen) -> None:
    books.vendors.of(seen.data["vendor"]).proposed = _done(seen, "proposed")


def _vendor_approved(books: Books, seen: Seen) -> None:
    books.vendors.of(seen.data["vendor"]).approved = _done(seen, "approved")


def _likeness_suspected(books: Books, seen: Seen) -> None:
    """Of returnees intake tells no more than that something is the same."""
    signs, whose = seen.data["signs"], seen.data["whose"]
    if "account" in signs or (whose == "returnee" and "particulars" in signs):
        books.vendors.of(seen.data["vendor"]).shares_account[seen.data["other"]] = seen.index


def _likeness_cleared(books: Books, seen: Seen) -> None:
    books.vendors.of(seen.data["vendor"]).shares_account.pop(seen.data["other"], None)


def _account_proposed(books: Books, seen: Seen) -> None:
    told = Account([_done(seen, "proposed")], seen.data.get("replaces"))
    books.accounts.put(seen.data["account"], told)


def _account_act(books: Books, seen: Seen) -> None:
    if account := books.accounts.get(seen.data["account"]):
        account.acts.append(_done(seen, OF_ACCOUNT[seen.kind]))


def _account_activated(books: Books, seen: Seen) -> None:
    if account := books.accounts.get(seen.data["account"]):
        account.activated = _done(seen, "activated")


def _search(books: Books, seen: Seen) -> None:
    books.searches.of(seen.data["sourcing"]).programme = seen.data["programme"]


def _offer(books: Books, seen: Seen) -> None:
    data = seen.data
    offer = Offer(seen.index, seen.by, data["vendor"], Money.of(data["total"]), data["document"])
    books.searches.of(data["sourcing"]).offers.append(offer)


# Orders


def _commitment(books: Books, seen: Seen) -> None:
    data = seen.data
    new = Commitment(
        index=seen.index,
        programme=data["programme"],
        item=data["item"],
        case=data["case"],
        vendor=data["vendor"],
        reserved=Money.of(data["reserved"]),
        at=seen.at,
        acts=[_done(seen, "requested")],
    )
    books.commitments.put(data["commitment"], new)
    since = seen.at - timedelta(days=books.told(new.programme).split_days)
    together = books.bought.of(f"{new.vendor} {new.case}")
    together[:] = [name for name in together if _since(name, books) >= since]
    together.append(data["commitment"])
    books.vendors.of(data["vendor"]).orders += 1
    books.given.of(new.item)[data["commitment"]] = seen.index


def _commitment_cancelled(books: Books, seen: Seen) -> None:
    books.given.of(seen.data["item"]).pop(seen.data["commitment"], None)


def _since(name: str, books: Books) -> datetime:
    commitment = books.commitments.get(name)
    assert commitment is not None, "it was entered before"
    return commitment.at


def _commitment_act(books: Books, seen: Seen) -> None:
    if commitment := books.commitments.get(seen.data["commitment"]):
        commitment.acts.append(_done(seen, OF_COMMITMENT[seen.kind]))


def _order(books: Books, seen: Seen) -> None:
    if commitment := books.commitments.get(seen.data["commitment"]):
        commitment.order = Ordered(seen.index, seen.at.date())


def _received(books: Books, seen: Seen) -> None:
    if commitment := books.commitments.get(seen.data["commitment"]):
        commitment.receipts.append(Receipt(seen.index, seen.by, seen.day("date")))


def _advance(books: Books, seen: Seen) -> None:
    if commitment := books.commitments.get(seen.data["commitment"]):
        commitment.advance = True


def _delegation(books: Books, seen: Seen) -> None:
    books.limits.put(seen.data["delegation"], Money.of(seen.data["limit"]))


# Invoices and payments


def _invoice(books: Books, seen: Seen) -> None:
    data = seen.data
    invoice, number = data["invoice"], comparable(data["number"])
    new = Invoice(
        index=seen.index,
        vendor=data["vendor"],
        number=number,
        document=data["document"],
        replaces=data.get("replaces"),
        pro_forma=data.get("pro_forma", False),
    )
    books.invoices.put(invoice, new)
    books.by_number.of(f"{new.vendor} {number}").append(invoice)
    books.by_document.of(new.document).append(invoice)


def _invoice_rejected(books: Books, seen: Seen) -> None:
    if invoice := books.invoices.get(seen.data["invoice"]):
        invoice.rejected = True


def _requested(books: Books, seen: Seen) -> None:
    data = seen.data
    commitment = books.commitments.get(data["commitment"])
    payment = Payment(
        index=seen.index,
        programme=commitment.programme if commitment else "",
        case=data["case"],
        vendor=data["vendor"],
        account=data["account"],
        invoice=data["invoice"],
        commitment=data["commitment"],
        reserved=Money.of(data["reserved"]),
        acts=[_done(seen, "requested")],
        delivered=commitment is None or _has_arrived(commitment, data["invoice"]),
    )
    books.payments.put(data["payment"], payment)
    if commitment:
        commitment.payments.append(data["payment"])
        commitment.invoices_paid.append(data["invoice"])
        _chosen(books, seen, commitment)
    if account := books.accounts.get(data["account"]):
        account.payments += 1
    _lately(books, seen)


def _has_arrived(commitment: Commitment, invoice: str) -> bool:
    """What the bank gave back is paid again for what arrived the first time."""
    before = set(commitment.invoices_paid)
    return invoice in before or len(commitment.receipts) > len(before)


def _chosen(books: Books, seen: Seen, commitment: Commitment) -> None:
    """Only an amount that neither the programme nor the ceiling of the item has set."""
    told, item = books.told(commitment.programme), books.items.get(commitment.item)
    amount = Money.of(seen.data["amount"])
    if item is None or item.type in told.fixed or item.ceiling in (amount, commitment.reserved):
        return
    chosen = books.chosen.of(f"{commitment.vendor} {amount.currency}")
    if len(chosen.by_amount) >= told.chosen_amounts:
        chosen.by_amount.clear()
    chosen.by_amount.setdefault(str(amount.amount), seen.index)


def _lately(books: Books, seen: Seen) -> None:
    since = seen.at - REMEMBERED
    lately = books.lately.of(seen.by)
    lately[:] = [*(act for act in lately if act.at > since), _done(seen, seen.stream)]


def _act(books: Books, seen: Seen) -> None:
    payment = books.payments.get(seen.data["payment"])
    if payment is None:
        return
    payment.acts.append(_done(seen, ACTS[seen.kind]))
    _lately(books, seen)
    if seen.kind == "disbursement.payment_approved":
        _approved(books, seen, payment)


def _approved(books: Books, seen: Seen, payment: Payment) -> None:
    _decided(books, seen, payment)
    vendor = books.vendors.of(payment.vendor)
    limit = books.limits.get(seen.data["delegation"])
    if limit and limit.amount and limit.currency == payment.reserved.currency:
        since = seen.at - timedelta(days=books.told(payment.programme).near_limit_days)
        before = [near for near in vendor.near.get(seen.by, ()) if near.at >= since]
        part = payment.reserved.amount / limit.amount
        vendor.near[seen.by] = [*before, Near(seen.index, seen.at, part)]


def _decided(books: Books, seen: Seen, payment: Payment) -> None:
    commitment = books.commitments.get(payment.commitment)
    if commitment is None or commitment.decided:
        return
    commitment.decided = True
    vendor = books.vendors.of(payment.vendor)
    for certified in payment.acted("certified")[-1:]:
        pair = pair_of(certified.by, seen.by)
        vendor.decided = [*vendor.decided[1 - LAST :], Decided(seen.index, pair)]
        vendor.pairs.count(pair)
        books.pairs.of(seen.office or "").count(pair)


def _paid(books: Books, seen: Seen) -> None:
    if payment := books.payments.get(seen.data["payment"]):
        payment.paid = Paid(seen.index, seen.day("value_date"))


# Cash


def _cash(books: Books, seen: Seen) -> None:
    data = seen.data
    item = books.items.get(data["item"])
    programme = item.programme if item else ""
    books.cash.put(data["cash"], Cash(programme, data["case"], [_done(seen, "requested")]))
    books.given.of(data["item"])[data["cash"]] = seen.index


def _cash_act(books: Books, seen: Seen) -> None:
    if cash := books.cash.get(seen.data["cash"]):
        cash.acts.append(_done(seen, OF_CASH[seen.kind]))


def _cash_cancelled(books: Books, seen: Seen) -> None:
    books.given.of(seen.data["item"]).pop(seen.data["cash"], None)


TAKEN: dict[str, Callable[[Books, Seen], None]] = {
    "plans.programme_published": _programme,
    "plans.finding_rules_published": _rules,
    "plans.project_shares_set": _shares,
    "vendors.vendor_proposed": _vendor_proposed,
    "vendors.vendor_approved": _vendor_approved,
    "vendors.duplicate_vendor_suspected": _likeness_suspected,
    "vendors.duplicate_vendor_dismissed": _likeness_cleared,
    "vendors.bank_account_proposed": _account_proposed,
    **dict.fromkeys(OF_ACCOUNT, _account_act),
    "vendors.bank_account_activated": _account_activated,
    "vendors.quotations_requested": _search,
    "vendors.quotation_received": _offer,
    "disbursement.commitment_requested": _commitment,
    **dict.fromkeys(OF_COMMITMENT, _commitment_act),
    "disbursement.commitment_cancelled": _commitment_cancelled,
    "disbursement.purchase_order_issued": _order,
    "disbursement.goods_received": _received,
    "disbursement.advance_approved": _advance,
    "disbursement.delegation_granted": _delegation,
    "disbursement.invoice_received": _invoice,
    "disbursement.invoice_rejected": _invoice_rejected,
    "disbursement.payment_requested": _requested,
    "disbursement.payment_instructed": regardless.sent,
    "disbursement.vendor_paid": _paid,
    "disbursement.cash_requested": _cash,
    **dict.fromkeys(OF_CASH, _cash_act),
    "disbursement.cash_cancelled": _cash_cancelled,
    "audit.finding_raised": regardless.raised,
    "audit.finding_named_cash": regardless.named_cash,
    "audit.finding_reviewed": regardless.reviewed,
}
