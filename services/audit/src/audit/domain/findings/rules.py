"""The rules: what in the log asks for a second look, each told by one function.

A rule is asked after the books have taken the entry, and answers with the entries that it goes by.
None of them says that somebody did wrong: goods are bought twice, vendors move to another bank,
and small offices work with the same two people. It says where to look, and at what.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from audit.domain.findings.accounts import (
    account_just_changed,
    shared_account,
    vendor_just_approved,
)
from audit.domain.findings.books import Books, Cash, Commitment, Payment
from audit.domain.findings.entry import Found, Seen, Severity
from audit.domain.findings.fold import OF_CASH
from audit.domain.findings.invoices import invoice_twice, vendor_and_cash
from audit.domain.findings.limits import made_up_amounts, near_the_limit, split_orders
from audit.domain.findings.offers import alike_quotations
from audit.domain.findings.people import (
    after_hours,
    chose_own_offers,
    dominating_pair,
    two_sides,
)
from audit.domain.findings.regardless import LET_GO, went_on_regardless
from audit.domain.findings.sequence import (
    delivered_after_paid,
    delivered_before_ordered,
    nobody_was_met,
)
from events.values import CaseId, CashId, Code, PaymentId, VendorId

Look = Callable[[Seen, Books], Iterator[tuple[int, ...]]]
REQUESTED = frozenset({"disbursement.payment_requested"})
CASH_REQUESTED = frozenset({"disbursement.cash_requested"})
APPROVED = frozenset({"disbursement.payment_approved"})
COMMITTED = frozenset({"disbursement.commitment_requested"})
SELECTED = frozenset({"vendors.vendor_selected"})
ACTS_ON_PAYMENTS = frozenset(
    {
        *REQUESTED,
        *APPROVED,
        "disbursement.payment_certified",
        "disbursement.payment_approved_again",
        "disbursement.payment_signed",
    }
)


@dataclass(frozen=True)
class Rule:
    """When it is asked, and how grave its answer is."""

    look: Look
    severity: Severity
    hears: frozenset[str]

    @property
    def name(self) -> Code:
        return Code(self.look.__name__)

    def findings(self, seen: Seen, books: Books) -> Iterator[Found]:
        """What it finds now that this entry stands in the books."""
        for entries in self.look(seen, books):
            name, cash = _payment_of(seen, books), _cash_of(seen, books)
            about = _about(seen, books, name, cash)
            case = about.case if about else seen.data.get("case")
            vendor = about.vendor if about else seen.data.get("vendor")
            programme = about.programme if about else _searched_under(seen, books)
            yield Found(
                rule=self.name,
                severity=self.severity,
                entries=tuple(sorted({*entries, seen.index})),
                review_days=books.told(programme).review_days(self.severity),
                payment=name,
                cash=cash,
                case=CaseId(case) if case else None,
                vendor=VendorId(vendor) if vendor else None,
            )


def _payment_of(seen: Seen, books: Books) -> PaymentId | None:
    """The payment that the entry is about."""
    commitment = books.commitments.get(seen.data.get("commitment", ""))
    found = seen.data.get("payment") or (commitment and commitment.payment)
    return PaymentId(found) if found and found in books.payments else None


def _cash_of(seen: Seen, books: Books) -> CashId | None:
    found = seen.data.get("cash")
    return CashId(found) if found and found in books.cash else None


def _about(
    seen: Seen, books: Books, payment: PaymentId | None, cash: CashId | None
) -> Payment | Commitment | Cash | None:
    if cash is not None:
        return books.cash.get(cash)
    if payment is not None:
        return books.payments.get(payment)
    return books.commitments.get(seen.data.get("commitment", ""))


def _searched_under(seen: Seen, books: Books) -> str:
    search = books.searches.get(seen.data.get("sourcing", ""))
    return search.programme if search else ""


RULES: tuple[Rule, ...] = (
    Rule(invoice_twice, Severity.HIGH, REQUESTED),
    Rule(split_orders, Severity.MEDIUM, COMMITTED),
    Rule(near_the_limit, Severity.MEDIUM, APPROVED),
    Rule(shared_account, Severity.HIGH, REQUESTED),
    Rule(account_just_changed, Severity.HIGH, REQUESTED),
    Rule(vendor_just_approved, Severity.LOW, COMMITTED),
    Rule(delivered_before_ordered, Severity.HIGH, REQUESTED),
    Rule(delivered_after_paid, Severity.MEDIUM, frozenset({"disbursement.goods_received"})),
    Rule(nobody_was_met, Severity.HIGH, REQUESTED | CASH_REQUESTED),
    Rule(vendor_and_cash, Severity.HIGH, REQUESTED | CASH_REQUESTED),
    Rule(two_sides, Severity.HIGH, ACTS_ON_PAYMENTS | frozenset(OF_CASH)),
    Rule(chose_own_offers, Severity.MEDIUM, SELECTED),
    Rule(dominating_pair, Severity.MEDIUM, APPROVED),
    Rule(after_hours, Severity.LOW, ACTS_ON_PAYMENTS),
    Rule(alike_quotations, Severity.MEDIUM, SELECTED),
    Rule(made_up_amounts, Severity.LOW, REQUESTED),
    Rule(went_on_regardless, Severity.HIGH, LET_GO),
)
