"""The words in which a case is told."""

from enum import StrEnum


class Stage(StrEnum):
    REGISTERED = "registered"
    INELIGIBLE = "ineligible"
    ELIGIBLE = "eligible"
    ARRIVED = "arrived"


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
