"""What the routes and tasks of intake have besides the handler: keys for one purpose each."""

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from events.io.settings import BadSettings, epoch_key
from intake.domain.matching.features import Blind, blinding, made_with

BLIND_INDEX_KEY = "HOMEWARD_BLIND_INDEX_KEY"
"""32 bytes in base64. Not the vault's: that one changes with the epoch, and the index stays."""


@dataclass(frozen=True)
class Gateways:
    """What the running service is given."""

    epoch_key: bytes = field(repr=False)
    blind_index_key: bytes = field(repr=False)
    database_url: str = field(default="", repr=False)
    """For what works on the database in a process of its own."""

    def key(self, purpose: str) -> bytes:
        """A key for this purpose and no other. It changes with the epoch."""
        return hmac.digest(self.epoch_key, b"homeward intake " + purpose.encode(), hashlib.sha256)

    def lasting_key(self, purpose: str) -> bytes:
        """A key for this purpose and no other, over all epochs."""
        about = b"homeward intake " + purpose.encode()
        return hmac.digest(self.blind_index_key, about, hashlib.sha256)

    @property
    def blind(self) -> Blind:
        """Makes the tokens by which entries of one person find each other."""
        return blinding(self.blind_index_key)

    @property
    def made_with(self) -> str:
        """What tokens are marked with: another key's never meet these."""
        return made_with(self.blind_index_key)


def gateways(running: Any) -> Gateways:
    """Made once, from what the environment said. `BadSettings`."""
    return Gateways(
        epoch_key=running.settings.epoch_key,
        blind_index_key=blind_index_key(os.environ),
        database_url=running.settings.database_url,
    )


def blind_index_key(environment: Mapping[str, str]) -> bytes:
    """The key as the environment has it. `BadSettings`."""
    told = environment.get(BLIND_INDEX_KEY)
    if not told:
        raise BadSettings(f"intake cannot start without {BLIND_INDEX_KEY} (32 bytes in base64).")
    return epoch_key(told, BLIND_INDEX_KEY)
