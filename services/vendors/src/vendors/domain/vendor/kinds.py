"""The words of a vendor."""

from enum import StrEnum

from events.values import Code


class Kind(StrEnum):
    """What sort of payee it is."""

    COMPANY = "company"
    SOLE_TRADER = "sole_trader"
    SCHOOL = "school"
    LANDLORD = "landlord"
    CLINIC = "clinic"
    EMPLOYER = "employer"
    LENDER = "lender"
    PARTNER = "partner"


class Tier(StrEnum):
    """How thoroughly it is examined, by what is expected to be bought from it."""

    BASIC = "basic"
    STANDARD = "standard"
    ENHANCED = "enhanced"


class Stage(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    INACTIVE = "inactive"
    REJECTED = "rejected"
    DEBARRED = "debarred"


GONE = frozenset({Stage.INACTIVE, Stage.REJECTED, Stage.DEBARRED})
"""Nothing is bought from such a vendor, and nobody looks for it any more."""


class Result(StrEnum):
    """What a screening found."""

    CLEAR = "clear"
    POSSIBLE_MATCH = "possible_match"


class Source(StrEnum):
    """Where a way to reach the vendor comes from."""

    REGISTRATION = "registration"
    PUBLIC_REGISTER = "public_register"
    SITE_VISIT = "site_visit"


POSSIBLE_MATCH = Code("possible_match")
"""The reason of a suspension that follows from a screening."""
DOCUMENT_EXPIRED = Code("document_expired")
"""The reason of one that follows from a paper whose last day is over."""
DEACTIVATED = Code("deactivated")
"""The reason of one that comes before a vendor is inactive."""
DEBARMENT_PROPOSED = Code("debarment_proposed")
"""The reason of one while somebody has proposed to debar it."""
CONFIRMED_MATCH = Code("confirmed_match")
"""The reason why a vendor is debarred."""
