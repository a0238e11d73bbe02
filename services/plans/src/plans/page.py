"""A page of YAML or JSON as plain data that remembers on which line each part stands.

Every value is text, a whole number, or nothing: YAML's guesses (`no` as false, 1:30 as ninety)
are not made, so that the country NO is a country.
"""

import re
from dataclasses import dataclass
from typing import Any

import yaml

PARTS_MAX = 5_000
"""Anchors can make a small page enormous; a programme has some hundred parts."""
DEPTH_MAX = 20
"""An anchor can also stand for what it is a part of, which has no end; a programme has 6 levels."""
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})", re.ASCII)
_NO_TEXT = re.compile("[\0\ud800-\udfff]")

Place = tuple[str | int, ...]
"""Where a part stands: ("buying", "bands", 1, "below")."""


@dataclass(frozen=True)
class Mistake:
    """What is wrong, where, and what to write instead."""

    place: Place
    text: str
    line: int | None = None
    name: str = "programme"
    """Of the file."""

    @property
    def pointer(self) -> str:
        """The same as a JSON pointer (RFC 6901): `/buying/bands/1/below`."""
        steps = (str(step)[:60].replace("~", "~0").replace("/", "~1") for step in self.place)
        return "".join(f"/{step}" for step in steps)

    @property
    def path(self) -> str:
        """`buying.bands[1].below`."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step[:60]}" for step in self.place)
        return "".join(steps).removeprefix(".") or "the page"

    def __str__(self) -> str:
        where = self.name if self.line is None else f"{self.name}:{self.line}"
        return f"{where}  {self.path}  {self.text}"


@dataclass(frozen=True)
class Page:
    """The data and the line of each part; no lines when it did not come as text."""

    name: str
    data: Any
    lines: dict[Place, int]

    def mistake(self, place: Place, text: str) -> Mistake:
        """A mistake at that part, or at the nearest part around it that has a line."""
        around = next((place[:n] for n in range(len(place), -1, -1) if place[:n] in self.lines), ())
        return Mistake(place, text, self.lines.get(around), self.name)


class Unreadable(Exception):
    """The text is no YAML, or says a thing twice."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


def read(text: str, name: str) -> Page:
    """Read YAML, of which JSON is a part. `Unreadable` when it is neither."""
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise Unreadable(Mistake((), f"is not YAML: {error.problem}", line, name)) from None
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError):
        # the last two: an escape or a directive with a number that stands for nothing
        raise Unreadable(Mistake((), "is not YAML", None, name)) from None
    if root is None:
        raise Unreadable(Mistake((), "is empty", 1, name))
    reader = _Reader(name)
    return Page(name, reader.part(root, ()), reader.lines)


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Place, int] = {}

    def part(self, node: yaml.Node, place: Place) -> Any:
        self.lines[place] = node.start_mark.line + 1
        if len(self.lines) > PARTS_MAX:
            raise self._unreadable(node, place, f"has more than {PARTS_MAX} parts")
        if len(place) > DEPTH_MAX:
            detail = f"is over {DEPTH_MAX} levels deep, or a part of itself"
            raise self._unreadable(node, place[:1], detail)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.part(each, (*place, n)) for n, each in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        plain: str = self._text(node, place)
        if node.style is None and _WHOLE.fullmatch(plain):
            return int(plain)
        return None if node.style is None and plain in ("", "~", "null") else plain

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._unreadable(key, place, "has a name that is not a word")
            name = self._text(key, place)
            if name in made:
                raise self._unreadable(key, (*place, name), "stands there twice; keep one")
            made[name] = self.part(value, (*place, name))
            self.lines[(*place, name)] = key.start_mark.line + 1
        return made

    def _text(self, node: yaml.ScalarNode, place: Place) -> str:
        """YAML's escapes can write what is no text."""
        if _NO_TEXT.search(node.value):
            raise self._unreadable(node, place, "holds U+0000 or half of a surrogate pair")
        told: str = node.value
        return told

    def _unreadable(self, node: yaml.Node, place: Place, text: str) -> Unreadable:
        return Unreadable(Mistake(place, text, node.start_mark.line + 1, self.name))
