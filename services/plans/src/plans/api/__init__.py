"""Plans over HTTP: publish a programme; draft, sign, submit, judge and read plans."""

from plans.api import (
    asking,
    carrying,
    documents,
    drafting,
    emergencies,
    emergency_words,
    following,
    in_force,
    indicators,
    judging,
    projects,
    projects_judged,
    publishing,
    reading,
)
from plans.api.routes import api

__all__ = [
    "api",
    "asking",
    "carrying",
    "documents",
    "drafting",
    "emergencies",
    "emergency_words",
    "following",
    "in_force",
    "indicators",
    "judging",
    "projects",
    "projects_judged",
    "publishing",
    "reading",
]
