"""The words of a bank account."""

from enum import StrEnum


class Stage(StrEnum):
    PROPOSED = "proposed"
    CALLED_BACK = "called_back"
    NOT_CONFIRMED = "not_confirmed"
    APPROVED = "approved"
    ACTIVE = "active"
    REPLACED = "replaced"
    FROZEN = "frozen"


ENDED = (Stage.NOT_CONFIRMED, Stage.REPLACED, Stage.FROZEN)
