"""Telemetry: one trace from the HTTP request through the event, the bus and its consumers.

Every request belongs to a trace, its id in every problem, log line and event, whether or not
anybody records it. Spans and metrics are recorded only when `start` was called, which is done when
HOMEWARD_OTLP_ENDPOINT is set; otherwise they cost nothing, not even the import.
"""

import re
import secrets
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_TRACEPARENT = re.compile(rb"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")


@dataclass(frozen=True)
class Trace:
    """The trace that the work at hand belongs to, whether or not anybody records it."""

    id: str
    parent: str
    """The W3C `traceparent` that goes into the events and to other services."""

    @classmethod
    def of(cls, headers: Mapping[bytes, bytes]) -> "Trace":
        """The caller's trace, or a new one."""
        told = _TRACEPARENT.fullmatch(headers.get(b"traceparent", b""))
        if told is not None and told[1].strip(b"0") and told[2].strip(b"0"):
            return cls(told[1].decode(), told[0].decode())
        fresh = secrets.token_hex(24)
        return cls(fresh[:32], f"00-{fresh[:32]}-{fresh[32:]}-00")


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def inject(headers: MutableMapping[str, str]) -> None:
    """Put the trace at hand into outgoing headers."""
    trace = _current.get()
    if trace is not None:
        headers["traceparent"] = trace.parent


@contextmanager
def within(trace: Trace) -> Iterator[None]:
    """Do what follows as part of that trace."""
    token = _current.set(trace)
    try:
        yield
    finally:
        _current.reset(token)
