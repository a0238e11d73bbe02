"""What the vendor owes back is asked for by itself; a person approves it, like any recovery.

Goods are taken back in a dispute when their payment is with the bank or executed already. And the
bank executes a payment that it had rejected, although another one has taken its place: it is then
paid twice.
"""

from collections.abc import Iterable
from typing import Any

from disbursement.domain import registry
from disbursement.domain.commitment import (
    InvoicePaidAgain,
    InvoiceSettled,
    ReceiptDisputeResolved,
)
from disbursement.domain.recovery import (
    PAID_TWICE,
    InitiateRecovery,
    RecoveryReceived,
    recovery,
    recovery_of,
)
from disbursement.gateways import Gateways
from disbursement.views.open import PaidForNothing
from events.handler import Act
from events.service import Effect, Heard
from events.values import SYSTEM, Code

TAKEN_BACK = Code("goods_taken_back")


def _asked_back(
    paid: PaidForNothing | None, reason: Code, gateways: Gateways
) -> list[Act[Any, Any, Any]]:
    if paid is None:
        return []
    asked = InitiateRecovery(
        by=SYSTEM,
        at=gateways.clock.now(),
        payment=paid.payment,
        amount=paid.amount,
        reason=reason,
        took=paid.took,
        in_all=True,
    )
    return [Act(recovery, recovery_of(paid.payment.id), asked)]


async def claim(fact: Heard[Any], gateways: Gateways) -> Iterable[Act[Any, Any, Any]]:
    """When a dispute took something back, what was disputed is paid, or the last claim was paid."""
    event = fact.event
    if not isinstance(event, ReceiptDisputeResolved | InvoiceSettled | RecoveryReceived):
        return []
    paid = await gateways.stoppable.paid_for_nothing(event.commitment, fact.position)
    return _asked_back(paid, TAKEN_BACK, gateways)


async def claim_second(fact: Heard[Any], gateways: Gateways) -> Iterable[Act[Any, Any, Any]]:
    """The whole of a payment whose invoice was settled by another one, as long as it is so."""
    event = fact.event
    if not isinstance(event, InvoicePaidAgain):
        return []
    paid = await gateways.stoppable.paid_again(event.payment, fact.position)
    return _asked_back(paid, PAID_TWICE, gateways)


effects = (
    Effect("claim_what_was_taken_back", {"disbursement": registry}, claim),
    Effect("claim_what_was_paid_twice", {"disbursement": registry}, claim_second),
)
