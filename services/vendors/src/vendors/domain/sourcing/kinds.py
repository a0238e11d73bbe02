"""The words of a sourcing."""

from enum import StrEnum


class Stage(StrEnum):
    OPENED = "opened"
    AWARDED = "awarded"


class Reason(StrEnum):
    """Why this vendor."""

    LOWEST_PRICE = "lowest_price"
    BEST_VALUE = "best_value"
    DELIVERY_TIME = "delivery_time"
    RETURNEES_CHOICE = "returnees_choice"
    ONLY_OFFER = "only_offer"
