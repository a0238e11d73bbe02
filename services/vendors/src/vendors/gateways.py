"""Gateways: what this service needs beside the store: keys, and who compares names."""

import hmac
from dataclasses import dataclass, field
from typing import Any

from vendors.screening.work import Child, Matcher


@dataclass(frozen=True)
class Gateways:
    """What the routes are given beside the store."""

    blinding_key: bytes = field(repr=False)
    """Makes the claims by which an account number is unique without being known."""
    matching_key: bytes = field(repr=False, default=b"")
    """Makes of a match with a sanctions list what tells nobody whom it is with."""
    matcher: Matcher = field(default_factory=Child)
    """Compares names with those on the lists."""


def gateways(running: Any) -> Gateways:
    """The keys follow from the service's secret, which stays when the vault's key changes."""
    key = hmac.digest(running.secret, b"vendors: account number claims", "sha256")
    matching = hmac.digest(running.secret, b"vendors: matches with sanctions lists", "sha256")
    return Gateways(blinding_key=key, matching_key=matching)
