"""OTLP: where traces and metrics go when HOMEWARD_OTLP_ENDPOINT says so. Imported only then."""

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from events.io.telemetry import record

METRICS_MILLISECONDS = 10_000


class Otlp:
    """Sends to a collector (OTLP over HTTP) until it is closed."""

    def __init__(self, service: str, endpoint: str, ratio: float) -> None:
        resource = Resource.create({"service.name": service, "service.namespace": "homeward"})
        self._traces = TracerProvider(
            resource=resource, sampler=ParentBased(TraceIdRatioBased(ratio))
        )
        self._traces.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces"))
        )
        reader = PeriodicExportingMetricReader(
            OTLPMetricExporter(f"{endpoint.rstrip('/')}/v1/metrics"),
            export_interval_millis=METRICS_MILLISECONDS,
        )
        self._metrics = MeterProvider([reader], resource=resource)
        record(self._traces.get_tracer("homeward"), self._metrics.get_meter("homeward"))

    def close(self) -> None:
        """Send what is left. Blocks for a moment."""
        record(None, None)
        self._traces.shutdown()
        self._metrics.shutdown()
