"""The ledger: what the facts mean in double entry. A projection, never a source of truth.

    requested          commitments      to  reserve for commitments
    goods received     expense          to  received, not invoiced      (the delivery principle)
                       reserve          to  commitments
    match passed       received, not invoiced  to  payable; a difference in price is expense
    vendor paid        payable          to  bank; a difference in rate is exchange difference
    paid in advance    advance          to  bank; a difference in rate is exchange difference
    set off            expense          to  advance
    returned           bank             to  payable or advance, the difference back
    less a charge      bank charges     to  bank
    paid again         receivable       to  bank
    owed back          receivable       to  expense or advance, unless it was paid again; or, for
                                            goods taken back, to received, not invoiced
    refunded           payable          to  bank, what had come back of what was returned
    came back          bank             to  receivable; a difference in rate is exchange difference
    given up           written off      to  receivable
    owed after all     receivable       to  written off
    cash handed over   expense          to  cash, and its promise is kept as at a delivery
    closed             reserve          to  commitments, what is left

Amounts are in the grant's currency at the rate at which the funds were reserved, but for the bank,
which has what was paid on the day. Every fact's postings sum to zero, so that the ledger balances
at every prefix of history.
"""

from disbursement.ledger.book import post
from disbursement.ledger.state import Account, Book, Posting

__all__ = ["OUT", "SPENT", "Account", "Book", "Posting", "post"]

OUT = (Account.BANK, Account.CASH)
"""The accounts from which money goes."""
SPENT = (Account.EXPENSE, Account.BANK_CHARGES)
"""What the budget line has paid for: goods and services, and what the bank charged."""
