"""The rules: what in the log asks for a second look, each told by one function.

A rule is asked after the books have taken the entry, and answers with the entries that it goes by.
None of them says that somebody did wrong: goods are bought twice, vendors move to another bank,
and small offices work with the same two people. It says where to look, and at what.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import combinations

from audit.domain.findings.books import Act, Books, Invoice, Offer, Payment
from audit.domain.findings.entry import Found, Seen, Severity
from audit.domain.findings.parameters import Parameters
from events.values import CaseId, Code, PaymentId, VendorId

HUNDREDTH = Decimal("0.01")
Look = Callable[[Seen, Books, Parameters], Iterator[tuple[int, ...]]]
REQUESTED = frozenset({"disbursement.payment_requested"})
APPROVED = frozenset({"disbursement.payment_approved"})
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

    def findings(self, seen: Seen, books: Books, told: Parameters) -> Iterator[Found]:
        """What it finds now that this entry stands in the books."""
        for entries in self.look(seen, books, told):
            payment = _payment(seen, books)
            about = payment or books.commitments.get(seen.data.get("commitment", ""))
            case = about.case if about else seen.data.get("case")
            vendor = about.vendor if about else seen.data.get("vendor")
            yield Found(
                rule=self.name,
                severity=self.severity,
                entries=tuple(sorted({*entries, seen.index})),
                payment=_id_of(seen, books),
                case=CaseId(case) if case else None,
                vendor=VendorId(vendor) if vendor else None,
            )


def _payment(seen: Seen, books: Books) -> Payment | None:
    payment = _id_of(seen, books)
    return books.payments[payment] if payment else None


def _id_of(seen: Seen, books: Books) -> PaymentId | None:
    """The payment that the entry is about."""
    commitment = books.commitments.get(seen.data.get("commitment", ""))
    found = seen.data.get("payment") or (commitment and commitment.payment)
    return PaymentId(found) if found in books.payments else None


# One thing twice


def invoice_twice(seen: Seen, books: Books, _told: Parameters) -> Iterator[tuple[int, ...]]:
    """Another invoice of the vendor has the number, or another invoice of anybody the paper.

    Not one that was rejected, nor one that corrects the other or follows an offer.
    """
    invoice = books.invoices.get(seen.data["invoice"])
    if invoice is None:
        return
    same = [*books.by_number[invoice.vendor, invoice.number], *books.by_document[invoice.document]]
    twins = {other for other in same if other != seen.data["invoice"]}
    found = [
        twin.index
        for other in sorted(twins)
        if not (twin := books.invoices[other]).rejected
        and other not in _corrected(invoice, books)
        and seen.data["invoice"] not in _corrected(twin, books)
        and not _offer_and_bill(invoice, twin)
    ]
    if found:
        yield (*found, invoice.index)


def _corrected(invoice: Invoice, books: Books) -> Iterator[str]:
    """The one that it corrects, and what that one corrects."""
    before = invoice.replaces
    while before is not None:
        yield before
        known = books.invoices.get(before)
        before = known.replaces if known else None


def _offer_and_bill(one: Invoice, other: Invoice) -> bool:
    return one.pro_forma != other.pro_forma


# Limits


def split_orders(seen: Seen, books: Books, told: Parameters) -> Iterator[tuple[int, ...]]:
    """Orders of one vendor for one case, each just under a band's limit, together over it."""
    this = books.commitments[seen.data["commitment"]]
    since = this.at - timedelta(days=told.split_days)
    lately = [
        books.commitments[each]
        for each in books.bought[this.vendor, this.case]
        if books.commitments[each].at >= since
    ]
    for limit in told.bands.get(this.reserved.currency, ()):
        floor = limit * told.just_under
        parts = [each for each in lately if floor <= each.reserved.amount < limit]
        if this in parts and sum(each.reserved.amount for each in parts) >= limit:
            yield tuple(each.index for each in parts)


def near_the_limit(seen: Seen, books: Books, told: Parameters) -> Iterator[tuple[int, ...]]:
    """One approver, one vendor: again and again nearly all that the delegation allows."""
    payment = books.payments.get(seen.data["payment"])
    if payment is None:
        return
    since = seen.at - timedelta(days=told.near_limit_days)
    near = [
        each.index
        for each in books.vendors[payment.vendor].near[seen.by]
        if each.at >= since and told.near_limit <= each.part <= 1
    ]
    if len(near) >= told.near_limit_times and near[-1] == seen.index:
        yield tuple(near)


# Where the money goes


def shared_account(seen: Seen, books: Books, _told: Parameters) -> Iterator[tuple[int, ...]]:
    """The vendor's account seems to be another vendor's, a colleague's or a returnee's."""
    if shared := books.vendors[seen.data["vendor"]].shares_account:
        yield tuple(shared.values())


def account_just_changed(seen: Seen, books: Books, told: Parameters) -> Iterator[tuple[int, ...]]:
    """The first payment on an account that took another's place a few days before."""
    account = books.accounts.get(seen.data["account"])
    if account is None or account.replaces is None or account.payments > 1:
        return
    changed = account.activated or account.proposed
    if seen.at - changed.at <= timedelta(days=told.changed_account_days):
        yield (changed.index,)


def vendor_just_approved(seen: Seen, books: Books, told: Parameters) -> Iterator[tuple[int, ...]]:
    """The first order came within days of the vendor's approval."""
    vendor = books.vendors[seen.data["vendor"]]
    fresh = timedelta(days=told.fresh_vendor_days)
    if vendor.approved and vendor.orders == 1 and seen.at - vendor.approved.at <= fresh:
        yield (vendor.approved.index,)


# The order of things


def delivered_before_ordered(
    seen: Seen, books: Books, _told: Parameters
) -> Iterator[tuple[int, ...]]:
    """What is to be paid arrived before it was ordered."""
    commitment = books.commitments.get(seen.data["commitment"])
    if commitment is None or commitment.order is None:
        return
    ordered = commitment.order
    early = [each.index for each in commitment.receipts if each.on < ordered.at.date()]
    if early:
        yield (ordered.index, *early)


def delivered_after_paid(seen: Seen, books: Books, _told: Parameters) -> Iterator[tuple[int, ...]]:
    """It was paid before it arrived, and nobody had let it be paid in advance."""
    commitment = books.commitments.get(seen.data["commitment"])
    payment = _payment(seen, books)
    if commitment is None or commitment.advance or payment is None or payment.paid is None:
        return
    index, on = payment.paid
    if seen.day("date") > on:
        yield (index,)


def nobody_was_met(seen: Seen, books: Books, _told: Parameters) -> Iterator[tuple[int, ...]]:
    """Nothing says that anybody ever sat with the returnee or went to see them."""
    if seen.data["case"] not in books.met:
        yield ()


# People


SIDES = frozenset(
    frozenset(pair)
    for pair in (
        ("requested", "certified"),
        ("requested", "approved"),
        ("requested", "signed"),
        ("certified", "approved"),
        ("approved", "signed"),
        ("received", "approved"),
    )
)
"""Acts that never are one person's. Certifying and signing may be, where a programme says so."""


def two_sides(seen: Seen, books: Books, _told: Parameters) -> Iterator[tuple[int, ...]]:
    """One person did what takes two: about the payment, its delivery, its vendor or the account."""
    payment = books.payments.get(seen.data["payment"])
    if payment is None:
        return
    this = payment.acts[-1]
    commitment = books.commitments.get(payment.commitment)
    receipts = commitment.receipts if commitment else []
    acts = [*payment.acts[:-1], *(Act(r.index, r.by, this.at, "received") for r in receipts)]
    both = [
        act.index for act in acts if act.by == this.by and frozenset((act.name, this.name)) in SIDES
    ]
    vendor = books.vendors[payment.vendor]
    if this.name == "requested" and vendor.proposed and vendor.approved:
        proposed, approved = vendor.proposed, vendor.approved
        if proposed.by == approved.by:
            both += [proposed.index, approved.index]
    if both:
        yield tuple(both)


def dominating_pair(seen: Seen, books: Books, told: Parameters) -> Iterator[tuple[int, ...]]:
    """Nearly all of a vendor's last payments went through two people who seldom meet elsewhere."""
    payment = books.payments.get(seen.data["payment"])
    if payment is None:
        return
    decided = books.vendors[payment.vendor].decided
    if len(decided) % told.pair_payments or not decided or decided[-1].index != seen.index:
        return
    last, pair = decided[-told.pair_payments :], decided[-1].pair
    theirs = [each.index for each in last if each.pair == pair]
    all_here = sum(each.pair == pair for each in decided)
    office = books.pairs[seen.office]
    elsewhere = office.total() - len(decided)
    if elsewhere < told.pair_payments or len(theirs) < told.pair_share * len(last):
        return
    if office[pair] - all_here <= told.pair_elsewhere * elsewhere:
        yield tuple(theirs)


def at_night(seen: Seen, books: Books, told: Parameters) -> Iterator[tuple[int, ...]]:
    """One person acted on many payments in the hours when the office is closed."""
    hours = timedelta(hours=told.office_hours_from_utc.get(seen.office or "", 0))
    morning = timedelta(hours=24 - told.night_from)

    def is_night(act: Act) -> bool:
        local = (act.at + hours).hour
        return local >= told.night_from or local < told.night_until

    def night_of(act: Act) -> int:
        """The day on which the night ends."""
        return (act.at + hours + morning).toordinal()

    lately = books.lately[seen.by]
    if not lately or lately[-1].index != seen.index or not is_night(lately[-1]):
        return
    night = [act.index for act in lately if is_night(act) and night_of(act) == night_of(lately[-1])]
    if len(night) >= told.night_acts:
        yield tuple(night)


# Competition


def alike_quotations(seen: Seen, books: Books, told: Parameters) -> Iterator[tuple[int, ...]]:
    """Offers of different vendors on one paper, or each a round percentage above the lowest."""
    offers = books.offers[seen.data["sourcing"]]
    for one, other in combinations(offers, 2):
        if one.vendor != other.vendor and one.document == other.document:
            yield one.index, other.index
            return
    vendors = {offer.vendor for offer in offers}
    currencies = {offer.total.currency for offer in offers}
    if len(vendors) < told.markup_offers or len(currencies) > 1:
        return
    lowest, *dearer = sorted(offers, key=lambda offer: offer.total.amount)
    if lowest.total.amount % told.round_amount and all(
        _is_round_markup(each, lowest) for each in dearer
    ):
        yield tuple(offer.index for offer in offers)


def _is_round_markup(offer: Offer, lowest: Offer) -> bool:
    """A whole number of percent above it, to the hundredth."""
    percent = (offer.total.amount / lowest.total.amount - 1) * 100
    marked_up = lowest.total.amount * (100 + round(percent)) / 100
    return percent > 0 and abs(offer.total.amount - marked_up) <= HUNDREDTH


RULES: tuple[Rule, ...] = (
    Rule(invoice_twice, Severity.HIGH, REQUESTED),
    Rule(split_orders, Severity.MEDIUM, frozenset({"disbursement.commitment_requested"})),
    Rule(near_the_limit, Severity.MEDIUM, APPROVED),
    Rule(shared_account, Severity.HIGH, REQUESTED),
    Rule(account_just_changed, Severity.HIGH, REQUESTED),
    Rule(vendor_just_approved, Severity.LOW, frozenset({"disbursement.commitment_requested"})),
    Rule(delivered_before_ordered, Severity.HIGH, REQUESTED),
    Rule(delivered_after_paid, Severity.MEDIUM, frozenset({"disbursement.goods_received"})),
    Rule(nobody_was_met, Severity.HIGH, REQUESTED),
    Rule(two_sides, Severity.HIGH, ACTS_ON_PAYMENTS),
    Rule(dominating_pair, Severity.MEDIUM, APPROVED),
    Rule(at_night, Severity.LOW, ACTS_ON_PAYMENTS),
    Rule(alike_quotations, Severity.MEDIUM, frozenset({"vendors.vendor_selected"})),
)
