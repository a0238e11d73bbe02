"""Payments and cash: who acts on them, how many approve, what goes to a new account, what is
screened.
"""

from datetime import timedelta

from audit.replay.what_if.page import Page
from audit.replay.what_if.past import PAYMENT, Act, Past
from audit.replay.what_if.telling import Said, more, text
from events.money import Money, total

COUNTED = ("disbursement.payment_counted", "disbursement.cash_counted")
NOT_COUNTED = ("disbursement.payment_not_counted", "disbursement.cash_not_counted")
APPROVALS = (
    "disbursement.payment_approved",
    "disbursement.payment_approved_again",
    "disbursement.cash_approved",
    "disbursement.cash_approved_again",
)
SECOND = 2


def second_approval_needed(act: Act, past: Past, page: Page) -> Said:
    """Signed, or handed over, with one approval, though with what is paid beside it the page asks
    for two (R4).
    """
    counted = past.last(act.stream, *COUNTED)
    if counted is None or act.data.get("signatory_no") == SECOND:
        return
    if len(past.told(act.stream, *APPROVALS)) >= SECOND:
        return
    whose = [name for name in ("vendor", "case") if name in counted.data]
    together = max(_together(counted, each, past, page) for each in whose)
    limit = page.programme_says.paying.second_approval_from
    if together >= limit:
        yield act.stream, f"{text(together)}, two approve from {text(limit)}"


def _together(counted: Act, whose: str, past: Past, page: Page) -> Money:
    """With those of the vendor, or for the case, that were requested since the window began."""
    since = counted.at - timedelta(days=page.programme_says.buying.added_up_over_days)
    amounts = {
        _of(each): each.money("amount")
        for each in past.told(counted.data[whose], *COUNTED)
        if each.at >= since and each.index <= counted.index and not _dropped(each, counted, past)
    }
    currency = counted.money("amount").currency
    same = (amount for amount in amounts.values() if amount.currency == currency)
    return total(same, currency)


def _of(counted: Act) -> str:
    """The payment, or the cash, by its id."""
    return str(counted.data["payment" if "payment" in counted.data else "cash"])


def _dropped(each: Act, by: Act, past: Past) -> bool:
    """Whether it had come to nothing by then."""
    gone = past.told(_of(each), *NOT_COUNTED)
    return any(each.index < one.index < by.index for one in gone)


def acted_already(act: Act, past: Past, page: Page) -> Said:
    """Who certified signs only where the page makes a small office's exception (D3)."""
    certified = past.last(act.stream, "disbursement.payment_certified")
    certifier = certified.by if certified else None
    if not page.programme_says.paying.certifier_may_sign and certifier == act.by:
        yield act.stream, act.by


def first_payment_capped(act: Act, past: Past, page: Page) -> Said:
    """So much to an account on which nothing was ever paid."""
    most = page.of_vendors.first_payment_at_most
    if most is None:
        return
    gone = "disbursement.first_payment_not_counted"
    before = {
        each.data["payment"]: each.money("amount")
        for each in past.told(act.data["account"], act.kind)
        if not past.told(each.data["payment"], gone)
    }
    together = total(
        (before | {act.data["payment"]: act.money("amount")}).values(), act.money("amount").currency
    )
    if together > most:
        yield act.data["payment"], more(together, most)


def not_screened_since_approval(act: Act, past: Past, page: Page) -> Said:
    """Signed though nobody had looked for the vendor since the payment was approved last (S4)."""
    if not page.programme_says.paying.screening_again_at_release:
        return
    requested, approved = past.last(act.stream, PAYMENT), past.last(act.stream, *APPROVALS)
    if requested is not None and approved is not None:
        vendor = requested.data["vendor"]
        searched = past.last(vendor, "vendors.vendor_searched")
        if searched is None or searched.at < approved.at:
            yield act.stream, vendor
