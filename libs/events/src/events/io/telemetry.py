"""Telemetry: one trace from the HTTP request through the event, the bus and its consumers."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

_TRACEPARENT = re.compile(rb"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")


@dataclass(frozen=True)
class Trace:
    """The trace that a request belongs to, whether or not anybody records it."""

    id: str
    parent: str
    """The W3C `traceparent` that goes into the events."""

    @classmethod
    def of(cls, headers: Mapping[bytes, bytes]) -> "Trace":
        """The caller's trace, or a new one."""
        told = _TRACEPARENT.fullmatch(headers.get(b"traceparent", b""))
        if told is not None and told[1].strip(b"0") and told[2].strip(b"0"):
            return cls(told[1].decode(), told[0].decode())
        fresh = secrets.token_hex(24)
        return cls(fresh[:32], f"00-{fresh[:32]}-{fresh[32:]}-00")
