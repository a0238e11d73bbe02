"""HTTP: requests become commands, refusals become problems."""

from vendors.api import (
    accounts,
    conflicts,
    documents,
    dossier,
    likenesses,
    screening,
    sourcings,
    vendors,
)
from vendors.api.declared import api

__all__ = [
    "accounts",
    "api",
    "conflicts",
    "documents",
    "dossier",
    "likenesses",
    "screening",
    "sourcings",
    "vendors",
]
