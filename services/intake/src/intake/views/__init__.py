"""Read models, one module each: its tables, how facts change them, what is asked of them."""

from intake.views import (
    accesses,
    cases,
    complaints,
    duplicates,
    figures,
    imports,
    matters,
    pre_notifications,
    programmes,
    referrals,
    subjects,
    transfers,
)
from intake.views.accesses import accesses_after
from intake.views.cases import CaseRow, cases_after, offices_of, reached, unrestricted
from intake.views.complaints import open_complaints
from intake.views.duplicates import PairRow, pairs_after, same_as
from intake.views.matters import open_matters
from intake.views.pre_notifications import NoticeRow, notices_after
from intake.views.programmes import latest_terms, terms_of
from intake.views.transfers import transfers_after

__all__ = [
    "CaseRow",
    "NoticeRow",
    "PairRow",
    "accesses_after",
    "cases_after",
    "latest_terms",
    "notices_after",
    "offices_of",
    "open_complaints",
    "open_matters",
    "pairs_after",
    "reached",
    "same_as",
    "terms_of",
    "transfers_after",
    "unrestricted",
    "views",
]

views = (
    cases.view,
    complaints.view,
    imports.view,
    referrals.view,
    programmes.view,
    duplicates.view,
    accesses.view,
    transfers.view,
    matters.view,
    matters.shares,
    *subjects.subject_views,
    pre_notifications.view,
    figures.view,
)
