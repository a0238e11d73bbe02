"""Serve: the composition root. A declared service and its settings become a running process."""

import asyncio
import os
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import uvloop

from events.delivery.ports import Tracking
from events.delivery.worker import Delivery, Worker
from events.documents import DocumentStore
from events.handler import Handler
from events.io.bus import open_bus
from events.io.documents.opened import open_documents
from events.io.http import Desk
from events.io.http.server import Server
from events.io.identity import Tokens
from events.io.keys import PublishedKeys
from events.io.logs import log_lines
from events.io.patience import patiently
from events.io.peers import Peers
from events.io.postgres import (
    EpochKeys,
    PostgresLeader,
    PostgresStore,
    PostgresTracking,
    open_store,
    up_to_date,
)
from events.io.postgres.reading import Reading
from events.io.readiness import needed, told
from events.io.settings import BadSettings, Settings
from events.io.system import SystemClock, SystemIds
from events.io.telemetry import batches
from events.io.watch import TellingWatch
from events.ports import Bus, Clock, Ids, Unavailable
from events.service import Service

HTTP_TIMEOUT_SECONDS = 10.0
BAD_SETTINGS_STATUS = 2
NOT_READY_STATUS = 3
SECRET_BYTES = 32


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
    documents: DocumentStore
    secret: bytes = field(repr=False)
    """The service's own, for keyed digests that have to be the same in every epoch."""
    gateways: Any = None


def serve(service: Service) -> None:
    """Run the service until it is told to stop. What `python -m <service>.main` does."""
    try:
        settings = Settings.read(service.name, os.environ)
    except BadSettings as error:
        print(error, file=sys.stderr)  # noqa: T201  there is no log yet
        sys.exit(BAD_SETTINGS_STATUS)
    log_lines(service.name)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(service, settings))
    except Unavailable as error:
        print(f"{service.name} gave up waiting: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(NOT_READY_STATUS)


async def run(service: Service, settings: Settings) -> None:
    """The whole life of the process, everything put away at the end. `Unavailable`."""
    async with AsyncExitStack() as stack:
        if settings.otlp_endpoint is not None:
            _send_telemetry(settings, settings.otlp_endpoint, stack)
        running = await _compose(service, settings, stack)
        bus, tracking, worker = await _deliver(running, stack)
        await patiently(worker.look)
        desk = Desk(
            handler=running.handler,
            tokens=Tokens(
                issuer=settings.issuer_url,
                keys=PublishedKeys(settings.issuer_url, running.client),
                clock=running.clock,
            ),
            view=Reading(running.store.pool),
            progress=worker,
            checks=needed(running.store),
            told=told(service.name, bus, tracking, worker.failing),
            gateways=running.gateways,
            peers=running.peers,
            documents=running.documents,
            spool=settings.data,
            secret=running.secret,
        )
        server = Server(service.api.app(desk), settings.host, settings.port)
        await _until_either_ends(server, worker)


def _send_telemetry(settings: Settings, endpoint: str, stack: AsyncExitStack) -> None:
    from events.io.otlp import Otlp  # noqa: PLC0415  only who sends pays for the import

    sending = Otlp(settings.service, endpoint, settings.trace_ratio)
    stack.push_async_callback(asyncio.to_thread, sending.close)


async def _until_either_ends(server: Server, worker: Worker) -> None:
    """Serve until told to stop. A worker that ends has failed: then the process ends too."""
    working = asyncio.create_task(worker.run(), name="worker")
    serving = asyncio.create_task(server.serve(), name="http")
    try:
        await asyncio.wait({working, serving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        server.should_exit = True
        await asyncio.wait({serving})
        working.cancel()
        await asyncio.wait({working})
    serving.result()


async def _compose(service: Service, settings: Settings, stack: AsyncExitStack) -> Running:
    clock, ids = SystemClock(), SystemIds()
    await patiently(lambda: up_to_date(settings.database_url, service.migrations))
    epochs = EpochKeys(settings.epoch_key, *settings.earlier_epoch_keys)
    store = await patiently(
        lambda: stack.enter_async_context(
            open_store(settings.database_url, epochs, stored=batches())
        )
    )
    secret = await patiently(lambda: store.vault.own_key("secret", os.urandom(SECRET_BYTES)))
    client = await stack.enter_async_context(httpx.AsyncClient(timeout=HTTP_TIMEOUT_SECONDS))
    running = Running(
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
        documents=await stack.enter_async_context(open_documents(settings, TellingWatch())),
        secret=secret,
    )
    if service.gateways is None:
        return running
    gateways = service.gateways(running)
    if hasattr(gateways, "aclose"):
        stack.push_async_callback(gateways.aclose)
    return replace(running, gateways=gateways)


async def _deliver(running: Running, stack: AsyncExitStack) -> tuple[Bus, Tracking, Worker]:
    """The bus and the worker on it. NATS need not be there yet."""
    settings, watch = running.settings, TellingWatch()
    bus = await stack.enter_async_context(
        open_bus(settings.nats_url, settings.nats_user, settings.nats_password, watch)
    )
    tracking = PostgresTracking(running.store.pool)
    delivery = Delivery(
        handler=running.handler,
        bus=bus,
        feed=running.peers.heal,
        tracking=tracking,
        leader=PostgresLeader(settings.database_url),
        watch=watch,
        gateways=running.gateways,
        running=running,
    )
    return bus, tracking, Worker(running.service, delivery)
