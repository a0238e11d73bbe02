"""Every personal field of every event can be erased, and every service that has one says how."""

from collections.abc import Callable

import pytest

from events.catalogue import SAMPLE_CONTEXT, sample
from events.io.postgres import EpochKeys, open_store
from events.memory import NOON, SeededIds
from events.personal import Kind
from events.ports import Append
from events.registry import Draft
from homeward.generate import SERVICES, declared
from homeward.postgres import Database
from intake.domain.subject import erasing

ids = SeededIds(11)


def drafts(name: str) -> list[Draft]:
    """An example of each event with a personal field."""
    registry = declared(name).registry
    return [
        registry.draft(
            sample(kind),
            stream=f"str_{number}",
            version=1,
            event_id=ids.event_id(),
            recorded=NOON,
            context=SAMPLE_CONTEXT,
            salt=ids.salt,
        )
        for number, kind in enumerate(registry)
        if kind.personal
    ]


def test_who_has_personal_values_follows_an_erasure_and_intake_waits_for_it() -> None:
    following = {name for name in SERVICES if declared(name).erasing is not None}
    assert {name for name in SERVICES if drafts(name)} <= following
    assert set(erasing.SERVICES) == following
    assert erasing.SERVICES[0] == "intake", "who goes first"


@pytest.mark.parametrize("name", [name for name in SERVICES if drafts(name)])
async def test_every_personal_field_is_gone_with_its_persons_keys(
    name: str, make_migrated: Callable[..., Database]
) -> None:
    database = make_migrated()
    async with open_store(database.app, EpochKeys(b"k" * 32)) as store:
        made = drafts(name)
        await store.append(Append(tuple(made)))
        events = [draft.event_id for draft in made]
        opened = await store.disclosures(events)
        assert {event: len(values) for event, values in opened.items()} == {
            draft.event_id: len(draft.disclosures) for draft in made
        }
        for person in {draft.person for draft in made}:
            assert person is not None
            await store.erase(person, tuple(Kind))
        assert await store.disclosures(events) == {}
