"""What became of a finding: whether the money that it is about went on all the same.

Whoever pays keeps to reviews by a list of its own, which somebody who has the database may write
to. The log has the finding, its review, and what was done then.

Nothing is found when a finding comes or is reviewed, only when money is let go or paid: so however
many findings there are about findings, there is at most one for each thing that was done.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from audit.domain.findings.books import Act, Books, Grave
from audit.domain.findings.entry import Seen, Severity

RACE = timedelta(minutes=1)
"""So long it may take until who pays has heard of a finding."""
IRREGULAR = frozenset({"irregularity", "suspected_fraud"})
"""What a person found of which nothing is paid."""
LIFTED = "disbursement.payment_hold_lifted"
LET_GO = frozenset(
    {
        LIFTED,
        "disbursement.payment_released_from_hold",
        "disbursement.cash_released_from_hold",
        "disbursement.cash_handed_over",
        "disbursement.vendor_paid",
    }
)


def raised(books: Books, seen: Seen) -> None:
    if seen.data["severity"] == Severity.HIGH:
        books.grave.put(seen.data["finding"], Grave(seen.index, seen.at))
        _is_about(seen.data["payment"], books, seen)


def named_cash(books: Books, seen: Seen) -> None:
    if seen.data["severity"] == Severity.HIGH:
        _is_about(seen.data["cash"], books, seen)


def _is_about(name: str | None, books: Books, seen: Seen) -> None:
    if name is not None:
        books.held_for.of(name).append(seen.data["finding"])


def reviewed(books: Books, seen: Seen) -> None:
    if finding := books.grave.get(seen.data["finding"]):
        finding.review = Act(seen.index, seen.by, seen.at, seen.data["outcome"])


def sent(books: Books, seen: Seen) -> None:
    """From then on nothing can be held."""
    if payment := books.payments.get(seen.data["payment"]):
        payment.sent = seen.at


def went_on_regardless(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """It was let go or paid, and a grave finding about it was not reviewed, or found irregular."""
    if seen.kind == LIFTED and seen.data["reason"] != "finding":
        return
    name = seen.data.get("payment") or seen.data["cash"]
    payment, then = books.payments.get(name), seen.at
    if payment is not None and payment.sent is not None:
        then = min(then, payment.sent)
    about = map(books.grave.get, books.held_for.get(name) or ())
    against = [each for each in about if each is not None and _stands(each, then)]
    if against:
        reviews = [each.review.index for each in against if each.review]
        yield (*(each.index for each in against), *reviews)


def _stands(finding: Grave, then: datetime) -> bool:
    """By what was known at that time."""
    if finding.review is not None and finding.review.at <= then:
        return finding.review.name in IRREGULAR
    return then - finding.at > RACE
