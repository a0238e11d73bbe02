"""What the checks measure, for alerts: `deploy/helm/homeward/alerts.yaml`."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from opentelemetry.metrics import CallbackOptions, Observation

from events.io.telemetry import meter


@dataclass
class Measures:
    """How things stand, as the last look at each found them."""

    differences: dict[str, int] = field(default_factory=dict)
    """How many, by what was compared."""
    passed: dict[str, float] = field(default_factory=dict)
    """When, by the monotonic clock, each was last gone through."""
    gaps: int = 0
    overdue: int = 0

    def __post_init__(self) -> None:
        measuring = meter()
        if measuring is None:
            return
        measuring.create_observable_gauge(
            "homeward.audit.differences",
            [self._differences],
            unit="{difference}",
            description="Where a store, or what is kept of the log, is not what the log has of it.",
        )
        measuring.create_observable_gauge(
            "homeward.audit.unchecked",
            [self._unchecked],
            unit="s",
            description="How long ago a pass last went through it to the end.",
        )
        measuring.create_observable_gauge(
            "homeward.audit.gaps",
            [lambda _: [Observation(self.gaps)]],
            unit="{gap}",
            description="Entries of a service that are missing in the log, by runs.",
        )
        measuring.create_observable_gauge(
            "homeward.audit.findings_overdue",
            [lambda _: [Observation(self.overdue)]],
            unit="{finding}",
            description="Findings that nobody has reviewed in their time.",
        )

    def begin(self, parts: Iterable[str]) -> None:
        """From now on they are to be gone through."""
        for part in parts:
            self.passed.setdefault(part, time.monotonic())

    def note(self, part: str, differs: int) -> None:
        """A pass went through it to the end."""
        self.differences[part] = differs
        self.passed[part] = time.monotonic()

    def _unchecked(self, _options: CallbackOptions) -> Iterable[Observation]:
        now = time.monotonic()
        return [Observation(now - at, {"service": name}) for name, at in self.passed.items()]

    def _differences(self, _options: CallbackOptions) -> Iterable[Observation]:
        return [Observation(n, {"service": name}) for name, n in self.differences.items()]
