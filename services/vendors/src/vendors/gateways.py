"""Gateways: what this service needs from outside itself. So far, a key."""

import hmac
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Gateways:
    """What the routes are given beside the store."""

    blinding_key: bytes = field(repr=False)
    """Makes the claims by which an account number is unique without being known."""


def gateways(running: Any) -> Gateways:
    """The key follows from the service's secret, which stays when the vault's key changes."""
    key = hmac.digest(running.secret, b"vendors: account number claims", "sha256")
    return Gateways(blinding_key=key)
