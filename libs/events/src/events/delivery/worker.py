"""A worker: runs everything of a service that is not HTTP, and keeps it running.

The relay, each (view, source), (policy, source) and (effect, source), and the service's own tasks
are asyncio tasks. One that fails by a mistake of ours or of the world is started again after a
pause that grows to a bound. A consumer that met a poison event stands still, for all to see, until
an operator lets it retry or, with a reason, skips the event; so does the relay before a bus with
another history, and a consumer that is said to have come further than its source has.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from events.cancelling import heed_cancellation
from events.delivery.consume import (
    Beyond,
    Consumer,
    Ear,
    Keeping,
    Poison,
    Projection,
    React,
    Reaction,
    Taker,
    place,
)
from events.delivery.ports import Feed, Leader, Stop, Tracking, Watch
from events.delivery.relay import Forked, Relay
from events.delivery.sources import Ahead, ForeignHistory, Forged, History, Missed, OwnHistory
from events.handler import Act, Handler
from events.ports import Bus, Unavailable
from events.registry import Registry
from events.service import Copy, Effect, Erasing, Heard, Policy, Service, View

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
RELAY = "relay"
"""The relay's name among those that may stand still."""
RECENTLY = timedelta(seconds=2 * LONGEST_PAUSE_SECONDS)
"""A part that failed since then is not known to be well: it may still be in its pause."""
STOPPED_POLL_SECONDS = 1.0
"""How often a stopped consumer looks whether it may go on."""
GAUGE_SECONDS = 5.0
"""How often the lags are measured."""
LOOK_SECONDS = 0.05
"""How often a reader looks whether a view that another process keeps has come far enough."""


class Progress:
    """How far the consumers of this process have come, and waiting for one."""

    def __init__(self, tracking: Tracking) -> None:
        self._tracking = tracking
        self._moved = asyncio.Event()
        self.reached: dict[tuple[str, str], int] = {}
        """Position by (consumer, source)."""
        self.stopped: tuple[str, ...] = ()
        """The views that stand still, in whichever process: what they show is no longer true."""

    def arrived(self, consumer: str, source: str, position: int) -> None:
        self.reached[consumer, source] = position
        self._moved.set()
        self._moved = asyncio.Event()

    async def at_least(
        self, consumer: str, source: str, position: int, timeout_seconds: float
    ) -> bool:
        """Wait until the view has taken the source's event at `position`; False: not in time."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while self.reached.get((consumer, source), 0) < position:
                    moved = self._moved
                    if await self._tracking.last(consumer, source) >= position:
                        return True
                    try:
                        async with asyncio.timeout(LOOK_SECONDS):
                            await moved.wait()
                    except TimeoutError:
                        continue
        except TimeoutError:
            return False
        return True


@dataclass(frozen=True)
class Delivery:
    """What a worker works with."""

    handler: Handler
    bus: Bus
    feed: Feed
    tracking: Tracking
    leader: Leader
    watch: Watch = field(default_factory=Watch)
    gateways: Any = None
    """Handed to the service's effects."""
    running: Any = None
    """Handed to the service's tasks."""


class Worker:
    """Runs one declared service's relay, views, policies, effects and tasks."""

    def __init__(self, service: Service, delivery: Delivery) -> None:
        erasing = () if service.erasing is None else (service.erasing,)
        parts: tuple[View | Copy[Any] | Policy | Effect | Erasing, ...]
        parts = (*service.views, *service.copies, *service.policies, *service.effects, *erasing)
        names = [part.name for part in parts]
        if len(set(names)) != len(names):
            raise ValueError(f"{service.name}: two views, copies, policies or effects of one name")
        self.service = service
        self.progress = Progress(delivery.tracking)
        self.failures: dict[str, tuple[datetime, str]] = {}
        """By part, when it last failed and where in the code."""
        self._with = delivery
        self._views = {view.name: view for view in service.views}
        self._consumers = [
            *(consumer for view in service.views for consumer in self._view(view)),
            *(consumer for copy in service.copies for consumer in self._copy(copy)),
            *(consumer for policy in service.policies for consumer in self._policy(policy)),
            *(consumer for effect in service.effects for consumer in self._effect(effect)),
            *(consumer for each in erasing for consumer in self._erasing(each)),
        ]

    async def run(self) -> None:
        """For ever; while another process of this service leads, waiting."""
        looking = asyncio.create_task(self._supervise("stops", self._look), name="stops")
        try:
            await self._with.leader.lead(f"{self.service.name}.worker", self._work)
        finally:
            looking.cancel()
            await asyncio.wait({looking})

    @property
    def stopped(self) -> Sequence[str]:
        """The views that stand still."""
        return self.progress.stopped

    async def look(self) -> None:
        """See which views stand still. `Unavailable`."""
        standing = {stop.consumer for stop in await self._with.tracking.stops()}
        self.progress.stopped = tuple(v.name for v in self.service.views if v.name in standing)

    async def _look(self) -> None:
        while True:
            await self.look()
            await self._with.handler.clock.sleep(STOPPED_POLL_SECONDS)

    async def at_least(self, view: str, position: int, timeout_seconds: float) -> bool:
        """Wait until the view has taken this service's own event at `position`."""
        return await self.progress.at_least(view, self.service.name, position, timeout_seconds)

    async def reach(self, position: int, timeout_seconds: float) -> bool:
        """Wait until every view has taken this service's own event at `position`."""
        own = self.service.name
        reached = await asyncio.gather(
            *(
                self.at_least(view.name, position, timeout_seconds)
                for view in self.service.views
                if own in view.hears
            )
        )
        return all(reached)

    def failing(self) -> Mapping[str, str]:
        """The parts that are failing again and again, or did just now; and where."""
        since = self._with.handler.clock.now() - RECENTLY
        return {part: where for part, (at, where) in self.failures.items() if at > since}

    async def rebuild(self, view: str) -> None:
        """Empty the view and project all history into it again. Returns when it has caught up.

        Whoever reads it meanwhile sees it fill.
        """
        declared = next(each for each in self.service.views if each.name == view)
        await self._with.tracking.reset(view, declared.tables)
        for consumer in self._consumers:
            if consumer.name != view:
                continue
            self.progress.reached.pop((view, consumer.source), None)
            head = await self._head(consumer.source)
            await self._catch_up(consumer, head)

    async def _catch_up(self, consumer: Consumer, head: int) -> None:
        """Project up to the head. It goes on side by side with the consumer's own loop: the
        tracking row decides which of the two takes a batch.
        """
        at = 0
        async with aclosing(consumer.history.listen(0)) as batches:
            while at < head:
                if entries := await anext(batches):
                    at = await consumer.take(entries)
                    consumer.arrived(consumer.name, consumer.source, at)

    async def _work(self) -> None:
        handler, watch = self._with.handler, self._with.watch
        relay = Relay(self.service.name, handler.store, self._with.bus, handler.clock, watch)
        async with asyncio.TaskGroup() as tasks:
            relaying = self._guarded(RELAY, self.service.name, relay.run)
            tasks.create_task(self._supervise(RELAY, relaying), name=RELAY)
            tasks.create_task(self._supervise("gauge", self._gauge), name="gauge")
            for consumer in self._consumers:
                part = f"{consumer.name} of {consumer.source}"
                consuming = self._guarded(consumer.name, consumer.source, consumer.run)
                tasks.create_task(self._supervise(part, consuming), name=part)
            for task in self.service.tasks:
                part = getattr(task, "__name__", "task")
                tasks.create_task(self._supervise(part, self._bound(task)), name=part)

    def _bound(self, task: Callable[[Any], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        return lambda: task(self._with.running)

    async def _supervise(self, part: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run it until it returns; after an error again, each time after a longer pause."""
        pause = FIRST_PAUSE_SECONDS
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                return await work()
            except Exception as error:  # noqa: BLE001  told to the telemetry, then tried again
                heed_cancellation(error)
                self._with.watch.failed(part, error)
                self.failures[part] = self._with.handler.clock.now(), place(error)
            if loop.time() - began > LONGEST_PAUSE_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            await self._with.handler.clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _guarded(
        self, name: str, source: str, run: Callable[[], Awaitable[None]]
    ) -> Callable[[], Awaitable[None]]:
        """Run it; when it must not go on, let it stand still until a person has decided."""

        async def guarded() -> None:
            while True:
                await self._until_it_may_go_on(name, source)
                try:
                    await run()
                except Poison as poison:
                    await self._stop(name, source, poison.position, poison.cause)
                except Forked as fork:
                    await self._stop(name, source, fork.position, fork)
                except Beyond as beyond:
                    await self._stop(name, source, beyond.position, beyond, said=str(beyond))
                    await self._until_it_may_go_on(name, source)
                    await self._put_back(name, source, beyond.position)

        return guarded

    async def _until_it_may_go_on(self, name: str, source: str) -> None:
        watch = self._with.watch
        while any(
            (stop.consumer, stop.source) == (name, source)
            for stop in await self._with.tracking.stops()
        ):
            watch.standing(name, source, stopped=True)
            await self._with.handler.clock.sleep(STOPPED_POLL_SECONDS)
        watch.standing(name, source, stopped=False)

    async def _put_back(self, name: str, source: str, beyond: int) -> None:
        """To where it was seen to be; where nobody saw it, to the beginning. What a policy or an
        effect answered stays answered. A view is made again: nobody knows what it lacks. Where a
        person has put it somewhere else meanwhile, it stays there.
        """
        tracking, view = self._with.tracking, self._views.get(name)
        if await tracking.last(name, source) != beyond:
            return
        if view is not None:
            await tracking.reset(name, view.tables)
            return
        async with tracking.batch(name, source) as batch:
            await batch.advance(self.progress.reached.get((name, source), 0))

    async def _stop(
        self, name: str, source: str, position: int, cause: BaseException, said: str = ""
    ) -> None:
        stop = Stop(name, source, position, said or place(cause), self._with.handler.clock.now())
        await self._with.tracking.stop(stop)
        await self.look()
        self._with.watch.failed(f"{name} of {source}", cause)

    async def _head(self, source: str) -> int:
        if source == self.service.name:
            return await self._with.handler.store.head()
        return await self._with.bus.last(source)

    async def _gauge(self) -> None:
        """Measure how far the relay and each consumer are behind, for ever."""
        while True:
            for source in dict.fromkeys(consumer.source for consumer in self._consumers):
                with suppress(Unavailable):
                    self._measure(source, await self._head(source))
            with suppress(Unavailable):
                own = self.service.name
                on_the_bus = await self._with.bus.last(own)
                self._with.watch.lag(RELAY, own, await self._head(own) - on_the_bus)
            with suppress(Unavailable):
                self._with.watch.refused(await self._with.tracking.refused())
            await self._with.handler.clock.sleep(GAUGE_SECONDS)

    def _measure(self, source: str, head: int) -> None:
        for (consumer, heard), at in self.progress.reached.items():
            if heard == source:
                self._with.watch.lag(consumer, source, max(0, head - at))

    # What is declared becomes consumers

    def _view(self, view: View) -> Iterator[Consumer]:
        for ear in _ears(view.hears):
            taker = Projection(view, ear, self._with.tracking)
            yield self._consumer(view.name, ear.source, taker)

    def _copy(self, copy: Copy[Any]) -> Iterator[Consumer]:
        turns = asyncio.Lock()
        for source in copy.sources:
            taker = Keeping(copy, source, self._with.tracking, turns)
            missed = self._noting(copy.missed, copy.name, source)
            forged = self._noting(copy.forged, copy.name, source)
            history = Ahead(self._history(source, missed, forged), taker.ready)
            yield replace(self._consumer(copy.name, source, taker), history=history)

    def _noting(
        self, note: Callable[..., Awaitable[None]] | None, name: str, source: str
    ) -> Callable[..., Awaitable[None]] | None:
        """What the copy wants to be told of the source, while its position stands still."""
        if note is None:
            return None

        async def noting(*what: Any) -> None:
            async with self._with.tracking.batch(name, source) as batch:
                await note(source, *what, batch.connection)

        return noting

    def _policy(self, policy: Policy) -> Iterator[Consumer]:
        async def react(fact: Heard[Any]) -> list[Act[Any, Any, Any]]:
            return list(policy.react(fact))

        for ear in _ears(policy.hears):
            yield self._consumer(policy.name, ear.source, self._reaction(policy.name, react, ear))

    def _effect(self, effect: Effect) -> Iterator[Consumer]:
        async def react(fact: Heard[Any]) -> list[Act[Any, Any, Any]]:
            return list(await effect.run(fact, self._with.gateways))

        for ear in _ears(effect.hears):
            yield self._consumer(effect.name, ear.source, self._reaction(effect.name, react, ear))

    def _erasing(self, erasing: Erasing) -> Iterator[Consumer]:
        async def react(fact: Heard[Any]) -> list[Act[Any, Any, Any]]:
            ordered = fact.event
            purges = [partial(purge, ordered) for purge in erasing.purges]
            destroyed = await self._with.handler.store.erase(
                ordered.person, ordered.kinds, also=purges
            )
            return [erasing.record(ordered, self._with.handler.clock.now(), destroyed)]

        for ear in _ears(erasing.hears):
            yield self._consumer(erasing.name, ear.source, self._reaction(erasing.name, react, ear))

    def _reaction(self, name: str, react: React, ear: Ear) -> Reaction:
        return Reaction(name, react, ear, self._with.handler, self._with.tracking, self._with.watch)

    def _consumer(self, name: str, source: str, taker: Taker) -> Consumer:
        return Consumer(
            name=name,
            source=source,
            history=self._history(source),
            taker=taker,
            watch=self._with.watch,
            arrived=self.progress.arrived,
        )

    def _history(
        self, source: str, missed: Missed | None = None, forged: Forged | None = None
    ) -> History:
        handler = self._with.handler
        if source == self.service.name:
            return OwnHistory(handler.store)
        return ForeignHistory(
            source, self._with.bus, self._with.feed, handler.clock, self._with.watch, missed, forged
        )


def _ears(hears: Mapping[str, Registry]) -> Iterator[Ear]:
    return (Ear(source, registry) for source, registry in hears.items())
