"""Disbursement over HTTP: funding, commitments, payments, the bank, the ledger."""

from disbursement.api import (
    amendments,
    bank,
    cash,
    commitments,
    confirming,
    deliveries,
    documents,
    exchange_rates,
    exports,
    funding,
    invoices,
    items,
    ledger,
    orders,
    payments,
    reconciliation,
    recoveries,
)
from disbursement.api.routes import api

__all__ = [
    "amendments",
    "api",
    "bank",
    "cash",
    "commitments",
    "confirming",
    "deliveries",
    "documents",
    "exchange_rates",
    "exports",
    "funding",
    "invoices",
    "items",
    "ledger",
    "orders",
    "payments",
    "reconciliation",
    "recoveries",
]
