"""The words of a sourcing."""

from enum import StrEnum


class Stage(StrEnum):
    OPENED = "opened"
    AWARDED = "awarded"
    CANCELLED = "cancelled"
    TAKEN_BACK = "taken_back"


class Reason(StrEnum):
    """Why this vendor."""

    LOWEST_PRICE = "lowest_price"
    BEST_VALUE = "best_value"
    DELIVERY_TIME = "delivery_time"
    RETURNEES_CHOICE = "returnees_choice"
    ONLY_OFFER = "only_offer"


class Vote(StrEnum):
    """What a member of the committee says of an award that was recommended."""

    IN_FAVOUR = "in_favour"
    AGAINST = "against"
