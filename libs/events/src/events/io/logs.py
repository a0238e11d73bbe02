"""Logs: one JSON object a line, with the trace's id, and nothing about a person.

Only what is on the list gets out. Our own messages are written without personal values; of another
library's message only the template is told, because its arguments may quote a value; of an
exception its class and where it was raised, never its text.
"""

import logging
import sys
from datetime import UTC, datetime
from traceback import walk_tb
from types import TracebackType

import msgspec

from events.io.telemetry import current

OURS = "homeward"
FRAMES_MAX = 12


class Lines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": _message(record),
        }
        trace = current()
        if trace is not None:
            line["trace_id"] = trace.id
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["at"] = _places(record.exc_info[2])
        return msgspec.json.encode(line).decode()


def _message(record: logging.LogRecord) -> str:
    is_ours = record.name.partition(".")[0] == OURS
    return record.getMessage() if is_ours else str(record.msg)


def _places(traceback: TracebackType | None) -> list[str]:
    frames = [
        f"{frame.f_code.co_filename.rpartition('/')[2]}:{number} {frame.f_code.co_name}"
        for frame, number in walk_tb(traceback)
    ]
    return frames[-FRAMES_MAX:]


def log_lines(service: str) -> None:
    """From now on this process logs such lines, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.INFO)
