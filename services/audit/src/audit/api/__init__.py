"""The audit service over HTTP: hashes for anybody, what they stand for to those who may see."""

from audit.api import (
    broken,
    bundles,
    checks,
    exports,
    files,
    findings,
    log,
    periods,
    samples,
    trail,
)
from audit.api.declared import api

__all__ = [
    "api",
    "broken",
    "bundles",
    "checks",
    "exports",
    "files",
    "findings",
    "log",
    "periods",
    "samples",
    "trail",
]
