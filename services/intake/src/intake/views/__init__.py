"""Read models, one module each: its tables, how facts change them, what is asked of them."""

from intake.views import cases, complaints, duplicates, programmes
from intake.views.cases import CaseRow, cases_after
from intake.views.complaints import open_complaints
from intake.views.duplicates import PairRow, pairs_after, same_as
from intake.views.programmes import latest_terms, terms_of

__all__ = [
    "CaseRow",
    "PairRow",
    "cases_after",
    "latest_terms",
    "open_complaints",
    "pairs_after",
    "same_as",
    "terms_of",
    "views",
]

views = (cases.view, complaints.view, programmes.view, duplicates.view)
