"""What counts together: what is done under a limit; and what came to nothing counts no more."""

from datetime import datetime
from typing import Any

import msgspec

from disbursement.domain.commitment import Commitment
from disbursement.domain.cumulative import (
    CountApproval,
    CountUnderLimit,
    CountUnderLimitAfterAll,
    CumulativeId,
    GiveBackApproval,
    GiveBackLimit,
    Kind,
    cumulative,
    cumulative_of,
)
from disbursement.domain.delegation import Mandate
from disbursement.domain.payment import Payment
from disbursement.domain.payment.first import (
    CountFirstPaymentAfterAll,
    UncountFirstPayment,
    first_of,
    first_payments,
)
from disbursement.domain.rolling import CountPaymentAfterAll, UncountPayment, rolling
from events.handler import Act
from events.money import Money
from events.values import CaseId, Code, CommitmentId, PaymentId, PersonId, VendorId

Counting = list[Act[Any, Any, Any]]


def counted(
    of: Commitment | Payment | None, amount: Money, mandate: Mandate | None, at: datetime
) -> Counting:
    """The act that counts it under the person's limit; nothing where they have none (D8)."""
    if of is None or mandate is None or mandate.limit.currency != amount.currency:
        return []  # which is refused by the commitment or the payment
    paying = isinstance(of, Payment)
    count = CountUnderLimit(
        by=mandate.person,
        at=at,
        vendor=of.vendor,
        case=of.case,
        commitment=of.commitment if isinstance(of, Payment) else of.id,
        payment=of.id if isinstance(of, Payment) else None,
        authority=mandate.authority,
        amount=amount,
        limit=mandate.limit,
        rates=mandate.rates,
    )
    kind = Kind.PAID if paying else Kind.COMMITTED
    return [Act(cumulative, cumulative_of(kind, of.vendor, of.case), count)]


class Approved(msgspec.Struct, frozen=True, kw_only=True):
    """What else than an order or a payment is approved under a limit."""

    kind: Kind
    vendor: VendorId | None
    case: CaseId
    of: str
    """Its id."""
    amount: Money
    """In the grant's currency."""
    commitment: CommitmentId | None = None
    """Of what goes to the vendor, and counts with payments: it is signed as well."""

    @property
    def stream(self) -> CumulativeId:
        return cumulative_of(self.kind, self.vendor, self.case)

    def counted(self, mandate: Mandate | None, at: datetime) -> Counting:
        """The act that counts it; nothing where the person has no limit, which is refused."""
        if mandate is None or mandate.limit.currency != self.amount.currency:
            return []
        counts = self._as_approved if self.commitment is None else self._as_paid
        return [Act(cumulative, self.stream, counts(mandate, at))]

    def _as_approved(self, mandate: Mandate, at: datetime) -> CountApproval:
        return CountApproval(
            by=mandate.person,
            at=at,
            kind=self.kind,
            vendor=self.vendor,
            case=self.case,
            of=Code(self.of),
            amount=self.amount,
            limit=mandate.limit,
            rates=mandate.rates,
        )

    def _as_paid(self, mandate: Mandate, at: datetime) -> CountUnderLimit:
        assert self.commitment is not None
        assert self.vendor is not None, "it goes to one"
        return CountUnderLimit(
            by=mandate.person,
            at=at,
            vendor=self.vendor,
            case=self.case,
            commitment=self.commitment,
            payment=PaymentId(self.of),
            authority=mandate.authority,
            amount=self.amount,
            limit=mandate.limit,
            rates=mandate.rates,
        )

    def given_back(self, by: PersonId, at: datetime) -> Counting:
        """It came to nothing."""
        return [Act(cumulative, self.stream, GiveBackApproval(by=by, at=at, of=Code(self.of)))]


def uncounted(payment: Payment, by: PersonId, at: datetime) -> Counting:
    """It counts no more for its vendor, its case and a new account, and under no limit."""
    uncount = UncountPayment(by=by, at=at, payment=payment.id)
    back = GiveBackLimit(by=by, at=at, commitment=payment.commitment, payment=payment.id)
    under = cumulative_of(Kind.PAID, payment.vendor, payment.case)
    not_first = UncountFirstPayment(by=by, at=at, payment=payment.id)
    return [
        Act(first_payments, first_of(payment.account), not_first),
        *(Act(rolling, stream, uncount) for stream in (payment.vendor, payment.case)),
        Act(cumulative, under, back),
    ]


def counted_after_all(payment: Payment, by: PersonId, at: datetime) -> Counting:
    """It counts again wherever it did: the bank carried out what it had said it would not."""
    whose: dict[str, Any] = {"by": by, "at": at, "payment": payment.id}
    of = {**whose, "vendor": payment.vendor, "case": payment.case}
    first = CountFirstPaymentAfterAll(**whose, account=payment.account)
    limit = CountUnderLimitAfterAll(**of, commitment=payment.commitment)
    again = CountPaymentAfterAll(**of)
    return [
        Act(first_payments, first_of(payment.account), first),
        *(Act(rolling, stream, again) for stream in (payment.vendor, payment.case)),
        Act(cumulative, cumulative_of(Kind.PAID, payment.vendor, payment.case), limit),
    ]


def given_up(
    commitment: CommitmentId, vendor: VendorId, case: CaseId, by: PersonId, at: datetime
) -> Counting:
    """The commitment counts under no limit any more."""
    back = GiveBackLimit(by=by, at=at, commitment=commitment, payment=None)
    return [Act(cumulative, cumulative_of(Kind.COMMITTED, vendor, case), back)]
