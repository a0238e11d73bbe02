"""Telemetry: one trace through everything; metrics; log lines that say nothing about a person."""

import asyncio
import gzip
import io
import json
import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from libs.events.tests.bakery import OrderPlaced
from libs.events.tests.http.till import api
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from events.delivery.memory import MemoryTracking
from events.delivery.ports import Alone
from events.delivery.relay import Relay
from events.delivery.worker import Delivery, Worker
from events.envelope import Entry
from events.handler import Handler
from events.io.bus import open_bus
from events.io.http.trial import Caller, Trial
from events.io.logs import Lines
from events.io.otlp import Otlp
from events.io.postgres import EpochKeys, migrate, open_store
from events.io.system import SystemClock
from events.io.telemetry import Part, Trace, batches, inject, record
from events.io.watch import TellingWatch
from events.memory import MemoryStore, SeededIds
from events.registry import Registry
from events.service import Heard, Policy, Service
from homeward import nats
from homeward.postgres import Database

CALLERS = f"00-{'ab' * 16}-{'cd' * 8}-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    record(provider.get_tracer("test"), None)
    yield exporter
    record(None, None)


@pytest.fixture
def metrics() -> Iterator[InMemoryMetricReader]:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    record(None, provider.get_meter("test"))
    yield reader
    record(None, None)
    provider.shutdown()


def trace_of(span: ReadableSpan) -> str:
    return f"{span.context.trace_id:032x}" if span.context else ""


async def test_one_trace_from_the_request_to_who_listens(
    spans: InMemorySpanExporter, till: Trial, lina: Caller, tmp_path: Path
) -> None:
    said = await lina.post("/v1/orders", {"person": "per_ana"}, traceparent=CALLERS)
    assert said.headers["traceparent"].split("-")[1] == "ab" * 16

    handled = asyncio.Event()

    def restock(_: Heard[OrderPlaced]) -> list[object]:
        handled.set()
        return []

    heard = {"bakery": Registry.of("mill", [OrderPlaced], foreign=True)}
    mill = Service(
        name="mill",
        registry=Registry.of("mill", []),
        api=api,
        migrations=tmp_path,
        policies=(Policy("restock", heard, restock),),  # type: ignore[arg-type]
    )
    clock, watch = SystemClock(), TellingWatch()
    with nats.start(tmp_path / "nats", services=["bakery", "mill"]) as server:
        async with (
            open_bus(server.url, "bakery", server.passwords["bakery"], watch) as bakerys,
            open_bus(server.url, "mill", server.passwords["mill"], watch) as mills,
        ):
            delivery = Delivery(
                handler=Handler(mill.registry, MemoryStore(), clock, SeededIds()),
                bus=mills,
                feed=no_feed,
                tracking=MemoryTracking(),
                leader=Alone(),
                watch=watch,
            )
            relay = Relay("bakery", till.store, bakerys, clock, watch)
            running = [
                asyncio.create_task(work) for work in (relay.run(), Worker(mill, delivery).run())
            ]
            await asyncio.wait_for(handled.wait(), 60)
            for task in running:
                task.cancel()
            await asyncio.wait(running)

    names = {
        "POST /v1/orders",
        "publish bakery.order_placed.v1",
        "restock bakery.order_placed.v1",
    }
    recorded = {span.name: span for span in spans.get_finished_spans()}
    assert set(recorded) >= names
    assert {trace_of(recorded[name]) for name in names} == {"ab" * 16}
    request = recorded["POST /v1/orders"]
    assert request.kind == SpanKind.SERVER
    for name in names - {"POST /v1/orders"}:
        parent, context = recorded[name].parent, request.context
        assert parent is not None
        assert context is not None
        assert parent.span_id == context.span_id, name
        assert "per_ana" not in str(recorded[name].attributes)


async def no_feed(_service: str, _after: int, _limit: int) -> list[Entry]:
    return []


async def test_a_refusal_is_no_failure_of_the_span_but_a_mistake_is(
    spans: InMemorySpanExporter, till: Trial, lina: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("a secret")

    await lina.get("/v1/orders/itm_none")
    monkeypatch.setattr(till.store, "load", fail)
    await lina.get("/v1/orders/itm_none")
    refused, failed = spans.get_finished_spans()
    assert refused.status.is_ok or refused.status.is_unset
    assert not failed.status.is_ok
    assert failed.attributes is not None
    assert failed.attributes["error.type"] == "500"
    assert "secret" not in failed.to_json()


async def test_without_anybody_recording_the_trace_goes_on(till: Trial, lina: Caller) -> None:
    said = await lina.post("/v1/orders", {"person": "per_ana"}, traceparent=CALLERS)
    assert said.headers["traceparent"] == CALLERS
    for nonsense in ("", "00-0-0-00", f"00-{'0' * 32}-{'cd' * 8}-01", "ü"):
        headers = [(b"authorization", f"Bearer {lina.token}".encode())]
        headers.append((b"traceparent", nonsense.encode()))
        made = await till.client.get("/v1/orders/itm_none", headers=headers)
        assert len(made.json()["trace_id"]) == 32
        assert made.json()["trace_id"] != "0" * 32


async def test_what_asks_another_service_takes_the_trace_along() -> None:
    headers: dict[str, str] = {}
    inject(headers)
    assert headers == {}
    with Part("work", SpanKind.INTERNAL, Trace.of(CALLERS)):
        inject(headers)
    assert headers == {"traceparent": CALLERS}


async def test_batches_and_lags_are_measured(
    metrics: InMemoryMetricReader, empty_database: Database
) -> None:
    watch = TellingWatch()
    watch.lag("orders", "bakery", 7)
    watch.refused(2)
    watch.healed("mill", 4)
    watch.standing("relay", "bakery", stopped=True)
    await migrate(empty_database.owner)
    batches()(3, 0.25)
    async with open_store(empty_database.app, EpochKeys(b"k" * 32), stored=batches()):
        pass
    data = json.loads(metrics.get_metrics_data().to_json())  # type: ignore[union-attr]
    (scope,) = data["resource_metrics"][0]["scope_metrics"]
    points = {m["name"]: m["data"]["data_points"] for m in scope["metrics"]}
    assert points["homeward.delivery.lag"][0]["value"] == 7
    assert points["homeward.delivery.lag"][0]["attributes"]["consumer"] == "orders"
    assert points["homeward.delivery.refused"][0]["value"] == 2
    assert points["homeward.delivery.healed"][0]["value"] == 1
    assert points["homeward.delivery.stopped"][0]["value"] == 1
    assert points["homeward.append.batch"][0]["sum"] == 3
    assert points["homeward.append.duration"][0]["sum"] == 0.25


def test_a_log_line_has_the_trace_and_nobodys_values() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Lines("bakery"))
    logs = [logging.getLogger(name) for name in ("homeward.test", "asyncpg.pool")]
    for log in logs:
        log.addHandler(handler)
        log.propagate = False
    with Part("work", SpanKind.INTERNAL, Trace.of(CALLERS)):
        logs[0].warning("%s stands still", "orders")
        logs[1].warning("could not insert %s", "Amina Haddad")
        try:
            int("Amina Haddad, +964 770 000 0000")
        except ValueError:
            logs[0].exception("an operation failed")
    ours, theirs, failure = (json.loads(line) for line in written.getvalue().splitlines())
    assert ours["message"] == "orders stands still"
    assert ours["trace_id"] == "ab" * 16
    assert ours["service"] == "bakery"
    assert theirs["message"] == "could not insert %s"
    assert failure["error"] == "ValueError"
    assert "test_telemetry.py" in failure["at"][-1]
    assert "Amina" not in written.getvalue()
    assert "964" not in written.getvalue()


def test_one_variable_sends_it_to_a_collector() -> None:
    received: dict[str, bytes] = {}

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received[self.path] = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as collector:
        Thread(target=collector.serve_forever).start()
        sending = Otlp("bakery", f"http://127.0.0.1:{collector.server_port}/", ratio=1.0)
        with Part("work", SpanKind.INTERNAL, Trace.of(CALLERS)):
            batches()(3, 0.25)
        sending.close()
        collector.shutdown()
    traces = ExportTraceServiceRequest.FromString(unpacked(received["/v1/traces"]))
    (span,) = traces.resource_spans[0].scope_spans[0].spans
    assert (span.name, span.trace_id.hex()) == ("work", "ab" * 16)
    assert b"homeward.append.batch" in unpacked(received["/v1/metrics"])


def unpacked(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
