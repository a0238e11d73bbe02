"""Purchase orders on paper: what the vendor gets, in English and its own language."""

from enum import StrEnum

import msgspec

from events.values import VendorId


class Language(StrEnum):
    """Of an order, beside English."""

    ENGLISH = "en"
    ARABIC = "ar"
    VIETNAMESE = "vi"
    ALBANIAN = "sq"
    SLOVAK = "sk"


class Addressee(msgspec.Struct, frozen=True):
    """Whom the order goes to. It lives as long as the making of its paper."""

    id: VendorId
    name: str
    latin_name: str
    town: str


class Buyer(msgspec.Struct, frozen=True):
    """Who orders."""

    name: str
    place: str
