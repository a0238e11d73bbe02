"""Nothing is merged without a person: what the platform does by itself with people entered twice.

People who are in it twice are registered through the service's own route, indexed by its own task
and searched by its own effect. Then the whole history is read: whatever confirmed, dismissed or
merged anything would be somebody's act, and nobody has acted.
"""

import os
from contextlib import AsyncExitStack

from bench.figures import Figure, Setting, other_load
from bench.figures.append import empty_database
from bench.figures.importing import TERMS
from bench.people.invented import Split, records
from events.delivery.consume import Ear, follow
from events.handler import Handler
from events.io.http.trial import Caller, trial
from events.io.postgres import EpochKeys, PostgresTracking, migrate, open_store
from events.io.system import SystemClock, SystemIds
from events.roles import Role
from intake.domain.matching.features import Known
from intake.duplicates import searching
from intake.duplicates.keeping import Keeper
from intake.gateways import Gateways
from intake.importing.columns import age_by
from intake.main import service
from intake.views.rows import written

PEOPLE = 200
MACHINES_MAY = {"intake.returnee_registered.v1", "intake.duplicate_suspected.v1"}
MACHINES_MAY |= {"intake.duplicate_search_started.v1", "intake.duplicate_search_completed.v1"}


async def merged_without_a_person(setting: Setting) -> Figure:
    """Decisions in the history after all that the platform does by itself: none."""
    key = os.urandom(32)
    with other_load() as load, empty_database(setting) as database:
        await migrate(database.owner, service.migrations)
        async with AsyncExitStack() as stack:
            store = await stack.enter_async_context(open_store(database.app, EpochKeys(key)))
            await store.pool.execute(
                "insert into programme_version (programme_id, version, terms) values ($1, $2, $3)",
                TERMS.programme,
                TERMS.version,
                written(TERMS),
            )
            given = Gateways(key, key, database_url=database.app)
            running = await stack.enter_async_context(
                trial(
                    service.api,
                    service.registry,
                    store=store,
                    view=store.pool,
                    gateways=given,
                    clock=SystemClock(),
                )
            )
            handler = Handler(service.registry, store, SystemClock(), SystemIds())
            tracking = PostgresTracking(store.pool)
            keeper = Keeper(handler, tracking, store.pool, given.blind, given.made_with)
            lina = running.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")
            for record in records(Split.HELD_OUT, PEOPLE):
                await _registered(lina, record.known)
            while await keeper.take() < await store.head():
                pass
            petra = running.sign_in("per_petra", Role.PROGRAMME_MANAGER)
            started = await petra.post("/v1/duplicate-searches")
            assert started.status_code == 201, started.text
            await _carried_out(handler, given)
            told = [entry.envelope.type for entry in await store.read(0, 100_000)]
    suspected = told.count("intake.duplicate_suspected.v1")
    assert suspected, "people who are in the books twice are suspected"
    value = len([name for name in told if name not in MACHINES_MAY])
    setting.told(f"merged_without_a_person: {suspected} pairs suspected, {value} decided")
    return Figure(
        figure="merged_without_a_person",
        value=value,
        unit="acts",
        limit=1,
        must_be="<",
        holds=value < 1,
        rounds=1,
        other_load=round(load[0], 2),
    )


async def _registered(who: Caller, known: Known) -> None:
    born = next(iter(known.born), None)
    answer = await who.post(
        "/v1/cases",
        {
            "programme": TERMS.programme,
            "country_of_return": known.country,
            "return_type": "voluntary",
            "office": "baghdad",
            "language": "en",
            "sex": known.sex,
            "age_bracket": (age_by(born, SystemClock().now().date()) if born else None) or "25_59",
            "name": known.names[0],
            "date_of_birth": born,
            "phone": next(iter(known.phones), None),
        },
    )
    assert answer.status_code == 201, answer.text


async def _carried_out(handler: Handler, given: Gateways) -> None:
    """The effect takes what was started, as the worker would give it."""
    (source, registry), *_ = searching.effect.hears.items()
    for entry in await handler.store.read(0, 100_000):
        fact = Ear(source, registry).hear(entry)
        if fact is not None:
            acts = await searching.effect.run(fact, given)
            await handler.do(*acts, context=follow(fact, None))
