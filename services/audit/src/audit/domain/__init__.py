"""What the audit service itself decides: exports of the log, and findings in it."""

from typing import get_args

from audit.domain.bundle import BundleExported
from audit.domain.finding import FindingEvent
from events.registry import Registry

registry = Registry.of("audit", [BundleExported, *get_args(FindingEvent)])
"""Every event that this service emits."""
