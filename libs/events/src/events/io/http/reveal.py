"""Reveal: a person's values, to somebody who may see them, after the reading has been recorded."""

from collections.abc import Collection
from typing import Any

from events.handler import Act
from events.io.http.asked import Asked
from events.latest import Disclosed, latest_of
from events.personal import Kind
from events.values import PersonId


class Revealer:
    """Opens the vault for one request."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._recorded = False

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
        opened = await self._opened(reading, streams, person)
        return {
            each.disclosure.name: each.disclosure.value
            for each in opened
            if each.disclosure.kind in kinds
        }

    async def every(self, stream: str, field: str) -> list[Any]:
        """What the field was in each event of the stream that has it, None where it was erased.

        For who was shown the person's values by this very request: nothing more is recorded.
        """
        assert self._recorded, "nothing is shown before it is recorded who is shown it"
        handler = self._asked.desk.handler
        events = [
            entry.envelope.id
            for entry in await handler.store.load(stream)
            if field in handler.registry.kind(handler.registry.read(entry.envelope)).personal
        ]
        opened = await handler.store.disclosures(events)
        values = ({each.name: each.value for each in opened.get(event, ())} for event in events)
        return [each.get(field) for each in values]

    async def erased(self, person: str) -> tuple[Kind, ...]:
        """The kinds of which there is nothing to show, because they were erased of this person."""
        return tuple(sorted(await self._asked.desk.handler.store.erased(person)))

    async def disclosures(
        self,
        reading: Act[Any, Any, Any],
        *,
        streams: Collection[str],
        person: PersonId,
        fields: Collection[str],
    ) -> list[Disclosed]:
        """The same, of these fields, in the form that anybody can hold against the log's digests.

        Whoever has a disclosure can prove the value to others: give it to few.
        """
        opened = await self._opened(reading, streams, person)
        return [each for each in opened if each.disclosure.name in fields]

    async def _opened(
        self, reading: Act[Any, Any, Any], streams: Collection[str], person: PersonId
    ) -> list[Disclosed]:
        handler = self._asked.desk.handler
        await handler.do(reading, context=self._asked.context)
        self._recorded = True
        history = [entry for stream in streams for entry in await handler.store.load(stream)]
        held = await latest_of(person, history, handler.registry, handler.store)
        return list(held.values())
