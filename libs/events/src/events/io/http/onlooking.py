"""What is told in confidence is shown to who looks on after it is recorded, or not at all."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Response
from pydantic import BaseModel

from events.confidence import ConfidentialRead, ReadInConfidence, reading
from events.handler import Act
from events.io.http.asked import Asked
from events.io.http.models import Cursor
from events.roles import OUTSIDERS
from events.values import Code


class Onlookers:
    """Records what the operations of a service show in confidence to auditors and donors."""

    def __init__(self, read: type[ConfidentialRead]) -> None:
        self._reading = reading(read)

    async def record(
        self,
        asked: Asked,
        what: str,
        arguments: Mapping[str, Any],
        answer: Response | BaseModel,
        key: str | None,
    ) -> None:
        """What the operation is about to answer; what cannot be recorded is not answered.

        A page is told by its first line and its last. Nothing is recorded of an empty one, nor
        where the client has it already and is shown nothing.
        """
        if asked.me.roles.isdisjoint(OUTSIDERS):
            return
        page = next((each for each in arguments.values() if isinstance(each, Cursor)), None)
        lines = page.shown if page is not None else ()
        if not lines and not (page is None and _is_shown(answer)):
            return
        read = ReadInConfidence(
            by=asked.me.id,
            at=asked.now,
            what=Code(what),
            key=Code(key) if key is not None else None,
            shown=len(lines) or 1,
            first=Code(lines[0]) if lines else None,
            last=Code(lines[-1]) if lines else None,
        )
        act = Act(self._reading, asked.ids.new("rea"), read)
        await asked.desk.handler.do(act, context=asked.context)


def _is_shown(answer: Response | BaseModel) -> bool:
    """Not to who has it already."""
    return not isinstance(answer, Response) or answer.status_code == HTTPStatus.OK
