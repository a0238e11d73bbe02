"""How a programme wants deliveries confirmed: how long a code lives, how late a capture may be."""

import msgspec


class DeliveryTerms(msgspec.Struct, frozen=True, kw_only=True):
    """As it is where a programme's page says nothing of it."""

    code_valid_days: int = 30
    code_tries: int = 5
    """How many wrong codes may be given before it is locked."""
    capture_within_days: int = 14
    """How long after it was written down without a network a delivery is still taken in."""
