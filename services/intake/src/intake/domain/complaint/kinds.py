"""The words in which a complaint is told."""

from enum import StrEnum

import msgspec
from msgspec.structs import replace

from events.values import Code
from intake.domain.programme import Complaints


class Channel(StrEnum):
    """How it reached us."""

    OFFICE = "office"
    PHONE = "phone"
    BOX = "box"
    FORM = "form"
    MESSAGE = "message"
    VISIT = "visit"
    PARTNER = "partner"


class Stage(StrEnum):
    RECEIVED = "received"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"


class Deadline(StrEnum):
    """What the complainant was promised."""

    ACKNOWLEDGE = "acknowledge"
    ANSWER = "answer"


class Outcome(StrEnum):
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"
    WITHDRAWN = "withdrawn"
    REFERRED_ELSEWHERE = "referred_elsewhere"


class Handling(msgspec.Struct, frozen=True):
    """What a category of complaints asks for. The categories are data of the service."""

    category: Code
    acknowledge_within_days: int
    answer_within_days: int
    apart: bool = False
    """Kept from the whole office of the people complained about: fraud, abuse."""
    about_money: bool = False
    """Open payments of the case are asked to wait for the answer."""

    def under(self, promised: Complaints | None) -> "Handling":
        """As the programme promises it; the page of categories stands where it says nothing."""
        if promised is None:
            return self
        answer = promised.fraud_and_abuse_within_days if self.apart else promised.answer_within_days
        acknowledge = min(self.acknowledge_within_days, answer)
        return replace(self, answer_within_days=answer, acknowledge_within_days=acknowledge)
