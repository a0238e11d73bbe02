"""A paper of a vendor's that is over: the platform suspends the vendor, once.

A vendor was approved by the papers that it brought. When the last day of one that it needs is over,
and no other of its kind counts, nothing is bought from it or paid to it until somebody reinstates
it, which asks for the paper anew. What programmes came to ask for after the approval is no reason.
"""

from dataclasses import dataclass
from typing import Any

from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, Code, VendorId
from vendors import views
from vendors.domain.programme import NoProgrammeInForce
from vendors.domain.vendor import vendor
from vendors.domain.vendor.requests import SuspendForPapers
from vendors.views import dossiers

EACH_SECONDS = 60.0
AT_ONCE = 200
PLATFORM = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("dossier"),
)


@dataclass(frozen=True)
class Dossiers:
    """Looks through the papers of approved vendors."""

    handler: Handler
    tables: Connection

    async def suspend_due(self) -> int:
        """Suspend whose papers are over; at how many it looked."""
        now = self.handler.clock.now()
        try:
            diligence = await views.diligence(self.tables)
        except NoProgrammeInForce:
            return 0
        looked, after = 0, ""
        while found := await dossiers.over(self.tables, now.date(), after=after, limit=AT_ONCE):
            for one in found:
                suspension = SuspendForPapers(by=SYSTEM, at=now, diligence=diligence)
                act = Act(vendor, one, suspension)
                await self.handler.do(act, context=await self._context_of(one))
            looked, after = looked + len(found), found[-1]
        return looked

    async def _context_of(self, one: VendorId) -> Context:
        first = await self.handler.store.load(one, limit=1)
        envelope = first[0].envelope
        return Context(actor=PLATFORM, correlation=envelope.correlationid, causation=envelope.id)


async def suspend_expired(running: Any) -> None:
    """The service's task."""
    watched = Dossiers(running.handler, running.store.pool)
    while True:
        await watched.suspend_due()
        await running.clock.sleep(EACH_SECONDS)
