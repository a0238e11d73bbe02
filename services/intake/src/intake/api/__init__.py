"""Intake over HTTP: register people, record consent, decide on cases, read them."""

from intake.api import (
    complaining,
    consenting,
    deciding,
    duplicates,
    entitling,
    particulars,
    reading,
    registering,
    travelling,
)
from intake.api.routes import api

__all__ = [
    "api",
    "complaining",
    "consenting",
    "deciding",
    "duplicates",
    "entitling",
    "particulars",
    "reading",
    "registering",
    "travelling",
]
