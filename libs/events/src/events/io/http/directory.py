"""The directory: which operation a path belongs to, found without trying each route in turn."""

from collections.abc import Mapping, Sequence

from events.io.http.operation import Operation


class Directory:
    """Operations by method and number of segments; the few that are left are compared."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._known: dict[tuple[str, int], list[tuple[list[str], Operation]]] = {}
        for operation in operations:
            segments = operation.path.split("/")
            self._known.setdefault((operation.method, len(segments)), []).append(
                (segments, operation)
            )
        for candidates in self._known.values():
            candidates.sort(key=lambda known: known[1].path.count("{"))

    def find(self, method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
        """The operation and its path parameters; what is written out goes before a parameter."""
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
        return None
