"""The platform screens: every vendor, on every list that is loaded, as soon as it is due.

Due is whoever was never searched for; or not on the lists as they now are; or not since a name was
recorded or a payment to them approved; or not for a third of the days that a screening counts. It
is asked of the read models and can be done twice: a search of the same names on the same lists
finds the same.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, Code, Digest, VendorId
from vendors import views
from vendors.domain.programme import NoProgrammeInForce
from vendors.domain.searching import RecordSearch, RecordSilence, VendorOwnerRecorded
from vendors.domain.vendor import vendor
from vendors.domain.vendor.facts import VendorProposed
from vendors.screening import keeping
from vendors.screening.asking import Asked, Hit
from vendors.screening.keeping import Loaded, Suspicion
from vendors.screening.lists import Listed
from vendors.screening.work import Matcher

POLL_SECONDS = 1.0
SILENCES_EACH_SECONDS = 60.0
AT_ONCE = 200
"""Vendors in one search."""
THIRD = 3
DAYS_WITHOUT_A_PROGRAMME = 30
NAMES = ("name", "latin_name")

PLATFORM = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("screening"),
)


@dataclass(frozen=True)
class Named:
    """A name of a vendor or of one of its owners."""

    name: str
    owner: bool


@dataclass(frozen=True)
class Screener:
    """Screens vendors of one service."""

    handler: Handler
    tables: Connection
    matcher: Matcher
    key: bytes
    """Makes of a match what tells nobody whom it is with."""

    async def screen_due(self) -> int:
        """Search for the vendors that are due, at most so many; how many there were."""
        lists = await keeping.loaded(self.tables)
        await keeping.forget_other_files(self.tables)
        if not lists:
            return 0
        digest = keeping.digest_of(lists)
        due = await keeping.due(self.tables, digest, await self._a_third_ago(), AT_ONCE)
        if due:
            await self._search(due, lists, digest)
        return len(due)

    async def tell_silences(self) -> int:
        """What should have been said of a vendor by now, told once; of how many vendors."""
        overdue = self.handler.clock.now() - timedelta(days=await self._days())
        found = await keeping.silences(
            self.tables, overdue.date(), await self._a_third_ago(), AT_ONCE
        )
        for one, silence, since in found:
            told = RecordSilence(
                by=SYSTEM, at=self.handler.clock.now(), silence=silence, since=since
            )
            await self.handler.do(Act(vendor, one, told), context=await self._context_of(one))
        return len(found)

    async def _a_third_ago(self) -> datetime:
        """When who is due now was searched for, if they were: of the days that it counts."""
        return self.handler.clock.now() - timedelta(days=await self._days() / THIRD)

    async def _days(self) -> int:
        try:
            return (await views.diligence(self.tables)).screening_at_most_days
        except NoProgrammeInForce:
            return DAYS_WITHOUT_A_PROGRAMME

    async def _search(
        self, due: Sequence[VendorId], lists: Sequence[Loaded], digest: Digest
    ) -> None:
        names = {each: await self._names_of(each) for each in due}
        listed = [
            (one, name)
            for one in lists
            for name in await keeping.names_on(self.tables, one.digest) or ()
        ]
        asked = Asked(
            tuple(name for _, name in listed),
            tuple(tuple(each.name for each in names[one]) for one in due),
        )
        answered = await self.matcher.find(asked)
        for one, hits in zip(due, answered, strict=True):
            found = [self._suspicion(names[one], hit, listed) for hit in hits]
            await self._record(one, len(names[one]), found, lists, digest)

    async def _names_of(self, one: VendorId) -> tuple[Named, ...]:
        """What the vault can still open."""
        entries = await self.handler.store.load(one)
        events = [(each, self.handler.registry.read(each.envelope)) for each in entries]
        naming = [
            (each.envelope.id, isinstance(event, VendorOwnerRecorded))
            for each, event in events
            if isinstance(event, VendorProposed | VendorOwnerRecorded)
        ]
        opened = await self.handler.store.disclosures([event_id for event_id, _ in naming])
        named = [
            Named(each.value, owner)
            for event_id, owner in naming
            for each in opened.get(event_id, ())
            if each.name in NAMES
        ]
        return tuple(dict.fromkeys(named))

    def _suspicion(
        self, names: Sequence[Named], hit: Hit, listed: Sequence[tuple[Loaded, Listed]]
    ) -> Suspicion:
        one, name = listed[hit.listed]
        named = names[hit.number]
        return Suspicion(
            match=self._match(one, name, named),
            source=one.source,
            version=one.version,
            entry=name.entry,
            listed_name=name.name,
            owner=named.owner,
            likeness=hit.likeness,
        )

    def _match(self, one: Loaded, name: Listed, named: Named) -> Digest:
        """The same for the same two names, whatever else changes."""
        told = f"{one.source}\n{name.entry}\n{name.name}\n{named.name}"
        about = b"sanctions match\n" + told.encode()
        return Digest(hmac.digest(self.key, about, hashlib.sha256).hex())

    async def _record(
        self,
        one: VendorId,
        names: int,
        found: Sequence[Suspicion],
        lists: Sequence[Loaded],
        digest: Digest,
    ) -> None:
        await keeping.keep_suspicions(self.tables, one, found)
        search = RecordSearch(
            by=SYSTEM,
            at=self.handler.clock.now(),
            list_set=Code("/".join(each.source for each in lists)),
            list_version=Code("/".join(each.version for each in lists)[:64]),
            lists=digest,
            names=names,
            found=tuple(each.match for each in found),
            counts_until=await self._counts_until(),
        )
        await self.handler.do(Act(vendor, one, search), context=await self._context_of(one))

    async def _counts_until(self) -> date | None:
        try:
            diligence = await views.diligence(self.tables)
        except NoProgrammeInForce:
            return None
        return diligence.screening_holds_until(self.handler.clock.now().date())

    async def _context_of(self, one: VendorId) -> Context:
        first = await self.handler.store.load(one, limit=1)
        envelope = first[0].envelope
        return Context(actor=PLATFORM, correlation=envelope.correlationid, causation=envelope.id)


async def keep_screened(running: Any) -> None:
    """The service's task."""
    given = running.gateways
    screener = Screener(running.handler, running.store.pool, given.matcher, given.matching_key)
    while True:
        await screener.screen_due()
        await running.clock.sleep(POLL_SECONDS)  # the views follow; others approve payments


async def tell_silences(running: Any) -> None:
    """The service's other task: that nobody has said anything is a finding."""
    given = running.gateways
    screener = Screener(running.handler, running.store.pool, given.matcher, given.matching_key)
    while True:
        await screener.tell_silences()
        await running.clock.sleep(SILENCES_EACH_SECONDS)
