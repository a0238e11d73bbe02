"""The recorder interfaces of the `eventsourcing` library (9.5), kept by our Postgres store.

The library is synchronous, the store is not: a loop in a thread of its own runs the store. What
the library stores becomes an entry like any other; what a service of ours has stored is read as
the library's events. So its own test cases judge our store, and a stock application opens our
histories. To use it: PERSISTENCE_MODULE=libs.events.tests.contract.bridge, HOMEWARD_DATABASE_URL.

What the library allows and our store does not: a stream begins at version 0 or 1 and continues
without a gap. Snapshots, whose versions have gaps, are therefore not kept as a stream here.
"""

import asyncio
import base64
import json
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from eventsourcing import persistence
from eventsourcing.persistence import IntegrityError, Notification, StoredEvent, Tracking
from eventsourcing.utils import resolve_topic

from events.canonical import canonical
from events.envelope import Actor, Context, Entry, Envelope, split_at_position, write_entry
from events.io.postgres import EpochKeys, PostgresStore, open_store
from events.io.postgres.append import Pending, arguments
from events.io.postgres.line import CALL
from events.io.system import SystemClock, SystemIds
from events.ports import Append, Conflict
from events.registry import Draft
from events.values import SYSTEM, Code

T = TypeVar("T")

CONTEXT = Context(
    actor=Actor(id=SYSTEM, role=Code("service"), organisation=Code("homeward")),
    correlation="eventsourcing",
)
STATE = "eventsourcing_state"
VERSION = "eventsourcing_version"


class Bridge:
    """Our store, to be called from any thread."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="bridge", daemon=True)
        self._thread.start()
        self._opening = open_store(url, EpochKeys(b"k" * 32))
        self.store: PostgresStore = self.run(self._opening.__aenter__())

    def start(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.start(work).result()

    def close(self) -> None:
        if not self._loop.is_closed():
            self.run(self._opening.__aexit__(None, None, None))
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


class Recorder(persistence.AggregateRecorder):
    """Events by stream."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        self.bridge.run(self._insert(stored_events, **kwargs))
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        events = [
            event
            for event in map(_stored_event, self.bridge.run(self._load(originator_id)))
            if (gt is None or event.originator_version > gt)
            and (lte is None or event.originator_version <= lte)
        ]
        return (events[::-1] if desc else events)[:limit]

    async def _load(self, originator_id: UUID | str) -> Sequence[Entry]:
        return await self.bridge.store.load(str(originator_id))

    async def _insert(
        self, stored_events: Sequence[StoredEvent], tracking: Tracking | None = None
    ) -> Sequence[int]:
        try:
            append = Append(tuple(await self._drafts(stored_events)))
            if tracking is None:
                return await self.bridge.store.append(append)
            return await self._insert_tracked(append, tracking)
        except Conflict as error:
            raise IntegrityError(str(error)) from error

    async def _drafts(self, stored_events: Sequence[StoredEvent]) -> list[Draft]:
        drafts: list[Draft] = []
        last: dict[UUID | str, tuple[int, int | None]] = {}
        for event in stored_events:
            if event.originator_id not in last:
                entries = await self._load(event.originator_id)
                theirs = _stored_event(entries[-1]).originator_version if entries else None
                last[event.originator_id] = (len(entries), theirs)
            ours, theirs = last[event.originator_id]
            if event.originator_version not in ((0, 1) if theirs is None else (theirs + 1,)):
                raise Conflict(f"{event.originator_id} is at version {theirs}")
            drafts.append(_draft(event, ours + 1))
            last[event.originator_id] = (ours + 1, event.originator_version)
        return drafts

    async def _insert_tracked(self, append: Append, tracking: Tracking) -> Sequence[int]:
        """Events and tracking in one transaction, as our consumers do it with their views."""
        pending = Pending(append, (), asyncio.get_running_loop().create_future())
        async with self.bridge.store.pool.acquire() as connection, connection.transaction():
            answer: Any = await connection.fetchrow(CALL, *arguments([pending]))
            if answer["refused"]:
                raise Conflict("a stream is at another version")
            await _track(connection, tracking)
        return [answer["base"] + number for number, _ in enumerate(append.drafts, start=1)]


class ApplicationRecorder(Recorder, persistence.ApplicationRecorder):
    """Events by stream and in the order of the whole history."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        return list(self.bridge.run(self._insert(stored_events, **kwargs)))

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = (start or 0) - (1 if inclusive_of_start and start else 0)
        return [
            _notification(entry)
            for entry in self.bridge.run(self._read(after, limit, stop, topics))
        ]

    async def _read(
        self, after: int, limit: int, stop: int | None, topics: Sequence[str]
    ) -> Sequence[Entry]:
        rows = await self.bridge.store.pool.fetch(
            "select pos, entry from es_event where pos > $1 and pos <= coalesce($2, pos)"
            " and (cardinality($3::text[]) = 0 or type = any ($3)) order by pos limit $4",
            after,
            stop,
            list(topics),
            limit,
        )
        return [Entry(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        return self.bridge.run(self.bridge.store.head()) or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "Subscription":
        return Subscription(self, gt, topics)


class Subscription(persistence.ListenNotifySubscription[ApplicationRecorder]):
    """Wakes whenever the history grows, whichever process it was."""

    def __init__(
        self, recorder: ApplicationRecorder, gt: int | None, topics: Sequence[str]
    ) -> None:
        super().__init__(recorder, gt, topics)
        self._following = recorder.bridge.start(self._follow(recorder.bridge.store, gt or 0))

    async def _follow(self, store: PostgresStore, head: int) -> None:
        while not self._has_been_stopped:
            head = await store.wait(head, timeout_seconds=60)
            self._has_been_notified.set()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        self._following.cancel()
        super().__exit__(*args, **kwargs)


class TrackingRecorder(persistence.TrackingRecorder):
    """How far another application's history has been processed."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge

    def insert_tracking(self, tracking: Tracking) -> None:
        self.bridge.run(_track(self.bridge.store.pool, tracking))

    def max_tracking_id(self, application_name: str) -> int | None:
        return self.bridge.run(self._last(application_name))

    async def _last(self, application_name: str) -> int | None:
        last: int | None = await self.bridge.store.pool.fetchval(
            "select pos from es_tracking where consumer = 'eventsourcing' and source = $1",
            application_name,
        )
        return last


class ProcessRecorder(TrackingRecorder, ApplicationRecorder, persistence.ProcessRecorder):
    """Events, and what they are the processing of, in one transaction."""


class Factory(persistence.InfrastructureFactory[TrackingRecorder]):
    """What a stock application asks for its recorders."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.bridge = Bridge(self.env["HOMEWARD_DATABASE_URL"])

    def close(self) -> None:
        self.bridge.close()

    def aggregate_recorder(self, purpose: str = "events") -> Recorder:
        assert purpose == "events", "our store keeps its own snapshots"
        return Recorder(self.bridge)

    def application_recorder(self) -> ApplicationRecorder:
        return ApplicationRecorder(self.bridge)

    def tracking_recorder(
        self, tracking_recorder_class: type[TrackingRecorder] | None = None
    ) -> TrackingRecorder:
        topic = self.env.get(self.TRACKING_RECORDER_TOPIC)
        chosen = tracking_recorder_class or (resolve_topic(topic) if topic else TrackingRecorder)
        recorder: TrackingRecorder = chosen(self.bridge)
        return recorder

    def process_recorder(self) -> ProcessRecorder:
        return ProcessRecorder(self.bridge)


async def _track(connection: Any, tracking: Tracking) -> None:
    """Only ever forward."""
    advanced = await connection.fetchval(
        "insert into es_tracking as t (consumer, source, pos) values ('eventsourcing', $1, $2)"
        " on conflict (consumer, source) do update set pos = excluded.pos"
        " where t.pos < excluded.pos returning pos",
        tracking.application_name,
        tracking.notification_id,
    )
    if advanced is None:
        raise IntegrityError(f"{tracking.application_name} is beyond {tracking.notification_id}")


def _draft(event: StoredEvent, version: int) -> Draft:
    """The library's event as an entry; its state may be any bytes."""
    state = base64.b64encode(event.state).decode()
    event_id, now = SystemIds().event_id(), SystemClock().now()
    entry = write_entry(
        id=event_id,
        service="eventsourcing",
        type=event.topic,
        stream=str(event.originator_id),
        version=version,
        at=now,
        recorded=now,
        context=CONTEXT,
        data=canonical({STATE: state, VERSION: event.originator_version}),
    )
    before, after = split_at_position(entry)
    stream = str(event.originator_id)
    return Draft(stream, version, event.topic, event_id, before, after, None, ())


def _stored_event(entry: Entry) -> StoredEvent:
    envelope = entry.envelope
    return StoredEvent(*_originator(envelope), envelope.type, _state(envelope))


def _notification(entry: Entry) -> Notification:
    envelope = entry.envelope
    return Notification(*_originator(envelope), envelope.type, _state(envelope), id=entry.position)


def _originator(envelope: Envelope) -> tuple[UUID | str, int]:
    """A stream of ours has an id that is no UUID, and our version."""
    version = msgspec.json.decode(envelope.data).get(VERSION, int(envelope.sequence))
    try:
        return UUID(envelope.subject), version
    except ValueError:
        return envelope.subject, version


def _state(envelope: Envelope) -> bytes:
    """The bytes that the library stored; of an event of ours, its data as the library's JSON."""
    data = msgspec.json.decode(envelope.data)
    if STATE in data:
        return base64.b64decode(data[STATE])
    time = {"_type_": "datetime_iso", "_data_": envelope.time.isoformat()}
    return json.dumps(data | {"timestamp": time, "by": envelope.actorid}).encode()
