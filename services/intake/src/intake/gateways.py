"""What the routes and tasks of intake have besides the handler: keys for one purpose each."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Gateways:
    """What the running service is given."""

    epoch_key: bytes = field(repr=False)

    def key(self, purpose: str) -> bytes:
        """A key for this purpose and no other. It changes with the epoch."""
        return hmac.digest(self.epoch_key, b"homeward intake " + purpose.encode(), hashlib.sha256)


def gateways(running: Any) -> Gateways:
    """Made once, from what the environment said."""
    return Gateways(epoch_key=running.settings.epoch_key)
