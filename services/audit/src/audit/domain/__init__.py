"""What the audit service itself decides: exports, samples, findings, what differs, periods."""

from typing import get_args

from audit.domain.bundle import BundleEvent
from audit.domain.difference import DifferenceEvent
from audit.domain.export import ExportMade
from audit.domain.finding import FindingEvent
from audit.domain.forgery import ForgedEntryRefused
from audit.domain.gap import GapEvent
from audit.domain.period import PeriodEvent
from audit.domain.reading import ConfidentialRead, ProtectedRead
from audit.domain.replay import ReplayPerformed
from audit.domain.sample import SampleDrawn
from events.registry import Registry

registry = Registry.of(
    "audit",
    [
        *get_args(BundleEvent),
        ExportMade,
        SampleDrawn,
        ProtectedRead,
        ConfidentialRead,
        *get_args(FindingEvent),
        *get_args(DifferenceEvent),
        *get_args(GapEvent),
        ForgedEntryRefused,
        *get_args(PeriodEvent),
        ReplayPerformed,
    ],
)
"""Every event that this service emits."""
