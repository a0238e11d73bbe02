"""Intake over HTTP: register people, record consent, decide on cases, read them."""

from intake.api import deciding, duplicates, reading, registering
from intake.api.routes import api

__all__ = ["api", "deciding", "duplicates", "reading", "registering"]
