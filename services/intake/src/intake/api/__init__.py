"""Intake over HTTP: register people, record consent, decide on cases, read them."""

from intake.api import (
    accesses,
    announcing,
    complaining,
    consenting,
    deciding,
    duplicates,
    entitling,
    importing,
    living,
    particulars,
    protecting,
    reading,
    registering,
    searching,
    subjects,
    transferring,
    travelling,
)
from intake.api.routes import api

__all__ = [
    "accesses",
    "announcing",
    "api",
    "complaining",
    "consenting",
    "deciding",
    "duplicates",
    "entitling",
    "importing",
    "living",
    "particulars",
    "protecting",
    "reading",
    "registering",
    "searching",
    "subjects",
    "transferring",
    "travelling",
]
