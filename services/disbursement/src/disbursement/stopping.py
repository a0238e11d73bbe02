"""What can still be stopped, asked of read models that have come as far as what it is asked for.

What came later in the history knew of it; what came earlier is in the read models by then. So
nothing is missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from disbursement.domain.news import NewsHeard
from disbursement.views import decided, lookalikes, screened, told
from disbursement.views import open as still_open
from disbursement.views.lookalikes import Like
from disbursement.views.open import OpenCommitment, OpenPayment, PaidForNothing
from disbursement.views.reached import has_come_to
from events.ports import Clock, Unavailable
from events.service import Connection, Heard
from events.values import CommitmentId, PaymentId

PAUSE_SECONDS = 0.05
PAUSES = 40


@dataclass(frozen=True)
class Stoppable:
    """Looks it up."""

    view: Connection
    clock: Clock

    async def payments(self, fact: Heard[NewsHeard]) -> Sequence[OpenPayment]:
        """Those to the vendor or the account, or for the case; of a conflict, the person's."""
        await self._reached(decided.view.name, "disbursement", fact.position)
        news = fact.event
        return await still_open.payments(
            self.view, vendor=news.vendor, account=news.account, case=news.case, by=news.person
        )

    async def commitments(self, fact: Heard[NewsHeard]) -> Sequence[OpenCommitment]:
        """Those without an award for their item; of a conflict, the person's that wait."""
        await self._reached(decided.view.name, "disbursement", fact.position)
        news = fact.event
        if news.person is not None:
            return await still_open.not_ordered_by(
                self.view, news.person, vendor=news.vendor, case=news.case
            )
        assert news.item is not None, "an award is for an item"
        await self._reached(told.view.name, news.source, news.position)
        return await still_open.without_award(self.view, news.item)

    async def commitment(self, which: CommitmentId, position: int) -> OpenCommitment:
        """That one, as it was at that position of this service's history or later."""
        await self._reached(decided.view.name, "disbursement", position)
        return await still_open.commitment(self.view, which)

    async def paid_for_nothing(self, of: CommitmentId, position: int) -> PaidForNothing | None:
        """What was paid of the order, and is not there any more."""
        await self._reached(decided.view.name, "disbursement", position)
        return await still_open.paid_for_nothing(self.view, of)

    async def paid_again(self, which: PaymentId, position: int) -> PaidForNothing | None:
        """The payment, if its invoice was settled by another one, and still is."""
        await self._reached(decided.view.name, "disbursement", position)
        return await still_open.paid_again(self.view, which)

    async def searched_again(self, payments: Sequence[PaymentId]) -> Sequence[PaymentId]:
        """Those of them for which the vendor is searched for again before it is paid."""
        return [each for each in payments if await screened.is_asked_for(self.view, each)]

    async def payment(self, which: PaymentId, position: int) -> Sequence[OpenPayment]:
        """That one, if it can still be held."""
        await self._reached(decided.view.name, "disbursement", position)
        return await still_open.payments(self.view, payment=which)

    async def in_file(self, which: PaymentId) -> Sequence[OpenPayment]:
        """That one, if a file with it is known of that may not have left.

        Of another nothing is missed: before a file leaves, findings are asked for again.
        """
        found = await still_open.payments(self.view, payment=which)
        return [each for each in found if each.file is not None]

    async def alike(self, position: int, like: Like) -> Sequence[PaymentId]:
        """Payments of invoices that look alike, or are the same paper."""
        await self._reached(decided.view.name, "disbursement", position)
        return await lookalikes.open_payments(self.view, like)

    async def no_longer_alike(self, position: int) -> Sequence[PaymentId]:
        """Payments that wait for a look-alike on which somebody has decided."""
        await self._reached(decided.view.name, "disbursement", position)
        return await lookalikes.no_longer(self.view)

    async def _reached(self, view: str, source: str, position: int) -> None:
        for _ in range(PAUSES):
            if await has_come_to(self.view, view, source, position):
                return
            await self.clock.sleep(PAUSE_SECONDS)
        raise Unavailable(f"the read model {view} is behind")
