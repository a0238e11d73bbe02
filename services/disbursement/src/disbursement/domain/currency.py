"""Which currencies there are to pay in."""

from dataclasses import dataclass

from events.decider import Rejected
from events.money import NotMoney, exponent


@dataclass(unsafe_hash=True)
class CurrencyUnknown(Rejected):
    """It is not a currency of ISO 4217 that anything is paid in."""

    currency: str


def must_be_known(currency: str) -> None:
    try:
        exponent(currency)
    except NotMoney:
        raise CurrencyUnknown(currency) from None
