"""The words of the three-way match."""

from enum import StrEnum

import msgspec

from events.money import Money


class MatchException(StrEnum):
    """Why order, receipts and invoice do not agree."""

    PRO_FORMA = "pro_forma"
    CURRENCY = "currency"
    NO_RECEIPT = "no_receipt"
    SHORT_RECEIPT = "short_receipt"
    QUANTITY = "quantity"
    PRICE = "price"
    OVER_ORDER = "over_order"
    BUDGET_CLOSED = "budget_closed"


class InvoicedLine(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    """The order's line."""
    quantity: int
    unit_price: Money
