"""Keeping the blind index: it follows the history, and whoever is new in it is looked for.

What a person's entry is made of is opened from the vault, turned into tokens and forgotten again.
So the index follows the vault: who was erased has no entry, and all of it can be made anew.
A registration looks for the person by itself, before it is stored; what this finds besides is what
two people registered in the same second, an import brought, or a correction of a name showed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from events.decider import Event
from events.delivery.ports import Tracking
from events.envelope import Actor, Context, Entry
from events.erasure import SubjectErased
from events.handler import Act, Handler
from events.io.postgres import PostgresTracking
from events.personal import Kind
from events.roles import Role
from events.values import SYSTEM, CaseId, Code, PersonId
from intake.domain.case.registering import ReturneeRegistered
from intake.domain.duplicate import Known as Side
from intake.domain.duplicate import SuspectDuplicate, pair, pair_of
from intake.domain.matching.features import Blind, Features, Known, featured
from intake.duplicates import index
from intake.duplicates.index import Suspicion
from intake.views.subjects import cases_of

SOURCE = "intake"
CONSUMER = "blind_index"
TABLES = ("blind_key", "blind_person")
BATCH = 200
WAIT_SECONDS = 5.0
TOLD_APART_BY = frozenset((Kind.IDENTITY, Kind.CONTACT))

PLATFORM = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("blind_index"),
)


def suspecting(one: Side, suspicion: Suspicion, **who: Any) -> Act[Any, Any, Any]:
    """The act that says so, of which the pair makes one fact however often it is said."""
    other, weighed = suspicion.known, suspicion.weighed
    command = SuspectDuplicate(
        one=one, other=other, score=weighed.score, agreeing=weighed.agreeing, **who
    )
    return Act(pair, pair_of(one.person, other.person), command)


@dataclass(frozen=True)
class Keeper:
    """Keeps the index of one service."""

    handler: Handler
    tracking: Tracking
    pool: Any
    blind: Blind
    made_with: str

    async def take(self) -> int:
        """Index what was said since, and look for those people; the position that it came to.

        At most so many events; there may be more.
        """
        last = await self.tracking.last(CONSUMER, SOURCE)
        entries = await self.handler.store.read(last, BATCH)
        if not entries:
            return last
        told = await self._told_of(entries)
        found = await self._refresh(list(told))
        for side, features in found.items():
            if features is not None:
                await self._look_for(side, features, told[side])
        async with self.tracking.batch(CONSUMER, SOURCE) as batch:
            if batch.last == last:
                await batch.advance(entries[-1].position)
        return entries[-1].position

    async def start(self) -> None:
        """Begin anew when the tokens that are there are of another key."""
        if await index.is_of_another_key(self.pool, self.made_with):
            await self.tracking.reset(CONSUMER, TABLES)

    async def _told_of(self, entries: Sequence[Entry]) -> dict[Side, Entry]:
        """Whose values may have changed, and what says so."""
        told: dict[Side, Entry] = {}
        for entry in entries:
            event = self.handler.registry.read(entry.envelope)
            marks = self.handler.registry.kind(event).personal.values()
            if isinstance(event, SubjectErased):
                for case in await cases_of(event.person, self.pool):
                    told[Side(PersonId(event.person), case)] = entry
            elif event.about is not None and {mark.kind for mark in marks} & TOLD_APART_BY:
                of = getattr(event, "case", None)
                if of is not None:
                    told[Side(getattr(event, event.about), of)] = entry
        return told

    async def _refresh(self, sides: Sequence[Side]) -> Mapping[Side, Features | None]:
        if not sides:
            return {}
        async with self.pool.acquire() as tables, tables.transaction():
            await tables.execute("set local synchronous_commit = off")  # it can be made again
            await index.lock(tables, [side.person for side in sides])
            known = await self._known(sides)
            found = {
                side: featured(known[side], self.blind) if side in known else None for side in sides
            }
            await index.put(tables, found, made_with=self.made_with)
        return found

    async def _look_for(self, side: Side, features: Features, because: Entry) -> None:
        envelope = because.envelope
        context = Context(actor=PLATFORM, correlation=envelope.correlationid, causation=envelope.id)
        for suspicion in await index.look_up(self.pool, features, not_=side.person):
            act = suspecting(side, suspicion, by=SYSTEM, at=self.handler.clock.now())
            await self.handler.do(act, context=context)

    async def _known(self, sides: Sequence[Side]) -> dict[Side, Known]:
        """What the vault can still open of these people."""
        told: dict[Side, list[tuple[str, Event]]] = {side: [] for side in sides}
        countries: dict[CaseId, str] = {}
        for case in dict.fromkeys(side.case for side in sides):
            for entry in await self.handler.store.load(case):
                event = self.handler.registry.read(entry.envelope)
                if isinstance(event, ReturneeRegistered):
                    countries[case] = event.country_of_return
                if event.about is not None:
                    side = Side(getattr(event, event.about), case)
                    if side in told:
                        told[side].append((entry.envelope.id, event))
        ids = [event_id for events in told.values() for event_id, _ in events]
        opened = await self.handler.store.disclosures(ids)
        found: dict[Side, Known] = {}
        for side, events in told.items():
            values = [(d.name, d.value) for event_id, _ in events for d in opened.get(event_id, ())]
            sexes = [event.sex for _, event in events if hasattr(event, "sex")]
            if values:
                known = known_by(values)
                found[side] = replace(
                    known, country=countries.get(side.case), sex=sexes[-1] if sexes else known.sex
                )
        return found


def known_by(values: Sequence[tuple[str, Any]]) -> Known:
    """All that was ever told of a person: a corrected name is one that papers still bear."""
    told: dict[str, dict[str, None]] = defaultdict(dict)
    for name, value in values:
        match name:
            case "name" | "date_of_birth" | "phone":
                told[name][value] = None
            case "spellings":
                told["name"].update({each["name"]: None for each in value})
            case "documents":
                told[name].update({each["number"]: None for each in value})
            case _:
                continue
    return Known(
        names=tuple(told["name"]),
        born=tuple(told["date_of_birth"]),
        phones=tuple(told["phone"]),
        documents=tuple(told["documents"]),
    )


async def keep_blind_index(running: Any) -> None:
    """The service's task: for ever, as soon as something is said."""
    given = running.gateways
    pool = running.store.pool
    keeper = Keeper(running.handler, PostgresTracking(pool), pool, given.blind, given.made_with)
    await keeper.start()
    at = -1
    while True:
        came_to = await keeper.take()
        if came_to == at:
            await running.store.wait(at, WAIT_SECONDS)
        at = came_to
