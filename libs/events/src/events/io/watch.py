"""What delivery tells the operator: log lines, told once and not at every attempt."""

import logging
import time

from events.delivery.consume import place
from events.delivery.ports import Watch
from events.ports import Unavailable

SAY_AGAIN_SECONDS = 60.0

log = logging.getLogger("homeward.delivery")


class LogWatch(Watch):
    """Logs failures by class and place, never by their text."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], float] = {}
        self._stopped: set[tuple[str, str]] = set()

    def standing(self, consumer: str, source: str, *, stopped: bool) -> None:
        if stopped and (consumer, source) not in self._stopped:
            log.error("%s stands still at an event of %s", consumer, source)
        (self._stopped.add if stopped else self._stopped.discard)((consumer, source))

    def failed(self, part: str, error: BaseException) -> None:
        where, now = place(error), time.monotonic()
        if now - self._said.get((part, where), -SAY_AGAIN_SECONDS) < SAY_AGAIN_SECONDS:
            return
        self._said[part, where] = now
        expected = isinstance(error, Unavailable)
        log.log(logging.INFO if expected else logging.WARNING, "%s: %s", part, where)
