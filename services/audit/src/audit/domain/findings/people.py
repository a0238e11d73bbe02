"""Who did it, with whom, and when."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from audit.domain.findings.books import Act, Books, Decided, Payment
from audit.domain.findings.entry import Seen
from audit.domain.findings.fold import clock_of
from audit.domain.findings.parameters import Parameters

SIDES = frozenset(
    frozenset(pair)
    for pair in (
        ("requested", "certified"),
        ("requested", "approved"),
        ("requested", "signed"),
        ("certified", "approved"),
        ("approved", "signed"),
        ("received", "approved"),
        ("proposed", "approved"),
        ("proposed", "called back"),
        ("called back", "approved"),
    )
)
"""Acts that never are one person's. Certifying and signing may be, where a programme says so."""


def two_sides(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """One person did what takes two: about cash; or the payment, its order, its delivery, its
    vendor or the account.
    """
    if cash := books.cash.get(seen.data.get("cash", "")):
        *before, this = cash.acts
        both = [act.index for act in before if act.by == this.by]
    else:
        both = _both_sides_paid(seen, books)
    if both:
        yield tuple(both)


def _both_sides_paid(seen: Seen, books: Books) -> list[int]:
    payment = books.payments.get(seen.data.get("payment", ""))
    if payment is None:
        return []
    this = payment.acts[-1]
    commitment = books.commitments.get(payment.commitment)
    receipts = commitment.receipts if commitment else []
    acts = [*payment.acts[:-1], *(Act(r.index, r.by, this.at, "received") for r in receipts)]
    both = [act.index for act in acts if _one_person(act, this)]
    if this.name == "requested":
        both += _before(payment, books)
    return both


def _before(payment: Payment, books: Books) -> list[int]:
    """What was done by one person before anything was asked to be paid."""
    vendor, account = books.vendors.of(payment.vendor), books.accounts.get(payment.account)
    commitment = books.commitments.get(payment.commitment)
    examined = [act for act in (vendor.proposed, vendor.approved) if act]
    opened = account.acts if account else []
    ordered = commitment.acts if commitment else []
    return [index for acts in (examined, opened, ordered) for index in _among(acts)]


def _among(acts: Sequence[Act]) -> list[int]:
    return [each.index for each in acts if any(_one_person(each, other) for other in acts)]


def _one_person(one: Act, other: Act) -> bool:
    return one.by == other.by and frozenset((one.name, other.name)) in SIDES


def chose_own_offers(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """Who collected the offers selected the vendor."""
    offers = books.searches.of(seen.data["sourcing"]).offers
    own = tuple(each.index for each in offers if each.by == seen.by)
    if own:
        yield own


def dominating_pair(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """Nearly all of a vendor's last orders went through two people who seldom meet elsewhere.

    It is said when it has become so, and again with every so many orders that it stays so.
    """
    payment = books.payments.get(seen.data["payment"])
    if payment is None:
        return
    told, vendor = books.told(payment.programme), books.vendors.of(payment.vendor)
    if not vendor.decided or vendor.decided[-1].index != seen.index:
        return
    *before, this = vendor.decided
    theirs = _dominated(vendor.decided, this.pair, told)
    said = _dominated(before, this.pair, told) and vendor.pairs.every % told.pair_payments
    office = books.pairs.of(seen.office or "")
    elsewhere = office.every - vendor.pairs.every
    if not theirs or said or elsewhere < told.pair_payments:
        return
    if (
        office.by_pair[this.pair] - vendor.pairs.by_pair[this.pair]
        <= told.pair_elsewhere * elsewhere
    ):
        yield theirs


def _dominated(decided: Sequence[Decided], pair: str, told: Parameters) -> tuple[int, ...]:
    """What of the last ones the two decided, where that is nearly all of them."""
    last = decided[-told.pair_payments :]
    theirs = tuple(each.index for each in last if each.pair == pair)
    enough = len(last) == told.pair_payments and len(theirs) >= told.pair_share * len(last)
    return theirs if enough else ()


def after_hours(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """One person acted on many payments in one night, by the clock of the office.

    It is said once a night, when they have become many.
    """
    payment = books.payments.get(seen.data["payment"])
    lately = books.lately.of(seen.by)
    if payment is None or not lately or lately[-1].index != seen.index:
        return
    told, clock = books.told(payment.programme), clock_of(seen.office, books)
    morning = timedelta(hours=24 - told.night_from)

    def here(act: Act) -> datetime:
        return act.at.astimezone(clock)

    def is_night(act: Act) -> bool:
        return here(act).hour >= told.night_from or here(act).hour < told.night_until

    def ends_on(act: Act) -> int:
        """The day on which the night ends."""
        return (here(act) + morning).toordinal()

    this = lately[-1]
    if not is_night(this):
        return
    night = [act for act in lately if is_night(act) and ends_on(act) == ends_on(this)]
    if _are_many(night, books) and not any(
        _are_many(night[:upto], books) for upto in range(1, len(night))
    ):
        yield tuple(act.index for act in night)


def _are_many(night: Sequence[Act], books: Books) -> bool:
    """As the programme says of which the last payment is."""
    last = books.payments.get(night[-1].name)
    return last is not None and len(night) >= books.told(last.programme).night_acts
