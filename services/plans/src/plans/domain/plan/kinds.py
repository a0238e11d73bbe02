"""The words in which a plan is told."""

from enum import StrEnum


class Stage(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    FEASIBLE = "feasible"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"


class Method(StrEnum):
    """How somebody who may not write signs."""

    SIGNATURE = "signature"
    THUMBPRINT = "thumbprint"


class Revision(StrEnum):
    """What has to be thought over."""

    NOT_AVAILABLE_LOCALLY = "not_available_locally"
    PRICE_UNREALISTIC = "price_unrealistic"
    MARKET_TOO_SMALL = "market_too_small"
    SKILLS_MISSING = "skills_missing"
    DOCUMENTS_MISSING = "documents_missing"
    NOT_SAFE = "not_safe"


class Rejection(StrEnum):
    """Why a committee says no for good."""

    NOT_SUSTAINABLE = "not_sustainable"
    OUTSIDE_PROGRAMME = "outside_programme"
    FUNDED_ELSEWHERE = "funded_elsewhere"
    NOT_GENUINE = "not_genuine"
