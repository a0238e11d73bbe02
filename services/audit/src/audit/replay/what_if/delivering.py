"""From the order to what is owed: the line that pays, deliveries, match, advances."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from audit.replay.what_if.page import Page
from audit.replay.what_if.past import REQUESTED, Act, Past
from audit.replay.what_if.telling import Said, more
from events.money import Money, NotMoney, exponent, total

BASIS = 10_000


def other_budget_line(act: Act, past: Past, page: Page) -> Said:
    """The page has such an item paid from a line of another category."""
    line = past.last(act.data["budget_line"], "disbursement.budget_line_established")
    asked = page.category(past.type_of(act.data["item"]))
    if line is not None and asked not in (None, line.data["category"]):
        yield act.stream, f"{line.data['category']}, not {asked}"


def code_expired(act: Act, past: Past, page: Page) -> Said:
    code = _code(act, past)
    if code is not None and page.deliveries is not None:
        expires = code.at + timedelta(days=page.deliveries.code_valid_days)
        if _given_at(act) >= expires:
            yield act.data["receipt"], f"{expires:%Y-%m-%dT%H:%M:%SZ}"


def code_locked(act: Act, past: Past, page: Page) -> Said:
    code = _code(act, past)
    if code is not None and page.deliveries is not None:
        wrong = past.told(code.data["code"], "disbursement.delivery_code_mistaken")
        if len(wrong) >= page.deliveries.code_tries:
            yield act.data["receipt"], f"{len(wrong)} wrong ones"


def captured_too_late(act: Act, _: Past, page: Page) -> Said:
    """Written down without a network, and sent too late."""
    if act.data.get("captured") and page.deliveries is not None:
        late = act.at - _given_at(act)
        if late > timedelta(days=page.deliveries.capture_within_days):
            yield act.data["receipt"], f"after {late.days} days"


def _code(act: Act, past: Past) -> Act | None:
    """The code that confirmed the delivery."""
    code = (act.data.get("confirmation") or {}).get("code")
    return past.last(code, "disbursement.delivery_code_issued") if code else None


def _given_at(act: Act) -> datetime:
    captured = act.data.get("captured")
    return datetime.fromisoformat(captured["happened_at"]) if captured else act.at


def invoice_not_matched(act: Act, past: Past, page: Page) -> Said:
    """Dearer than the order by more than the page lets pass (T2), and nobody waived that."""
    invoice = past.last(act.data["invoice"], "disbursement.invoice_received")
    commitment = past.last(act.stream, REQUESTED)
    if invoice is None or commitment is None:
        return
    if past.told(act.data["invoice"], "disbursement.match_exception_waived"):
        return
    amount = invoice.money("amount")
    prices = {line["line"]: Money.from_wire(line["unit_price"]) for line in _ordered(act, past)}
    at_order_prices = total(
        (prices[each["line"]] * each["quantity"] for each in invoice.data["lines"]),
        amount.currency,
    )
    paying = page.programme_says.paying
    share = Money(
        at_order_prices.minor * paying.invoice_tolerance_basis_points // BASIS, amount.currency
    )
    cap = _in(amount.currency, paying.invoice_tolerance_at_most, commitment.data["rate"])
    most = at_order_prices + min(share, cap)
    if amount > most:
        yield act.data["invoice"], more(amount, most)


def _ordered(act: Act, past: Past) -> Iterable[dict[str, Any]]:
    """The order's lines as they stand."""
    kinds = ("disbursement.purchase_order_issued", "disbursement.commitment_amended")
    told = (each.data["lines"] for each in reversed(past.told(act.stream, *kinds)))
    return next((lines for lines in told if lines), ())


def advance_not_allowed(act: Act, past: Past, page: Page) -> Said:
    commitment = past.last(act.stream, REQUESTED)
    if commitment is not None:
        kind = past.type_of(commitment.data["item"])
        assistance = page.programme_says.assistance_of(kind)
        if assistance is None or assistance.advance is None:
            yield act.data["invoice"], kind


def above_advance_cap(act: Act, past: Past, page: Page) -> Said:
    """More of the order before delivery than the page lets be paid, all advances together."""
    order = past.last(act.stream, REQUESTED, "disbursement.commitment_amended")
    commitment = past.last(act.stream, REQUESTED)
    if order is None or commitment is None:
        return
    assistance = page.programme_says.assistance_of(past.type_of(commitment.data["item"]))
    if assistance is not None and assistance.advance is not None:
        whole = order.money("amount")
        cap = Money(whole.minor * assistance.advance.percent_at_most // 100, whole.currency)
        before = {each.data["invoice"]: each for each in past.told(act.stream, act.kind)}
        before[act.data["invoice"]] = act
        together = total((each.money("amount") for each in before.values()), cap.currency)
        if together > cap:
            yield act.data["invoice"], more(together, cap)


def _in(currency: str, amount: Money, rate: dict[str, str] | None) -> Money:
    """In another currency, at the rate at which the funds were reserved. `NotMoney` without it."""
    if amount.currency == currency:
        return amount
    if rate is None or {rate["base"], rate["quote"]} != {amount.currency, currency}:
        raise NotMoney(f"no rate from {amount.currency} into {currency} was told")
    value = Fraction(rate["value"])
    times = value if rate["base"] == amount.currency else 1 / value
    minor = amount.minor * times * Fraction(10) ** (exponent(currency) - exponent(amount.currency))
    return Money(int(minor + Fraction(1, 2)), currency)
