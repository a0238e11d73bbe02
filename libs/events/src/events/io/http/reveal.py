"""Reveal: a person's values, to somebody who may see them, after the reading has been recorded."""

from collections.abc import Collection
from typing import Any

from events.decider import Event
from events.handler import Act
from events.io.http.asked import Asked
from events.personal import Kind
from events.values import PersonId


class Revealer:
    """Opens the vault for one request."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def __call__(
        self,
        reading: Act[Any, Any, Any],
        *,
        streams: Collection[str],
        person: PersonId,
        kinds: Collection[Kind],
    ) -> dict[str, Any]:
        """The person's latest values by field, of these kinds, out of the events of these streams.

        `reading` decides whether they may be seen and is stored first: what cannot be recorded is
        not shown. A value that was erased is not there. The answer must not be kept by anybody:
        return it with `Cache-Control: no-store`.
        """
        handler = self._asked.desk.handler
        await handler.do(reading, context=self._asked.context)
        about = [
            entry.envelope.id
            for stream in streams
            for entry in await handler.store.load(stream)
            if _is_about(handler.registry.read(entry.envelope), person)
        ]
        opened = await handler.store.disclosures(about)
        return {
            disclosure.name: disclosure.value
            for event_id in about
            for disclosure in opened.get(event_id, ())
            if disclosure.kind in kinds
        }


def _is_about(event: Event, person: PersonId) -> bool:
    return event.about is not None and getattr(event, event.about) == person
