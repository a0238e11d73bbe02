"""The audit service over HTTP: hashes for anybody, what they stand for to those who may see."""

from audit.api import (
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
