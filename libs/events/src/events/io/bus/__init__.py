"""The bus on NATS JetStream: one stream per service, in which sequence = position."""

from events.io.bus.connection import Refused
from events.io.bus.jetstream import JetStreamBus, open_bus
from events.io.bus.permissions import account, grants
from events.io.bus.streams import make_streams, stream_name

__all__ = [
    "JetStreamBus",
    "Refused",
    "account",
    "grants",
    "make_streams",
    "open_bus",
    "stream_name",
]
