"""Whoever is shown what is protected is on record before they are shown it."""

from collections.abc import Sequence
from typing import Annotated

from audit.domain.reading import ReadProtected, What, reading
from audit.log.logged import Logged
from audit.trail.knowing import protected
from events.handler import Act
from events.io.http import Asked
from events.io.http.asked import Given
from events.roles import MACHINES, Role
from events.values import Code

UNRECORDED = MACHINES | {Role.DONOR}
"""Services read for nobody; a donor is shown nothing that is protected."""


class Recorder:
    """Records what is about to be shown in one request."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def shown(self, what: What, key: str | None, entries: Sequence[Logged]) -> None:
        """These entries, if any of them is protected: told in confidence, or of a restricted case.
        What cannot be recorded is not shown.
        """
        view = self._asked.desk.view
        if self._asked.me.roles & UNRECORDED or not entries:
            return
        assert view is not None, "whoever shows entries has a database"
        told = sorted(entry.index for entry in await protected(entries, view))
        if told:
            await self._record(what, key, len(told), told[0], told[-1])

    async def all_of(self, what: What, key: str | None, first: int, last: int) -> None:
        """So many entries that some of them are protected."""
        if not self._asked.me.roles & UNRECORDED and last >= first:
            await self._record(what, key, last - first + 1, first, last)

    async def _record(
        self, what: What, key: str | None, entries: int, first: int, last: int
    ) -> None:
        asked = self._asked
        read = ReadProtected(
            by=asked.me.id,
            at=asked.now,
            what=what,
            key=Code(key) if key is not None else None,
            entries=entries,
            first=first,
            last=last,
        )
        await asked.desk.handler.do(Act(reading, asked.ids.new("rea"), read), context=asked.context)


async def _recorder(asked: Asked) -> Recorder:
    return Recorder(asked)


Record = Annotated[Recorder, Given(_recorder, records=True)]
"""Records that something protected was read."""
