"""Bodies that come in, answers that go out, and pages of them."""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Generic, Self, TypeVar

import msgspec
from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from events.io.http.asked import Asked
from events.io.http.problems import Fault, Problem

LIMIT_MAX = 200
CURSOR_MAX_CHARS = 512
NUMBER = re.compile(r"0*[0-9]{1,15}", re.ASCII)
"""That a database's `bigint` holds, however many zeros stand before it."""


class Body(BaseModel):
    """What a client sends: strict types, no unknown field, unchanging."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


REDIRECTING = frozenset(["LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"])
"""Bidirectional classes of what makes a text look other than it is (UAX 9)."""


def _readable(text: str) -> str:
    if not any(unicodedata.category(each)[0] in "LN" for each in text):
        raise PydanticCustomError("not_readable", "Write at least one letter or digit.")
    for each in text:
        if unicodedata.category(each) == "Cc" or unicodedata.bidirectional(each) in REDIRECTING:
            raise PydanticCustomError(
                "not_readable", "Leave out control characters and those that turn the direction."
            )
    return text


READABLE = AfterValidator(_readable)
"""Of a name in any script, as people read it: nothing is invisible in it but what joins letters."""


class Answer(BaseModel):
    """What a client gets. Never a personal value, except from a route that records the read."""

    model_config = ConfigDict(frozen=True)


T = TypeVar("T")


class Page(Answer, Generic[T]):
    """Part of a collection; `next` is the cursor of the following part, absent at the end."""

    items: tuple[T, ...]
    next: str | None = None


class Cursor:
    """Where in a collection the client is: `after` is the last key it has, `limit` what it wants.

    Ask the view for `page.limit + 1` rows with a key above `page.after` and hand all of them to
    `page.of`. A cursor belongs to the filters it was made with.
    """

    def __init__(self, after: str | None, limit: int, filters: str) -> None:
        self.after = after
        self.limit = limit
        self.shown: tuple[str, ...] = ()
        """The keys of what is on the page that was made."""
        self._filters = filters

    @classmethod
    def read(cls, parameters: Mapping[str, Any], path: str) -> Self:
        shown = {
            k: v for k, v in parameters.items() if k not in ("cursor", "limit", "min_position")
        }
        told = msgspec.json.encode([path, shown], order="sorted", enc_hook=str)
        filters = hashlib.sha256(told).hexdigest()[:16]
        cursor = parameters.get("cursor")
        return cls(_after(cursor, filters) if cursor else None, parameters["limit"], filters)

    def numbers(self, count: int = 1) -> tuple[int, ...]:
        """The last key of a collection in the order of numbers, told as `7` or `7/3`; zeros at the
        beginning.
        """
        if self.after is None:
            return (0,) * count
        told = self.after.split("/")
        if len(told) != count or not all(NUMBER.fullmatch(each) for each in told):
            raise _foreign()
        return tuple(int(each) for each in told)

    def of(self, rows: Sequence[T], *, key: Callable[[T], str]) -> Page[T]:
        """The page, and a cursor to go on with when there was a row too many."""
        shown = tuple(rows[: self.limit])
        self.shown = tuple(map(key, shown))
        if len(rows) <= self.limit:
            return Page(items=shown)
        packed = msgspec.json.encode([self._filters, self.shown[-1]])
        return Page(items=shown, next=base64.urlsafe_b64encode(packed).rstrip(b"=").decode())


def _after(cursor: str, filters: str) -> str:
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        made_with, after = msgspec.json.decode(packed, type=tuple[str, str])
        after.encode()
    except (ValueError, msgspec.MsgspecError):
        raise _foreign() from None
    if made_with != filters or "\0" in after:
        raise _foreign()
    return after


def _foreign() -> Problem:
    fault = Fault(None, "cursor_foreign", "Not a cursor of this query.", parameter="cursor")
    return Problem(
        "query_invalid",
        "A cursor goes on with the very query that it came from.",
        errors=[fault],
    )


PAGE_QUERIES: Mapping[str, tuple[Any, Any]] = {
    "limit": (Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many at most.")], 50),
    "cursor": (
        Annotated[
            str | None,
            Query(max_length=CURSOR_MAX_CHARS, description="`next` of the page before this one."),
        ],
        None,
    ),
}


async def take_cursor(asked: Asked) -> Cursor:
    return Cursor.read(asked.parameters, asked.path)
