"""Personal values are opened with the right keys only, and never again once they are destroyed."""

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag
from libs.events.tests.bakery import ANA, BEN
from libs.events.tests.drafts import placed

from events.io.postgres import BadEpochKey, EpochKeys, PostgresStore, open_store
from events.ports import Append, PersonErased, Unavailable
from events.values import PersonId
from homeward.postgres import Database

OLD, NEW = b"o" * 32, b"n" * 32


async def as_owner(database: Database, statement: str, *args: object) -> Any:
    """What only somebody with the database in their hands can do."""
    connection = await asyncpg.connect(database.owner)
    try:
        return await connection.fetch(statement, *args)
    finally:
        await connection.close()


async def test_the_database_holds_no_value_in_the_clear(
    postgres_store: PostgresStore, database: Database
) -> None:
    await postgres_store.append(Append((placed("itm_1", name="Zaynab"),)))
    tables = ["es_event", "es_claim", "es_key", "es_disclosure", "es_snapshot", "es_tracking"]
    for table in tables:
        for row in await as_owner(database, f"select * from {table}"):
            for value in row.values():
                assert b"Zaynab" not in (value if isinstance(value, bytes) else str(value).encode())


async def test_each_person_and_kind_has_a_key(
    postgres_store: PostgresStore, database: Database
) -> None:
    for number, person in enumerate([ANA, BEN, BEN]):
        draft = placed(f"itm_{number}", person=person, name="Zaynab")
        await postgres_store.append(Append((draft,)))
    rows = await as_owner(database, "select person, kind from es_key order by 1, 2")
    assert [tuple(row) for row in rows] == [
        (ANA, "contact"),
        (ANA, "identity"),
        (BEN, "contact"),
        (BEN, "identity"),
    ]


async def test_an_append_about_many_people_has_a_key_for_each(
    postgres_store: PostgresStore, database: Database
) -> None:
    await postgres_store.append(Append((placed("itm_1", person=ANA, name="Zaynab"),)))
    people = [ANA, BEN, *(PersonId(f"per_{n}") for n in range(8))]
    drafts = [placed(f"itm_a{n}", person=each, name=each) for n, each in enumerate(people)]
    await postgres_store.append(Append(tuple(drafts)))
    opened = await postgres_store.disclosures([each.event_id for each in drafts])
    names = {d.value for found in opened.values() for d in found if d.name == "name"}
    assert names == set(people)
    (counted,) = await as_owner(database, "select count(*), count(distinct id) from es_key")
    assert tuple(counted) == (20, 20)


async def test_one_who_was_erased_among_many_refuses_the_append(
    postgres_store: PostgresStore,
) -> None:
    await postgres_store.append(Append((placed("itm_1", name="Zaynab"),)))
    await postgres_store.erase(BEN)
    people = [BEN, *(PersonId(f"per_{n}") for n in range(8))]
    drafts = [placed(f"itm_a{n}", person=each, name=each) for n, each in enumerate(people)]
    with pytest.raises(PersonErased):
        await postgres_store.append(Append(tuple(drafts)))
    assert await postgres_store.head() == 1


@pytest.mark.parametrize(
    "tampering",
    [
        "update es_disclosure set name = 'nickname' where name = 'name'",
        "update es_disclosure set event_id = (select event_id from es_event where pos = 2)",
        "update es_key set person = 'per_cem' where person = 'per_ben'",
        "update es_disclosure set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)",
        "update es_key set wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1)",
    ],
)
async def test_a_value_opens_only_where_it_was_sealed(
    postgres_store: PostgresStore, database: Database, tampering: str
) -> None:
    one, other = placed("itm_1", name="Zaynab"), placed("itm_2")
    await postgres_store.append(Append((one, other)))
    await as_owner(database, tampering)
    with pytest.raises(InvalidTag):
        await postgres_store.disclosures([one.event_id, other.event_id])


async def test_another_tenant_cannot_open_it(
    postgres_store: PostgresStore, database: Database
) -> None:
    draft = placed("itm_1", name="Zaynab")
    await postgres_store.append(Append((draft,)))
    async with open_store(database.app, EpochKeys(b"k" * 32), tenant="other") as other:
        with pytest.raises(InvalidTag):
            await other.disclosures([draft.event_id])


async def test_rewrapping_keeps_every_value_readable(database: Database) -> None:
    drafts = [placed(f"itm_{n}", person=p, name="Zaynab") for n, p in enumerate([ANA, BEN])]
    async with open_store(database.app, EpochKeys(OLD)) as store:
        await store.append(Append(tuple(drafts)))
    async with open_store(database.app, EpochKeys(NEW, OLD)) as store:
        assert await store.vault.rewrap() == 4
        assert await store.vault.rewrap() == 0
    async with open_store(database.app, EpochKeys(NEW)) as store:
        opened = await store.disclosures([draft.event_id for draft in drafts])
        assert [len(values) for values in opened.values()] == [2, 2]
        assert await store.append(Append((placed("itm_9", person=BEN, name="Zaynab"),))) == (3,)


async def test_an_old_backup_does_not_open_once_the_epochs_key_is_destroyed(
    database: Database,
) -> None:
    draft = placed("itm_1", name="Zaynab")
    async with open_store(database.app, EpochKeys(OLD)) as store:
        await store.append(Append((draft,)))
    backup = "create table backup_{0} as select * from es_{0}"
    restore = "insert into es_{0} select * from backup_{0}"
    for table in ("key", "disclosure"):
        await as_owner(database, backup.format(table))
    async with open_store(database.app, EpochKeys(NEW, OLD)) as store:
        await store.vault.rewrap()
        await store.erase(BEN)
    await as_owner(database, "alter table es_key disable trigger not_erased")  # as a restore does
    for table in ("key", "disclosure"):
        await as_owner(database, restore.format(table))
    async with open_store(database.app, EpochKeys(NEW)) as store:
        assert await store.disclosures([draft.event_id]) == {}
        assert await store.vault.rewrap() == 0
    async with open_store(database.app, EpochKeys(OLD)) as store:
        assert len(await store.disclosures([draft.event_id])) == 1, "the backup was a good one"


async def test_what_another_process_erased_is_not_sealed_under_a_key_remembered_here(
    postgres_store: PostgresStore, database: Database
) -> None:
    await postgres_store.append(Append((placed("itm_1", name="Zaynab"),)))
    async with open_store(database.app, EpochKeys(b"k" * 32)) as other:
        assert await other.erase(BEN) == 2
    with pytest.raises(PersonErased):
        await postgres_store.append(Append((placed("itm_2", name="Zaynab"),)))
    assert await postgres_store.head() == 1
    assert await as_owner(database, "select from es_key where person = $1", BEN) == []


async def test_what_is_purged_goes_with_the_keys_or_not_at_all(
    postgres_store: PostgresStore, database: Database
) -> None:
    await as_owner(database, "create table blind (person text)")
    await as_owner(database, f"grant all on blind to {urlsplit(database.app).username}")
    await as_owner(database, "insert into blind values ($1), ($2)", ANA, BEN)
    draft = placed("itm_1", name="Zaynab")
    await postgres_store.append(Append((draft,)))

    async def purge(connection: Any) -> None:
        await connection.execute("delete from blind where person = $1", BEN)

    async def fail(connection: Any) -> None:
        await purge(connection)
        raise Unavailable("died")

    with pytest.raises(Unavailable):
        await postgres_store.erase(BEN, also=[fail])
    assert len((await postgres_store.disclosures([draft.event_id]))[draft.event_id]) == 2
    assert await postgres_store.erased(BEN) == frozenset()
    assert await postgres_store.erase(BEN, also=[purge]) == 2
    assert [row["person"] for row in await as_owner(database, "select * from blind")] == [ANA]


async def test_a_key_of_the_services_own_outlives_its_epoch(database: Database) -> None:
    async with open_store(database.app, EpochKeys(OLD)) as store:
        assert await store.vault.own_key("blinding", b"1" * 32) == b"1" * 32
        assert await store.vault.own_key("blinding", b"2" * 32) == b"1" * 32
    async with open_store(database.app, EpochKeys(NEW, OLD)) as store:
        assert await store.vault.left_behind() == 1
        assert await store.vault.rewrap() == 1
        assert await store.vault.left_behind() == 0
    async with open_store(database.app, EpochKeys(NEW)) as store:
        assert await store.vault.own_key("blinding", b"2" * 32) == b"1" * 32


async def test_a_key_and_an_erasure_at_once_leave_no_key(
    postgres_store: PostgresStore, database: Database
) -> None:
    """Whichever comes first: either the value goes with the erasure or it was refused."""

    async def tell(number: int) -> None:
        with suppress(PersonErased):
            await postgres_store.append(Append((placed(f"itm_{number}", name="Zaynab"),)))

    await asyncio.gather(
        *map(tell, range(20)), postgres_store.erase(BEN), *map(tell, range(20, 40))
    )
    assert await as_owner(database, "select from es_key where person = $1", BEN) == []
    assert await as_owner(database, "select from es_disclosure") == []


async def test_without_the_epochs_key_nothing_is_sealed(database: Database) -> None:
    async with open_store(database.app, EpochKeys(OLD)) as store:
        await store.append(Append((placed("itm_1", name="Zaynab"),)))
    async with open_store(database.app, EpochKeys(NEW)) as store:
        with pytest.raises(BadEpochKey):
            await store.append(Append((placed("itm_2", name="Zaynab"),)))
        assert await store.head() == 1


def test_an_epoch_key_has_32_bytes() -> None:
    with pytest.raises(BadEpochKey):
        EpochKeys(b"short")
