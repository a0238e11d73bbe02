"""What delivery tells the operator: spans, gauges, and log lines that are not repeated."""

import logging
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from opentelemetry.metrics import CallbackOptions, Counter, Observation
from opentelemetry.trace import SpanKind

from events.delivery.consume import place
from events.delivery.ports import Watch
from events.envelope import Envelope
from events.io.telemetry import Part, Trace, meter, recording
from events.ports import Unavailable

SAY_AGAIN_SECONDS = 60.0

log = logging.getLogger("homeward.delivery")


class TellingWatch(Watch):
    """Logs failures by class and place, never by their text; measures; traces."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], float] = {}
        self._stopped: set[tuple[str, str]] = set()
        self._lags: dict[tuple[str, str], int] = {}
        self._refused = 0
        self._healed: Counter | None = None
        measuring = meter()
        if measuring is not None:
            measuring.create_observable_gauge(
                "homeward.delivery.lag",
                [self._observe_lags],
                unit="{event}",
                description="Events still to be taken, by consumer and source; the relay is one.",
            )
            measuring.create_observable_gauge(
                "homeward.delivery.stopped",
                [lambda _: [Observation(len(self._stopped))]],
                unit="{consumer}",
                description="Consumers that stand still until an operator decides.",
            )
            measuring.create_observable_gauge(
                "homeward.delivery.refused",
                [lambda _: [Observation(self._refused)]],
                unit="{act}",
                description="Acts that policies asked for and the domain refused, ever.",
            )
            self._healed = measuring.create_counter(
                "homeward.delivery.healed",
                unit="{event}",
                description="Events taken from their owner, because the bus had them wrong.",
            )

    def _observe_lags(self, _options: CallbackOptions) -> Iterator[Observation]:
        for (consumer, source), behind in self._lags.items():
            yield Observation(behind, {"consumer": consumer, "source": source})

    def lag(self, consumer: str, source: str, behind: int) -> None:
        self._lags[consumer, source] = behind

    def standing(self, consumer: str, source: str, *, stopped: bool) -> None:
        if stopped and (consumer, source) not in self._stopped:
            log.error("%s stands still at an event of %s", consumer, source)
        (self._stopped.add if stopped else self._stopped.discard)((consumer, source))

    def refused(self, count: int) -> None:
        if count > self._refused:
            log.warning("%d acts that policies asked for were refused so far", count)
        self._refused = count

    def healed(self, source: str, position: int) -> None:
        log.warning("the bus has event %d of %s wrong: its owner's was taken", position, source)
        if self._healed is not None:
            self._healed.add(1, {"source": source})

    def failed(self, part: str, error: BaseException) -> None:
        where, now = place(error), time.monotonic()
        if now - self._said.get((part, where), -SAY_AGAIN_SECONDS) < SAY_AGAIN_SECONDS:
            return
        self._said[part, where] = now
        expected = isinstance(error, Unavailable)
        log.log(logging.INFO if expected else logging.WARNING, "%s: %s", part, where)

    def publishing(self, envelope: Envelope) -> AbstractContextManager[str | None]:
        return _part(f"publish {envelope.type}", SpanKind.PRODUCER, envelope, operation="send")

    def handling(self, consumer: str, envelope: Envelope) -> AbstractContextManager[str | None]:
        name = f"{consumer} {envelope.type}"
        return _part(name, SpanKind.CONSUMER, envelope, operation="process", consumer=consumer)


def _part(
    name: str, kind: SpanKind, envelope: Envelope, *, operation: str, consumer: str = ""
) -> AbstractContextManager[str | None]:
    if not recording():
        return nullcontext(envelope.traceparent)
    part = Part(
        name,
        kind,
        Trace.of(envelope.traceparent),
        messaging_system="nats",
        messaging_operation_type=operation,
        messaging_destination_name=f"ev.{envelope.type}",
        messaging_message_id=envelope.id,
        messaging_consumer_name=consumer,
    )
    return _traceparent_of(part)


@contextmanager
def _traceparent_of(part: Part) -> Iterator[str]:
    with part as trace:
        yield trace.parent
