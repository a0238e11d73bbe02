"""Pages that a programme's people may change without touching code, read once at the start."""

import tomllib
from importlib import resources
from typing import Any

import msgspec

from events.values import Code
from intake.domain.complaint.kinds import Handling


def page(name: str) -> dict[str, Any]:
    """One of the pages beside this file."""
    return tomllib.loads((resources.files(__name__) / name).read_text("utf-8"))


CATEGORIES: dict[Code, Handling] = {
    each.category: each
    for each in msgspec.convert(page("complaints.toml")["category"], tuple[Handling, ...])
}
"""Of complaints, by their codes."""
