"""The words in which a case is told."""

from enum import StrEnum


class Stage(StrEnum):
    REGISTERED = "registered"
    INELIGIBLE = "ineligible"
    ELIGIBLE = "eligible"
    ARRIVED = "arrived"
    NOT_DEPARTED = "not_departed"
    SUSPENDED = "suspended"
    CLOSED = "closed"


OPEN = (Stage.REGISTERED, Stage.ELIGIBLE, Stage.ARRIVED)
"""The stages at which anything can still happen to a case."""


class Source(StrEnum):
    """Who brought the case to us."""

    COUNSELLOR = "counsellor"
    PARTNER = "partner"
    BORDER = "border"
    SELF = "self"


class GuardianBasis(StrEnum):
    """Why somebody may consent for a child."""

    PARENT = "parent"
    COURT_ORDER = "court_order"
    SOCIAL_SERVICES = "social_services"


class Denial(StrEnum):
    """Why a case is not eligible."""

    CRITERIA_NOT_MET = "criteria_not_met"
    OTHER_PROGRAMME = "other_programme"
    OUTSIDE_WINDOW = "outside_window"
    DECLINED_BY_RETURNEE = "declined_by_returnee"


class RemovalReason(StrEnum):
    """Why somebody no longer counts for the household."""

    ENTERED_IN_ERROR = "entered_in_error"
    DID_NOT_RETURN = "did_not_return"
    FAMILY_SEPARATED = "family_separated"
    DECEASED = "deceased"


class AdjustmentReason(StrEnum):
    """Why a household may receive another amount than it was granted."""

    HOUSEHOLD_CHANGED = "household_changed"
    VULNERABILITY = "vulnerability"
    DOUBLE_ASSISTANCE = "double_assistance"
    PRICE_RISE = "price_rise"
    GRANTED_IN_ERROR = "granted_in_error"


class ExtensionReason(StrEnum):
    """Why somebody has more time."""

    ILLNESS = "illness"
    CARE_DUTIES = "care_duties"
    INSECURITY = "insecurity"
    DELAY_BY_OFFICE = "delay_by_office"
    DELAY_BY_VENDOR = "delay_by_vendor"


class Ground(StrEnum):
    """Why a case ended (domain catalogue, section 7)."""

    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    INELIGIBLE_DISCOVERED = "ineligible_discovered"
    EXPIRED = "expired"
    REMIGRATED = "remigrated"
    DECEASED = "deceased"
    UNREACHABLE = "unreachable"
    DUPLICATE = "duplicate"
    TRANSFERRED = "transferred"
    FUNDING_ENDED = "funding_ended"
    SECURITY = "security"
