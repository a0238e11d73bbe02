"""What was paid for and is not there any more, the vendor owes: it is asked for by itself.

Goods are taken back in a dispute when their payment is with the bank or executed already. A person
approves it, like any recovery.
"""

from collections.abc import Iterable
from typing import Any

from disbursement.domain import registry
from disbursement.domain.commitment import InvoiceSettled, ReceiptDisputeResolved
from disbursement.domain.recovery import InitiateRecovery, recovery, recovery_of
from disbursement.gateways import Gateways
from events.handler import Act
from events.service import Effect, Heard
from events.values import SYSTEM, Code

TAKEN_BACK = Code("goods_taken_back")


async def claim(fact: Heard[Any], gateways: Gateways) -> Iterable[Act[Any, Any, Any]]:
    """When a dispute took something back, or what was disputed before is paid."""
    event = fact.event
    if not isinstance(event, ReceiptDisputeResolved | InvoiceSettled):
        return []
    paid = await gateways.stoppable.paid_for_nothing(event.commitment, fact.position)
    if paid is None:
        return []
    asked = InitiateRecovery(
        by=SYSTEM,
        at=gateways.clock.now(),
        payment=paid.payment,
        amount=paid.amount,
        reason=TAKEN_BACK,
    )
    return [Act(recovery, recovery_of(paid.payment.id), asked)]


effects = (Effect("claim_what_was_taken_back", {"disbursement": registry}, claim),)
