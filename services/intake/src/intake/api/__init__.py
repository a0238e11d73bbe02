"""Intake over HTTP: register people, record consent, decide on cases, read them."""

from intake.api import complaining, deciding, duplicates, reading, registering
from intake.api.routes import api

__all__ = ["api", "complaining", "deciding", "duplicates", "reading", "registering"]
