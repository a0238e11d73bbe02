"""An event in plain words: who did what, for people who have never seen a wire type."""

import re
from collections.abc import Container
from datetime import UTC, date, datetime
from types import EllipsisType
from typing import Any

import msgspec

from audit.log.logged import Logged
from audit.trail.words import audit, disbursement, intake, plans, vendors

SAID = intake.SAID | plans.SAID | vendors.SAID | disbursement.SAID | audit.SAID
"""What is not here yet is said in the words of its type. Fields in braces are public ones."""

DIGEST = re.compile(r"[0-9a-f]{64}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)")
AN_ID = re.compile(r"[a-z]{3}_[0-9a-z_]{1,48}")
FIELD = re.compile(r"\{([\w.]+)\}")
"""`{terms.due}` is a part of a part."""


def in_words(entry: Logged, only: Container[str] | None = None) -> str:
    """What happened, as the end of a sentence that begins with who did it. `only`: the facts that
    it may name, where not all of them.
    """
    kind = entry.type.rpartition(".v")[0]
    data: dict[str, Any] = msgspec.json.decode(entry.envelope.data)
    if only is not None:
        data = {name: value for name, value in data.items() if name in only}
    said = SAID.get(kind, kind.partition(".")[2].replace("_", " "))
    return FIELD.sub(lambda match: _told(_part(data, match[1]), match[1]), said)


def _part(data: Any, path: str) -> Any:
    for name in path.split("."):
        data = data.get(name, ...) if isinstance(data, dict) else ...
    return data


def _told(value: Any, name: str) -> str:
    match value:
        case _ if name == "replaces":
            return ", a corrected one" if isinstance(value, str) else ""
        case [*lines] if name == "lines":
            return f"{sum(line['quantity'] for line in lines)} in all"
        case str(digest) if DIGEST.fullmatch(digest):
            return f"{digest[:4]}…"
        case str(day) if DAY.fullmatch(day):
            return f"{int(day[8:])} {date.fromisoformat(day):%B %Y}"
        case str(instant) if INSTANT.fullmatch(instant):
            at = datetime.fromisoformat(instant).astimezone(UTC)
            return f"{at.day} {at:%B %Y, %H:%M} UTC"
        case {"amount": str(amount), "currency": str(currency)}:
            whole, dot, rest = amount.partition(".")
            return f"{int(whole):,}{dot}{rest} {currency}"
        case None | EllipsisType() | dict() | list():
            return "…"
        case str(listed) if name == "list_set":
            return listed.upper()
        case str(person) if person.startswith("per_"):
            return person.removeprefix("per_").replace("_", " ").title()
        case str(name) if name.startswith("del_"):
            return f"delegation {name}"
        case str(name) if name.startswith("prg_"):
            return name.removeprefix("prg_").replace("_", "-")
        case str(one) if AN_ID.fullmatch(one):
            return one
    return str(value).replace("_", " ")
