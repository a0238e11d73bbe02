"""The directory: which operation a path belongs to, found without trying each route in turn."""

import re
from collections.abc import Mapping, Sequence

from starlette.routing import compile_path

from events.io.http.operation import Operation

Found = tuple[Operation, Mapping[str, str]]
"""An operation and its path parameters, still as text."""


class Directory:
    """Operations by method and number of segments; the few that are left are compared.

    What is written out goes before a parameter, and a parameter that spans several segments
    (`{name:path}`) comes last.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._known: dict[tuple[str, int], list[tuple[list[str], Operation]]] = {}
        self._spanning: list[tuple[re.Pattern[str], Operation]] = []
        self._methods = sorted({operation.method for operation in operations})
        for operation in sorted(operations, key=lambda each: each.path.count("{")):
            if ":" in operation.path:
                self._spanning.append((compile_path(operation.path)[0], operation))
                continue
            segments = operation.path.split("/")
            alike = self._known.setdefault((operation.method, len(segments)), [])
            alike.append((segments, operation))

    def methods(self, path: str) -> list[str]:
        """All the methods that this path may be asked with."""
        return [method for method in self._methods if self.find(method, path) is not None]

    def find(self, method: str, path: str) -> Found | None:
        """The operation and its path parameters; None when there is no such operation."""
        segments = path.split("/")
        for template, operation in self._known.get((method, len(segments)), ()):
            parameters = {}
            for expected, given in zip(template, segments, strict=True):
                if expected.startswith("{") and given:
                    parameters[expected[1:-1]] = given
                elif expected != given:
                    break
            else:
                return operation, parameters
        for pattern, operation in self._spanning:
            match = pattern.fullmatch(path)
            if match is not None and operation.method == method:
                return operation, match.groupdict()
        return None
