"""HTTP: requests become commands, refusals become problems."""

from vendors.api import (
    accounts,
    awarding,
    competing,
    conflicts,
    documents,
    dossier,
    leaving,
    likenesses,
    lists,
    screening,
    sourcings,
    vendors,
)
from vendors.api.declared import api

__all__ = [
    "accounts",
    "api",
    "awarding",
    "competing",
    "conflicts",
    "documents",
    "dossier",
    "leaving",
    "likenesses",
    "lists",
    "screening",
    "sourcings",
    "vendors",
]
