"""What is taken out of a service's vault is told, unless an event says that it was erased."""

from collections.abc import AsyncIterator, Callable, Sequence

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.test_checking import Watch

from audit.checking import view as checking
from audit.checking.vaults import TOLD_WITHIN
from audit.domain.difference import DifferenceCleared, DifferenceFound, Kind
from audit.domain.finding import FindingRaised
from events.decider import Event
from events.envelope import Actor, Context
from events.io.http.trial import Trial
from events.io.postgres import EpochKeys, PostgresStore, open_store
from events.io.system import SystemClock
from events.memory import NOON, SeededIds
from events.personal import Kind as Personal
from events.ports import Append
from events.roles import Role
from events.values import SYSTEM, Code, ErasureId, PersonId, SubjectId, VendorId
from homeward.postgres import Database
from vendors.domain.erased import SubjectErased
from vendors.domain.vendor.facts import VendorContactRecorded, VendorProposed
from vendors.domain.vendor.kinds import Kind as Sort
from vendors.domain.vendor.kinds import Source, Tier
from vendors.main import service as vendors

OVENS, TOOLS = VendorId("ven_1"), VendorId("ven_2")
AS_SYSTEM = Context(
    actor=Actor(id=SYSTEM, role=Code("service"), organisation=Code("homeward")), correlation="c"
)


def proposed(vendor: VendorId, phone: str | None = "+964 790 000 0101") -> VendorProposed:
    return VendorProposed(
        by=SYSTEM,
        at=NOON,
        vendor=vendor,
        kind=Sort.COMPANY,
        country=Code("IQ"),
        tier=Tier.BASIC,
        name="Al-Noor Ovens",
        latin_name="Al-Noor Ovens",
        town="Baghdad",
        phone=phone,
    )


def another_number(vendor: VendorId) -> VendorContactRecorded:
    return VendorContactRecorded(
        by=SYSTEM, at=NOON, vendor=vendor, source=Source.SITE_VISIT, phone="+964 790 000 0102"
    )


def erased(*kinds: Personal) -> SubjectErased:
    return SubjectErased(
        by=SYSTEM,
        at=NOON,
        erasure=ErasureId("era_1"),
        person=SubjectId(OVENS),
        kinds=kinds,
        disclosures=0,
    )


class Vault(Watch):
    """The vendors service's store with its vault, the log that has what it told, and the check."""

    def __init__(self, desk: Desk, theirs: PostgresStore, database: Database) -> None:
        self.theirs, self.database = theirs, database
        super().__init__(desk, self)  # type: ignore[arg-type]
        self.checker.stores = {"vendors": database.auditor}
        self._ids, self._told, self._streams = SeededIds(3), 0, dict[str, int]()

    async def tell(self, stream: str, *events: Event) -> None:
        """The service keeps it, and the log takes it."""
        for event in events:
            version = self._streams[stream] = self._streams.get(stream, 0) + 1
            draft = vendors.registry.draft(
                event,
                stream=stream,
                version=version,
                event_id=self._ids.event_id(),
                recorded=SystemClock().now(),
                context=AS_SYSTEM,
                salt=self._ids.salt,
            )
            await self.theirs.append(Append((draft,)))
        new = await self.theirs.read(self._told, 99)
        self._told += len(new)
        await self.desk.keep([("vendors", entry) for entry in new])

    async def as_owner(self, *statements: str) -> None:
        owner = await asyncpg.connect(self.database.owner)
        for statement in statements:
            await owner.execute(statement)
        await owner.close()

    async def found(self) -> list[tuple[Kind, int | None, int | None]]:
        """What is told once an erasure would have been told."""
        assert await self.differences() == []
        self.clock.advance(TOLD_WITHIN.total_seconds())
        return await self.differences()


@pytest.fixture
async def vault(desk: Desk, make_migrated: Callable[..., Database]) -> AsyncIterator[Vault]:
    database = make_migrated()
    async with open_store(database.app, EpochKeys(b"k" * 32)) as theirs:
        vault = Vault(desk, theirs, database)
        await vault.tell(OVENS, proposed(OVENS), another_number(OVENS))
        await vault.tell(TOOLS, proposed(TOOLS, phone=None))
        yield vault
        vault.own.close()
        vault.indexes.close()


OF = "(select event_id from es_event where pos = {})"
GONE = f"delete from es_disclosure where event_id = {OF}"
MOVED = (
    f"update es_disclosure set event_id = {OF.format(3)}"
    f" where name = 'phone' and event_id = {OF.format(2)}"
)


async def test_a_vault_that_nobody_touched_is_whole(vault: Vault) -> None:
    assert await vault.found() == []


@pytest.mark.parametrize(
    ("statements", "first", "last"),
    [
        ((GONE.format(1),), 1, 1),
        ((GONE.format(1) + " and name = 'latin_name'",), 1, 1),
        ((GONE.format(3) + " and name = 'town'",), 3, 3),
        ((GONE.format(1), GONE.format(2)), 1, 2),
        (("delete from es_disclosure",), 1, 3),
        (("delete from es_key where person = 'ven_2'",), 3, 3),
        ((MOVED,), 2, 2),
    ],
)
async def test_a_value_that_somebody_took_out_is_a_difference_and_a_finding(
    vault: Vault, statements: Sequence[str], first: int, last: int
) -> None:
    assert await vault.passes() == []
    await vault.as_owner(*statements)
    assert await vault.passes() == []
    vault.clock.advance(TOLD_WITHIN.total_seconds())
    told = await vault.passes()
    [difference] = [each for each in told if isinstance(each, DifferenceFound)]
    assert (difference.service, difference.kind) == ("vendors", Kind.VALUE_MISSING)
    assert (difference.position, difference.last) == (first, last)
    assert difference.entry == first - 1
    [raised] = [each for each in told if isinstance(each, FindingRaised)]
    assert (raised.rule, raised.entries) == ("store_differs", (first - 1,))
    assert vault.checker.measures.differences["vendors"] == 1
    assert await vault.passes() == []  # told once


async def test_once_it_is_back_that_is_told_and_not_after_a_restart_alone(vault: Vault) -> None:
    await vault.as_owner("create table aside as table es_disclosure", GONE.format(1))
    assert await vault.found() == [(Kind.VALUE_MISSING, 1, 1)]
    again = Vault(vault.desk, vault.theirs, vault.database)
    again._read = vault._read
    assert await again.passes() == []
    again.own.close()
    again.indexes.close()
    await vault.as_owner("insert into es_disclosure table aside on conflict do nothing")
    assert [type(each) for each in await vault.passes()] == [DifferenceCleared]


async def test_auditors_read_of_it(vault: Vault, audit: Trial) -> None:
    elif_ = audit.sign_in("per_elif", Role.AUDITOR)
    await vault.as_owner(GONE.format(1))
    await vault.found()
    said = (await elif_.get("/v1/checks")).json()
    assert (said["whole"], [each["differences"] for each in said["stores"]]) == (False, [1])
    [item] = (await elif_.get("/v1/differences?stands=true")).json()["items"]
    assert (item["kind"], item["position"], item["entry"]) == ("value_missing", 1, 0)


# Who was erased


async def test_what_an_event_says_was_erased_is_no_difference(vault: Vault) -> None:
    every = tuple(Personal)
    await vault.theirs.erase(PersonId(OVENS), every)
    assert await vault.passes() == []  # it is destroyed first and told then
    await vault.tell("era_1", erased(*every))
    assert await vault.found() == []
    assert await checking.standing(vault.desk.store.pool, "vendors") == []


async def test_of_other_kinds_it_is_one_all_the_same(vault: Vault) -> None:
    await vault.theirs.erase(PersonId(OVENS), [Personal.CONTACT])
    await vault.tell("era_1", erased(Personal.CONTACT))
    assert await vault.found() == []
    await vault.as_owner(GONE.format(1) + " and name = 'name'")
    assert await vault.found() == [(Kind.VALUE_MISSING, 1, 1)]


async def test_nor_does_it_cover_another_person(vault: Vault) -> None:
    await vault.theirs.erase(PersonId(OVENS), tuple(Personal))
    await vault.tell("era_1", erased(*Personal))
    await vault.as_owner(GONE.format(3))
    assert await vault.found() == [(Kind.VALUE_MISSING, 3, 3)]


async def test_nor_what_was_told_after_it(vault: Vault) -> None:
    await vault.tell("era_1", erased(Personal.CONTACT))
    await vault.tell(OVENS, another_number(OVENS))
    await vault.as_owner(GONE.format(5))
    assert await vault.found() == [(Kind.VALUE_MISSING, 5, 5)]


async def test_an_erasure_that_no_event_tells_of_is_one(vault: Vault) -> None:
    await vault.theirs.erase(PersonId(OVENS), [Personal.IDENTITY])
    assert await vault.found() == [(Kind.VALUE_MISSING, 1, 1)]
    await vault.tell("era_1", erased(Personal.IDENTITY))
    assert [type(each) for each in await vault.passes()] == [DifferenceCleared]
