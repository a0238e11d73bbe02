"""What each column of the donor's report means: the tables are written by it, and it is told."""

from collections.abc import Sequence
from typing import NamedTuple


class Column(NamedTuple):
    heading: str
    hashtag: str
    """`{currency}` is the grant's."""
    means: str


BUDGET = (
    Column("Budget line", "#activity+budget+type", "What the money is for; `all`: the grant"),
    Column("Approved", "#value+approved+{currency}", "The line's ceiling"),
    Column("Earmarked", "#value+earmarked+{currency}", "Kept for items of approved plans"),
    Column(
        "Committed",
        "#value+committed+{currency}",
        "Reserved for orders, or paid in advance, and not delivered yet",
    ),
    Column(
        "Delivered",
        "#value+delivered+{currency}",
        "What arrived, and cash that was handed over, at the rate at which it was reserved",
    ),
    Column(
        "Owed back",
        "#value+owed_back+{currency}",
        "What vendors owe of payments, as it was approved, or because they were paid twice",
    ),
    Column("Given up", "#value+given_up+{currency}", "Of what vendors owed back"),
    Column(
        "Left over",
        "#value+left_over+{currency}",
        "Reserved for payments beyond what they came to; below zero: they came to more",
    ),
    Column(
        "Available",
        "#value+available+{currency}",
        "Approved without the six columns before: it adds up in every row",
    ),
    Column(
        "Paid, by the grant's rule",
        "#value+paid+rule+{currency}",
        "What was paid and did not come back, converted as the grant says",
    ),
    Column(
        "Paid, without a rate",
        "#meta+without_rate",
        "What has no rate under that rule, and is not in the column before",
    ),
    Column(
        "Conversions corrected",
        "#meta+conversions+corrected",
        "Of how many payments the rate was found wrong after they had been converted at it",
    ),
    Column(
        "Between the rule and the ledger",
        "#value+paid+between+{currency}",
        "By how much the ledger's rates come to more than the rule's, with what has no rate",
    ),
    Column(
        "Paid, in the ledger",
        "#value+paid+ledger+{currency}",
        "What left bank and cash and did not come back, at the rate of its day",
    ),
    Column(
        "Exchange difference",
        "#value+exchange+{currency}",
        "What that is beyond the rate at which it was reserved",
    ),
    Column("Cases", "#reached+cases", "For how many something was paid; empty: too few to tell"),
)
PAYMENTS = (
    Column("Booked as", "#activity+booking+type", "Payment, recovery, refund or cash"),
    Column("Payment", "#meta+payment+id", "Its id"),
    Column("Budget line", "#activity+budget+type", "From which it was paid"),
    Column("Assistance", "#activity+type", "What was bought"),
    Column("Order", "#meta+order+id", "The order's number, or that of the list of cash"),
    Column("Invoice", "#meta+invoice+id", "The vendor's number"),
    Column("Vendor", "#org+vendor", "Its id"),
    Column("Vendor's name", "#org+vendor+name", "Of organisations alone"),
    Column("Paid on", "#date+paid", "The bank's day"),
    Column("Amount", "#value+paid", "In the currency in which it was paid"),
    Column("Currency", "#currency+code", "By ISO 4217"),
    Column(
        "By the grant's rule",
        "#value+paid+rule+{currency}",
        "What did not come back of it, converted as the grant says",
    ),
    Column(
        "Conversion corrected on",
        "#date+conversion+corrected",
        "When that was put right last, because its rate had been found wrong",
    ),
    Column(
        "In the ledger",
        "#value+paid+ledger+{currency}",
        "At the rate of its day; below zero: it came back",
    ),
    Column("Bank's reference", "#meta+bank+id", "Of the booking on our account"),
)
DOCUMENTS = (
    Column("Payment", "#meta+payment+id", "What it proves"),
    Column("Order", "#meta+order+id", "The order's number"),
    Column("Document", "#meta+document+type", "What it is"),
    Column("Number", "#meta+document+id", "Its number or id"),
    Column("Of", "#date+document", "Its day"),
    Column("SHA-256", "#meta+document+sha256", "Of its bytes"),
)
TABLES = {"budget.csv": BUDGET, "payments.csv": PAYMENTS, "documents.csv": DOCUMENTS}
ITSELF = (
    Column("Table", "#meta+table", ""),
    Column("Column", "#meta+column", ""),
    Column("Hashtag", "#meta+hashtag", ""),
    Column("Means", "#description", ""),
)


def headed(columns: Sequence[Column], currency: str) -> list[tuple[str, str]]:
    """Headings and hashtags for a grant in that currency."""
    tag = currency.lower()
    return [(each.heading, each.hashtag.format(currency=tag)) for each in columns]


def rows(currency: str) -> list[Sequence[str]]:
    """Every column of every table, and what it means."""
    return [
        (name, heading, hashtag.lstrip("#"), each.means)
        for name, columns in TABLES.items()
        for each, (heading, hashtag) in zip(columns, headed(columns, currency), strict=True)
    ]
