"""Bank accounts: called back, and left to cool off.

An account serves all programmes, so the strictest of those in force counts: the page, and what the
others had published by then.
"""

from datetime import datetime, timedelta

from audit.replay.what_if.page import Page
from audit.replay.what_if.past import Act, Past
from audit.replay.what_if.telling import Said


def account_is_at(act: Act, past: Past, page: Page) -> Said:
    """Approved as it was proposed: nobody had called the vendor back."""
    asked = page.programme_says.paying.call_back or any(
        each["paying"]["call_back"] for each in _others(past, page)
    )
    if asked and not past.told(act.stream, "vendors.bank_account_callback_verified"):
        yield act.stream, "not called back"


def cooling_off(act: Act, past: Past, page: Page) -> Said:
    """Active too early."""
    usable = _usable_from(act.stream, past, page)
    if usable is not None and act.at < usable:
        yield act.stream, _until(usable)


def account_not_usable(act: Act, past: Past, page: Page) -> Said:
    """A payment to it was requested too early."""
    usable = _usable_from(act.data["account"], past, page)
    if usable is not None and act.at < usable:
        yield act.stream, f"{act.data['account']} {_until(usable)}"


def _usable_from(account: str, past: Past, page: Page) -> datetime | None:
    """None: at once, since it replaces no other."""
    proposed = past.last(account, "vendors.bank_account_proposed")
    approved = past.last(account, "vendors.bank_account_approved")
    if proposed is None or approved is None or proposed.data["replaces"] is None:
        return None
    others = (each["paying"]["account_wait_hours"] for each in _others(past, page))
    hours = max((page.programme_says.paying.account_wait_hours, *others))
    return approved.at + timedelta(hours=hours)


def _others(past: Past, page: Page) -> list[dict[str, dict[str, int]]]:
    return [dict(said) for name, said in past.pages.items() if name != page.programme]


def _until(usable: datetime) -> str:
    return f"not before {usable:%Y-%m-%dT%H:%M:%SZ}"
