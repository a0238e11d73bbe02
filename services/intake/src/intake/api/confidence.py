"""Who may know of a complaint: what decides it, looked up for each act."""

from collections.abc import Mapping, Sequence
from typing import Any

from events.io.http.asked import Asked
from events.roles import Role
from events.values import ComplaintId, PersonId


async def confided(asked: Asked, complaint: ComplaintId) -> dict[str, Any]:
    """The fields of `Confided`: who asks, and who is complained about, as the vault tells."""
    first = await asked.desk.handler.store.load(complaint, limit=1)
    named = await named_in(asked, [entry.envelope.id for entry in first])
    return {
        "by": asked.me.id,
        "at": asked.now,
        "organisation": asked.me.organisation,
        "office": asked.me.office,
        "officer": Role.COMPLAINTS_OFFICER in asked.me.roles,
        "named": tuple(person for people in named.values() for person in people),
    }


async def named_in(asked: Asked, received: Sequence[str]) -> Mapping[str, tuple[PersonId, ...]]:
    """Who is complained about, by the event of reception. Shown to nobody; nobody once erased."""
    opened = await asked.desk.handler.store.disclosures(received)
    return {
        event: tuple(
            PersonId(person)
            for disclosure in opened.get(event, ())
            if disclosure.name == "named"
            for person in disclosure.value
        )
        for event in received
    }
