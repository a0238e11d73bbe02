"""Read models, one module each: its tables, how facts change them, what is asked of them."""

from intake.views import cases, programmes
from intake.views.cases import CaseRow, cases_after
from intake.views.programmes import latest_terms, terms_of

__all__ = ["CaseRow", "cases_after", "latest_terms", "terms_of", "views"]

views = (cases.view, programmes.view)
