"""Serve: the composition root. A declared service and its settings become a running process."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import uvloop

from events.delivery.worker import Delivery, Worker
from events.handler import Handler
from events.io.bus import open_bus
from events.io.http import Desk
from events.io.http.server import Server
from events.io.identity import Tokens
from events.io.keys import PublishedKeys
from events.io.peers import Peers
from events.io.postgres import (
    EpochKeys,
    PostgresLeader,
    PostgresStore,
    PostgresTracking,
    migrate,
    open_store,
)
from events.io.settings import BadSettings, Settings
from events.io.system import SystemClock, SystemIds
from events.io.watch import LogWatch
from events.ports import Clock, Ids, Unavailable
from events.service import Service

T = TypeVar("T")

PATIENCE_SECONDS = 120.0
"""How long a service waits for its database before it gives up."""
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0
HTTP_TIMEOUT_SECONDS = 10.0
BAD_SETTINGS_STATUS = 2
NOT_READY_STATUS = 3


@dataclass(frozen=True)
class Running:
    """A running service, as its gateways and its tasks see it."""

    service: Service
    settings: Settings
    clock: Clock
    ids: Ids
    store: PostgresStore
    handler: Handler
    peers: Peers
    client: httpx.AsyncClient


def serve(service: Service) -> None:
    """Run the service until it is told to stop. What `python -m <service>.main` does."""
    try:
        settings = Settings.read(service.name, os.environ)
    except BadSettings as error:
        print(error, file=sys.stderr)  # noqa: T201  there is no log yet
        sys.exit(BAD_SETTINGS_STATUS)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(service, settings))
    except Unavailable as error:
        print(f"{service.name} gave up waiting: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(NOT_READY_STATUS)


async def run(service: Service, settings: Settings) -> None:
    """The whole life of the process, everything put away at the end. `Unavailable`."""
    async with AsyncExitStack() as stack:
        running = await _compose(service, settings, stack)
        gateways: Any = service.gateways(running) if service.gateways else None
        if gateways is not None and hasattr(gateways, "aclose"):
            stack.push_async_callback(gateways.aclose)
        worker = await _worker(running, gateways, stack)
        desk = Desk(
            handler=running.handler,
            tokens=Tokens(
                issuer=settings.issuer_url,
                keys=PublishedKeys(settings.issuer_url, running.client),
                clock=running.clock,
            ),
            view=running.store.pool,
            progress=worker,
            checks={"database": _database_check(running.store)},
            gateways=gateways,
        )
        server = Server(service.api.app(desk), settings.host, settings.port)
        await _until_one_ends(server.serve(), worker.run())


async def _until_one_ends(*works: Coroutine[Any, Any, None]) -> None:
    """Run them together; when one ends, well or not, so do the others."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        task.result()


async def _worker(running: Running, gateways: Any, stack: AsyncExitStack) -> Worker:
    """Everything of the service that is not HTTP."""
    settings, watch = running.settings, LogWatch()
    bus = await stack.enter_async_context(
        open_bus(settings.nats_url, settings.nats_user, settings.nats_password, watch)
    )
    delivery = Delivery(
        handler=running.handler,
        bus=bus,
        feed=running.peers.heal,
        tracking=PostgresTracking(running.store.pool),
        leader=PostgresLeader(settings.database_url),
        watch=watch,
        gateways=gateways,
        running=running,
    )
    return Worker(running.service, delivery)


async def _compose(service: Service, settings: Settings, stack: AsyncExitStack) -> Running:
    clock, ids = SystemClock(), SystemIds()
    migration_url = settings.migration_database_url
    if migration_url is not None:
        await patiently(lambda: migrate(migration_url, service.migrations))
    epochs = EpochKeys(settings.epoch_key)
    store = await patiently(
        lambda: stack.enter_async_context(open_store(settings.database_url, epochs))
    )
    client = await stack.enter_async_context(httpx.AsyncClient(timeout=HTTP_TIMEOUT_SECONDS))
    return Running(
        service=service,
        settings=settings,
        clock=clock,
        ids=ids,
        store=store,
        handler=Handler(service.registry, store, clock, ids),
        peers=Peers(
            client=client,
            urls=settings.service_urls,
            issuer=settings.issuer_url,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
        ),
        client=client,
    )


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try until the world is ready, for two minutes at most. `Unavailable`."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + PATIENCE_SECONDS
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return await attempt()
        except (Unavailable, OSError) as error:
            if loop.time() + pause > give_up_at:
                raise Unavailable(str(error)) from error
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _database_check(store: PostgresStore) -> Callable[[], Awaitable[str | None]]:
    async def check() -> str | None:
        try:
            await store.head()
        except Unavailable:
            return "the database does not answer"
        return None

    return check
