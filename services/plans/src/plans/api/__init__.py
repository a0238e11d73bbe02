"""Plans over HTTP: publish a programme; draft, sign, submit, judge and read plans."""

from plans.api import drafting, judging, publishing, reading
from plans.api.routes import api

__all__ = ["api", "drafting", "judging", "publishing", "reading"]
