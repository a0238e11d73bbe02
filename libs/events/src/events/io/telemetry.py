"""Telemetry: one trace from the HTTP request through the event, the bus and its consumers.

Every request belongs to a trace, its id in every problem, log line and event, whether or not
anybody records it. Spans and metrics are recorded once `record` was called, which is done when
HOMEWARD_OTLP_ENDPOINT is set; otherwise they cost nothing, not even the import of an SDK.
"""

import re
import secrets
from collections.abc import Callable, Mapping, MutableMapping
from contextvars import ContextVar, Token
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from opentelemetry.context import Context
from opentelemetry.metrics import Meter
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
Attribute = str | int | bool


@dataclass(frozen=True)
class Trace:
    """The trace that the work at hand belongs to, whether or not anybody records it."""

    id: str
    parent: str
    """The W3C `traceparent` that goes into the events and to other services."""
    told: bool
    """Whether it came from outside, so that ours is a part of it."""

    @classmethod
    def of(cls, traceparent: str | None) -> Self:
        """The trace that was begun elsewhere, or a new one."""
        told = _TRACEPARENT.fullmatch(traceparent) if traceparent else None
        if told is not None and told[1].strip("0") and told[2].strip("0"):
            return cls(told[1], told[0], told=True)
        fresh = secrets.token_hex(24)
        return cls(fresh[:32], f"00-{fresh[:32]}-{fresh[32:]}-00", told=False)

    @classmethod
    def asked(cls, headers: Mapping[bytes, bytes]) -> Self:
        """The trace of a request."""
        return cls.of(headers.get(b"traceparent", b"").decode("latin-1"))


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)
_tracer: Tracer | None = None
_meter: Meter | None = None


def record(tracer: Tracer | None, meter: Meter | None) -> None:
    """Record spans and metrics with these from now on; with None, no longer."""
    global _tracer, _meter
    _tracer, _meter = tracer, meter


def current() -> Trace | None:
    """The trace at hand."""
    return _current.get()


def inject(headers: MutableMapping[str, str]) -> None:
    """Put the trace at hand into outgoing headers."""
    trace = _current.get()
    if trace is not None:
        headers["traceparent"] = trace.parent


def meter() -> Meter | None:
    """What to measure with, None when nobody asks."""
    return _meter


def recording() -> bool:
    """Whether spans are recorded."""
    return _tracer is not None


def batches() -> Callable[[int, float], None]:
    """What to tell each batch of appended commands to: how many, and how many seconds it took."""
    if _meter is None:
        return lambda *_: None
    sizes = _meter.create_histogram("homeward.append.batch", unit="{command}")
    durations = _meter.create_histogram("homeward.append.duration", unit="s")

    def stored(commands: int, seconds: float) -> None:
        sizes.record(commands)
        durations.record(seconds)

    return stored


class Part:
    """A part of a trace: a span when spans are recorded, and in any case the trace at hand.

    with Part("POST /v1/payments", SpanKind.SERVER, trace) as trace: ...
    """

    __slots__ = ("_attributes", "_kind", "_name", "_span", "_token", "_trace")

    def __init__(self, name: str, kind: SpanKind, trace: Trace, **attributes: Attribute) -> None:
        self._name = name
        self._kind = kind
        self._trace = trace
        self._attributes = attributes
        self._span: Span | None = None
        self._token: Token[Trace | None] | None = None

    def __enter__(self) -> Trace:
        if _tracer is not None:
            self._span = _tracer.start_span(
                self._name,
                context=_around(self._trace),
                kind=self._kind,
                attributes={name.replace("_", "."): v for name, v in self._attributes.items()},
            )
            self._trace = _trace_of(self._span)
        self._token = _current.set(self._trace)
        return self._trace

    def __exit__(
        self,
        _type: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        assert self._token is not None, "entered before"
        _current.reset(self._token)
        if self._span is not None:
            if error is not None:  # its class only: its text may quote a value
                self.failed(type(error).__name__)
            self._span.end()

    def failed(self, kind: str) -> None:
        """Mark the part as failed."""
        if self._span is not None:
            self._span.set_status(StatusCode.ERROR)
            self._span.set_attribute("error.type", kind)

    def answered(self, status: int) -> None:
        """Note the status of the answer; one of ours over 500 is a failure."""
        if self._span is not None:
            self._span.set_attribute("http.response.status_code", status)
            if status >= 500:  # noqa: PLR2004
                self.failed(str(status))


def _around(trace: Trace) -> Context:
    """The surroundings of a span: the trace from elsewhere, or nothing."""
    if not trace.told:
        return Context()
    _, id_, span, flags = trace.parent.split("-")
    remote = SpanContext(
        int(id_, 16), int(span, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16))
    )
    return set_span_in_context(NonRecordingSpan(remote), Context())


def _trace_of(span: Span) -> Trace:
    it = span.get_span_context()
    id_ = f"{it.trace_id:032x}"
    return Trace(id_, f"00-{id_}-{it.span_id:016x}-{it.trace_flags:02x}", told=True)
