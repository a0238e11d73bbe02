"""A consumer: takes one source's history to one view, policy or effect, each fact once in effect.

A view's tables and the consumer's position commit in one transaction. A policy's or an effect's
acts carry a claim that names the event they answer, so that an event that comes again finds its
answer standing. Of an event that cannot be taken the owner is asked, since the bus may have it
wrong; if that is no better, it stops the consumer: it is never skipped silently.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from traceback import extract_tb
from typing import Any, Protocol

from events.cancelling import heed_cancellation
from events.canonical import canonical
from events.decider import Rejected
from events.delivery.ports import Batch, Refusal, Tracking, Watch
from events.delivery.sources import History, following, in_place
from events.envelope import Actor, Context, Entry, Envelope
from events.handler import Act, Handler, Once
from events.ports import Append, Claim, ClaimTaken, Conflict, PersonErased, Unavailable
from events.registry import Registry, UnknownEvent
from events.roles import Role
from events.service import Copy, Heard, View
from events.values import SYSTEM, Code


class Beyond(Exception):
    """The consumer is said to have come further than its source has."""

    def __init__(self, position: int) -> None:
        super().__init__("it stands beyond the newest event there is: nothing would ever reach it")
        self.position = position


class Poison(Exception):
    """An event that this consumer cannot take. Our mistake, or a damaged entry."""

    def __init__(self, position: int, cause: BaseException) -> None:
        super().__init__(f"position {position}: {place(cause)}")
        self.position = position
        self.cause = cause


class Moved(Exception):
    """The consumer's position is elsewhere than we left it: another process, or a rebuild."""


def place(error: BaseException) -> str:
    """The error's class and where it was raised, without its text."""
    frames = extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    module = frames[-1].filename.rpartition("/")[2]
    return f"{type(error).__name__} at {module}:{frames[-1].lineno}"


@dataclass(frozen=True)
class Ear:
    """What a consumer hears of one source."""

    source: str
    registry: Registry

    def hear(self, entry: Entry) -> Heard[Any] | None:
        """The fact, None when it is none of ours. Raises whatever is wrong with the entry.

        A version of a known event that we cannot read is `UnknownEvent`, not none of ours.
        """
        return self.hear_opened(in_place(entry, self.source), entry.position)

    def hear_opened(self, envelope: Envelope, position: int) -> Heard[Any] | None:
        """The same, of an entry that was opened, and is in its place."""
        if envelope.type in self.registry:
            return Heard(self.registry.read(envelope), envelope, position)
        if envelope.type.rpartition(".v")[0] in self.registry.stems:
            raise UnknownEvent(envelope.type)
        return None


class Taker(Protocol):
    """What a consumer does with the entries that come next."""

    async def last(self) -> int:
        """How far it has come. `Unavailable`."""
        ...

    async def take(self, entries: Sequence[Entry]) -> int:
        """Take them and advance; where the consumer is then.

        Raises `Poison`, everything before it taken; `Moved`; `Unavailable`.
        """
        ...


async def at_once_or_one_by_one(
    take: Callable[[Sequence[Entry]], Awaitable[int]], entries: Sequence[Entry]
) -> int:
    """Take them at once; if that fails, one by one, to find the one it is: `Poison`."""
    try:
        return await take(entries)
    except (Moved, Unavailable):
        raise
    except Exception as error:
        heed_cancellation(error)
        if len(entries) == 1:
            raise Poison(entries[0].position, error) from error
    for entry in entries:
        await at_once_or_one_by_one(take, [entry])
    return entries[-1].position


@dataclass(frozen=True)
class Projection:
    """Takes facts to a view."""

    view: View
    ear: Ear
    tracking: Tracking

    async def last(self) -> int:
        return await self.tracking.last(self.view.name, self.ear.source)

    async def take(self, entries: Sequence[Entry]) -> int:
        return await at_once_or_one_by_one(self._project, entries)

    async def _project(self, entries: Sequence[Entry]) -> int:
        async with self.tracking.batch(self.view.name, self.ear.source) as batch:
            fresh = following(entries, batch.last)
            if not fresh:
                return _nothing_new(entries, batch.last)
            heard = [fact for entry in fresh if (fact := self.ear.hear(entry)) is not None]
            if heard:
                await self.view.project(heard, batch.connection)
            await batch.advance(fresh[-1].position)
        return fresh[-1].position


class Ready(list[Entry]):
    """Entries with what a copy has made of them ahead."""

    def __init__(self, entries: Sequence[Entry], made: Any) -> None:
        super().__init__(entries)
        self.made = made


@dataclass(frozen=True)
class Keeping:
    """Takes entries to a copy."""

    copy: Copy[Any]
    source: str
    tracking: Tracking
    turns: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Of all sources of the copy: one makes ready what comes while that of another is taken."""

    async def last(self) -> int:
        """What its row says; where its table tells otherwise the row is put right."""
        async with self.tracking.batch(self.copy.name, self.source) as batch:
            reached = await self._reached(batch)
            if reached != batch.last:
                await batch.advance(reached)
        return reached

    async def _reached(self, batch: Batch) -> int:
        if self.copy.reached is None:
            return batch.last
        return await self.copy.reached(self.source, batch.last, batch.connection)

    async def ready(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """The same, with what can be made of them while those before are being taken."""
        try:
            async with self.turns:
                return Ready(entries, await self.copy.ready(self.source, entries))
        except Exception:  # noqa: BLE001  which one it is shows when they are taken
            return entries

    async def take(self, entries: Sequence[Entry]) -> int:
        return await at_once_or_one_by_one(self._keep, entries)

    async def _keep(self, entries: Sequence[Entry]) -> int:
        if isinstance(entries, Ready):
            made = entries.made
        else:
            made = await self.copy.ready(self.source, entries)
        async with self.tracking.batch(self.copy.name, self.source) as batch:
            last = await self._reached(batch)
            fresh = following(entries, last)
            if not fresh:
                return _nothing_new(entries, last)
            if len(fresh) < len(entries):
                made = await self.copy.ready(self.source, fresh)
            await self.copy.keep(made, batch.connection)
            await batch.advance(fresh[-1].position)
        return fresh[-1].position


def _nothing_new(entries: Sequence[Entry], last: int) -> int:
    """All of the batch was taken before; or it begins too late, and then `Moved`."""
    if entries[-1].position > last:
        raise Moved
    return last


React = Callable[[Heard[Any]], Awaitable[Iterable[Act[Any, Any, Any]]]]


@dataclass(frozen=True)
class Reaction:
    """Takes facts to a policy or an effect, and what that asks for to the handler."""

    name: str
    react: React
    ear: Ear
    handler: Handler
    tracking: Tracking
    watch: Watch

    async def last(self) -> int:
        return await self.tracking.last(self.name, self.ear.source)

    async def take(self, entries: Sequence[Entry]) -> int:
        last = at = await self.last()
        fresh = following(entries, last)
        if not fresh:
            return _nothing_new(entries, last)
        refusals: list[Refusal] = []
        failure: Exception | None = None
        for entry in fresh:
            try:
                fact = self.ear.hear(entry)
                if fact is not None and (refusal := await self._answer(fact, entry)) is not None:
                    refusals.append(refusal)
            except Unavailable as error:
                failure = error
                break
            except Exception as error:  # noqa: BLE001  whatever it is, the consumer stops for it
                heed_cancellation(error)
                failure = Poison(entry.position, error)
                break
            at = entry.position
        if at > last:
            await self._advance(last, at, refusals)
        if failure is not None:
            raise failure
        return at

    async def _advance(self, last: int, at: int, refusals: Sequence[Refusal]) -> None:
        async with self.tracking.batch(self.name, self.ear.source) as batch:
            if batch.last != last:
                raise Moved
            for refusal in refusals:
                await batch.refused(refusal)
            await batch.advance(at)

    async def _answer(self, fact: Heard[Any], entry: Entry) -> Refusal | None:
        """Do what follows from the fact, unless that was done; the refusal when it was refused.

        The claim decides: whoever takes it has given the event's one answer, and a refusal takes
        it as well. So two processes never answer differently.
        """
        once = Once(f"{self.name}:{fact.envelope.id}", entry.digest, scope="policy")
        held = await self.handler.store.claim(once.scope, once.key)
        if held is not None:
            return self._refusal(fact, held.answer)
        with self.watch.handling(self.name, fact.envelope) as traceparent:
            acts = tuple(await self.react(fact))
            if not acts:
                return None
            try:
                done = await self.handler.do(*acts, context=follow(fact, traceparent), once=once)
            except Rejected as refusal:
                said = canonical({"rule": refusal.rule, "facts": refusal.facts()})
            except ClaimTaken as taken:
                held = taken.held
                facts = {"scope": held.scope, "key": held.key}
                said = canonical({"rule": "ClaimTaken", "facts": facts})
            except PersonErased as erased:
                facts = {"person": erased.person, "kind": erased.kind}
                said = canonical({"rule": "PersonErased", "facts": facts})
            except Conflict as error:
                raise Unavailable("others keep writing to the same stream") from error
            else:
                return self._refusal(fact, done.answer)
            return self._refusal(fact, await self._settle(once, said))

    async def _settle(self, once: Once, said: bytes) -> bytes | None:
        """Make the refusal the event's answer; the answer that stands, if another was faster."""
        claim = Claim(once.scope, once.key, once.fingerprint, said)
        try:
            await self.handler.store.append(Append((), (claim,)))
        except ClaimTaken as taken:
            return taken.held.answer
        return said

    def _refusal(self, fact: Heard[Any], answer: bytes | None) -> Refusal | None:
        if answer is None:
            return None
        return Refusal.read(self.name, fact, answer, self.handler.clock.now())


def follow(fact: Heard[Any], traceparent: str | None) -> Context:
    """The surroundings of what the platform itself does because of a fact."""
    return Context(
        actor=Actor(
            id=SYSTEM,
            role=Code(Role.SERVICE),
            organisation=Code("homeward"),
            authentication=Code("policy"),
        ),
        tenant=fact.envelope.tenant,
        correlation=fact.envelope.correlationid,
        causation=fact.envelope.id,
        traceparent=traceparent,
    )


@dataclass(frozen=True)
class Consumer:
    """One view, policy or effect, and one source of facts."""

    name: str
    source: str
    history: History
    taker: Taker
    watch: Watch
    arrived: Callable[[str, str, int], None]
    """Told each position that is reached."""

    async def run(self) -> None:
        """For ever. Raises `Beyond`, `Poison` and `Unavailable`."""
        while True:
            at = await self.taker.last()
            if not await self.history.reaches(at):
                raise Beyond(at)
            self.arrived(self.name, self.source, at)
            async with aclosing(self.history.listen(at)) as batches:
                async for entries in batches:
                    try:
                        at = await self._step(entries, at)
                    except Moved:
                        break

    async def _step(self, entries: Sequence[Entry], at: int) -> int:
        if not entries:
            here = await self.taker.last() == at
            if not here or not await self.history.reaches(at):
                raise Moved
            return at
        at = await self.take(entries)
        if at > entries[-1].position:  # another process was faster, or a position was put there
            raise Moved
        self.arrived(self.name, self.source, at)
        return at

    async def take(self, entries: Sequence[Entry]) -> int:
        """Take them, each that cannot be taken as its owner has it. Where the consumer is then.

        Raises `Poison`, when the owner has it no better; `Moved`; `Unavailable`.
        """
        while True:
            try:
                return await self.taker.take(entries)
            except Poison as poison:
                true = await self.history.owners(poison.position)
                if true is None or true in entries:
                    raise
                self.watch.healed(self.source, poison.position)
                entries = [true if e.position == true.position else e for e in entries]
