"""What no longer counts when a payment comes to nothing."""

from datetime import datetime
from typing import Any

from disbursement.domain.payment import Payment
from disbursement.domain.rolling import UncountPayment, rolling
from events.handler import Act
from events.values import PersonId


def uncounted(payment: Payment, by: PersonId, at: datetime) -> list[Act[Any, Any, Any]]:
    """It counts no more for its vendor and its case."""
    uncount = UncountPayment(by=by, at=at, payment=payment.id)
    return [Act(rolling, stream, uncount) for stream in (payment.vendor, payment.case)]
