"""A value that is gone without an erasure, and an erasure without an event, are found."""

import asyncpg
from libs.events.tests.bakery import ANA, AS_ANA, BEN
from libs.events.tests.drafts import ids, placed

from events import erasure
from events.io.postgres import PostgresStore
from events.io.postgres.openings import openings
from events.memory import NOON
from events.personal import Kind
from events.ports import Append
from events.registry import Registry
from events.values import ErasureId, SubjectId
from homeward.postgres import Database


class SubjectErased(erasure.SubjectErased, frozen=True, tag="bakery.subject_erased.v1"):
    """The bakery has forgotten somebody."""


async def tell(store: PostgresStore, *kinds: Kind) -> None:
    """Say that Ben's values of these kinds were destroyed."""
    said = SubjectErased(
        by=ANA,
        at=NOON,
        erasure=ErasureId("era_1"),
        person=SubjectId(BEN),
        kinds=kinds,
        disclosures=0,
    )
    draft = Registry.of("bakery", [SubjectErased]).draft(
        said,
        stream="era_1",
        version=1,
        event_id=ids.event_id(),
        recorded=NOON,
        context=AS_ANA,
        salt=ids.salt,
    )
    await store.append(Append((draft,)))


async def test_all_is_well_before_and_after_an_erasure(postgres_store: PostgresStore) -> None:
    for number, person in enumerate((BEN, ANA)):
        draft = placed(f"itm_{number}", person=person, name="Zaynab")
        await postgres_store.append(Append((draft,)))
    before = await openings(postgres_store.pool)
    assert (before.digests, before.kept, before.missing, before.untold) == (4, 4, 0, ())
    await postgres_store.erase(BEN, [Kind.IDENTITY])
    await tell(postgres_store, Kind.IDENTITY)
    after = await openings(postgres_store.pool)
    assert (after.kept, after.erased, after.missing, after.untold) == (3, 1, 0, ())


async def test_an_erasure_that_no_event_tells_of_is_found(postgres_store: PostgresStore) -> None:
    await postgres_store.append(Append((placed("itm_1", name="Zaynab"),)))
    await postgres_store.erase(BEN)
    await tell(postgres_store, Kind.IDENTITY, Kind.HEALTH, Kind.PROTECTION)
    assert (await openings(postgres_store.pool)).untold == ((BEN, "contact"),)


async def test_a_value_that_somebody_threw_away_is_missing(
    postgres_store: PostgresStore, database: Database
) -> None:
    await postgres_store.append(Append((placed("itm_1", name="Zaynab"),)))
    owner = await asyncpg.connect(database.owner)
    await owner.execute("delete from es_disclosure where name = 'name'")
    await owner.close()
    assert (await openings(postgres_store.pool)).missing == 1
