"""The words in which a plan is told."""

from enum import StrEnum


class Stage(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    FEASIBLE = "feasible"
    RETURNED = "returned"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


OVER = (Stage.REJECTED, Stage.WITHDRAWN, Stage.CANCELLED, Stage.COMPLETED)
"""The ends of a plan: nothing follows, and another one may be drafted for the case."""
IN_FORCE = (Stage.APPROVED, Stage.SUSPENDED)


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


class Suspension(StrEnum):
    """Why a plan in force rests."""

    RETURNEE_ASKED = "returnee_asked"
    RETURNEE_AWAY = "returnee_away"
    CASE_SUSPENDED = "case_suspended"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    UNDER_REVIEW = "under_review"
    NOT_SAFE = "not_safe"


class Ending(StrEnum):
    """Why a plan ends before it is carried out."""

    RETURNEE_ASKED = "returnee_asked"
    NOT_DEPARTED = "not_departed"
    REMIGRATED = "remigrated"
    DECEASED = "deceased"
    UNREACHABLE = "unreachable"
    INELIGIBLE_DISCOVERED = "ineligible_discovered"
    CASE_CLOSED = "case_closed"
    CASE_MERGED = "case_merged"
    FUNDING_ENDED = "funding_ended"
    NOT_SAFE = "not_safe"


class Change(StrEnum):
    """Why a plan in force is to be changed."""

    PRICE_CHANGED = "price_changed"
    NOT_AVAILABLE = "not_available"
    NEEDS_CHANGED = "needs_changed"
    ENTITLEMENT_CHANGED = "entitlement_changed"
    VENDOR_FAILED = "vendor_failed"
