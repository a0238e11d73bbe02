"""Disbursement over HTTP: funding, commitments, payments, the bank."""

from disbursement.api import bank, commitments, funding, items, payments
from disbursement.api.routes import api

__all__ = ["api", "bank", "commitments", "funding", "items", "payments"]
