"""The data dictionary: every table, every column, its meaning and where in the log it comes from.

Amounts have their currency in the column beside them. Each table begins with the row's id, the
indices of the first and the last entry that speak of it, and the type of that last one.
"""

from audit.exports.dictionary.funds import BUDGET_LINES, CASH, DELEGATIONS, GRANTS, RECOVERIES
from audit.exports.dictionary.parties import ACCOUNTS, CASES, FINDINGS, PLANS, VENDORS
from audit.exports.dictionary.purchases import AWARDS, COMMITMENTS, DELIVERIES, INVOICES, PAYMENTS

__all__ = [
    "ACCOUNTS",
    "AWARDS",
    "BUDGET_LINES",
    "CASES",
    "CASH",
    "COMMITMENTS",
    "DELEGATIONS",
    "DELIVERIES",
    "FINDINGS",
    "GRANTS",
    "INVOICES",
    "PAYMENTS",
    "PLANS",
    "RECOVERIES",
    "TABLES",
    "VENDORS",
]

TABLES = (
    *(GRANTS, BUDGET_LINES, DELEGATIONS, COMMITMENTS, DELIVERIES, INVOICES, PAYMENTS, CASH),
    *(RECOVERIES, VENDORS, ACCOUNTS, AWARDS, PLANS, CASES, FINDINGS),
)
